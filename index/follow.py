"""The engine follows the store by revision number; after a crash it replays what it lacks, idempotently."""

import logging
from collections.abc import Callable, Iterable, Mapping

from index.document import document
from index.engine.base import Engine, Refused
from index.store import gigs
from index.store.gigs import View
from index.store.store import Store, facts

log = logging.getLogger(__name__)

BATCH = 1_000
"""Gigs of one engine commit."""
POSITION = "engine:"
"""Begins the small facts that note how far an engine is: engine:<its name> = revision."""
PARKED = "parked:"
"""Begins the small facts that note which gigs an engine refused: parked:<engine's name>:<seq> = reason."""


class Follower:
    """Brings one engine up to the store's newest revision.

    The position is kept in the store, after the engine's commit, under the engine's own identity: an engine that was
    made anew has no position and gets everything.
    """

    def __init__(self, store: Store, engine: Engine) -> None:
        self.store = store
        self.engine = engine

    @property
    def _key(self) -> str:
        return f"{POSITION}{self.engine.name}"

    def position(self) -> int:
        """The revision up to which the engine has everything."""
        return int(self.store.get(self._key) or 0)

    def begin(self) -> None:
        """Note that this engine is being filled, so that it is found again if we are killed."""
        self.store.set(self._key, "0")

    @staticmethod
    def names(store: Store) -> list[str]:
        """Of all engines that follow the store, or did."""
        with store.database.reading() as connection:
            return [key.removeprefix(POSITION) for key in facts(connection, POSITION)]

    def knows_store(self) -> bool:
        """False for an index that was made from another store than this, or from a later state of it."""
        position = self.store.get(self._key)
        if position is None:
            return self.engine.size() == 0
        # Not the position alone: the store may have been restored from a backup, and its positions with it.
        return max(int(position), self.engine.newest()) <= self.store.revision()

    def forget_others(self) -> None:
        """Drop the positions of engines that this one has replaced, and what was parked with them."""
        with self.store.database.reading() as connection:
            old = [key for key in facts(connection, POSITION) if key != self._key]
            old += [key for key in facts(connection, PARKED) if not key.startswith(self._parked)]
        self.store.unset(old)

    # --- what the engine refuses ---

    @property
    def _parked(self) -> str:
        return f"{PARKED}{self.engine.name}:"

    def parked(self) -> dict[int, str]:
        """seq -> reason, of gigs with a document that the engine won't take. They are in the store and can't be found;
        they are tried again whenever they change, by `gigdex reconcile` and by a rebuild."""
        prefix = self._parked
        with self.store.database.reading() as connection:
            return {int(key.removeprefix(prefix)): why for key, why in facts(connection, prefix).items()}

    def _park(self, written: Iterable[int], refused: Iterable[Refused]) -> None:
        """Note what was refused, and forget what was taken this time."""
        now = {one.gig: one.reason for one in refused}
        known = self.parked()
        for seq, why in now.items():
            if known.get(seq) != why:
                log.error("the search index refuses gig %d, which can't be found until it is mended: %s", seq, why)
                self.store.set(f"{self._parked}{seq}", why)
        if mended := [f"{self._parked}{seq}" for seq in set(written) & set(known) - set(now)]:
            self.store.unset(mended)

    # --- following ---

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
            self.put({gig.seq: gig.revision for gig in changed}, views)
            position = changed[-1].revision
            self.store.set(self._key, str(position))
            total += len(changed)
            on_step(len(changed))

    def put(self, revisions: Mapping[int, int], views: Mapping[int, list[View]]) -> None:
        """Let the engine hold of each gig in `revisions` just its `views`; one without any is removed."""
        refused = self.engine.write(
            delete=list(revisions),
            add=[
                document(view.gig.model_copy(update={"seq": seq}), number, view.channels)
                for seq, its in views.items()
                for number, view in enumerate(its)
            ],
            revisions=revisions,
        )
        self._park(revisions, refused)
