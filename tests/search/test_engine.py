"""What index/engine/base.py promises, on every engine."""

import threading

import pytest

from index.engine.base import (
    KEY_FIELDS,
    And,
    Clause,
    Count,
    Document,
    Engine,
    Everything,
    Not,
    Nothing,
    Or,
    Phrase,
    Range,
    Term,
    Top,
)


def doc(gig: int, view: int = 0, text: str = "", board: tuple[str, ...] = (), **numbers: int) -> Document:
    return Document(gig, view, {"board": board}, {"text": text}, dict.fromkeys(KEY_FIELDS, gig) | numbers)


@pytest.fixture
def full(engine: Engine) -> Engine:
    engine.write(
        [], [doc(1, text="a b c", board=("x",), usd_top=0), doc(2, text="c++ b a", board=("x", "y"), usd_top=5)]
    )
    engine.write([], [doc(3, text="a | b", board=("y",), usd_top=-5), doc(4, text="d")])
    return engine


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (Everything(), [4, 3, 2, 1]),
        (Nothing(), []),
        (Term("board", ("x",)), [2, 1]),
        (Term("board", ("x", "absent")), [2, 1]),
        (Term("board", ()), []),
        (Term("board", (*(f"b{n}" for n in range(500)), "y")), [3, 2]),
        (Term("text", ("c++",)), [2]),
        (Phrase("text", ("a", "b")), [1]),
        (Phrase("text", ("a",)), [3, 2, 1]),
        (Phrase("text", ("b", "c", "absent")), []),
        (Range("usd_top"), [3, 2, 1]),
        (Range("usd_top", 0), [2, 1]),
        (Range("usd_top", None, 0), [3, 1]),
        (Range("usd_top", 0, 4), [1]),
        (Range("usd_top", 6, 2), []),
        (And(()), [4, 3, 2, 1]),
        (Or(()), []),
        (Or((Nothing(), Term("text", ("d",)))), [4]),
        (Not(Term("board", ("x",))), [4, 3]),
        (Not(Everything()), []),
        (Not(Not(Term("board", ("x",)))), [2, 1]),
        (And((Not(Term("board", ("x",))), Not(Range("usd_top")))), [4]),
        (And((Term("board", ("x",)), Or((Term("text", ("c++",)), Not(Everything()))))), [2]),
        (Or((Not(Term("board", ("x",))), Term("text", ("c++",)))), [4, 3, 2]),
        (And((And((Term("board", ("x",)),)), And((Not(Nothing()),)))), [2, 1]),
    ],
)
def test_clauses(full: Engine, clause: Clause, expected: list[int]) -> None:
    [hits] = full.search([Top(clause, "gig", 10)])
    assert [hit.gig for hit in hits] == expected
    assert full.count([Count(clause)])[0].total == len(expected)


def test_orders_and_what_is_below(engine: Engine) -> None:
    engine.write([], [doc(gig, view=gig % 2, key_pay=(gig * 7) % 10 << 40 | gig) for gig in range(1, 10)])
    first, second = engine.search([Top(Everything(), "key_pay", 4), Top(Everything(), "key_pay", 9, below=5 << 40)])
    assert [hit.key >> 40 for hit in first] == [9, 8, 7, 6]
    assert [hit.key >> 40 for hit in second] == [4, 3, 2, 1]
    assert all(hit.view == hit.gig % 2 for hit in [*first, *second])


def test_counts_by_value_and_by_bound(full: Engine) -> None:
    boards, some, lows, total = full.count(
        [
            Count(Everything(), "board"),
            Count(Term("text", ("d",)), "board"),
            Count(Everything(), "usd_top", lows=(5, -5, 0)),
            Count(Term("board", ("y",))),
        ]
    )
    assert list(boards.values.items()) == [("x", 2), ("y", 2)]
    assert boards.total == 4
    assert (some.total, some.values) == (1, {})
    assert lows.values == {"5": 1, "-5": 3, "0": 2}
    assert (total.total, total.values) == (2, {})
    assert full.count([Count(Everything(), "board", size=1)])[0].values == {"x": 2}


def test_an_empty_engine_answers(engine: Engine) -> None:
    assert engine.search([Top(Everything(), "gig", 5)]) == [[]]
    counted = engine.count([Count(Everything(), "board"), Count(Everything(), "posted", lows=(3,))])
    assert [(c.total, c.values) for c in counted] == [(0, {}), (0, {"3": 0})]
    assert engine.values("board") == []
    assert engine.size() == 0
    assert (engine.search([]), engine.count([])) == ([], [])


def test_writing_replaces_whole_gigs_and_can_be_repeated(engine: Engine) -> None:
    before = engine.generation()
    engine.write([], [doc(1, 0), doc(1, 1), doc(2)])
    for _ in range(2):
        engine.write([2], [doc(1, 5, text="new")])
    [hits] = engine.search([Top(Everything(), "gig", 10)])
    assert [(hit.gig, hit.view) for hit in hits] == [(1, 5)]
    assert engine.size() == 1
    assert engine.generation() != before
    assert engine.generation() == engine.generation()
    engine.write([1, 77], [])
    assert engine.size() == 0


def test_values_are_all_of_a_field(full: Engine) -> None:
    assert full.values("board") == ["x", "y"]
    assert full.values("country") == []


def test_threads_may_ask_while_one_writes(engine: Engine) -> None:
    engine.write([], [doc(gig, board=("x",)) for gig in range(1, 51)])
    problems: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            [counted] = engine.count([Count(Everything(), "board")])
            if counted.total != 50 or counted.values != {"x": 50}:
                problems.append(str(counted))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(1, 20):
        engine.write([start], [doc(start, board=("x",))])
    stop.set()
    for thread in threads:
        thread.join()
    assert not problems
