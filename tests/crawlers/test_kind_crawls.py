"""Crawls of the kinds, each on a loopback host of its own, all at once in one crawling process."""

import gzip
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from index.settings import Settings
from index.store.inbox import Inbox
from tests.crawlers.loopback import Answer, Loopback, Script
from tests.crawlers.test_board_fixtures import FIXTURES, KINDS
from tests.run_gigdex import ROOT, environment

NOT_FOUND: Answer = (404, {}, b"")
SECRET = "s3cret/+key"
FIELDS = {"title": "t", "external_id": "id"}


def answer(value: Any, **headers: str) -> Answer:
    return 200, {"Content-Type": "application/json"} | headers, json.dumps(value).encode()


def jobs(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": number, "t": f"Job {number}"} for number in numbers]


def fixture(folder: Path) -> Any:
    return json.loads((folder / "response.json").read_text())


def asked(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def page(path: str) -> Answer:
    number = int(asked(path).get("page", 0))
    return answer(jobs(*range(number * 2, number * 2 + (2 if number < 3 else 1))))


def offset(path: str) -> Answer:
    start = int(asked(path).get("offset", 0))
    return answer({"jobs": jobs(*range(start, min(start + 3, 7)))})


def cursor(path: str) -> Answer:
    after = asked(path).get("after", "")
    following = {"": "b", "b": "c", "c": None}[after]
    return answer({"jobs": jobs(ord(after or "a")), "next": following})


def following(path: str) -> Answer:
    number = int(asked(path).get("n", 1))
    links = {"next": f"/api?n={number + 1}" if number < 3 else None}
    return answer({"jobs": jobs(number), "links": links})


def foreign(path: str) -> Answer:
    return answer({"jobs": jobs(1), "links": {"next": "https://elsewhere.example/api?n=2"}})


def linked(path: str) -> Answer:
    number = int(asked(path).get("n", 1))
    return answer(jobs(number), **({"Link": f'</api?n={number + 1}>; rel="next"'} if number < 3 else {}))


def reddit(path: str) -> Answer:
    if path == "/api/v1/access_token":
        return answer({"access_token": "t0ken", "expires_in": 3600})
    return answer(fixture(FIXTURES / "reddit")) if path.startswith("/r/forhire/") else NOT_FOUND


def discourse(path: str) -> Answer:
    if path == "/c/jobs/12.json":
        return answer(fixture(KINDS / "discourse"))
    if path == "/t/2.json":
        topic = fixture(KINDS / "discourse")["topic_list"]["topics"][1]
        return answer(topic | {"post_stream": {"posts": [{"cooked": "<p>All of the text.</p>"}]}})
    return NOT_FOUND


def mastodon(path: str) -> Answer:
    if "max_id" in path:
        return answer([])
    link = '</api/v1/timelines/tag/fedihire?limit=40&max_id=1>; rel="next", </x>; rel="prev"'
    return answer(fixture(FIXTURES / "mastodon_social"), Link=link)


def nav(path: str) -> Answer:
    if path == "/api/publicToken":
        return 200, {"Content-Type": "text/plain"}, b"Current public token for Nav Job Vacancy Feed:\nt0ken"
    if path == "/api/v1/feed":
        return answer(fixture(FIXTURES / "nav") | {"next_url": None})
    if path == "/api/v1/feedentry/aaaa0001":
        content = {
            "uuid": "aaaa0001",
            "title": "Juleselger",
            "description": "<p>Selg trær.</p>",
            "expires": "2026-12-24",
        }
        return answer({"uuid": "aaaa0001", "status": "ACTIVE", "title": "Juleselger", "ad_content": content})
    return NOT_FOUND


def mpsv(path: str) -> Answer:
    if path.endswith("/obce.json"):
        return answer({"polozky": [{"id": "Obec/582786", "nazev": {"cs": "Brno"}}]})
    days = [str(datetime.now(UTC).date() - timedelta(days=back)) for back in (1, 2, 3)]
    if days[1] in path:  # a Sunday
        return NOT_FOUND
    if days[2] in path:
        casual = {"pracovnePravniVztahy": [{"id": "PracovnepravniVztah/dpp"}]}
        return answer({"polozky": [{"portalId": 90000001, "pozadovanaProfese": {"cs": "An older state"}} | casual]})
    rows = fixture(FIXTURES / "mpsv")
    rows["polozky"].append(
        {"portalId": 3, "pozadovanaProfese": {"cs": "Ředitel"}, "pracovnePravniVztahy": [{"id": "x/plny"}]}
    )
    return 200, {}, gzip.compress(json.dumps(rows).encode())


def keyed(path: str) -> Answer:
    return (500, {}, b"") if "broken" in path else answer(jobs(1))


@dataclass
class Scenario:
    script: Any
    """path -> answer"""
    kind: str
    source: dict[str, Any] | None = None
    """Addresses in it begin with {here}."""
    changed: dict[str, str] | None = None
    """Attributes of the class, instead."""
    keys: tuple[str, ...] = ()


def json_api(script: Any, url: str, keys: tuple[str, ...] = (), **source: Any) -> Scenario:
    return Scenario(script, "json_api", {"url": "{here}" + url, "fields": FIELDS} | source, keys=keys)


SCENARIOS = {
    "page": json_api(page, "/api?page={page}", paging="page", size=2),
    "page_from_0": json_api(page, "/api?page={page}", paging="page", size=2, first=0),
    "page_ignored": json_api(lambda path: answer(jobs(1, 2)), "/api?page={page}", paging="page", size=2),
    "offset": json_api(offset, "/api?offset={offset}&n={size}", paging="offset", size=3, items="jobs"),
    "most": json_api(offset, "/api?r={offset}-{last}&offset={offset}", paging="offset", size=3, items="jobs", most=4),
    "each": json_api(page, "/api?page=3&kind={each}", each=["a", "b c"]),
    "cursor": json_api(cursor, "/api?x=1", more="&after={cursor}", paging="cursor", cursor="next", items="jobs"),
    "next": json_api(following, "/api", paging="next", cursor="links.next", items="jobs"),
    "next_elsewhere": json_api(foreign, "/api", paging="next", cursor="links.next", items="jobs"),
    "link": json_api(linked, "/api", paging="link"),
    "posted": json_api(
        lambda path: answer(jobs(1)), "/api", body='{"page": "<page>", "key": "<key.test>"}', keys=("test",)
    ),
    "token": json_api(
        lambda path: answer({"access": {"token": "t0ken"}} if path == "/token" else jobs(1)),
        "/api",
        token={"url": "{here}/token", "body": "id={key.test}", "user": "me:{key.test}", "path": "access.token"},
        keys=("test",),
    ),
    "basic": json_api(keyed, "/api", user="{key.test}:", headers={"X-Odd": "{key.test}"}, keys=("test",)),
    "key_in_address": json_api(keyed, "/broken?key={key.test}", keys=("test",)),
    "key_unset": json_api(keyed, "/api?key={key.unset}", keys=("unset",)),
    "rss": Scenario(
        lambda path: (200, {}, (KINDS / "rss" / "response.xml").read_bytes()), "rss", {"urls": ["{here}/feed"]}
    ),
    "reddit": Scenario(reddit, "reddit", changed={"api": "{here}", "site": "{here}"}),
    "discourse": Scenario(discourse, "discourse", {"urls": ["{here}/c/jobs/12"]}),
    "mastodon": Scenario(mastodon, "mastodon_tag", {"server": "{here}", "tags": ["fedihire"]}),
    "lemmy": Scenario(
        lambda path: answer(fixture(KINDS / "lemmy")),
        "lemmy",
        {"server": "{here}", "communities": ["gigs@example.org"]},
    ),
    "github": Scenario(lambda path: answer(fixture(FIXTURES / "github")), "github_bounties", {"api": "{here}"}),
    "nav": Scenario(nav, "nav", changed={}),
    "mpsv": Scenario(mpsv, "mpsv", changed={}),
}


def served(script: Any) -> Script:
    return lambda path, before: NOT_FOUND if path == "/robots.txt" else script(path)


def at(value: Any, here: str) -> Any:
    return json.loads(json.dumps(value).replace("{here}", here))


@dataclass
class Crawled:
    ended: dict[str, dict[str, Any]]
    hosts: dict[str, Loopback]
    postings: dict[str, dict[str, dict[str, Any]]]
    """By scenario and id."""
    log: str

    def paths(self, scenario: str) -> list[str]:
        return [path for path in self.hosts[scenario].requests if path != "/robots.txt"]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    data = tmp_path_factory.mktemp("data")
    hosts = {name: Loopback(served(scenario.script)) for name, scenario in SCENARIOS.items()}
    plan = []
    for name, scenario in SCENARIOS.items():
        here = hosts[name].url
        how = (
            {"class": at(scenario.changed, here)} if scenario.source is None else {"source": at(scenario.source, here)}
        )
        bounds = {"keys": scenario.keys, "max_pages": 20}
        plan.append({"id": name, "kind": scenario.kind, "url": here, "bounds": bounds} | how)
    keys = {"GIGDEX_KEY_TEST": SECRET, "GIGDEX_KEY_REDDIT_CLIENT_ID": "me", "GIGDEX_KEY_REDDIT_CLIENT_SECRET": SECRET}
    process = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.loopback"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(data, **keys),
        timeout=90,
    )
    assert process.returncode == 0, process.stderr
    events = [json.loads(line) for line in process.stdout.splitlines()]
    ended = {event["board"]: event for event in events if event["event"] == "ended"}
    inbox = Inbox.open(Settings(data=data))
    postings: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in SCENARIOS}
    for row in inbox.take(1000):
        posting = json.loads(row.content)
        postings[posting["board"]][posting["external_id"]] = posting
    inbox.close()
    yield Crawled(ended, hosts, postings, process.stdout + process.stderr)
    for host in hosts.values():
        host.close()


