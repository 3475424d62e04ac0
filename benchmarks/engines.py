"""Engines side by side, in one run on one machine: embedded, raw Elasticsearch, Gigdex over Elasticsearch, SQLite FTS5.

    python -m benchmarks.engines [GIGS] [REQUESTS] [FOLDER]

Prints Markdown, and draws docs/engines-*.svg. All are asked over HTTP by the same client but FTS5, which is asked in
process (that flatters it, as do its seven facets). "Raw" is the `_search` that one would write by hand: one request
over the same index with the same filters, order, total and facets (each ignoring its own filter), by the fields
themselves. It ends with ids, where Gigdex loads the gigs, renders and compresses them; it serves with a process for
each processor. Elasticsearch has 2 GB of heap, and is the one that `make elasticsearch` gets, unless
GIGDEX_TEST_ELASTICSEARCH_URL names one. A FOLDER is filled if it is empty, and used again if it isn't.
"""

import asyncio
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import sqlalchemy as sa

from benchmarks.chart import dots
from benchmarks.generate import CATEGORIES, NOW, gigs
from benchmarks.http import BATCH, CLIENTS, Connection, Params, part, pay, point, running, word
from benchmarks.search import Fts5, timed
from index import cursor
from index.compile import FACETS, Compiled, compile_query
from index.engine import elastic_query
from index.engine.base import And, Clause, Count, Engine, Term, Top
from index.geo import Cells
from index.instance import Instance
from index.query import SearchQuery
from index.settings import Settings
from index.store import gigs as stored
from index.store import schema
from tests import elasticsearch

DEPTH = 1_000
"""Gigs before the deep page."""
HEAP_MB = 2_048
ALIAS = "gigdex-bench"


# --- filling ---------------------------------------------------------------------------------------------------


@dataclass
class Spent:
    """Seconds of writing, and where it went."""

    embedded: float = 0
    elastic: float = 0
    fts5: float = 0


def fill(data: Path, url: str, count: int) -> Spent:
    """The same gigs into the store, both engines and FTS5. Making the documents isn't timed."""
    spent = Spent()
    instance, other = Instance(Settings(data=data)), Instance(elastic_settings(data, url))
    embedded, elastic = instance.engines.create(), other.engines.create()
    peer = Fts5(data / "fts5.db")
    sizes = {first: min(BATCH, count + 1 - first) for first in range(1, count + 1, BATCH)}
    with ProcessPoolExecutor() as pool:
        made = pool.map(part, sizes, sizes.values())
        parts = list(made) if count <= 200_000 else made  # alone on the processors where memory suffices
    for first, one in zip(sizes, parts, strict=True):
        with instance.store.database.writing() as connection:
            stored.take(connection, "seq", len(one.gigs))
            stored.take(connection, "revision", len(one.gigs))
            connection.execute(sa.insert(schema.gigs), one.gigs)
            connection.execute(sa.insert(schema.views), one.views)
            connection.execute(sa.insert(schema.postings), one.postings)
        revisions = {document.gig: document.gig for document in one.documents}
        spent.embedded += seconds(partial(embedded.write, [], one.documents, revisions))
        spent.elastic += seconds(partial(elastic.write, [], one.documents, revisions))
        batch = list(gigs(sizes[first], first=first))
        spent.fts5 += seconds(partial(peer.add, batch))
    spent.fts5 += seconds(peer.finish)
    for engine in (embedded, elastic):
        engine.publish()
        instance.store.set(f"engine:{engine.name}", str(count))
        engine.close()
    instance.close()
    other.close()
    return spent


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def elastic_settings(data: Path, url: str) -> Settings:
    return Settings(data=data, elasticsearch_url=url, elasticsearch_index=ALIAS)


# --- asking ------------------------------------------------------------------------------------------------------


@dataclass
class Asked:
    """The same question for everybody."""

    target: str
    """Address at Gigdex."""
    raw: bytes
    """Body of a `_search`."""
    sql: tuple[str, list[object], str] | None = None
    """WHERE, its values and ORDER BY for FTS5; None where it can't answer."""


NEWEST: Params = {"sort": "newest"}
"""Our relevance is levels of our own; an order that everybody has is compared."""
KINDS: dict[str, Callable[[random.Random], Params]] = {
    "words": lambda rng: NEWEST | {"q": f"{word(rng)} {word(rng)}", "minimum_payout_max": pay(rng)},
    "words and filters": lambda rng: NEWEST | {"q": word(rng), "category": rng.choice(CATEGORIES), "pay_min": pay(rng)},
    "facets alone": lambda rng: {"q": word(rng), "minimum_payout_max": pay(rng)},
    "100 km around a point": lambda rng: {"near": point(rng), "radius_km": "100"},
    "a page 1,000 gigs down, by cursor": lambda rng: {"mode": "online", "minimum_payout_max": pay(rng)},
    "newest first": lambda rng: {"minimum_payout_max": pay(rng)},
}
"""No two requests are equal, so that no cache answers them."""


