"""The made-up postings stay readable: a change that loses much of them fails here."""

import pytest

from benchmarks.quality.labelled import BLIND, OWN, Row, read_made_up
from benchmarks.quality.measures import MEASURES
from index.normalize import normalize

LEAST = {"category": 0.9, "mode": 0.9, "status": 0.9, "triple": 0.85, "kind": 0.95, "risk": 0.9, "payout": 1.0}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [Row(posting, label, normalize(posting)) for posting, label in read_made_up(OWN, "open")]


@pytest.mark.parametrize("name", LEAST)
def test_most_are_read_right(rows: list[Row], name: str) -> None:
    measure = MEASURES[name]
    counted = [row for row in rows if measure.counts(row)]
    assert sum(map(measure.right, counted)) >= LEAST[name] * len(counted)


def test_no_pay_is_invented(rows: list[Row]) -> None:
    measure = MEASURES["invented"]
    assert not any(measure.right(row) for row in rows if measure.counts(row))


def test_every_category_occurs(rows: list[Row]) -> None:
    assert len({row.label.category for row in rows}) == 24


LEAST_BLIND = {
    "category": 0.9, "mode": 0.9, "status": 0.95, "triple": 0.93, "kind": 0.95, "risk": 0.95,
    "payout": 0.9, "media": 0.75,
}  # fmt: skip


@pytest.fixture(scope="module")
def blind_rows() -> list[Row]:
    return [Row(posting, label, normalize(posting)) for posting, label in read_made_up(BLIND, "open")]


@pytest.mark.parametrize("name", LEAST_BLIND)
def test_most_of_an_independent_author_s_are_read_right(blind_rows: list[Row], name: str) -> None:
    measure = MEASURES[name]
    counted = [row for row in blind_rows if measure.counts(row)]
    assert sum(map(measure.right, counted)) >= LEAST_BLIND[name] * len(counted)