def test_every_crawl_ends_and_no_key_is_told(crawled: Crawled) -> None:
    assert set(crawled.ended) == set(SCENARIOS)
    assert "Traceback" not in crawled.log
    told = json.dumps(crawled.ended) + json.dumps(crawled.postings) + crawled.log
    assert SECRET not in told
    assert "s3cret%2F%2Bkey" not in told


@pytest.mark.parametrize(
    ("scenario", "ids"),
    [
        ("page", range(2, 7)),
        ("page_from_0", range(7)),
        ("offset", range(7)),
        ("most", range(6)),
        ("each", [6]),
        ("cursor", [ord(letter) for letter in "abc"]),
        ("next", [1, 2, 3]),
        ("next_elsewhere", [1]),
        ("link", [1, 2, 3]),
        ("posted", [1]),
        ("token", [1]),
        ("basic", [1]),
    ],
)
def test_all_pages_are_read(crawled: Crawled, scenario: str, ids: list[int]) -> None:
    assert crawled.ended[scenario]["complete"], crawled.ended[scenario]["error"]
    assert sorted(crawled.postings[scenario], key=int) == [str(number) for number in ids]


def test_a_walk_ends_with_the_first_short_page(crawled: Crawled) -> None:
    assert crawled.paths("page") == [f"/api?page={number}" for number in (1, 2, 3)]
    assert crawled.paths("offset") == [f"/api?offset={number}&n=3" for number in (0, 3, 6)]
    assert crawled.paths("most") == ["/api?r=0-2&offset=0", "/api?r=3-5&offset=3"]
    assert sorted(crawled.paths("each")) == ["/api?page=3&kind=a", "/api?page=3&kind=b%20c"]
    assert crawled.paths("cursor") == ["/api?x=1", "/api?x=1&after=b", "/api?x=1&after=c"]


