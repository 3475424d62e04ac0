"""The same ids, counts and facets as plain Python finds, for any query, on every engine."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.query import SearchQuery
from tests.search import oracle
from tests.search.conftest import WORLDS, World
from tests.search.made_up import NOW, PLACES, TITLES

WORDS = sorted({word for text in TITLES.values() for word in text.split()} | {"Berlin", "house", "Acme", "nowhere"})
POINTS = {f"{place.lat},{place.lon}": (place.lat, place.lon) for place in PLACES if place.lat is not None}

word = st.sampled_from(WORDS)
phrase = st.lists(word, min_size=1, max_size=2).map(lambda words: f'"{" ".join(words)}"')
item = st.one_of(
    word, word, word.map(str.upper), phrase, st.just("OR"), word.map("-{}".format), phrase.map("-{}".format)
)
text = st.lists(item, max_size=4).map(" ".join)


def many(*values: str) -> st.SearchStrategy[list[str]]:
    choices = [*values, *(f"!{value}" for value in values)]
    return st.one_of(st.just([]), st.lists(st.sampled_from(choices), max_size=2, unique=True))


money = st.sampled_from([None, None, None, 0, 0.003, 5, 10, 20, 25.5, 1e12])
queries = st.fixed_dictionaries(
    {
        "q": st.one_of(st.just(""), text),
        "category": many("cleaning", "code", "absent"),
        "mode": many("online", "in_person", "unknown"),
        "near": st.sampled_from([None, None, None, *POINTS]),
        "radius_km": st.sampled_from([1, 25, 60, 500]),
        "country": many("DE", "FR", "FJ"),
        "pay_min": money,
        "hourly_min": money,
        "pay_unit": many("hour", "word"),
        "currency": st.sampled_from(["USD", "USD", "EUR"]),
        "pay_unknown": st.sampled_from([None, None, "include", "exclude", "only"]),
        "media": many("paypal", "cash"),
        "minimum_payout_max": st.sampled_from([None, None, 10, 25, 60]),
        "board": many("alpha", "beta"),
        "risk": st.lists(
            st.sampled_from(["hide_high", "all", "none", "low", "high", "!high", "!none"]), max_size=2, unique=True
        ),
        "language": many("en", "de", "fr", "xx"),
        "posted_within": st.sampled_from([None, None, "1h", "24h", "7d", "5w"]),
        "status": st.sampled_from([["open"], ["open", "closed"], ["!open"], []]),
        "sort": st.sampled_from([None, "relevance", "newest", "pay", "hourly", "distance"]),
        "limit": st.just(100),
    }
)
channels = st.sampled_from(["operator", "page", "feed", "mail", "api"])


def build(data: dict[str, object]) -> SearchQuery:
    if data["sort"] == "distance" and data["near"] is None:
        data["sort"] = None
    return SearchQuery.build(**data)


def all_pages(world: World, query: SearchQuery, channel: str) -> list[int]:
    seqs: list[int] = []
    while True:
        page = world.search.search(query, channel, NOW)
        seqs += [gig.seq or 0 for gig in page.items]
        if page.next is None:
            return seqs
        query = query.model_copy(update={"cursor": page.next})


embedded_only = pytest.mark.parametrize("world", [one for one in WORLDS if one.id == "embedded-sqlite"], indirect=True)
others = pytest.mark.parametrize("world", [one for one in WORLDS if one.id != "embedded-sqlite"], indirect=True)
"""Engines and databases elsewhere take longer for a question: fewer examples a run."""


@embedded_only
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=queries, channel=channels)
def test_ids_counts_and_facets_are_those_of_plain_python(world: World, data: dict[str, object], channel: str) -> None:
    check(world, build(data), channel)


@others
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=queries, channel=channels)
def test_they_are_so_on_engines_elsewhere(world: World, data: dict[str, object], channel: str) -> None:
    check(world, build(data), channel)


def check(world: World, query: SearchQuery, channel: str) -> None:
    """Ids, order, counts and facets of the query, and of all its pages."""
    point = POINTS.get(query.near or "")
    seen = list(world.shelf.by_channel.get(channel, {}).values())
    expected = oracle.Answer(seen, query, NOW, point)
    answer = world.search.search(query, channel, NOW)
    assert [gig.seq for gig in answer.items] == [gig.seq for gig in expected.gigs[:100]]
    assert answer.total == len(expected.gigs)
    assert answer.pay_states == expected.pay_states
    assert answer.facets == expected.facets
    assert all_pages(world, query, channel) == [gig.seq for gig in expected.gigs]
    if query.near is not None:
        assert answer.distances == [oracle.distance(gig, point) for gig in answer.items]
    else:
        assert answer.distances is None


@pytest.mark.parametrize("sort", ["relevance", "newest", "pay", "hourly", "distance"])
@pytest.mark.parametrize("limit", [1, 7])
def test_small_pages_show_each_gig_once_in_order(world: World, sort: str, limit: int) -> None:
    near = "52.52,13.405"
    query = SearchQuery.build(q="haus OR clean OR dog", near=near, radius_km=500, sort=sort, limit=limit, risk=["all"])
    expected = oracle.Answer(world.gigs, query, NOW, POINTS[near]).gigs
    assert len(expected) > 30
    assert all_pages(world, query, "operator") == [gig.seq for gig in expected]


def test_facet_values_come_most_frequent_first(world: World) -> None:
    facets = world.search.facets(SearchQuery(), "operator", NOW).facets
    assert list(facets) == [
        "category", "mode", "pay_unit", "board", "risk", "country", "media", "language", "posted", "pay_status",
    ]  # fmt: skip
    for name, counts in facets.items():
        if name != "posted":
            assert list(counts.items()) == sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


@pytest.mark.parametrize("facet", ["category", "mode", "board", "country", "media", "language", "risk", "pay_unit"])
def test_choosing_a_facets_value_finds_as_many_gigs_as_it_said(world: World, facet: str) -> None:
    counts = world.search.facets(SearchQuery(risk=["all"]), "page", NOW).facets[facet]
    assert len(counts) > 1
    for value, count in counts.items():
        chosen = SearchQuery.build(**({"risk": ["all"]} | {facet: [value]}))
        total = world.search.facets(chosen, "page", NOW).total
        assert total == count or (facet == "pay_unit" and total == count - unpaid(world, value))


def unpaid(world: World, unit: str) -> int:
    """Gigs of the unit that pay nothing: outside as soon as pay is asked for."""
    shown = world.shelf.by_channel["page"].values()
    return sum(gig.pay.status == "unpaid" and gig.pay.unit == unit and gig.status == "open" for gig in shown)


@embedded_only
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=60))
def test_any_text_is_a_query(world: World, q: str) -> None:
    world.search.search(SearchQuery(q=q), "operator", NOW)


@others
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=60))
def test_any_text_is_one_on_engines_elsewhere(world: World, q: str) -> None:
    world.search.search(SearchQuery(q=q), "operator", NOW)


HOSTILE = [
    "id:a", '"', "((", "-x", "-", "--", "OR", "OR OR", "a OR", "OR a", "-OR", '-"', '""', '-""', "\0", "a\0b", "http://x",
    "a:b:c", "title:clean", "*", "?", "~", "^2", "[1 TO 2]", "{", "\\", "/.*/", "a && b || c", "NOT a", "+", "C++ -C#",
    '"C++"', "'", "''", "a'", "'a", "𝕏", "\u202e", "ﷺ" * 50,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "é" * 500, "x" * 19_000, " ".join(f"w{n}" for n in range(3_000)), "-a " * 5_000, '"a" OR ' * 2_000, '"' * 15_000,
]  # fmt: skip


@pytest.mark.parametrize("q", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_queries_answer(world: World, q: str) -> None:
    answer = world.search.search(SearchQuery(q=q), "operator", NOW)
    assert answer.total >= len(answer.items)


def test_what_names_a_field_in_other_grammars_is_text(world: World) -> None:
    assert world.search.search(SearchQuery(q="status:open"), "operator", NOW).total == 0
    everything = world.search.search(SearchQuery(), "operator", NOW).total
    assert world.search.search(SearchQuery(q="(( - ! *"), "operator", NOW).total == everything


def test_only_exclusions_find_the_rest(world: World) -> None:
    everything = world.search.search(SearchQuery(), "operator", NOW).total
    clean = world.search.search(SearchQuery(q="clean"), "operator", NOW).total
    assert 0 < clean < everything
    assert world.search.search(SearchQuery(q="-clean"), "operator", NOW).total == everything - clean


def test_a_channel_that_nothing_permits_is_empty(world: World) -> None:
    answer = world.search.search(SearchQuery(), "jsonld", NOW)
    assert (answer.total, answer.items, answer.pay_states) == (0, [], {"match": 0, "unknown": 0, "outside": 0})


def test_a_channel_is_searched_in_what_it_shows(world: World) -> None:
    """The feed shows a third of the gigs without their description, so its words must not find them there."""
    query = SearchQuery(q='"acme house"', limit=100, risk=["all"], sort="newest")
    for gig in world.search.search(query, "feed", NOW).items:
        assert re.search("acme house", " ".join(oracle.texts(gig)), re.IGNORECASE)
