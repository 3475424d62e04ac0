"""Back-off: what happens after an answer that says "not now". A downloader middleware for Scrapy.

Scrapy by itself retries at once and ignores Retry-After.
"""

import logging
import math
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawlers.bases.spider import BoardSpider, explain
from crawlers.hosts import Host, hosts_of
from crawlers.keys import without_keys

log = logging.getLogger(__name__)


class BackoffMiddleware(RetryMiddleware):
    """Retries after a pause of the whole host: as long as Retry-After says, else three times longer every time, with
    jitter, so that the boards of many instances don't come back in step. A host that fails again and again is left
    alone (crawlers/hosts.py)."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.hosts = hosts_of(settings["GIGDEX"])
        self.first = settings.getfloat("BACKOFF_FIRST_S")
        self.patience = settings.getfloat("BACKOFF_PATIENCE_S")

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Any:
        if response.status not in self.retry_http_codes:
            self._host(request).worked()
            return response
        return self._later(request, f"answers {response.status}", retry_after(response)) or response

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> Any:
        if isinstance(exception, self.exceptions_to_retry):
            return self._later(request, explain(exception), None)
        return None

    def _host(self, request: Request) -> Host:
        return Host.of(self.hosts, urlsplit(request.url).netloc)

    def _later(self, request: Request, reason: str, wait: float | None) -> Request | None:
        """The same request again, after its host's pause; None when that would be too long or too often."""
        host = self._host(request)
        host.failed(reason)
        if wait is None:
            wait = min(self.first * 3 ** request.meta.get("retry_times", 0), self.patience)
            wait *= random.uniform(0.75, 1.25)  # noqa: S311 - no secret
        elif wait > self.patience:
            host.leave_alone(wait, "asks to be left alone")
            return None
        again = self._retry(request, reason)
        if isinstance(again, Request):
            address = request.url
            if isinstance(self.crawler.spider, BoardSpider):
                self.crawler.spider.tally.count("retries")
                address = without_keys(address, self.crawler.spider.board.keys)
            log.info("%s %s: asked again in %.0f s", address, reason, wait)
            host.pause(wait)
            return again
        return None


def retry_after(response: Response) -> float | None:
    """Seconds that the answer asks to wait (RFC 9110 §10.2.3: seconds, or a date); None when it doesn't."""
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
