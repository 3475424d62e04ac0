"""A SearchQuery answered: compiled, asked of the engine, and filled with the gigs as the channel may see them."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from typing import NamedTuple, Protocol

from index import cursor
from index.compile import FACETS, Compiled, compile_query, usd_rate_of
from index.counted import CountCache
from index.document import cells, usd_units
from index.engine.base import And, Count, Counted, Engine, Hit, Not, Order, Term, TooLongError, Top
from index.geo import Cells, Ring, centre, distance_km
from index.gig import Gig, Place
from index.normalize import currency
from index.normalize.place import find_place
from index.query import BadQuery, SearchQuery, Sort
from index.terms import OPERATOR

END = 1_000
"""Results after which the orders `relevance` and `distance` end."""
KEYS: dict[str, Order] = {"newest": "key_newest", "pay": "key_pay", "hourly": "key_hourly"}
END_OF_PAY = 2**62
"""Above every pay, in the engine's unit of money."""
TIME_S = 5.0
"""After so long a question isn't followed up: at a million gigs the slowest that its bounds in size allow (64 words,
500 km, nearest first) takes about a second."""
WALK = 5_000
"""Gigs asked for at once by a walk over all of them: the top of a million takes a while however few they are."""
CELLS_AT_ONCE = 512
"""Cells of a circle whose gigs are counted in one step of the order by distance."""
CELL_VALUES = 60_000
"""Values that such a step may count: the cells of all places of the gigs in it."""


class Views(Protocol):
    """Where the gigs are kept; the store implements it."""

    def views(self, keys: Sequence[tuple[int, int]], channel: str) -> dict[tuple[int, int], Gig]:
        """(seq, view) -> the gig as the channel may see it now; left out where that is nothing."""


@dataclass(frozen=True)
class Facets:
    total: int
    facets: dict[str, dict[str, int]]
    """For each of compile.FACETS: value -> gigs, ignoring the facet's own filter, most frequent first."""
    pay_states: dict[str, int]
    """match, unknown, outside: see compile._Pay."""


@dataclass(frozen=True)
class Results(Facets):
    items: list[Gig]
    next: str | None
    """Cursor of the next page; None at the end."""
    order: Sort
    """The order of the items: what was asked for, where it can be had."""
    limited: bool
    """This order ends at END results, and there are more."""
    near: Place | None = None
    """What `near` was taken for."""
    distances: list[float] | None = None
    """Kilometres of each item's nearest place from `near`, to the centre of its cell."""


@dataclass(frozen=True)
class Near:
    """What `near` was taken for."""

    place: Place
    point: tuple[float, float]
    """Latitude and longitude, degrees."""


class _Languages(NamedTuple):
    """Those of an index of one generation."""

    generation: int
    names: list[str]


class _Cells(NamedTuple):
    """Those of an index of one generation."""

    generation: int
    names: list[str]
    cells: Cells


@dataclass(frozen=True)
class _Page:
    hits: list[Hit] = field(default_factory=list)
    next: tuple[int, ...] | None = None
    """Position of the next page."""


class _Deadline:
    """TIME_S from now."""

    def __init__(self) -> None:
        self._end = time.monotonic() + TIME_S

    def check(self) -> None:
        """Raises TooLongError when it has passed."""
        if time.monotonic() > self._end:
            raise TooLongError


