"""robots.txt by RFC 9309: fetched through the crawl itself, kept for a day, across runs."""

import time
from functools import lru_cache

from protego import Protego
from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers.bases.spider import explain
from crawlers.hosts import Host

AGENT = "gigdex"
"""The product token that site owners name in robots.txt (RFC 9309 §2.2.1)."""
PARSED_BYTES = 500 * 1024
"""Of a robots.txt; §2.5 asks for at least 500 KiB."""
AGE_S = 24 * 3600
"""A robots.txt is read again after this; §2.4."""
MAX_CRAWL_DELAY_S = 300
"""A site that wants more between two requests doesn't want to be crawled."""
OF = "robots_of"
"""Marks a request for a robots.txt in its meta, with the host's name."""


class Rules:
    """What a host's robots.txt says to us."""

    def __init__(self, text: str) -> None:
        self._parsed = Protego.parse(text)

    def allow(self, url: str) -> bool:
        return bool(self._parsed.can_fetch(url, AGENT))

    @property
    def delay_s(self) -> float:
        """`Crawl-delay`, which the RFC lacks and owners write all the same; 0 where there is none."""
        return float(self._parsed.crawl_delay(AGENT) or 0)


@lru_cache(maxsize=64)
def rules_of(text: str) -> Rules:
    """Parsed once for all requests of a run."""
    return Rules(text)


async def rules(host: Host, url: str, engine: ExecutionEngine) -> Rules:
    """The rules of a host whose robots.txt is at `url`. Raises IgnoreRequest where nothing may be asked.

    §2.3.1: 4xx means that all is allowed; 5xx, no answer or more than five redirects (followed to other hosts, too)
    that nothing is, and so does 429, which says "later" rather than "not here". That failure is not kept: the next
    run asks again.
    """
    async with host.robots_lock:  # several requests wait for the first one's answer
        kept = host.get("robots")
        if isinstance(kept, dict) and 0 <= time.time() - float(kept.get("read", 0)) < AGE_S:
            return rules_of(str(kept.get("text", "")))
        request = Request(url, callback=NO_CALLBACK, meta={OF: host.name, "max_retry_times": 1})
        try:
            response = await engine.download_async(request)
        except Exception as error:  # whatever it was: no rules, no crawl
            raise IgnoreRequest(f"no robots.txt of {host.name} ({explain(error)}), so nothing is allowed") from None
        if response.status >= 500 or response.status == 429:
            raise IgnoreRequest(f"robots.txt of {host.name} answers {response.status}, so nothing is allowed")
        body = response.body[:PARSED_BYTES] if response.status < 300 else b""
        text = body.decode("utf-8-sig", "replace")
        host.keep(robots={"read": time.time(), "status": response.status, "text": text})
        return rules_of(text)
