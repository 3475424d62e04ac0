"""The address of a search: the state of the page, as links and form fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from index.query import MANY, SearchQuery
from index.terms import BoardInfo
from search_api import words
from search_api.present import category_name

Pairs = tuple[tuple[str, str], ...]

FACETS = {
    "category": "Kind of work",
    "mode": "Where",
    "posted": "Posted within",
    "pay_unit": "Paid by",
    "media": "Paid in",
    "country": "Country",
    "board": "Board",
    "language": "Language",
    "risk": "Risk",
}
"""Facets that the page shows, in its order."""
ONE_OF = {"posted": "posted_within"}
"""Facets whose filter takes one value, with that filter's name."""
UNFILTERED = frozenset({"sort", "limit", "cursor", "currency", "radius_km"})
"""Parameters that hide nothing by themselves."""
SORTS = {
    "relevance": "Best match",
    "newest": "Newest",
    "pay": "Highest pay",
    "hourly": "Best hourly",
    "distance": "Nearest",
}
WITHIN = {"24h": "24 hours", "7d": "7 days", "30d": "30 days"}


@dataclass(frozen=True)
class Address:
    """Parameters of a search page. A link to another page of the same search is made only by `next_page`."""

    pairs: Pairs = ()

    @classmethod
    def of(cls, query: SearchQuery) -> "Address":
        return cls(tuple(pair for pair in query.to_params() if pair[0] != "cursor"))

    @classmethod
    def typed(cls, pairs: Iterable[tuple[str, str]]) -> "Address":
        """From what was typed, right or wrong; empty fields and unknown names are left out."""
        return cls(tuple((n, v) for n, v in pairs if n in SearchQuery.model_fields and n != "cursor" and v.strip()))

    @property
    def url(self) -> str:
        return f"/?{urlencode(self.pairs)}" if self.pairs else "/"

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def value(self, name: str, default: str = "") -> str:
        return next(iter(self.values(name)), default)

    def listed(self, name: str) -> str:
        """The value that a list of choices can show: the first that isn't an exclusion."""
        return next((value for value in self.values(name) if not value.startswith("!")), "")

    def but(self, **changes: str | None) -> "Address":
        """With these parameters set; None removes one."""
        kept = tuple(pair for pair in self.pairs if pair[0] not in changes)
        return Address(kept + tuple((name, value) for name, value in changes.items() if value is not None))

    def toggled(self, name: str, value: str) -> "Address":
        """With the value of a repeatable filter added, or removed where it is set."""
        if (name, value) in self.pairs:
            return Address(tuple(pair for pair in self.pairs if pair != (name, value)))
        return Address((*self.pairs, (name, value)))

    def next_page(self, cursor: str) -> str:
        return self.but(cursor=cursor).url


@dataclass(frozen=True)
class Choice:
    """A link that changes the search, and what it leads to."""

    value: str
    label: str
    url: str
    count: int | None = None
    selected: bool = False


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    choices: list[Choice]


def value_label(name: str, value: str, boards: dict[str, BoardInfo]) -> str:
    """A filter's value in words."""
    if value.startswith("!"):
        return f"not {value_label(name, value[1:], boards)}"
    match name:
        case "posted_within":
            return WITHIN.get(value, value)
        case "category":
            return category_name(value)
        case "board":
            return boards[value].name if value in boards else value
        case "mode":
            return words.MODES.get(value, value)
        case "risk":
            return {"all": "All gigs, risky ones too", "hide_high": "Likely scams hidden"}.get(
                value, words.RISKS.get(value, value)
            )
        case "pay_unit":
            return words.PER_UNIT.get(value, value).partition(" ")[2] or value
        case "media":
            return words.MEDIA.get(value, value).capitalize() if value != "paypal" else "PayPal"
        case "language":
            return words.LANGUAGES.get(value, value)
        case "country":
            return words.country_name(value)
    return value


def facets(address: Address, counts: dict[str, dict[str, int]], boards: dict[str, BoardInfo]) -> list[Facet]:
    """Facets with their counts as links that set or remove the value. A value that is set is always there."""
    shown = []
    for facet, title in FACETS.items():
        name = ONE_OF.get(facet, facet)
        counted = counts.get(facet, {})
        chosen = [
            value for value in address.values(name) if not value.startswith("!") and value not in ("all", "hide_high")
        ]
        values = {value: counted.get(value, 0) for value in (*chosen, *counted)}
        if facet not in ONE_OF:
            values = dict(sorted(values.items(), key=lambda pair: (pair[0] not in chosen, -pair[1], pair[0])))
        choices = [
            Choice(value, value_label(name, value, boards), _set(address, name, value).url, count, value in chosen)
            for value, count in values.items()
        ]
        if len(choices) > 1 or chosen:
            shown.append(Facet(name, title, choices))
    return shown


def _set(address: Address, name: str, value: str) -> Address:
    if name in MANY:
        return address.toggled(name, value)
    return address.but(**{name: None if address.value(name) == value else value})


def chips(address: Address, boards: dict[str, BoardInfo]) -> list[Choice]:
    """One link for each active filter, which removes it."""
    currency = address.value("currency", "USD")
    bounds = {
        "pay_min": "at least",
        "pay_max": "at most",
        "hourly_min": "an hour at least",
        "minimum_payout_max": "paid out from at most",
    }
    shown = []
    for name, value in address.pairs:
        if name in UNFILTERED:
            continue
        if name in MANY:
            label, url = value_label(name, value, boards), address.toggled(name, value).url
        elif name == "near":
            radius = address.value("radius_km", "25")
            rest = address.but(near=None, radius_km=None)
            label = f"within {radius} km of {value}"
            url = (rest.but(sort=None) if address.value("sort") == "distance" else rest).url
        else:
            url = address.but(**{name: None}).url
            label = value
            if name in bounds:
                label = f"{bounds[name]} {value} {currency}"
            elif name == "posted_within":
                label = f"posted within {WITHIN.get(value, value)}"
            elif name == "pay_unknown":
                label = {"only": "pay not stated", "include": "unknown pay too", "exclude": "known pay only"}.get(
                    value, value
                )
        shown.append(Choice(name, label, url))
    return shown


def sorts(address: Address, query: SearchQuery) -> list[Choice]:
    """The orders that make sense for this search."""
    possible = [
        name
        for name in SORTS
        if not (name == "relevance" and not query.q) and not (name == "distance" and not query.near)
    ]
    return [Choice(name, SORTS[name], address.but(sort=name).url, selected=name == query.order) for name in possible]
