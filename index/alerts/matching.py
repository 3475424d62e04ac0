"""Which saved searches each change of a gig is news for. Follows the revisions, as the engine does (index/follow.py).

The changed gigs become a small index in memory, twice: as they are, and as matching saw them last. It is asked what
every saved search asks, by the same compiled clauses as search itself, whatever the engine. What fits now and did not
before is news. So a gig tells itself when it is new, pays more or is open again, and a new exchange rate, which
changes no gig, tells nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from tantivy import Query

from index import search
from index.alerts import digest
from index.alerts.saved import CHANNELS, CURSOR
from index.compile import compile_where
from index.document import document
from index.engine.base import Document, Range, Term
from index.engine.embedded import Batch
from index.geo import Cells
from index.gig import Gig
from index.query import BadQuery, SearchQuery
from index.store import gigs
from index.store.gigs import StoredGig, View
from index.store.postings import chunks
from index.store.schema import alerts, matched_views, meta, saved_searches
from index.store.store import Store
from index.terms import OPERATOR

BATCH = 500
"""Gigs that are matched together."""
MERGED = "merged"
"""Stands in the ledger for the message of what its gig's heir tells."""


class Asked(NamedTuple):
    """What several saved searches ask alike."""

    channel: str
    query: str
    """index.alerts.saved.query_json"""


class _Prepared(NamedTuple):
    """A question, with what depends on the batch left out."""

    question: Query
    circle: tuple[float, float, float] | None
    """Latitude and longitude in degrees, kilometres."""
    query: SearchQuery
    day: date | None
    """Of the exchange rate in it; None where it has none."""


@dataclass
class Questions:
    """What saved searches ask, each compiled once and kept from batch to batch."""

    languages: frozenset[str] = frozenset()
    """All that gigs were met in: stems carry their language, so that one too many finds nothing more."""
    _prepared: dict[Asked, _Prepared | None] = field(default_factory=dict)

    def keep(self, asked: Iterable[Asked]) -> None:
        """Forget what nobody asks any more."""
        for gone in self._prepared.keys() - set(asked):
            del self._prepared[gone]

    def match(self, documents: Sequence[Document], asked: Iterable[Asked], now: datetime) -> dict[Asked, list[int]]:
        """Positions of the documents that each question finds at the moment `now`; without questions that find none."""
        if not documents:
            return {}
        now = now.astimezone(UTC).replace(second=0, microsecond=0)  # as index.search counts ages
        languages = self.languages.union(*(one.keywords["language"] for one in documents))
        if languages != self.languages:
            self.languages = languages
            self._prepared.clear()
        batch = Batch(documents)
        cells = Cells({cell for one in documents for cell in one.keywords["cell"]})
        circles: dict[tuple[float, float, float], Query | None] = {}
        ages: dict[str, Query] = {}
        found: dict[Asked, list[int]] = {}
        for one in asked:
            prepared = self._prepare(one, now)
            if prepared is None:
                continue
            questions = [prepared.question]
            if prepared.circle is not None:
                if prepared.circle not in circles:
                    inside = tuple(cell for ring in cells.within(*prepared.circle) for cell in ring.cells)
                    circles[prepared.circle] = Batch.prepare(Term("cell", inside)) if inside else None
                circle = circles[prepared.circle]
                if circle is None:
                    continue
                questions.append(circle)
            age, name = prepared.query.within, prepared.query.posted_within
            if age is not None and name is not None:
                if name not in ages:
                    ages[name] = Batch.prepare(Range("posted", low=int((now - age).timestamp())))
                questions.append(ages[name])
            if hits := batch.find(Batch.all_of(questions)):
                found[one] = hits
        return found

    def _prepare(self, asked: Asked, now: datetime) -> _Prepared | None:
        """None for a question that can't be asked any more, such as one in a currency without a rate."""
        known = self._prepared.get(asked, ...)
        if known is None or (known is not ... and known.day in (None, now.date())):
            return known
        query = SearchQuery.model_validate_json(asked.query) if known is ... else known.query
        ageless = query.model_copy(update={"posted_within": None})
        prepared: _Prepared | None = None
        try:
            where = compile_where(ageless, asked.channel, now, None, self.languages, search.usd_rate)
            circle = None if query.near is None else (*search.locate(query.near).point, query.radius_km)
        except BadQuery:
            pass
        else:
            day = None if query.currency == "USD" else now.date()
            prepared = _Prepared(Batch.prepare(where), circle, query, day)
        self._prepared[asked] = prepared
        return prepared


