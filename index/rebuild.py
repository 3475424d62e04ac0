"""A new search index from the store, beside the old one, which answers until the new one has been found complete."""

import logging
import random
import time
from collections.abc import Callable

import sqlalchemy as sa

from index.engine.base import EngineBusyError, EngineError, EngineStaleError
from index.engine.choice import Engines
from index.follow import Follower
from index.store import gigs
from index.store.schema import gigs as gigs_table
from index.store.schema import views as views_table
from index.store.store import Store

log = logging.getLogger(__name__)

LEAST_LIKENESS = 0.98
"""Of a new index to the store. Below, something is wrong that searchers would notice, and the old index stays. (Not 1:
other workers may write meanwhile.)"""
FEW_REFUSED = 20
"""So many gigs may be refused (index/follow.py parks and tells them) whatever their share: one odd gig in a small store
must not keep all others from being found."""
SAMPLES, SAMPLE_GIGS = 40, 25
"""Places of the store from which so many gigs in a row are compared, view by view and revision by revision."""
PATIENCE_S = 120.0
"""How long a rebuild waits for an engine elsewhere that went away: the time in which a node restarts."""
PAUSE_S = 2.0


def rebuild(store: Store, engines: Engines, on_step: Callable[[int], None] = lambda _: None) -> Follower:
    """A new engine with everything that the store has; readers keep the old one until it is complete. Raises
    EngineError, and leaves the old one, when it can't be made or is too unlike the store."""
    engines.discard(Follower.names(store))
    engine = engines.create()
    follower = Follower(store, engine)
    try:
        follower.begin()
        fill(follower, engines.elsewhere, on_step)
        share = likeness(follower)
        if share < LEAST_LIKENESS:
            raise EngineError(
                f"the new search index has only {share:.1%} of what the store has, so the old one stays; try again, "
                "and report it please"
            )
        engine.publish()
        follower.catch_up(on_step)
        if engines.elsewhere or store.database.is_sqlite:  # or else another machine's folder may follow the store
            follower.forget_others()
    except BaseException:
        engine.close()
        raise
    return follower


def fill(follower: Follower, elsewhere: bool, on_step: Callable[[int], None]) -> None:
    """Catch up with the store; an engine elsewhere may go away meanwhile and come back."""
    since = time.monotonic()

    def got_on(count: int) -> None:
        nonlocal since
        since = time.monotonic()
        on_step(count)

    while True:
        try:
            follower.catch_up(got_on)
        except (EngineStaleError, EngineBusyError):
            raise
        except EngineError as error:
            if not elsewhere or time.monotonic() - since > PATIENCE_S:
                raise
            log.warning("%s; the rebuild goes on when it can", error)
            time.sleep(PAUSE_S)
        else:
            return


def likeness(follower: Follower) -> float:
    """How much of the store an engine has, 0 to 1: by the number of documents, and by samples of them."""
    store, engine = follower.store, follower.engine
    refused = set(follower.parked())
    if len(refused) <= FEW_REFUSED:
        with store.database.reading() as connection:
            excused = sum(map(len, gigs.load_views(connection, refused).values()))
    else:
        refused, excused = set(), 0
    with store.database.reading() as connection:
        stored: int = connection.execute(sa.select(sa.func.count()).select_from(views_table)).scalar_one()
        newest: int = connection.execute(sa.select(sa.func.max(gigs_table.c.seq))).scalar() or 0
    stored -= excused
    size = engine.size()
    if not max(stored, size):
        return 1.0
    same = seen = 0
    for _ in range(SAMPLES):
        low = random.randint(1, max(1, newest - SAMPLE_GIGS + 1))  # noqa: S311  # a sample
        high = low + SAMPLE_GIGS - 1
        expected, held = (
            {key: revision for key, revision in documents.items() if key[0] not in refused}
            for documents in (expected_documents(store, low, high), engine.held(low, high))
        )
        same += len(expected.items() & held.items())
        seen += len(expected.keys() | held.keys())
    return min(min(stored, size) / max(stored, size), same / seen if seen else 1.0)


def expected_documents(store: Store, low: int, high: int) -> dict[tuple[int, int], int]:
    """(seq, view) -> revision of all documents that an engine should have of the gigs low..high."""
    query = (
        sa.select(views_table.c.gig, views_table.c.view, gigs_table.c.revision)
        .join(gigs_table, gigs_table.c.seq == views_table.c.gig)
        .where(views_table.c.gig.between(low, high), gigs_table.c.moved_to.is_(None))
    )
    with store.database.reading() as connection:
        return {(row.gig, row.view): row.revision for row in connection.execute(query)}
