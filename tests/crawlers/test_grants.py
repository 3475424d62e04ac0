"""Sites that permit crawling: only by a sound file of their own, and only as far as it says."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.board import boards
from crawlers.grants import BadGrant, read_grant, save, site_spider
from crawlers.page import Page
from crawlers.row import BadPage
from index.settings import Settings

GRANT: dict[str, Any] = {
    "version": 1,
    "contact": "jobs@jobs.example.org",
    "channels": {"page": "full", "feed": "link_only"},
    "sources": ["https://jobs.example.org/sitemap.xml"],
    "attribution": "Example Jobs",
    "min_interval_s": 7200,
    "motto": "later versions may say more",
}
HOST = "jobs.example.org"


def as_bytes(**changes: Any) -> bytes:
    return json.dumps(GRANT | changes).encode()


def test_a_sound_grant_opens_what_it_names() -> None:
    grant = read_grant(as_bytes(), HOST)
    assert grant.channels.model_dump() == {
        "page": "full",
        "feed": "link_only",
        "api": "none",
        "mail": "none",
        "jsonld": "none",
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"<html>",
        as_bytes(version=2),
        as_bytes(contact=""),
        as_bytes(channels={"page": "everything"}),
        as_bytes(channels={"television": "full"}),
        as_bytes(sources=[]),
        as_bytes(sources=["http://jobs.example.org/sitemap.xml"]),
        as_bytes(sources=["https://elsewhere.example/sitemap.xml"]),
        as_bytes(sources=["https://jobs.example.org.evil.example/"]),
        as_bytes(sources=["https://jobs.example.org@evil.example/"]),
        as_bytes(min_interval_s=1),
        as_bytes(attribution=None),
    ],
)
def test_an_unsound_grant_opens_nothing(data: bytes) -> None:
    with pytest.raises(BadGrant) as error:
        read_grant(data, HOST)
    assert "\n" not in str(error.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sites" / f"{HOST}.json"


def test_a_granting_site_is_a_board_of_its_own(file: Path) -> None:
    save(file, read_grant(as_bytes(), HOST), None)
    board = boards(Settings(data=file.parents[1]))[HOST].board
    assert board.terms.off is None
    assert (board.terms.attribution, board.interval_s, board.terms.channels.page) == ("Example Jobs", 7200, "full")
    assert HOST not in boards()


def test_a_site_without_a_grant_is_off(file: Path) -> None:
    save(file, None, "its grant has not been read yet")
    assert site_spider(file).board.terms.off == "its grant has not been read yet"


@pytest.mark.parametrize("content", ["", "[]", '{"grant": {"version": 9}, "read": "2026-01-01"}', '{"grant": 5}'])
def test_a_damaged_file_is_skipped_and_the_others_stay(
    file: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    save(file, None, "off")
    (file.parent / "bad.example.json").write_text(content)
    found = boards(Settings(data=file.parents[1]))
    assert HOST in found
    assert "bad.example" not in found
    assert "bad.example" in caplog.text


def test_each_crawl_reads_the_grant_first(file: Path) -> None:
    save(file, read_grant(as_bytes(), HOST), None)
    spider = site_spider(file)()
    (first,) = spider.first_requests()
    assert first.url == f"https://{HOST}/.well-known/gigdex.json"
    changed = as_bytes(attribution="Changed", sources=[f"https://{HOST}/a.xml", f"https://{HOST}/b.xml"])
    requests = list(spider.read_grant(Page(changed, first.url)))
    assert [request.url for request in requests] == [f"https://{HOST}/a.xml", f"https://{HOST}/b.xml"]  # type: ignore[union-attr]
    assert site_spider(file).board.terms.attribution == "Changed"


def test_a_spoilt_or_withdrawn_grant_switches_the_site_off(file: Path) -> None:
    save(file, read_grant(as_bytes(), HOST), None)
    spider = site_spider(file)()
    with pytest.raises(BadPage):
        list(spider.read_grant(Page(b"<html>", "x")))
    assert "can't be used" in (site_spider(file).board.terms.off or "")

    save(file, read_grant(as_bytes(), HOST), None)
    (first,) = spider.first_requests()
    for status, off in ((503, False), (404, True)):
        failure = Failure(HttpError(Response(first.url, status=status)))
        failure.request = first  # type: ignore[attr-defined]
        spider.failed(failure)
        assert (site_spider(file).board.terms.off is not None) == off


def test_only_the_sites_own_host_is_asked(file: Path) -> None:
    save(file, read_grant(as_bytes(), HOST), None)
    spider = site_spider(file)()
    page = (
        b"<urlset><url><loc>https://jobs.example.org/1</loc></url><url><loc>https://evil.example/2</loc></url></urlset>"
    )
    spider.crawler = SimpleNamespace()  # type: ignore[assignment]
    asked = [request.url for request in spider.read_any(Page(page, "s")) if not isinstance(request, dict)]
    assert asked == ["https://jobs.example.org/1"]
    assert spider.tally.counts["foreign_links"] == 1
