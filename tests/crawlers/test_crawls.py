"""Whole crawls against loopback hosts: politeness, completeness, and that no answer breaks anything.

All scenarios run at once in one crawling process, each on a host of its own; each test looks at one.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd

from crawlers.hosts import BREAK_AFTER, Host
from index.settings import Settings
from index.store.hosts import Hosts
from index.store.inbox import Inbox
from tests.crawlers.loopback import Answer, Dripping, Loopback, Script

ROOT = Path(__file__).resolve().parents[2]
JSON = {"Content-Type": "application/json"}
NOT_FOUND: Answer = (404, {}, b"")


def jobs(*rows: Any) -> Answer:
    return 200, JSON, json.dumps({"jobs": list(rows)}).encode()


def job(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": number, "url": f"https://remotive.com/{number}", "title": f"Job {number}"} | fields


def serve(*answers: Answer, robots: Answer = NOT_FOUND) -> Script:
    """The answers one after the other, the last one for ever; robots.txt apart."""

    def script(path: str, before: int) -> Answer:
        return robots if path == "/robots.txt" else answers[min(before, len(answers) - 1)]

    return script


def paths(answers: dict[str, Answer]) -> Script:
    return lambda path, before: answers.get(path, NOT_FOUND)


BOMBS = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress}


def bomb(encoding: str) -> Answer:
    return 200, JSON | {"Content-Encoding": encoding}, BOMBS[encoding](b" " * 5_000_000)


CUT_FEED: Answer = (200, {}, b"<rss><channel><item><title>A</title><guid>1</guid></item><item><ti")
THE_END = threading.Event()


def slow(path: str, before: int) -> Answer:
    if path != "/robots.txt":
        THE_END.wait(20)
        return jobs(job(1))
    return NOT_FOUND


def slow_robots(path: str, before: int) -> Answer:
    if path == "/robots.txt":
        THE_END.wait(20)
    return jobs(job(1))


def robots(text: str) -> Answer:
    return 200, {"Content-Type": "text/plain"}, text.encode()


def redirect(to: str) -> Answer:
    return 302, {"Location": to}, b""


def robots_behind_redirects(path: str, before: int) -> Answer:
    hops = {"/robots.txt": "/1", "/1": "/2", "/2": "/3", "/3": "/4", "/4": "/rules"}
    return redirect(hops[path]) if path in hops else robots("User-agent: Gigdex\nDisallow: /api/")


def robots_for_ever(path: str, before: int) -> Answer:
    return jobs(job(1)) if path.startswith("/api") else redirect(f"/{before}{path}")


def projects(path: str, before: int) -> Answer:
    if path == "/robots.txt":
        return NOT_FOUND
    offset = int(path.rpartition("=")[2])
    rows = [{"id": n, "title": f"P{n}", "seo_url": f"p/{n}", "status": "active"} for n in range(offset, offset + 100)]
    return 200, JSON, json.dumps({"status": "success", "result": {"projects": rows}}).encode()


def circles(path: str, before: int) -> Answer:
    """Three pages, again and again, whatever is asked for."""
    if path == "/robots.txt":
        return NOT_FOUND
    number = int(path.rpartition("=")[2]) // 100 % 3
    return projects(path.rpartition("=")[0] + f"={number * 100}", before)


def later(path: str, before: int) -> Answer:
    """Asks to come back at a date, which has whole seconds only."""
    if path == "/robots.txt":
        return NOT_FOUND
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    return jobs(job(1)) if before else (429, {"Retry-After": when}, b"")


def comment(number: int, text: str | None, *children: dict[str, Any], parent: int = 9) -> dict[str, Any]:
    return {"id": number, "text": text, "parent_id": parent, "story_id": 9, "children": list(children)}


def hacker_news(path: str, before: int) -> Answer:
    if path.startswith("/api/v1/search_by_date"):
        titles = ["Who is hiring?", "Who wants to be hired?", "Freelancer? Seeking freelancer?"] + [
            "Who is hiring?"
        ] * 2
        hits = [{"objectID": str(90 + n), "title": f"Ask HN: {title}"} for n, title in enumerate(titles)]
        return 200, JSON, json.dumps({"hits": hits}).encode()
    if path.startswith("/api/v1/items/"):
        number = int(path.rpartition("/")[2])
        tree = [
            comment(number * 10, "A | B | C", comment(number * 10 + 1, "reply", parent=number * 10)),
            comment(1, None),
        ]
        return 200, JSON, json.dumps({"children": tree}).encode()
    return NOT_FOUND


def job_page(number: int) -> Answer:
    data = {"@type": "JobPosting", "title": f"Job {number}", "identifier": number}
    return (
        200,
        {"Content-Type": "text/html"},
        f'<script type="application/ld+json">{json.dumps(data)}</script>'.encode(),
    )


def sitemap(name: str, *locations: str) -> bytes:
    item = "sitemap" if name == "sitemapindex" else "url"
    items = "".join(f"<{item}><loc>{location}</loc></{item}>" for location in locations)
    return f'<?xml version="1.0"?><{name} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</{name}>'.encode()


@dataclass
class Scenario:
    script: Script
    kind: str = "remotive"
    bounds: dict[str, Any] = field(default_factory=dict)
    confirmed: bool = True


SCENARIOS: dict[str, Scenario] = {
    "plain": Scenario(
        serve(
            jobs(
                job(1),
                job(2),
                job(2),
                job(3, title=""),
                job(4, title=None),
                job(5, novelty=1, publication_date="9999-12-31"),
            ),
            robots=robots("User-agent: *\nDisallow: /private\nCrawl-delay: 0.01"),
        )
    ),
    "bad_row": Scenario(serve(jobs(job(1), "not an object", job(2)))),
    "robots_5xx": Scenario(serve(jobs(job(1)), robots=(503, {}, b""))),
    "robots_for_tomorrow": Scenario(serve(jobs(job(1)), robots=(429, {"Retry-After": "86400"}, b""))),
    "robots_silent": Scenario(serve(jobs(job(1)), robots=(0, {}, b""))),
    "robots_slow": Scenario(slow_robots, bounds={"timeout_s": 0.7}),
    "robots_forbids": Scenario(serve(jobs(job(1)), robots=robots("User-agent: gigdex\nDisallow: /api"))),
    "robots_late_rule": Scenario(serve(jobs(job(1)), robots=robots("#" * 400_000 + "\nUser-agent: *\nDisallow: /"))),
    "robots_redirected": Scenario(robots_behind_redirects),
    "robots_for_ever": Scenario(robots_for_ever),
    "robots_delay": Scenario(serve(jobs(job(1)), robots=robots("User-agent: *\nCrawl-delay: 9999"))),
    "asked_to_wait": Scenario(serve((429, {"Retry-After": "0"}, b""), (503, {}, b""), jobs(job(1)))),
    "asked_to_wait_until": Scenario(later),
    "asked_to_wait_long": Scenario(serve((429, {"Retry-After": "3600"}, b""), jobs(job(1)))),
    "down": Scenario(serve((500, {}, b""))),
    "closed_door": Scenario(serve((403, {}, b""))),
    "slow": Scenario(slow, bounds={"timeout_s": 0.7}),
    "html": Scenario(serve((200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><p>Just a moment"))),
    "elsewhere": Scenario(serve(redirect("http://127.0.0.2:1/api"))),
    "file": Scenario(serve(redirect("file:///etc/passwd"))),
    **{f"bomb_{name}": Scenario(serve(bomb(name)), bounds={"max_bytes": 100_000}) for name in BOMBS},
    "drip": Scenario(serve((200, JSON, Dripping(b'{"jobs": []}' + b" " * 100))), bounds={"timeout_s": 0.7}),
    "too_big": Scenario(serve((200, JSON, b" " * 200_000)), bounds={"max_bytes": 100_000}),
    "too_few": Scenario(serve(jobs(job(1))), bounds={"expect_min": 2}),
    "items_cut": Scenario(serve(jobs(*(job(n) for n in range(5)))), bounds={"max_items": 3}),
    "pages_cut": Scenario(projects, "freelancer", {"max_pages": 2}),
    "circles": Scenario(circles, "freelancer"),
    "off": Scenario(projects, "freelancer", confirmed=False),
    "thread": Scenario(hacker_news, "hackernews"),
    "cut_feed": Scenario(serve(CUT_FEED), "weworkremotely"),
    "busy": Scenario(serve(jobs(job(1)))),
}


LOGIN = b"<html><form><input type=password name=word></form></html>"


def failing_site(url: list[str], page: Answer) -> Script:
    """A site whose sitemap comes and whose pages don't."""

    def script(path: str, before: int) -> Answer:
        if path == "/sitemap.xml":
            return 200, {}, sitemap("urlset", *(f"{url[0]}/jobs/{number}" for number in range(9)))
        return NOT_FOUND if path == "/robots.txt" else page

    return script


