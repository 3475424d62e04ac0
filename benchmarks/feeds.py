"""Feeds: gigs a second and peak memory of each complete format, of the snapshot, and of catching up by changes; answers
a second that say nothing has changed (304), as ready-made answers of the same server compare.

    python -m benchmarks.feeds [GIGS] [FOLDER]

A FOLDER is filled if it is empty, and used again if it isn't. Each format is written in a process of its own.
"""

import asyncio
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.http import fill, running
from index.instance import Instance
from index.query import SearchQuery
from index.settings import Settings

SNAPSHOT = "snapshot"
CHANGES = "changes"
SECONDS = 5.0
CLIENTS = 8


def formats() -> list[str]:
    from search_api.feeds import dialects

    return [name for name, dialect in dialects().items() if not dialect.paged and not dialect.missing]


def write(data: Path, what: str) -> None:
    """Print gigs, bytes, seconds, seconds of a processor and peak memory of writing all gigs in a format."""
    instance = Instance(Settings(data=data))
    query = SearchQuery.build(status=["open", "closed"], risk=["all"])
    started, worked = time.perf_counter(), time.process_time()
    count = size = 0
    if what == SNAPSHOT:
        for line in instance.stream.snapshot(query, "feed", datetime.now(UTC)):
            count += 1
            size += len(line) + 1
        count -= 2  # head and end
    elif what == CHANGES:
        for page in changes(instance, query):
            count += page.count(b'"removed":')
            size += len(page)
    else:
        from search_api.export import Feed, dialect_of

        now = datetime.now(UTC)
        feed = Feed(dialect_of(what), query, "feed", "https://gigdex.example", now, instance.search, instance.stream)
        size = sum(len(piece) for piece in feed.pieces())
        count = feed.count
    spent, worked = time.perf_counter() - started, time.process_time() - worked
    instance.close()
    print(count, size, spent, worked, peak())


def peak() -> float:
    """MB that this process has held at most. What getrusage says includes that of the process which started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def changes(instance: Instance, query: SearchQuery) -> Iterator[bytes]:
    """All pages from the first revision on."""
    import json
    from unittest import mock

    # The generated gigs are of one fixed day, which may be long ago.
    with mock.patch("index.stream.KEPT", datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)):
        after = instance.stream._encode(0, query, "feed")
        more = True
        while more:
            body = instance.stream.changes(after, query, "feed", datetime.now(UTC)).body
            yield body
            page = json.loads(body)
            after, more = page["next"], page["more"]


async def unchanged(address: str, target: str) -> float:
    """Answers 304 a second to CLIENTS clients that have the newest state."""
    parts = urlsplit(address)

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, more: str = "") -> str:
        writer.write(f"HEAD {target} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode())
        return (await reader.readuntil(b"\r\n\r\n")).decode()

    head = await ask(*await asyncio.open_connection(parts.hostname, parts.port))
    etag = next(line.partition(":")[2].strip() for line in head.splitlines() if line.lower().startswith("etag:"))
    until = time.perf_counter() + SECONDS

    async def client() -> int:
        connection = await asyncio.open_connection(parts.hostname, parts.port)
        count = 0
        while time.perf_counter() < until:
            answer = await ask(*connection, f"If-None-Match: {etag}\r\n")
            if " 304 " not in answer.partition("\r\n")[0]:
                raise RuntimeError(answer)
            count += 1
        return count

    return sum(await asyncio.gather(*(client() for _ in range(CLIENTS)))) / SECONDS


def main(count: int, data: Path) -> None:
    if not (data / "gigdex.db").exists():
        fill(data, count)
    print(f"\n{count:,} gigs; Python {platform.python_version()}\n")
    print("| format | gigs a second | gigs a second of a processor | MB | peak memory, MB |")
    print("|---|---|---|---|---|")
    for what in (*formats(), SNAPSHOT, CHANGES):
        command = [sys.executable, "-m", "benchmarks.feeds", "write", str(data), what]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        gigs, size, spent, worked, memory = map(float, done.stdout.split())
        print(
            f"| {what} | {gigs / spent:,.0f} | {gigs / worked:,.0f} | {size / 1e6:,.0f} | {memory:,.0f} |", flush=True
        )
    print(f"\n| nothing has changed, {CLIENTS} clients | 304 a second |\n|---|---|")
    with running("-m", "gigdex", "serve", data=data) as (address, _):
        for target in ("/feeds/ndjson", "/feeds/rss?q=data", "/snapshot"):
            print(f"| `{target}` | {asyncio.run(unchanged(address, target)):,.0f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[2]), sys.argv[3])
    else:
        wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
        if len(sys.argv) > 2:
            main(wanted, Path(sys.argv[2]))
        else:
            with tempfile.TemporaryDirectory() as folder:
                main(wanted, Path(folder))
