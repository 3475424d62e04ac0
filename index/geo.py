"""Places as cells of 0.01 degree, and distances to them.

A cell is about 1.1 km high and at most as wide. Engines know places by their cells only: a radius is the set of
cells whose centres lie within it, so every engine finds the same gigs, and no gig is found by the latitude of one of
its places and the longitude of another.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""
ROWS = 18_000
COLUMNS = 36_000
RING_KM = 0.01
"""Distances are told apart to 10 m: the step of the order by distance."""


def cell_of(lat: float, lon: float) -> str | None:
    """The cell of a point, "row-column"; None where there is no such point. Longitudes wrap."""
    if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90):
        return None
    row = min(math.floor((lat + 90) * 100), ROWS - 1)
    column = math.floor((lon + 180) * 100) % COLUMNS
    return f"{row:05d}-{column:05d}"


@lru_cache(maxsize=100_000)
def centre(cell: str) -> tuple[float, float]:
    """Latitude and longitude of a cell's centre, degrees."""
    row, _, column = cell.partition("-")
    return (int(row) + 0.5) / 100 - 90, (int(column) + 0.5) / 100 - 180


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance."""
    return _haversine(_Point.of(lat1, lon1), _Point.of(lat2, lon2))


class _Point(NamedTuple):
    """In radians, with the cosine that every distance from it needs."""

    phi: float
    lam: float
    cos: float

    @classmethod
    def of(cls, lat: float, lon: float) -> "_Point":
        phi = math.radians(lat)
        return cls(phi, math.radians(lon), math.cos(phi))


def _haversine(one: _Point, other: _Point) -> float:
    across, along = math.sin((other.phi - one.phi) / 2), math.sin((other.lam - one.lam) / 2)
    chord = math.sqrt(across * across + one.cos * other.cos * along * along)
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, chord))


class Ring(NamedTuple):
    """The cells at one distance from a point."""

    number: int
    """Distance in steps of RING_KM."""
    cells: tuple[str, ...]


class Cells:
    """A set of cells that can be asked which of them lie in a circle."""

    def __init__(self, cells: Iterable[str]) -> None:
        self._cells = sorted((*centre(cell), cell) for cell in cells)
        self._latitudes = [lat for lat, _, _ in self._cells]
        self._points = [_Point.of(lat, lon) for lat, lon, _ in self._cells]

    def within(self, lat: float, lon: float, radius_km: float) -> list[Ring]:
        """Rings of the cells whose centres lie at most `radius_km` away, nearest first."""
        here = _Point.of(lat, lon)
        reach = math.degrees(radius_km / EARTH_RADIUS_KM) + 1e-9
        width = _half_width(lat, reach)
        rings: dict[int, list[str]] = {}
        first, last = bisect_left(self._latitudes, lat - reach), bisect_right(self._latitudes, lat + reach)
        for position in range(first, last):
            _, cell_lon, cell = self._cells[position]
            if abs((cell_lon - lon + 180) % 360 - 180) > width:
                continue
            distance = _haversine(here, self._points[position])
            if distance <= radius_km:
                rings.setdefault(round(distance / RING_KM), []).append(cell)
        return [Ring(number, tuple(cells)) for number, cells in sorted(rings.items())]


def _half_width(lat: float, reach: float) -> float:
    """How many degrees of longitude a circle of `reach` degrees spans to either side; all of them at a pole."""
    ratio = math.sin(math.radians(reach)) / max(math.cos(math.radians(lat)), 1e-12)
    if reach >= 90 or abs(lat) + reach >= 90 or ratio >= 1:
        return 180.0
    return math.degrees(math.asin(ratio)) + 1e-9
