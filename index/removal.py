"""Deleting postings at once, with the gig where nothing else of it is left."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from index.store import fingerprints, gigs, postings
from index.store.postings import Key

if TYPE_CHECKING:
    from index.ingest import Ingest


def remove(ingest: "Ingest", keys: Iterable[Key]) -> int:
    """Delete the postings. Gigs that have others live on without them; of the others remains what gigs.bury leaves.
    Needs the lease. Returns how many there were. After a crash anywhere in here the next call goes on."""
    database, secret = ingest.store.database, ingest.store.secret()
    wanted = list(keys)
    while True:
        with database.reading() as connection:
            batch = postings.load(connection, wanted)
            members = postings.of_gigs(connection, {stored.gig for stored in batch.values() if stored.gig is not None})
        if not batch:
            return 0
        shared = {stored.gig for key, stored in members.items() if key not in batch}
        # Taken out of gigs that live on: what is no offer is in no gig.
        leaving = {key: replace(stored, kind="other") for key, stored in batch.items() if stored.gig in shared}
        ingest.settle({key: stored for key, stored in leaving.items() if stored.gig is not None})
        alone = {stored.gig for stored in batch.values() if stored.gig is not None} - shared
        with database.writing() as connection:
            gigs.take(connection, "regrouping", 1)  # whoever is computing gigs of these postings begins anew
            if not postings.of_gigs(connection, alone).keys() <= batch.keys():
                continue  # another writer was faster
            postings.delete(connection, batch)
            fingerprints.remove_of(connection, batch, secret)
            gigs.bury(database, connection, alone)
        return len(batch)
