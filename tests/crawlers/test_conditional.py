"""Which pages are asked for on condition, what is kept of them, and how a run's pages are handed on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawlers.board import boards
from crawlers.conditional import KEPT_FOR, ConditionalMiddleware, reader_of
from crawlers.declared import from_table
from crawlers.flow import MOST_ASKED, Flow, Reading, challenge
from crawlers.hosts import hosts_of
from crawlers.kept import ReadPage, unchanged, validators
from crawlers.page import Page
from crawlers.tally import Tally
from index.settings import Settings
from index.store import pages
from index.store.pages import KeptPage, name_of

URL = "https://remotive.com/api/remote-jobs"
SPIDER = boards()["remotive"]
KEPT = KeptPage(name_of(URL), '"1"', "Fri, 27 Nov 2026 02:00:00 GMT", reader_of(SPIDER), datetime.now(UTC), ["1", "2"])


@pytest.fixture
def under_test(tmp_path: Path) -> Iterator[ConditionalMiddleware]:
    settings = Settings(data=tmp_path)
    crawler = SimpleNamespace(settings={"GIGDEX": settings}, spidercls=SPIDER, spider=SPIDER())
    yield ConditionalMiddleware(crawler)  # type: ignore[arg-type]
    hosts_of(settings).database.close()


def keep(middleware: ConditionalMiddleware, page: KeptPage) -> None:
    with middleware.database.writing() as connection:
        pages.save(middleware.database, connection, "remotive", [page])


def asked(middleware: ConditionalMiddleware, **more: Any) -> Request:
    request = Request(URL, **more)
    middleware.process_request(request)
    return request


def conditions(request: Request) -> tuple[bytes | None, bytes | None]:
    return request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")


def test_a_page_that_was_read_is_asked_for_on_condition(under_test: ConditionalMiddleware) -> None:
    keep(under_test, KEPT)
    request = asked(under_test)
    assert conditions(request) == (b'"1"', b"Fri, 27 Nov 2026 02:00:00 GMT")
    answer = Response(URL, status=304, request=request)
    found = unchanged(answer)
    assert found is not None
    assert found.ids == ["1", "2"]
    assert unchanged(answer.replace(status=200)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"reader": "older code"},
        {"read_at": datetime.now(UTC) - KEPT_FOR - timedelta(seconds=1)},
        {"page": name_of(URL + "?page=2")},
    ],
)
def test_others_are_read_in_full(under_test: ConditionalMiddleware, change: dict[str, Any]) -> None:
    keep(under_test, replace(KEPT, **change))
    assert conditions(asked(under_test)) == (None, None)


@pytest.mark.parametrize("more", [{"method": "POST", "body": b"{}"}, {"meta": {"robots_of": "x"}}])
def test_what_is_no_page_has_no_condition(under_test: ConditionalMiddleware, more: dict[str, Any]) -> None:
    keep(under_test, KEPT)
    assert conditions(asked(under_test, **more)) == (None, None)


def test_a_redirect_takes_no_condition_along(under_test: ConditionalMiddleware) -> None:
    keep(under_test, KEPT)
    request = asked(under_test)
    redirected = request.replace(url=URL + "/", meta=request.meta | {"redirect_urls": [URL]})
    under_test.process_request(redirected)
    assert conditions(redirected) == (None, None)
    assert unchanged(Response(URL, status=304, request=redirected)) is None
    assert list(validators(Response(URL, headers={"ETag": '"1"'}, request=redirected), ["1"])) == []


def test_a_first_crawl_looks_once(under_test: ConditionalMiddleware, monkeypatch: pytest.MonkeyPatch) -> None:
    assert conditions(asked(under_test)) == (None, None)
    monkeypatch.setattr(under_test, "database", None)  # would raise
    assert conditions(asked(under_test)) == (None, None)


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"ETag": 'W/"1"'}, ('W/"1"', None)),
        ({"Last-Modified": "Fri, 27 Nov 2026 02:00:00 GMT"}, (None, "Fri, 27 Nov 2026 02:00:00 GMT")),
        ({}, None),
        ({"ETag": "x" * 5_000}, None),
    ],
)
def test_only_a_page_with_validators_is_kept(
    under_test: ConditionalMiddleware, headers: dict[str, str], kept: tuple[str | None, str | None] | None
) -> None:
    response = Response(URL, headers=headers, request=asked(under_test))
    found = list(validators(response, ["1"]))
    assert [(page.etag, page.last_modified) for page in found] == ([kept] if kept else [])


def test_an_address_with_a_key_is_not_kept_as_it_is(under_test: ConditionalMiddleware) -> None:
    request = Request(URL + "?key=hunter2hunter2")
    under_test.process_request(request)
    [page] = validators(Response(request.url, headers={"ETag": "1"}, request=request), ["1"])
    assert "hunter2" not in repr(page)


def test_another_declaration_reads_anew() -> None:
    table: dict[str, Any] = {
        "kind": "json_api",
        "name": "X",
        "homepage": "https://x.example",
        "terms": {"attribution": "X", "min_interval_s": 60, "off": "not asked"},
        "source": {"url": "https://x.example/api", "items": "jobs", "fields": {"title": "title", "url": "link"}},
    }
    before = reader_of(from_table("x", table))
    assert reader_of(from_table("x", table)) == before
    table["source"]["fields"]["title"] = "name"
    assert reader_of(from_table("x", table)) != before


# --- handing on ----------------------------------------------------------------------------------------------------


class Site:
    """A spider of a site with one list of many pages; `waiting` are its unanswered requests."""

    def __init__(self, pages: int) -> None:
        self.flow = Flow(Tally())
        self.waiting: list[int] = []
        self.most = 0
        self.pages = pages

    def requests(self) -> Iterator[int]:
        for number in range(self.pages):
            self.flow.asked()
            yield number

    def take(self, results: Iterator[int]) -> None:
        for number in self.flow.on(results):
            self.waiting.append(number)
            self.most = max(self.most, len(self.waiting))


def test_few_requests_wait_however_many_a_page_leads_to() -> None:
    site, seen = Site(1_000), []
    site.flow.asked()
    site.take(site.requests())
    assert not site.flow.is_over
    while site.waiting:
        seen.append(site.waiting.pop())
        site.take(iter(()))
    assert sorted(seen) == list(range(1_000))
    assert site.most == MOST_ASKED
    assert site.flow.is_over


def test_addresses_that_come_twice_keep_nobody_waiting() -> None:
    """Scrapy drops them without asking, and says so."""
    flow, seen = Flow(Tally()), set()

    def twice() -> Iterator[int]:
        for number in range(1_000):
            flow.asked()
            yield number % 10

    flow.asked()
    for number in flow.on(twice()):
        if number in seen:
            flow.dropped(Request("https://x.example"))
        seen.add(number)
    assert flow.is_over


def reading(tally: Tally, flow: Flow, results: list[Any]) -> tuple[Reading, list[Any]]:
    made = Reading(tally, flow, Page(b"{}", "p"))
    return made, list(made.of(results))


NEXT = Request("https://x.example/next")


def test_a_page_that_repeats_leads_no_further() -> None:
    tally = Tally()
    flow = Flow(tally)
    first = [{"external_id": "1", "title": "A"}, {"external_id": "2", "title": "B"}]
    assert reading(tally, flow, [*first, NEXT])[1] == [*first, NEXT]
    more = [first[1], {"external_id": "3", "title": "C"}]
    assert reading(tally, flow, [*more, NEXT])[1] == [*more, NEXT]
    again = [first[1], more[1]]
    assert reading(tally, flow, [*again, NEXT])[1] == again
    assert not tally.complete
    assert "repeats earlier pages" in tally.problems[0]


def test_only_a_page_that_leads_nowhere_and_was_read_well_is_kept() -> None:
    request = Request(URL, meta={"reader": "r"})
    response = Response(URL, headers={"ETag": "1"}, request=request)
    row = {"external_id": "1", "title": "A"}
    tally = Tally()
    flow = Flow(tally)
    made, _ = reading(tally, flow, [row, row, {"external_id": "2", "title": ""}])
    assert [page.ids for page in made.to_keep(response)] == [["1"]]
    assert list(reading(tally, flow, [row, NEXT])[0].to_keep(response)) == []
    assert list(reading(tally, flow, [])[0].to_keep(response)) == []
    made, _ = reading(tally, flow, [row])
    tally.problem("a row could not be read")
    assert list(made.to_keep(response)) == []
    assert isinstance(next(iter(reading(tally, flow, [row])[0].to_keep(response))), ReadPage)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<html><form><input name=a><input class='x' type = \"password\"></form>", "a login page"),
        ("<html><title>Just a moment...</title><script src='/cdn-cgi/cf-chl-x'></script>", "a challenge page"),
        ("<html><p>Please verify you are human</p>", "a challenge page"),
        ("<html><p>No jobs just now. Forgot your password? <a href=/login>Log in</a></p>", None),
        ('{"jobs": [], "captcha": false}', None),
        ("", None),
    ],
)
def test_pages_that_keep_programs_out(text: str, what: str | None) -> None:
    page = Page(HtmlResponse(URL, body=text, encoding="utf-8").body, "p")
    assert challenge(page) == what
