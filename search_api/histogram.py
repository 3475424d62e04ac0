"""The pay histogram: how the gigs of a search spread over amounts, each bar a link that searches within it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import sqrt

from index.query import SearchQuery
from index.search import Search
from search_api.address import Address
from search_api.words import PER_UNIT, money

FINE, COARSE = (1, 1.5, 2, 3, 5, 7), (1, 2, 5)
"""Where the bars of a decade begin: about evenly spaced on a logarithmic scale, and numbers that people think in."""
DECADES = range(-3, 9)
"""Powers of ten from a tenth of a cent (a word) to hundreds of millions (a year in a small currency)."""
MOST = 10
"""Bars that a narrow screen has room for."""


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts from `low` up to below `end`; None is open."""

    low: float | None
    end: float | None

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """`pay_min` and `pay_max`, both included: it ends a cent below, or a hundredth of one where cents matter."""
        if self.end is None:
            return self.low, None
        return self.low, float(f"{self.end - (0.01 if self.end > 1 else 0.0001):.6f}")

    def words(self, currency: str) -> str:
        if self.low is None:
            return f"below {money(self.end or 0, currency)}"
        if self.end is None:
            return f"{money(self.low, currency)} or more"
        return f"{money(self.low, currency)} to {money(self.end, currency)}"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in percent of the chart's width and height."""

    x: float
    width: float
    height: float
    tick: str
    """The amount where it begins."""
    label: str
    url: str | None
    """The search within it, or without it while it is selected; None where there is nothing."""
    selected: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    unit: str
    """What the amounts are for, in words: "an hour"."""
    bars: list[Bar]


def histogram(
    search: Search,
    query: SearchQuery,
    address: Address,
    units: dict[str, int],
    channel: str,
    now: datetime,
) -> Histogram | None:
    """The spread of pay by the one unit asked for, else by the most frequent of `units` (the facet's counts).

    Amounts by the hour and by the task don't share a chart. None where there is nothing to choose between.
    """
    chosen = [unit for unit in query.pay_unit if not unit.startswith("!")]
    if len(chosen) != 1:
        allowed = [unit for unit in units if f"!{unit}" not in query.pay_unit and (not chosen or unit in chosen)]
        chosen = allowed[:1]
    if not chosen:
        return None
    unit = chosen[0]
    within = query.model_copy(
        update={"pay_unit": [unit], "pay_min": None, "pay_max": None, "pay_unknown": "exclude", "cursor": None}
    )

    def count(bands: Sequence[Band]) -> list[int]:
        return search.pay_bands(within, channel, now, [band.bounds for band in bands])

    bands = _bands(list(_edges(FINE)), count) or _bands(list(_edges(COARSE)), count, cut=True)
    if len(bands) < 2:
        return None
    counts = count(bands)
    highest = max(counts)
    width = 100 / len(bands)
    bars = []
    for position, (band, gigs) in enumerate(zip(bands, counts, strict=True)):
        low, high = band.bounds
        selected = (query.pay_min, query.pay_max) == (low, high)
        changes = {"pay_unit": unit, "pay_min": _typed(low), "pay_max": _typed(high), "pay_unknown": None}
        if selected:
            changes |= {"pay_unit": None, "pay_min": None, "pay_max": None}
        bars.append(
            Bar(
                x=round(position * width, 3),
                width=round(width, 3),
                # By the root, so that the few beside the many can still be seen and hit; the label has the number.
                height=round(100 * sqrt(gigs / highest), 1) if highest else 0.0,
                tick=_short(band.low or 0),
                label=f"{band.words(query.currency)} {PER_UNIT[unit]}: {gigs:,} gig{'' if gigs == 1 else 's'}",
                url=address.but(**changes).url if gigs or selected else None,
                selected=selected,
            )
        )
    return Histogram(PER_UNIT[unit], bars)


def _edges(steps: Sequence[float]) -> Iterator[float]:
    for decade in DECADES:
        for step in steps:
            yield float(f"{step * 10.0**decade:.6g}")


def _bands(edges: Sequence[float], count: Callable[[Sequence[Band]], list[int]], cut: bool = False) -> list[Band]:
    """The bands between the first and the last that hold gigs. More than MOST are none, or with `cut` the fullest run
    of them, its first and last bar open-ended."""
    bands = [Band(low, end) for low, end in pairwise(edges)]
    counts = count(bands)
    filled = [number for number, gigs in enumerate(counts) if gigs]
    if not filled:
        return []
    first, last = filled[0], filled[-1] + 1
    if last - first <= MOST:
        return bands[first:last]
    if not cut:
        return []
    first = max(range(first, last - MOST + 1), key=lambda start: sum(counts[start : start + MOST]))
    run = bands[first : first + MOST]
    return [Band(None, run[0].end), *run[1:-1], Band(run[-1].low, None)]


def _short(amount: float) -> str:
    """1.5k, 20M: room for four characters."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if amount >= size:
            return f"{amount / size:g}{letter}"
    return f"{amount:g}"


def _typed(amount: float | None) -> str | None:
    """As SearchQuery.to_params writes it."""
    return None if amount is None else f"{amount:.15g}"
