"""What is news for a saved search: what fits now and did not before, once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.alerts import saved
from index.alerts.matching import Matcher
from index.alerts.questions import Asked, Questions
from index.alerts.saved import query_json, worth_saving
from index.engine.base import Document
from index.gig import Gig
from index.ingest import Ingest
from index.instance import Instance
from index.metrics import collect
from index.normalize import currency
from index.query import BadQuery, SearchQuery
from index.settings import Settings
from index.store import gigs
from index.store.schema import matched_views
from index.store.store import Store
from tests.alerts.conftest import Save, match, messages, told
from tests.index.conftest import Clock, RunBoard, posting
from tests.search import oracle
from tests.search.conftest import World, euros, world
from tests.search.made_up import NOW
from tests.search.test_conformance import POINTS, build, channels, embedded_only, queries

__all__ = ["euros", "world"]

DOGS = [posting("alpha", str(number), f"Walk dog number {number}, $20 an hour") for number in range(3)]


@pytest.fixture
def instance(settings: Settings, store: Store) -> Iterator[Instance]:
    instance = Instance(settings)
    yield instance
    instance.close()


def test_a_new_gig_is_told_once(store: Store, run_board: RunBoard, save: Save, matcher: Matcher) -> None:
    dog, cat = save(q="dog").search, save(q="cat").search
    run_board("alpha", DOGS[0])
    match(matcher)
    match(Matcher(store, private=False))
    assert (told(store, dog.id), told(store, cat.id)) == ([1], [])
    run_board("alpha", DOGS[0].model_copy(update={"description": "Three walks a day, at the river."}))
    match(matcher)
    assert told(store, dog.id) == [1]
    assert [row.search for row in messages(store)] == [dog.id]


def test_what_was_there_before_it_was_saved_is_no_news(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    run_board("alpha", *DOGS)
    search = save(q="dog").search
    match(matcher)
    run_board("alpha", *[dog.model_copy(update={"description": "Other words, same work."}) for dog in DOGS])
    match(matcher)
    assert told(store, search.id) == []
    later = save(q="walk").search  # by then gigs are followed; still nothing of old
    run_board("alpha", *[dog.model_copy(update={"description": "Other words again."}) for dog in DOGS])
    match(matcher)
    assert told(store, later.id) == []


def test_a_gig_that_pays_more_is_news_where_that_was_missing(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    run_board("alpha", DOGS[0])
    rich, any_pay = save(q="dog", pay_min=30).search, save(q="dog").search
    run_board("alpha", DOGS[0].model_copy(update={"title": "Walk dog number 0, $35 an hour"}))
    match(matcher)
    assert (told(store, rich.id), told(store, any_pay.id)) == ([1], [])


def test_a_gig_that_is_open_again_is_news(
    store: Store, run_board: RunBoard, ingest: Ingest, save: Save, matcher: Matcher, clock: Clock
) -> None:
    run_board("alpha", DOGS[0].model_copy(update={"expires_at": clock() + timedelta(hours=1)}))
    clock.pass_by(hours=2)
    assert ingest.expire() == 1
    search = save(q="dog").search
    match(matcher)
    assert told(store, search.id) == []
    run_board("alpha", DOGS[0])
    match(matcher)
    assert told(store, search.id) == [1]


def test_another_exchange_rate_alone_is_no_news(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_board("alpha", DOGS[0])
    search = save(q="dog", pay_min=19, currency="EUR").search
    match(matcher)
    real = currency.usd_rate("EUR", NOW.date())
    assert real is not None
    assert real.usd > 20 / 19  # so that $20 is less than 19 euros
    monkeypatch.setattr("index.search.usd_rate", lambda code, day: 0.5)
    run_board("alpha", DOGS[0].model_copy(update={"description": "Only the words changed."}))
    match(matcher)
    assert told(store, search.id) == []


def test_likely_scams_are_told_to_those_alone_who_ask(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    scam = posting(
        "alpha",
        "1",
        "Repackage parcels at home, $5,000 a week guaranteed",
        description="Send a $49 starter kit fee by gift card, then receive parcels at home and forward them. "
        "Contact us on Telegram. No experience needed, guaranteed income, pay the training fee first.",
    )
    plain, bare = save(q="parcels").search, save(q="parcels", risk=["!none"]).search
    asks = save(q="parcels", risk=["high"]).search
    run_board("alpha", scam)
    match(matcher)
    assert (told(store, plain.id), told(store, bare.id), told(store, asks.id)) == ([], [], [1])


def test_duplicates_and_a_later_merge_are_told_once(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    search = save(q="dog").search
    link = "https://jobs.example/the-dog"
    run_board("alpha", DOGS[0].model_copy(update={"url": link}))
    run_board("gamma", posting("gamma", "9", DOGS[0].title, url=link))
    match(matcher)
    assert told(store, search.id) == [1]  # one gig of two boards
    run_board("beta", posting("beta", "7", "Look after a dog for a weekend in June", url="https://beta.example/7"))
    match(matcher)
    assert told(store, search.id) == [1, 2]
    run_board("beta", posting("beta", "7", DOGS[0].title, url=link))
    match(matcher)
    with store.database.reading() as connection:
        assert gigs.load(connection, [2])[2].moved_to == 1
    assert told(store, search.id) == [1, 2]
    assert len(messages(store)) == 2


def test_a_gig_told_of_alone_is_not_told_again_under_the_gig_it_was_merged_into(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    link = "https://jobs.example/the-dog"
    run_board("alpha", posting("alpha", "1", "Look after a pet", url=link))
    search = save(board=["beta"]).search
    run_board("beta", posting("beta", "7", "Feed fish while we are away, $15 a day", url="https://beta.example/7"))
    match(matcher)
    assert told(store, search.id) == [2]
    run_board("beta", posting("beta", "7", "Look after a pet", url=link))
    match(matcher)
    with store.database.reading() as connection:
        assert gigs.load(connection, [2])[2].moved_to == 1
    # Gig 1 has become one of board beta, too; it stands in the ledger as told by the message about gig 2.
    assert told(store, search.id) == [1, 2]
    assert len(messages(store)) == 1


LINK = "https://jobs.example/the-dog"
TOGETHER = (DOGS[0].model_copy(update={"url": LINK}), posting("beta", "7", DOGS[0].title, url=LINK))
APART = posting("beta", "7", "Walk two dogs at the sea, $90 a day", url="https://beta.example/7")


def test_a_gig_that_is_parted_is_not_told_again(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    dog, sea, feed = save(q="dog").search, save(q="sea").search, save(kind="feed", q="dog").search
    run_board("alpha", TOGETHER[0])
    run_board("beta", TOGETHER[1])
    match(matcher)
    assert (told(store, dog.id), told(store, sea.id)) == ([1], [])
    run_board("beta", APART)
    match(matcher)
    with store.database.reading() as connection:
        assert gigs.load(connection, [2])[2].status == "open"
    assert (told(store, dog.id), told(store, feed.id)) == ([1], [1])
    assert told(store, sea.id) == [2]  # what nobody could know before


def test_a_gig_that_is_parted_before_it_was_told_is_told_as_two(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    search = save(q="dog", rhythm="weekly").search
    run_board("alpha", TOGETHER[0])
    run_board("beta", TOGETHER[1])
    match(matcher)
    run_board("beta", APART)
    match(matcher)
    assert told(store, search.id) == [1, 2]
    # Saved when it was there already, so that it was no news, and neither is its half.
    later = save(q="dog").search
    match(matcher)
    assert told(store, later.id) == []


def test_the_half_of_a_gig_that_was_there_already_is_no_news(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    run_board("alpha", TOGETHER[0])
    run_board("beta", TOGETHER[1])
    search = save(q="dog").search
    run_board("beta", APART)
    match(matcher)
    assert told(store, search.id) == []


def kept(store: Store) -> list[tuple[int, str]]:
    """Gigs that are kept as they were matched last, with their titles."""
    with store.database.reading() as connection:
        rows = connection.execute(matched_views.select().order_by(matched_views.c.gig))
        return [(row.gig, Gig.model_validate_json(row.content).title) for row in rows]


def test_a_gig_is_kept_as_it_was_just_until_its_change_is_matched(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    run_board("alpha", *DOGS)
    rich = save(q="dog", pay_min=30).search
    assert kept(store) == []  # however many gigs there are
    for pay in (35, 36):  # twice before it is matched
        run_board("alpha", *DOGS[1:], DOGS[0].model_copy(update={"title": f"Walk dog number 0, ${pay} an hour"}))
    run_board("alpha", posting("alpha", "9", "Walk the old dog, $50 an hour"), complete=False)
    run_board(
        "alpha", posting("alpha", "9", "Walk the old dog, $51 an hour"), complete=False
    )  # new until it is matched
    assert kept(store) == [(1, DOGS[0].title)]
    match(matcher)
    assert told(store, rich.id) == [1, 4]
    assert kept(store) == []


def test_a_gig_that_changes_while_it_is_matched_is_kept_as_it_was_matched(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    def pays(amount: int) -> None:
        run_board("alpha", DOGS[0].model_copy(update={"title": f"Walk dog number 0, ${amount} an hour"}))

    pays(20)
    search = save(q="dog", pay_min=30).search
    pays(35)
    news = matcher._news

    def meanwhile(*args: Any) -> Any:
        pays(10)
        return news(*args)

    matcher._news = meanwhile  # type: ignore[method-assign]
    assert matcher.step() == 1
    del matcher._news  # type: ignore[method-assign]
    assert kept(store) == [(1, "Walk dog number 0, $35 an hour")]
    match(matcher)
    assert kept(store) == []
    assert told(store, search.id) == [1]


@pytest.fixture
def midway(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object], Callable[[], object]], None]:
    """midway(write, other): do `other` while `write` is in the middle of writing gigs, or right after, if it waits."""

    def both(write: Callable[[], object], other: Callable[[], object]) -> None:
        real, entered, go_on = gigs.keep_as_matched, threading.Event(), threading.Event()

        def pausing(*args: Any) -> None:
            real(*args)
            entered.set()
            go_on.wait(20)

        monkeypatch.setattr(gigs, "keep_as_matched", pausing)
        with ThreadPoolExecutor(2) as pool:
            writing = pool.submit(write)
            assert entered.wait(20)
            doing = pool.submit(other)
            wait([doing], timeout=0.5)
            go_on.set()
            writing.result(20)
            doing.result(20)
        monkeypatch.undo()

    return both


def test_what_is_written_while_it_is_matched_is_compared_with_what_was_matched(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, midway: Any
) -> None:
    def say(text: str) -> str:
        return run_board("alpha", DOGS[0].model_copy(update={"description": text}))

    save(q="cat")
    say("One walk a day.")
    match(matcher)
    say("Two walks a day.")
    search = save(q="dog").search  # it was there by then
    midway(lambda: say("Three walks a day."), matcher.step)
    match(matcher)
    say("Four walks a day.")
    match(matcher)
    assert told(store, search.id) == []
    assert kept(store) == []


def test_what_is_written_while_the_first_search_is_saved_is_no_news(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, midway: Any
) -> None:
    def say(text: str) -> str:
        return run_board("alpha", DOGS[0].model_copy(update={"description": text}))

    say("One walk a day.")
    made: list[Any] = []
    midway(lambda: say("Two walks a day."), lambda: made.append(save(q="dog")))
    match(matcher)
    say("Three walks a day.")
    match(matcher)
    assert told(store, made[0].search.id) == []


def test_what_waits_to_be_matched_when_a_search_is_saved_neither_floods_it_nor_hides_what_comes(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    first = save(q="cat").search
    run_board("alpha", *DOGS[:2])
    search = save(q="dog", pay_min=30).search
    plain = save(q="dog").search
    run_board("alpha", DOGS[1], DOGS[0].model_copy(update={"title": "Walk dog number 0, $35 an hour"}), DOGS[2])
    match(matcher)
    assert (told(store, first.id), told(store, search.id)) == ([], [1])
    assert 3 in told(store, plain.id)
    assert 2 not in told(store, plain.id)


def test_who_goes_on_or_asks_something_else_is_not_told_what_waited_before(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock
) -> None:
    paused, changed = save(q="dog", rhythm="weekly").search, save(q="walk", rhythm="weekly").search
    run_board("alpha", DOGS[0])
    match(matcher)
    assert told(store, paused.id) == told(store, changed.id) == [1]
    with store.database.writing() as connection:
        off = saved.change(connection, paused, clock(), state="paused")
        saved.change(connection, off, clock(), state="active")
        saved.change(connection, changed, clock(), query=SearchQuery.build(q="cat"))
    assert told(store, paused.id) == told(store, changed.id) == []


def test_a_channel_that_the_board_does_not_permit_is_told_nothing(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher
) -> None:
    searches = [save(kind=kind, q="dog").search.id for kind in ("email", "webhook", "feed")]
    by_text = save(kind="email", q="river").search
    run_board("delta", posting("delta", "1", "Walk my dog"))
    run_board("gamma", posting("gamma", "1", "Feed my dog, daily", description="At the river."))
    match(matcher)
    assert [told(store, search) for search in searches] == [[2], [2], [2]]
    assert told(store, by_text.id) == []  # only the title may leave by mail
    operator = Matcher(store, private=True)
    run_board("delta", posting("delta", "2", "Wash my dog at the river"))
    match(operator)
    assert told(store, by_text.id) == [3]


def test_who_pauses_hears_nothing_and_later_only_of_what_comes_then(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock
) -> None:
    search = save(q="dog").search

    def turn(state: Any) -> None:
        with store.database.writing() as connection:
            found = saved.load(connection, search.id)
            assert found is not None
            saved.change(connection, found, clock(), state=state)

    turn("paused")
    run_board("alpha", DOGS[0])
    match(matcher)
    run_board("alpha", DOGS[1])
    turn("active")
    match(matcher)
    run_board("alpha", DOGS[2])
    match(matcher)
    assert told(store, search.id) == [3]


def test_a_search_that_changes_while_gigs_are_matched_is_followed(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock
) -> None:
    search = save(q="cat").search
    run_board("alpha", DOGS[0])
    match(matcher)
    with store.database.writing() as connection:
        saved.change(connection, search, clock(), query=SearchQuery.build(q="dog"))
    run_board("alpha", DOGS[1])
    match(matcher)
    assert told(store, search.id) == [2]


def test_what_waits_is_measured(instance: Instance, save: Save, run_board: RunBoard) -> None:
    def numbers() -> tuple[float, float, float]:
        found = {metric.name: metric.samples for metric in collect(instance)}
        active = next(value for labels, value in found["gigdex_saved_searches"] if labels["state"] == "active")
        return active, found["gigdex_alerts_lag_revisions"][0][1], found["gigdex_alerts_waiting"][0][1]

    run_board("alpha", DOGS[0])
    assert numbers() == (0, 0, 0)
    save(q="dog")
    run_board("alpha", *DOGS)
    assert numbers() == (1, 2, 0)
    match(Matcher(instance.store, False))
    assert numbers() == (1, 0, 1)


def test_two_processes_tell_once(store: Store, run_board: RunBoard, save: Save, clock: Clock) -> None:
    search = save(q="dog").search
    run_board("alpha", *DOGS)
    one, other = Matcher(store, False, clock), Matcher(store, False, clock)
    read = one._news

    def slow(*args: Any) -> Any:
        other.step()  # is faster
        return read(*args)

    one._news = slow  # type: ignore[method-assign]
    assert one.step() == 0
    assert told(store, search.id) == [1, 2, 3]
    assert len(messages(store)) == 1


def test_empty_searches_and_such_that_find_nothing_new_are_refused() -> None:
    empty: list[dict[str, Any]] = [{}, {"sort": "pay", "currency": "EUR"}, {"risk": ["all"]}]
    old: dict[str, Any] = {"q": "dog", "status": ["closed"]}
    for params, parameter in [*((one, "query") for one in empty), (old, "status")]:
        with pytest.raises(BadQuery) as error:
            worth_saving(SearchQuery.build(**params))
        assert error.value.parameter == parameter


# --- matching is searching -------------------------------------------------------------------------------------


QUESTIONS = Questions()


@pytest.fixture(scope="module")
def documents(world: World) -> list[Document]:
    return world.shelf.documents()


def every_gig(world: World, query: SearchQuery, channel: str) -> set[int]:
    """What searching finds, on all pages."""
    page = world.search.search(query, channel, NOW)
    found = {gig.seq or 0 for gig in page.items}
    while page.next is not None:
        page = world.search.search(query.model_copy(update={"cursor": page.next}), channel, NOW)
        found |= {gig.seq or 0 for gig in page.items}
    return found


@embedded_only
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=queries, channel=channels)
def test_matching_finds_what_searching_finds(
    world: World, documents: list[Document], data: dict[str, Any], channel: str
) -> None:
    query = build(data)
    asked = Asked(channel, query_json(query))
    hits = QUESTIONS.match(documents, [asked], NOW).get(asked, [])
    assert {documents[hit].gig for hit in hits} == every_gig(world, query, channel)


@embedded_only
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(queries, min_size=2, max_size=8))
def test_many_questions_at_once_are_answered_as_each_alone(
    world: World, documents: list[Document], data: list[dict[str, Any]]
) -> None:
    asked = [Asked("page", query_json(build(one))) for one in data]
    together = Questions().match(documents, asked, NOW)
    seen = list(world.shelf.by_channel["page"].values())
    for one in asked:
        query = SearchQuery.model_validate_json(one.query)
        expected = oracle.Answer(seen, query, NOW, POINTS.get(query.near or "")).gigs
        assert {documents[hit].gig for hit in together.get(one, [])} == {gig.seq for gig in expected}
