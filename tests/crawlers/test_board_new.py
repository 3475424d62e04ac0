"""`gigdex board new`: sites of every kind, served on loopback, are proposed as what they are."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawlers.declared import declared, from_table
from crawlers.page import Page
from crawlers.probe import ProbeSpider, forums, granted, known_place, looking_at
from crawlers.toml import as_toml
from tests.crawlers.loopback import Answer, Loopback, Script
from tests.crawlers.test_board_fixtures import KINDS
from tests.run_gigdex import ROOT, environment, gigdex

HTML = {"Content-Type": "text/html"}
NOT_FOUND: Answer = (404, {}, b"")


def response(kind: str) -> bytes:
    (file,) = (KINDS / kind).glob("response.*")
    return file.read_bytes()


def page(head: str = "", body: str = "") -> Answer:
    return 200, HTML, f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def job(number: int) -> Answer:
    data = {"@type": "JobPosting", "title": f"Paint fence {number}", "identifier": number}
    return page(f'<script type="application/ld+json">{json.dumps(data)}</script>')


def site_with_a_sitemap(here: list[str]) -> Script:
    def script(path: str, before: int) -> Answer:
        pages = "".join(f"<url><loc>{here[0]}/jobs/{n}</loc><lastmod>2026-11-0{n}</lastmod></url>" for n in range(1, 8))
        answers: dict[str, Answer] = {
            "/": page(),
            "/robots.txt": (200, {}, f"User-agent: *\nDisallow: /private\nSitemap: {here[0]}/maps.xml".encode()),
            "/maps.xml": (200, {}, f"<urlset>{pages}<url><loc>{here[0]}/about</loc></url></urlset>".encode()),
        }
        return job(int(path.rpartition("/")[2])) if path.startswith("/jobs/") else answers.get(path, NOT_FOUND)

    return script


def answers(of: dict[str, Answer]) -> Script:
    return lambda path, before: of.get(path, NOT_FOUND)


FEED = '<link rel="alternate" type="application/rss+xml" href="/jobs.rss">'
SITES: dict[str, tuple[Script, str, str, dict[str, Any]]] = {
    "feed in the head": (answers({"/": page(FEED), "/jobs.rss": (200, {}, response("rss"))}), "/", "rss", {}),
    "partner feed": (answers({"/feed.xml": (200, {}, response("xml_feed"))}), "/feed.xml", "xml_feed", {}),
    "json": (answers({"/api": (200, {}, response("json_api"))}), "/api", "json_api", {"items": "jobs"}),
    "wordpress": (
        answers(
            {
                "/": page(body='<link href="/wp-content/plugins/wp-job-manager/x.css">'),
                "/?feed=job_feed&posts_per_page=100": (200, {}, response("rss")),
            }
        ),
        "/",
        "rss",
        {},
    ),
    "discourse": (
        answers(
            {
                "/c/jobs/12": page('<meta name="generator" content="Discourse 3.6">'),
                "/c/jobs/12.json": (200, {}, response("discourse")),
            }
        ),
        "/c/jobs/12",
        "discourse",
        {},
    ),
    "mastodon": (
        answers(
            {
                "/tags/fedihire": page(body='<div id="mastodon"></div>'),
                "/api/v1/timelines/tag/fedihire?limit=40": (200, {}, response("mastodon_tag")),
            }
        ),
        "/tags/fedihire",
        "mastodon_tag",
        {"tags": ["fedihire"]},
    ),
    "postings on the page": (answers({"/work": job(1)}), "/work", "jobposting", {}),
}


NOTHING: dict[str, tuple[Script, str, str]] = {
    "nothing": (answers({"/": page(body="Nothing to do here")}), "/", "reads as postings"),
    "forbidden": (
        answers({"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /"), "/": job(1)}),
        "/",
        "forbidden by robots.txt",
    ),
    "no robots.txt": (answers({"/robots.txt": (503, {}, b""), "/": job(1)}), "/", "answers 503, so nothing is allowed"),
    "rubbish": (answers({"/": (200, HTML, b"\x00\xff<html")}), "/", "reads as postings"),
}


@dataclass
class Looked:
    requests: dict[str, list[str]]
    found: dict[str, dict[str, Any]]
    """`toml`, `titles` and `notes` of a proposal, or `error`."""
    log: str


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    """Each site was looked at, all in one process."""
    here: list[str] = []
    scripts = {name: (script, path) for name, (script, path, *_) in (SITES | NOTHING).items()}
    scripts["sitemap"] = (site_with_a_sitemap(here), "")
    hosts = {name: Loopback(script) for name, (script, _) in scripts.items()}
    here.append(hosts["sitemap"].url)
    addresses = {name: hosts[name].url + path for name, (_, path) in scripts.items()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.looking"],
        input=json.dumps(addresses),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(tmp_path_factory.mktemp("data")),
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    yield Looked({name: host.requests for name, host in hosts.items()}, json.loads(done.stdout), done.stderr)
    for host in hosts.values():
        host.close()


def test_nothing_is_raised(looked: Looked) -> None:
    assert "Traceback" not in looked.log


@pytest.mark.parametrize("site", SITES)
def test_a_site_is_proposed_as_what_it_is(looked: Looked, site: str) -> None:
    _, _, kind, source = SITES[site]
    found = looked.found[site]
    table = tomllib.loads(found["toml"])
    assert table["kind"] == kind
    assert source.items() <= table["source"].items()
    assert table["terms"]["off"] == "no permission is known"
    assert from_table("new", table).board.terms.ask
    assert 1 <= len(found["titles"]) <= 5


def test_a_sitemap_is_sampled_newest_first(looked: Looked) -> None:
    assert sorted(looked.found["sitemap"]["titles"]) == [f"Paint fence {number}" for number in (3, 4, 5, 6, 7)]
    assert tomllib.loads(looked.found["sitemap"]["toml"])["source"]["pages"] == "/jobs/"
    assert "/about" not in looked.requests["sitemap"]
    assert "/.well-known/gigdex.json" in looked.requests["sitemap"]


@pytest.mark.parametrize("site", NOTHING)
def test_a_site_that_shows_nothing_or_forbids_it(looked: Looked, site: str) -> None:
    assert NOTHING[site][2] in looked.found[site]["error"]
    assert "\n" not in looked.found[site]["error"]


def test_from_an_address_to_a_board(tmp_path: Path) -> None:
    data = tmp_path / "data"
    script = answers({"/feed.xml": (200, {}, response("xml_feed"))})
    loopback = Loopback(script)
    done = gigdex(data, "board", "new", f"{loopback.url}/feed.xml", "--save")
    loopback.close()
    assert done.returncode == 0, done.stderr
    assert "* Shelf counter\n" in done.stderr
    (file,) = (data / "boards").glob("*.toml")
    assert file.read_text() == done.stdout
    assert declared(file).board.id == file.stem == "127.0.0.1"
    (saved,) = (KINDS / "xml_feed").glob("response.*")
    parsed = gigdex(data, "parse", file.stem, str(saved))
    assert [json.loads(line)["board"] for line in parsed.stdout.splitlines()] == [file.stem] * 2
    (data / "boards" / "example.toml").write_text("mine")
    refused = gigdex(data, "board", "new", "https://jobs.lever.co/example", "--save")
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    assert (data / "boards" / "example.toml").read_text() == "mine"


def test_a_fixture_of_a_board_of_ones_own(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "boards").mkdir(parents=True)
    loopback = Loopback(answers({"/feed.xml": (200, {}, response("rss"))}))
    evidence = [{"what": "https://example.org/terms", "read": "2026-11-27", "says": "made up for a test"}]
    terms = {"attribution": "Mine", "min_interval_s": 3600, "evidence": evidence}
    facts = {"kind": "rss", "name": "Mine", "homepage": "https://example.org", "delay_s": 0, "terms": terms}
    file = data / "boards" / "mine.toml"
    file.write_text(as_toml(facts | {"source": {"urls": [f"{loopback.url}/feed.xml"]}}))
    done = gigdex(data, "capture", "mine", "--folder", str(tmp_path / "fixture"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "fixture" / "response.xml").read_bytes() == response("rss")
    expected = json.loads((tmp_path / "fixture" / "expected.json").read_text())
    assert [row["title"] for row in expected["rows"]] == ["Snow shoveller – on call"]
    meta = json.loads((tmp_path / "fixture" / "meta.json").read_text())
    assert (meta["board"], meta["url"]) == ("mine", f"{loopback.url}/feed.xml")

    file.write_text(as_toml(facts | {"terms": terms | {"off": "not asked yet"}, "source": {"urls": [loopback.url]}}))
    refused = gigdex(data, "capture", "mine", "--folder", str(tmp_path / "other"))
    loopback.close()
    assert refused.returncode == 1
    assert "mine is off: not asked yet" in refused.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("address", ["javascript:alert(1)//x", "ftp://example.org", "https://", "file:///etc/passwd"])
def test_no_address(address: str) -> None:
    with pytest.raises(ValueError, match="no web address"):
        looking_at(address)


def test_the_owners_grant_becomes_the_terms() -> None:
    data = {
        "version": 1,
        "contact": "jobs@jobs.example.org",
        "channels": {"page": "full", "feed": "link_only"},
        "sources": ["https://jobs.example.org/sitemap.xml"],
        "attribution": "Example Jobs",
        "min_interval_s": 7200,
    }
    body = {"base_url": "https://jobs.example.org", "address": "https://jobs.example.org", "notes": [], "grant": []}
    spider: Any = type("Probe", (ProbeSpider,), {"board": from_table("x", employer_table()).board} | body)()
    (request,) = spider.look_at_grant(Page(json.dumps(data).encode(), "grant"))
    assert request.url == "https://jobs.example.org/sitemap.xml"
    table = employer_table() | {"terms": granted(spider.grant[0], "https://jobs.example.org/.well-known/gigdex.json")}
    terms = from_table("x", tomllib.loads(as_toml(table))).board.terms
    assert (terms.off, terms.channels.page, terms.channels.feed, terms.min_interval_s) == (
        None,
        "full",
        "link_only",
        7200,
    )


def employer_table() -> dict[str, Any]:
    proposal = known_place("https://jobs.lever.co/example")
    assert proposal is not None
    return proposal.table


@pytest.mark.parametrize(
    ("address", "each"),
    [
        ("https://jobs.lever.co/example/1-2", "example"),
        ("https://boards.greenhouse.io/Example", "Example"),
        ("https://job-boards.greenhouse.io/example/jobs/1", "example"),
        ("https://jobs.ashbyhq.com/example", "example"),
    ],
)
def test_an_employers_site_on_known_software_needs_no_look(address: str, each: str) -> None:
    proposal = known_place(address)
    assert proposal is not None
    spider: Any = from_table(proposal.board_id, tomllib.loads(proposal.toml()))
    assert spider.source.each == (each,)
    assert spider.board.terms.off


def test_a_subreddit_needs_no_look_either() -> None:
    proposal = known_place("https://www.reddit.com/r/forhire/new/")
    assert proposal is not None
    spider: Any = from_table(proposal.board_id, tomllib.loads(proposal.toml()))
    assert spider.source.subreddits == ("forhire",)
    assert spider.board.keys == ("reddit_client_id", "reddit_client_secret")


def test_a_search_of_issues_is_read_as_bounties() -> None:
    [(kind, source)] = forums("https://git.example/api/v3/search/issues?q=label%3Abounty")
    assert (kind, source) == ("github_bounties", {"query": "label:bounty", "api": "https://git.example/api/v3"})


def test_toml_of_odd_texts() -> None:
    table = {"a": 'quote " and \\ and \x7f é 🦊\n', "b": [1, 2.5, True], "t": {"odd key": "x", "deep": {"y": "z"}}}
    assert tomllib.loads(as_toml(table)) == table
