"""Ingest: postings a second from inbox to searchable, and where the time goes.

The peer, in the same run: the same postings parsed from JSON and written as they are into one SQLite table with an
index, in transactions of the same size. It does none of the work that makes a gig; it is what SQL alone costs.

    python -m benchmarks.ingest [POSTINGS] [made|alike]

`made`: the postings of benchmarks/dedup/made.py, short ads of which 15 % are copies and 15 % fill in another's
template. `alike`: the few hundred texts of the sample boards again and again, each with a number of its own, which is
what a flood of near copies costs.
"""

import itertools
import json
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.dedup.made import rows as made_rows
from index import ingest
from index.family import Families
from index.follow import Follower
from index.ingest import BATCH
from index.instance import Instance
from index.normalize import normalize
from index.posting import Posting
from index.settings import Settings
from index.store import fingerprints, gigs
from index.store import postings as stored_postings
from index.terms import BoardInfo, BoardTerms, ChannelLevels, TermsEvidence

BOARDS = ("alpha", "beta", "gamma", "delta", "epsilon")


def made(count: int) -> Iterator[Posting]:
    """`count` different short ads and copies of them."""
    for number, (posting, gig, _) in enumerate(made_rows(count)):
        board = BOARDS[number % len(BOARDS)]
        yield posting.model_copy(update={"board": board, "description": gig.description})


def sample_texts() -> list[Posting]:
    """The sample boards' postings: made up, and like real ones in length and variety."""
    from crawlers.board import spiders_of
    from crawlers.run import SAMPLE_SPIDERS, crawl
    from crawlers.sample_boards.server import SampleServer
    from index.store.inbox import Inbox

    with tempfile.TemporaryDirectory() as folder, SampleServer() as server:
        settings = Settings(data=Path(folder))
        crawl(sorted(spiders_of(SAMPLE_SPIDERS)), settings, sample_url=server.url)
        inbox = Inbox.open(settings)
        try:
            return [Posting.model_validate_json(row.content) for row in inbox.take(10_000)]
        finally:
            inbox.close()


def alike(count: int) -> Iterator[Posting]:
    """`count` postings of few texts; every tenth shares its link with one on another board."""
    for number, text in zip(range(count), itertools.cycle(sample_texts()), strict=False):
        board = BOARDS[number % len(BOARDS)]
        page = number - 1 if number % 10 == 9 else number
        yield text.model_copy(
            update={
                "board": board,
                "external_id": str(number),
                "url": f"https://jobs.example/{page}",
                "apply_url": None,
                "title": f"{text.title} {number}",
                "expires_at": None,
            }
        )


def board(name: str) -> BoardInfo:
    evidence = TermsEvidence(what="made up", read=datetime.now(UTC).date(), says="made up for a benchmark")
    full = ChannelLevels(page="full", api="full", feed="full", mail="full", jsonld="full")
    terms = BoardTerms(attribution=name, min_interval_s=60, evidence=(evidence,), channels=full)
    return BoardInfo(id=name, name=name, homepage="https://jobs.example", shape="json_api", terms=terms)


class Stopwatch:
    """Seconds spent in a function of a module, from the moment that it is wrapped."""

    def __init__(self, owner: object, name: str) -> None:
        self.seconds = 0.0
        real = getattr(owner, name)

        def timed(*args: object, **more: object) -> object:
            started = time.perf_counter()
            try:
                return real(*args, **more)
            finally:
                self.seconds += time.perf_counter() - started

        setattr(owner, name, timed)


def main(count: int, kind: str) -> None:
    rows = list({"made": made, "alike": alike}[kind](count))
    watches = {
        "normalize": Stopwatch(ingest, "normalize"),
        "views by channel, merge": Stopwatch(ingest, "views_of"),
        "dedupe: fingerprint, compare, find the family": Stopwatch(Families, "gather"),
        "write fingerprints": Stopwatch(fingerprints, "save"),
        "write gigs": Stopwatch(gigs, "save"),
        "write postings": Stopwatch(stored_postings, "save"),
        "engine": Stopwatch(Follower, "catch_up"),
    }
    with tempfile.TemporaryDirectory() as folder:
        instance = Instance(Settings(data=Path(folder)), map(board, BOARDS))
        for start in range(0, count, BATCH):
            batch = rows[start : start + BATCH]
            instance.inbox.put(instance.inbox.start_run(BOARDS[0]), batch)
        with instance.working("benchmark") as worker:
            started = time.perf_counter()
            worker.drain()
            first = time.perf_counter() - started
            spent = {name: watch.seconds for name, watch in watches.items()}
            for start in range(0, count, BATCH):
                instance.inbox.put(instance.inbox.start_run(BOARDS[0]), rows[start : start + BATCH])
            started = time.perf_counter()
            worker.drain()
            again = time.perf_counter() - started
        gig_count = instance.store.count_gigs()
        instance.close()

        lines = [row.model_dump_json(exclude_none=True) for row in rows]
        peer = sqlite3.connect(Path(folder) / "peer.db", isolation_level=None)
        peer.execute("PRAGMA journal_mode = WAL")
        peer.execute("PRAGMA synchronous = FULL")
        peer.execute("CREATE TABLE rows (board, id, url, content, PRIMARY KEY (board, id))")
        peer.execute("CREATE INDEX rows_url ON rows (url)")
        started = time.perf_counter()
        for start in range(0, count, BATCH):
            peer.execute("BEGIN IMMEDIATE")
            for line in lines[start : start + BATCH]:
                row = json.loads(line)
                peer.execute(
                    "INSERT INTO rows VALUES (?, ?, ?, ?)", (row["board"], row["external_id"], row["url"], line)
                )
            peer.execute("COMMIT")
        plain = time.perf_counter() - started
        peer.close()
    started = time.perf_counter()
    for row in rows[:2_000]:
        normalize(row)
    alone = 2_000 / (time.perf_counter() - started) if count >= 2_000 else 0

    print(
        f"{count:,} postings ({kind}) -> {gig_count:,} gigs, Python {platform.python_version()}, {platform.machine()}\n"
    )
    print("| | postings a second | ratio to plain SQL |\n|---|--:|--:|")
    print(f"| new, inbox to searchable | {count / first:,.0f} | {plain / first:.3f} |")
    print(f"| unchanged, seen again | {count / again:,.0f} | {plain / again:.3f} |")
    print(f"| plain SQL: the same rows into one table | {count / plain:,.0f} | 1 |")
    print(f"| normalize alone | {alone:,.0f} | |\n")
    print("| new postings: where the time goes | share |\n|---|--:|")
    for name, seconds in spent.items():
        print(f"| {name} | {seconds / first:.0%} |")
    print(f"| the rest | {1 - sum(spent.values()) / first:.0%} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, sys.argv[2] if len(sys.argv) > 2 else "made")
