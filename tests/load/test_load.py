"""Many readers, slow ones, expensive questions: against a real server over HTTP."""

import asyncio
import itertools
import json
import random
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from benchmarks.generate import SKILLS, gigs
from index.document import document
from index.engine.base import EngineError
from index.engine.embedded import EmbeddedEngine
from index.gig import Gig
from index.query import SearchQuery
from index.search import Search
from index.settings import Settings
from index.store.store import Store
from index.stream import Stream
from search_api import app as search_app
from search_api import server
from search_api.app import create_app
from search_api.deps import Services
from search_api.server import Connection, listen, serve

GIGS = 1_500
CHANNELS = ("operator", "page", "api")


class Shelf:
    """A store in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], Gig] = {}

    def views(self, keys: Any, channel: str) -> dict[tuple[int, int], Gig]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def boards(self) -> list[Any]:
        return []

    def infos(self) -> dict[str, Any]:
        return {}


class World:
    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf()
        self.engine = EmbeddedEngine.create(folder)
        self.made = gigs(10_000)
        self.add(GIGS)
        self.engine.publish()
        self.search = Search(self.engine, self.shelf, b"load")

    def add(self, count: int) -> None:
        """What ingest does: first the store, then the engine."""
        batch = list(itertools.islice(self.made, count))
        self.shelf.kept.update({(gig.seq or 0, 0): gig for gig in batch})
        self.engine.write([], [document(gig, 0, CHANNELS) for gig in batch])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("load"))
    yield world
    world.engine.close()


@contextmanager
def serving(search: Any, shelf: Shelf, **settings: Any) -> Iterator[str]:
    """A public instance in a thread, on a port of its own."""
    chosen = Settings(**{"public_url": "https://gigdex.example", "rate_limit": 0} | settings)
    folder = tempfile.TemporaryDirectory()
    kept = Store.open(Settings(data=Path(folder.name)))  # for the change stream, which nobody asks for here
    app = create_app(Services(search, shelf, Stream(kept), chosen))  # type: ignore[arg-type]
    started = threading.Event()
    found: list[str] = []

    def ready(address: str) -> None:
        found.append(address)
        started.set()

    listener = listen("127.0.0.1", 0)
    servers: list[Any] = []
    init = server._Server.__init__

    def remember(self: Any, *args: Any) -> None:
        init(self, *args)
        servers.append(self)

    server._Server.__init__ = remember  # type: ignore[method-assign]
    thread = threading.Thread(target=serve, args=(app, listener, ready))
    try:
        thread.start()
        assert started.wait(30)
    finally:
        server._Server.__init__ = init  # type: ignore[method-assign]
    try:
        yield found[0]
    finally:
        servers[0].should_exit = True
        thread.join(30)
        kept.close()
        folder.cleanup()
        assert not thread.is_alive()


async def ask_all(address: str, paths: list[str]) -> list[httpx.Response]:
    """All at once."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits, trust_env=False) as client:
        return list(await asyncio.gather(*(client.get(path) for path in paths)))


