"""Paging, cursors, near, limits and caches: what isn't one query's answer."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from index import search
from index.engine.base import Engine, EngineError, TooLongError
from index.engine.embedded import EmbeddedEngine
from index.gig import Gig, Pay, Place
from index.query import BadQuery, SearchQuery
from index.search import END, Search
from tests.search.conftest import World
from tests.search.made_up import NOW, SECRET, Shelf, gigs, search_for

SORTS = ["relevance", "newest", "pay", "hourly", "distance"]


def filled(engine: Engine, made: list[Gig]) -> tuple[Search, Shelf]:
    shelf = Shelf(made)
    engine.write([], shelf.documents())
    return search_for(engine, shelf), shelf


def same(seq: int, **changes: object) -> Gig:
    """Gigs that tie in every order but by seq."""
    place = Place(text="Berlin", country="DE", lat=52.52, lon=13.405)
    pay = Pay(status="stated", unit="hour", usd_min=20.0, usd_per_hour_min=20.0)
    data = {"id": f"gig{seq}", "seq": seq, "title": "Walk dogs", "places": [place], "pay": pay, "first_seen": NOW}
    return Gig(**(data | changes))  # type: ignore[arg-type]


def query(**changes: object) -> SearchQuery:
    return SearchQuery.build(**({"q": "dog", "near": "52.52,13.405", "risk": ["all"], "limit": 4} | changes))


def walk(
    search: Search, first: SearchQuery, between: Callable[[int], None] = lambda page: None, channel: str = "operator"
) -> list[int]:
    seqs: list[int] = []
    asked, page = first, 0
    while True:
        answer = search.search(asked, channel, NOW)
        seqs += [gig.seq or 0 for gig in answer.items]
        if answer.next is None:
            return seqs
        page += 1
        between(page)
        asked = first.model_copy(update={"cursor": answer.next})


@pytest.mark.parametrize("sort", SORTS)
def test_ties_are_paged_once_each_newest_first(engine: Engine, sort: str) -> None:
    search, _ = filled(engine, [same(seq) for seq in range(1, 40)])
    assert walk(search, query(sort=sort)) == list(range(39, 0, -1))


@pytest.mark.parametrize("sort", SORTS)
def test_gigs_that_stay_are_shown_once_while_others_come_change_and_go(engine: Engine, sort: str) -> None:
    search, shelf = filled(engine, [same(seq) for seq in range(1, 41)])

    def disturb(page: int) -> None:
        """New gigs at the top, one removed further down, one changed so that it moves in every order."""
        new = shelf.put([same(100 + page)])
        moved = shelf.put(
            [same(page * 3, title="Other dog work", pay=Pay(), places=[Place(text="x", lat=52.6, lon=13.4)])]
        )
        engine.write([page * 3 + 1], [*new, *moved])

    seqs = walk(search, query(sort=sort), disturb)
    touched = {page * 3 + step for page in range(1, 14) for step in (0, 1)}
    stayed = [seq for seq in seqs if seq <= 40 and seq not in touched]
    assert stayed == [seq for seq in range(40, 0, -1) if seq not in touched]


@pytest.mark.parametrize("sort", ["relevance", "distance"])
def test_orders_that_end_say_so(engine: Engine, sort: str) -> None:
    search, _ = filled(engine, [same(seq) for seq in range(1, END + 30)])
    first = search.search(query(sort=sort, limit=100), "operator", NOW)
    assert first.limited
    assert first.total == END + 29
    seqs = walk(search, query(sort=sort, limit=100))
    assert seqs == list(range(END + 29, 29, -1))
    assert len(walk(search, query(sort=sort, limit=33))) == END
    newest = search.search(query(sort="newest", limit=100), "operator", NOW)
    assert not newest.limited
    assert len(walk(search, query(sort="newest", limit=100))) == END + 29


def test_an_order_that_reaches_its_end_is_not_limited(engine: Engine) -> None:
    search, _ = filled(engine, [same(seq) for seq in range(1, 9)])
    answer = search.search(query(sort="relevance", limit=8), "operator", NOW)
    assert (answer.limited, answer.next, len(answer.items)) == (False, None, 8)


def test_relevance_prefers_the_phrase_then_all_then_some_words_of_the_title(engine: Engine) -> None:
    titles = ["Cats", "Walking a dog", "Dog walking", "Dogs", "Dog food, walking shoes"]
    made = [same(n, title=title, description="dog walking") for n, title in enumerate(titles, start=1)]
    search, _ = filled(engine, made)
    assert walk(search, query(q="dog walking", near=None)) == [3, 5, 2, 4, 1]
    assert walk(search, query(q='"dog walking" OR cats', near=None)) == [3, 1, 5, 4, 2]


def test_relevance_without_words_is_newest(engine: Engine) -> None:
    made = [same(1, first_seen=NOW), same(2, first_seen=NOW - timedelta(days=1)), same(3, first_seen=None)]
    search, _ = filled(engine, made)
    for q in ("", "((", "-cat"):
        answer = search.search(query(q=q, near=None, sort="relevance"), "operator", NOW)
        assert [gig.seq for gig in answer.items] == [1, 2, 3]
        assert not answer.limited


def test_distance_counts_a_gig_by_its_nearest_place(engine: Engine) -> None:
    far, near, middle = (Place(text="x", lat=52.52 + d, lon=13.405) for d in (0.2, 0.0, 0.1))
    made = [same(1, places=[far, near]), same(2, places=[middle]), same(3, places=[far])]
    search, _ = filled(engine, made)
    answer = search.search(query(sort="distance", limit=10), "operator", NOW)
    assert [gig.seq for gig in answer.items] == [1, 2, 3]
    assert answer.distances == pytest.approx([0.6, 11.6, 22.7], abs=0.3)
    assert walk(search, query(sort="distance", limit=1)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("near", "found"),
    [("-17,179.9", [1, 2]), ("-17,-179.9", [1, 2]), ("90,120", [3]), ("-90,0", []), ("0,0", [])],
)
def test_circles_across_the_date_line_and_the_poles(engine: Engine, near: str, found: list[int]) -> None:
    places = [(-17.0, 179.8), (-17.0, -179.8), (89.9, -60.0)]
    search, _ = filled(
        engine, [same(n, places=[Place(text="x", lat=lat, lon=lon)]) for n, (lat, lon) in enumerate(places, start=1)]
    )
    answer = search.search(query(near=near, radius_km=100), "operator", NOW)
    assert sorted(gig.seq or 0 for gig in answer.items) == found
    assert answer.total == len(found)


def test_latitude_and_longitude_of_two_places_make_no_third(engine: Engine) -> None:
    search, _ = filled(engine, [same(1, places=[Place(text="a", lat=10, lon=50), Place(text="b", lat=50, lon=10)])])
    assert search.facets(query(near="10,10"), "operator", NOW).total == 0
    assert search.facets(query(near="50,10"), "operator", NOW).total == 1


def test_near_by_name(world: World) -> None:
    answer = world.search.search(SearchQuery(near="Berlin"), "operator", NOW)
    assert answer.near is not None
    assert answer.near.country == "DE"
    assert answer.total > 0
    assert answer.distances is not None
    assert all(km <= 25 for km in answer.distances)


@pytest.mark.parametrize(
    "near", ["nowhere at all", "91,0", "0,181", "nan,0", "inf,inf", ",", "1,2,3", "\0", "Springfield"]
)
def test_a_place_that_cannot_be_found_is_named(world: World, near: str) -> None:
    with pytest.raises(BadQuery) as caught:
        world.search.search(SearchQuery(near=near), "operator", NOW)
    assert caught.value.parameter == "near"


def test_a_currency_without_rate_is_named(world: World) -> None:
    with pytest.raises(BadQuery) as caught:
        world.search.facets(SearchQuery(currency="XXX", pay_min=1), "operator", NOW)
    assert caught.value.parameter == "currency"


def some_cursor(world: World, **changes: object) -> str:
    answer = world.search.search(SearchQuery.build(**({"limit": 2} | changes)), "operator", NOW)
    assert answer.next is not None
    return answer.next


@pytest.mark.parametrize("sort", ["newest", "pay", "hourly"])
def test_a_cursor_survives_another_limit_and_the_default_said_aloud(world: World, sort: str) -> None:
    found = some_cursor(world, sort=sort)
    assert world.search.search(SearchQuery.build(sort=sort, cursor=found, limit=50), "operator", NOW).items
    if sort == "newest":
        assert world.search.search(SearchQuery(cursor=found), "operator", NOW).items


def test_foreign_and_tampered_cursors_are_refused(world: World) -> None:
    good = some_cursor(world, sort="newest")
    flipped = ("A" if good[5] != "A" else "B").join([good[:5], good[6:]])
    bad: list[tuple[SearchQuery, str]] = [
        (SearchQuery(cursor=good, q="dog", sort="newest"), "operator"),
        (SearchQuery(cursor=good, sort="pay"), "operator"),
        (SearchQuery(cursor=good, sort="relevance"), "operator"),
        (SearchQuery(cursor=good), "page"),
        *(
            (SearchQuery(cursor=text), "operator")
            for text in (flipped, good[:-1], good + "A", "x", "é", "=", "a b", "../")
        ),
    ]
    for asked, channel in bad:
        with pytest.raises(BadQuery) as caught:
            world.search.search(asked, channel, NOW)
        assert caught.value.parameter == "cursor"
    other = Search(world.search._engine, world.shelf, b"another secret")
    with pytest.raises(BadQuery):
        other.search(SearchQuery(cursor=good), "operator", NOW)
    assert SECRET not in good.encode()


def test_counts_follow_every_change_in_spite_of_the_cache(engine: Engine) -> None:
    search, shelf = filled(engine, [same(1)])
    assert search.facets(query(), "operator", NOW).total == 1
    engine.write([], shelf.put([same(2)]))
    assert search.facets(query(), "operator", NOW).total == 2
    engine.write([1, 2], [])
    assert search.facets(query(), "operator", NOW) == search.facets(query(), "operator", NOW)
    assert search.facets(query(), "operator", NOW).total == 0
    assert search.search(query(sort="distance"), "operator", NOW).items == []


def test_counts_are_asked_once_for_the_pages_of_a_walk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Search(world.search._engine, world.shelf, SECRET)
    asked: list[int] = []
    count = world.search._engine.count
    monkeypatch.setattr(world.search._engine, "count", lambda counts: asked.append(1) or count(counts))
    walk(fresh, SearchQuery(limit=50))
    assert len(asked) == 1


def test_a_gig_that_has_left_the_store_is_left_out(engine: Engine) -> None:
    search, shelf = filled(engine, [same(seq) for seq in range(1, 11)])
    for view in range(3):
        shelf.by_key.pop((9, view), None)
    shelf.by_key[8, 0] = same(8, places=[])
    answer = search.search(query(), "operator", NOW)
    assert [gig.seq for gig in answer.items] == [10, 7]
    assert answer.distances is not None
    assert len(answer.distances) == 2
    assert walk(search, query()) == [10, 7, 6, 5, 4, 3, 2, 1]


def test_two_readers_and_a_writer_on_one_folder(tmp_path: Path) -> None:
    writer = EmbeddedEngine.create(tmp_path)
    writer.publish()
    shelf = Shelf([])
    readers = [search_for(EmbeddedEngine.open(tmp_path), shelf) for _ in range(2)]
    for gig in gigs(30):
        writer.write([], shelf.put([gig]))
        for reader in readers:
            everything = SearchQuery(risk=["all"], status=["open", "closed"], limit=1, sort="newest")
            assert reader.facets(everything, "operator", NOW).total == gig.seq


def test_an_engine_that_fails_is_not_hidden(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise EngineError("the engine is away")

    monkeypatch.setattr(world.search._engine, "search", fail)
    with pytest.raises(EngineError, match="away"):
        world.search.search(SearchQuery(), "operator", NOW)


@pytest.mark.parametrize("filters", [{"near": "52.52,13.405", "radius_km": 500, "sort": "distance"}, {"q": "clean"}])
def test_a_question_has_its_time(world: World, monkeypatch: pytest.MonkeyPatch, filters: dict[str, object]) -> None:
    monkeypatch.setattr(search, "TIME_S", -1.0)
    with pytest.raises(TooLongError, match="too long"):
        world.search.search(SearchQuery.build(**filters), "operator", NOW)


def test_only_questions_for_a_circle_read_the_cells(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    search, _ = filled(engine, [same(seq) for seq in range(1, 4)])
    read: list[str] = []
    real = type(engine).values
    monkeypatch.setattr(type(engine), "values", lambda self, name: read.append(name) or real(self, name))
    search.search(SearchQuery(q="clean"), "operator", NOW)
    assert read == ["language"]
    search.search(SearchQuery(near="52.52,13.405"), "operator", NOW)
    search.search(SearchQuery(near="52.5,13.4"), "operator", NOW)
    assert read == ["language", "cell"]
