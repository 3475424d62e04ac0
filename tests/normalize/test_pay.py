"""What is read as pay, and what is not."""

from datetime import date
from typing import Any

import pytest

from index.gig import Pay
from index.normalize import normalize
from tests.normalize.posting import posting


def pay_of(title: str = "Helper needed", description: str | None = None, **fields: Any) -> Pay:
    return normalize(posting(title, description, **fields)).pay


def stated(pay: Pay) -> tuple[float | None, float | None, str | None, str | None]:
    assert pay.status == "stated"
    return pay.min, pay.max, pay.currency, pay.unit


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("$18 - $22/hr", (18, 22, "USD", "hour")),
        ("up to $50", (None, 50, "USD", "task")),
        ("from $20 per hour", (20, None, "USD", "hour")),
        ("$20+", (20, None, "USD", "task")),
        ("$40", (40, 40, "USD", "task")),
        ("compensation: 20", (20, 20, "USD", "task")),
        ("£12.50 p/h", (12.5, 12.5, "GBP", "hour")),
        ("A$35", (35, 35, "AUD", "task")),
        ("€ 1.500 - 2.000 per month", (1500, 2000, "EUR", "month")),
        ("$55k - $100k", (55_000, 100_000, "USD", "year")),
        ("200 a day (8 hours)", (200, 200, "USD", "day")),
        ("$30 per 1000 words", (0.03, 0.03, "USD", "word")),
        ("1800+ Weekly", (1800, None, "USD", "week")),
        ("$0 - $650 per day", (None, 650, "USD", "day")),
        ("INR 601 - 1502", (601, 1502, "INR", "task")),
    ],
)  # fmt: skip
def test_pay_field(text: str, wanted: tuple[float | None, float | None, str, str]) -> None:
    assert stated(pay_of(pay={"text": text})) == wanted


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Negotiable", "negotiable"), ("DOE", "negotiable"), ("TBD", "negotiable"), ("Generous", "negotiable"),
        ("no pay", "unpaid"), ("copy and credit", "unpaid"), ("N/A", "unknown"), ("-", "unknown"), ("", "unknown"),
        ("pay depends on hours, about 12 to 20 hours a month", "negotiable"),
    ],
)  # fmt: skip
def test_pay_field_without_an_amount(text: str, status: str) -> None:
    pay = pay_of(pay={"text": text})
    assert (pay.status, pay.min, pay.max) == (status, None, None)


def test_an_average_bid_is_not_pay() -> None:
    pay = pay_of(pay={"text": "₹6911 Avg Bid"})
    assert (pay.status, pay.average_bid, pay.currency, pay.min) == ("negotiable", 6911, "INR", None)


def test_structured_fields_win_over_text() -> None:
    pay = pay_of(
        "Writer - $5 per article",
        pay={"min": 0, "max": 90_000, "currency": "EUR", "unit": "yearly", "text": "whatever"},
    )
    assert stated(pay) == (None, 90_000, "EUR", "year")


@pytest.mark.parametrize(
    ("title", "description", "wanted"),
    [
        ("Illustrator for a wedding card - $250", None, (250, 250, "USD", "task")),
        ("Babysitter needed", "Two kids, I pay $18 an hour, cash.", (18, 18, "USD", "hour")),
        ("Label images", "Reward: $0.05 per HIT. Time allotted: 60 minutes.", (0.05, 0.05, "USD", "item")),
        ("Developer", "Pays between 110-130K based on experience.", (110_000, 130_000, "USD", "year")),
        ("Writer", "Rate: 5 cents per word.", (0.05, 0.05, "USD", "word")),
        ("Cleaner wanted", "The pay is £60 for the day. We spent £500 on tools.", (60, 60, "GBP", "day")),
    ],
)  # fmt: skip
def test_pay_in_text(title: str, description: str | None, wanted: tuple[float, float, str, str]) -> None:
    assert stated(pay_of(title, description)) == wanted


