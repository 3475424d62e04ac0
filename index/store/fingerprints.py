"""Stored fingerprints: what is compared of each posting, the keys to find it by, and the ties between postings.

All look-ups are by exact keys and all numbers are our own, so this is the same on SQLite and PostgreSQL. A key keeps
the newest KEY_CAP postings that have it: whatever is posted, a key costs a bounded number of rows and comparisons.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

from index.dedupe.keys import Print, keys_of
from index.dedupe.match import KEY_CAP
from index.dedupe.traits import Traits, unpack
from index.store.db import Database
from index.store.gigs import take
from index.store.postings import Key, by_board, chunks
from index.store.schema import boilerplate, fingerprints, keys, postings, ties

read_traits = lru_cache(maxsize=2_000)(unpack)
"""`unpack`, remembered: equal bytes give the same object, so that copies are compared once."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A fingerprint."""

    number: int
    key: Key
    packed: bytes
    gig: int | None = None
    """Seq of the gig that its posting is in."""
    blanked: bool = False
    """Whether its posting has lost its text."""

    @property
    def traits(self) -> Traits | None:
        """None when an older version made them; a rebuild makes them anew."""
        return read_traits(self.packed)


@dataclass(frozen=True, slots=True)
class StoredTie:
    """A tie, by the numbers of the fingerprints."""

    a: int
    b: int
    score: float
    reasons: str

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.reasons.split("\n"))


def load(connection: sa.Connection, wanted: Iterable[Key]) -> dict[Key, Stored]:
    """Fingerprints of the postings that have one."""
    found: dict[Key, Stored] = {}
    for board, ids in by_board(wanted).items():
        for chunk in chunks(ids):
            query = sa.select(fingerprints).where(fingerprints.c.board == board, fingerprints.c.external_id.in_(chunk))
            for row in connection.execute(query):
                found[board, row.external_id] = Stored(row.number, (board, row.external_id), row.traits)
    return found


def by_number(connection: sa.Connection, numbers: Iterable[int]) -> dict[int, Stored]:
    """Fingerprints with the gigs that their postings are in."""
    found: dict[int, Stored] = {}
    same = (postings.c.board == fingerprints.c.board) & (postings.c.external_id == fingerprints.c.external_id)
    for chunk in chunks(set(numbers)):
        query = (
            sa.select(fingerprints, postings.c.gig, postings.c.blanked)
            .join(postings, same)
            .where(fingerprints.c.number.in_(chunk))
        )
        for row in connection.execute(query):
            key = (row.board, row.external_id)
            found[row.number] = Stored(row.number, key, row.traits, row.gig, row.blanked)
    return found


def holders(connection: sa.Connection, wanted: Iterable[int]) -> dict[int, list[int]]:
    """Numbers of the fingerprints that have each key, the oldest first."""
    found: dict[int, list[int]] = {}
    for chunk in chunks(set(wanted)):
        query = sa.select(keys).where(keys.c.key.in_(chunk)).order_by(keys.c.key, keys.c.number)
        for key, number in connection.execute(query):
            found.setdefault(key, []).append(number)
    return found


def ties_of(connection: sa.Connection, numbers: Iterable[int]) -> set[StoredTie]:
    """Ties of the fingerprints."""
    found: set[StoredTie] = set()
    for chunk in chunks(set(numbers)):
        for end in (ties.c.a, ties.c.b):
            rows = connection.execute(sa.select(ties).where(end.in_(chunk)))
            found.update(StoredTie(row.a, row.b, row.score, row.reasons) for row in rows)
    return found


def gig_sizes(connection: sa.Connection, seqs: Iterable[int]) -> dict[int, int]:
    """How many postings each gig has."""
    found: dict[int, int] = {}
    for chunk in chunks(set(seqs)):
        query = sa.select(postings.c.gig, sa.func.count()).where(postings.c.gig.in_(chunk)).group_by(postings.c.gig)
        found.update((seq, count) for seq, count in connection.execute(query))
    return found


