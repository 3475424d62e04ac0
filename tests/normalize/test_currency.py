"""Exchange rates."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from index.normalize import currency
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


def _packed(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("eurofxref-hist.csv", text)
    return file.getvalue()


def test_newer_rates_replace_the_package_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(currency, "_newer", None)
    newer = tmp_path / "rates.zip"
    newer.write_bytes(_packed("Date,USD,GBP,\n2098-01-02,2.0,0.5,\n2098-01-01,4.0,0.5,\n"))
    try:
        assert currency.use_rates(newer) == date(2098, 1, 2)
        assert usd_rate("EUR", date(2098, 1, 1)) == currency.Rate(4.0, date(2098, 1, 1))
        assert to_usd(1, "GBP", date(2099, 1, 1)) == 4.0
    finally:
        monkeypatch.undo()
        currency.forget_tables()
    assert last_day() < date(2098, 1, 1)


@pytest.mark.parametrize(
    "content", [b"", b"no zip", _packed(""), _packed("Date,GBP\n2024-01-01,1\n"), _packed("USD\nx\n")]
)
def test_a_file_without_rates_changes_nothing(tmp_path: Path, content: bytes) -> None:
    before = last_day()
    path = tmp_path / "rates.zip"
    path.write_bytes(content)
    with pytest.raises(currency.BadRates):
        currency.use_rates(path)
    assert last_day() == before


def test_older_rates_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rates.zip"
    path.write_bytes(_packed("Date,USD\n1999-01-04,1.1\n"))
    with pytest.raises(currency.BadRates, match="ends on 1999-01-04"):
        currency.use_rates(path)
