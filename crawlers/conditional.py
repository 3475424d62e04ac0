"""Conditional requests across runs: a page that hasn't changed costs a 304 and is not read again (RFC 9110 §13).

A downloader middleware for Scrapy, whose own HTTP cache keeps bodies, not what was read from them. Kept of a page are
its validators and the ids of its postings (index/store/pages.py): what was read is in the store already.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from pydantic import BaseModel
from scrapy import Request
from scrapy.crawler import Crawler

from crawlers import robots
from crawlers.bases.spider import BoardSpider
from crawlers.hosts import hosts_of
from crawlers.kept import KEPT, OWN_CONDITION, READER
from index.store.pages import any_kept, load, name_of

KEPT_FOR = timedelta(days=7)
"""A page is read in full again after this, whatever its server says: some servers' validators never change."""
CONDITIONS = ("If-None-Match", "If-Modified-Since")


class ConditionalMiddleware:
    """Asks for a page on the condition that it has changed since it was read last, by code that is still the same."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.reader = reader_of(crawler.spidercls)
        self.any_kept: bool | None = None
        self.database = hosts_of(crawler.settings["GIGDEX"]).database

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ConditionalMiddleware":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if request.meta.get(OWN_CONDITION):
            return
        for name in CONDITIONS:  # of the address that redirected here
            request.headers.pop(name, None)
        request.meta.pop(KEPT, None)
        spider = self.crawler.spider
        if (
            request.method != "GET"
            or not isinstance(spider, BoardSpider)
            or request.meta.get(robots.OF)
            or request.meta.get("redirect_urls")
        ):
            return
        request.meta[READER] = self.reader
        if self.any_kept is None:
            self.any_kept = any_kept(self.database, spider.name)
        if not self.any_kept:
            return
        kept = load(self.database, spider.name, name_of(request.url))
        if kept is None or kept.reader != self.reader or kept.read_at < datetime.now(UTC) - KEPT_FOR:
            return
        request.meta[KEPT] = kept
        request.meta["handle_httpstatus_list"] = [304]
        for name, value in zip(CONDITIONS, (kept.etag, kept.last_modified), strict=True):
            if value:
                request.headers[name] = value


def reader_of(spider: type) -> str:
    """Changes with whatever may read a page differently: the code of this package and what a board declares."""
    declared = {
        name: repr(sorted(value) if isinstance(value, frozenset) else value)
        for cls in spider.__mro__
        for name, value in vars(cls).items()
        if isinstance(value, str | int | float | tuple | list | dict | frozenset | BaseModel)
        and not name.startswith("_")
    }
    text = f"{_code()} {getattr(spider, 'board', None)!r} {sorted(declared.items())}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


@cache
def _code() -> str:
    """All files of this package, in one hash."""
    found = hashlib.blake2b(digest_size=16)
    folder = Path(__file__).parent
    for file in sorted(folder.rglob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()
