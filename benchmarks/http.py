"""Searching over HTTP: time to the first byte of page and API at many gigs, with facets; questions a second; memory.

The peer, in the same run: the same server (uvicorn) sending a ready-made body of the size of our API's answer. The
difference is what searching, loading and rendering cost.

    python -m benchmarks.http [GIGS] [REQUESTS] [FOLDER]

A FOLDER is filled if it is empty, and used again if it isn't.
"""

import asyncio
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias
from urllib.parse import urlencode, urlsplit

import psutil
import sqlalchemy as sa

from benchmarks.generate import CATEGORIES, ENDINGS, NOW, SKILLS, gigs
from index.document import document
from index.engine.base import Document
from index.engine.embedded import EmbeddedEngine
from index.instance import Instance
from index.posting import Posting
from index.settings import Settings
from index.store import gigs as stored
from index.store import schema
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
from search_api.server import listen, serve
serve(app, listen("127.0.0.1", 0), lambda address: print(address, file=sys.stderr, flush=True))
"""


@dataclass(frozen=True)
class Part:
    """Consecutive generated gigs, ready for the store's tables and the engine."""

    gigs: list[dict[str, object]]
    views: list[dict[str, object]]
    postings: list[dict[str, Any]]
    documents: list[Document]


def part(first: int, count: int) -> Part:
    """Gigs `first` to `first + count - 1`, as ingest would leave them, each from one posting."""
    channels = (OPERATOR, *CHANNELS)
    made = Part([], [], [], [])
    for gig in gigs(count, first=first):
        [source] = gig.sources
        write = GigWrite(gig.id, gig.status, gig.first_seen or NOW, (View(channels, gig),))
        seq = {"seq": gig.seq, "revision": gig.seq, "id": gig.id, "status": gig.status, "moved_to": None}
        its: dict[str, object] = {"first_seen": gig.first_seen, "changed_at": NOW, "filter_keys": write.filter_keys}
        made.gigs.append(seq | its | {"views_hash": write.views_hash()})
        content = gig.model_dump_json(exclude_none=True, exclude={"seq", "revision", "last_seen"})
        made.views.append({"gig": gig.seq, "view": 0, "channels": " ".join(channels), "content": content})
        posting = Posting(board=source.board, external_id=source.external_id, url=source.url, title=gig.title)
        made.postings.append(
            {"board": posting.board, "external_id": posting.external_id, "content": posting.model_dump_json()}
            | {"content_hash": gig.id, "kind": "offer", "pay_day": NOW.date(), "gig": gig.seq, "status": "open"}
            | {"first_seen": gig.first_seen, "last_seen": NOW, "last_run": "r"}
        )
        made.documents.append(document(gig, 0, channels))
    return made


def fill(data: Path, count: int) -> None:
    """Put generated gigs into store and engine, as ingest would leave them. All processors make them, this process
    writes."""
    instance = Instance(Settings(data=data))
    engine = EmbeddedEngine.create(data / "engine")
    sizes = {first: min(BATCH, count + 1 - first) for first in range(1, count + 1, BATCH)}
    with ProcessPoolExecutor() as pool:
        for made in pool.map(part, sizes, sizes.values()):
            with instance.store.database.writing() as connection:
                stored.take(connection, "seq", len(made.gigs))
                stored.take(connection, "revision", len(made.gigs))
                connection.execute(sa.insert(schema.gigs), made.gigs)
                connection.execute(sa.insert(schema.views), made.views)
                connection.execute(sa.insert(schema.postings), made.postings)
            engine.write([], made.documents)
    engine.publish()
    instance.store.set(f"engine:{engine.name}", str(count))
    engine.close()
    instance.close()


