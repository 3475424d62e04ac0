"""A SearchQuery as clauses: what every filter means, said once for all engines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import get_args

from index import grammar, tokens
from index.document import usd_units
from index.engine.base import And, Clause, Everything, Not, Or, Phrase, Range, Term
from index.gig import PayUnit, RiskLevel
from index.query import BadQuery, SearchQuery

FACETS = (
    "category", "mode", "pay_unit", "board", "risk", "country", "media", "language", "posted", "pay_status",
)  # fmt: skip
POSTED = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
"""Values of the facet `posted`; each includes the one before."""
OWN_FILTER = {"posted": "posted_within"}
"""The filter that a facet ignores, where it isn't called like the facet."""
LISTS = ("category", "mode", "country", "media", "board", "language", "status")
"""Filters that are a keyword field's values, of the same name."""

UsdRate = Callable[[str, date], float | None]
"""US dollars for one unit of a currency on a day; None for a currency without a rate."""


@dataclass(frozen=True)
class Compiled:
    where: Clause
    """Everything that is asked."""
    parts: tuple[Clause, ...]
    """The same as disjoint clauses: an engine counts two parts in less time than their union."""
    anywhere: Clause
    """The same ignoring `near`."""
    without: dict[str, tuple[Clause, ...]]
    """The same for each of FACETS, ignoring the facet's own filter: disjoint clauses, whose counts add up. Where the
    filter hides little, they are `where` and what it hides, because `where` is counted anyway."""
    since: dict[str, int]
    """For each of POSTED, when it begins: seconds since 1970."""
    any_pay: Clause
    """`where` ignoring pay: all whose pay state is counted."""
    pay_asked: bool
    """Pay is bounded in some way; if not, the pay states of `any_pay` are the documents' own."""
    match: Clause
    """Those of `any_pay` with a known pay that fits."""
    unknown: Clause
    """Those of `any_pay` whose pay may fit, for all that is known."""
    levels: tuple[Clause, ...]
    """Disjoint parts of `where` by relevance, best first; empty when there are no words to be relevant to."""


def compile_query(
    query: SearchQuery,
    channel: str,
    now: datetime,
    circle: Sequence[str] | None,
    languages: Iterable[str],
    usd_rate: UsdRate,
    hidden: Sequence[str] = (),
) -> Compiled:
    """Compile what `query` asks on a channel at a moment.

    `circle` holds the cells around `near`, None without it; `languages` those that gigs of the index may be in;
    `hidden` boards of which nothing may be found. Raises BadQuery for a currency that has no rate.
    """
    asked, words, stems, pay = _asked(query, channel, now, circle, languages, usd_rate)
    if hidden:
        asked["channel"] = _and([asked["channel"], Not(Term("board", tuple(hidden)))])

    def where(**changed: Clause) -> Clause:
        return _and((asked | changed).values())

    def parts(**changed: Clause) -> tuple[Clause, ...]:
        return tuple(where(**changed, pay=part) for part in pay.selected())

    everything = where()
    without = {facet: parts(**{OWN_FILTER.get(facet, facet): Everything()}) for facet in FACETS}
    without["pay_unit"] = tuple(where(pay=part) for part in pay.selected(ignored="pay_unit"))
    without["pay_status"] = (*parts(), *(where(pay=clause) for clause in pay.hidden_by_unknown()))
    without["risk"] = (*parts(), *(part for clause in _hidden_risk(query.risk) for part in parts(risk=clause)))
    return Compiled(
        where=everything,
        parts=parts(),
        anywhere=where(near=Everything()),
        without=without,
        since={name: _seconds(now - age) for name, age in POSTED.items()},
        any_pay=where(pay=Everything()),
        pay_asked=query.has_pay_bound or bool(query.pay_unit),
        match=where(pay=pay.match),
        unknown=where(pay=pay.unknown),
        levels=_levels(everything, words, stems),
    )


def compile_where(
    query: SearchQuery,
    channel: str,
    now: datetime,
    circle: Sequence[str] | None,
    languages: Iterable[str],
    usd_rate: UsdRate,
) -> Clause:
    """What `compile_query` gives as `where`, alone: a tenth of the work."""
    return _and(_asked(query, channel, now, circle, languages, usd_rate)[0].values())


def stem_languages(languages: Iterable[str]) -> list[str]:
    """Those whose stems words are looked for by, where gigs are in these languages."""
    return sorted({tokens.FALLBACK, *map(tokens.stem_language, languages)})


