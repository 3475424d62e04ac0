"""Leases: what one of several workers does at a time, such as ingesting a board's postings.

They matter on a database server, where several workers ingest at once. On SQLite the one process that holds the data
folder's lease (index/lease.py) is the only worker, so that it has every lease there is and nothing is written.
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from index.store.db import Database, StoreError
from index.store.schema import leases

log = logging.getLogger(__name__)

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

    def claim(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are ours for the next LEASE_S seconds: were ours, or nobody's."""
        wanted = sorted(set(names))  # everybody locks them in the same order, so that nobody waits in a circle
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

    def keep(self, connection: sa.Connection, names: Iterable[str]) -> None:
        """Make sure, in a transaction that is about to write, that these are ours until its end: who claims one waits
        for it. Raises StoreError when another worker has one, because this one slept longer than a lease lasts: what it
        knows is old."""
        wanted = set(names)
        if self._database.is_sqlite or not wanted:
            return
        ours = sa.select(leases.c.name).where(leases.c.holder == self._holder, leases.c.name.in_(wanted))
        if lost := wanted - set(connection.execute(ours.order_by(leases.c.name).with_for_update()).scalars()):
            raise StoreError(f"another worker has taken over {', '.join(sorted(lost))}, since this one was silent")

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
        """Hold on to what is ours."""
        long_ago = leases.c.until < sa.func.now() - timedelta(days=1)
        ours = leases.c.holder == self._holder
        with self._database.writing() as connection:
            connection.execute(sa.delete(leases).where(long_ago))
            connection.execute(sa.select(leases.c.name).where(ours).order_by(leases.c.name).with_for_update())
            connection.execute(sa.update(leases).where(ours).values(until=self._until()))

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """Hold on to what is ours meanwhile, in a thread of its own: a step of the work may take longer than a lease
        lasts."""
        if self._database.is_sqlite:
            yield
            return
        over = threading.Event()

        def renew() -> None:
            while not over.wait(RENEW_S):
                try:
                    self.renew()
                except StoreError as error:  # whatever works here meets it, too
                    log.warning("leases can't be renewed: %s", error)

        thread = threading.Thread(target=renew, name="leases", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

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