def save(
    database: Database,
    connection: sa.Connection,
    fresh: Mapping[Key, bytes],
    before: Mapping[Key, Stored],
    secret: bytes,
    new_ties: Iterable[tuple[Key, Key, float, str]] = (),
    keep_ties: bool = False,
    prints: Mapping[Key, Print] | None = None,
) -> None:
    """Write the fingerprints (packed traits) with their keys, and the ties that take the place of all that they had.

    `before`: the fingerprints of the same postings that are stored now. With `keep_ties` their ties stay.
    `prints`: their keys, where they are at hand.
    """
    if not fresh:
        return
    outdated = [before[key] for key in fresh if key in before]
    _remove_keys(connection, outdated, secret)
    if not keep_ties:
        _remove_ties(connection, outdated)
    new = [key for key in fresh if key not in before]
    first = take(connection, "fingerprint", len(new)) if new else 0
    numbers = {key: before[key].number for key in fresh if key in before}
    numbers.update((key, first + offset) for offset, key in enumerate(new))
    rows = [
        {"number": numbers[key], "board": key[0], "external_id": key[1], "traits": packed}
        for key, packed in fresh.items()
    ]
    database.upsert(connection, fingerprints, rows)
    if prints is None:
        prints = {key: keys_of(its, secret) for key, packed in fresh.items() if (its := read_traits(packed))}
    # In the order of the index: neighbours share pages. Some may be there: those that older rules made of the posting.
    database.insert_numbers(connection, keys, sorted((one, numbers[key]) for key, its in prints.items() for one in its))
    _write_ties(database, connection, numbers, new_ties)


def _write_ties(
    database: Database,
    connection: sa.Connection,
    numbers: dict[Key, int],
    new_ties: Iterable[tuple[Key, Key, float, str]],
) -> None:
    new_ties = list(new_ties)
    others = {key for tie in new_ties for key in tie[:2]} - numbers.keys()
    known = numbers | {key: stored.number for key, stored in load(connection, others).items()}
    rows = []
    for one, other, score, reasons in new_ties:
        if one in known and other in known:
            a, b = sorted((known[one], known[other]))
            rows.append({"a": a, "b": b, "score": score, "reasons": reasons})
    if rows:
        database.upsert(connection, ties, rows)


def trim(connection: sa.Connection, full: Iterable[int]) -> None:
    """Leave the newest KEY_CAP postings under each of the keys."""
    mine = keys.alias()
    oldest_kept = (
        sa.select(mine.c.number)
        .where(mine.c.key == sa.bindparam("k"))
        .order_by(mine.c.number.desc())
        .limit(1)
        .offset(KEY_CAP - 1)
        .scalar_subquery()
    )
    rows = [{"k": key} for key in sorted(set(full))]
    if rows:
        connection.execute(sa.delete(keys).where(keys.c.key == sa.bindparam("k"), keys.c.number < oldest_kept), rows)


def remove(connection: sa.Connection, stored: Sequence[Stored], secret: bytes) -> None:
    """Delete fingerprints with their keys and ties."""
    _remove_keys(connection, stored, secret)
    _remove_ties(connection, stored)
    for chunk in chunks([item.number for item in stored]):
        connection.execute(sa.delete(fingerprints).where(fingerprints.c.number.in_(chunk)))


def _remove_keys(connection: sa.Connection, stored: Sequence[Stored], secret: bytes) -> None:
    rows = [{"k": one, "n": item.number} for item in stored if item.traits for one in keys_of(item.traits, secret)]
    if rows:
        gone = (keys.c.key == sa.bindparam("k"), keys.c.number == sa.bindparam("n"))
        connection.execute(sa.delete(keys).where(*gone), rows)


def wipe_keys(connection: sa.Connection) -> None:
    """Delete all keys, before those of other rules are written."""
    connection.execute(sa.delete(keys))


def _remove_ties(connection: sa.Connection, stored: Sequence[Stored]) -> None:
    for chunk in chunks([item.number for item in stored]):
        connection.execute(sa.delete(ties).where(ties.c.a.in_(chunk)))
        connection.execute(sa.delete(ties).where(ties.c.b.in_(chunk)))


def remove_of(connection: sa.Connection, gone: Iterable[Key], secret: bytes) -> None:
    """Delete the fingerprints of postings that are deleted."""
    remove(connection, list(load(connection, gone).values()), secret)


# --- boilerplate ---------------------------------------------------------------------------------------------------


def load_boilerplate(connection: sa.Connection) -> dict[str, frozenset[int]]:
    """What was learned, by board."""
    found: dict[str, set[int]] = {}
    for row in connection.execute(sa.select(boilerplate)):
        found.setdefault(row.board, set()).add(row.passage)
    return {board: frozenset(passages) for board, passages in found.items()}


def save_boilerplate(connection: sa.Connection, learned: Mapping[str, Collection[int]]) -> None:
    connection.execute(sa.delete(boilerplate))
    rows = [{"board": board, "passage": passage} for board, its in learned.items() for passage in its]
    if rows:
        connection.execute(sa.insert(boilerplate), rows)
