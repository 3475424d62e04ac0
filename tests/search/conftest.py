"""Engines under test. Another engine joins the whole suite by one more entry in ENGINES."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import search
from index.engine.base import Engine
from index.engine.embedded import EmbeddedEngine
from index.gig import Gig
from index.search import Search
from tests.search import oracle
from tests.search.made_up import Shelf, gigs, search_for


def _embedded(folder: Path) -> Engine:
    engine = EmbeddedEngine.create(folder)
    engine.publish()
    return engine


ENGINES: dict[str, Callable[[Path], Engine]] = {"embedded": _embedded}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty engine, open for writing."""
    engine = ENGINES[request.param](tmp_path / "engine")
    yield engine
    engine.close()


class World:
    """An engine full of gigs that tests only read. (No dataclass: hypothesis would print all of it.)"""

    def __init__(self, gigs: list[Gig], shelf: Shelf, search: Search) -> None:
        self.gigs = gigs
        self.shelf = shelf
        self.search = search


@pytest.fixture(scope="session", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    engine = ENGINES[request.param](tmp_path_factory.mktemp("world") / "engine")
    made = gigs(300)
    shelf = Shelf(made)
    documents = shelf.documents()
    for start in range(0, len(documents), 100):  # several segments
        engine.write([], documents[start : start + 100])
    yield World(made, shelf, search_for(engine, shelf))
    engine.close()


@pytest.fixture(autouse=True)
def euros(monkeypatch: pytest.MonkeyPatch) -> None:
    """One rate, so that the oracle needs no table."""
    monkeypatch.setattr(search, "_usd_rate", lambda code, day: oracle.EUR if code == "EUR" else None)