def questions(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [f"/gigs?q={rng.choice(SKILLS)}&pay_max={1_000 + n}&pay_unknown=include&limit=5" for n in range(count)]


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_two_hundred_at_once_are_all_answered_and_memory_stays(world: World) -> None:
    with serving(world.search, world.shelf) as address:
        assert statuses(asyncio.run(ask_all(address, questions(200, 1)))) == {200: 200}
        before = psutil.Process().memory_info().rss
        for seed in (2, 3):
            assert statuses(asyncio.run(ask_all(address, questions(200, seed)))) == {200: 200}
        assert psutil.Process().memory_info().rss - before < 100_000_000


def test_readers_see_whole_answers_while_gigs_come_in(world: World) -> None:
    stop = threading.Event()

    def ingest() -> None:
        while not stop.is_set():
            world.add(20)

    writer = threading.Thread(target=ingest)
    with serving(world.search, world.shelf) as address:
        writer.start()
        try:
            totals = []
            for seed in range(3):
                answers = asyncio.run(ask_all(address, ["/gigs?limit=100&risk=all", *questions(20, seed)]))
                assert statuses(answers) == {200: 21}
                totals.append(answers[0].json()["total"])
                assert len(answers[0].json()["items"]) == 100
        finally:
            stop.set()
            writer.join()
    assert GIGS <= totals[0] <= totals[1] <= totals[2]


class Stuck:
    """A search whose answers wait until they are let go."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self.go = threading.Event()
        self.at_once = self.most = 0
        self._lock = threading.Lock()

    def generation(self) -> int:
        return self._search.generation()

    def search(self, *args: Any) -> Any:
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            assert self.go.wait(60)
            return self._search.search(*args)
        finally:
            with self._lock:
                self.at_once -= 1


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_work_is_bounded_and_the_rest_waits_in_line(world: World) -> None:
    stuck = Stuck(world.search)
    with serving(stuck, world.shelf) as address:
        found: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: found.extend(asyncio.run(ask_all(address, questions(60, 4)))))
        asking.start()
        until(lambda: stuck.at_once == search_app.PLACES)
        assert httpx.get(f"{address}/health/live", trust_env=False).status_code == 200, "it isn't kept from answering"
        stuck.go.set()
        asking.join()
    assert statuses(found) == {200: 60}
    assert stuck.most == search_app.PLACES


def test_too_long_a_line_is_an_honest_503(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_app, "LINE", 5)
    monkeypatch.setattr(search_app, "PATIENCE_S", 0.2)
    stuck = Stuck(world.search)
    with serving(stuck, world.shelf) as address:
        found: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: found.extend(asyncio.run(ask_all(address, questions(60, 5)))))
        asking.start()
        until(lambda: stuck.at_once == search_app.PLACES)
        time.sleep(0.2)
        stuck.go.set()
        asking.join()
    counted = statuses(found)
    assert set(counted) == {200, 503}
    assert counted[200] >= search_app.PLACES
    for answer in found:
        if answer.status_code == 503:
            assert answer.headers["retry-after"] == "5"
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"].startswith("too many")


def connect(address: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET /gigs HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbody",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /again",
    ],
    ids=["nothing", "head", "body", "second"],
)
def test_a_request_that_never_ends_is_cut_off(world: World, monkeypatch: pytest.MonkeyPatch, begin: bytes) -> None:
    monkeypatch.setattr(server, "REQUEST_S", 0.3)
    with serving(world.search, world.shelf) as address, connect(address) as slow:
        try:
            while True:
                slow.sendall(begin or b"")
                begin = b"a"  # ever a byte more, so that it is never idle
                slow.settimeout(0.05)
                try:
                    if not slow.recv(65_536):
                        break
                except TimeoutError:
                    continue
        except OSError:
            pass  # reset
        assert httpx.get(f"{address}/health/live", trust_env=False).status_code == 200


def test_who_never_takes_the_answer_is_cut_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "STALL_S", 0.3)
    open_now: set[Connection] = set()
    made, lost = Connection.connection_made, Connection.connection_lost
    monkeypatch.setattr(
        Connection, "connection_made", lambda self, transport: (made(self, transport), open_now.add(self))
    )
    monkeypatch.setattr(Connection, "connection_lost", lambda self, exc: (lost(self, exc), open_now.discard(self)))
    with serving(world.search, world.shelf) as address, connect(address) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        request = b"GET /gigs?limit=100&risk=all HTTP/1.1\r\nHost: x\r\n\r\n"
        slow.sendall(request * 100)  # some MB of answers
        until(lambda: bool(open_now))
        until(lambda: not open_now)


def test_too_many_connections_are_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 3)
    with serving(world.search, world.shelf) as address:
        idle = [connect(address) for _ in range(3)]
        try:
            answer = httpx.get(f"{address}/gigs", trust_env=False)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["connection"] == "close"
        finally:
            for one in idle:
                one.close()
        until(lambda: httpx.get(f"{address}/gigs", trust_env=False).status_code == 200)


EXPENSIVE = {
    "words": {"q": " ".join(f"{skill}s" for skill in SKILLS * 400)[:19_000]},
    "or": {"q": " OR ".join(SKILLS * 30)},
    "phrases": {"q": " ".join(f'"{a} {b}"' for a, b in itertools.product(SKILLS, SKILLS))},
    "lists": {"category": [f"c{n}" for n in range(100)], "board": [f"!b{n}" for n in range(100)]},
    "circle": {"near": "52.52,13.40", "radius_km": 500, "sort": "distance", "limit": 100},
}


@pytest.mark.parametrize("name", EXPENSIVE)
def test_an_expensive_question_is_answered_too(world: World, name: str) -> None:
    query = SearchQuery.build(**EXPENSIVE[name])
    counted = 0
    ask = world.engine.count

    def counting(counts: Any) -> Any:
        nonlocal counted
        counted += len({count.clause for count in counts})
        return ask(counts)

    world.engine.count = counting  # type: ignore[method-assign]
    try:
        found = world.search.search(query, "api", gigs_now())
    finally:
        world.engine.count = ask  # type: ignore[method-assign]
    assert found.total >= len(found.items)
    assert counted <= 20, "passes over the index"


def gigs_now() -> Any:
    from benchmarks.generate import NOW

    return NOW


def test_a_failing_engine_fails_alone(world: World) -> None:
    class Failing(Stuck):
        def search(self, query: SearchQuery, *args: Any) -> Any:
            if query.limit == 1:
                raise EngineError("gone")
            return self._search.search(query, *args)

    with serving(Failing(world.search), world.shelf) as address:
        answers = asyncio.run(ask_all(address, ["/gigs?limit=1", "/gigs?limit=2"] * 20))
    assert statuses(answers) == {503: 20, 200: 20}
    assert all("detail" in json.loads(answer.text) for answer in answers if answer.status_code == 503)
