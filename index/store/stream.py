"""Stored gigs for readers outside: what one channel sees, in the order of numbers, of revisions, or as asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from index.gig import Gig, Status
from index.store.postings import chunks
from index.store.schema import gigs, views

AT_ONCE = 500
"""Rows that a walk holds in memory."""


@dataclass(frozen=True)
class Row:
    """A gig's newest revision as one channel sees it."""

    seq: int
    id: str
    revision: int
    status: Status
    changed_at: datetime | None
    """When it got this revision; None in what old versions wrote."""
    filter_keys: str | None
    moved_to: int | None
    content: str | None
    """JSON of the Gig without seq, revision, last_seen and what is null; None where the channel sees nothing of it."""

    @property
    def json(self) -> str:
        """The Gig's JSON, with seq and revision and without last_seen: it changes with the revision only."""
        assert self.content is not None
        return f'{{"seq":{self.seq},"revision":{self.revision},{self.content[1:]}'

    @cached_property
    def gig(self) -> Gig:
        return Gig.model_validate_json(self.json)


_COLUMNS = [gigs.c[name] for name in Row.__dataclass_fields__ if name != "content"]


def _seen(channel: str) -> sa.ColumnElement[bool]:
    """Of gigs and views joined: the view is the channel's."""
    its = (" " + views.c.channels + " ").contains(f" {channel} ", autoescape=True)
    return sa.and_(views.c.gig == gigs.c.seq, its)


def _rows(channel: str, inner: bool = False) -> sa.Select[Any]:
    """All gigs with the view of the channel, in one statement, so that both are of one moment."""
    return sa.select(*_COLUMNS, views.c.content).select_from(gigs.join(views, _seen(channel), isouter=not inner))


def changed_after(connection: sa.Connection, revision: int, channel: str, limit: int) -> list[Row]:
    """Gigs of later revisions in their order, those that the channel doesn't see included."""
    query = _rows(channel).where(gigs.c.revision > revision).order_by(gigs.c.revision).limit(limit)
    return [Row(*row) for row in connection.execute(query)]


def walk(connection: sa.Connection, channel: str) -> Iterator[Row]:
    """All gigs that the channel sees, by seq."""
    result = connection.execute(
        _rows(channel, inner=True).order_by(gigs.c.seq), execution_options={"yield_per": AT_ONCE}
    )
    for row in result:
        yield Row(*row)


def pick(connection: sa.Connection, keys: Sequence[tuple[int, int]], channel: str) -> Iterator[Row]:
    """The gigs of these hits (seq, view number), in this order, as the channel sees them now: an index that is behind
    may know its view by a number that is another channel's by now. Without those that it doesn't see (any more)."""
    query = _rows(channel, inner=True)
    for chunk in chunks(seq for seq, _ in keys):
        found = {row.seq: row for row in connection.execute(query.where(gigs.c.seq.in_(chunk)))}
        for seq in chunk:
            if seq in found:
                yield Row(*found[seq])


def last_change(connection: sa.Connection) -> tuple[int, datetime | None]:
    """The newest revision that a gig has, and when it got it; (0, None) without gigs."""
    query = sa.select(gigs.c.revision, gigs.c.changed_at).order_by(gigs.c.revision.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return (0, None) if row is None else (row.revision, row.changed_at)


def page_parts(connection: sa.Connection, size: int) -> list[tuple[int, datetime | None]]:
    """Which ranges of `size` seqs hold open gigs that pages show, as (number from 0, newest change)."""
    part = (gigs.c.seq // size).label("part")
    query = sa.select(part, sa.func.max(gigs.c.changed_at)).select_from(gigs.join(views, _seen("page")))
    return [
        (row[0], row[1])
        for row in connection.execute(query.where(gigs.c.status == "open").group_by(part).order_by(part))
    ]


def pages(connection: sa.Connection, low: int, high: int) -> Iterator[tuple[str, datetime | None]]:
    """Open gigs of seqs within low..high that pages show, as (id, changed at)."""
    query = sa.select(gigs.c.id, gigs.c.changed_at).select_from(gigs.join(views, _seen("page")))
    query = query.where(gigs.c.status == "open", gigs.c.seq.between(low, high)).order_by(gigs.c.seq)
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield row.id, row.changed_at
