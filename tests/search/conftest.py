"""Engines under test. Another engine joins the whole suite by one more entry in ENGINES."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import search
from index.engine.base import Engine
from index.engine.elastic import ElasticEngine
from index.engine.elastic_client import Cluster
from index.engine.embedded import EmbeddedEngine
from index.gig import Gig
from index.search import Search
from tests import elasticsearch
from tests.search import oracle
from tests.search.made_up import Shelf, gigs, search_for


def _embedded(request: pytest.FixtureRequest, folder: Path) -> Engine:
    engine = EmbeddedEngine.create(folder)
    engine.publish()
    return engine


def _elastic(request: pytest.FixtureRequest, folder: Path) -> Engine:
    url: str = request.getfixturevalue("elasticsearch_url")
    # Two shards: what one shard gets right alone may be wrong together.
    engine = ElasticEngine.create(Cluster((url,), f"test-{secrets.token_hex(4)}", shards=2))
    engine.publish()
    return engine


ENGINES: dict[str, Callable[[pytest.FixtureRequest, Path], Engine]] = {"embedded": _embedded, "elastic": _elastic}
MARKS = {"elastic": elasticsearch.MARKS}
PARAMS = [pytest.param(name, marks=MARKS.get(name, []), id=name) for name in ENGINES]


def _remove(engine: Engine) -> None:
    if isinstance(engine, ElasticEngine) and engine.name:
        engine._client.indices.delete(index=engine.name)
    engine.close()


@pytest.fixture(params=PARAMS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty engine, open for writing."""
    engine = ENGINES[request.param](request, tmp_path / "engine")
    yield engine
    _remove(engine)


class World:
    """An engine full of gigs that tests only read. (No dataclass: hypothesis would print all of it.)"""

    def __init__(self, gigs: list[Gig], shelf: Shelf, search: Search) -> None:
        self.gigs = gigs
        self.shelf = shelf
        self.search = search

    @property
    def is_elastic(self) -> bool:
        return isinstance(self.search._engine, ElasticEngine)


@pytest.fixture(scope="session", params=PARAMS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    engine = ENGINES[request.param](request, tmp_path_factory.mktemp("world") / "engine")
    made = gigs(300)
    shelf = Shelf(made)
    documents = shelf.documents()
    for start in range(0, len(documents), 100):  # several segments
        engine.write([], documents[start : start + 100])
    yield World(made, shelf, search_for(engine, shelf))
    _remove(engine)


@pytest.fixture(autouse=True)
def euros(monkeypatch: pytest.MonkeyPatch) -> None:
    """One rate, so that the oracle needs no table."""
    monkeypatch.setattr(search, "usd_rate", lambda code, day: oracle.EUR if code == "EUR" else None)
