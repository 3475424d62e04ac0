"""Leases: what one of several workers does at a time, such as ingesting a board's postings.

They matter on a database server, where several workers ingest at once. On SQLite the one process that holds the data
folder's lease (index/lease.py) is the only worker, so that it has every lease there is and nothing is written.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from index.store.db import Database
from index.store.schema import leases

LEASE_S = 60.0
"""So long a lease lasts after its holder said so last: what a worker that died keeps others from."""
RENEW_S = LEASE_S / 4
WORKER = "worker:"
"""Begins the names of leases that tell of workers which do nothing else just now."""


class Leases:
    """The leases as one worker sees them. Times are the database's, since machines' clocks differ."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holder = uuid4().hex
        self._renewed = 0.0

    def claim(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are ours for the next LEASE_S seconds: were ours, or nobody's."""
        wanted = sorted(set(names))  # everybody in the same order, so that nobody waits in a circle
        if self._database.is_sqlite or not wanted:
            return set(wanted)
        insert = postgresql.insert(leases).values(
            [{"name": name, "holder": self._holder, "until": self._until()} for name in wanted]
        )
        free = (leases.c.holder == self._holder) | (leases.c.until < sa.func.now())
        taken = {"holder": insert.excluded.holder, "until": insert.excluded.until}
        claim = insert.on_conflict_do_update(index_elements=["name"], set_=taken, where=free).returning(leases.c.name)
        with self._database.writing() as connection:
            return set(connection.execute(claim).scalars())

    def announce(self) -> None:
        """Let others know that a worker is here."""
        self.claim([f"{WORKER}{self._holder}"])

    def others(self) -> set[str]:
        """What other workers hold now."""
        if self._database.is_sqlite:
            return set()
        query = sa.select(leases.c.name).where(leases.c.holder != self._holder, leases.c.until >= sa.func.now())
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def renew(self) -> None:
        """Hold on to what is ours; to be called often, does something seldom."""
        if self._database.is_sqlite or time.monotonic() - self._renewed < RENEW_S:
            return
        long_ago = leases.c.until < sa.func.now() - timedelta(days=1)
        with self._database.writing() as connection:
            connection.execute(sa.delete(leases).where(long_ago))
            connection.execute(sa.update(leases).where(leases.c.holder == self._holder).values(until=self._until()))
        self._renewed = time.monotonic()

    def release(self, names: Iterable[str] | None = None) -> None:
        """Let others have these, or everything that is ours."""
        if self._database.is_sqlite:
            return
        ours = sa.delete(leases).where(leases.c.holder == self._holder)
        with self._database.writing() as connection:
            connection.execute(ours if names is None else ours.where(leases.c.name.in_(list(names))))

    @staticmethod
    def _until() -> sa.ColumnElement[datetime]:
        return sa.func.now() + timedelta(seconds=LEASE_S)


def any_worker(database: Database) -> bool:
    """Whether any worker is known to be at work; on SQLite none is, since nothing is written there."""
    if database.is_sqlite:
        return False
    query = sa.select(leases.c.name).where(leases.c.name.startswith(WORKER), leases.c.until >= sa.func.now())
    with database.reading() as connection:
        return connection.execute(query.limit(1)).first() is not None
