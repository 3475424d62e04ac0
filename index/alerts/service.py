"""The threads of alerts: one matches what changes, one delivers."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from index.alerts.digest import compose, due
from index.alerts.matching import Matcher
from index.store.db import StoreError
from index.store.store import Store

IDLE_S = 0.5
RETRY_S = 5.0

log = logging.getLogger(__name__)


class Alerts:
    """Matches the saved searches of one store, and puts into the outbox what is due."""

    def __init__(self, store: Store, private: bool, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store = store
        self.clock = clock
        self.matcher = Matcher(store, private, clock)

    def step(self) -> int:
        """Match the next changes, else put digests that are due into the outbox. Returns how many gigs had changed."""
        if changed := self.matcher.step():
            return changed
        now = self.clock()
        with self.store.database.reading() as connection:
            if not connection.execute(due(now)).first():
                return 0
        with self.store.database.writing() as connection:
            compose(connection, now)
        return 0

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. A failure is logged in one line and tried again: no change is skipped."""
        while not stop.is_set():
            try:
                idle = self.step() == 0
            except StoreError as error:
                log.error("saved searches can't be matched: %s; trying again in %g s", error, RETRY_S)
                stop.wait(RETRY_S)
            except Exception as error:  # a fault of ours must not end alerts for good
                log.error("saved searches can't be matched: %r; trying again in %g s", error, RETRY_S)
                stop.wait(RETRY_S)
            else:
                if idle:
                    stop.wait(IDLE_S)