@contextmanager
def running(*command: str, data: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A server in a process of its own: its address, and the process."""
    environment = os.environ | {"GIGDEX_DATA": str(data), "GIGDEX_PORT": "0"}
    # As the public sees it; by default only this machine asks, and is shown everything.
    environment |= {"GIGDEX_PUBLIC_URL": "https://gigdex.example", "GIGDEX_RATE_LIMIT": "0"}
    with subprocess.Popen([sys.executable, *command], env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "http://" in line)
        try:
            yield "http" + line.partition("http")[2].split()[0], psutil.Process(process.pid)
        finally:
            process.terminate()


Params: TypeAlias = dict[str, str]


def word(rng: random.Random) -> str:
    return rng.choice(SKILLS) + rng.choice(ENDINGS)


def pay(rng: random.Random) -> str:
    return str(rng.randrange(100, 9_000) / 100)


UNFILTERED = "no filter (kept answers)"
KINDS: dict[str, Callable[[random.Random], Params]] = {
    UNFILTERED: lambda rng: {},
    "one word": lambda rng: {"q": word(rng), "pay_max": str(1e9 + rng.random()), "pay_unknown": "include"},
    "two words": lambda rng: {"q": f"{word(rng)} {word(rng)}", "minimum_payout_max": pay(rng)},
    "word, category, pay": lambda rng: {"q": word(rng), "category": rng.choice(CATEGORIES), "pay_min": pay(rng)},
    "online, newest": lambda rng: {"mode": "online", "minimum_payout_max": pay(rng)},
    "pay, best first": lambda rng: {"pay_min": pay(rng), "sort": "pay"},
    "100 km around a point": lambda rng: {"near": point(rng), "radius_km": "100"},
    "500 km around a point, nearest first": lambda rng: {"near": point(rng), "radius_km": "500", "sort": "distance"},
}
"""Parameters of a request of each kind; but for the first no two are equal, so that no cache answers them."""
CLIENTS = (1, 8, 32)


def begun(rng: random.Random) -> Params:
    """The beginning of a word after another word, which differ enough that few repeat."""
    return {"q": f"{word(rng)} {word(rng)[: rng.randrange(2, 6)]}"}


def point(rng: random.Random) -> str:
    return f"{rng.uniform(45, 55):.3f},{rng.uniform(0, 25):.3f}"


def targets(path: str, make: Callable[[random.Random], Params], rng: random.Random, count: int) -> list[str]:
    """Addresses of so many requests of a kind."""
    return [f"{path}?{urlencode(make(rng))}".removesuffix("?") for _ in range(count)]


def mixed(path: str, rng: random.Random, count: int) -> list[str]:
    """Requests of all kinds."""
    return [one for _ in range(count // 4) for make in KINDS.values() for one in targets(path, make, rng, 1)]


async def ask_once(address: str, target: str) -> tuple[float, int]:
    return await (await Connection.open(address)).get(target)


class Connection:
    """One client that asks one question after the other, as cheaply as Python can: what is measured is the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: str) -> Self:
        parts = urlsplit(address)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def get(self, target: str) -> tuple[float, int]:
        """Milliseconds to the first byte of the answer, and the bytes of its body."""
        started = time.perf_counter()
        self._writer.write(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        spent = (time.perf_counter() - started) * 1_000
        status, _, rest = head.partition(b"\r\n")
        if b" 200 " not in status:
            raise RuntimeError(f"{target}: {status.decode()}")
        size = int(rest.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await self._reader.readexactly(size)
        return spent, size


async def first_bytes(address: str, targets: list[str]) -> list[float]:
    """Milliseconds to the first byte of each, one client."""
    connection = await Connection.open(address)
    return [(await connection.get(target))[0] for target in targets]


async def speed(address: str, targets: list[str], clients: int) -> tuple[float, list[float]]:
    """Answers a second to so many clients that share the questions, and the milliseconds to the first bytes."""
    waiting = iter(targets)
    spent: list[float] = []

    async def ask() -> None:
        connection = await Connection.open(address)
        spent.extend([(await connection.get(target))[0] for target in waiting])

    started = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(clients)))
    return len(targets) / (time.perf_counter() - started), spent


def p(spent: list[float], share: int) -> str:
    return f"{statistics.quantiles(spent, n=100, method='inclusive')[share - 1]:.1f}"


def main(count: int, each: int, data: Path) -> None:
    if not (data / "gigdex.db").exists():
        started = time.perf_counter()
        fill(data, count)
        print(f"Filling store and index: {count / (time.perf_counter() - started):,.0f} gigs a second.\n")
    rng = random.Random(3)
    print(f"{count:,} gigs, {each} requests of each kind, first byte, one client, {platform.python_version()}\n")
    print("| request | API p50 ms | API p99 ms | page p50 ms | page p99 ms |\n|---|--:|--:|--:|--:|")
    with running("-m", "gigdex", "serve", data=data) as (address, process):
        idle = process.memory_info().rss
        asyncio.run(first_bytes(address, ["/gigs?q=x", "/?q=x"]))  # what is made once
        _, size = asyncio.run(ask_once(address, "/gigs"))
        every: list[float] = []
        for name, make in KINDS.items():
            api = asyncio.run(first_bytes(address, targets("/gigs", make, rng, each)))
            page = asyncio.run(first_bytes(address, targets("/", make, rng, each)))
            print(f"| {name} | {p(api, 50)} | {p(api, 99)} | {p(page, 50)} | {p(page, 99)} |")
            if make is not KINDS[UNFILTERED]:
                every += api
            else:
                kept = api
        typed = asyncio.run(first_bytes(address, targets("/suggest", begun, rng, each)))
        print(f"| suggestions while typing | {p(typed, 50)} | {p(typed, 99)} | | |")
        print(f"| **all but the first and the last** | {p(every, 50)} | {p(every, 99)} | | |")
        speeds = [(clients, *asyncio.run(speed(address, mixed("/gigs", rng, each), clients))) for clients in CLIENTS]
        busy = process.memory_info().rss
    with running("-c", PEER, str(size), data=data) as (address, _):
        bare = asyncio.run(first_bytes(address, ["/"] * each))
        bare_speed = asyncio.run(speed(address, ["/"] * each * 5, 8))[0]
    print(f"| peer: a ready-made body of {size:,} bytes | {p(bare, 50)} | {p(bare, 99)} | | |\n")
    print("| clients | API answers a second | p50 ms | p99 ms |\n|--:|--:|--:|--:|")
    for clients, found, spent in speeds:
        print(f"| {clients} | {found:.0f} | {p(spent, 50)} | {p(spent, 99)} |")
    ratio = statistics.median(kept) / statistics.median(bare)
    print(
        f"\nThe peer gives {bare_speed:,.0f} answers a second to 8 clients. A kept answer of `/gigs` takes {ratio:.1f}"
    )
    print(f"times as long as the peer's, others {statistics.median(every) / statistics.median(bare):.0f} times.")
    print(f"Memory of `gigdex serve`: {idle >> 20} MB idle, {busy >> 20} MB resident after all requests.")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    numbers = given + [100_000, 200][len(given) :]
    with tempfile.TemporaryDirectory() as temporary:
        main(numbers[0], numbers[1], Path(sys.argv[3] if len(sys.argv) > 3 else temporary))
