"""How long what is over is kept (GIGDEX_KEEP_CLOSED_DAYS, GIGDEX_KEEP_RAW_DAYS).

A posting loses its text some time after it was closed, its gig follows; some time later the gig goes, with all its
postings. What remains of a gig is its row without content: its id leads to "gone" and not to "never heard of", its
number is never given to another gig, and its last revision tells everyone who follows (the engine, the change stream)
to delete it. A posting that a board shows again is a gig again, with the same id.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from index.ingest import BATCH, Ingest
from index.removal import remove
from index.settings import Settings
from index.store import fingerprints, gigs, postings, schema
from index.store.postings import Key, StoredPosting

BATCHES = 20
"""Of one sweep, so that a first sweep over years of closed gigs doesn't keep ingest waiting."""


@dataclass(frozen=True)
class Keep:
    """Days after closing; None is for ever."""

    closed_days: int | None = None
    raw_days: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Keep":
        return cls(settings.keep_closed_days, settings.keep_raw_days)


def sweep(ingest: Ingest, keep: Keep) -> int:
    """Delete and blank what is due, up to a bound. Needs the lease. Returns the number of gigs and postings changed;
    0 once nothing is due. After a crash anywhere in here the next sweep goes on."""
    done = 0
    for _ in range(BATCHES):
        now = ingest.clock()
        count = 0
        if keep.closed_days is not None:
            count += _delete(ingest, now - timedelta(days=keep.closed_days))
        if keep.raw_days is not None:
            count += _blank(ingest, now - timedelta(days=keep.raw_days))
        done += count
        if not count:
            break
    return done


def _delete(ingest: Ingest, before: datetime) -> int:
    """Gigs closed before, and postings without a gig (no offers) that were."""
    table, closed = schema.postings, schema.gigs
    database, secret = ingest.store.database, ingest.store.secret()
    with ingest.store.regrouping() as connection:
        query = sa.select(closed.c.seq).where(closed.c.closed_at < before).order_by(closed.c.closed_at).limit(BATCH)
        seqs = list(connection.execute(query).scalars())
        keys = []
        for chunk in postings.chunks(seqs):
            keys += postings.select_keys(connection, table.c.gig.in_(chunk))
        # Naming both values of the index's first column lets the database go straight to the dates.
        alone = (table.c.blanked.in_((False, True)), table.c.closed_at < before, table.c.gig.is_(None))
        keys += postings.select_keys(connection, *alone, limit=BATCH)
        postings.delete(connection, keys)
        fingerprints.remove_of(connection, keys, secret)
        gigs.bury(database, connection, seqs)
    return len(seqs) + len(keys)


def delete_at_once(ingest: Ingest) -> int:
    """Delete what boards closed whose owners want it gone at once (duty `delete_at_once`), and all of boards that are
    off and whose owners want nothing kept then (`purge_at_end`), with the gig where nothing else of it is left. Needs
    the lease. Returns the number of postings. After a crash anywhere in here the next call goes on."""
    database, table, done = ingest.store.database, schema.postings, 0
    duties = {board: one.info.terms.duties for board, one in ingest.boards.items()}
    prompt = [board for board, its in duties.items() if "delete_at_once" in its]
    over = [board for board, its in duties.items() if "purge_at_end" in its and not ingest.boards[board].enabled]
    due = table.c.board.in_(over) | (table.c.board.in_(prompt) & (table.c.status == "closed"))
    while prompt or over:
        with database.reading() as connection:
            keys = postings.select_keys(connection, due, limit=BATCH)
        if not keys:
            break
        done += remove(ingest, keys, lambda stored: stored.key[0] in over or stored.status == "closed")
    return done


def _blank(ingest: Ingest, before: datetime) -> int:
    """Postings closed before that still have their text."""
    table = schema.postings

    def due(connection: sa.Connection) -> dict[Key, StoredPosting]:
        keys = postings.select_keys(connection, ~table.c.blanked, table.c.closed_at < before, limit=BATCH)
        return {key: blank(stored) for key, stored in postings.load(connection, keys).items()}

    return ingest.settle(due)


def blank(stored: StoredPosting) -> StoredPosting:
    """The posting without its text and what else the board said of it. Its gig is made anew from what is left: title,
    links, pay, place, dates and tags."""
    return replace(stored, posting=stored.posting.model_copy(update={"description": None, "extra": {}}), blanked=True)
