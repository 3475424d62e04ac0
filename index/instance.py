"""An instance: the store, the inbox and the engine of one data folder, opened."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property

from index.ahead import ReadAhead
from index.alarm import Alarm
from index.alerts.service import Alerts
from index.engine.base import Engine, EngineError, EngineStaleError, Everything, Top
from index.engine.choice import Engines
from index.follow import Follower
from index.ingest import Ingest
from index.lease import Lease
from index.rebuild import rebuild
from index.retention import Keep
from index.search import Search
from index.settings import Settings
from index.store.boards import declare
from index.store.db import StoreError
from index.store.inbox import Inbox
from index.store.leases import Leases
from index.store.store import Store
from index.stream import Stream
from index.terms import BoardInfo
from index.worker import Worker

log = logging.getLogger(__name__)


class Instance:
    """Opens what is asked for, when it is asked for. Raises StoreError when the database can't be used, and
    EngineError when the client for the engine isn't installed."""

    def __init__(self, settings: Settings, boards: Iterable[BoardInfo] | None = None) -> None:
        """`boards`: what the crawlers declare; None leaves the store's declarations as they are."""
        self.settings = settings
        self.engines = Engines(settings)
        self.store = Store.open(settings)
        self.inbox = Inbox.open(settings)
        if boards is not None:
            declare(self.store.database, boards)

    @cached_property
    def engine(self) -> Engine:
        """For reading; it follows what the worker of this or another process writes."""
        return self.engines.open()

    @cached_property
    def search(self) -> Search:
        return Search(self.engine, self.store, self.store.secret(), self.store.hidden)

    @cached_property
    def stream(self) -> Stream:
        """For feeds and the change stream."""
        return Stream(self.store, self.engine)

    @contextmanager
    def working(self, command: str, wait_s: float = 0) -> Iterator[Worker]:
        """The worker, with the lease. `command` is what others are told who also want it. Raises LeaseTaken.

        Where database and engine are elsewhere several workers share them, each with leases of its own
        (index/store/leases.py)."""
        lease = Lease(self.settings.data, command)
        if self.store.database.is_sqlite or not self.engines.elsewhere:
            lease.take(wait_s)
        try:
            ahead = ReadAhead()
            worker = Worker(
                Ingest(self.store, self.inbox, ahead=ahead),
                self.open_engine,
                self.rebuild_engine,
                Keep.of(self.settings),
                Alarm.of(self.store, self.settings),
                Alerts(self.store, self.settings.private),
            )
            try:
                with worker.ingest.leases.renewing():
                    yield worker
            finally:
                ahead.close()
                worker.close()
        finally:
            lease.release()

    def open_engine(self) -> Follower:
        """The engine for writing, made anew from the store when it is missing, damaged or of another version."""
        try:
            follower = Follower(self.store, self.engines.open(writable=True))
            if not follower.knows_store():
                name = follower.engine.name
                follower.engine.close()
                raise EngineStaleError(f"the search index {name} was made from another store")
            return follower
        except EngineStaleError as reason:
            if self.store.revision():
                log.warning("%s; rebuilding it from the store", reason)
            return self.rebuild_engine()

    def rebuild_engine(self, on_step: Callable[[int], None] = lambda _: None) -> Follower:
        """A new engine with everything that the store has; readers keep the old one until it is complete. Raises
        EngineError, also while another process makes an engine that we share with it."""
        leases = Leases(self.store.database)
        if self.engines.elsewhere and not leases.claim(["search index"]):
            raise EngineError(
                "another process is making the search index; it will be done by itself, or try again later"
            )

        try:
            with leases.renewing():
                return rebuild(self.store, self.engines, on_step)
        finally:
            leases.release()

    def not_ready(self) -> str | None:
        """Why searches can't be answered yet, in one line; None when they can."""
        try:
            self.store.revision()
            self.engine.generation()  # fails at once while an engine elsewhere is known to be away
            self.engine.search([Top(Everything(), "key_newest", 1)])
            return None
        except (EngineError, StoreError) as error:
            return str(error)

    def lag(self) -> int:
        """Revisions that the engine has yet to follow."""
        return max(0, self.store.revision() - Follower(self.store, self.engine).position())

    def parked(self) -> int:
        """Gigs that the engine refuses to hold."""
        return len(Follower(self.store, self.engine).parked())

    def is_up_to_date(self) -> bool:
        """Whether all that crawls brought can be searched."""
        try:
            ended = any(run.finished_at is not None for run in self.inbox.runs())
            return not ended and self.inbox.size() == 0 and self.lag() == 0
        except EngineError:
            return False

    def close(self) -> None:
        if "engine" in self.__dict__:
            self.engine.close()
        self.inbox.close()
        self.store.close()
