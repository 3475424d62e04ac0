"""What people decided of duplicates: these two postings are one gig, or are not. No rule ever overturns it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from index.dedupe.group import Decisions
from index.store.postings import Key, by_board, chunks
from index.store.schema import decisions

Word = Literal["join", "split"]


@dataclass(frozen=True, slots=True)
class Decision:
    id: int
    word: Word
    one: Key
    other: Key
    decided_at: datetime


def _from(row: sa.Row[tuple[object, ...]]) -> Decision:
    return Decision(row.id, row.word, (row.board, row.external_id), (row.other_board, row.other_id), row.decided_at)


def of(connection: sa.Connection, keys: Iterable[Key]) -> list[Decision]:
    """Decisions on any of the postings, the oldest first."""
    if connection.execute(sa.select(decisions.c.id).limit(1)).first() is None:
        return []  # as on most instances
    found: dict[int, Decision] = {}
    for board, ids in by_board(keys).items():
        for chunk in chunks(ids):
            for its_board, its_id in (
                (decisions.c.board, decisions.c.external_id),
                (decisions.c.other_board, decisions.c.other_id),
            ):
                rows = connection.execute(sa.select(decisions).where(its_board == board, its_id.in_(chunk)))
                found.update((row.id, _from(row)) for row in rows)
    return [found[number] for number in sorted(found)]


def pending(connection: sa.Connection) -> list[Decision]:
    """Decisions that the gigs don't follow yet."""
    rows = connection.execute(sa.select(decisions).where(decisions.c.applied_at.is_(None)).order_by(decisions.c.id))
    return [_from(row) for row in rows]


def grouped(found: Iterable[Decision]) -> Decisions:
    """As grouping wants them."""
    every = list(found)
    return Decisions(
        [(one.one, one.other) for one in every if one.word == "join"],
        [(one.one, one.other) for one in every if one.word == "split"],
    )


def decide(connection: sa.Connection, word: Word, pairs: Sequence[tuple[Key, Key]], now: datetime) -> None:
    """Keep what a person said of the pairs; it takes the place of what was said of the same pairs before."""
    for one, other in pairs:
        low, high = sorted((one, other))
        connection.execute(sa.delete(decisions).where(*_is(low, high)))
        values = {"board": low[0], "external_id": low[1], "other_board": high[0], "other_id": high[1]}
        connection.execute(sa.insert(decisions).values(word=word, decided_at=now, **values))


def withdraw(connection: sa.Connection, word: Word, pairs: Iterable[tuple[Key, Key]]) -> None:
    """Drop earlier words on these pairs, because a newer one contradicts them."""
    for one, other in pairs:
        low, high = sorted((one, other))
        connection.execute(sa.delete(decisions).where(*_is(low, high), decisions.c.word == word))


def _is(low: Key, high: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        decisions.c.board == low[0],
        decisions.c.external_id == low[1],
        decisions.c.other_board == high[0],
        decisions.c.other_id == high[1],
    )


def applied(connection: sa.Connection, ids: Iterable[int], now: datetime) -> None:
    for chunk in chunks(ids):
        connection.execute(sa.update(decisions).where(decisions.c.id.in_(chunk)).values(applied_at=now))


def forget(connection: sa.Connection, keys: Iterable[Key]) -> None:
    """Delete decisions that name a posting whose very name must be forgotten."""
    for decision in of(connection, keys):
        connection.execute(sa.delete(decisions).where(decisions.c.id == decision.id))
