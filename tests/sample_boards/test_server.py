"""The loopback server: true formats, everyday troubles, nothing that runs in a visitor's browser."""

import gzip
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from crawlers.sample_boards import server as module
from crawlers.sample_boards.formats import FAR_FUTURE, NAMES
from crawlers.sample_boards.server import SampleServer, SampleSite
from tests.sample_boards.conftest import NOW

BIDS = "/bidbarrow/api/projects/0.1/projects/active/?limit=10&offset={}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ROOT = Path(__file__).parents[2]


def ask(
    server: SampleServer, target: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)) as connection:
        connection.request(method, target, headers=headers)
        response = connection.getresponse()
        return response, response.read()


def locations(body: bytes) -> list[str]:
    return [str(element.text) for element in etree.fromstring(body).iter(f"{SITEMAP}loc")]


def test_the_same_instant_and_address_give_the_same_answers(site: SampleSite) -> None:
    again = SampleSite(site.base, NOW)
    later = SampleSite(site.base, NOW + timedelta(days=1))
    for target in ("/taskfinch/api/remote-jobs", "/wrenwire/remote-jobs.rss", "/hedgerow/sitemaps/jobs-1.xml.gz"):
        assert again.answer(target) == site.answer(target)
        assert later.answer(target) != site.answer(target), "dates move with the server's start"


def test_every_link_of_every_board_leads_to_a_page(site: SampleSite) -> None:
    count = 0
    for postings in site.boards.values():
        for posting in postings:
            for address in (site.writer.link(posting), site.base + site.writer.path(posting)):
                assert address.startswith(site.base)
                assert site.answer(address.removeprefix(site.base)).status == 200, address
                count += 1
    assert count > 1_000


def test_an_unchanged_document_is_answered_with_304(server: SampleServer) -> None:
    first, body = ask(server, "/taskfinch/api/remote-jobs")
    assert first.status == 200
    assert body
    etag = first.headers["ETag"]
    second, nothing = ask(server, "/taskfinch/api/remote-jobs", **{"If-None-Match": etag})
    assert (second.status, nothing) == (304, b"")
    third, _ = ask(server, "/taskfinch/api/remote-jobs", **{"If-None-Match": '"other"'})
    assert third.status == 200


def test_head_has_the_headers_only(server: SampleServer) -> None:
    response, body = ask(server, "/wrenwire/remote-jobs.rss", method="HEAD")
    assert response.status == 200
    assert int(response.headers["Content-Length"]) > 10_000
    assert body == b""


def test_the_second_page_is_refused_once_a_crawl(server: SampleServer) -> None:
    for _ in range(2):
        assert ask(server, BIDS.format(0))[0].status == 200
        refused, _body = ask(server, BIDS.format(10))
        assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
        assert ask(server, BIDS.format(10))[0].status == 200
        assert ask(server, BIDS.format(20))[0].status == 200


def test_one_board_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("crawlers.sample_boards.server.time.sleep", waited.append)
    slow = SampleServer(0, now=NOW)
    try:
        slow.answer("/brightmoss/api/v2/remote-jobs")
        slow.answer("/taskfinch/api/remote-jobs")
    finally:
        slow.close()
    assert waited == [module.SLOW_S]


def test_bids_are_paged_and_some_are_closed(site: SampleSite) -> None:
    rows: list[dict[str, object]] = []
    while page := json.loads(site.answer(BIDS.format(len(rows))).body)["result"]["projects"]:
        rows += page
    assert len(rows) == len({row["id"] for row in rows}) == len(site.boards["bidbarrow"])
    assert {row["frontend_project_status"] for row in rows} == {"open", "complete"}
    assert all(row["description"] is None for row in rows), "only with full_description=true"
    full = json.loads(site.answer(BIDS.format(0) + "&full_description=true").body)["result"]["projects"]
    assert all(row["description"] for row in full)
    alone = [row for row in rows if not row["budget"]["minimum"] and not row["budget"]["maximum"]]  # type: ignore[index]
    assert alone
    assert all(row["bid_stats"]["bid_avg"] for row in alone), "a lone average of bids"  # type: ignore[index]