class Questions:
    """Makes questions of each kind, for one filled index."""

    def __init__(self, engine: Engine, secret: bytes) -> None:
        self._engine = engine
        self._secret = secret
        self._languages = engine.values("language")
        self._cells = Cells(engine.values("cell"))

    def make(self, kind: str, rng: random.Random) -> Asked:
        params = KINDS[kind](rng)
        query = SearchQuery.from_params(params.items())
        circle = None
        if query.near is not None:
            lat, lon = map(float, query.near.split(","))
            circle = [cell for ring in self._cells.within(lat, lon, query.radius_km) for cell in ring.cells]
        compiled = compile_query(query, "api", NOW, circle, self._languages, lambda code, day: None)
        below = None
        if "cursor" in kind:
            [hits] = self._engine.search([Top(compiled.where, "key_newest", DEPTH)])
            below = hits[-1].key
            params["cursor"] = cursor.encode((below,), query, "api", self._secret)
        body = raw(query, compiled, self._languages, 0 if kind == "facets alone" else 20, below)
        path = "/gigs/facets" if kind == "facets alone" else "/gigs"
        return Asked(f"{path}?{urlencode(params)}", json.dumps(body).encode(), self._sql(kind, query))

    def _sql(self, kind: str, query: SearchQuery) -> tuple[str, list[object], str] | None:
        where, values = ["risk <> 'high'"], list[object]()
        if query.near is not None:
            return None
        if query.q:
            where.append("seq IN (SELECT rowid FROM words WHERE words MATCH ?)")
            values.append(" ".join(f'"{one}"' for one in query.q.split()))
        for column, wanted in (("category", query.category), ("mode", query.mode)):
            if wanted:
                where.append(f"{column} = ?")
                values.append(wanted[0])
        if query.pay_min is not None:
            where.append("usd >= ? AND pay_status = 'stated'")
            values.append(query.pay_min)
        if "cursor" in kind:
            where.append("posted < ?")
            values.append(NOW.timestamp() - 86_400)
        return " AND ".join(where), values, "posted DESC"


UNFILTERED: dict[str, Any] = {
    **{name: [] for name in ("category", "mode", "country", "media", "board", "language", "pay_unit")},
    **dict.fromkeys(("pay_min", "pay_max", "hourly_min", "pay_unknown", "posted_within"), None),
    "risk": ["all"],
}
"""The filters that some facet ignores, unset."""


def raw(
    query: SearchQuery, compiled: Compiled, languages: Sequence[str], size: int, below: int | None
) -> dict[str, Any]:
    """One `_search` for the same answer, as one would write it by hand: what all counts share as the query, the other
    filters after it (`post_filter`), and each facet under the filters that it doesn't ignore."""
    order: Any = "key_newest"
    shared = compile_query(
        query.model_copy(update=UNFILTERED), "api", NOW, circle_of(compiled), languages, lambda code, day: None
    )
    counts: dict[Clause, list[Count]] = {compiled.where: [], compiled.any_pay: [Count(compiled.any_pay, "pay_state")]}
    for facet in FACETS:
        lows = tuple(compiled.since.values()) if facet == "posted" else ()
        for clause in compiled.without[facet]:
            counts.setdefault(clause, []).append(Count(clause, facet, lows=lows))
    aggregations = {
        str(number): {
            "filter": elastic_query.query(clause),
            "aggs": elastic_query.counting(clause, its, apart=True).get("aggs", {}),
        }
        for number, (clause, its) in enumerate(counts.items())
    }
    found = elastic_query.top(Top(shared.where, order, max(size, 1), below))
    return found | {"size": size, "post_filter": elastic_query.query(compiled.where), "aggs": aggregations}


def circle_of(compiled: Compiled) -> list[str] | None:
    """The cells around the point that was asked for."""
    parts = compiled.where.clauses if isinstance(compiled.where, And) else ()
    return next((list(part.values) for part in parts if isinstance(part, Term) and part.field == "cell"), None)


