"""The address of a search: the state of the page, as links and form fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from index.query import MANY, SearchQuery, Sort
from index.terms import BoardInfo
from search_api import words
from search_api.present import category_name

Pairs = tuple[tuple[str, str], ...]

FACETS = {"media": "Paid in", "country": "Country", "language": "Language"}
"""Facets that the page shows as links, in its order: those without a list in the form, which has the counts too."""
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

    @property
    def filters(self) -> str:
        """What hides something, as a query string: what a saved search is made of; empty without any."""
        if all(name in UNFILTERED for name, _ in self.pairs):
            return ""
        return urlencode([(name, value) for name, value in self.pairs if name not in ("sort", "limit")])

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def value(self, name: str, default: str = "") -> str:
        return next(iter(self.values(name)), default)

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
    """Facets with their counts as links that set or remove the value. A value that is set is always there.

    The links lead back to the facet, which opens the folded filters around it.
    """
    shown = []
    for name, title in FACETS.items():
        counted = counts.get(name, {})
        chosen = [value for value in address.values(name) if not value.startswith("!")]
        values = {value: counted.get(value, 0) for value in (*chosen, *counted)}
        ranked = sorted(values.items(), key=lambda pair: (pair[0] not in chosen, -pair[1], pair[0]))
        choices = [
            Choice(
                value,
                value_label(name, value, boards),
                f"{address.toggled(name, value).url}#facet-{name}",
                count,
                value in chosen,
            )
            for value, count in ranked
        ]
        if len(choices) > 1 or chosen:
            shown.append(Facet(name, title, choices))
    return shown


BOUNDS = {
    "pay_min": "at least",
    "pay_max": "at most",
    "hourly_min": "an hour at least",
    "minimum_payout_max": "paid out from at most",
}
UNKNOWN_PAY = {"only": "pay not stated", "include": "unknown pay too", "exclude": "known pay only"}


def filter_label(address: Address, name: str, value: str, boards: dict[str, BoardInfo]) -> str:
    """An active filter in words."""
    if name == "near":
        return f"within {address.value('radius_km', '25')} km of {value}"
    if name in BOUNDS:
        return f"{BOUNDS[name]} {value} {address.value('currency', 'USD')}"
    if name == "posted_within":
        return f"posted within {value_label(name, value, boards)}"
    if name == "pay_unit":
        unit = value_label(name, value.removeprefix("!"), boards)
        return f"{'not ' if value.startswith('!') else ''}paid by the {unit}"
    return UNKNOWN_PAY.get(value, value) if name == "pay_unknown" else value_label(name, value, boards)


def without(address: Address, name: str) -> Address:
    """Without a filter, and what means nothing without it."""
    rest = address.but(**{name: None})
    if name == "near":
        rest = rest.but(radius_km=None)
    idle = {"near": "distance", "q": "relevance"}.get(name)
    return rest.but(sort=None) if idle is not None and rest.value("sort") == idle else rest


def chips(address: Address, boards: dict[str, BoardInfo]) -> list[Choice]:
    """One link for each active filter, which removes it."""
    return [
        Choice(
            name,
            filter_label(address, name, value, boards),
            (address.toggled(name, value) if name in MANY else without(address, name)).url,
        )
        for name, value in address.pairs
        if name not in UNFILTERED
    ]


def heading(address: Address, near: str | None, boards: dict[str, BoardInfo]) -> str:
    """The search in a few words, for the page's title: "Pet care near Austin, Texas, USA: “dog”, online".

    Words that somebody put into an address never stand alone: anybody can make a link to a page with them.
    """
    kinds = [value_label("category", value, boards) for value in address.values("category") if value[0] != "!"]
    start = " or ".join(kinds) or "Gigs"
    if near:
        start += f" near {near}"
    rest = [f"“{address.value('q').strip()}”"] if address.value("q") else []
    rest += [
        filter_label(address, name, value, boards)
        for name, value in address.pairs
        if name not in UNFILTERED | {"q", "near"} and not (name == "category" and value[0] != "!")
    ]
    return f"{start}: {', '.join(rest)}" if rest else start


def sorts(address: Address, query: SearchQuery, order: Sort) -> list[Choice]:
    """The orders that make sense for this search; `order` is the one that was used."""
    possible = [
        name
        for name in SORTS
        if not (name == "relevance" and not query.q) and not (name == "distance" and not query.near)
    ]
    return [Choice(name, SORTS[name], address.but(sort=name).url, selected=name == order) for name in possible]
