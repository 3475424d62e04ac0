"""One gig, shown: the same context becomes the API's JSON and the pages' HTML."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from index.found import NOTHING, Wanted
from index.gig import Gig, Pay, Place, Signal, Source
from index.highlight import Span, formatted_html, plain_html
from index.normalize.currency import usd_rate
from index.normalize.text import clean_html
from index.query import SearchQuery
from index.search import Results
from index.taxonomy import CATEGORIES
from index.terms import BoardInfo
from search_api import words
from search_api.excerpt import cut, excerpt

STALE: Final = timedelta(days=3)
"""No board is left alone for longer than a day; after three something is wrong with the board or with us."""


UNMARKED: Final = frozenset({"category", "kind"})
"""Fields whose words are all over a text: marking them all would hide the others."""


class ShownPay(BaseModel):
    """A gig's pay in the currency that was asked for."""

    currency: str = Field(description="ISO 4217, as asked for")
    min: float | None = Field(None, description="in `currency`, per the gig's `pay.unit`")
    max: float | None = Field(None, description="in `currency`, per the gig's `pay.unit`")


class GigItem(Gig):
    """A gig, with what depends on the question."""

    shown_pay: ShownPay | None = Field(
        None, description="the pay in the `currency` asked for (USD by default); null where it isn't comparable"
    )
    distance_km: float | None = Field(
        None, description="kilometres from `near` to the closest of its places, to a cell of about 1 km"
    )


class PayStates(BaseModel):
    """How the pay of all gigs that fit everything else compares with the pay filters."""

    match: int = Field(description="pay fits")
    unknown: int = Field(description="pay is negotiable, not stated, or not comparable in US dollars")
    outside: int = Field(description="pay doesn't fit, or there is none, or it has another unit")


class GigPage(BaseModel):
    """One page of an answer."""

    items: list[GigItem] = Field(description="the gigs of this page, in the order asked for")
    total: int = Field(description="gigs on all pages")
    facets: dict[str, dict[str, int]] = Field(
        description="for each filter its values with their numbers of gigs; a facet ignores its own filter"
    )
    pay_states: PayStates = Field(description="gigs by how their pay compares with the pay filters")
    next: str | None = Field(description="`cursor` of the next page; null on the last")
    limited: bool = Field(description="this order ends after 1,000 results, and there are more")
    near: Place | None = Field(description="the place that `near` was understood as")
    query: SearchQuery = Field(description="the question as understood, with its defaults")


class FacetCounts(BaseModel):
    """The counts of an answer without its gigs."""

    total: int = Field(description="gigs that fit")
    facets: dict[str, dict[str, int]] = Field(description="as in /gigs")
    pay_states: PayStates = Field(description="gigs by how their pay compares with the pay filters")


def convert(usd: float | None, currency: str, now: datetime) -> float | None:
    """US dollars in another currency at the newest rate; None where there is no rate."""
    if usd is None or currency == "USD":
        return usd
    rate = usd_rate(currency, now.date())
    return None if rate is None else round(usd / rate.usd, 4)


def shown_pay(pay: Pay, currency: str, now: datetime) -> ShownPay | None:
    """The pay in `currency`: as written where that is its own, else by way of US dollars."""
    if pay.currency == currency and pay.points is None:
        low, high = pay.min, pay.max
    else:
        low, high = convert(pay.usd_min, currency, now), convert(pay.usd_max, currency, now)
    return None if low is None and high is None else ShownPay(currency=currency, min=low, max=high)


def web_link(url: str) -> str | None:
    """The address if it leads into the web, so that no other scheme ever becomes a link."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def contact_link(contact: str) -> str | None:
    """Where the operator's contact leads: a page, or a mail to the address; None where it is neither."""
    if re.fullmatch(r"[^\s@<>,;:?&]+@[^\s@<>,;:?&]+", contact):
        return f"mailto:{contact}"
    return web_link(contact)


