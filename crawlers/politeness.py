"""Politeness: whether a request may be sent at all, and when. A downloader middleware for Scrapy.

Scrapy by itself fails open on robots.txt and knows no other process. What comes after an answer is in
crawlers/backoff.py.
"""

import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.task import LoopingCall

from crawlers import robots
from crawlers.bases.spider import BoardSpider, Forbidden, NotNow
from crawlers.hosts import RENEW_S, Host, HostBusy, hosts_of


class PolitenessMiddleware:
    """Sends nothing before the terms, the interval, the host's owner and its robots.txt have been asked."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.hosts = hosts_of(crawler.settings["GIGDEX"])
        self.confirmed = frozenset(crawler.settings.getlist("GIGDEX_CONFIRMED"))
        self.patience = crawler.settings.getfloat("BACKOFF_PATIENCE_S")
        self.held: dict[str, Host] = {}
        self.renewing = LoopingCall(self._renew)
        self.began = time.time()
        self.answered = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PolitenessMiddleware":
        middleware = cls(crawler)
        crawler.signals.connect(middleware.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(middleware.spider_closed, signal=signals.spider_closed)
        return middleware

    def spider_opened(self) -> None:
        self.renewing.start(RENEW_S, now=False)

    def spider_closed(self) -> None:
        if self.renewing.running:
            self.renewing.stop()
        for host in self.held.values():
            host.release()
        self.held.clear()

    def _renew(self) -> None:
        for host in self.held.values():
            host.renew()

    async def process_request(self, request: Request) -> None:
        if request.meta.get(robots.OF):
            await Host.of(self.hosts, urlsplit(request.url).netloc).turn(0)
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
        self._keep_pause(host)
        assert self.crawler.engine is not None
        rules = await robots.rules(host, f"{parts.scheme}://{parts.netloc}/robots.txt", self.crawler.engine)
        if not rules.allow(request.url):
            raise Forbidden(f"forbidden by robots.txt of {host.name}")
        if rules.delay_s > robots.MAX_CRAWL_DELAY_S:
            raise IgnoreRequest(f"robots.txt of {host.name} asks for {rules.delay_s:g} s between requests")
        await host.turn(rules.delay_s)
        self._keep_pause(host)  # others may have met a failure while this one waited
        if not host.is_ours():
            raise NotNow(f"{host.name} was taken over by another process while this one slept")

    def process_response(self, request: Request, response: Response) -> Response:
        spider = self.crawler.spider
        if not self.answered and not request.meta.get(robots.OF) and isinstance(spider, BoardSpider):
            self.answered = True
            for host in self.held.values():
                # The interval runs from start to start, as the schedule counts it; a run without an answer cost the
                # board nothing.
                host.keep(**{f"crawled:{spider.name}": self.began})
        return response

    def _hold(self, name: str) -> Host:
        if name not in self.held:
            host = Host.of(self.hosts, name)
            try:
                host.hold()
            except HostBusy as error:
                raise NotNow(str(error)) from None
            self.held[name] = host
        return self.held[name]

    def _keep_interval(self, spider: BoardSpider, host: Host) -> None:
        if self.answered or spider.board.sample:
            return
        due = float(host.get(f"crawled:{spider.name}") or 0) + spider.board.terms.min_interval_s
        if due > time.time():
            raise NotNow(f"too early: the next crawl of {spider.name} is due at {instant(due)}")

    def _keep_pause(self, host: Host) -> None:
        until, why = host.left_alone()
        wait = until - time.time()
        if wait > self.patience:
            raise IgnoreRequest(f"{host.name} {why} until {instant(until)}")
        if wait > 0:
            host.pause(wait)


def instant(seconds: float) -> str:
    """A Unix time for people."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return "further notice"
