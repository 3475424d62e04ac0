"""The engine follows the store by revision number; after a crash it replays what it lacks, idempotently."""

from collections.abc import Callable

from index.document import document
from index.engine.embedded import EmbeddedEngine
from index.store import gigs
from index.store.store import Store, facts

BATCH = 1_000
"""Gigs of one engine commit."""


class Follower:
    """Brings one engine up to the store's newest revision.

    The position is kept in the store, after the engine's commit, under the engine's own identity: an engine that was
    made anew has no position and gets everything.
    """

    def __init__(self, store: Store, engine: EmbeddedEngine) -> None:
        self.store = store
        self.engine = engine

    @property
    def _key(self) -> str:
        return f"engine:{self.engine.name}"

    def position(self) -> int:
        """The revision up to which the engine has everything."""
        return int(self.store.get(self._key) or 0)

    def knows_store(self) -> bool:
        """False for an index that was made from another store than this, or from a later state of it."""
        position = self.store.get(self._key)
        if position is None:
            return self.engine.size() == 0
        return int(position) <= self.store.revision()

    def forget_others(self) -> None:
        """Drop the positions of engines that this one has replaced."""
        with self.store.database.reading() as connection:
            old = [key for key in facts(connection, "engine:") if key != self._key]
        self.store.unset(old)

    def catch_up(self, on_step: Callable[[int], None] = lambda _: None) -> int:
        """Write all later revisions into the engine. Returns the number of gigs; `on_step` gets that of each batch."""
        total = 0
        position = self.position()
        while True:
            with self.store.database.reading() as connection:
                changed = gigs.changed_after(connection, position, BATCH)
                views = gigs.load_views(connection, (gig.seq for gig in changed if gig.moved_to is None))
            if not changed:
                return total
            self.engine.write(
                delete=[gig.seq for gig in changed],
                add=[
                    document(view.gig.model_copy(update={"seq": seq}), number, view.channels)
                    for seq, its in views.items()
                    for number, view in enumerate(its)
                ],
            )
            position = changed[-1].revision
            self.store.set(self._key, str(position))
            total += len(changed)
            on_step(len(changed))
