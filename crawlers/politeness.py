"""Politeness: whether a request may be sent at all, and when. Two downloader middlewares for Scrapy.

Scrapy by itself fails open on robots.txt, retries at once, ignores Retry-After and knows no other process.
"""

import logging
import math
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import BaseSettings

from crawlers.bases.spider import BoardSpider, Forbidden, explain
from crawlers.hosts import Host, HostBusy

ROBOTS_AGENT = "gigdex"
"""The product token that site owners name in robots.txt."""
ROBOTS_BYTES = 500 * 1024
"""Of a robots.txt that are parsed; RFC 9309, section 2.5, asks for at least 500 KiB."""
ROBOTS_AGE_S = 24 * 3600
"""A robots.txt is read again after this; RFC 9309, section 2.4."""
MAX_CRAWL_DELAY_S = 300
"""A site that wants more between two requests doesn't want to be crawled."""

log = logging.getLogger(__name__)


class PolitenessMiddleware:
    """Sends nothing before the terms, the interval, the host's owner and its robots.txt have been asked."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.data = crawler.settings["GIGDEX"].data
        self.confirmed = frozenset(crawler.settings.getlist("GIGDEX_CONFIRMED"))
        self.patience = crawler.settings.getfloat("BACKOFF_PATIENCE_S")
        self.held: dict[str, Host] = {}
        self.began = time.time()
        self.answered = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PolitenessMiddleware":
        middleware = cls(crawler)
        crawler.signals.connect(middleware.spider_closed, signal=signals.spider_closed)
        return middleware

    def spider_closed(self) -> None:
        for host in self.held.values():
            host.release()
        self.held.clear()

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots_of"):
            await Host.of(self.data, urlsplit(request.url).netloc).turn(0)
            return
        spider = self.crawler.spider
        assert isinstance(spider, BoardSpider)
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() not in spider.hosts():
            raise IgnoreRequest(f"{parts.netloc} is no host of {spider.board.name}")
        if spider.board.terms.off and spider.name not in self.confirmed:
            raise IgnoreRequest(f"{spider.name} is off: {spider.board.terms.off}")
        host = self._hold(parts.netloc.lower())
        self._keep_interval(spider, host)
        not_before = float(host.get("not_before") or 0) - time.time()
        if not_before > self.patience:
            raise IgnoreRequest(f"{host.name} asks to be left alone until {instant(time.time() + not_before)}")
        if not_before > 0:
            host.pause(not_before)
        rules = await self._robots(host, f"{parts.scheme}://{parts.netloc}/robots.txt")
        if not rules.can_fetch(request.url, ROBOTS_AGENT):
            raise Forbidden(f"forbidden by robots.txt of {host.name}")
        spacing = float(rules.crawl_delay(ROBOTS_AGENT) or 0)
        if spacing > MAX_CRAWL_DELAY_S:
            raise IgnoreRequest(f"robots.txt of {host.name} asks for {spacing:g} s between requests")
        await host.turn(spacing)

    def process_response(self, request: Request, response: Response) -> Response:
        spider = self.crawler.spider
        if not self.answered and not request.meta.get("robots_of") and isinstance(spider, BoardSpider):
            self.answered = True
            for host in self.held.values():
                # The interval runs from start to start, as the schedule counts it; a run without an answer cost the
                # board nothing.
                host.keep(f"crawled:{spider.name}", self.began)
        return response

    def _hold(self, name: str) -> Host:
        if name not in self.held:
            host = Host.of(self.data, name)
            try:
                host.hold()
            except HostBusy as error:
                raise IgnoreRequest(str(error)) from None
            self.held[name] = host
        return self.held[name]

    def _keep_interval(self, spider: BoardSpider, host: Host) -> None:
        if self.answered or spider.board.sample:
            return
        due = float(host.get(f"crawled:{spider.name}") or 0) + spider.board.terms.min_interval_s
        if due > time.time():
            raise IgnoreRequest(f"too early: the next crawl of {spider.name} is due at {instant(due)}")

    async def _robots(self, host: Host, url: str) -> Protego:
        """The host's rules: kept for a day, read by RFC 9309.

        Section 2.3.1: 4xx means that all is allowed; 5xx, no answer or too many redirects that nothing is. That
        failure is not kept: the next run asks again.
        """
        async with host.robots_lock:
            kept = host.get("robots")
            if isinstance(kept, dict) and 0 <= time.time() - float(kept.get("read", 0)) < ROBOTS_AGE_S:
                return Protego.parse(str(kept.get("text", "")))
            assert self.crawler.engine is not None
            request = Request(url, callback=NO_CALLBACK, meta={"robots_of": host.name, "max_retry_times": 1})
            try:
                response = await self.crawler.engine.download_async(request)
            except Exception as error:  # whatever it was: no rules, no crawl
                raise IgnoreRequest(f"no robots.txt of {host.name} ({explain(error)}), so nothing is allowed") from None
            if response.status >= 500 or response.status == 429:
                raise IgnoreRequest(f"robots.txt of {host.name} answers {response.status}, so nothing is allowed")
            body = response.body[:ROBOTS_BYTES] if response.status < 300 else b""
            text = body.decode("utf-8-sig", "replace")
            host.keep("robots", {"read": time.time(), "status": response.status, "text": text})
            return Protego.parse(text)


class BackoffMiddleware(RetryMiddleware):
    """Retries after a pause of the whole host: as long as Retry-After says, else longer every time."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.data: Path = settings["GIGDEX"].data
        self.first = settings.getfloat("BACKOFF_FIRST_S")
        self.patience = settings.getfloat("BACKOFF_PATIENCE_S")

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Any:
        if response.status not in self.retry_http_codes:
            return response
        return self._later(request, f"answers {response.status}", retry_after(response)) or response

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> Any:
        if isinstance(exception, self.exceptions_to_retry):
            return self._later(request, explain(exception), None)
        return None

    def _later(self, request: Request, reason: str, wait: float | None) -> Request | None:
        """The same request again, after its host's pause; None when that would be too long or too often."""
        host = Host.of(self.data, urlsplit(request.url).netloc)
        if wait is None:
            wait = min(self.first * 3 ** request.meta.get("retry_times", 0), self.patience)
        elif wait > self.patience and not request.meta.get("robots_of"):
            host.keep("not_before", time.time() + wait)
            return None
        again = self._retry(request, reason)
        if isinstance(again, Request):
            if isinstance(self.crawler.spider, BoardSpider):
                self.crawler.spider.tally.count("retries")
            log.info("%s %s: asked again in %.0f s", request.url, reason, wait)
            host.pause(wait)
            return again
        return None


def retry_after(response: Response) -> float | None:
    """Seconds that the answer asks to wait (RFC 9110, section 10.2.3: seconds, or a date); None when it doesn't."""
    value = (response.headers.get(b"Retry-After") or b"").decode("latin-1").strip()
    if not value:
        return None
    try:
        seconds = float(value) if value[:1].isdigit() else _seconds_until(parsedate_to_datetime(value))
    except (IndexError, OverflowError, TypeError, ValueError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(then: datetime) -> float:
    return ((then if then.tzinfo else then.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()


def instant(seconds: float) -> str:
    """A Unix time for people."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return "further notice"
