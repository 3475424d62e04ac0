"""Stored postings: what each board said last, and which gig it belongs to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from index.gig import ClosedReason, Kind, Status
from index.posting import Posting
from index.store.db import Database
from index.store.schema import links, postings

Key = tuple[str, str]
"""(board, external_id)"""
CHUNK = 400
"""Values in one IN (...): well below SQLite's limit of bound parameters."""


@dataclass(frozen=True)
class StoredPosting:
    """A posting with what we know of its life."""

    posting: Posting
    content_hash: str
    kind: Kind
    pay_day: date
    first_seen: datetime
    last_seen: datetime
    last_run: str | None = None
    gig: int | None = None
    status: Status = "open"
    closed_reason: ClosedReason | None = None
    closed_at: datetime | None = None
    blanked: bool = False
    """Retention dropped its text; `content_hash` is still that of the whole posting."""

    @cached_property
    def key(self) -> Key:
        return (self.posting.board, self.posting.external_id)

    def close(self, reason: ClosedReason, at: datetime) -> "StoredPosting":
        return replace(self, status="closed", closed_reason=reason, closed_at=at)


def chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    """Lists of at most CHUNK values."""
    everything = list(values)
    return (everything[start : start + CHUNK] for start in range(0, len(everything), CHUNK))


def _from(row: sa.Row[Any]) -> StoredPosting:
    fields = {name: row._mapping[name] for name in StoredPosting.__dataclass_fields__ if name != "posting"}
    return StoredPosting(posting=Posting.model_validate_json(row.content), **fields)


def load(connection: sa.Connection, keys: Iterable[Key]) -> dict[Key, StoredPosting]:
    """Those of the keys that exist."""
    found: dict[Key, StoredPosting] = {}
    for board, ids in by_board(keys).items():
        for chunk in chunks(ids):
            query = sa.select(postings).where(postings.c.board == board, postings.c.external_id.in_(chunk))
            found.update((stored.key, stored) for stored in map(_from, connection.execute(query)))
    return found


def hashes(connection: sa.Connection, keys: Iterable[Key]) -> dict[Key, str]:
    """Hashes of the content of those of the keys that exist."""
    found: dict[Key, str] = {}
    for board, ids in by_board(keys).items():
        for chunk in chunks(ids):
            query = sa.select(postings.c.external_id, postings.c.content_hash)
            query = query.where(postings.c.board == board, postings.c.external_id.in_(chunk))
            found.update(((board, external_id), its) for external_id, its in connection.execute(query))
    return found


def by_board(keys: Iterable[Key]) -> dict[str, list[str]]:
    """Ids of the postings by board."""
    found: dict[str, list[str]] = {}
    for board, external_id in keys:
        found.setdefault(board, []).append(external_id)
    return found


def of_gigs(connection: sa.Connection, seqs: Iterable[int]) -> dict[Key, StoredPosting]:
    """All postings of the gigs."""
    found: dict[Key, StoredPosting] = {}
    for chunk in chunks(set(seqs)):
        rows = connection.execute(sa.select(postings).where(postings.c.gig.in_(chunk)))
        found.update((stored.key, stored) for stored in map(_from, rows))
    return found


def sharing(connection: sa.Connection, wanted: Iterable[str]) -> dict[str, set[Key]]:
    """Which postings have each of the canonical links."""
    found: dict[str, set[Key]] = {}
    for chunk in chunks(set(wanted)):
        for row in connection.execute(sa.select(links).where(links.c.link.in_(chunk))):
            found.setdefault(row.link, set()).add((row.board, row.external_id))
    return found


def links_of(connection: sa.Connection, keys: Iterable[Key]) -> set[str]:
    """The canonical links that the postings had when they were saved last."""
    found: set[str] = set()
    for board, ids in by_board(keys).items():
        for chunk in chunks(ids):
            query = sa.select(links.c.link).where(links.c.board == board, links.c.external_id.in_(chunk))
            found.update(connection.execute(query).scalars())
    return found


def select_keys(connection: sa.Connection, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> list[Key]:
    """Keys of the postings that meet the conditions on `schema.postings`."""
    query = sa.select(postings.c.board, postings.c.external_id).where(*conditions)
    query = query.order_by(postings.c.board, postings.c.external_id).limit(limit)
    return [(row.board, row.external_id) for row in connection.execute(query)]


def save(database: Database, connection: sa.Connection, rows: Sequence[tuple[StoredPosting, Sequence[str]]]) -> None:
    """Insert or replace postings, each with its canonical links."""
    rows = sorted(rows, key=lambda row: row[0].key)
    database.upsert(
        connection,
        postings,
        [
            {name: getattr(stored, name) for name in StoredPosting.__dataclass_fields__ if name != "posting"}
            | {
                "board": stored.posting.board,
                "external_id": stored.posting.external_id,
                "content": stored.posting.model_dump_json(exclude_none=True),
                "expires_at": stored.posting.expires_at,
            }
            for stored, _ in rows
        ],
    )
    if not rows:
        return
    connection.execute(
        sa.delete(links).where(links.c.board == sa.bindparam("b"), links.c.external_id == sa.bindparam("e")),
        [{"b": stored.key[0], "e": stored.key[1]} for stored, _ in rows],
    )
    fresh = [
        {"link": link, "board": stored.key[0], "external_id": stored.key[1]} for stored, its in rows for link in its
    ]
    if fresh:
        connection.execute(sa.insert(links), fresh)


def delete(connection: sa.Connection, keys: Iterable[Key]) -> None:
    """Delete postings with their links."""
    for board, ids in by_board(keys).items():
        for chunk in chunks(ids):
            for table in (postings, links):
                connection.execute(sa.delete(table).where(table.c.board == board, table.c.external_id.in_(chunk)))


def touch(connection: sa.Connection, seen: Iterable[tuple[Key, datetime, str]]) -> None:
    """Note that unchanged postings were seen again: (key, when, run)."""
    ordered = sorted(
        seen, key=lambda one: one[0]
    )  # everybody locks rows in the same order, so that nobody waits for ever
    rows = [{"b": key[0], "e": key[1], "seen": when, "run": run} for key, when, run in ordered]
    if rows:
        connection.execute(
            sa.update(postings)
            .where(postings.c.board == sa.bindparam("b"), postings.c.external_id == sa.bindparam("e"))
            .values(last_seen=sa.bindparam("seen"), last_run=sa.bindparam("run")),
            rows,
        )


def last_seen(connection: sa.Connection, seqs: Iterable[int]) -> dict[Key, datetime]:
    """When each posting of the gigs was seen last; kept out of the gigs' content, because it makes no revision."""
    found: dict[Key, datetime] = {}
    for chunk in chunks(set(seqs)):
        query = sa.select(postings.c.board, postings.c.external_id, postings.c.last_seen)
        for row in connection.execute(query.where(postings.c.gig.in_(chunk))):
            found[row.board, row.external_id] = row.last_seen
    return found