def test_an_interface_that_ignores_paging_is_found_out(crawled: Crawled) -> None:
    run = crawled.ended["page_ignored"]
    assert not run["complete"]
    assert "ignores its paging" in run["error"]
    assert len(crawled.paths("page_ignored")) == 2


def test_a_next_page_on_another_host_is_not_asked(crawled: Crawled) -> None:
    assert crawled.ended["next_elsewhere"]["counts"]["foreign_links"] == 1


def test_keys_reach_the_board(crawled: Crawled) -> None:
    assert ("", json.dumps({"page": "1", "key": SECRET})) in crawled.hosts["posted"].sent
    basic = "Basic " + b64encode(f"me:{SECRET}".encode()).decode()
    assert [sent for sent in crawled.hosts["token"].sent if sent[0]] == [
        (basic, "id=s3cret%2F%2Bkey"),
        ("Bearer t0ken", ""),
    ]
    assert ("Basic " + b64encode(f"{SECRET}:".encode()).decode(), "") in crawled.hosts["basic"].sent
    assert crawled.paths("key_in_address")[0] == "/broken?key=s3cret%2F%2Bkey"
    assert "/broken?key=KEY" in crawled.ended["key_in_address"]["error"]


def test_a_board_whose_key_is_not_set_says_so(crawled: Crawled) -> None:
    assert crawled.ended["key_unset"]["error"] == "GIGDEX_KEY_UNSET is not set"
    assert crawled.paths("key_unset") == []


