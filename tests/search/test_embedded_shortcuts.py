"""The embedded engine's shortcuts give the same answers as the long way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.engine import embedded
from index.engine.base import And, Clause, Count, Everything, Not, Order, Range, Term, Top
from index.engine.embedded import EmbeddedEngine
from tests.search.made_up import Shelf, gigs

CLAUSES = [Everything(), Term("mode", ("online",)), Not(Term("mode", ("online",))), Range("usd_top", low=200_000)]
ORDERS: list[Order] = ["gig", "key_newest", "key_pay", "key_hourly"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine.create(tmp_path_factory.mktemp("engine"))
    documents = Shelf(gigs(300)).documents()
    engine.write([], documents[:200])
    engine.write([], documents[200:])
    yield engine
    engine.close()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("clause", CLAUSES, ids=range(len(CLAUSES)))
def test_the_top_is_the_same_by_steps(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, order: Order, clause: Clause
) -> None:
    [everything] = engine.search([Top(clause, order, 10_000)])
    keys = [hit.key for hit in everything]
    assert keys == sorted(keys, reverse=True)
    monkeypatch.setattr(embedded, "FIRST_STEPS", 5)
    monkeypatch.setattr(embedded, "GROWTH", 3)
    for limit in (1, 7, 50):
        for below in (None, 0, keys[0], keys[0] + 1, keys[len(keys) // 2], keys[-1]):
            [found] = engine.search([Top(clause, order, limit, below)])
            left = [hit for hit in everything if below is None or hit.key < below]
            assert [hit.key for hit in found] == [hit.key for hit in left[:limit]]


def test_only_the_highest_steps_are_compared(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "FIRST_STEPS", 5)
    monkeypatch.setattr(embedded, "GROWTH", 3)
    asked: list[str] = []
    search = embedded._search

    def noted(searcher: Any, clause: Clause, *more: Any) -> Any:
        asked.append(str(clause))
        return search(searcher, clause, *more)

    monkeypatch.setattr(embedded, "_search", noted)
    engine.search([Top(Everything(), "key_newest", 2)])
    assert len(asked) == 1
    assert "step_key_newest" in asked[0]
    asked.clear()
    engine.search([Top(Term("mode", ("absent",)), "key_newest", 2)])
    assert len(asked) == 3, "the highest, more of them, and then all others at once"


@pytest.mark.parametrize("clause", CLAUSES, ids=range(len(CLAUSES)))
def test_counts_are_the_same_one_by_one(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, clause: Clause
) -> None:
    asked = [Count(clause, field) for field in (*embedded.COMBINED_IN, None, "status", "channel")]
    combined = engine.count(asked)
    assert len({counted.total for counted in combined}) == 1
    assert combined[0].values
    monkeypatch.setattr(embedded, "COMBINATIONS", 2)  # fewer than there are: the long way
    long_way = embedded._one_by_one
    used: list[Any] = []

    def noted(searcher: Any, query: Any, fields: Any) -> Any:
        used.append(fields)
        return long_way(searcher, query, fields)

    monkeypatch.setattr(embedded, "_one_by_one", noted)
    assert engine.count(asked) == combined
    assert used


def test_a_combination_is_taken_apart() -> None:
    assert embedded._parts("a\x1eb\x1f\x1fc") == (("a", "b"), (), ("c",))
    assert embedded._parts("") == ((),)


def test_an_empty_index_has_no_top_and_no_counts(tmp_path: Path) -> None:
    engine = EmbeddedEngine.create(tmp_path)
    assert engine.count([Count(Everything(), "board")])[0].total == 0
    assert engine.search([Top(Everything(), "gig", 5)]) == [[]]
    engine.close()


@pytest.mark.parametrize("more", CLAUSES, ids=range(len(CLAUSES)))
@pytest.mark.parametrize("channels", [("page",), ("api", "operator"), ("absent",)])
def test_what_nearly_all_ask_is_one_term(engine: EmbeddedEngine, channels: tuple[str, ...], more: Clause) -> None:
    asked = (Term("channel", channels), more, *embedded.SHOWN)
    assert [*embedded._shortened(asked)] == [Term("shown", channels), more]
    apart = And((And((asked[0],)), And(asked[1:])))
    assert embedded._shortened(apart.clauses) == apart.clauses
    for field in ("board", "status", "risk"):
        short, long = engine.count([Count(And(asked), field), Count(apart, field)])
        assert short == long
    assert set(short.values) <= {"none", "low"}


def test_other_statuses_and_risks_have_no_shortcut() -> None:
    for asked in (
        (Term("channel", ("page",)), Term("status", ("open", "closed")), embedded.SHOWN[1]),
        (Term("channel", ("page",)), embedded.SHOWN[0]),
        embedded.SHOWN,
    ):
        assert embedded._shortened(asked) == asked
