"""What is said of a run and of its board."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from index.health import FALLEN, judge, may_close, verdict
from index.ingest import Ingest
from index.store.boards import STALE, BoardState, accept, declare
from index.store.inbox import Inbox
from index.store.runs import Run, last_runs
from index.store.store import Store
from tests.index.conftest import Clock, RunBoard, board, posting

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def run(
    seen: int = 20, complete: bool = True, outcome: str = "finished", error: str | None = None, **counts: Any
) -> Run:
    """A run that read `seen` postings; counts with `__` for a colon."""
    named = {"postings": seen} | {name.replace("__", ":"): number for name, number in counts.items()}
    return Run("r", "alpha", NOW, NOW, complete, outcome, named, error, seen)


def judged(*runs: Run) -> Run:
    """The last of the runs, judged after the others were, in order."""
    earlier: list[Run] = []
    for one in runs:
        earlier.insert(0, judge(one, earlier))
    return earlier[0]


FULL = {"filled__pay": 18, "filled__location": 3, "filled__external_id": 20}


def test_a_run_like_those_before_is_healthy() -> None:
    last = judged(run(**FULL), run(**FULL), run(**FULL))
    assert verdict(last) == ("healthy", None, None)
    assert may_close(last)


def test_a_field_that_fell_degrades_the_board_and_says_where_it_may_have_gone() -> None:
    last = judged(run(**FULL), run(**FULL), run(**FULL | {"filled__pay": 0, "unknown_field__salary_range": 20}))
    said = verdict(last)
    assert said is not None
    assert said.state == "degraded"
    assert said.why == "pay in 0% of the postings, usually in 90% (new fields that nobody reads: salary_range)"
    assert said.public == said.why
    assert may_close(last)


def test_a_field_that_fell_does_not_become_usual_by_and_by() -> None:
    fallen = run(**FULL | {"filled__pay": 0})
    last = judged(run(**FULL), *[fallen] * 8)
    assert verdict(last) is not None
    assert last.counts[FALLEN] == 1


@pytest.mark.parametrize(
    "counts",
    [
        FULL | {"filled__location": 0},  # 15 % of 20 may well be none
        FULL | {"filled__pay": 10},  # more than half of what is usual
        FULL | {"filled__pay": 2, "unread_postings": 18},  # of 2 that were read
        {"unread_postings": 20},
        FULL | {"unknown_field__new": 20},  # new alone is no fault
    ],
)
def test_what_is_no_fall(counts: dict[str, int]) -> None:
    assert verdict(judged(run(**FULL), run(**FULL), run(**counts))) == ("healthy", None, None)


def test_closed_postings_may_lack_their_fields() -> None:
    """As a line of a feed of changes does, that only says which advert is over."""
    many_closed = run(40, closed_postings=30, filled__pay=9, filled__location=2, filled__external_id=10)
    assert verdict(judged(run(**FULL), run(**FULL), many_closed)) == ("healthy", None, None)


def test_ids_that_fell_close_nothing() -> None:
    last = judged(run(**FULL), run(**FULL | {"filled__external_id": 0}))
    assert not may_close(last)
    assert verdict(last)[0] == "failing"  # type: ignore[index]
    assert "nothing was closed" in str(last.error)


def test_a_run_that_somebody_stopped_says_nothing() -> None:
    assert verdict(judged(run(), run(outcome="cancelled"))) is None


@pytest.mark.parametrize(
    ("bad", "public"),
    [
        (
            run(0, False, "failed", "https://x.example/?key=secret: answers 503", error__http_503=3),
            "answers 503 (3 times)",
        ),
        (run(0, False, "failed", "/home/secret", error__robots=1), "robots.txt forbids it"),
        (run(0, False, "failed", "secret", error__DownloadTimeoutError=1), "no answer"),
        (run(0, False, "failed", "secret", challenge_pages=2), "2 login or challenge pages"),
        (run(0, False, "failed", "secret", bad_pages=1), "answers that can't be read"),
        (run(0, False, "failed", "secret", pages=1), "it brought nothing"),
        (run(0, False, "failed", "secret"), "see the operator's log"),
        (run(0, False, "lost", "secret"), "the crawl was interrupted"),
        (run(6, True), "6 postings where about 20 are usual"),
    ],
)
def test_the_public_is_told_what_is_wrong_but_no_addresses(bad: Run, public: str) -> None:
    said = verdict(judged(run(**FULL), bad))
    assert said is not None
    assert (said.state, said.public) == ("failing", public)


def test_shrinking_is_told_with_what_went_wrong() -> None:
    last = judged(run(), run(6, False, error="a page was missed"))
    assert last.error == "only 6 postings where about 20 are usual; nothing was closed (a page was missed)"


# --- of a board, over its runs -------------------------------------------------------------------------------------


def state_of(store: Store) -> BoardState:
    return next(state for state in store.boards() if state.info.id == "alpha")


def test_a_board_says_since_when(store: Store, run_board: RunBoard) -> None:
    assert (state_of(store).state, state_of(store).why()) == ("new", None)
    rows = [posting("alpha", str(number)) for number in range(10)]
    run_board("alpha", *rows)
    since = state_of(store).reading.since
    run_board("alpha", *rows)
    assert (state_of(store).state, state_of(store).reading.since) == ("healthy", since)
    run_board("alpha")
    failing = state_of(store)
    assert failing.state == "failing"
    assert failing.reading.since > since
    run_board("alpha", *rows, outcome="cancelled", complete=False)
    run_board("alpha", rows[0])
    still = state_of(store)
    assert (still.state, still.reading.since) == ("failing", failing.reading.since)
    assert "only 1 postings" in str(still.why())
    run_board("alpha", *rows)
    assert (state_of(store).state, state_of(store).why()) == ("healthy", None)


def test_a_run_that_asked_nothing_leaves_no_trace(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard
) -> None:
    run_board("alpha", posting("alpha", "1"))
    before = state_of(store)
    run_board("alpha", outcome="skipped", complete=False)
    assert state_of(store) == before
    assert inbox.runs() == []


def test_a_board_that_is_off_says_why(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", outcome="failed", complete=False)
    declare(store.database, [board("alpha", off="its owner said no")])
    assert (state_of(store).state, state_of(store).why()) == ("off", "its owner said no")


def test_an_operator_takes_a_board_as_it_is(store: Store, run_board: RunBoard) -> None:
    rows = [posting("alpha", str(number)) for number in range(10)]
    run_board("alpha", *rows)
    run_board("alpha", *rows[:3])
    assert state_of(store).state == "failing"
    accept(store.database, "alpha", datetime.now(UTC))
    run_board("alpha", *rows[:3])
    assert state_of(store).state == "healthy"
    with store.database.reading() as connection:
        assert last_runs(connection, "alpha")[0].counts["gone"] == 7


def test_a_stale_board_says_that_it_is_hidden(store: Store, run_board: RunBoard, clock: Clock) -> None:
    declare(store.database, [board("alpha", duties=("refresh_daily",))])
    run_board("alpha", posting("alpha", "1"))
    assert state_of(store).why() is None
    with store.database.writing() as connection:
        old = last_runs(connection, "alpha")[0]
        from index.store.runs import save_run

        save_run(store.database, connection, replace(old, finished_at=datetime.now(UTC) - timedelta(hours=25)))
    assert not state_of(store).fresh
    assert (state_of(store).state, state_of(store).why()) == ("failing", STALE)
    assert (datetime.now(UTC) - state_of(store).reading.since).total_seconds() == pytest.approx(3600, abs=300)
    run_board("alpha", outcome="failed", complete=False)
    assert str(state_of(store).why()).endswith(STALE)
    run_board("alpha", posting("alpha", "1"))
    assert (state_of(store).state, state_of(store).why()) == ("healthy", None)
