"""The change stream: a snapshot and the changes after it give the next snapshot, whatever happens in between."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from index.engine.base import Engine
from index.follow import Follower
from index.forget import apply_pending
from index.gig import Gig, gig_id
from index.ingest import Ingest
from index.query import BadQuery, SearchQuery
from index.search import Search
from index.settings import Settings
from index.store import boards, gigs, schema
from index.store import stream as walks
from index.store.gigs import GigWrite, View
from index.store.inbox import Inbox
from index.store.store import Store
from index.stream import EPOCH, GoneError, Stream
from index.takedown import find, order
from search_api.export import Feed, dialect_of
from tests.index.conftest import Clock, RunBoard, board, posting
from tests.search.conftest import ENGINES, WORLDS, remove

NOTHING = SearchQuery()


def now() -> datetime:
    return datetime.now(UTC)


class Reader:
    """Follows a stream as a site elsewhere does: by ids alone."""

    def __init__(self, stream: Stream, query: SearchQuery = NOTHING, channel: str = "feed") -> None:
        self.stream, self.query, self.channel = stream, query, channel
        self.gigs, self.cursor = self.snapshot()
        self.items: list[dict[str, Any]] = []

    def snapshot(self) -> tuple[dict[str, Any], str]:
        head, *lines, end = map(json.loads, self.stream.snapshot(self.query, self.channel, now()))
        assert end == {"end": {"gigs": len(lines)}}
        return {gig["id"]: gig for gig in lines}, head["snapshot"]["cursor"]

    def follow(self) -> list[dict[str, Any]]:
        """What is new."""
        self.items = []
        while True:
            page = json.loads(self.stream.changes(self.cursor, self.query, self.channel, now()).body)
            for item in page["items"]:
                self.items.append(item)
                if item["removed"]:
                    self.gigs.pop(item["id"], None)
                else:
                    self.gigs[item["id"]] = item["gig"]
            self.cursor = page["next"]
            if not page["more"]:
                return self.items


@pytest.fixture
def stream(store: Store) -> Stream:
    return Stream(store)


def test_a_snapshot_holds_what_feeds_may_see(stream: Stream, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    run_board("gamma", posting("gamma", "1", title="Paint my fence for $90", description="A secret text."))
    run_board("delta", posting("delta", "1", title="Hidden from all"))
    head, *lines, end = list(stream.snapshot(NOTHING, "feed", now()))
    assert [json.loads(line)["title"] for line in lines] == ["Walk my dog, $20 an hour", "Paint my fence for $90"]
    assert "secret" not in "".join(lines)
    assert "last_seen" not in "".join(lines)
    assert json.loads(end) == {"end": {"gigs": 2}}
    its = json.loads(head)["snapshot"]
    assert [owner["id"] for owner in its["boards"]] == ["alpha", "beta", "gamma"]
    assert (its["schema_version"], its["revision"]) == (1, 3)
    Gig.model_validate_json(lines[0])


def test_a_filtered_reader_gets_tombstones_with_reason_and_keys(stream: Stream, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1", location="Austin, TX"), posting("alpha", "2", title="Type a list, $9"))
    reader = Reader(stream, SearchQuery.build(pay_min=15))
    assert set(reader.gigs) == {gig_id("alpha", "1")}
    cheap = posting("alpha", "1", title="Walk my dog, $10 an hour", location="Austin, TX")
    run_board("alpha", cheap, posting("alpha", "2", title="Type a list, $9"))
    [item] = reader.follow()
    assert (item["id"], item["removed"], item["reason"]) == (gig_id("alpha", "1"), True, "no_match")
    assert (item["category"], item["countries"]) == ("pet_care", ["US"])
    assert datetime.fromisoformat(item["removed_at"]) <= now()
    assert reader.gigs == {}


def test_a_closed_gig_is_a_tombstone_without_its_text(stream: Stream, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2", title="Wash a car, $30"))
    reader, both = Reader(stream), Reader(stream, SearchQuery.build(status=["open", "closed"]))
    run_board("alpha", posting("alpha", "2", title="Wash a car, $30"))
    [item] = reader.follow()
    assert (item["reason"], item.keys() & {"gig", "title", "description"}) == ("gone", set())
    [item] = both.follow()
    assert (item["removed"], item["gig"]["closed_reason"]) == (False, "gone")


def test_a_merge_says_where_to(stream: Stream, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1", url="https://same.example/a"))
    run_board("beta", posting("beta", "1", title="Other words, $50", url="https://same.example/b"))
    reader = Reader(stream)
    run_board("beta", posting("beta", "1", title="Other words, $50", url="https://same.example/a"))
    merged = {item["id"]: item for item in reader.follow()}[gig_id("beta", "1")]
    assert (merged["reason"], merged["moved_to"]) == ("merged", gig_id("alpha", "1"))
    assert set(reader.gigs) == {gig_id("alpha", "1")}


def test_what_a_channel_never_saw_is_not_told(stream: Stream, run_board: RunBoard) -> None:
    reader, operator = Reader(stream), Reader(stream, channel="operator")
    run_board("delta", posting("delta", "1"))
    assert reader.follow() == []
    assert len(operator.follow()) == 1
    run_board("delta")
    assert reader.follow() == []


def test_a_withdrawn_permission_removes(store: Store, stream: Stream, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    reader = Reader(stream)
    boards.decide(store.database, "alpha", False, None)
    ingest.follow_terms()
    [item] = reader.follow()
    assert (item["reason"], item["category"]) == ("not_permitted", "pet_care")


def test_seeing_it_again_changes_nothing(stream: Stream, run_board: RunBoard, clock: Clock) -> None:
    run_board("alpha", posting("alpha", "1"))
    reader = Reader(stream)
    before = list(stream.snapshot(NOTHING, "feed", now()))
    clock.pass_by(hours=1)
    run_board("alpha", posting("alpha", "1"))
    assert reader.follow() == []
    assert list(stream.snapshot(NOTHING, "feed", now())) == before


def test_pages_cover_everything_once(stream: Stream, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.stream.PAGE", 3)
    reader = Reader(stream)
    run_board("alpha", *(posting("alpha", str(n), title=f"Carry box number {n} for ${20 + n}") for n in range(10)))
    items = reader.follow()
    assert sorted(item["revision"] for item in items) == list(range(1, 11))
    assert len({item["id"] for item in items}) == 10


def test_a_sitemap_has_what_pages_show(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", *(posting("alpha", str(n), title=f"Carry box number {n} for ${20 + n}") for n in range(5)))
    run_board("delta", posting("delta", "1", title="Hidden from all"))
    with store.database.snapshot() as connection:
        parts = walks.page_parts(connection, 2)
        listed = [one for part, _ in parts for one, _ in walks.pages(connection, part * 2, part * 2 + 1)]
    assert [part for part, _ in parts] == [0, 1, 2]
    assert sorted(listed) == sorted(gig_id("alpha", str(n)) for n in range(5))


def test_a_takedown_is_not_kept_by_matching_either(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1", description="A secret text."))
    store.set(gigs.MATCHED, str(store.revision()))  # so that what it was is kept until the change is matched
    order(store, [("alpha", "1")])
    apply_pending(ingest, lambda: None)
    with store.database.reading() as connection:
        for table in (schema.matched_views, schema.views, schema.postings):
            assert connection.execute(sa.select(table)).all() == []
        [rule] = connection.execute(sa.select(schema.forgotten)).all()
    assert rule.applied_at is not None
    assert "alpha" not in rule.pattern


def test_an_old_cursor_says_what_to_do(store: Store, stream: Stream, run_board: RunBoard) -> None:
    reader = Reader(stream)
    run_board("alpha", posting("alpha", "1"))
    with store.database.writing() as connection:
        connection.execute(sa.update(schema.gigs).values(changed_at=now() - timedelta(days=91)))
    with pytest.raises(GoneError, match="90 days; take a new snapshot from /snapshot"):
        reader.follow()
    assert Reader(stream).follow() == []  # nothing is missing that is old


def test_a_cursor_of_another_life_is_refused(store: Store, stream: Stream, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    reader = Reader(stream)
    store.set(EPOCH, "5")
    reader.stream = Stream(store)
    with pytest.raises(GoneError, match="restored"):
        reader.follow()


def test_a_cursor_belongs_to_its_filters(stream: Stream) -> None:
    reader = Reader(stream)
    for cursor, query in ((reader.cursor, SearchQuery.build(mode="online")), ("forged", NOTHING)):
        with pytest.raises(BadQuery, match="no cursor of this stream") as error:
            stream.changes(cursor, query, "feed", now())
        assert error.value.parameter == "after"


@pytest.mark.parametrize(
    ("filters", "name"),
    [
        ({"limit": 5}, "limit"),
        ({"sort": "pay"}, "sort"),
        ({"posted_within": "7d"}, "posted_within"),
        ({"currency": "EUR", "pay_min": 5}, "currency"),
    ],
)
def test_what_the_stream_can_not_follow_is_refused(stream: Stream, filters: dict[str, Any], name: str) -> None:
    with pytest.raises(BadQuery) as error:
        stream.snapshot(SearchQuery.build(**filters), "feed", now())
    assert error.value.parameter == name


def test_concurrent_writers_lose_and_repeat_nothing(store: Store, stream: Stream) -> None:
    """Four writers commit in whatever order; a reader in between sees every revision once."""
    reader = Reader(stream)
    seen: list[int] = []

    def write(name: str) -> None:
        for number in range(25):
            gig = Gig(id=gig_id(name, str(number)), title="Carry boxes")
            write = GigWrite(gig.id, "open", now(), (View(("operator", "feed"), gig),))
            with store.database.writing() as connection:
                gigs.save(store.database, connection, [write])

    writers = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen += [item["revision"] for item in reader.follow()]
    seen += [item["revision"] for item in reader.follow()]
    assert seen == list(range(1, 101))
    assert reader.gigs == reader.snapshot()[0]


def test_a_takedown_leaves_a_tombstone_and_keeps_it_out(
    store: Store, stream: Stream, ingest: Ingest, run_board: RunBoard
) -> None:
    one, two = posting("alpha", "1"), posting("alpha", "2", title="Wash a car, $30")
    run_board("alpha", one, two)
    reader = Reader(stream)
    keys = find(store, "http://alpha.example/1?utm_source=x#top")
    assert keys == find(store, gig_id("alpha", "1")) == find(store, "alpha:1") == [("alpha", "1")]
    for address in (
        "https://gigdex.example/gig/{}",
        "http://h:1/sub/gigs/{}?currency=EUR",
        "https://h/gig/{}/#sources",
    ):
        assert find(store, address.format(gig_id("alpha", "1"))) == keys
    order(store, keys)
    assert apply_pending(ingest, lambda: pytest.fail("nothing has to be made anew")) == 1
    [item] = reader.follow()
    assert (item["id"], item["reason"], item["category"]) == (gig_id("alpha", "1"), "removed", "pet_care")
    run_board("alpha", one, two)
    assert reader.follow() == []
    assert set(reader.gigs) == {gig_id("alpha", "2")}
    assert not find(store, "https://alpha.example/1")


def test_a_takedown_of_one_posting_leaves_the_gig_of_others(
    store: Store, stream: Stream, ingest: Ingest, run_board: RunBoard
) -> None:
    run_board("alpha", posting("alpha", "1", url="https://same.example/a"))
    run_board("beta", posting("beta", "1", url="https://same.example/a"))
    reader = Reader(stream)
    order(store, [("alpha", "1")])
    apply_pending(ingest, lambda: None)
    reader.follow()
    [gig] = reader.gigs.values()
    assert [source["board"] for source in gig["sources"]] == ["beta"]


# --- any sequence of events ----------------------------------------------------------------------------------

BOARDS = ("alpha", "beta", "gamma")
TITLES = (
    "Walk my dog, $20 an hour",
    "Paint a fence, $90",
    "SEEKING WORK: nanny available for hire",
    "Type a list, $12",
)
QUERIES = (
    {},
    {"status": ["open", "closed"], "risk": "all"},
    {"q": "dog"},
    {"category": "pet_care", "pay_min": 15},
    {"board": "!beta"},
    {"near": "30.27,-97.74"},
)


class Followed(RuleBasedStateMachine):
    """Boards say, unsay, share links and are switched off; readers of several filters follow at their own pace, and
    feeds made with a search index have what they have."""

    settings: Callable[[], Settings]
    make_engine: Callable[[], Engine]

    @initialize()
    def start(self) -> None:
        settings = type(self).settings()
        self.store = Store.open(settings)
        self.inbox = Inbox.open(settings)
        self.engine = type(self).make_engine()
        self.search = Search(self.engine, self.store, b"secret")
        boards.declare(self.store.database, [board("alpha"), board("beta"), board("gamma", "link_only")])
        self.clock = Clock()
        self.ingest = Ingest(self.store, self.inbox, self.clock)
        self.ingest.follow_terms()
        self.stream = Stream(self.store)
        self.readers = [Reader(self.stream, SearchQuery.build(**query)) for query in QUERIES]
        self.readers.append(Reader(self.stream, SearchQuery.build(status=["open", "closed"], risk="all"), "operator"))

    @rule(
        name=st.sampled_from(BOARDS),
        rows=st.lists(
            st.tuples(st.sampled_from("123"), st.sampled_from(TITLES), st.sampled_from("abc"), st.booleans()),
            max_size=3,
            unique_by=lambda row: row[0],
        ),
        complete=st.booleans(),
    )
    def crawl(self, name: str, rows: list[tuple[str, str, str, bool]], complete: bool) -> None:
        run = self.inbox.start_run(name)
        self.inbox.put(
            run,
            [
                posting(
                    name, number, title=title, url=f"https://jobs.example/{link}",
                    location="Austin, TX" if austin else None,
                )
                for number, title, link, austin in rows
            ],
        )  # fmt: skip
        self.inbox.finish_run(run, complete, "finished", {"pages": 1}, None)
        self.ingest.drain()

    @rule(name=st.sampled_from(BOARDS), enabled=st.booleans())
    def permit(self, name: str, enabled: bool) -> None:
        boards.decide(self.store.database, name, enabled, "asked")
        self.ingest.follow_terms()

    @rule(name=st.sampled_from(BOARDS), number=st.sampled_from("123"))
    def take_down(self, name: str, number: str) -> None:
        order(self.store, [(name, number)])
        apply_pending(self.ingest, lambda: None)

    @rule(which=st.integers(0, len(QUERIES)))
    def read(self, which: int) -> None:
        self.readers[which].follow()

    @rule(which=st.integers(0, len(QUERIES)))
    def feed(self, which: int) -> None:
        """The complete feed of a search is what its reader has."""
        Follower(self.store, self.engine).catch_up()
        reader = self.readers[which]
        base = "https://gigdex.example"
        feed = Feed(dialect_of("ndjson"), reader.query, reader.channel, base, now(), self.search, self.stream)
        lines = [json.loads(line) for line in b"".join(feed.pieces()).splitlines()]
        reader.follow()
        assert len(lines) == len(reader.gigs)
        assert {gig["id"]: gig for gig in lines} == reader.gigs

    @invariant()
    def whoever_follows_has_the_next_snapshot(self) -> None:
        for reader in getattr(self, "readers", ())[::3]:
            reader.follow()
            assert reader.gigs == reader.snapshot()[0], reader.query

    def teardown(self) -> None:
        for reader in getattr(self, "readers", ()):
            reader.follow()
            assert reader.gigs == reader.snapshot()[0], reader.query
        if hasattr(self, "store"):
            remove(self.engine)
            self.inbox.close()
            self.store.close()


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_snapshot_and_changes_give_the_next_snapshot(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, world: tuple[str, str]
) -> None:
    engine, database = world
    databases = request.getfixturevalue("postgresql_databases") if database == "postgres" else None

    def new_settings() -> Settings:
        url = databases.fresh() if databases else None
        return Settings(data=tmp_path_factory.mktemp("followed"), database_url=url)

    Followed.settings = staticmethod(new_settings)
    Followed.make_engine = staticmethod(lambda: ENGINES[engine](request, tmp_path_factory.mktemp("engine") / "engine"))
    many = 20 if engine == "embedded" else 5  # an index elsewhere takes a second to make and to remove
    run_state_machine_as_test(
        Followed,
        settings=settings(
            max_examples=many, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