def test_a_thread_as_a_tree_and_as_pages_is_the_same(site: SampleSite) -> None:
    threads = json.loads(site.answer("/plinth/api/v1/search_by_date?tags=story,author_whoishiring").body)["hits"]
    for number in [hit["objectID"] for hit in threads][:2]:
        tree = json.loads(site.answer(f"/plinth/api/v1/items/{number}").body)
        in_tree = {child["id"] for top in tree["children"] for child in (top, *top["children"])}
        found: list[dict[str, object]] = []
        page = 0
        while True:
            query = f"tags=comment,story_{number}&hitsPerPage=7&page={page}"
            answer = json.loads(site.answer(f"/plinth/api/v1/search_by_date?{query}").body)
            found += answer["hits"]
            page += 1
            if page >= answer["nbPages"]:
                break
        assert {int(str(hit["objectID"])) for hit in found} == in_tree
        assert any(hit["comment_text"] is None for hit in found), "a deleted comment"
        assert any(hit["parent_id"] != hit["story_id"] for hit in found), "a reply"


def test_sitemaps_index_shards_and_pages(site: SampleSite) -> None:
    index = etree.fromstring(site.answer("/hedgerow/sitemap.xml").body)
    assert len(list(index.iter(f"{SITEMAP}lastmod"))) == 3
    listed: list[str] = []
    for shard in locations(site.answer("/hedgerow/sitemap.xml").body):
        body = site.answer(shard.removeprefix(site.base)).body
        listed += locations(gzip.decompress(body) if shard.endswith(".gz") else body)
    for posting in site.boards["hedgerow"]:
        assert site.base + site.writer.path(posting) in listed
    assert any(address.endswith("/about") for address in listed), "pages that are no jobs"
    drafts = [address for address in listed if "/drafts/" in address]
    assert drafts
    assert "Disallow: /hedgerow/jobs/drafts/" in site.answer("/robots.txt").body.decode()


def test_troubles_of_single_pages(site: SampleSite) -> None:
    cut = site.answer("/hedgerow/jobs/69001-cut-off").body.decode()
    assert "application/ld+json" in cut
    assert "</script>" not in cut
    assert site.answer("/hedgerow/jobs/69002-gone").status == 410
    assert site.answer("/nowhere").status == 404
    assert FAR_FUTURE in site.answer("/taskfinch/api/remote-jobs").body.decode()
    ids = [row["id"] for row in json.loads(site.answer("/taskfinch/api/remote-jobs").body)["jobs"]]
    assert len(ids) == len(set(ids)) + 1, "one row comes twice"
    rows = json.loads(site.answer("/lanternwork/api").body)
    assert "legal" in rows[0]
    assert [row["position"] for row in rows[1:]].count("") == 1


def every_page(site: SampleSite) -> Iterator[str]:
    yield "/"
    for board, postings in site.boards.items():
        yield f"/{board}/"
        for posting in postings:
            yield site.writer.path(posting)
            if posting.link:
                yield posting.link


def test_nothing_runs_in_a_visitors_browser(site: SampleSite) -> None:
    for target in every_page(site):
        answer = site.answer(target)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), target
        scripts = re.findall(
            r"<script(?! type=\"application/ld\+json\")|onerror=(?!\\\\?\"|&quot;)", answer.body.decode()
        )
        assert not scripts, target


def test_each_site_grants_everything(site: SampleSite) -> None:
    for board in ("", *(f"/{key}" for key in NAMES)):
        grant = json.loads(site.answer(f"{board}/.well-known/gigdex.json").body)
        assert grant["version"] == 1
        assert set(grant["channels"].values()) == {"full"}
        assert grant["sources"] == [f"{site.base}{board}/"]
        assert grant["min_interval_s"] >= 60


@pytest.mark.parametrize("query", ["limit=x&offset=-1", "limit=99999999999999999999", "offset=%00", "limit=0"])
def test_odd_parameters_never_break_it(site: SampleSite, query: str) -> None:
    answer = site.answer(f"/bidbarrow/api/projects/0.1/projects/active/?{query}")
    assert answer.status == 200
    assert len(json.loads(answer.body)["result"]["projects"]) <= module.MAX_ROWS


def test_a_taken_port_is_an_error_and_the_usual_one_gives_way(
    server: SampleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = urlsplit(server.url).port or 0
    with pytest.raises(OSError):
        SampleServer(taken)
    monkeypatch.setattr(module, "PORT", taken)
    other = SampleServer()
    assert other.url != server.url
    other.close()


def test_it_runs_as_a_command() -> None:
    command = [sys.executable, "-m", "crawlers.sample_boards.server", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ) as child:
        assert child.stdout is not None
        try:
            told = child.stdout.readline()
            child.send_signal(signal.SIGINT)
            assert child.wait(timeout=20) == 0
        finally:
            child.kill()  # nothing where it has ended
    assert re.fullmatch(r"Sample boards at http://127\.0\.0\.1:\d+ .*\n", told)
