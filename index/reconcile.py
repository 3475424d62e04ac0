"""The store and the engine compared in full, document by document, and the engine mended (`gigdex reconcile`).

The engine follows by revision, so that a document that went missing for any other reason stays missing, and nothing
would ever tell. This tells.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from index.engine.base import Everything, Hit, Top
from index.follow import Follower
from index.rebuild import expected_documents
from index.store import gigs
from index.store.schema import gigs as gigs_table

STEP = 1_000
"""Gigs that are compared at once."""


@dataclass
class Differences:
    """Of the engine from the store."""

    compared: int = 0
    """Documents that one or both have."""
    missing: int = 0
    surplus: int = 0
    outdated: int = 0
    """Documents of an older revision than the store's, or of one that it never had."""
    left: int = 0
    """Gigs that were still different after they were mended."""
    refused: dict[int, str] = field(default_factory=dict)
    """seq -> reason, of gigs that the engine still won't take."""

    @property
    def any(self) -> bool:
        return bool(self.missing or self.surplus or self.outdated)


def reconcile(follower: Follower, on_step: Callable[[int], None] = lambda _: None, mend: bool = True) -> Differences:
    """Compare everything; `on_step` gets the number of gigs of each step. The follower must be up to date.

    Raises EngineError when the engine can't answer.
    """
    found = Differences()
    last = max(_newest(follower), next((hit.gig for hit in _top(follower)), 0))
    for low in range(0, last + 1, STEP):
        _step(follower, low, low + STEP - 1, found, mend)
        on_step(min(STEP, last + 1 - low))
    found.refused = follower.parked()
    return found


def _newest(follower: Follower) -> int:
    with follower.store.database.reading() as connection:
        return connection.execute(sa.select(sa.func.max(gigs_table.c.seq))).scalar() or 0


def _top(follower: Follower) -> list[Hit]:
    [hits] = follower.engine.search([Top(Everything(), "gig", 1)])
    return hits


def _step(follower: Follower, low: int, high: int, found: Differences, mend: bool) -> None:
    # In this order: what another worker writes meanwhile is then newer than the position, and left to be followed.
    position = follower.position()
    held = follower.engine.held(low, high)
    expected = expected_documents(follower.store, low, high)
    newest = follower.store.revision()
    missing, surplus, outdated = _compared(expected, held, position, newest)
    surplus -= _newer(follower, surplus, position)
    found.compared += len(expected.keys() | held.keys())
    found.missing += len(missing)
    found.outdated += len(outdated)
    found.surplus += len(surplus)
    wrong = {gig for gig, _ in missing | outdated | surplus}
    if not wrong or not mend:
        return
    with follower.store.database.reading() as connection:
        stored = gigs.load(connection, wrong)
        views = gigs.load_views(connection, (seq for seq, gig in stored.items() if gig.moved_to is None))
    # The newest revision, or else what is wrong could win as the newer one.
    revision = max(newest, *(revision for (gig, _), revision in held.items() if gig in wrong), 0)
    follower.put(dict.fromkeys(wrong, revision), views)
    expected = {key: 0 for key in expected if key[0] in wrong}
    held = {key: 0 for key in follower.engine.held(low, high) if key[0] in wrong}
    refused = set(follower.parked())
    found.left += len({gig for gig, _ in expected.keys() ^ held.keys()} - refused)


Keys = set[tuple[int, int]]


def _newer(follower: Follower, keys: Keys, position: int) -> Keys:
    """Documents of gigs that changed after the position."""
    if not keys:
        return set()
    with follower.store.database.reading() as connection:
        stored = gigs.load(connection, {gig for gig, _ in keys})
    return {key for key in keys if key[0] in stored and stored[key[0]].revision > position}


def _compared(
    expected: dict[tuple[int, int], int], held: dict[tuple[int, int], int], position: int, newest: int
) -> tuple[Keys, Keys, Keys]:
    """Documents that are missing, too many, outdated. What is newer than the engine's position is yet to be followed;
    mended ones have a higher revision than their gig's."""
    settled = {key for key, revision in expected.items() if revision <= position}
    outdated = {key for key in settled & held.keys() if not expected[key] <= held[key] <= newest}
    return settled - held.keys(), held.keys() - expected.keys(), outdated
