"""Engines under test. Another engine joins the whole suite by one more entry in ENGINES."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import follow, search
from index.engine.base import Engine
from index.engine.elastic import ElasticEngine
from index.engine.elastic_client import Cluster
from index.engine.embedded import EmbeddedEngine
from index.gig import Gig
from index.search import Search
from index.store.db import Database
from index.store.store import Store
from tests import elasticsearch, postgresql
from tests.search import oracle
from tests.search.made_up import SECRET, Shelf, gigs


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


def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Database:
    return Database.file(folder / "gigdex.db")


def _postgres(request: pytest.FixtureRequest, folder: Path) -> Database:
    databases: postgresql.Databases = request.getfixturevalue("postgresql_databases")
    return Database(databases.fresh())


ENGINES: dict[str, Callable[[pytest.FixtureRequest, Path], Engine]] = {"embedded": _embedded, "elastic": _elastic}
DATABASES: dict[str, Callable[[pytest.FixtureRequest, Path], Database]] = {"sqlite": _sqlite, "postgres": _postgres}
MARKS = {"elastic": elasticsearch.MARKS, "postgres": postgresql.MARKS}
PARAMS = [pytest.param(name, marks=MARKS.get(name, []), id=name) for name in ENGINES]


def _pairs() -> list[tuple[str, str]]:
    """Each engine and each database once, as far as they are here: all pairs would tell little more."""
    elastic, postgres = not elasticsearch.left_out(), not postgresql.left_out()
    if elastic == postgres:
        return [("embedded", "sqlite"), ("elastic", "postgres")]
    return [("embedded", "sqlite"), ("elastic", "sqlite") if elastic else ("embedded", "postgres")]


WORLDS = [
    pytest.param(pair, marks=[mark for name in pair for mark in MARKS.get(name, [])], id="-".join(pair))
    for pair in _pairs()
]


def remove(engine: Engine) -> None:
    if isinstance(engine, ElasticEngine) and engine.name:
        engine._client.indices.delete(index=engine.name)
    engine.close()


@pytest.fixture(params=PARAMS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty engine, open for writing."""
    engine = ENGINES[request.param](request, tmp_path / "engine")
    yield engine
    remove(engine)


class World:
    """A store full of gigs, and an engine that followed it, which tests only read. (No dataclass: hypothesis would
    print all of it.)"""

    def __init__(self, gigs: list[Gig], shelf: Shelf, search: Search) -> None:
        self.gigs = gigs
        self.shelf = shelf
        self.search = search

    @property
    def is_elastic(self) -> bool:
        return isinstance(self.search._engine, ElasticEngine)


@pytest.fixture(scope="session", params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Each engine, with a database behind it."""
    engine_name, database_name = request.param
    folder = tmp_path_factory.mktemp("world")
    store = Store(DATABASES[database_name](request, folder))
    made = gigs(300)
    shelf = Shelf(made)
    shelf.keep_in(store)
    engine = ENGINES[engine_name](request, folder / "engine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(follow, "BATCH", 100)  # several segments
        follow.Follower(store, engine).catch_up()
    yield World(made, shelf, Search(engine, store, SECRET))
    remove(engine)
    store.close()


@pytest.fixture(autouse=True)
def euros(monkeypatch: pytest.MonkeyPatch) -> None:
    """One rate, so that the oracle needs no table."""
    monkeypatch.setattr(search, "usd_rate", lambda code, day: oracle.EUR if code == "EUR" else None)
