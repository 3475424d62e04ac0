"""Stored gigs and their views: one view for each set of channels that may see the same."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from index.gig import Gig, Status
from index.store.db import Database
from index.store.postings import chunks
from index.store.schema import counters, gigs, matched_views, meta, views

MATCHED = "alerts"
"""Key of the small fact that notes the revision up to which saved searches were matched; none before the first one."""
MOST_AT_ONCE = 10_000
"""Gigs that one transaction writes at most, by far: what its postings have to do with."""
VIEW_COLUMNS = [column.name for column in views.columns]


@dataclass(frozen=True)
class StoredGig:
    seq: int
    id: str
    revision: int
    status: Status
    moved_to: int | None
    views_hash: str
    first_seen: datetime
    closed_at: datetime | None = None


STORED = [gigs.c[name] for name in StoredGig.__dataclass_fields__]


@dataclass(frozen=True)
class View:
    """A gig as some channels may see it; `gig` is without seq, revision and last_seen."""

    channels: tuple[str, ...]
    gig: Gig


@dataclass(frozen=True)
class GigWrite:
    """A gig to be written. `seq` is None for a new one."""

    id: str
    status: Status
    first_seen: datetime
    views: tuple[View, ...]
    seq: int | None = None
    moved_to: int | None = None

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed, as the operator's view says; None while it is open, and without content."""
        return self.views[0].gig.closed_at if self.status == "closed" and self.views else None

    @property
    def filter_keys(self) -> str | None:
        """By what a reader of feeds knows it once it is gone; None where feeds don't see it."""
        gig = next((view.gig for view in self.views if "feed" in view.channels), None)
        if gig is None:
            return None
        countries = list(dict.fromkeys(place.country for place in gig.places if place.country))
        keys = {"category": gig.category, "mode": gig.work_mode, "countries": countries}
        return json.dumps(keys, separators=(",", ":"))

    def views_hash(self) -> str:
        """Equal while nothing that readers see changes."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(str(self.moved_to).encode())
        for view in self.views:
            digest.update(" ".join(view.channels).encode())
            digest.update(view.gig.model_dump_json().encode("utf-8", "replace"))
        return digest.hexdigest()


def take(connection: sa.Connection, counter: str, k: int) -> int:
    """Take k numbers of a counter and return the first. The row's lock orders the transactions that take revisions,
    so no reader ever sees a later revision before an earlier one."""
    update = sa.update(counters).where(counters.c.name == counter).values(n=counters.c.n + k).returning(counters.c.n)
    last: int = connection.execute(update).scalar_one()
    return last - k + 1


def peek(connection: sa.Connection, counter: str) -> int:
    """The number of a counter that was taken last."""
    n: int = connection.execute(sa.select(counters.c.n).where(counters.c.name == counter)).scalar_one()
    return n


def newest_revision(connection: sa.Connection) -> int:
    return peek(connection, "revision")


def load(connection: sa.Connection, seqs: Iterable[int]) -> dict[int, StoredGig]:
    return _load(connection, gigs.c.seq, seqs)


def load_by_id(connection: sa.Connection, ids: Iterable[str]) -> dict[str, StoredGig]:
    return {gig.id: gig for gig in _load(connection, gigs.c.id, ids).values()}


def _load(connection: sa.Connection, column: sa.Column[Any], wanted: Iterable[Any]) -> dict[int, StoredGig]:
    found: dict[int, StoredGig] = {}
    for chunk in chunks(set(wanted)):
        for row in connection.execute(sa.select(*STORED).where(column.in_(chunk))):
            found[row.seq] = StoredGig(**row._mapping)
    return found


def load_views(connection: sa.Connection, seqs: Iterable[int]) -> dict[int, list[View]]:
    """Views by seq, in the order of their numbers."""
    found: dict[int, list[View]] = {}
    for chunk in chunks(set(seqs)):
        query = sa.select(views).where(views.c.gig.in_(chunk)).order_by(views.c.gig, views.c.view)
        for row in connection.execute(query):
            view = View(tuple(row.channels.split()), Gig.model_validate_json(row.content))
            found.setdefault(row.gig, []).append(view)
    return found


def save(database: Database, connection: sa.Connection, writes: Sequence[GigWrite]) -> dict[str, int]:
    """Write the gigs, each with the next revision; new ones get the next seq. Returns the seq of every id."""
    if not writes:
        return {}
    new = [write for write in writes if write.seq is None]
    first_seq = take(connection, "seq", len(new)) if new else 0
    seqs = {write.id: write.seq for write in writes if write.seq is not None}
    seqs.update((write.id, first_seq + number) for number, write in enumerate(new))

    view_rows = [
        {
            "gig": seqs[write.id],
            "view": number,
            "channels": " ".join(view.channels),
            "content": view.gig.model_dump_json(exclude_none=True),
        }
        for write in writes
        for number, view in enumerate(write.views)
    ]
    keep_as_matched(connection, [write.seq for write in writes if write.seq is not None])
    for chunk in chunks(seqs.values()):
        connection.execute(sa.delete(views).where(views.c.gig.in_(chunk)))
    if view_rows:
        connection.execute(sa.insert(views), view_rows)

    revision = take(connection, "revision", len(writes))
    now = datetime.now(UTC)
    shown: list[dict[str, Any]] = []
    unseen: list[dict[str, Any]] = []
    for number, write in enumerate(writes):
        row = {
            "seq": seqs[write.id],
            "id": write.id,
            "revision": revision + number,
            "status": write.status,
            "moved_to": write.moved_to,
            "views_hash": write.views_hash(),
            "first_seen": write.first_seen,
            "closed_at": write.closed_at,
            "changed_at": now,
        }
        keys = write.filter_keys
        if keys is None:
            unseen.append(row)  # what it was known by to feeds stays
        else:
            shown.append(row | {"filter_keys": keys})
    database.upsert(connection, gigs, shown)
    database.upsert(connection, gigs, unseen)
    return seqs


def keep_as_matched(connection: sa.Connection, seqs: Iterable[int]) -> None:
    """Keep gigs that are about to change as saved searches saw them last, until the change is matched, too
    (index/alerts/matching.py). Those that wait for that already are kept as they were, or are new."""
    # Shared with nobody who moves it: what counts as matched must not change until this transaction ends.
    matched = sa.select(meta.c.value).where(meta.c.key == MATCHED).with_for_update(read=True)
    position = connection.execute(matched).scalar()
    if position is None:
        return
    settled = sa.exists().where(gigs.c.seq == views.c.gig, gigs.c.revision <= int(position))
    kept = sa.exists().where(matched_views.c.gig == views.c.gig)
    for chunk in chunks(seqs):
        copied = sa.select(views).where(views.c.gig.in_(chunk), settled, ~kept)
        connection.execute(sa.insert(matched_views).from_select(VIEW_COLUMNS, copied))


def forget_as_matched(connection: sa.Connection, seqs: Iterable[int]) -> None:
    """Let matching take those of the gigs that are kept so as they are now: what they were must not be kept."""
    for chunk in chunks(seqs):
        rows = sa.delete(matched_views).where(matched_views.c.gig.in_(chunk)).returning(matched_views.c.gig)
        kept = set(connection.execute(rows).scalars())
        copied = sa.select(views).where(views.c.gig.in_(kept))
        connection.execute(sa.insert(matched_views).from_select(VIEW_COLUMNS, copied))


def bury(database: Database, connection: sa.Connection, seqs: Iterable[int]) -> int:
    """Leave of the gigs only that they existed, as a new revision that readers follow. Their ids and seqs are never
    given to another gig; one whose posting turns up again goes on under both. Returns how many there were."""
    found = load(connection, seqs).values()
    save(database, connection, [GigWrite(gig.id, "closed", gig.first_seen, (), gig.seq) for gig in found])
    return len(found)


def changed_after(connection: sa.Connection, revision: int, limit: int) -> list[StoredGig]:
    """Gigs of later revisions, in their order."""
    query = sa.select(*STORED).where(gigs.c.revision > revision).order_by(gigs.c.revision).limit(limit)
    return [StoredGig(**row._mapping) for row in connection.execute(query)]


def written_with(connection: sa.Connection, gig: StoredGig) -> list[StoredGig]:
    """Those of the next revisions that one call of `save` wrote together with this one."""
    same = sa.select(gigs.c.changed_at).where(gigs.c.seq == gig.seq).scalar_subquery()
    later = gigs.c.revision.between(gig.revision + 1, gig.revision + MOST_AT_ONCE)
    query = sa.select(*STORED).where(later, gigs.c.changed_at == same).order_by(gigs.c.revision)
    return [StoredGig(**row._mapping) for row in connection.execute(query)]
