"""When a board is crawled: never before its interval is over, soon again where it cost the board nothing."""

import queue
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers import schedule
from crawlers.board import boards
from crawlers.run import Progress
from crawlers.schedule import UNREACHED_S, Schedule, due_times
from index.settings import Settings
from index.store.inbox import Inbox
from index.store.runs import Run, save_run
from index.store.store import Store

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
REMOTIVE = boards()["remotive"]


@pytest.fixture
def under_test(tmp_path: Path) -> Iterator[Schedule]:
    settings = Settings(data=tmp_path)
    store, inbox = Store.open(settings), Inbox.open(settings)
    yield Schedule(store, inbox, lambda: {"remotive": REMOTIVE}, settings)
    store.close()
    inbox.close()


def run(ago: timedelta, outcome: str = "finished", pages: int = 1) -> Run:
    began = NOW - ago
    return Run("r", "remotive", began, began, True, outcome, {"pages": pages})


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (run(timedelta(hours=1)), timedelta(hours=5)),  # its terms ask for six hours
        (run(timedelta(hours=1), "failed"), timedelta(hours=5)),  # it was asked, whatever it answered
        (run(timedelta(hours=1), "lost"), timedelta(hours=5)),
        (run(timedelta(0), "failed", pages=0), timedelta(seconds=UNREACHED_S)),
        (run(timedelta(hours=-3)), timedelta(hours=6)),  # a clock that was wrong
    ],
)
def test_intervals_of_the_terms_are_kept(last: Run, due: timedelta) -> None:
    assert due_times([REMOTIVE], {"remotive": last}, NOW)["remotive"] == NOW + due


def test_a_board_is_due_after_its_interval(under_test: Schedule) -> None:
    assert under_test.due(NOW) == ["remotive"]
    with under_test.store.database.writing() as connection:
        save_run(under_test.store.database, connection, run(timedelta(hours=5, minutes=59)))
    assert under_test.due(NOW) == []
    assert under_test.due(NOW + timedelta(minutes=1)) == ["remotive"]


def test_a_skipped_board_is_asked_again_after_a_while(under_test: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    def crawl(names: list[str], *_: Any, **__: Any) -> list[Progress]:
        return [Progress("ended", name, outcome="skipped", error="being crawled by another process") for name in names]

    monkeypatch.setattr(schedule, "crawl", crawl)
    now = datetime.now(UTC)
    under_test._crawl(under_test.due(now), threading.Event(), {"remotive"})
    assert under_test.due(now + timedelta(seconds=UNREACHED_S / 2)) == []
    assert under_test.due(now + timedelta(seconds=2 * UNREACHED_S)) == ["remotive"]


def test_a_site_that_takes_hours_keeps_no_other_waiting(under_test: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two boards are begun in one process: one ends and is due again while the other goes on."""
    known = {name: boards()[name] for name in ("remotive", "hackernews")}
    under_test.spiders = lambda: known
    began: queue.Queue[list[str]] = queue.Queue()
    go_on = threading.Event()

    def crawl(names: list[str], _: Settings, note: Callable[[Progress], None], **__: Any) -> list[Progress]:
        note(Progress("ended", "hackernews", outcome="finished"))
        began.put(names)
        go_on.wait(30)
        return [Progress("ended", name, outcome="finished") for name in names]

    monkeypatch.setattr(schedule, "crawl", crawl)
    stop = threading.Event()
    under_test.begin(stop)
    assert sorted(began.get(timeout=30)) == ["hackernews", "remotive"]
    under_test.begin(stop)
    assert began.get(timeout=30) == ["hackernews"]
    assert under_test.due(datetime.now(UTC)) == ["hackernews"]
    go_on.set()
    stop.set()
    under_test.run(stop)
    assert sorted(under_test.due(datetime.now(UTC))) == ["hackernews", "remotive"]


def test_a_run_that_asked_nothing_is_no_run(under_test: Schedule) -> None:
    skipped = under_test.inbox.start_run("remotive")
    under_test.inbox.finish_run(skipped, False, "skipped", {}, "being crawled by another process")
    assert under_test.due(NOW) == ["remotive"]