def site(url: list[str]) -> Script:
    """A site with an index, a packed sitemap, pages of which one is gone, and links to elsewhere."""

    def script(path: str, before: int) -> Answer:
        here = url[0]
        pages = sitemap("urlset", f"{here}/jobs/1", f"{here}/jobs/2", f"{here}/jobs/3", "https://elsewhere.example/4")
        return paths(
            {
                "/sitemap.xml": (200, {}, sitemap("sitemapindex", f"{here}/part.xml.gz")),
                "/part.xml.gz": (200, {"Content-Type": "application/gzip"}, gzip.compress(pages)),
                "/jobs/1": job_page(1),
                "/jobs/2": (410, {}, b""),
                "/jobs/3": (200, {}, b"<html>About us</html>"),
            }
        )(path, before)

    return script


SITES = ("site", "broken_site", "login_site")


@dataclass
class Crawled:
    ended: dict[str, dict[str, Any]]
    hosts: dict[str, Loopback]
    data: Path
    log: str

    def asked(self, scenario: str) -> list[str]:
        return self.hosts[scenario].requests


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    data = tmp_path_factory.mktemp("data")
    address: list[str] = []
    hosts = {name: Loopback(scenario.script) for name, scenario in SCENARIOS.items()}
    hosts["site"] = Loopback(site(address))
    address.append(hosts["site"].url)
    for name, page in {
        "broken_site": (503, {}, b""),
        "login_site": (200, {"Content-Type": "text/html"}, LOGIN),
    }.items():
        own: list[str] = []
        hosts[name] = Loopback(failing_site(own, page))
        own.append(hosts[name].url)
    plan = [
        {
            "id": name,
            "kind": scenario.kind,
            "url": hosts[name].url,
            "bounds": scenario.bounds,
            "confirmed": scenario.confirmed,
        }
        for name, scenario in SCENARIOS.items()
    ]
    plan += [
        {
            "id": name,
            "kind": "jobposting",
            "url": hosts[name].url,
            "source": {"urls": [f"{hosts[name].url}/sitemap.xml"]},
        }
        for name in SITES
    ]
    # Once more on the same hosts, after the first: the interval, and what a host asked for.
    plan.append(plan[0])
    plan.append(plan[0] | {"id": "second_board"})
    later = next(scenario for scenario in plan if scenario["id"] == "asked_to_wait_long")
    plan.append(later | {"id": "still_asked_to_wait"})
    memory = Inbox.open(Settings(data=data))
    busy = Host(Hosts(memory.database), hosts["busy"].url.removeprefix("http://"))
    busy.hold()
    process = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.loopback"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"GIGDEX_DATA": str(data), "GIGDEX_CONTACT": "tests@gigdex.example"},
        timeout=90,
    )
    busy.release()
    memory.close()
    THE_END.set()
    events = [json.loads(line) for line in process.stdout.splitlines()]
    ended: dict[str, dict[str, Any]] = {}
    for event in events:
        if event["event"] == "ended":
            name = event["board"]
            ended[name if name not in ended else f"{name} again"] = event
    yield Crawled(ended, hosts, data, process.stderr)
    for host in hosts.values():
        host.close()


