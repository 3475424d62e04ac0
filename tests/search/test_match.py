"""The matcher of the change stream says of each gig what the engine says."""

from pathlib import Path
from typing import Any

import pytest

from index.engine.embedded import EmbeddedEngine
from index.match import Matcher
from index.query import SearchQuery
from tests.search.made_up import NOW, Shelf, gigs, search_for

EVERYTHING: dict[str, Any] = {"status": ["open", "closed"], "risk": "all"}
QUERIES: list[dict[str, Any]] = [
    {},
    EVERYTHING,
    {"category": ["code", "pets"], "mode": "!online"},
    {"near": "52.52,13.40", "radius_km": 30},
    {"near": "-17,179.9", "radius_km": 400},
    {"country": "DE", "language": ["de", "en"]},
    {"pay_min": 20},
    {"pay_max": 19.9999, "pay_unknown": "include", "pay_unit": "hour"},
    {"hourly_min": 5, "pay_unknown": "only"},
    {"media": "paypal", "minimum_payout_max": 20},
    {"board": ["alpha", "!beta"]},
    {"posted_within": "7d", "risk": "high"},
]
WORDS = ["house", '"data entry"', "cleaning OR dog", "C++ -survey", "Hund", "ménage", "掃除"]


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(gigs(400))


@pytest.fixture(scope="module")
def engine(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("match")
    engine = EmbeddedEngine.create(folder)
    engine.write([], shelf.documents())
    engine.publish()
    yield engine
    engine.close()


def found(engine: EmbeddedEngine, shelf: Shelf, query: SearchQuery, channel: str) -> set[int]:
    return {seq for part in search_for(engine, shelf).walk(query, channel, NOW) for seq, _ in part}


def matched(shelf: Shelf, query: SearchQuery, channel: str) -> set[int]:
    matcher = Matcher(query, channel, NOW)
    return {seq for seq, gig in shelf.by_channel[channel].items() if matcher.matches(gig)}


@pytest.mark.parametrize("query", QUERIES, ids=str)
@pytest.mark.parametrize("channel", ["feed", "operator"])
def test_filters(engine: EmbeddedEngine, shelf: Shelf, query: dict[str, Any], channel: str) -> None:
    asked = SearchQuery.build(**query)
    wanted = found(engine, shelf, asked, channel)
    assert matched(shelf, asked, channel) == wanted
    assert wanted


@pytest.mark.parametrize("words", WORDS)
def test_words_by_the_stems_of_the_gigs_own_language(engine: EmbeddedEngine, shelf: Shelf, words: str) -> None:
    """A search tries the stems of every language of its index, so it may find more, but only in other languages."""
    asked = SearchQuery.build(q=words, **EVERYTHING)
    mine, wanted = matched(shelf, asked, "operator"), found(engine, shelf, asked, "operator")
    assert mine
    assert mine <= wanted
    assert len(wanted - mine) * 10 <= len(wanted)
