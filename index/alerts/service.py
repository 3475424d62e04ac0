"""What alerts do after each change of gigs, and as time passes."""

from collections.abc import Callable
from datetime import UTC, datetime

from index.alerts.digest import compose, due
from index.alerts.matching import Matcher
from index.store.store import Store


class Alerts:
    """Matches the saved searches of one store, and puts into the outbox what is due."""

    def __init__(self, store: Store, private: bool, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`private`: only the operator is told anything, who sees everything."""
        self.store = store
        self.clock = clock
        self.matcher = Matcher(store, private, clock)

    def step(self) -> int:
        """Match all that has changed, then put digests that are due into the outbox. Returns how many gigs had
        changed."""
        total = 0
        while changed := self.matcher.step():
            total += changed
        now = self.clock()
        while self._is_any_due(now):
            with self.store.database.writing() as connection:
                compose(connection, now)
        return total

    def _is_any_due(self, now: datetime) -> bool:
        with self.store.database.reading() as connection:
            return connection.execute(due(now).limit(1)).first() is not None