def test_every_scenario_ends_and_nothing_is_raised(crawled: Crawled) -> None:
    assert set(crawled.ended) == {*SCENARIOS, *SITES, "plain again", "second_board", "still_asked_to_wait"}
    assert "Traceback" not in crawled.log
    assert "DeprecationWarning" not in crawled.log


def test_plain_run_counts_everything(crawled: Crawled) -> None:
    run = crawled.ended["plain"]
    assert (run["complete"], run["outcome"], run["error"]) == (True, "finished", None)
    assert run["counts"] == {
        "requests": 1,
        "pages": 1,
        "rows": 6,
        "postings": 3,
        "duplicates": 1,
        "untitled": 2,
        "unknown_field:novelty": 1,
        "bad_field:publication_date": 1,
        "bytes": run["counts"]["bytes"],
    } | dict.fromkeys(("filled:remote", "filled:external_id"), 3)
    assert run["counts"]["bytes"] > 400
    assert len(crawled.hosts["plain"].agents) == 1
    assert re.fullmatch(r"Gigdex/\S+ \(\+tests@gigdex.example\)", *crawled.hosts["plain"].agents)


def test_postings_reach_the_inbox(crawled: Crawled) -> None:
    inbox = Inbox.open(Settings(data=crawled.data))
    try:
        runs = {run.board: run for run in inbox.runs() if run.complete}
        assert runs["plain"].seen == 3
        assert runs["plain"].counts["postings"] == 3
        waiting = [json.loads(row.content) for row in inbox.take(1000) if row.run == runs["plain"].id]
        assert [posting["external_id"] for posting in waiting] == ["1", "2", "5"]
        assert all(posting["fetched_at"] for posting in waiting)
    finally:
        inbox.close()