class Client(Connection):
    """One connection that asks one question of any kind after the other."""

    async def ask(self, request: bytes) -> float:
        """Milliseconds to the whole answer."""
        started = time.perf_counter()
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(f"{request[:300]!r}: {head[:300]!r}")
        if b"content-length: " in head:
            await self._reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        else:
            while size := int((await self._reader.readline()).strip(), 16):
                await self._reader.readexactly(size + 2)
            await self._reader.readline()
        return (time.perf_counter() - started) * 1_000


def to_gigdex(asked: Asked) -> bytes:
    return f"GET {asked.target} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def to_elastic(asked: Asked) -> bytes:
    head = f"POST /{ALIAS}/_search?request_cache=false HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(asked.raw)}\r\n\r\n"
    return head.encode() + asked.raw


async def ask_all(address: str, requests: Iterable[bytes], clients: int = 1) -> list[float]:
    waiting = iter(requests)
    spent: list[float] = []

    async def ask() -> None:
        client = await Client.open(address)
        spent.extend([await client.ask(request) for request in waiting])

    await asyncio.gather(*(ask() for _ in range(clients)))
    return spent


@dataclass
class Measured:
    """Of one of those that are compared."""

    name: str
    kinds: dict[str, list[float]] = field(default_factory=dict)
    per_second: dict[int, float] = field(default_factory=dict)
    memory: int = 0


