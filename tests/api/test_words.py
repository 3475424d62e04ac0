"""Plain words for pay, places and times."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.gig import Eligible, MinimumPayout, Pay, Place, Points
from search_api.present import web_link
from search_api.templating import ago, cut, plain
from search_api.words import (
    minutes_words,
    money,
    money_range,
    pay_words,
    payout_words,
    place_words,
    rounded,
    term_words,
    where_words,
)
from tests.api.made_up import AUSTIN, BERLIN, NOW, POTSDAM, gig


@pytest.mark.parametrize(
    ("pay", "said"),
    [
        (Pay(status="stated", unit="hour", min=18, max=22, currency="USD"), "$18–22 an hour"),
        (Pay(status="stated", unit="task", min=40, max=40, currency="EUR"), "€40 a task"),
        (Pay(status="stated", max=50, currency="USD"), "up to $50"),
        (Pay(status="stated", min=50, currency="GBP", unit="day"), "from £50 a day"),
        (Pay(status="stated", min=1_200, max=1_800.5, currency="CAD", unit="month"), "CAD\u00a01,200–1,800.50 a month"),
        (Pay(status="stated", min=0.004, max=0.035, currency="USD", unit="word"), "$0.004–0.035 a word"),
        (Pay(status="stated", min=0.05, max=0.05, currency="USD", unit="item"), "$0.05 an item"),
        (Pay(status="stated", min=500, max=500, points=Points(amount=500)), "500 points"),
        (Pay(status="stated"), "Pay not stated"),
        (Pay(status="unknown"), "Pay not stated"),
        (Pay(status="negotiable"), "Pay to be agreed"),
        (Pay(status="negotiable", min=5, max=9, currency="USD", unit="hour"), "$5–9 an hour"),
        (Pay(status="unpaid"), "Unpaid"),
    ],
)
def test_pay(pay: Pay, said: str) -> None:
    assert pay_words(pay) == said


@pytest.mark.parametrize(
    ("pay", "said"),
    [
        (Pay(media=["gift_card"], minimum_payout=MinimumPayout(amount=25, currency="USD")), "gift cards from $25"),
        (Pay(media=["paypal", "cash"]), "PayPal or cash"),
        (Pay(minimum_payout=MinimumPayout(amount=10, currency="EUR")), "paid out from €10"),
        (
            Pay(media=["points"], minimum_payout=MinimumPayout(amount=1_000, currency="points", usd=9.87)),
            "paid out from 1,000 points (about $9.90)",
        ),
        (Pay(media=["gift_card"], minimum_payout=MinimumPayout(amount=100)), "gift cards"),
        (Pay(minimum_payout=MinimumPayout(amount=100)), None),
        (Pay(), None),
    ],
)
def test_payout(pay: Pay, said: str | None) -> None:
    assert payout_words(pay) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(16_112, 26_853, "€16,100–26,900"), (43.2, 43.2, "€43"), (0.6042, 1.5, "€0.60–1.50"), (None, 9.99, "up to €10")],
)
def test_converted_amounts_are_coarse(low: float | None, high: float, said: str) -> None:
    assert rounded(low, high, "EUR") == said


@given(st.floats(0, 1e300), st.floats(0, 1e300))
def test_any_amount_has_short_words(low: float, high: float) -> None:
    text = money_range(low, high, "USD")
    assert text is not None
    assert len(text) < 40
    assert "e-" not in text
    assert money(low, "USD").startswith("$")


def test_places() -> None:
    assert place_words(BERLIN) == "Berlin, Germany"
    assert place_words(AUSTIN.model_copy(update={"region": "TX"})) == "Austin, Texas, USA"
    assert place_words(Place(text="x", city="Ny", region="XX", country="ZZ")) == "Ny, XX, ZZ"
    assert place_words(Place(text="somewhere nice")) == "somewhere nice"
    assert where_words(gig(1, "x", work_mode="online")) == "Online"
    assert where_words(gig(1, "x", work_mode="in_person")) == "In person"
    many = gig(1, "x", work_mode="either", places=[BERLIN, POTSDAM, AUSTIN])
    assert where_words(many) == "Online or in person: Berlin, Germany; Potsdam, Brandenburg, Germany and 1 more place"


def test_who_may_apply_is_named() -> None:
    terms = dict(term_words(gig(1, "x", eligible=Eligible(countries=["ZA", "NL", "QQ"]))))
    assert terms["Open to people in"] == "South Africa, Netherlands, QQ"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.001, "1 second"), (0.7, "42 seconds"), (0.999, "1 minute"), (1, "1 minute"), (2.54, "2.5 minutes"),
     (45, "45 minutes"), (60, "1 hour"), (90, "1.5 hours"), (480, "8 hours")],
)  # fmt: skip
def test_durations(minutes: float, said: str) -> None:
    assert minutes_words(minutes) == said


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=2), "2 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=60), "5 Mar 2026"),
        (timedelta(days=-3), "in 3 days"),
    ],
)
def test_times(past: timedelta, said: str) -> None:
    assert ago(NOW - past, NOW) == said


@given(st.text(), st.integers(1, 300))
def test_cut_keeps_within_its_length(text: str, length: int) -> None:
    assert len(cut(text, length)) <= length


def test_cut_prefers_a_space() -> None:
    assert cut("one two three four", 12) == "one two…"
    assert cut("one  two\n", 12) == "one two"


def test_plain_has_no_marks_of_direction() -> None:
    assert plain("a\u202eb\x00c\u2066d") == "a b c d"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x", "https://a.example/x"),
        (" http://a.example ", "http://a.example"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("urn:gigdex:file:x#1", None),
        ("//a.example", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_only_web_addresses_become_links(url: str, link: str | None) -> None:
    assert web_link(url) == link
