"""Searching over HTTP: time to the whole answer of page and API at many gigs, facets on, and the server's memory.

The peer, in the same run: the same server (uvicorn) sending a ready-made body of the size of our API's answer. The
difference is what searching, loading and rendering cost.

    python -m benchmarks.http [GIGS] [REQUESTS]
"""

import itertools
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from benchmarks.generate import CATEGORIES, ENDINGS, SKILLS, gigs
from index.instance import Instance
from index.settings import Settings
from index.store import gigs as stored
from index.store.gigs import GigWrite, View
from index.terms import CHANNELS, OPERATOR

BATCH = 5_000

PEER = """
import sys
body = b"x" * int(sys.argv[1])
async def app(scope, receive, send):
    if scope["type"] == "http":
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
from search_api.server import serve
serve(app, "127.0.0.1", 0, lambda address: print(address, file=sys.stderr, flush=True))
"""


def fill(data: Path, count: int) -> None:
    """Put generated gigs into the store, as ingest would leave them, and make the index."""
    instance = Instance(Settings(data=data), [])
    made = gigs(count)
    while batch := list(itertools.islice(made, BATCH)):
        writes = [
            GigWrite(gig.id, gig.status, gig.first_seen, (View((OPERATOR, *CHANNELS), gig),))
            for gig in batch
            if gig.first_seen is not None
        ]
        with instance.store.database.writing() as connection:
            stored.save(instance.store.database, connection, writes)
    instance.rebuild_engine().engine.close()
    instance.close()


@contextmanager
def running(*command: str, data: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A server in a process of its own: its address, and the process."""
    environment = os.environ | {"GIGDEX_DATA": str(data), "GIGDEX_PORT": "0"}
    with subprocess.Popen([sys.executable, *command], env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "http://" in line)
        try:
            yield "http" + line.partition("http")[2].split()[0], psutil.Process(process.pid)
        finally:
            process.terminate()


def requests(rng: random.Random, count: int) -> dict[str, list[dict[str, str]]]:
    """Parameters by kind of request; each request of a kind differs, so that no cache answers it."""

    def word() -> str:
        return rng.choice(SKILLS) + rng.choice(ENDINGS)

    def pay() -> str:
        return str(rng.randrange(100, 9_000) / 100)

    kinds: dict[str, Callable[[], dict[str, str]]] = {
        "no filter": dict,
        "one word": lambda: {"q": word(), "pay_max": str(1e9 + rng.random())},
        "word, category, pay": lambda: {"q": word(), "category": rng.choice(CATEGORIES), "pay_min": pay()},
        "pay, best first": lambda: {"pay_min": pay(), "sort": "pay"},
        "near": lambda: {"near": f"{rng.uniform(30, 55):.3f},{rng.uniform(-5, 40):.3f}", "radius_km": "100"},
    }
    return {name: [make() for _ in range(count)] for name, make in kinds.items()}


def timed(client: httpx.Client, path: str, each: list[dict[str, str]]) -> list[float]:
    """Milliseconds from asking to the whole answer."""
    spent = []
    for params in each:
        started = time.perf_counter()
        client.get(path, params=params).raise_for_status()
        spent.append((time.perf_counter() - started) * 1_000)
    return spent


def p(spent: list[float], share: int) -> str:
    return f"{statistics.quantiles(spent, n=100, method='inclusive')[share - 1]:.1f}"


def main(count: int, each: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        started = time.perf_counter()
        fill(data, count)
        filled = time.perf_counter() - started
        asked = requests(random.Random(3), each)
        print(f"{count:,} gigs, {each} requests of each kind, one client, {platform.python_version()}\n")
        print("| request | API p50 ms | API p99 ms | page p50 ms | page p99 ms |\n|---|--:|--:|--:|--:|")
        with (
            running("-m", "gigdex", "serve", data=data) as (address, process),
            httpx.Client(base_url=address) as client,
        ):
            idle = process.memory_info().rss
            size = len(client.get("/gigs").content)
            client.get("/")
            for name, its in asked.items():
                api, page = timed(client, "/gigs", its), timed(client, "/", its)
                print(f"| {name} | {p(api, 50)} | {p(api, 99)} | {p(page, 50)} | {p(page, 99)} |")
                if name == "no filter":
                    plain = api
            busy = process.memory_info().rss
        with running("-c", PEER, str(size), data=data) as (address, _), httpx.Client(base_url=address) as client:
            bare = timed(client, "/", [{}] * each)
        print(f"| peer: a ready-made body of {size:,} bytes | {p(bare, 50)} | {p(bare, 99)} | | |\n")
        ratio = statistics.median(plain) / statistics.median(bare)
        print(f"`/gigs` without filters takes {ratio:.1f} times what the ready-made body takes.")
        print(f"Memory of `gigdex serve`: {idle >> 20} MB idle, {busy >> 20} MB after all requests.")
        print(f"Filling store and index: {count / filled:,.0f} gigs a second.")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:3]]
    main(*(numbers + [100_000, 200][len(numbers) :]))
