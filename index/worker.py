"""The worker: ingests what crawlers bring, closes what is over, keeps the engine up to date, matches saved searches."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from index.alarm import Alarm
from index.alerts.service import Alerts
from index.engine.base import EngineError, EngineStaleError
from index.follow import Follower
from index.forget import apply_pending, pending
from index.ingest import Ingest
from index.people import apply_pending as apply_decisions
from index.people import is_applied
from index.processes import keep_what_is_here
from index.retention import Keep, delete_at_once, sweep
from index.store.db import StoreError
from index.store.pages import drop_unread

log = logging.getLogger(__name__)

CHORES = "chores"
"""Lease of what one worker does for all: rules to forget, people's decisions, expiry, retention."""
IDLE_S = 0.5
"""Pause when the inbox is empty."""
SWEEP_S = 60.0
"""How often terms and expiry are looked at."""
REBUILD_PAUSE_S = 60.0
"""Shortest time between two rebuilds for damage that readers met."""
UNREAD_FOR = timedelta(days=30)
"""Pages that no crawl read for so long are no board's any more."""
ALERTS_RETRY_S = 60.0
RETRY_S = 5.0
"""Pause after a failure of the database or the engine, such as a full disk."""


class Worker:
    """One ingest and the engine that follows it. Needs the lease, or a database and an engine that several workers
    share."""

    def __init__(
        self,
        ingest: Ingest,
        open_engine: Callable[[], Follower],
        rebuild_engine: Callable[[], Follower],
        keep: Keep,
        alarm: Alarm,
        alerts: Alerts,
    ) -> None:
        self.ingest = ingest
        self.alarm = alarm
        self.alerts = alerts
        self._open_engine = open_engine
        self._rebuild_engine = rebuild_engine
        self._keep = keep
        self._follower: Follower | None = None
        self._next_sweep = 0.0
        self._opened_at = 0.0
        self._next_alerts = 0.0
        self._is_new = True

    @property
    def follower(self) -> Follower:
        """The engine, opened for writing when it is first needed and again after it turned out to be damaged."""
        if self._follower is None:
            self._follower = self._open_engine()
            self._opened_at = time.monotonic()
        return self._follower

    def step(self) -> int:
        """One round of everything that is due. Returns the number of postings ingested."""
        if self._follower is None:
            self.ingest.leases.announce()
        is_time = time.monotonic() >= self._next_sweep
        if is_time or pending(self.ingest.store) or not is_applied(self.ingest.store):
            with self._chores() as are_ours:
                if are_ours:
                    self._do_chores(is_time)
        follower = self.follower
        if follower.engine.damaged() and time.monotonic() - self._opened_at > REBUILD_PAUSE_S:
            self.close_engine()
            follower = self.follower
        count = self.ingest.step()
        delete_at_once(self.ingest)
        try:
            follower.catch_up()
        except EngineStaleError:
            self.close_engine()  # the next round makes it anew
            raise
        self._tell()
        if self._is_new and count:
            self._is_new = False
            keep_what_is_here()
        return count

    @contextmanager
    def _chores(self) -> Iterator[bool]:
        """Whether what one worker does for all is ours to do."""
        leases = self.ingest.leases
        are_ours = bool(leases.claim([CHORES]))
        try:
            yield are_ours
        finally:
            if are_ours:
                leases.release([CHORES])

    def _tell(self) -> None:
        """Match saved searches with what has changed, which can be found by now. A fault of theirs must not stop
        ingest; they go on where they were."""
        if time.monotonic() < self._next_alerts:
            return
        try:
            self.alerts.step()
        except StoreError:
            raise
        except Exception as error:
            log.error("saved searches can't be matched: %r; trying again in %g s", error, ALERTS_RETRY_S)
            self._next_alerts = time.monotonic() + ALERTS_RETRY_S

    def _do_chores(self, is_time: bool) -> None:
        self._forget()
        apply_decisions(self.ingest)
        if is_time:
            while self.ingest.expire():
                pass
            sweep(self.ingest, self._keep)
            self.alarm.tell()
            drop_unread(self.ingest.inbox.database, self.ingest.clock() - UNREAD_FOR)
            self._next_sweep = time.monotonic() + SWEEP_S

    def forget(self, on_step: Callable[[int], None] = lambda _: None) -> int:
        """Apply rules that were added (index/forget.py), unless another worker is at it. Returns the number of
        postings changed."""
        with self._chores() as are_ours:
            return self._forget(on_step) if are_ours else 0

    def _forget(self, on_step: Callable[[int], None] = lambda _: None) -> int:
        def remake() -> None:
            self.close_engine()
            self._follower = self._rebuild_engine()

        return apply_pending(self.ingest, remake, on_step)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. A failure is logged in one line and tried again: what is in the inbox stays."""
        while not stop.is_set():
            try:
                idle = self.step() == 0
            except (StoreError, EngineError) as error:
                log.error("%s; trying again in %g s", error, RETRY_S)
                stop.wait(RETRY_S)
            except Exception as error:  # a fault of ours must not end the work for good
                log.error("ingest failed: %r; trying again in %g s", error, RETRY_S)
                stop.wait(RETRY_S)
            else:
                if idle:
                    stop.wait(IDLE_S)

    def drain(self, on_step: Callable[[int], None] = lambda _: None) -> int:
        """Work until the inbox is empty and the engine has everything. Returns the number of postings ingested."""
        total = 0
        while count := self.step():
            total += count
            on_step(count)
        with self._chores() as are_ours:
            if are_ours:  # or else another worker tells, in a minute at most
                self.alarm.tell()
        return total

    def close_engine(self) -> None:
        if self._follower is not None:
            self._follower.engine.close()
            self._follower = None

    def close(self) -> None:
        self.close_engine()
        try:
            self.ingest.leases.release()
        except StoreError as error:  # the database is away: they end by themselves
            log.warning("%s", error)
