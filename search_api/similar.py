"""Gigs like another one: of its kind, near its place, with words of its title. A search as any other, on any engine."""

from datetime import datetime

from index import tokens
from index.gig import Gig
from index.query import SearchQuery
from index.search import Search
from index.suggest import FILLERS

WORDS = 12
"""Words of the title that are looked for."""
LOOKED_AT = 20
"""Gigs that are compared."""
RADIUS_KM = 50


def similar(search: Search, gig: Gig, channel: str, now: datetime, most: int = 4) -> list[Gig]:
    """Open gigs of the channel like `gig`, the likest first; likely scams are none. Raises EngineError."""
    words = [word for word in dict.fromkeys(tokens.words(gig.title)) if len(word) > 2 and word not in FILLERS][:WORDS]
    if not words:
        return []
    place = next((place for place in gig.places if place.lat is not None and place.lon is not None), None)
    query = SearchQuery(
        q=" OR ".join(words),
        category=[] if gig.category == "other" else [gig.category],
        # Work elsewhere is no alternative for somebody who would have gone there.
        near=f"{place.lat},{place.lon}" if place and gig.work_mode == "in_person" else None,
        radius_km=RADIUS_KM,
        limit=LOOKED_AT,
    )
    wanted = _stems(gig)
    found = [other for other in search.first(query, channel, now) if other.id != gig.id]
    # sorted() is stable: among equals the search's own order stays.
    return sorted(found, key=lambda other: -len(wanted & _stems(other)))[:most]


def _stems(gig: Gig) -> set[str]:
    return set(tokens.stems([tokens.words(gig.title)], gig.language).split())