def test_a_bad_row_makes_the_run_incomplete_only(crawled: Crawled) -> None:
    run = crawled.ended["bad_row"]
    assert (run["complete"], run["outcome"], run["counts"]["postings"], run["counts"]["bad_rows"]) == (
        False,
        "finished",
        2,
        1,
    )


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("robots_5xx", "answers 503, so nothing is allowed"),
        ("robots_for_tomorrow", "answers 429, so nothing is allowed"),
        ("robots_silent", "no robots.txt"),
        ("robots_slow", "Timeout"),
        ("robots_forbids", "forbidden by robots.txt"),
        ("robots_late_rule", "forbidden by robots.txt"),
        ("robots_redirected", "forbidden by robots.txt"),
        ("robots_for_ever", "max redirections reached"),
        ("robots_delay", "asks for 9999 s between requests"),
        ("busy", "being crawled by another process"),
        ("off", "is off: its terms ask for"),
        ("plain again", "too early: the next crawl of plain is due"),
        ("still_asked_to_wait", "asks to be left alone until"),
    ],
)
def test_nothing_is_asked_without_leave(crawled: Crawled, scenario: str, error: str) -> None:
    run = crawled.ended[scenario]
    skipped = scenario in ("busy", "plain again")  # nobody's fault: no alarm
    assert (run["complete"], run["outcome"]) == (False, "skipped" if skipped else "failed")
    assert error in run["error"]
    if scenario in crawled.hosts:
        assert not [path for path in crawled.asked(scenario) if path.startswith("/api")]


def test_another_board_of_the_same_host_keeps_its_own_interval(crawled: Crawled) -> None:
    assert crawled.ended["second_board"]["complete"]
    assert crawled.asked("plain") == ["/robots.txt", "/api/remote-jobs", "/api/remote-jobs"]  # robots.txt is kept


def test_back_off_and_retry_after(crawled: Crawled) -> None:
    run = crawled.ended["asked_to_wait"]
    assert (run["complete"], run["counts"]["retries"], run["counts"]["postings"]) == (True, 2, 1)


