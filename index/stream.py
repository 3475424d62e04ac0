"""The change stream: a snapshot of what a channel sees, and after it every change, by revision.

A snapshot and the changes after it give the next snapshot, for every filter: a gig that changed comes whole when it
fits, and as a tombstone when it doesn't (any more). `last_seen` is in neither, so that crawling alone changes nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel, Field

from index import cursor
from index.engine.base import Engine
from index.follow import Follower
from index.gig import SCHEMA_VERSION, ClosedReason, Gig
from index.match import Matcher
from index.query import BadQuery, SearchQuery
from index.store import gigs, stream
from index.store.boards import standings
from index.store.store import Store
from index.store.stream import Row
from index.terms import OPERATOR

KEPT = timedelta(days=90)
"""A reader that lags behind by more has to take a new snapshot."""
PAGE = 200
"""Revisions that one page of changes covers."""
EPOCH = "stream:epoch"
"""The small fact that every restore from a backup makes anew: later revisions are others than those that readers have
seen under these numbers."""
RESYNC = "take a new snapshot from /snapshot and go on with its cursor (docs/feeds.md, Starting again)"

Reason = Literal[ClosedReason, "merged", "not_permitted", "no_match"]


class Owner(BaseModel):
    """A board whose gigs may be in a feed."""

    id: str = Field(description="board id")
    name: str = Field(description="its name")
    homepage: str = Field(description="its address")
    attribution: str = Field(description="the line that its owner wants to be shown, with a link back")


class Change(BaseModel):
    """A gig that changed: as it is now, or a tombstone."""

    id: str = Field(description="id of the gig")
    seq: int = Field(description="its number")
    revision: int = Field(description="of this change")
    removed: bool = Field(description="it is to be deleted: it is over, merged, hidden, or doesn't fit the filters")
    gig: Gig | None = Field(None, description="the gig as it is now; not in a tombstone")
    removed_at: datetime | None = Field(None, description="ISO 8601, UTC: when it changed; in tombstones")
    reason: Reason | None = Field(
        None,
        description="why it is to be deleted: the gig's `closed_reason`; `merged` (into `moved_to`); `removed`; "
        "`not_permitted` any more here; `no_match` with the filters",
    )
    moved_to: str | None = Field(None, description="id of the gig that it was merged into")
    category: str | None = Field(None, description="its category when feeds saw it last; in tombstones")
    mode: str | None = Field(None, description="its work mode when feeds saw it last; in tombstones")
    countries: list[str] | None = Field(None, description="its countries when feeds saw it last; in tombstones")


class ChangePage(BaseModel):
    """One page of changes."""

    schema_version: int = Field(SCHEMA_VERSION, description="of the gigs' JSON")
    items: list[Change] = Field(description="changes in their order; of a gig that changed twice only the last")
    next: str = Field(description="`after` of the next page: keep it once you have kept the items")
    more: bool = Field(description="there are more changes already: ask again at once")


class GoneError(Exception):
    """Changes after this cursor are no longer kept; the message says what to do."""


@dataclass(frozen=True)
class Changes:
    """A page of changes, as JSON."""

    body: bytes
    empty: bool
    """Nothing has changed since, not even what the reader doesn't see."""