class Search:
    """Answers queries; safe to use from several threads."""

    def __init__(
        self, engine: Engine, views: Views, secret: bytes, hidden: Callable[[], Collection[str]] = tuple
    ) -> None:
        """`secret` signs the cursors: the same for all processes that answer one client. `hidden`: boards of which only
        the operator may find anything just now."""
        self._engine = engine
        self._views = views
        self._secret = secret
        self._hidden = hidden
        self._languages = _Languages(-1, [])
        self._cells = _Cells(-1, [], Cells([]))
        self._counted = CountCache()

    def generation(self) -> int:
        """Changes whenever answers may change. Raises EngineError."""
        return self._engine.generation()

    def search(self, query: SearchQuery, channel: str, now: datetime) -> Results:
        """One page of what `query` finds on a channel (index.terms.CHANNELS or OPERATOR) at the aware moment `now`.

        Raises BadQuery naming the parameter that can't be used, and EngineError when the engine can't answer.
        """
        generation = self._engine.generation()
        near, rings, compiled = self._compile(query, channel, now, generation)
        facets = self._facets(compiled, generation)
        order = _order(query, compiled)
        # A cursor is read even where nothing is found: a forged one is an error everywhere.
        page = self._page(query, channel, compiled, rings) if facets.total or query.cursor else _Page()
        items = self._items(page, channel)
        distances = None
        if near is not None:
            # A gig that has lost its place since the engine's last commit isn't near any more.
            items = [item for item in items if cells(item.places)]
            distances = [_distance(near.point, item) for item in items]
        return Results(
            total=facets.total,
            facets=facets.facets,
            pay_states=facets.pay_states,
            items=items,
            next=None if page.next is None else cursor.encode(page.next, query, channel, self._secret),
            order=order,
            limited=order in ("relevance", "distance") and facets.total > END,
            near=None if near is None else near.place,
            distances=distances,
        )

    def facets(self, query: SearchQuery, channel: str, now: datetime) -> Facets:
        """The counts alone. Raises as `search` does."""
        generation = self._engine.generation()
        _, _, compiled = self._compile(query, channel, now, generation)
        return self._facets(compiled, generation)

    def first(self, query: SearchQuery, channel: str, now: datetime) -> list[Gig]:
        """The gigs of a page without the counts, which cost more than they do. Raises as `search` does."""
        _, rings, compiled = self._compile(query, channel, now, self._engine.generation())
        return self._items(self._page(query, channel, compiled, rings), channel)

    def walk(self, query: SearchQuery, channel: str, now: datetime) -> Iterator[list[tuple[int, int]]]:
        """(seq, view) of everything that `query` finds, in its order, some thousands at a time. A gig that doesn't
        change meanwhile is there exactly once. Raises as `search` does, and BadQuery for an order that ends early."""
        if query.sort in ("relevance", "distance"):
            message = f"{query.sort} ends after {END:,} gigs, and this is complete: use newest, pay or hourly"
            raise BadQuery("sort", message)
        _, _, compiled = self._compile(query, channel, now, self._engine.generation())
        order = KEYS[query.sort or "newest"]

        def parts() -> Iterator[list[tuple[int, int]]]:
            below: int | None = None
            while True:
                [hits] = self._engine.search([Top(compiled.where, order, WALK, below)])
                if not hits:
                    return
                yield [(hit.gig, hit.view) for hit in hits]
                below = hits[-1].key

        return parts()

    def keys(self, query: SearchQuery, channel: str, now: datetime) -> tuple[list[tuple[int, int]], str | None]:
        """(seq, view) of one page, and the cursor of the next. Raises as `search` does."""
        _, rings, compiled = self._compile(query, channel, now, self._engine.generation())
        page = self._page(query, channel, compiled, rings)
        following = None if page.next is None else cursor.encode(page.next, query, channel, self._secret)
        return [(hit.gig, hit.view) for hit in page.hits], following

    def totals(self, queries: Sequence[SearchQuery], channel: str, now: datetime) -> list[int]:
        """How many gigs each query finds. Raises as `search` does."""
        generation = self._engine.generation()
        parts = [self._compile(query, channel, now, generation)[2].parts for query in queries]
        answers = iter(self._count([Count(part) for its in parts for part in its], generation))
        return [sum(next(answers).total for _ in its) for its in parts]

    def pay_bands(
        self, query: SearchQuery, channel: str, now: datetime, bands: Sequence[tuple[float | None, float | None]]
    ) -> list[int]:
        """How many gigs `query` would find with each (pay_min, pay_max) in its currency, in one pass over them all.

        `query` itself has no such bound. Raises as `search` does.
        """
        generation = self._engine.generation()
        _, _, compiled = self._compile(query, channel, now, generation)
        rate = usd_rate_of(query, minute(now).date(), usd_rate)
        lows: list[int] = []
        for low, high in bands:
            lows += [
                0 if low is None else usd_units(low * rate),
                END_OF_PAY if high is None else usd_units(high * rate) + 1,
            ]
        [counted] = self._count([Count(compiled.match, "usd_top", lows=tuple(lows))], generation)
        above = [counted.values[str(low)] for low in lows]
        return [above[n] - above[n + 1] for n in range(0, len(above), 2)]

    def title_words(self, prefix: str, most: int) -> dict[str, int]:
        """The most frequent folded words of titles that start with `prefix`; see Engine.words."""
        return self._engine.words(prefix, most)

    # --- what is asked ---------------------------------------------------------------------------------------

    def _compile(
        self, query: SearchQuery, channel: str, now: datetime, generation: int
    ) -> tuple[Near | None, list[Ring], Compiled]:
        near: Near | None = None
        rings: list[Ring] = []
        circle: list[str] | None = None
        if query.near is not None:
            near = locate(query.near)
            rings = self._known_cells(generation).within(*near.point, query.radius_km)
            circle = [cell for ring in rings for cell in ring.cells]
        languages = self._known_languages(generation)
        hidden = () if channel == OPERATOR else sorted(self._hidden())
        return near, rings, compile_query(query, channel, minute(now), circle, languages, usd_rate, hidden)

    def _known_languages(self, generation: int) -> list[str]:
        known = self._languages
        if known.generation != generation:
            known = self._languages = _Languages(generation, self._engine.values("language"))
        return known.names

    def _known_cells(self, generation: int) -> Cells:
        """All cells that the index holds, which only questions for a circle need: there may be many. Their list changes
        far less often than the index."""
        known = self._cells
        if known.generation != generation:
            names = self._engine.values("cell")
            known = _Cells(generation, names, known.cells if names == known.names else Cells(names))
            self._cells = known
        return known.cells

    # --- counts ----------------------------------------------------------------------------------------------

    def _facets(self, compiled: Compiled, generation: int) -> Facets:
        """The counts of a question; they don't depend on the page, so the pages of a walk share them."""
        lows = tuple(compiled.since.values())
        asked = [
            Count(clause, facet, lows=lows if facet == "posted" else ())
            for facet in FACETS
            for clause in compiled.without[facet]
        ]
        # A clause's total comes with any count over it, so that these cost nothing where it is counted above.
        asked += [
            *map(Count, compiled.parts),
            Count(compiled.any_pay, None if compiled.pay_asked else "pay_state"),
        ]
        if compiled.pay_asked:
            asked += [Count(compiled.match), Count(compiled.unknown, "pay_status")]
        answers = iter(self._count(asked, generation))
        facets = {facet: _add([next(answers) for _ in compiled.without[facet]]) for facet in FACETS}
        facets["posted"] = {name: facets["posted"][str(low)] for name, low in compiled.since.items()}
        total = sum(next(answers).total for _ in compiled.parts)
        any_pay = next(answers)
        if compiled.pay_asked:
            match, unknown = next(answers).total, next(answers).total
        else:
            match, unknown = any_pay.values.get("known", 0), any_pay.values.get("unknown", 0)
        states = {"match": match, "unknown": unknown, "outside": any_pay.total - match - unknown}
        return Facets(total, facets, states)

    def _count(self, asked: Sequence[Count], generation: int) -> list[Counted]:
        """The counts, those asked before in this generation from memory."""
        known = self._counted.get(generation, asked)
        fresh = [count for count in dict.fromkeys(asked) if count not in known]
        if fresh:
            new = dict(zip(fresh, self._engine.count(fresh), strict=True))
            self._counted.put(generation, new)
            known |= new
        return [known[count] for count in asked]

    # --- pages -----------------------------------------------------------------------------------------------

    def _start(self, query: SearchQuery, channel: str, length: int) -> tuple[int, ...] | None:
        """The position that the cursor holds."""
        if query.cursor is None:
            return None
        return cursor.decode(query.cursor, length, query, channel, self._secret)

    def _page(self, query: SearchQuery, channel: str, compiled: Compiled, rings: list[Ring]) -> _Page:
        order = _order(query, compiled)
        if order == "relevance":
            return self._by_relevance(query, channel, compiled)
        if order == "distance":
            return self._by_distance(query, channel, compiled, rings)
        return self._by_key(query, channel, compiled, KEYS[order])

    def _items(self, page: _Page, channel: str) -> list[Gig]:
        keys = [(hit.gig, hit.view) for hit in page.hits]
        found = self._views.views(keys, channel)
        return [found[key] for key in keys if key in found]

    def _by_key(self, query: SearchQuery, channel: str, compiled: Compiled, key: Order) -> _Page:
        start = self._start(query, channel, 1)
        below = start[0] if start else None
        [hits] = self._engine.search([Top(compiled.where, key, query.limit + 1, below)])
        if len(hits) <= query.limit:
            return _Page(hits)
        return _Page(hits[: query.limit], (hits[query.limit - 1].key,))

    def _by_relevance(self, query: SearchQuery, channel: str, compiled: Compiled) -> _Page:
        """Level after level; inside one, the newest seq first."""
        first, below, shown = self._start(query, channel, 3) or (0, None, 0)
        walk = self._walk_levels(compiled, query.limit + 1, first, below)
        return _cut(walk, query.limit, shown)

    def _walk_levels(self, compiled: Compiled, limit: int, first: int, below: int | None) -> Iterator[tuple[int, Hit]]:
        """(level, hit) from level `first` on, best first; most pages need no further one."""
        in_time = _Deadline()
        for level, clause in list(enumerate(compiled.levels))[first:]:
            in_time.check()
            [hits] = self._engine.search([Top(clause, "gig", limit, below if level == first else None)])
            for hit in hits:
                yield level, hit

    def _by_distance(self, query: SearchQuery, channel: str, compiled: Compiled, rings: list[Ring]) -> _Page:
        """Ring after ring of cells; inside one, the newest seq first. A gig of several places is in the nearest."""
        first, below, shown = self._start(query, channel, 3) or (0, None, 0)
        walk = self._walk_rings(compiled, rings, query.limit + 1, first, below)
        return _cut(walk, query.limit, shown)

    def _walk_rings(
        self, compiled: Compiled, rings: list[Ring], limit: int, first: int, below: int | None
    ) -> Iterator[tuple[int, Hit]]:
        """(ring, hit) from ring `first` on, nearest first; in ring `first` only gigs below `below`."""
        nearer: tuple[str, ...] = ()
        in_time = _Deadline()
        for chunk in _chunks(rings):
            in_time.check()
            inside = And((compiled.anywhere, Term("cell", tuple(cell for ring in chunk for cell in ring.cells))))
            [counted] = self._engine.count([Count(inside, "cell", CELL_VALUES)])
            gigs = counted.values
            tops: list[tuple[int, Top]] = []
            waiting = 0
            for number, ring_cells in chunk:
                occupied = tuple(cell for cell in ring_cells if cell in gigs)
                if occupied and number >= first:
                    clause = And((compiled.anywhere, Term("cell", occupied), Not(Term("cell", nearer))))
                    tops.append((number, Top(clause, "gig", limit, below if number == first else None)))
                    waiting += sum(gigs[cell] for cell in occupied)
                nearer += occupied
                if waiting >= limit:
                    yield from self._ask_rings(tops)
                    tops, waiting = [], 0
            yield from self._ask_rings(tops)

    def _ask_rings(self, tops: Sequence[tuple[int, Top]]) -> Iterator[tuple[int, Hit]]:
        answers = self._engine.search([top for _, top in tops]) if tops else []
        for (number, _), hits in zip(tops, answers, strict=True):
            for hit in hits:
                yield number, hit


