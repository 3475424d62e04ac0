"""What boards' own marks do at ingest: people who seek work and what is over are dropped, and counted."""

import pytest

from crawlers.parse import parse_file
from index.gig import gig_id
from index.posting import Posting
from index.store.store import Store
from tests.crawlers.test_board_fixtures import FIXTURES
from tests.index.conftest import RunBoard


def postings(board: str) -> list[Posting]:
    """A board's fixture, as the store's board `alpha`."""
    (file,) = (FIXTURES / board).glob("response.*")
    rows = [row for row in parse_file(board, file.read_bytes(), file.name) if isinstance(row, Posting)]
    return [row.model_copy(update={"board": "alpha"}) for row in rows]


def counts(store: Store) -> dict[str, int]:
    [state] = [state for state in store.boards() if state.info.id == "alpha"]
    assert state.last_run is not None
    return state.last_run.counts


@pytest.mark.parametrize(
    ("board", "kept", "seeking", "over"),
    [
        ("reddit", {"a1"}, 1, 2),
        ("github", {"https://github.com/example/kettle/issues/12", "https://github.com/example/teapot/issues/4"}, 0, 1),
        ("clinicaltrials", {"NCT99900001"}, 0, 1),
        ("mastodon_social", {"https://mastodon.social/users/x/statuses/1"}, 1, 0),
    ],
)
def test_marked_rows(store: Store, run_board: RunBoard, board: str, kept: set[str], seeking: int, over: int) -> None:
    rows = postings(board)
    run_board("alpha", *rows)
    found = counts(store)
    assert found.get("not_an_offer_seeking_work", 0) == seeking
    assert found.get("closed_at_first_sight", 0) == over
    gigs = {row.external_id for row in rows if store.find(gig_id("alpha", row.external_id), "operator")}
    assert gigs == kept
