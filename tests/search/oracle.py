"""What a query means, said a second time: plain Python over a list of gigs, without clauses, engines or indexes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from index.geo import cell_of, centre, distance_km
from index.gig import Gig
from index.query import SearchQuery
from index.tokens import fold, query_stems, stem_language, stems, words

EUR = 2.0
"""US dollars for a euro, in these tests."""
AGES = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
RISKS = {
    "hide_high": {"none", "low"},
    "all": {"none", "low", "high"},
    "none": {"none"},
    "low": {"low"},
    "high": {"high"},
}


class Item:
    """A word or phrase of a query, read by hand."""

    def __init__(self, text: str, exact: bool) -> None:
        self.words = words(text)
        self.exact = exact

    def stands_in(self, part: str, language: str | None) -> bool:
        written, stemmed = _read_part(part, language)
        if _runs(written, [[fold(w)] for w in self.words]):
            return True
        code = stem_language(language)
        return not self.exact and _runs(stemmed, [list(query_stems(w, code)) for w in self.words])


@lru_cache(maxsize=10_000)
def _read_part(part: str, language: str | None) -> tuple[list[str], list[str]]:
    found = words(part)
    return [fold(word) for word in found], stems([found], language).split()


def _runs(tokens: list[str], wanted: list[list[str]]) -> bool:
    return any(
        all(token in options for token, options in zip(tokens[start:], wanted, strict=False))
        for start in range(len(tokens) - len(wanted) + 1)
    )


def read(q: str) -> tuple[list[list[Item]], list[Item]]:
    """(required alternatives, excluded) of a query whose quotes are paired and whose items are parted by spaces."""
    required: list[list[Item]] = []
    excluded: list[Item] = []
    raw = re.findall(r'-?"[^"]*"|\S+', q)
    at = 0
    while at < len(raw):
        item = raw[at]
        body = item.removeprefix("-")
        if (
            item == "OR"
            and at
            and not raw[at - 1].startswith("-")
            and at + 1 < len(raw)
            and not raw[at + 1].startswith("-")
        ):
            at += 1
            required[-1].append(Item(raw[at], raw[at].startswith('"')))
        elif item.startswith("-"):
            excluded.append(Item(body, body.startswith('"')))
        else:
            required.append([Item(item, item.startswith('"'))])
        at += 1
    return required, excluded


_read = lru_cache(maxsize=1)(read)


def texts(gig: Gig) -> list[str]:
    places = [" ".join(dict.fromkeys(t for t in (p.text, p.city, p.region) if t)) for p in gig.places]
    return [gig.title, gig.description, gig.organization or "", *places]


def says(gig: Gig, item: Item, parts: Iterable[str] | None = None) -> bool:
    return any(item.stands_in(part, gig.language) for part in (texts(gig) if parts is None else parts))


def level(gig: Gig, q: str) -> int:
    required, _ = read(q)
    if all(len(options) == 1 for options in required):
        phrase = Item(" ".join(w for [item] in required for w in item.words), exact=True)
        if says(gig, phrase, [gig.title]):
            return 3
    in_title = [any(says(gig, item, [gig.title]) for item in options) for options in required]
    return 2 if all(in_title) else 1 if any(in_title) else 0


def cents(usd: float | None) -> int | None:
    return None if usd is None else round(usd * 10_000)


def pay_state(gig: Gig, query: SearchQuery) -> str:
    rate = EUR if query.currency == "EUR" else 1.0
    pay, units = gig.pay, [u for u in query.pay_unit if u[0] != "!"]
    banned = [u[1:] for u in query.pay_unit if u[0] == "!"]
    fits = pay.unit not in banned and (not units or pay.unit in units)
    if pay.status == "unpaid":
        return "outside"
    if pay.status != "stated" or pay.usd_top is None:
        return "unknown" if fits or (query.has_pay_bound and pay.unit is None) else "outside"
    low = -1 if query.pay_min is None else cents(query.pay_min * rate)
    high = 10**20 if query.pay_max is None else cents(query.pay_max * rate)
    top, hourly = cents(pay.usd_top), cents(pay.hourly_top)
    fits &= low <= top <= high
    if query.hourly_min is not None:
        fits &= hourly is not None and hourly >= cents(query.hourly_min * rate)
    return "match" if fits else "outside"


def pay_fits(gig: Gig, query: SearchQuery) -> bool:
    state = pay_state(gig, query)
    if query.unknown_pay == "only":
        return state == "unknown"
    if state == "outside":
        return not query.has_pay_bound and not query.pay_unit
    return state == "match" or query.unknown_pay == "include"


def posted(gig: Gig) -> datetime | None:
    return gig.posted_at or gig.first_seen


def young(gig: Gig, age: timedelta | None, now: datetime) -> bool:
    since = None if age is None else now.replace(second=0) - age
    at = posted(gig)
    return since is None or (at is not None and at >= since)


def _listed(values: Iterable[str | None], wanted: list[str]) -> bool:
    have = set(values)
    included = [value for value in wanted if value[0] != "!"]
    return (not included or any(v in have for v in included)) and not any(v[1:] in have for v in wanted if v[0] == "!")


def risk_fits(gig: Gig, query: SearchQuery) -> bool:
    included = [value for value in query.risk if value[0] != "!"] or ["all"]
    excluded = [value[1:] for value in query.risk if value[0] == "!"]
    return any(gig.risk.level in RISKS[v] for v in included) and not any(gig.risk.level in RISKS[v] for v in excluded)


def distance(gig: Gig, point: tuple[float, float]) -> float | None:
    cells = [cell_of(p.lat, p.lon) for p in gig.places if p.lat is not None and p.lon is not None]
    return min((distance_km(*point, *centre(cell)) for cell in cells if cell), default=None)


VALUES: dict[str, Callable[[Gig], Iterable[str | None]]] = {
    "category": lambda gig: [gig.category],
    "mode": lambda gig: [gig.work_mode],
    "pay_unit": lambda gig: [gig.pay.unit],
    "board": lambda gig: {source.board for source in gig.sources},
    "risk": lambda gig: [gig.risk.level],
    "country": lambda gig: {place.country for place in gig.places},
    "media": lambda gig: gig.pay.media,
    "language": lambda gig: [gig.language],
    "pay_status": lambda gig: [gig.pay.status],
    "status": lambda gig: [gig.status],
}


LISTED = ("category", "mode", "country", "media", "board", "language", "status")


def verdicts(gig: Gig, query: SearchQuery, now: datetime, point: tuple[float, float] | None) -> dict[str, bool]:
    """Whether the gig passes each filter but those on pay."""
    required, excluded = _read(query.q)
    payout = gig.pay.minimum_payout.usd if gig.pay.minimum_payout else None
    rate = EUR if query.currency == "EUR" else 1.0
    away = None if point is None else distance(gig, point)
    return {
        **{name: _listed(VALUES[name](gig), getattr(query, name)) for name in LISTED},
        "risk": risk_fits(gig, query),
        "posted": young(gig, query.within, now),
        "minimum_payout_max": query.minimum_payout_max is None
        or payout is None
        or payout <= query.minimum_payout_max * rate,
        "near": point is None or (away is not None and away <= query.radius_km),
        "q": all(any(says(gig, item) for item in options) for options in required)
        and not any(says(gig, item) for item in excluded),
    }


class Answer:
    """What `query` finds among the gigs of a channel."""

    def __init__(
        self, gigs: Iterable[Gig], query: SearchQuery, now: datetime, point: tuple[float, float] | None
    ) -> None:
        judged = [(gig, verdicts(gig, query, now, point)) for gig in gigs]
        paid = [gig for gig, passes in judged if all(passes.values())]
        self.gigs = sorted((g for g in paid if pay_fits(g, query)), key=lambda g: _rank(g, query, point), reverse=True)
        states = Counter(pay_state(gig, query) for gig in paid)
        self.pay_states = {state: states[state] for state in ("match", "unknown", "outside")}
        self.facets: dict[str, dict[str, int]] = {}
        any_unit = query.model_copy(update={"pay_unit": [], "pay_unknown": query.unknown_pay})
        any_state = query.model_copy(update={"pay_unknown": "include"})
        for facet in (*VALUES, "posted"):
            wanted = {"pay_unit": any_unit, "pay_status": any_state}.get(facet, query)
            seen = [
                gig
                for gig, passes in judged
                if all(passed for name, passed in passes.items() if name != facet) and pay_fits(gig, wanted)
            ]
            if facet == "posted":
                self.facets[facet] = {name: sum(young(gig, age, now) for gig in seen) for name, age in AGES.items()}
            elif facet != "status":
                self.facets[facet] = dict(Counter(v for gig in seen for v in set(VALUES[facet](gig)) if v))


def _rank(gig: Gig, query: SearchQuery, point: tuple[float, float] | None) -> tuple[float, int]:
    seq = gig.seq or 0
    if query.order == "distance" and point is not None:
        return -round((distance(gig, point) or 0) / 0.01), seq
    if query.order == "pay":
        return -1 if gig.pay.usd_top is None else gig.pay.usd_top, seq
    if query.order == "hourly":
        return -1 if gig.pay.hourly_top is None else gig.pay.hourly_top, seq
    if query.order == "relevance" and _read(query.q)[0]:
        return level(gig, query.q), seq
    at = posted(gig)
    return 0 if at is None else int(at.timestamp()), seq
