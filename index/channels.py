"""What each channel may see of a gig, by the terms of the boards that its postings come from (DESIGN.md, section 4)."""

from collections.abc import Mapping, Sequence

from index.gig import Gig
from index.merge import Part, merge
from index.normalize import normalize
from index.posting import Posting
from index.store.boards import Standing
from index.store.gigs import View
from index.store.postings import StoredPosting
from index.terms import CHANNELS, OPERATOR, Level

ALL_CHANNELS = (OPERATOR, *CHANNELS)


def views_of(
    gig_id: str,
    postings: Sequence[StoredPosting],
    boards: Mapping[str, Standing],
    normalized: Mapping[tuple[str, str], Gig],
) -> tuple[View, ...]:
    """The gig's views: the first is the operator's, equal views are one that lists its channels. A view is built
    from the postings that permit the channel only, and from the title alone where only a link is permitted.

    `normalized` holds each posting's own gig by key.
    """
    found: dict[tuple[Level, ...], tuple[list[str], Gig | None]] = {}
    for channel in ALL_CHANNELS:
        levels = tuple(_level(stored, boards, channel) for stored in postings)
        if levels not in found:
            parts = [
                _part(stored, level, boards.get(stored.key[0]), normalized[stored.key])
                for stored, level in zip(postings, levels, strict=True)
                if level != "none"
            ]
            found[levels] = ([], merge(gig_id, parts) if parts else None)
        found[levels][0].append(channel)

    views: list[View] = []
    for channels, gig in found.values():
        if gig is None:
            continue
        same = next((number for number, view in enumerate(views) if view.gig == gig), None)
        if same is None:
            views.append(View(tuple(channels), gig))
        else:
            views[same] = View((*views[same].channels, *channels), gig)
    return tuple(views)


def _level(stored: StoredPosting, boards: Mapping[str, Standing], channel: str) -> Level:
    if channel == OPERATOR:
        return "full"
    board = boards.get(stored.key[0])
    return board.level(channel) if board else "none"


def _part(stored: StoredPosting, level: Level, board: Standing | None, full: Gig) -> Part:
    gig = full
    if level != "full":  # what it is was read from the whole posting: a title alone may sound like something else
        gig = normalize(_link_only(stored.posting), stored.pay_day).model_copy(update={"kind": full.kind})
    if board is None:
        return Part(gig, stored)
    return Part(gig, stored, board.info.terms.attribution, board.info.sample)


def _link_only(posting: Posting) -> Posting:
    """Title and link: all that `link_only` permits."""
    return Posting(
        board=posting.board,
        external_id=posting.external_id,
        url=posting.url,
        title=posting.title,
        language=posting.language,
        fetched_at=posting.fetched_at,
    )
