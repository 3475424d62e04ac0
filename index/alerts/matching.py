"""Which saved searches each change of a gig is news for. Follows the revisions, as the engine does (index/follow.py).

The changed gigs are held in memory, twice: as they are, and as they were matched last. They are asked what every saved
search asks (index/alerts/questions.py). What fits now and did not before is news. So a gig tells itself when it is new,
pays more or is open again, and a new exchange rate, which changes no gig, tells nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from index.alerts import digest
from index.alerts.questions import Asked, Questions
from index.alerts.saved import CHANNELS
from index.document import document
from index.engine.base import Document
from index.gig import Gig
from index.store import gigs
from index.store.gigs import MATCHED, StoredGig, View
from index.store.postings import chunks
from index.store.schema import alerts, matched_views, meta, saved_searches
from index.store.store import Store
from index.terms import OPERATOR

BATCH = 500
"""Gigs that are matched together."""
MERGED = "merged"
"""Stands in the ledger for the message of what its gig's heir tells."""
FEED = "feed"
"""Stands there for what needs no message: who has a feed fetches it."""


class _News(NamedTuple):
    """A gig that fits a search now and did not before."""

    search: str
    gig: int
    revision: int
    rest_of: frozenset[int]
    """Gigs that had postings of this one until now."""
    fitted: bool
    """One of them did fit."""


