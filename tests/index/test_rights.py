"""What leaves by a channel is what the boards permit there now, whatever an index that is behind still thinks."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.engine.embedded import EmbeddedEngine
from index.follow import Follower
from index.forget import apply_pending
from index.gig import gig_id
from index.ingest import Ingest
from index.query import SearchQuery
from index.search import Search
from index.store import boards
from index.store.store import Store
from index.stream import Stream
from index.takedown import find, order
from index.terms import BoardInfo, ChannelLevels
from search_api.export import Feed, dialect_of
from tests.index.conftest import RunBoard, board, posting

EVERYTHING = SearchQuery.build(status=["open", "closed"], risk=["all"])


def page_only(name: str) -> BoardInfo:
    """A board whose gigs are for our pages alone."""
    info = board(name)
    levels = ChannelLevels(page="full", api="none", feed="none", mail="none", jsonld="none")
    return info.model_copy(update={"terms": info.terms.model_copy(update={"channels": levels})})


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine.create(tmp_path / "engine")
    engine.publish()
    yield engine
    engine.close()


Told = Callable[[], str]


@pytest.fixture
def told(store: Store, engine: EmbeddedEngine) -> Told:
    """All that the public is told just now: by feeds, snapshot and API."""
    search, stream = Search(engine, store, b"secret"), Stream(store, engine)

    def tell() -> str:
        said: list[str] = []
        for name in ("ndjson", "rss", "csv"):
            feed = Feed(dialect_of(name), EVERYTHING, "feed", "https://gigdex.example", now(), search, stream)
            said += [piece.decode() for piece in feed.pieces()]
        _, *lines, _ = stream.snapshot(EVERYTHING, "feed", now())
        said += lines
        said += [gig.model_dump_json() for gig in search.search(EVERYTHING, "api", now()).items]
        return "\n".join(said)

    return tell


def test_an_index_that_is_behind_shows_nothing_that_is_no_longer_permitted(
    store: Store, ingest: Ingest, run_board: RunBoard, engine: EmbeddedEngine, told: Told
) -> None:
    """The numbers of a gig's views change their meaning with the boards' terms."""
    boards.declare(store.database, [board("alpha"), page_only("beta")])
    ingest.follow_terms()
    run_board("alpha", posting("alpha", "1", url="https://same.example/a", description="Words of alpha."))
    run_board("beta", posting("beta", "1", url="https://same.example/a", description="Words of beta.", location="Oslo"))
    Follower(store, engine).catch_up()
    assert "Words of alpha" in told()
    boards.decide(store.database, "alpha", False, None)
    ingest.follow_terms()
    assert "of beta" not in told()
    assert "Oslo" not in told()
    assert "Words of alpha" not in told()


def test_what_a_channel_still_sees_stays_while_the_index_is_behind(
    store: Store, ingest: Ingest, run_board: RunBoard, engine: EmbeddedEngine, told: Told
) -> None:
    """A complete feed that lacks a gig says that it is gone."""
    boards.declare(store.database, [board("alpha"), page_only("beta")])
    ingest.follow_terms()
    run_board("alpha", posting("alpha", "1", url="https://same.example/a", description="Words of alpha."))
    run_board("beta", posting("beta", "1", url="https://same.example/a", description="Words of beta."))
    Follower(store, engine).catch_up()
    boards.decide(store.database, "beta", False, None)
    ingest.follow_terms()
    assert told().count("Words of alpha") >= 4


def test_a_gig_is_over_for_a_channel_when_all_that_it_may_see_is(
    store: Store, ingest: Ingest, run_board: RunBoard
) -> None:
    boards.declare(store.database, [page_only("alpha"), board("beta", "none")])
    ingest.follow_terms()
    run_board("alpha", posting("alpha", "1", url="https://same.example/a"))
    run_board("beta", posting("beta", "1", url="https://same.example/a"))
    run_board("alpha", posting("alpha", "1", url="https://same.example/a", extra={"status": "filled"}))
    found = {channel: store.find(gig_id("alpha", "1"), channel) for channel in ("operator", "page")}
    assert {channel: its and its.closed for channel, its in found.items()} == {"operator": False, "page": True}


SEEKING = {"title": "SEEKING WORK: experienced nanny looking for a family", "description": "I am available for hire."}


def test_of_what_is_no_offer_any_more_no_text_is_kept(
    store: Store, ingest: Ingest, run_board: RunBoard, engine: EmbeddedEngine, told: Told
) -> None:
    """Neither a takedown nor a withdrawn permission would find it again."""
    run_board("alpha", posting("alpha", "1", description="A secret text."))
    reader = Stream(store)
    cursor = json.loads(next(iter(reader.snapshot(SearchQuery(), "feed", now()))))["snapshot"]["cursor"]
    run_board("alpha", posting("alpha", "1", **SEEKING))
    [item] = json.loads(reader.changes(cursor, SearchQuery(), "feed", now()).body)["items"]
    assert (item["reason"], item["category"]) == ("removed", "pet_care")
    Follower(store, engine).catch_up()
    assert "secret" not in told()
    order(store, find(store, "alpha:1"))
    apply_pending(ingest, lambda: None)
    gone = store.find(gig_id("alpha", "1"), "operator")
    assert gone is not None
    assert (gone.gig, gone.closed) == (None, True)
