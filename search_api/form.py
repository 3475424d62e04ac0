"""The search form: its fields, what they are called, and the search that is meant by what it sends."""

from collections.abc import Iterable
from typing import Any

from index.normalize.currency import known_currencies
from index.query import MANY
from index.taxonomy import CATEGORIES
from index.terms import BoardInfo
from search_api.address import WITHIN, Address, Choice, value_label
from search_api.words import MODES, PER_UNIT

LABELS = {
    "q": "What",
    "near": "Near",
    "radius_km": "Within",
    "category": "Kind of work",
    "mode": "Where",
    "pay_min": "At least",
    "pay_max": "At most",
    "pay_unit": "Paid by the",
    "currency": "Currency",
    "hourly_min": "An hour at least",
    "posted_within": "Posted within",
    "risk": "Risk",
    "board": "Board",
}
"""The form's fields, and what readers know them by."""
OTHER_LABELS = {
    "country": "Country",
    "media": "Paid in",
    "language": "Language",
    "minimum_payout_max": "Paid out from at most",
    "pay_unknown": "Unknown pay",
    "status": "Open or closed",
    "sort": "Sort by",
    "limit": "Gigs on a page",
    "cursor": "Page",
}
"""What the form sends along unseen, or only links say."""


def meant(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The search that a form means: it sends its empty fields too, one list's several values in one, and the order of
    the results even when what they were ordered by has just been taken away."""
    given = [
        (name, part)
        for name, value in pairs
        for part in (value.split(",") if name in MANY else [value])
        if part.strip()
    ]
    names = {name for name, _ in given}
    idle = {("sort", order) for order, what in (("distance", "near"), ("relevance", "q")) if what not in names}
    return [pair for pair in given if pair not in idle]


def form(address: Address, boards: dict[str, BoardInfo]) -> dict[str, Any]:
    """What the search form shows: the fields' values and the choices of its lists."""
    lists: dict[str, list[tuple[str, str]]] = {
        "category": [(category.id, category.name) for category in CATEGORIES.values()],
        "mode": list(MODES.items()),
        "pay_unit": [(unit, per.partition(" ")[2]) for unit, per in PER_UNIT.items()],
        "posted_within": list(WITHIN.items()),
        "risk": [(risk, value_label("risk", risk, boards)) for risk in ("none", "low", "high", "all")],
        "board": sorted(((info.id, info.name) for info in boards.values()), key=lambda pair: pair[1].casefold()),
    }
    return {
        "address": address,
        "labels": LABELS,
        "lists": lists,
        "together": {name: _together(address, name, choices, boards) for name, choices in lists.items()},
        "currencies": sorted(known_currencies()),
        "hidden": [(name, value) for name, value in address.pairs if name not in LABELS],
    }


def _together(
    address: Address, name: str, choices: list[tuple[str, str]], boards: dict[str, BoardInfo]
) -> Choice | None:
    """One more choice for a list that has none for what is set: several values, exclusions, a rare one. So the list
    always shows all of its filter, and whatever else is chosen takes the place of all of it; see `meant`."""
    values = address.values(name)
    if not values or (len(values) == 1 and values[0] in dict(choices)):
        return None
    label = ", ".join(value_label(name, value, boards) for value in values)
    return Choice(",".join(values), label, address.url)
