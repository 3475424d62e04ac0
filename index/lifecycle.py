"""When a posting is over: its board says so, its time is up, or a complete and healthy run no longer shows it."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from index.gig import ClosedReason
from index.posting import Posting
from index.store.postings import Key, select_keys
from index.store.runs import Run
from index.store.schema import postings

OPEN_WORDS = frozenset(("open", "active", "published", "live"))
"""`extra.status` in the words of boards; any other word means that the posting takes no more applicants."""
UNSEEN_FOR = timedelta(days=30)
"""So long after a board showed it last a posting without an end of its own is over, where the board's lists are too
short to say that it is gone."""
FILLED_WORDS = frozenset(("filled", "awarded", "frozen_awarded", "closed_awarded", "hired"))


def closed_by_board(posting: Posting, now: datetime) -> ClosedReason | None:
    """Why the posting is over by its own words; None while it is open."""
    status = posting.extra.get("status")
    if isinstance(status, str) and status.strip() and status.strip().lower() not in OPEN_WORDS:
        return "filled" if status.strip().lower() in FILLED_WORDS else "removed"
    if posting.expires_at is not None and posting.expires_at <= now:
        return "expired"
    return None


def expired(connection: sa.Connection, now: datetime, limit: int) -> list[Key]:
    """Open postings whose time is up."""
    return select_keys(connection, postings.c.status == "open", postings.c.expires_at <= now, limit=limit)


def absent(connection: sa.Connection, run: Run, limit: int) -> list[Key]:
    """Open postings of the run's board that the run did not show, and that nothing has shown since it began."""
    return _unseen(connection, run, run.started_at, limit=limit)


def forgotten(connection: sa.Connection, run: Run, limit: int) -> list[Key]:
    """Open postings of the run's board that say of no end and have not been shown for UNSEEN_FOR."""
    return _unseen(connection, run, run.started_at - UNSEEN_FOR, postings.c.expires_at.is_(None), limit=limit)


def _unseen(
    connection: sa.Connection, run: Run, since: datetime, *conditions: sa.ColumnElement[bool], limit: int
) -> list[Key]:
    return select_keys(
        connection,
        postings.c.board == run.board,
        postings.c.status == "open",
        postings.c.last_run.is_distinct_from(run.id),
        postings.c.last_seen < since,
        *conditions,
        limit=limit,
    )
