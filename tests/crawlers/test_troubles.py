"""The sample boards on bad days, from the crawl to what the operator is told: nothing is lost, nothing is closed that
is still there, and what is as it was costs next to nothing."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from crawlers.board import spiders_of
from crawlers.run import SAMPLE_SPIDERS, SAMPLE_URL, Progress, crawl
from crawlers.sample_boards.server import JSON, Answer, SampleServer
from index.instance import Instance
from index.settings import Settings
from index.store.boards import BoardState
from index.store.runs import Run

BOARDS = ["taskfinch", "lanternwork", "brightmoss", "puddlejobs", "bidbarrow", "wrenwire", "plinth"]
LOGIN = b"<!doctype html><title>Sign in</title><form><input name=user><input type='password' name=word></form>"


@dataclass
class Day:
    """What was known after one round of crawls."""

    ended: dict[str, Progress]
    states: dict[str, BoardState]
    open: dict[str, int]
    """Open postings by board."""

    def run(self, board: str) -> Run:
        run = self.states[board].last_run
        assert run is not None
        return run


@dataclass
class Days:
    good: Day
    bad: Day
    good_again: Day
    told: list[str]


def changed(server: SampleServer, change: Callable[[Any], Any]) -> Callable[[str], Answer]:
    """A board's JSON answer, changed."""

    def answer(target: str) -> Answer:
        document = change(json.loads(server.site.answer(target).body))
        return Answer(json.dumps(document).encode(), JSON)

    return answer


def renamed(document: Any) -> Any:
    for row in document["jobs"]:
        row["jobText"] = row.pop("jobDescription", None)
        row["where"] = row.pop("jobGeo", None)
    return document


def bad_day(server: SampleServer) -> Callable[[str], Answer | None]:
    first_page = server.site.answer(
        "/bidbarrow/api/projects/0.1/projects/active/?limit=15&offset=0&full_description=true"
    )
    troubles: dict[str, Callable[[str], Answer]] = {
        "/taskfinch/api": changed(server, lambda document: document | {"jobs": document["jobs"][::5][:-1]}),
        "/lanternwork/api": changed(server, lambda document: []),
        "/brightmoss/api": changed(server, renamed),
        "/puddlejobs/jobs/": lambda target: Answer(LOGIN),
        "/bidbarrow/api": lambda target: first_page,  # whatever page is asked for
    }

    def trouble(target: str) -> Answer | None:
        return next((answer(target) for path, answer in troubles.items() if target.startswith(path)), None)

    return trouble


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    settings = Settings(data=tmp_path_factory.mktemp("troubles"))
    names = [f"sample_{board}" for board in BOARDS]
    with SampleServer(0, slow_s=0) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv(SAMPLE_URL, server.url)
        instance = Instance(settings, [spider.info() for spider in spiders_of(SAMPLE_SPIDERS).values()])
        told: list[str] = []

        def round_of_crawls() -> Day:
            ended = {one.board: one for one in crawl(names, settings, sample_url=server.url)}
            with instance.working("test") as worker:
                worker.alarm.ways["test"] = lambda changes: told.extend(f"{one.board} {one.state}" for one in changes)
                worker.drain()
            states = {state.info.id.removeprefix("sample_"): state for state in instance.store.boards()}
            with instance.store.database.reading() as connection:
                query = "SELECT board, count(*) FROM postings WHERE status = 'open' GROUP BY board"
                open_ones = {row[0].removeprefix("sample_"): row[1] for row in connection.exec_driver_sql(query)}
            return Day({str(name)[7:]: one for name, one in ended.items()}, states, open_ones)

        good = round_of_crawls()
        server.trouble = bad_day(server)
        bad = round_of_crawls()
        server.trouble = lambda target: None
        yield Days(good, bad, round_of_crawls(), told)
        instance.close()


def test_a_good_day(days: Days) -> None:
    assert {board: days.good.states[board].state for board in BOARDS} == dict.fromkeys(BOARDS, "healthy")


@pytest.mark.parametrize("board", BOARDS)
def test_a_bad_day_closes_nothing(days: Days, board: str) -> None:
    assert days.bad.open[board] == days.good.open[board]
    assert days.bad.run(board).counts.get("gone", 0) == 0


@pytest.mark.parametrize(
    ("board", "state", "why"),
    [
        ("taskfinch", "failing", "where about"),
        ("lanternwork", "failing", "0 postings, expected 20 to"),
        ("puddlejobs", "failing", "a login page instead of postings"),
        ("brightmoss", "degraded", "description in 0% of the postings"),
        ("bidbarrow", "failing", "repeats earlier pages"),
        ("wrenwire", "healthy", ""),
        ("plinth", "healthy", ""),
    ],
)
def test_a_bad_day_is_told_for_what_it_is(days: Days, board: str, state: str, why: str) -> None:
    found = days.bad.states[board]
    assert found.state == state
    assert why in (found.why() or "")
    assert (f"sample_{board} {state}" in days.told) == (state != "healthy")
    assert days.told.count(f"sample_{board} {state}") <= 1


def test_what_fell_names_where_it_may_have_gone(days: Days) -> None:
    assert "new fields that nobody reads: jobText" in str(days.bad.states["brightmoss"].why())


def test_a_board_that_ignores_its_paging_is_not_asked_for_ever(days: Days) -> None:
    assert days.bad.run("bidbarrow").counts["pages"] == 2


def test_after_a_bad_day_all_is_as_before(days: Days) -> None:
    assert days.good_again.open == days.good.open
    assert {days.good_again.states[board].state for board in BOARDS} == {"healthy"}
    assert {days.good_again.states[board].why() for board in BOARDS} == {None}


@pytest.mark.parametrize("board", ["wrenwire", "plinth"])
def test_what_is_as_it_was_costs_a_304_and_no_ingest(days: Days, board: str) -> None:
    first, second = days.good.run(board).counts, days.bad.run(board).counts
    assert second["postings"] == first["postings"]
    assert second["unread_postings"] == first["postings"]
    assert second["unchanged"] == first["new"] == first["postings"] - first.get("closed_at_first_sight", 0)
    assert second["not_modified"] > 0
    assert second["bytes"] < first["bytes"] / 2
    assert "changed" not in second


def test_pages_that_were_hidden_for_a_day_are_still_known(days: Days) -> None:
    counts = days.good_again.run("puddlejobs").counts
    assert counts["not_modified"] >= 90
    assert counts["unread_postings"] == counts["postings"] == days.good.run("puddlejobs").counts["postings"]
    assert "changed" not in counts