def measure(
    name: str,
    address: str,
    request: Callable[[Asked], bytes],
    questions: Questions,
    each: int,
    *processes: psutil.Process,
) -> Measured:
    found = Measured(name)
    rng = random.Random(5)
    asyncio.run(ask_all(address, (request(questions.make(kind, rng)) for kind in KINDS for _ in range(20))))  # warm up
    for kind in KINDS:
        asked = [request(questions.make(kind, rng)) for _ in range(each)]
        found.kinds[kind] = asyncio.run(ask_all(address, asked))
    for clients in CLIENTS:
        mixed = [request(questions.make(kind, rng)) for _ in range(each // 2) for kind in KINDS]
        started = time.perf_counter()
        asyncio.run(ask_all(address, mixed, clients))
        found.per_second[clients] = len(mixed) / (time.perf_counter() - started)
    found.memory = sum(process.memory_info().rss for process in processes)
    return found


def compare(address: str, url: str, questions: Questions) -> None:
    """That raw Elasticsearch is asked the same: equal totals, for some questions of each kind."""
    rng = random.Random(6)
    for kind in KINDS:
        for _ in range(3):
            asked = questions.make(kind, rng)
            with urllib.request.urlopen(f"{address}{asked.target}") as answer:
                ours = json.load(answer)["total"]
            request = urllib.request.Request(
                f"{url}/{ALIAS}/_search", asked.raw, {"Content-Type": "application/json"}, method="POST"
            )
            with urllib.request.urlopen(request) as answer:
                theirs = json.load(answer)["aggregations"]["0"]["doc_count"]
            assert ours == theirs, f"{asked.target}: {ours} gigs here, {theirs} there"


def measure_fts5(data: Path, questions: Questions, each: int) -> Measured:
    found = Measured("SQLite FTS5, in process")
    peer = Fts5.opened(data / "fts5.db")
    rng = random.Random(5)
    for kind in KINDS:
        asked = [one.sql for one in (questions.make(kind, rng) for _ in range(each)) if one.sql]
        if asked:
            found.kinds[kind] = timed((lambda one=one: peer.page(*one)) for one in asked)  # type: ignore[misc]
    return found


# --- report ------------------------------------------------------------------------------------------------------


def quantile(spent: Sequence[float], share: int) -> float:
    return statistics.quantiles(spent, n=100, method="inclusive")[share - 1]


def row(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def index_bytes(url: str) -> int:
    with urllib.request.urlopen(f"{url}/{ALIAS}/_stats/store") as answer:
        size: int = json.load(answer)["_all"]["primaries"]["store"]["size_in_bytes"]
    return size


def settle(url: str) -> None:
    """Until Elasticsearch has merged what it wants to merge by itself, as it would have between crawls."""
    quiet = 0
    while quiet < 3:
        with urllib.request.urlopen(f"{url}/{ALIAS}/_stats/merge") as answer:
            quiet = quiet + 1 if not json.load(answer)["_all"]["primaries"]["merges"]["current"] else 0
        time.sleep(1)


def report(found: list[Measured], sizes: dict[str, int], spent: Spent | None, count: int, each: int) -> None:
    print(
        f"{count:,} gigs, {each} requests of each kind by one client, milliseconds to the whole answer; "
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end. "
        "Where other work keeps the machine busy the figures are provisional; the ratios are of one run.\n"
    )
    print("| p50 / p99 ms |" + "".join(f" {one.name} |" for one in found))
    print("|---|" + "--:|" * len(found))
    for kind in KINDS:
        cells = (one.kinds.get(kind) for one in found)
        print(row(kind, (f"{quantile(c, 50):.1f} / {quantile(c, 99):.1f}" if c else "" for c in cells)))
    for clients in CLIENTS:
        rates = (one.per_second.get(clients) for one in found)
        print(row(f"answers a second, {clients} clients", (f"{rate:.0f}" if rate else "" for rate in rates)))
    print(row("MB on disk", (f"{sizes[one.name] / 1e6:,.0f}" for one in found)))
    print(row("MB of memory after that", (f"{one.memory / 1e6:,.0f}" if one.memory else "" for one in found)))
    if spent:
        print(
            f"\nWriting ready documents, gigs a second: {count / spent.embedded:,.0f} embedded, "
            f"{count / spent.elastic:,.0f} Elasticsearch, {count / spent.fts5:,.0f} FTS5 (analyzing included)."
        )
    raw, ours = (next(one for one in found if one.name == name) for name in (RAW, OVER))
    over = {kind: quantile(ours.kinds[kind], 50) - 1.3 * quantile(raw.kinds[kind], 50) for kind in KINDS}
    worst = max(over, key=lambda kind: over[kind])
    draw(found, count)
    print(f"\nGigdex over Elasticsearch takes 1.3 times raw p50 plus {over[worst]:.1f} ms at most ({worst}).")


def draw(found: Sequence[Measured], count: int) -> None:
    """Writes docs/engines-COUNT.svg and docs/engines-COUNT-rate.svg."""
    medians = {
        kind: {one.name: quantile(one.kinds[kind], 50) for one in found if one.kinds.get(kind)} for kind in KINDS
    }
    rates = {
        f"{clients} clients": {one.name: one.per_second[clients] for one in found if clients in one.per_second}
        for clients in CLIENTS
    }
    docs = Path(__file__).parents[1] / "docs"
    (docs / f"engines-{count}.svg").write_text(dots(f"{count:,} gigs: p50, milliseconds (less is better)", medians))
    (docs / f"engines-{count}-rate.svg").write_text(dots(f"{count:,} gigs: answers a second (more is better)", rates))


EMBEDDED, RAW, OVER = "Gigdex, embedded", "raw Elasticsearch", "Gigdex over Elasticsearch"


@contextmanager
def server() -> Iterator[tuple[str, list[psutil.Process]]]:
    if url := os.environ.get(elasticsearch.URL):
        yield url, []
        return
    elasticsearch.install()
    node = elasticsearch.Server(HEAP_MB)
    try:
        node.start()
        launcher = psutil.Process(node.pid)
        yield node.url, [launcher, *launcher.children(recursive=True)]
    finally:
        node.close()


def main(count: int, each: int, data: Path) -> None:
    os.environ["GIGDEX_PROCESSES"] = "0"
    with server() as (url, node):
        fresh = not (data / "gigdex.db").exists()
        spent = fill(data, url, count) if fresh else None
        other = Instance(elastic_settings(data, url))
        if not fresh:
            other.open_engine().engine.close()
        settle(url)
        instance = Instance(Settings(data=data))
        questions = Questions(instance.engine, instance.store.secret())
        found = []
        with running("-m", "gigdex", "serve", data=data) as (address, process):
            compare(address, url, questions)
            found.append(measure(EMBEDDED, address, to_gigdex, questions, each, process, *process.children()))
        found.append(measure(RAW, url, to_elastic, questions, each, *node))
        os.environ |= {"GIGDEX_ELASTICSEARCH_URL": url, "GIGDEX_ELASTICSEARCH_INDEX": ALIAS}
        with running("-m", "gigdex", "serve", data=data) as (address, process):
            found.append(measure(OVER, address, to_gigdex, questions, each, process, *process.children(), *node))
        found.append(measure_fts5(data, questions, each))
        sizes = {
            EMBEDDED: folder_bytes(data / "engine"),
            RAW: index_bytes(url),
            OVER: index_bytes(url),
            found[-1].name: (data / "fts5.db").stat().st_size,
        }
        report(found, sizes, spent, count, each)
        instance.close()
        other.close()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    numbers = given + [100_000, 200][len(given) :]
    with tempfile.TemporaryDirectory() as temporary:
        main(numbers[0], numbers[1], Path(sys.argv[3] if len(sys.argv) > 3 else temporary))
