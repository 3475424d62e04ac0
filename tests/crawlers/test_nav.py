"""NAV's feed of changes: followed from where the run before stopped, to its end, whatever comes in between."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy import Request
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.boards.nav import NavSpider
from crawlers.kept import BOOKMARK, OWN_CONDITION, Bookmark
from crawlers.pipelines import InboxPipeline
from index.settings import Settings
from index.store.inbox import Inbox
from index.store.pages import load

NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Feed:
    """NAV's interface as its source has it: a page begins with the last line of the one before it."""

    lines: list[tuple[datetime, str, str]] = field(default_factory=list)
    """(when, advert, status)"""
    page_size: int = 3
    broken: set[str] = field(default_factory=set)
    """Beginnings of paths that answer 500."""
    gone: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def change(self, advert: str, status: str = "ACTIVE", ago: timedelta = timedelta(0)) -> None:
        self.lines.append((NOW - ago, advert, status))

    def answer(self, request: Request) -> Response:
        path = urlsplit(request.url).path
        self.asked.append(path)
        if any(path.startswith(one) for one in self.broken):
            return Response(request.url, 500, request=request)
        if path == "/api/publicToken":
            return TextResponse(request.url, body=b"The token:\nt0ken", request=request)
        assert request.headers["Authorization"] == b"Bearer t0ken"
        assert not parse_qs(urlsplit(request.url).query)
        if path.startswith("/api/v1/feedentry/"):
            return self.entry(request, path.rpartition("/")[2])
        if path == "/api/v1/feed":
            since = parsedate_to_datetime(request.headers["If-Modified-Since"].decode())
            numbers = [number for number, line in enumerate(self.lines) if line[0] > since]
            if not numbers:
                return Response(request.url, 404, request=request)
            return self.page(request, numbers[0])
        return self.page(request, int(path.rpartition("/")[2]))

    def page(self, request: Request, first: int) -> Response:
        end = min(first + self.page_size, len(self.lines))
        following = f"/api/v1/feed/{end - 1}" if end < len(self.lines) else None
        items = [
            {
                "id": advert,
                "title": "Juleselger",
                "date_modified": when.isoformat(),
                "_feed_entry": {"uuid": advert, "status": status, "title": "Juleselger"},
            }
            for when, advert, status in self.lines[first:end]
        ]
        body = json.dumps({"items": items, "next_url": following, "next_id": following}).encode()
        return TextResponse(request.url, body=body, request=request, headers={"ETag": "x", "Last-Modified": "y"})

    def entry(self, request: Request, advert: str) -> Response:
        if advert in self.gone:
            return Response(request.url, 404, request=request)
        content = {"uuid": advert, "title": "Juleselger", "description": "<p>Selg trær.</p>"}
        body = json.dumps({"uuid": advert, "status": "ACTIVE", "ad_content": content}).encode()
        return TextResponse(request.url, body=body, request=request)


@dataclass
class Run:
    spider: NavSpider
    postings: dict[str, str]
    """Advert -> status."""
    entries: list[str]
    """Adverts that were asked for, in order."""

    @property
    def bookmark(self) -> Bookmark | None:
        return self.spider.next_bookmark()


def crawl(feed: Feed, bookmark: Bookmark | None = None, max_pages: int = 600) -> Run:
    body = {"board": NavSpider.board.model_copy(update={"max_pages": max_pages})}
    spider: NavSpider = type("Nav", (NavSpider,), body)()
    spider.bookmark = bookmark
    postings: dict[str, str] = {}
    feed.asked.clear()
    waiting = list(spider.first_requests())
    while waiting:
        request = waiting.pop(0)
        for result in answered(spider, feed, request):
            if isinstance(result, Request):
                assert result.meta[OWN_CONDITION], "a 304 would be taken for having read it"
                waiting.append(result)
            elif isinstance(result, dict):
                assert result["external_id"] not in postings, "the pipeline would drop the later one"
                postings[result["external_id"]] = result["extra"]["status"]
    return Run(spider, postings, [path[18:] for path in feed.asked if path.startswith("/api/v1/feedentry/")])


def answered(spider: NavSpider, feed: Feed, request: Request) -> Iterator[Any]:
    response = feed.answer(request)
    if response.status == 200:
        return spider.answered(response, **request.cb_kwargs)
    failure = Failure(HttpError(response))
    failure.request = request  # type: ignore[attr-defined]  # as Scrapy does
    return spider.failed(failure)


def test_a_first_run_reads_a_month_to_its_end() -> None:
    feed = Feed()
    feed.change("old", ago=timedelta(days=40))
    for number in range(8):
        feed.change(f"a{number}", ago=timedelta(days=8 - number))
    feed.change("a2", "INACTIVE", ago=timedelta(hours=1))
    run = crawl(feed)
    assert run.entries == ["a7", "a6", "a5", "a4", "a3", "a1", "a0"], "what changed last comes first, each once"
    assert run.postings == dict.fromkeys(run.entries, "active")
    assert run.spider.tally.complete
    assert run.bookmark == Bookmark(NOW - timedelta(hours=1), [])


