"""Deleting postings at once, with the gig where nothing else of it is left."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from index.store import fingerprints, gigs, postings
from index.store.postings import Key, StoredPosting

if TYPE_CHECKING:
    from index.ingest import Ingest


def remove(ingest: "Ingest", keys: Iterable[Key], is_due: Callable[[StoredPosting], bool] = lambda _: True) -> int:
    """Delete the postings, as far as they are still due. Gigs that have others live on without them; of the others
    remains what gigs.bury leaves. Needs the lease. Returns how many there were. After a crash anywhere in here the next
    call goes on."""
    database, secret = ingest.store.database, ingest.store.secret()
    wanted = list(keys)

    def due(connection: sa.Connection) -> dict[Key, StoredPosting]:
        return {key: stored for key, stored in postings.load(connection, wanted).items() if is_due(stored)}

    def taken_out(connection: sa.Connection) -> dict[Key, StoredPosting]:
        """Those in gigs that live on: what is no offer is in no gig."""
        batch = due(connection)
        members = postings.of_gigs(connection, _gigs_of(batch))
        shared = {stored.gig for key, stored in members.items() if key not in batch}
        return {key: replace(stored, kind="other") for key, stored in batch.items() if stored.gig in shared}

    while True:
        ingest.settle(taken_out)
        with ingest.store.regrouping() as connection:
            batch = due(connection)
            alone = _gigs_of(batch)
            if not postings.of_gigs(connection, alone).keys() <= batch.keys():
                continue  # another writer was faster
            postings.delete(connection, batch)
            fingerprints.remove_of(connection, batch, secret)
            gigs.bury(database, connection, alone)
        return len(batch)


def _gigs_of(batch: dict[Key, StoredPosting]) -> set[int]:
    return {stored.gig for stored in batch.values() if stored.gig is not None}