def test_retry_after_as_a_date(crawled: Crawled) -> None:
    run = crawled.ended["asked_to_wait_until"]
    assert (run["complete"], run["counts"]["retries"], run["counts"]["postings"]) == (True, 1, 1)


def test_a_host_that_fails_again_and_again_is_left_alone(crawled: Crawled) -> None:
    run = crawled.ended["broken_site"]
    assert len([path for path in crawled.asked("broken_site") if path.startswith("/jobs")]) == BREAK_AFTER
    assert (run["complete"], run["counts"]["bad_pages"], run["counts"]["error:refused"]) == (False, 9, 9)
    assert "failed 5 times in a row (answers 503) and is left alone until" in run["error"]


def test_a_long_retry_after_ends_the_run_and_is_remembered(crawled: Crawled) -> None:
    assert "answers 429" in crawled.ended["asked_to_wait_long"]["error"]
    assert crawled.asked("asked_to_wait_long").count("/api/remote-jobs") == 1


@pytest.mark.parametrize(
    ("scenario", "error", "asked"),
    [
        ("down", "answers 500", 4),
        ("closed_door", "answers 403", 1),
        ("slow", "Timeout", 4),
        ("html", "an HTML page", 1),
        ("elsewhere", "is no host of", 1),
        ("file", "", 1),
        ("bomb_gzip", "exceeded", 1),
        ("bomb_br", "exceeded", 1),
        ("bomb_zstd", "exceeded", 1),
        ("drip", "Timeout", 4),
        ("too_big", "", 1),
    ],
)
def test_answers_that_bring_nothing(crawled: Crawled, scenario: str, error: str, asked: int) -> None:
    run = crawled.ended[scenario]
    assert (run["complete"], run["outcome"], run["counts"]["bad_pages"]) == (False, "failed", 1)
    assert error in run["error"]
    assert "\n" not in run["error"]
    assert crawled.asked(scenario).count("/api/remote-jobs") == asked


@pytest.mark.parametrize(
    ("scenario", "postings", "error"),
    [
        ("too_few", 1, "1 postings, expected 2 to"),
        ("items_cut", 3, "cut after 3 postings"),
        ("pages_cut", 200, "cut after 2 pages"),
        ("cut_feed", 1, "damaged XML"),
    ],
)
def test_runs_that_missed_something_are_not_complete(
    crawled: Crawled, scenario: str, postings: int, error: str
) -> None:
    run = crawled.ended[scenario]
    assert (run["complete"], run["outcome"], run["counts"]["postings"]) == (False, "finished", postings)
    assert error in run["error"]


def test_pages_that_come_again_end_the_run(crawled: Crawled) -> None:
    run = crawled.ended["circles"]
    assert (run["complete"], run["counts"]["postings"], run["counts"]["pages"]) == (False, 300, 4)
    assert "repeats earlier pages" in run["error"]


def test_a_login_page_is_no_page_without_jobs(crawled: Crawled) -> None:
    run = crawled.ended["login_site"]
    assert (run["complete"], run["outcome"], run["counts"]["challenge_pages"]) == (False, "failed", 9)
    assert "a login page instead of postings" in run["error"]


def test_threads_without_replies_and_deleted_comments(crawled: Crawled) -> None:
    run = crawled.ended["thread"]
    asked = [path for path in crawled.asked("thread") if "items" in path]
    assert sorted(asked) == ["/api/v1/items/90", "/api/v1/items/92", "/api/v1/items/93"]  # the third of its kind is old
    assert run["complete"]
    assert (run["counts"]["postings"], run["counts"]["replies"], run["counts"]["deleted"]) == (3, 3, 3)


def test_a_site_is_read_from_its_sitemaps(crawled: Crawled) -> None:
    run = crawled.ended["site"]
    assert run["complete"], run["error"]
    assert run["counts"]["postings"] == 1
    assert (run["counts"]["gone_pages"], run["counts"]["foreign_links"]) == (1, 1)
