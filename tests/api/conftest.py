"""The application over made-up gigs: a real search and engine, a small store in memory."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from index.document import document
from index.engine.embedded import EmbeddedEngine
from index.gig import Gig
from index.search import Search
from index.settings import Settings
from index.store import gigs, schema
from index.store.boards import BoardState, Health, declare
from index.store.gigs import GigWrite, View
from index.store.runs import Run
from index.store.store import Found, Store
from index.stream import Stream
from index.terms import CHANNELS, OPERATOR, BoardInfo
from search_api.app import create_app
from search_api.deps import Services
from tests.api import made_up
from tests.api.made_up import BOARDS, FULL_LINK_ONLY, GIGS, HIDDEN, LINK_ONLY, NOW

KEY = "operators-secret"
MOVED = "aaaaaaaaaaaaaaaa"
"""Id of a gig that was merged into made_up.TRANSCRIBE."""


class MemoryStore:
    """Views of gigs in the shape that index/store keeps them."""

    def __init__(self) -> None:
        everywhere = (OPERATOR, *CHANNELS)
        self.kept: dict[tuple[int, int], tuple[tuple[str, ...], Gig]] = {
            (gig.seq or 0, 0): (everywhere, gig) for gig in GIGS
        }
        self.kept[HIDDEN.seq or 0, 0] = ((OPERATOR,), HIDDEN)
        self.kept[LINK_ONLY.seq or 0, 0] = ((OPERATOR,), FULL_LINK_ONLY)
        self.kept[LINK_ONLY.seq or 0, 1] = (("page",), LINK_ONLY)

    def views(self, keys: Sequence[tuple[int, int]], channel: str) -> dict[tuple[int, int], Gig]:
        return {key: self.kept[key][1] for key in keys if key in self.kept and channel in self.kept[key][0]}

    def find(self, gig_id: str, channel: str) -> Found | None:
        if gig_id == MOVED:
            return Found(None, made_up.TRANSCRIBE.id, False)
        views = [(channels, gig) for channels, gig in self.kept.values() if gig.id == gig_id]
        if not views:
            return None
        gig = next((gig for channels, gig in views if channel in channels), None)
        return Found(gig, None, views[0][1].status == "closed")

    def infos(self) -> dict[str, BoardInfo]:
        return dict(BOARDS)

    def boards(self) -> list[BoardState]:
        states = [BoardState(info, info.terms.off is None, info.terms.off, open_gigs=3) for info in BOARDS.values()]
        run = Run("r1", "tasks", NOW, NOW, True, "finished", {"kept": 12}, "a secret path in an error")
        states[0] = replace(states[0], last_run=run, reading=Health("healthy", NOW))
        states[2] = replace(states[2], last_run=run, reading=Health("failing", NOW, "a secret path", "answers 503"))
        return states


@pytest.fixture(scope="session")
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(scope="session")
def engine(store: MemoryStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine.create(tmp_path_factory.mktemp("engine"))
    engine.write([], [document(gig, view, channels) for (_, view), (channels, gig) in store.kept.items()])
    engine.publish()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def search(store: MemoryStore, engine: EmbeddedEngine) -> Search:
    return Search(engine, store, b"a secret of the tests")


@pytest.fixture(scope="session")
def stream(store: MemoryStore, engine: EmbeddedEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stream]:
    """Over a real store with the same views."""
    kept = Store.open(Settings(data=tmp_path_factory.mktemp("stream")))
    declare(kept.database, BOARDS.values())
    fill(kept, store.kept)
    yield Stream(kept, engine)
    kept.close()


def fill(kept: Store, views: Mapping[tuple[int, int], tuple[tuple[str, ...], Gig]]) -> None:
    """Write gigs with these views, by (seq, view), as ingest would have an hour before NOW."""
    writes: dict[int, GigWrite] = {}
    for (seq, _), (channels, gig) in sorted(views.items()):
        sources = [source.model_copy(update={"last_seen": None}) for source in gig.sources]
        bare = gig.model_copy(update={"seq": None, "revision": None, "last_seen": None, "sources": sources})
        before = writes[seq].views if seq in writes else ()
        its = (*before, View(channels, bare))
        writes[seq] = GigWrite(gig.id, gig.status, gig.first_seen or NOW, its, seq)
    with kept.database.writing() as connection:
        gigs.save(kept.database, connection, list(writes.values()))
        connection.execute(sa.update(schema.gigs).values(changed_at=NOW - timedelta(hours=1)))


class Client:
    """A browser without cookies. Starlette's own TestClient wants a package that nothing else here needs."""

    def __init__(self, services: Services, host: str) -> None:
        self.services = services
        self.app = create_app(services)
        self.host = host

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{self.host}") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def page(self, path: str, **headers: str) -> httpx.Response:
        """As a browser asks."""
        return self.request("GET", path, headers={"Accept": "text/html,*/*;q=0.8", **headers})

    def items(self, path: str, **more: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **more)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


MakeClient = Callable[..., Client]


@pytest.fixture(scope="session")
def make_client(store: MemoryStore, search: Search, stream: Stream) -> MakeClient:
    """A client of an instance with these services or settings changed; public by default."""

    def make(host: str = "gigdex.example", settings: dict[str, Any] | None = None, **services: Any) -> Client:
        defaults = {"host": "0.0.0.0", "admin_key": SecretStr(KEY), "rate_limit": 0}
        chosen = Settings(**defaults | (settings or {}))
        return Client(
            Services(
                **{"search": search, "store": store, "stream": stream, "clock": lambda: NOW, "settings": chosen}
                | services
            ),
            host,
        )

    return make


@pytest.fixture(scope="session")
def client(make_client: MakeClient) -> Client:
    """Of a public instance."""
    return make_client()


@pytest.fixture(scope="session")
def private(make_client: MakeClient) -> Client:
    """Of an instance that only the operator reaches."""
    return make_client(host="127.0.0.1:8000", settings={"host": "127.0.0.1"})


def as_operator() -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY}"}


def later(seconds: float) -> Callable[[], datetime]:
    moment = datetime.fromtimestamp(NOW.timestamp() + seconds, UTC)
    return lambda: moment
