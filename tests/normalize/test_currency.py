"""Exchange rates."""

from datetime import date

from index.normalize.currency import known_currencies, last_day, to_usd, usd_rate


def test_a_known_day() -> None:
    rate = usd_rate("EUR", date(2024, 5, 3))
    assert rate is not None
    assert rate.day == date(2024, 5, 3)
    assert 1.07 < rate.usd < 1.08


def test_dollars_are_dollars() -> None:
    assert to_usd(12.34, "USD", date(2024, 5, 3)) == 12.34


def test_a_weekend_has_friday_s_rate_and_the_future_the_last() -> None:
    saturday = usd_rate("GBP", date(2024, 5, 4))
    assert saturday is not None
    assert saturday.day == date(2024, 5, 3)
    future = usd_rate("GBP", date(2099, 1, 1))
    assert future is not None
    assert future.day == last_day()


def test_no_rate() -> None:
    assert usd_rate("XYZ", date(2024, 5, 3)) is None
    assert usd_rate("RUB", date(2024, 5, 3)) is None  # the bank stopped in 2022
    assert usd_rate("USD", date(1990, 1, 1)) is None
    assert to_usd(1, "XYZ", date(2024, 5, 3)) is None


def test_known_currencies() -> None:
    assert {"USD", "EUR", "GBP", "INR", "JPY"} <= known_currencies()
    assert "XYZ" not in known_currencies()
