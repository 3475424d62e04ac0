"""Fixed queries over one corpus, each on every engine: the same ids, order, totals and facets as plain Python finds."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.engine.base import Engine
from index.engine.embedded import EmbeddedEngine
from index.query import SearchQuery
from tests.search.conftest import World
from tests.search.made_up import NOW, Shelf, gigs, search_for
from tests.search.test_conformance import POINTS, build, check

BERLIN, SUVA, POLE = "52.52,13.405", "-18.1416,178.4419", "90.0,0.0"

WORDS = """\
clean
cleaning
CLEANERS
house
Häuser
haus
C++
C#
.NET
dog-walker
"dog-walker"
don't
driver's
full-time
data entry
"data entry"
"entry data"
übersetzung
reinigen
traduction
l'aide
d'entrée
expérimentée
experimente
мой
переводы
翻訳
掃除
"の仕事"
clean -house
-clean
-clean -haus
-"data entry"
clean OR haus
clean OR haus dog
"data entry" OR "dog walks"
clean OR
OR clean
absent
absent OR clean
Berlin
Texas
acme
"acme house"
"house acme"
survey surveys
walk walking
ménage co
c++ -c#"""
BY_HAND: list[dict[str, Any]] = [
    # words
    *({"q": q} for q in WORDS.split("\n")),
    # words by every order
    *({"q": "clean OR haus OR dog", "near": BERLIN, "radius_km": 500, "sort": sort, "risk": ["all"]}
      for sort in ("relevance", "newest", "pay", "hourly", "distance")),
    *({"q": "house -clean", "sort": sort} for sort in ("relevance", "newest", "pay", "hourly")),
    *({"sort": sort, "risk": ["all"], "status": ["open", "closed"]} for sort in ("newest", "pay", "hourly")),
    # one filter each
    *({"category": value} for value in (["cleaning"], ["!cleaning"], ["code", "pets"], ["absent"], ["code", "!code"])),
    *({"mode": value} for value in (["online"], ["online", "either"], ["!unknown"], ["in_person", "!online"])),
    *({"country": value} for value in (["DE"], ["FJ", "FR"], ["!DE"], ["US"], ["GB"])),
    *({"board": value} for value in (["alpha"], ["alpha", "beta"], ["!alpha"], ["gamma", "!beta"])),
    *({"media": value} for value in (["paypal"], ["cash", "gift_card"], ["!paypal"])),
    *({"language": value} for value in (["en"], ["!en"], ["ja", "ru"], ["xx"])),
    *({"status": value} for value in (["open"], ["closed"], ["!open"], [])),
    *({"risk": value} for value in (["all"], ["high"], ["low"], ["none"], ["!high"], ["all", "!low"], ["hide_high"])),
    *({"pay_unit": value} for value in (["hour"], ["!hour"], ["word", "task"], ["hour", "!hour"])),
    *({"posted_within": value} for value in ("1h", "24h", "7d", "30d", "5w")),
    *({"minimum_payout_max": value} for value in (0, 10, 25, 50)),
    # pay
    *({"pay_min": low, "pay_unknown": unknown} for low in (0, 0.004, 20, 25.5, 1e12)
      for unknown in (None, "include", "only")),
    *({"pay_max": high} for high in (0, 0.003, 20, 3_000_000)),
    *({"pay_min": 5, "pay_max": 20, "currency": code} for code in ("USD", "EUR")),
    *({"hourly_min": low, "pay_unit": ["hour"], "pay_unknown": unknown} for low in (5, 20)
      for unknown in ("include", "exclude", "only")),
    *({"pay_unknown": unknown, "sort": "pay"} for unknown in ("include", "exclude", "only")),
    # near
    *({"near": near, "radius_km": km, "sort": sort} for near in (BERLIN, SUVA, POLE) for km in (1, 25, 500)
      for sort in ("distance", "newest")),
    {"near": BERLIN, "radius_km": 60, "sort": "distance", "country": ["FR"]},
    {"near": BERLIN, "radius_km": 60, "q": "haus", "sort": "relevance"},
]  # fmt: skip
CHANNELS = ("operator", "page", "feed", "mail", "api")


def drawn(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Several filters at once; the same for the same seed."""
    rng = random.Random(seed)
    alone = [query for query in BY_HAND if "sort" not in query and "pay_unknown" not in query]
    for _ in range(count):
        query: dict[str, Any] = {"sort": rng.choice([None, "newest", "pay", "hourly", "relevance"])}
        for part in rng.sample(alone, rng.choice([2, 2, 3, 4])):
            query |= part
        yield query


QUERIES = [*BY_HAND, *drawn(80)]


def test_there_are_enough() -> None:
    assert len(QUERIES) >= 200


@pytest.mark.parametrize("number", range(len(QUERIES)), ids="query-{:03}".format)
def test_query(world: World, number: int) -> None:
    query = {"sort": None, "near": None, "limit": 100} | QUERIES[number]
    check(world, build(query), CHANNELS[number % len(CHANNELS)] if number % 3 == 0 else "operator")


@pytest.mark.parametrize("sort", ["relevance", "newest", "pay", "hourly", "distance"])
def test_walks_under_writes_show_the_same_as_the_embedded_engine(engine: Engine, tmp_path: Path, sort: str) -> None:
    """Page by page, while gigs come, change and go between the pages."""
    assert BERLIN in POINTS
    peer = EmbeddedEngine.create(tmp_path / "peer")
    peer.publish()
    pages = []
    for one in (engine, peer):
        shelf = Shelf(gigs(120))
        one.write([], shelf.documents())
        search = search_for(one, shelf)
        query = SearchQuery.build(
            q="clean OR haus OR dog", near=BERLIN, radius_km=500, sort=sort, limit=5, risk=["all"], currency="EUR"
        )
        walked: list[tuple[list[int | None], int, dict[str, dict[str, int]]]] = []
        while True:
            answer = search.search(query, "operator", NOW)
            walked.append(([gig.seq for gig in answer.items], answer.total, answer.facets))
            if answer.next is None:
                break
            query = query.model_copy(update={"cursor": answer.next})
            step = len(walked)
            changed = shelf.put([*gigs(2, seed=step, first=500 + 2 * step), *gigs(3, seed=100 + step, first=7 * step)])
            one.write([7 * step + 3], changed)
            for view in range(2):
                shelf.by_key.pop((7 * step + 3, view), None)
        pages.append(walked)
    peer.close()
    assert pages[0] == pages[1]
    assert len(pages[0]) > 4