def _add(parts: Sequence[Counted]) -> dict[str, int]:
    """The values of disjoint clauses together, most frequent first."""
    if len(parts) == 1:
        return parts[0].values
    together: Counter[str] = Counter()
    for part in parts:
        together.update(part.values)
    return dict(sorted(together.items(), key=lambda pair: (-pair[1], pair[0])))


def _order(query: SearchQuery, compiled: Compiled) -> Sort:
    """Relevance needs words to be relevant to."""
    return query.order if query.order != "relevance" or compiled.levels else "newest"


def _cut(walk: Iterable[tuple[int, Hit]], limit: int, shown: int) -> _Page:
    """The next `limit` of a walk of (level or ring, hit), ending at END results of which `shown` were on pages before.

    A position is (level or ring, seq, shown).
    """
    limit = min(limit, END - shown)
    found = list(islice(walk, limit + 1))
    hits = [hit for _, hit in found[:limit]]
    shown += len(hits)
    if len(found) <= limit or shown >= END:
        return _Page(hits)
    last, hit = found[limit - 1]
    return _Page(hits, (last, hit.key, shown))


def _chunks(rings: Sequence[Ring]) -> Iterator[list[Ring]]:
    """Runs of whole rings of at least CELLS_AT_ONCE cells each, save the last."""
    chunk: list[Ring] = []
    size = 0
    for ring in rings:
        chunk.append(ring)
        size += len(ring.cells)
        if size >= CELLS_AT_ONCE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def minute(now: datetime) -> datetime:
    """Ages count from the full minute, so that queries of one minute share their counts."""
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def usd_rate(code: str, day: date) -> float | None:
    """US dollars for one unit of the currency at the day's reference rate; None where there is none."""
    rate = currency.usd_rate(code, day)
    return None if rate is None else rate.usd


def locate(near: str) -> Near:
    """What `near` means: "lat,lon" in degrees, or a place's name. Raises BadQuery."""
    lat_text, _, lon_text = near.partition(",")
    try:
        lat, lon = float(lat_text), float(lon_text)
    except ValueError:
        place = find_place(near)
        if place is None or place.lat is None or place.lon is None:
            raise BadQuery(
                "near", f"no one place is known as {near.strip()[:60]!r}; add its country, or give it as lat,lon"
            ) from None
        return Near(place, (place.lat, place.lon))
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise BadQuery("near", "latitude is within -90..90 and longitude within -180..180")
    return Near(Place(text=near.strip(), lat=lat, lon=lon), (lat, lon))


def _distance(point: tuple[float, float], gig: Gig) -> float:
    """Kilometres from a point to the nearest of the gig's cells, of which there is at least one."""
    return min(distance_km(*point, *centre(cell)) for cell in cells(gig.places))