@pytest.mark.parametrize(
    "description",
    [
        "We raised $5 million in funding and need a developer.",
        "You will sell phones that cost $300.",
        "The winner gets a prize of $1000 and this saved me $300.",
        "Call 555 123 4567 before 2024, 3 rooms, 40 hours.",
        "There is a $50 application fee.",
        "Our fund manages $2bn.",
        "Use code SAVE for $10 off.",
    ],
)
def test_other_amounts_are_not_pay(description: str) -> None:
    pay = pay_of("Helper needed", description)
    assert pay.min is None
    assert pay.max is None


def test_prices_in_an_advert_are_not_pay() -> None:
    assert pay_of("Lovely two bedroom apartment, $900 a month").status == "unknown"


def test_dollars_are_the_country_s() -> None:
    assert pay_of(pay={"text": "$50"}, location="Toronto, Ontario, Canada").currency == "CAD"
    assert pay_of(pay={"text": "300 kr"}, country="SE").currency == "SEK"
    assert pay_of(pay={"text": "300 kr"}).currency is None


def test_usd_at_the_day_s_rate() -> None:
    pay = normalize(posting(pay={"text": "€100"}), day=date(2024, 5, 4)).pay
    assert pay.rate_date == date(2024, 5, 3)  # the bank publishes none on a Saturday
    assert pay.usd_min is not None
    assert 100 < pay.usd_min < 120


def test_an_unknown_currency_keeps_its_amount() -> None:
    pay = pay_of(pay={"min": 5, "currency": "XYZ", "unit": "hour"})
    assert (pay.min, pay.currency, pay.usd_min, pay.rate_date, pay.usd_per_hour_min) == (5, "XYZ", None, None, None)


def test_hourly_figures_have_a_basis() -> None:
    hourly = pay_of(pay={"text": "$20-25/hr"})
    assert (hourly.usd_per_hour_min, hourly.usd_per_hour_max, hourly.basis) == (20, 25, "stated")
    survey = pay_of("Survey about tea (~ 15 minutes)", "Reward: $2 per HIT.")
    assert (survey.usd_per_hour_max, survey.basis) == (8, "duration")
    period = pay_of("Assistant", "The pay is $400 a week for 20 hours per week.")
    assert (period.usd_per_hour_min, period.basis) == (20, "period")
    fixed = pay_of(pay={"text": "$400"})
    assert (fixed.usd_per_hour_max, fixed.basis) == (None, None)
    limit = pay_of("Label images", "Reward: $0.05 per HIT. Time allotted: 60 minutes.")
    assert limit.usd_per_hour_max is None


def test_points_media_and_minimum_payout() -> None:
    pay = pay_of(
        "Get paid 500 points for a survey",
        "100 points = $1. Payment by PayPal or Amazon gift card. Minimum payout is $5.",
    )
    assert stated(pay) == (500, 500, None, "item")
    assert pay.points is not None
    assert (pay.points.amount, pay.points.usd, pay.usd_max) == (500, 5, 5)
    assert pay.minimum_payout is not None
    assert (pay.minimum_payout.amount, pay.minimum_payout.currency, pay.minimum_payout.usd) == (5, "USD", 5)
    assert {"points", "paypal", "gift_card"} <= set(pay.media)


def test_a_shop_with_paypal_pays_nobody() -> None:
    assert pay_of("Web developer", "Integrate PayPal payments into our checkout.").media == []


def test_a_fee_of_the_worker() -> None:
    fee = pay_of("Packer", "There is a registration fee of $25.").worker_fee
    assert fee is not None
    assert (fee.amount, fee.currency) == (25, "USD")
    assert pay_of("Packer", "No registration fee of any kind, $15 an hour.").worker_fee is None


@pytest.mark.parametrize(
    ("description", "status"),
    [
        ("Please send me a quote with your portfolio.", "negotiable"),
        ("Salary negotiable.", "negotiable"),
        ("We are looking for volunteers for the fair.", "unpaid"),
        ("This is not an unpaid position.", "unknown"),
        ("Bring a hat.", "unknown"),
    ],
)
def test_status_from_text(description: str, status: str) -> None:
    assert pay_of("Helper needed", description).status == status