class Stream:
    """Reads one store for readers outside. Safe to use from several threads."""

    def __init__(self, store: Store, engine: Engine | None = None) -> None:
        """`engine`: the search index that feeds are made with."""
        self.store = store
        self._engine = engine
        self._secret = store.secret()
        self._epoch = int(store.get(EPOCH) or 0)

    def last_change(self) -> tuple[int, datetime | None]:
        """The newest revision, and when it was."""
        with self.store.database.reading() as connection:
            return stream.last_change(connection)

    def position(self) -> int:
        """The revision that the search index has followed to."""
        return 0 if self._engine is None else Follower(self.store, self._engine).position()

    def index_name(self) -> str | None:
        """Identity of the search index: another one after a rebuild."""
        return None if self._engine is None else self._engine.name

    def hidden(self, channel: str) -> list[str]:
        """Boards of which the channel sees nothing just now, though no gig has changed."""
        return [] if channel == OPERATOR else sorted(self.store.hidden())

    def owners(self, channel: str, now: datetime) -> list[Owner]:
        """Whose gigs the channel may hold, by id."""
        with self.store.database.reading() as connection:
            return _owners(connection, channel, now)

    def snapshot(self, query: SearchQuery, channel: str, now: datetime) -> Iterator[str]:
        """The lines of a snapshot: a head with the cursor to go on from, the gigs by seq, and an end with their number,
        without which it was cut off. All of one transaction, which lasts as long as the iterator.

        Raises BadQuery at once for what has no meaning here.
        """
        steady(query)
        return self._snapshot(query, channel, now, Matcher(query, channel, now))

    def _snapshot(self, query: SearchQuery, channel: str, now: datetime, matcher: Matcher) -> Iterator[str]:
        with self.store.database.snapshot() as connection:
            revision = gigs.newest_revision(connection)
            head = {
                "schema_version": SCHEMA_VERSION,
                "revision": revision,
                "cursor": self._encode(revision, query, channel),
                "boards": [owner.model_dump() for owner in _owners(connection, channel, now)],
                "query": query.model_dump(exclude_defaults=True),
            }
            yield json.dumps({"snapshot": head}, ensure_ascii=False, separators=(",", ":"))
            count = 0
            for row in stream.walk(connection, channel):
                if matcher.matches(row.gig) and not self._is_hidden(row, channel):
                    count += 1
                    yield row.json
            yield json.dumps({"end": {"gigs": count}}, separators=(",", ":"))

    def changes(self, after: str, query: SearchQuery, channel: str, now: datetime) -> Changes:
        """The page of changes after a cursor. Raises BadQuery, and GoneError for a cursor that is too old."""
        steady(query)
        revision = self._decode(after, query, channel)
        matcher = Matcher(query, channel, now)
        with self.store.database.reading() as connection:
            if revision > gigs.newest_revision(connection):
                raise GoneError(f"this cursor is from a state of this instance that was given up; {RESYNC}")
            rows = stream.changed_after(connection, revision, channel, PAGE + 1)
            moved = _targets(connection, rows)
        if rows and rows[0].changed_at is not None and rows[0].changed_at < now - KEPT:
            raise GoneError(f"this cursor is older than {KEPT.days} days; {RESYNC}")
        page = rows[:PAGE]
        items = [item for row in page if (item := self._item(row, channel, matcher, moved))]
        following = self._encode(page[-1].revision, query, channel) if page else after
        end = json.dumps({"next": following, "more": len(rows) > PAGE}, separators=(",", ":"))
        body = f'{{"schema_version":{SCHEMA_VERSION},"items":[{",".join(items)}],{end[1:]}'
        return Changes(body.encode(), not page)

    def _item(self, row: Row, channel: str, matcher: Matcher, moved: dict[int, str]) -> str | None:
        """JSON of a Change; None for what the channel has never seen."""
        known = {"id": row.id, "seq": row.seq, "revision": row.revision}
        hidden = row.content is not None and self._is_hidden(row, channel)
        fits = row.content is not None and not hidden and matcher.matches(row.gig)
        if fits:
            return f'{json.dumps(known | {"removed": False}, separators=(",", ":"))[:-1]},"gig":{row.json}}}'
        if row.content is None and row.filter_keys is None and channel != OPERATOR:
            return None
        its: dict[str, Any] = known | {"removed": True, "reason": "not_permitted" if hidden else _reason(row)}
        if row.changed_at is not None:
            its["removed_at"] = row.changed_at.isoformat()
        if row.moved_to is not None:
            its["moved_to"] = moved[row.moved_to]
        its |= json.loads(row.filter_keys or "{}")
        return json.dumps(its, ensure_ascii=False, separators=(",", ":"))

    def _is_hidden(self, row: Row, channel: str) -> bool:
        hidden = frozenset() if channel == OPERATOR else self.store.hidden()
        return bool(hidden) and not hidden.isdisjoint(source.board for source in row.gig.sources)

    # --- cursors ---

    def _encode(self, revision: int, query: SearchQuery, channel: str) -> str:
        return cursor.encode((revision, self._epoch), query, f"changes:{channel}", self._secret)

    def _decode(self, after: str, query: SearchQuery, channel: str) -> int:
        try:
            revision, epoch = cursor.decode(after, 2, query, f"changes:{channel}", self._secret)
        except BadQuery:
            message = "is no cursor of this stream with these filters; take one from /snapshot with the same filters"
            raise BadQuery("after", message) from None
        if epoch != self._epoch:
            raise GoneError(f"this cursor is from before this instance was restored from a backup; {RESYNC}")
        return revision


def steady(query: SearchQuery) -> None:
    """Raises BadQuery for what would make a gig fit or not without changing, or would cut the stream short."""
    for name in ("limit", "cursor", "sort"):
        if name in query.model_fields_set:
            raise BadQuery(name, "has no meaning here: a snapshot and its changes are complete, and in one order")
    if query.posted_within is not None:
        raise BadQuery("posted_within", "gigs age without changing, so the stream can't follow it; use `posted_at`")
    if query.currency != "USD" and (query.has_pay_bound or query.minimum_payout_max is not None):
        raise BadQuery("currency", "bounds are in USD here: exchange rates change without any gig changing")


def _owners(connection: sa.Connection, channel: str, now: datetime) -> list[Owner]:
    return [
        Owner(id=board, name=its.info.name, homepage=its.info.homepage, attribution=its.info.terms.attribution)
        for board, its in standings(connection, now).items()
        if its.enabled and (channel == OPERATOR or its.level(channel) != "none")
    ]


def _targets(connection: sa.Connection, rows: list[Row]) -> dict[int, str]:
    """Ids of the gigs that others were merged into, at the end of the chain."""
    found: dict[int, str] = {}
    for first in {row.moved_to for row in rows if row.moved_to is not None}:
        target = gigs.load(connection, [first])[first]
        while target.moved_to is not None:
            target = gigs.load(connection, [target.moved_to])[target.moved_to]
        found[first] = target.id
    return found


def _reason(row: Row) -> Reason:
    if row.moved_to is not None:
        return "merged"
    if row.content is None:
        return "not_permitted" if row.status == "open" else "removed"
    return row.gig.closed_reason or ("no_match" if row.status == "open" else "removed")