def test_a_feed(crawled: Crawled) -> None:
    assert list(crawled.postings["rss"]) == ["a"]


def test_subreddits(crawled: Crawled) -> None:
    first, *others = crawled.paths("reddit")
    assert first == "/api/v1/access_token"
    assert "/r/forhire/new?limit=100&raw_json=1" in others
    assert [sent[0] for sent in crawled.hosts["reddit"].sent if sent[0]][1:] == ["Bearer t0ken"] * len(others)
    found = crawled.postings["reddit"]
    assert {name: row["extra"].get("kind") for name, row in found.items()} == {
        "a1": "offer",
        "a2": "seeking_work",
        "a3": "offer",
        "a5": "offer",
    }
    assert (found["a3"]["extra"]["status"], found["a5"]["extra"]["status"]) == ("filled", "removed")
    assert crawled.ended["reddit"]["counts"]["notices"] == 1


def test_topics_come_with_their_text_and_closed_ones_as_they_are(crawled: Crawled) -> None:
    assert sorted(crawled.paths("discourse")) == ["/c/jobs/12.json", "/t/2.json"]
    found = crawled.postings["discourse"]
    assert found["2"]["description"] == "<p>All of the text.</p>"
    assert found["2"]["url"] == f"{crawled.hosts['discourse'].url}/t/t-2/2"
    assert found["3"]["extra"]["status"] == "filled"
    assert "1" not in found


def test_posts_with_a_tag(crawled: Crawled) -> None:
    assert len(crawled.paths("mastodon")) == 2
    assert [row["extra"].get("kind") for row in crawled.postings["mastodon"].values()] == [None, "seeking_work"]
    assert crawled.ended["mastodon"]["counts"]["replies"] == 1


def test_communities(crawled: Crawled) -> None:
    assert crawled.paths("lemmy") == ["/api/v3/post/list?community_name=gigs%40example.org&sort=New&limit=50"]
    assert len(crawled.postings["lemmy"]) == 3


def test_bounties(crawled: Crawled) -> None:
    assert [row.get("pay", {}).get("text") for row in crawled.postings["github"].values()] == ["$150", None, "25 USDC"]


def test_nav_brings_texts_of_what_is_there(crawled: Crawled) -> None:
    """Its feed is followed in tests/crawlers/test_nav.py."""
    found = crawled.postings["nav"]
    assert found["aaaa0001"]["description"] == "<p>Selg trær.</p>"
    assert crawled.paths("nav") == ["/api/publicToken", "/api/v1/feed", "/api/v1/feedentry/aaaa0001"]
    assert crawled.ended["nav"]["complete"]


def test_czech_vacancies_have_towns_and_full_time_ones_are_left_out(crawled: Crawled) -> None:
    found = crawled.postings["mpsv"]
    assert found["90000001"]["location"] == "Brno, Jihomoravský kraj"
    assert found["90000002"]["extra"]["status"] == "removed"
    assert "3" not in found
    assert found["90000001"]["title"] == "Roznašeč letáků", "the newest file counts"
    assert len(crawled.paths("mpsv")) == 4
    counts = crawled.ended["mpsv"]["counts"]
    assert (counts["full_time"], counts["no_file"], counts["duplicates"]) == (1, 1, 1)
    assert crawled.ended["mpsv"]["complete"]
