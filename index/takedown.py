"""Taking postings down for good (`gigdex takedown`): out of store, gigs, feeds, search, inbox, with a tombstone in the
change stream, and kept out when a board shows them again.

A takedown is a rule of index/forget.py that knows a posting by its identity, and once it is done by a keyed hash of
that. Unlike words, a posting is found without reading all texts, and the search index needn't be made anew, so it
takes no time.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from index import forget
from index.dedupe import canonical_link
from index.forget import POSTING, Rule, identity
from index.removal import remove
from index.store import decisions, gigs, pages, postings
from index.store.postings import Key
from index.store.store import Store

if TYPE_CHECKING:
    from index.ingest import Ingest

_GIG = re.compile(r"(?:https?://\S+/gigs?/)?([a-z2-7]{16})(?:[/?#]\S*)?")


def find(store: Store, address: str) -> list[Key]:
    """The postings at an address: of a posting on its board, of a gig's page here (then all of the gig's), a gig's id,
    or board:external_id. Empty when there is none."""
    with store.database.reading() as connection:
        if match := _GIG.fullmatch(address.strip()):
            found = gigs.load_by_id(connection, [match[1]]).get(match[1])
            while found is not None and found.moved_to is not None:
                found = gigs.load(connection, [found.moved_to])[found.moved_to]
            if found is not None:
                return sorted(postings.of_gigs(connection, [found.seq]))
        if link := canonical_link(address.strip()):
            return sorted(postings.sharing(connection, [link]).get(link, ()))
        board, _, external_id = address.strip().partition(":")
        return list(postings.load(connection, [(board, external_id)]))


def order(store: Store, keys: Iterable[Key]) -> list[int]:
    """Keep these postings out from now on. Returns the rules' ids; forget.apply_pending removes what is there."""
    return [forget.remember(store, Rule(POSTING, identity(*key))) for key in keys]


def take_down(ingest: "Ingest", rule: Rule) -> int:
    """Remove what is stored of the rule's posting. Needs the lease. Returns the number of postings; after a crash
    anywhere in here it is done again."""
    board, _, external_id = rule.posting.partition(":")
    key: Key = (board, external_id)
    pages.drop_holding(ingest.inbox.database, board, [external_id])
    with ingest.store.database.writing() as connection:
        decisions.forget(connection, [key])
        stored = postings.load(connection, [key]).get(key)
    removed = remove(ingest, [key])
    if stored is not None and stored.gig is not None:
        with ingest.store.database.writing() as connection:
            gigs.forget_as_matched(connection, [stored.gig])
    return removed