def compile_words(words: grammar.Words, stems: Sequence[str]) -> Clause:
    """What one item of the words asks of a text, by the stems of these languages."""
    return _in("text", words, stems)


def _asked(
    query: SearchQuery,
    channel: str,
    now: datetime,
    circle: Sequence[str] | None,
    languages: Iterable[str],
    usd_rate: UsdRate,
) -> "tuple[dict[str, Clause], grammar.Parsed, Sequence[str], _Pay]":
    """Each filter's clause by name, and what they were made of: words, languages of their stems, pay."""
    words = grammar.parse(query.q)
    # All of them, whatever the filter on language: the facet `language` counts as if there were none.
    stems = stem_languages(languages)
    pay = _Pay(query, now, usd_rate)
    asked: dict[str, Clause] = {
        "channel": Term("channel", (channel,)),
        "q": _words(words, stems),
        "near": Everything() if circle is None else Term("cell", tuple(circle)),
        **{name: _listed(name, getattr(query, name)) for name in LISTS},
        "risk": _risk(query.risk),
        "minimum_payout_max": pay.payout,
        "posted_within": Everything() if query.within is None else Range("posted", low=_seconds(now - query.within)),
        "pay": _or(pay.selected()),
    }
    return asked, words, stems, pay


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


# --- words ---------------------------------------------------------------------------------------------------


def _words(parsed: grammar.Parsed, languages: Sequence[str]) -> Clause:
    wanted = [_any_in("text", alternatives, languages) for alternatives in parsed.required]
    return _and([*wanted, *(Not(_in("text", words, languages)) for words in parsed.excluded)])


def _any_in(field: str, alternatives: Iterable[grammar.Words], languages: Sequence[str]) -> Clause:
    return _or([_in(field, words, languages) for words in alternatives])


def _in(field: str, words: grammar.Words, languages: Sequence[str]) -> Clause:
    """The words stand in the field one after another: as written, or (unless quoted) by their stems."""
    written = tuple(map(tokens.fold, words.tokens))
    ways: list[Clause] = [Phrase(field, written) if len(written) > 1 else Term(field, written)]
    if not words.exact:
        stems = [[tokens.query_stems(word, language) for word in words.tokens] for language in languages]
        if len(written) == 1:
            ways.append(Term(f"{field}_stem", tuple(stem for [variants] in stems for stem in variants)))
        else:
            phrases = (tuple(variants[way] for variants in each) for each in stems for way in (0, -1))
            ways.extend(Phrase(f"{field}_stem", phrase) for phrase in dict.fromkeys(phrases))
    return _or(ways)


def _levels(where: Clause, parsed: grammar.Parsed, languages: Sequence[str]) -> tuple[Clause, ...]:
    """Relevance without scores: the words stand in the title as one phrase; all of them do; some; none.

    Every engine finds the same gigs on the same level, now and after its segments have merged, so pages don't tear.
    """
    if not parsed.required:
        return ()
    each = [_any_in("title", alternatives, languages) for alternatives in parsed.required]
    # From wide to narrow; each level is what the next narrower one leaves.
    nested = [Everything(), _or(each), _and(each)] if len(each) > 1 else [Everything(), each[0]]
    if all(len(alternatives) == 1 for alternatives in parsed.required):
        written = tuple(tokens.fold(token) for (words,) in parsed.required for token in words.tokens)
        nested.append(Phrase("title", written))
    levels = [_and([where, wide, Not(narrow)]) for wide, narrow in pairwise(nested)]
    return (_and([where, nested[-1]]), *reversed(levels))


# --- filters -------------------------------------------------------------------------------------------------