class Matcher:
    """Matches the saved searches of one store with what changes in it."""

    def __init__(self, store: Store, private: bool, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`private`: only the operator is told anything, who sees everything."""
        self.store = store
        self.private = private
        self.clock = clock
        self._questions = Questions()
        self._version = -1
        self._searches: dict[Asked, list[str]] = {}
        """Question -> ids of the searches that ask it."""

    def step(self) -> int:
        """Match the next changes, and write what is news for whom. Returns how many gigs had changed.

        Several processes may do this at once, and any may be killed anywhere: what was matched and the position are
        one transaction, which only the first one commits.
        """
        now = self.clock()
        with self.store.database.reading() as connection:
            cursor = connection.execute(sa.select(meta.c.value).where(meta.c.key == MATCHED)).scalar()
            changed = [] if cursor is None else _changed_after(connection, int(cursor))
            if cursor is None or not changed:
                return 0
            after = gigs.load_views(connection, (gig.seq for gig in changed if gig.moved_to is None))
            before = _seen(connection, [gig.seq for gig in changed])
            self._follow_searches(connection)
        news = self._news(changed, before, after, now)
        with self.store.database.writing() as connection:
            moved = sa.update(meta).where(meta.c.key == MATCHED, meta.c.value == cursor)
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
        found: dict[Asked, list[str]] = {}
        columns = (saved_searches.c.id, saved_searches.c.kind, saved_searches.c.query)
        for row in connection.execute(sa.select(*columns).where(saved_searches.c.state == "active")):
            channel = OPERATOR if self.private else CHANNELS[row.kind]
            found.setdefault(Asked(channel, row.query), []).append(row.id)
        self._questions.keep(found)
        self._searches, self._version = found, version

    def _news(
        self,
        changed: Sequence[StoredGig],
        before: Mapping[int, list[View]],
        after: Mapping[int, list[View]],
        now: datetime,
    ) -> list[_News]:
        """What fits now and did not before."""
        if not self._searches:
            return []
        revisions = {gig.seq: gig.revision for gig in changed}
        heirs = {gig.seq: gig.moved_to for gig in changed if gig.moved_to is not None}
        parted = _parted(before, after)
        documents: list[Document] = []
        whose: list[tuple[int, bool]] = []
        """Of each document: the gig, and whether it is as the gig is now."""
        for views_of_gig, is_now in ((before, False), (after, True)):
            for seq, its in views_of_gig.items():
                for number, view in enumerate(its):
                    documents.append(document(view.gig.model_copy(update={"seq": seq}), number, view.channels))
                    whose.append((seq, is_now))
        news: list[_News] = []
        for asked, hits in self._questions.match(documents, self._searches, now).items():
            fitted = {whose[hit][0] for hit in hits if not whose[hit][1]}
            fits = {whose[hit][0] for hit in hits if whose[hit][1]} - {heirs.get(seq, seq) for seq in fitted}
            for gig in fits:
                rest_of = parted.get(gig, frozenset())
                half = not rest_of.isdisjoint(fitted)
                news += [_News(saved, gig, revisions[gig], rest_of, half) for saved in self._searches[asked]]
        return news

    def _tell(self, connection: sa.Connection, news: Sequence[_News], now: datetime) -> set[str]:
        """Write the ledger, in which each gig stands once a search. Returns the searches that have news."""
        by_search: dict[str, list[_News]] = {}
        for one in _not_told_in_part(connection, news):
            by_search.setdefault(one.search, []).append(one)
        rows: list[dict[str, Any]] = []
        for chunk in chunks(by_search):
            # Whoever paused, changed or deleted a search meanwhile is not told this; who does so now waits for us.
            query = sa.select(saved_searches.c.id, saved_searches.c.kind, saved_searches.c.since).where(
                saved_searches.c.id.in_(chunk), saved_searches.c.state == "active"
            )
            for saved, kind, since in connection.execute(query.with_for_update()):
                told = FEED if kind == "feed" else None
                its = [one.gig for one in by_search[saved] if one.revision > since]
                rows += [{"search": saved, "gig": gig, "found_at": now, "outbox": told} for gig in its]
        self.store.database.insert_new(connection, alerts, rows)
        return {row["search"] for row in rows}


def _changed_after(connection: sa.Connection, revision: int) -> list[StoredGig]:
    """The next changes. No batch ends inside of what was written together: a gig that was merged into another one, or
    parted from it, is matched along with it."""
    changed = gigs.changed_after(connection, revision, BATCH)
    return changed + gigs.written_with(connection, changed[-1]) if len(changed) == BATCH else changed


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
    """Gigs are what was matched now, and kept as that only where they have changed again meanwhile."""
    for chunk in chunks(gig.seq for gig in changed):
        connection.execute(sa.delete(matched_views).where(matched_views.c.gig.in_(chunk)))
    now = gigs.load(connection, (gig.seq for gig in changed))
    rows = [
        {
            "gig": gig.seq,
            "view": number,
            "channels": " ".join(view.channels),
            "content": view.gig.model_dump_json(exclude_none=True),
        }
        for gig in changed
        if now[gig.seq].revision != gig.revision
        for number, view in enumerate(after.get(gig.seq, ()))
    ]
    if rows:
        connection.execute(sa.insert(matched_views), rows)


def _parted(before: Mapping[int, list[View]], after: Mapping[int, list[View]]) -> dict[int, frozenset[int]]:
    """Gig -> those that had one of its postings before, where these still are gigs of their own."""
    holder = {(one.board, one.external_id): seq for seq, its in after.items() for v in its for one in v.gig.sources}
    found: dict[int, set[int]] = {}
    for seq in before.keys() & after.keys():
        for view in before[seq]:
            for source in view.gig.sources:
                gig = holder.get((source.board, source.external_id), seq)
                if gig != seq:
                    found.setdefault(gig, set()).add(seq)
    return {gig: frozenset(seqs) for gig, seqs in found.items()}


def _not_told_in_part(connection: sa.Connection, news: Sequence[_News]) -> list[_News]:
    """Without what was told already as a part of another gig, or stood there to be found; what waits to be told so is
    told as a gig of its own, too."""
    ledger: dict[tuple[str, int], str | None] = {}
    for chunk in chunks({seq for one in news for seq in one.rest_of}):
        for row in connection.execute(sa.select(alerts).where(alerts.c.gig.in_(chunk))):
            ledger[row.search, row.gig] = row.outbox
    left = []
    for one in news:
        told = [ledger[one.search, seq] for seq in one.rest_of if (one.search, seq) in ledger]
        if (None in told) if told else not one.fitted:
            left.append(one)
    return left


def _inherit(connection: sa.Connection, gig: int, heir: int) -> None:
    """What was told of a gig was told of the one that it was merged into."""
    told = alerts.alias()
    has = sa.exists().where(told.c.search == alerts.c.search, told.c.gig == heir)
    columns = (alerts.c.search, sa.literal(heir), alerts.c.found_at, alerts.c.outbox)
    inherited = sa.select(*columns).where(alerts.c.gig == gig, ~has)
    connection.execute(sa.insert(alerts).from_select(["search", "gig", "found_at", "outbox"], inherited))
    waiting = sa.update(alerts).where(alerts.c.gig == gig, alerts.c.outbox.is_(None))
    connection.execute(waiting.values(outbox=MERGED))