def test_the_next_run_goes_on_where_it_stopped() -> None:
    feed = Feed()
    feed.change("a1", ago=timedelta(days=2))
    feed.change("a2", ago=timedelta(days=1))
    before = crawl(feed).bookmark
    for number in range(3, 9):
        feed.change(f"a{number}")
    feed.change("a1", "INACTIVE")
    feed.change("a3", "INACTIVE")
    feed.gone.add("a5")
    run = crawl(feed, before)
    assert "a1" not in run.entries
    assert run.postings.pop("a2") == "active", "the last line is read again"
    over = dict.fromkeys(["a1", "a3", "a5"], "inactive")
    assert run.postings == over | dict.fromkeys(["a4", "a6", "a7", "a8"], "active")
    assert run.spider.tally.complete
    assert run.spider.tally.counts["error:http_404"] == 0


def test_what_a_run_has_no_time_for_waits_for_the_next_ones() -> None:
    feed = Feed(page_size=100)
    for number in range(20):
        feed.change(f"a{number}", ago=timedelta(hours=20 - number))
    first = crawl(feed, max_pages=10)
    assert first.entries == [f"a{number}" for number in range(19, 11, -1)]
    assert first.spider.tally.counts["left_for_later"] == 12
    assert first.bookmark is not None
    assert first.bookmark.waiting == [f"a{number}" for number in range(12)]
    feed.change("a3", "INACTIVE")
    feed.change("new")
    second = crawl(feed, first.bookmark, max_pages=10)
    assert second.postings["a3"] == "inactive", "it vanishes at once"
    assert second.entries[0] == "new"
    third = crawl(feed, second.bookmark, max_pages=10)
    assert {*first.entries, *second.entries, *third.entries} == {"new", *(f"a{n}" for n in range(20) if n != 3)}
    assert third.bookmark is not None
    assert third.bookmark.waiting == []


def test_what_fails_is_asked_again() -> None:
    feed = Feed()
    feed.change("a1", ago=timedelta(hours=2))
    feed.change("a2", ago=timedelta(hours=1))
    feed.broken.add("/api/v1/feedentry/a1")
    run = crawl(feed)
    assert not run.spider.tally.complete
    assert run.bookmark == Bookmark(NOW - timedelta(hours=1), ["a1"])
    feed.broken.clear()
    assert crawl(feed, run.bookmark).postings.keys() == {"a1", "a2"}


@pytest.mark.parametrize("path", ["/api/publicToken", "/api/v1/feed"])
def test_a_feed_that_cannot_be_read_leaves_the_bookmark_where_it_is(path: str) -> None:
    feed = Feed(broken={path})
    feed.change("a1")
    before = Bookmark(NOW - timedelta(days=1), ["a0"])
    run = crawl(feed, before)
    assert (run.bookmark or before) == before
    assert not run.spider.tally.complete


def test_a_feed_that_breaks_off_is_read_to_there() -> None:
    feed = Feed()
    for number in range(9):
        feed.change(f"a{number}", ago=timedelta(hours=9 - number))
    feed.change("a0", "INACTIVE", ago=timedelta(hours=8.5))
    feed.lines.insert(1, feed.lines.pop())
    feed.broken.add("/api/v1/feed/4")
    run = crawl(feed, Bookmark(NOW - timedelta(days=1), []))
    assert run.postings == {"a0": "inactive", "a1": "active", "a2": "active", "a3": "active"}
    assert run.bookmark == Bookmark(NOW - timedelta(hours=6), [])
    assert not run.spider.tally.complete
    feed.broken.clear()
    assert crawl(feed, run.bookmark).postings.keys() >= {f"a{number}" for number in range(4, 9)}


def test_what_a_stopped_run_had_yet_to_close_is_looked_at_by_the_next() -> None:
    feed = Feed()
    feed.change("a1", "INACTIVE")
    feed.change("a2", "INACTIVE")
    spider = NavSpider()
    spider.bookmark = Bookmark(NOW - timedelta(days=1), [])
    (token,) = spider.first_requests()
    (page,) = answered(spider, feed, token)
    assert next(answered(spider, feed, page))["external_id"] == "a1"
    assert spider.next_bookmark() == Bookmark(NOW, ["a2"])


def test_the_bookmark_is_kept_with_the_last_postings(tmp_path: Path) -> None:
    inbox = Inbox.open(Settings(data=tmp_path))

    def pipeline() -> InboxPipeline:
        made = InboxPipeline(SimpleNamespace(spider=NavSpider(), stats=None), inbox)  # type: ignore[arg-type]
        made.open_spider()
        return made

    first = pipeline()
    assert first.spider.bookmark is None
    first.spider.read_to, first.spider.waiting = NOW, {"a1": None}  # type: ignore[attr-defined]
    first.spider_closed("shutdown")
    assert pipeline().spider.bookmark == Bookmark(NOW, ["a1"])
    lost = pipeline()
    lost.spider.read_to = NOW + timedelta(hours=1)  # type: ignore[attr-defined]
    lost.spider.tally.count("lost")  # a full disk took some of its postings
    lost.spider_closed("finished")
    kept = load(inbox.database, "nav", BOOKMARK)
    assert Bookmark.of(kept) == Bookmark(NOW, ["a1"])
    inbox.close()