def _split(values: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Values asked for, and values excluded by a leading `!`."""
    included = tuple(value for value in values if not value.startswith("!"))
    return included, tuple(value[1:] for value in values if value.startswith("!"))


def _listed(field: str, values: Sequence[str]) -> Clause:
    included, excluded = _split(values)
    clauses: list[Clause] = [Term(field, included)] if included else []
    return _and([*clauses, Not(Term(field, excluded))] if excluded else clauses)


RISKS: tuple[str, ...] = get_args(RiskLevel)


def _risk(values: Sequence[str]) -> Clause:
    """Levels by name; `hide_high` is all but high, `all` is all."""
    hidden = _hidden_risk(values)
    # Most gigs have no risk at all: leaving out a few costs an engine less than uniting the many.
    return _and([Not(clause) for clause in hidden])


def _hidden_risk(values: Sequence[str]) -> tuple[Clause, ...]:
    """The levels that the filter hides, as one clause; none when it hides none. Every gig has one level."""
    named = {"hide_high": {"none", "low"}, "all": set(RISKS)} | {level: {level} for level in RISKS}
    included, excluded = _split(values)
    levels = set().union(*(named[value] for value in included or ("all",)))
    levels -= set().union(*(named[value] for value in excluded))
    hidden = tuple(level for level in RISKS if level not in levels)
    return (Term("risk", hidden),) if hidden else ()


KNOWN = Term("pay_state", ("known",))
UNKNOWN = Term("pay_state", ("unknown",))
NO_UNIT = Not(Term("pay_unit", get_args(PayUnit)))


class _Pay:
    """The three states of pay under a query.

    `unknown`: negotiable, unknown or without a figure in US dollars. `match`: stated in US dollars, of an accepted unit
    and within the bounds. The rest is outside: unpaid, another unit, too little or too much.
    A gig of unknown pay that names no unit stays unknown under a bound ("20 an hour or unknown" shows it); `pay_unit`
    without a bound is a plain filter.
    """

    def __init__(self, query: SearchQuery, now: datetime, usd_rate: UsdRate) -> None:
        self._query = query
        rate = usd_rate_of(query, now.date(), usd_rate)

        def units(amount: float | None) -> int | None:
            return None if amount is None else usd_units(amount * rate)

        payout = units(query.minimum_payout_max)
        self.payout: Clause = Everything() if payout is None else Not(Range("payout_usd", low=payout + 1))
        self._bounds: list[Clause] = []
        if query.pay_min is not None or query.pay_max is not None:
            self._bounds.append(Range("usd_top", units(query.pay_min), units(query.pay_max)))
        if query.hourly_min is not None:
            self._bounds.append(Range("hourly_top", units(query.hourly_min)))
        self.match, self.unknown = self._states(query.pay_unit)

    def _states(self, units: Sequence[str]) -> tuple[Clause, Clause]:
        accepted = _listed("pay_unit", units)
        acceptable = _or([accepted, NO_UNIT]) if self._query.has_pay_bound else accepted
        return _and([KNOWN, accepted, *self._bounds]), _and([UNKNOWN, acceptable])

    def hidden_by_unknown(self) -> tuple[Clause, ...]:
        """What the filter `pay_unknown` hides; nothing where it includes all."""
        match self._query.unknown_pay:
            case "include":
                return ()
            case "exclude":
                return (self.unknown,)
            case "only":
                asked = self._query.has_pay_bound or self._query.pay_unit
                return (self.match if asked else Not(self.unknown),)

    def selected(self, ignored: str | None = None) -> tuple[Clause, ...]:
        """The filter on pay as disjoint clauses, leaving out `pay_unit` for its own facet."""
        units = () if ignored == "pay_unit" else self._query.pay_unit
        match, unknown = self._states(units)
        wanted = self._query.unknown_pay
        if wanted == "only":
            return (unknown,)
        if self._query.has_pay_bound or units:
            return (match, unknown) if wanted == "include" else (match,)
        return (Everything(),) if wanted == "include" else (Not(unknown),)


def usd_rate_of(query: SearchQuery, day: date, usd_rate: UsdRate) -> float:
    """US dollars for one unit of the bounds' currency. Raises BadQuery where there is no rate."""
    if query.currency == "USD":
        return 1.0
    rate = usd_rate(query.currency, day)
    if rate is None:
        raise BadQuery("currency", f"there is no exchange rate for {query.currency}")
    return rate


# --- clauses, simplified ----------------------------------------------------------------------------------------


def _and(clauses: Iterable[Clause]) -> Clause:
    """All of them, flat, without what says nothing."""
    parts: list[Clause] = []
    for clause in clauses:
        parts.extend(clause.clauses if isinstance(clause, And) else [clause])
    parts = [part for part in parts if not isinstance(part, Everything)]
    return parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else Everything()


def _or(clauses: Sequence[Clause]) -> Clause:
    if any(isinstance(clause, Everything) for clause in clauses):
        return Everything()
    return clauses[0] if len(clauses) == 1 else Or(tuple(clauses))
