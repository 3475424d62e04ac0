"""Amounts, currencies and units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.normalize.money import currency_code, mentions, parse_number
from index.normalize.units import board_unit, unit_after


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("20", 20), ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("1 234", 1234), ("1'234", 1234), ("1,50,000", 150000),
        ("0.05", 0.05), ("0,05", 0.05), ("1.500", 1500), ("12,5", 12.5), ("2,000,000", 2000000), ("0.125", 0.125),
        ("9" * 30, None),
    ],
)  # fmt: skip
def test_numbers(written: str, value: float | None) -> None:
    assert parse_number(written) == value


@pytest.mark.parametrize(
    ("sign", "country", "code"),
    [
        ("$", None, "USD"), ("$", "AU", "AUD"), ("$", "CA", "CAD"), ("A$", None, "AUD"), ("kr", "SE", "SEK"),
        ("kr", "NO", "NOK"), ("kr", None, None), ("Rs.", None, "INR"), ("Rs", "PK", "PKR"), ("usd", None, "USD"),
        ("dollars", "CA", "CAD"), ("XYZ", None, "XYZ"), ("¥", "JP", "JPY"), ("¥", None, None), ("euros", None, "EUR"),
        ("", None, None), ("points", None, None), ("R$", None, "BRL"), ("much money", None, None),
    ],
)  # fmt: skip
def test_currencies(sign: str, country: str | None, code: str | None) -> None:
    assert currency_code(sign, country) == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$20", [(20, 20, "$")]),
        ("$20-30", [(20, 30, "$")]),
        ("$150-$250", [(150, 250, "$")]),
        ("20 - 25 €", [(20, 25, "€")]),
        ("$110-130k", [(110_000, 130_000, "$")]),
        ("$60k-$85k", [(60_000, 85_000, "$")]),
        ("between $5 and $9", [(5, 9, "$")]),
        ("$5 and $9", [(5, 5, "$"), (9, 9, "$")]),
        ("10 000 kr", [(10_000, 10_000, "kr")]),
        ("usd 1,200", [(1200, 1200, "usd")]),
        ("50 cents", [(0.5, 0.5, "cents")]),
        ("3 lakh rupees", [(300_000, 300_000, "rupees")]),
        ("a$35", [(35, 35, "a$")]),
        ("495 swagbucks", [(495, 495, "swagbucks")]),
        ("call 555 1234, 3 hours, 2024, 100%", []),
        ("version2.0 and b2b", []),
    ],
)  # fmt: skip
def test_mentions(text: str, found: list[tuple[float, float, str]]) -> None:
    assert [(mention.low, mention.high, mention.sign) for mention in mentions(text)] == found


def test_a_count_of_hours_is_no_bare_amount() -> None:
    assert list(mentions("12 to 20 hours", bare=True)) == []


@given(st.text(alphabet="$€0123456789.,k -+to/aud ", max_size=200))
def test_mentions_stay_inside_the_text(text: str) -> None:
    for mention in mentions(text, bare=True):
        assert 0 <= mention.start < mention.end <= len(text)


@pytest.mark.parametrize(
    ("spelling", "unit"),
    [
        ("HOUR", "hour"), ("hourly", "hour"), ("per hour", "hour"), ("PER_HOUR", "hour"), ("ph", "hour"),
        ("yearly", "year"),
        ("annual", "year"), ("per annum", "year"), ("per task", "task"), ("FIXED", "task"), ("one_time", "task"),
        ("fixed price", "task"), ("month", "month"), ("weekly_salary", "week"), ("days", "day"),
        ("per-article", "item"),
        ("HIT", "item"), ("word", "word"), ("furlong", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_units_of_boards(spelling: str | None, unit: str | None) -> None:
    assert board_unit(spelling) == unit


@pytest.mark.parametrize(
    ("text", "unit", "per"),
    [
        ("/hr", "hour", 1), (" per hour", "hour", 1), (" an hour", "hour", 1), (" ph", "hour", 1), (" p.a.", "year", 1),
        (" a day", "day", 1), (" weekly", "week", 1), ("/month", "month", 1), (" per 1000 words", "word", 1000),
        (" per 500 words", "word", 500), ("/1k words", "word", 1000), (" per word", "word", 1),
        (" per audio minute", "minute", 1),
        (" per article", "item", 1), (" a hit", "item", 1), (" each", "item", 1), (" per page", "page", 1),
        (" usd per hour", "hour", 1), (" per project", "task", 1), (" an 8 hour day", "day", 1),
    ],
)  # fmt: skip
def test_units_after_an_amount(text: str, unit: str, per: float) -> None:
    found = unit_after(text, 0)
    assert found is not None
    assert (found.unit, found.per) == (unit, per)


@pytest.mark.parametrize("text", ["", " for a good time", " a lot", " and more", " per se"])
def test_no_unit(text: str) -> None:
    assert unit_after(text, 0) is None