class Matcher:
    """Matches the saved searches of one store with what changes in it."""

    def __init__(self, store: Store, private: bool, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`private`: only the operator is told anything, who sees everything."""
        self.store = store
        self.private = private
        self.clock = clock
        self._questions = Questions()
        self._version = -1
        self._searches: dict[Asked, list[tuple[str, int]]] = {}
        """Question -> (id, revision after which gigs are news) of the searches that ask it."""

    def step(self) -> int:
        """Match the next changes, and write what is news for whom. Returns how many gigs had changed.

        Several processes may do this at once, and any may be killed anywhere: what was matched and the position are
        one transaction, which only the first one commits.
        """
        now = self.clock()
        with self.store.database.reading() as connection:
            cursor = connection.execute(sa.select(meta.c.value).where(meta.c.key == CURSOR)).scalar()
            changed = [] if cursor is None else _changed_after(connection, int(cursor))
            if cursor is None or not changed:
                return 0
            after = gigs.load_views(connection, (gig.seq for gig in changed if gig.moved_to is None))
            before = _seen(connection, [gig.seq for gig in changed])
            self._follow_searches(connection)
        news = self._news(changed, before, after, now)
        with self.store.database.writing() as connection:
            moved = sa.update(meta).where(meta.c.key == CURSOR, meta.c.value == cursor)
            if connection.execute(moved.values(value=str(changed[-1].revision))).rowcount != 1:
                return 0
            for gig in changed:
                if gig.moved_to is not None:
                    _inherit(connection, gig.seq, gig.moved_to)
            told = self._tell(connection, news, now)
            _remember(connection, changed, after)
            digest.compose(connection, now, told)
        return len(changed)

    def _follow_searches(self, connection: sa.Connection) -> None:
        """Read the saved searches again when one of them has changed."""
        version = gigs.peek(connection, "saved_searches")
        if version == self._version:
            return
        found: dict[Asked, list[tuple[str, int]]] = {}
        columns = (saved_searches.c.id, saved_searches.c.kind, saved_searches.c.query, saved_searches.c.since)
        for row in connection.execute(sa.select(*columns).where(saved_searches.c.state == "active")):
            channel = OPERATOR if self.private else CHANNELS[row.kind]
            found.setdefault(Asked(channel, row.query), []).append((row.id, row.since))
        self._questions.keep(found)
        self._searches, self._version = found, version

    def _news(
        self,
        changed: Sequence[StoredGig],
        before: Mapping[int, list[View]],
        after: Mapping[int, list[View]],
        now: datetime,
    ) -> list[tuple[str, int]]:
        """(search, gig) of what fits now and did not before."""
        if not self._searches:
            return []
        revisions = {gig.seq: gig.revision for gig in changed}
        heirs = {gig.seq: gig.moved_to for gig in changed if gig.moved_to is not None}
        documents: list[Document] = []
        whose: list[tuple[int, bool]] = []
        """Of each document: the gig, and whether it is as the gig is now."""
        for views_of_gig, is_now in ((before, False), (after, True)):
            for seq, its in views_of_gig.items():
                for number, view in enumerate(its):
                    documents.append(document(view.gig.model_copy(update={"seq": seq}), number, view.channels))
                    whose.append((heirs.get(seq, seq), is_now))
        news: list[tuple[str, int]] = []
        for asked, hits in self._questions.match(documents, self._searches, now).items():
            fits = {whose[hit][0] for hit in hits if whose[hit][1]}
            fits -= {whose[hit][0] for hit in hits if not whose[hit][1]}
            news += [(saved, gig) for saved, since in self._searches[asked] for gig in fits if revisions[gig] > since]
        return news

    def _tell(self, connection: sa.Connection, news: Sequence[tuple[str, int]], now: datetime) -> set[str]:
        """Write the ledger, in which each gig stands once a search. Returns the searches that have news."""
        by_search: dict[str, list[int]] = {}
        for saved, gig in news:
            by_search.setdefault(saved, []).append(gig)
        rows: list[dict[str, Any]] = []
        for chunk in chunks(by_search):
            # Whoever paused or deleted a search meanwhile is told no more.
            active = sa.select(saved_searches.c.id).where(
                saved_searches.c.id.in_(chunk), saved_searches.c.state == "active"
            )
            for saved in connection.execute(active).scalars():
                rows += [{"search": saved, "gig": gig, "found_at": now, "outbox": None} for gig in by_search[saved]]
        self.store.database.insert_new(connection, alerts, rows)
        return {row["search"] for row in rows}


def _changed_after(connection: sa.Connection, revision: int) -> list[StoredGig]:
    """The next changes. A gig comes before those that were merged into it: no batch ends between them."""
    changed = gigs.changed_after(connection, revision, BATCH)
    while changed:
        rest = gigs.changed_after(connection, changed[-1].revision, 10)
        merged = next((n for n, gig in enumerate(rest) if gig.moved_to is None), len(rest))
        changed += rest[:merged]
        if merged < 10:
            break
    return changed


def _seen(connection: sa.Connection, seqs: Iterable[int]) -> dict[int, list[View]]:
    """Gigs as they were when they were matched last."""
    found: dict[int, list[View]] = {}
    for chunk in chunks(seqs):
        query = sa.select(matched_views).where(matched_views.c.gig.in_(chunk)).order_by(matched_views.c.view)
        for row in connection.execute(query):
            view = View(tuple(row.channels.split()), Gig.model_validate_json(row.content))
            found.setdefault(row.gig, []).append(view)
    return found


def _remember(connection: sa.Connection, changed: Sequence[StoredGig], after: Mapping[int, list[View]]) -> None:
    """Keep the gigs as they were matched now, for the next change; not as they may have become meanwhile."""
    for chunk in chunks(gig.seq for gig in changed):
        connection.execute(sa.delete(matched_views).where(matched_views.c.gig.in_(chunk)))
    rows = [
        {
            "gig": seq,
            "view": number,
            "channels": " ".join(view.channels),
            "content": view.gig.model_dump_json(exclude_none=True),
        }
        for seq, its in after.items()
        for number, view in enumerate(its)
    ]
    if rows:
        connection.execute(sa.insert(matched_views), rows)


def _inherit(connection: sa.Connection, gig: int, heir: int) -> None:
    """What was told of a gig was told of the one that it was merged into."""
    told = alerts.alias()
    has = sa.exists().where(told.c.search == alerts.c.search, told.c.gig == heir)
    columns = (alerts.c.search, sa.literal(heir), alerts.c.found_at, alerts.c.outbox)
    inherited = sa.select(*columns).where(alerts.c.gig == gig, ~has)
    connection.execute(sa.insert(alerts).from_select(["search", "gig", "found_at", "outbox"], inherited))
    waiting = sa.update(alerts).where(alerts.c.gig == gig, alerts.c.outbox.is_(None))
    connection.execute(waiting.values(outbox=MERGED))
