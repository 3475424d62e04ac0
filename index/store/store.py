"""The store as readers use it. Writers of gigs go through index/ingest.py."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from index.gig import Gig
from index.settings import Settings
from index.store import boards, gigs, postings
from index.store.boards import BoardState
from index.store.db import Database
from index.store.migrate import migrate
from index.store.schema import gigs as gigs_table
from index.store.schema import meta, views
from index.terms import OPERATOR, BoardInfo

HIDDEN_S = 30.0
"""How long it is remembered which boards are hidden."""


@dataclass(frozen=True, slots=True)
class Found:
    """A gig that was asked for by id."""

    gig: Gig | None
    """None where this channel may not see it."""
    moved_to: str | None
    """Id of the gig it was merged into."""
    closed: bool


class Store:
    """One database of gigs, migrated to this version's schema."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._hidden: frozenset[str] = frozenset()
        self._hidden_at = -HIDDEN_S
        migrate(database, "store")

    @classmethod
    def open(cls, settings: Settings) -> "Store":
        """Of these settings: `gigdex.db` in the data folder, or GIGDEX_DATABASE_URL. Raises StoreError."""
        if settings.database_url:
            return cls(Database(settings.database_url, settings.database_connections))
        return cls(Database.file(settings.data / "gigdex.db"))

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def regrouping(self) -> Iterator[sa.Connection]:
        """A writing transaction that no other writer of gigs comes between, from its first reading to its end. Such
        writers take the next number of the counter `regrouping`, whose row's lock lets in one at a time; what anybody
        has computed from an earlier number, they throw away."""
        with self.database.writing() as connection:
            gigs.take(connection, "regrouping", 1)
            yield connection

    # --- gigs ---

    def views(self, keys: Sequence[tuple[int, int]], channel: str) -> dict[tuple[int, int], Gig]:
        """Gigs by (seq, view number), as the channel may see them now: an index that is behind may know its view by a
        number that is another channel's by now. Left out is what it may not see at all."""
        if not keys:
            return {}
        with self.database.reading() as connection:
            return self._views(connection, keys, channel)

    def _views(
        self, connection: sa.Connection, keys: Sequence[tuple[int, int]], channel: str
    ) -> dict[tuple[int, int], Gig]:
        seqs = dict(keys)
        seen = postings.last_seen(connection, seqs)
        found: dict[tuple[int, int], Gig] = {}
        for chunk in postings.chunks(seqs):
            rows = connection.execute(
                sa.select(views, gigs_table.c.revision)
                .join(gigs_table, gigs_table.c.seq == views.c.gig)
                .where(views.c.gig.in_(chunk))
            )
            for row in rows:
                if channel in row.channels.split():
                    found[row.gig, seqs[row.gig]] = _complete(row, seen)
        return found

    def find(self, gig_id: str, channel: str) -> Found | None:
        """A gig by id, as the channel may see it; None when there never was one."""
        hidden = frozenset() if channel == OPERATOR else self.hidden()
        with self.database.reading() as connection:
            gig = gigs.load_by_id(connection, [gig_id]).get(gig_id)
            if gig is None:
                return None
            if gig.moved_to is not None:
                target: gigs.StoredGig = gig
                while target.moved_to is not None:
                    target = gigs.load(connection, [target.moved_to])[target.moved_to]
                return Found(None, target.id, target.status == "closed")
            found = self._views(connection, [(gig.seq, 0)], channel).get((gig.seq, 0))
            # What the channel may see can be over while the gig goes on elsewhere.
            is_closed = (found or gig).status == "closed"
            is_hidden = found is not None and not hidden.isdisjoint(source.board for source in found.sources)
            return Found(None if is_hidden else found, None, is_closed)

    def count_gigs(self) -> int:
        """Gigs that were not merged into others, open or closed."""
        query = sa.select(sa.func.count()).select_from(gigs_table).where(gigs_table.c.moved_to.is_(None))
        with self.database.reading() as connection:
            return connection.execute(query).scalar_one()

    def revision(self) -> int:
        """The newest revision."""
        with self.database.reading() as connection:
            return gigs.newest_revision(connection)

    # --- boards ---

    def hidden(self) -> frozenset[str]:
        """Boards of which only the operator may see anything just now (index.store.boards.stale). The worker takes them
        out of the gigs' views within a minute; this is for readers while none is at work."""
        if time.monotonic() - self._hidden_at >= HIDDEN_S:
            with self.database.reading() as connection:
                self._hidden = boards.stale(connection, datetime.now(UTC))
            self._hidden_at = time.monotonic()
        return self._hidden

    def infos(self) -> dict[str, BoardInfo]:
        """All declared boards by id, without counting their gigs."""
        with self.database.reading() as connection:
            return {board: its.info for board, its in boards.standings(connection, datetime.now(UTC)).items()}

    def boards(self) -> list[BoardState]:
        """All declared boards with terms, runs and health, by id."""
        with self.database.reading() as connection:
            return boards.states(connection, datetime.now(UTC))

    # --- small facts ---

    def get(self, key: str) -> str | None:
        with self.database.reading() as connection:
            return connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()

    def set(self, key: str, value: str) -> None:
        with self.database.writing() as connection:
            self.database.upsert(connection, meta, [{"key": key, "value": value}])

    def unset(self, keys: Sequence[str]) -> None:
        with self.database.writing() as connection:
            connection.execute(sa.delete(meta).where(meta.c.key.in_(keys)))

    def secret(self) -> bytes:
        """What cursors are signed with: made once, the same for every process on this store."""
        value = self.get("secret")
        if value is None:
            with self.database.writing() as connection:
                self.database.insert_new(connection, meta, [{"key": "secret", "value": secrets.token_hex(32)}])
            value = self.get("secret")  # another process may have been faster
            assert value is not None
        return bytes.fromhex(value)


def facts(connection: sa.Connection, prefix: str) -> dict[str, str]:
    """All small facts whose key starts with the prefix."""
    rows = connection.execute(sa.select(meta).where(meta.c.key.startswith(prefix, autoescape=True)))
    return {row.key: row.value for row in rows}


def _complete(row: sa.Row[Any], seen: dict[postings.Key, Any]) -> Gig:
    """The gig of a view's row, with what its content leaves out."""
    gig = Gig.model_validate_json(row.content)
    for source in gig.sources:
        source.last_seen = seen.get((source.board, source.external_id))
    gig.seq = row.gig
    gig.revision = row.revision
    gig.last_seen = max((source.last_seen for source in gig.sources if source.last_seen), default=None)
    return gig
