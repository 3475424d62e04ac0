"""Ways on from a search: what else would find something, counted before it is offered."""

from datetime import datetime

from index.query import SearchQuery
from index.search import Search
from index.terms import BoardInfo
from search_api.address import UNFILTERED, Address, Choice, filter_label, without

MOST = 4
"""Ways that are offered; more would be another list to read."""
RADII = (50, 100, 250, 500)


def ways_out(
    search: Search, address: Address, channel: str, now: datetime, boards: dict[str, BoardInfo]
) -> list[Choice]:
    """For a search that finds nothing: a wider circle, or one filter less, each with what it finds; the most first.

    Raises EngineError.
    """
    near, radius = address.value("near"), float(address.value("radius_km", "25"))
    circles = [(f"within {km} km", address.but(radius_km=str(km))) for km in RADII if near and km > radius]
    active = dict.fromkeys(name for name, _ in address.pairs if name not in UNFILTERED)
    fewer = [(_left_out(address, name, boards), without(address, name)) for name in active]
    queries = [SearchQuery.from_params(other.pairs) for _, other in (*circles, *fewer)]
    totals = search.totals(queries, channel, now)
    ways = [
        Choice("", label, other.url, count) for (label, other), count in zip((*circles, *fewer), totals, strict=True)
    ]
    wider = [way for way in ways[: len(circles)] if way.count][:1]
    rest = sorted((way for way in ways[len(circles) :] if way.count), key=lambda way: -(way.count or 0))
    return (wider + rest)[:MOST]


def _left_out(address: Address, name: str, boards: dict[str, BoardInfo]) -> str:
    if name == "near":
        return "anywhere"
    return f"without “{', '.join(filter_label(address, name, value, boards) for value in address.values(name))}”"


def online_too(search: Search, query: SearchQuery, address: Address, channel: str, now: datetime) -> Choice | None:
    """For a search near a place, which finds no work that is done online: the same search for that. None where there
    is nothing of it, or where the place is all that was asked for online. Raises EngineError."""
    if query.near is None or query.mode:
        return None
    online = Address((*without(address, "near").pairs, ("mode", "online"), ("mode", "either")))
    [count] = search.totals([SearchQuery.from_params(online.pairs)], channel, now)
    return Choice("", "", online.url, count) if count else None