@dataclass(frozen=True)
class ShownSource:
    """One posting of a gig."""

    source: Source
    board: str
    homepage: str | None
    notice: str | None = None
    """What has to stand beside the attribution."""
    label: bool = False
    """The attribution has to stand out, wherever the gig is shown (duty `label`)."""

    @property
    def url(self) -> str | None:
        return web_link(self.source.url)

    @property
    def pay(self) -> str:
        return words.pay_words(self.source.pay)


@dataclass(frozen=True)
class Sign:
    """One sign of risk."""

    signal: Signal
    advice: str | None
    """What to do; None where a sign before this one said it."""


@dataclass(frozen=True)
class Shown:
    """A gig as an answer to one question."""

    gig: Gig
    currency: str
    now: datetime
    boards: dict[str, BoardInfo]
    distance_km: float | None = None
    wanted: Wanted = NOTHING
    """The words that it was found by."""

    def item(self) -> GigItem:
        """For JSON. The gig was validated when it was read, so its parts are taken over."""
        return GigItem.model_construct(**dict(self.gig), shown_pay=self.shown_pay, distance_km=self.distance_km)

    @cached_property
    def shown_pay(self) -> ShownPay | None:
        return shown_pay(self.gig.pay, self.currency, self.now)

    # --- in words ---

    @property
    def pay(self) -> str:
        return words.pay_words(self.gig.pay)

    @property
    def pay_known(self) -> bool:
        return self.gig.pay.status == "stated"

    @property
    def comparable(self) -> str | None:
        """The pay in the currency asked for, where it is written in another or in points."""
        shown = self.shown_pay
        if shown is None or (self.gig.pay.currency == self.currency and self.gig.pay.points is None):
            return None
        return words.rounded(shown.min, shown.max, shown.currency)

    @property
    def hourly(self) -> str | None:
        """An hourly figure that isn't the pay itself."""
        pay = self.gig.pay
        if pay.basis is None or pay.unit == "hour":
            return None
        low, high = (convert(usd, self.currency, self.now) for usd in (pay.usd_per_hour_min, pay.usd_per_hour_max))
        return words.rounded(low, high, self.currency)

    @property
    def hourly_basis(self) -> str:
        basis = self.gig.pay.basis
        if basis == "duration" and self.gig.terms.duration_minutes is not None:
            return f"worked out from {words.minutes_words(self.gig.terms.duration_minutes)}"
        return words.BASES[basis] if basis else ""

    @property
    def average_bid(self) -> str | None:
        pay = self.gig.pay
        return None if pay.average_bid is None else words.money(pay.average_bid, pay.currency)

    @property
    def payout(self) -> str | None:
        return words.payout_words(self.gig.pay)

    @property
    def fee(self) -> str | None:
        return words.fee_words(self.gig.pay)

    @property
    def where(self) -> str:
        return words.where_words(self.gig)

    @property
    def terms(self) -> list[tuple[str, str]]:
        return words.term_words(self.gig)

    @property
    def category(self) -> str:
        return category_name(self.gig.category)

    @property
    def risk(self) -> str:
        return words.RISKS[self.gig.risk.level]

    @property
    def closed(self) -> str | None:
        """Why it is closed; None while it is open."""
        if self.gig.status == "open":
            return None
        return words.CLOSED[self.gig.closed_reason] if self.gig.closed_reason else "It is no longer listed."

    # --- the posting's own words, with what we read in them ---

    @property
    def found_title(self) -> str:
        """The title for a list, with the words that were searched for; escaped."""
        title = cut(self.gig.title, 160)
        return plain_html(title, _found(self.wanted.spans(title, self.gig.language)))

    @property
    def snippet(self) -> str:
        """Some of the text for a list, with the words that were searched for; escaped."""
        text, spans = excerpt(self.gig.description, self.wanted, self.gig.language, 180)
        return plain_html(text, _found(spans))

    @property
    def title_html(self) -> str:
        """Escaped."""
        return plain_html(self.gig.title, self._spans("title"))

    @cached_property
    def text_html(self) -> str | None:
        """The formatted text with its evidence marked, or the plain one where the two differ; None without a text.

        The markup is cleaned a second time: templates take this as it is.
        """
        gig = self.gig
        if not gig.description and not gig.description_html:
            return None
        spans = self._spans("description")
        if gig.description_html:
            markup = clean_html(gig.description_html)
            marked = formatted_html(markup, gig.description, spans)
            if marked is not None or not gig.description:
                return f'<div class="posting" dir="auto">{marked or markup}</div>'
        return f'<p class="posting pre" dir="auto">{plain_html(gig.description, spans)}</p>'

    def _spans(self, source: Literal["title", "description"]) -> list[Span]:
        """What to mark in the title or the description: whatever cuts out the words that it claims to."""
        text = self.gig.title if source == "title" else self.gig.description
        said = [
            (found.start, found.end, found.text, "pay" if field.startswith("pay") else "fact", words.fact_words(field))
            for field, evidence in self.gig.evidence.items()
            for found in evidence
            if found.source == source and field not in UNMARKED
        ]
        said += [(sign.start, sign.end, sign.text, "risk", sign.why) for sign in self.gig.risk.signals]
        return [
            Span(start, end, kind, label)
            for start, end, quoted, kind, label in said
            if start is not None and end is not None and quoted and text[start:end] == quoted
        ]

    @property
    def marks(self) -> list[tuple[str, str]]:
        """The kinds of marks in title and text, with their names."""
        found = {span.kind for span in (*self._spans("title"), *self._spans("description"))}
        return [(kind, name) for kind, name in words.MARKS.items() if kind in found]

    @property
    def signs(self) -> list[Sign]:
        """The signs of risk, with what to do about each."""
        advised = set[str]()
        signs = []
        for signal in self.gig.risk.signals:
            advice = words.ADVICE.get(signal.code)
            signs.append(Sign(signal, advice if signal.code not in advised else None))
            advised.add(signal.code)
        return signs

    @property
    def checked(self) -> datetime | None:
        """When a board was last seen to list it."""
        seen = [source.last_seen for source in self.gig.sources if source.status == "open" and source.last_seen]
        return max(seen, default=None) or self.gig.last_seen

    @property
    def stale(self) -> bool:
        """Open, as far as we know, but not seen for longer than a board is left alone."""
        return self.checked is not None and self.now - self.checked > STALE

    @property
    def history(self) -> str | None:
        """How often one board listed it, where that is more than once: "posted 4 times since March 2026"."""
        times = Counter(source.board for source in self.gig.sources)
        board, count = max(times.items(), key=lambda one: (one[1], one[0]), default=("", 0))
        dates = [source.posted_at or source.first_seen for source in self.gig.sources if source.board == board]
        first = min((when for when in dates if when is not None), default=None)
        if count < 2 or first is None:
            return None
        return f"posted {count} times since {first:%B %Y}"

    @property
    def sources(self) -> list[ShownSource]:
        return [
            ShownSource(source, info.name, web_link(info.homepage), info.terms.notice, "label" in info.terms.duties)
            if (info := self.boards.get(source.board))
            else ShownSource(source, source.board, None)
            for source in self.gig.sources
        ]


def _found(spans: list[tuple[int, int]]) -> list[Span]:
    return [Span(start, end, "found", "") for start, end in spans]


def category_name(category: str) -> str:
    known = CATEGORIES.get(category)
    return known.name if known else category


def show_all(results: Results, query: SearchQuery, now: datetime, boards: dict[str, BoardInfo]) -> list[Shown]:
    """The gigs of a page of results."""
    wanted = Wanted.of(query.q)
    distances: Sequence[float | None] = results.distances or [None] * len(results.items)
    return [
        Shown(gig, query.currency, now, boards, distance, wanted)
        for gig, distance in zip(results.items, distances, strict=True)
    ]


def page_json(results: Results, query: SearchQuery, now: datetime) -> GigPage:
    """An answer of /gigs."""
    return GigPage.model_construct(
        items=[shown.item() for shown in show_all(results, query, now, {})],
        total=results.total,
        facets=results.facets,
        pay_states=PayStates(**results.pay_states),
        next=results.next,
        limited=results.limited,
        near=results.near,
        query=query.model_copy(update={"sort": results.order, "pay_unknown": query.unknown_pay}),
    )
