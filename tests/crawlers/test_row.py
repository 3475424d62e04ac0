"""Rows: lenient reading, and every field accounted for."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.row import Row, read_instant

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON))
def test_no_value_raises_and_every_field_is_accounted_for(data: dict[str, object]) -> None:
    for method in ("take", "text", "number", "flag", "texts", "when", "row", "rows"):
        row = Row(data)
        getattr(row, method)("a")
        unknown = {name.removeprefix("unknown_field:") for name in row.account() if name.startswith("unknown_field:")}
        assert {"b", "c"} & set(data) <= unknown
        assert "a" not in unknown


def test_account_names_nested_fields() -> None:
    row = Row({"known": 1, "new": 2, "part": {"known": 1, "new": {}}, "list": [{"x": 1}], "wrong": []})
    row.ignore("known")
    row.row("part").text("known")
    row.rows("list")
    assert row.text("wrong") is None
    assert sorted(row.account()) == [
        "bad_field:wrong",
        "unknown_field:list.x",
        "unknown_field:new",
        "unknown_field:part.new",
    ]


def test_first_value_wins_and_blanks_are_none() -> None:
    row = Row({"a": "  ", "b": 7, "c": "x"})
    assert row.text("a", "b", "c") == "7"
    assert list(row.account()) == []


@pytest.mark.parametrize("value", [True, [], {}, "1,5", float("nan"), float("inf"), 10**400])
def test_numbers_that_are_none(value: object) -> None:
    row = Row({"n": value})
    assert row.number("n") is None
    assert list(row.account()) == ["bad_field:n"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-07-09T08:01:56", datetime(2026, 7, 9, 8, 1, 56, tzinfo=UTC)),
        ("2026-08-03T18:45:05+02:00", datetime(2026, 8, 3, 16, 45, 5, tzinfo=UTC)),
        ("2026-08-01 09:15:00", datetime(2026, 8, 1, 9, 15, tzinfo=UTC)),
        ("Fri, 10 Jul 2026 22:45:30 +0000", datetime(2026, 7, 10, 22, 45, 30, tzinfo=UTC)),
        (1717200000, datetime(2024, 6, 1, tzinfo=UTC)),
        ("1717200000", datetime(2024, 6, 1, tzinfo=UTC)),
        (1717200000000, datetime(2024, 6, 1, tzinfo=UTC)),
        ("20260501", datetime(2026, 5, 1, tzinfo=UTC)),
    ],
)
def test_instants(value: object, expected: datetime) -> None:
    assert read_instant(value) == expected


@pytest.mark.parametrize("value", ["9999-12-31", "soon", "Fri, 99 Foo", True, 0, 1e300, -5, "1e999", [], "2026"])
def test_placeholders_and_nonsense_are_no_dates(value: object) -> None:
    with pytest.raises(ValueError):
        read_instant(value)


def test_account_survives_json_keys_of_any_length() -> None:
    row = Row(json.loads('{"' + "k" * 5000 + '": 1}'))
    assert all(len(name) < 100 for name in row.account())
