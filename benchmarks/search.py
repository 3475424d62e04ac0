"""Search in process: the embedded engine against SQLite FTS5 on the same gigs, filters and pages, in one run.

    python -m benchmarks.search [GIGS] [ROUNDS]

Prints Markdown: milliseconds for one page of 20 with all facets and pay states, and their ratio. The peer is what one
would write with the standard library: a table with an index a filter column, FTS5 for the words, one GROUP BY a facet.
Both answer the same queries, and the totals are compared before anything is timed.
"""

import itertools
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generate import NOW, SKILLS, gigs
from index.document import document
from index.engine.embedded import EmbeddedEngine
from index.gig import Gig
from index.query import SearchQuery
from index.search import Search
from index.tokens import surface, words

BATCH = 2_000


class Shelf:
    """A store in memory, so that only the search is timed."""

    def __init__(self, kept: dict[tuple[int, int], Gig]) -> None:
        self._kept = kept

    def views(self, keys: Sequence[tuple[int, int]], channel: str) -> dict[tuple[int, int], Gig]:
        return {key: self._kept[key] for key in keys}


# --- the peer ------------------------------------------------------------------------------------------------

COLUMNS = ("category", "mode", "pay_unit", "board", "risk", "language", "pay_status")
"""Facets of one value a gig; the peer counts only these, which flatters it."""


class Fts5:
    """The peer: SQLite with FTS5."""

    def __init__(self, path: Path) -> None:
        self._sql = sqlite3.connect(path)
        self._sql.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-200000;"
            f"CREATE TABLE gig (seq INTEGER PRIMARY KEY, {', '.join(COLUMNS)}, posted INTEGER, usd REAL);"
            "CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize=\"unicode61\");"
        )

    @classmethod
    def opened(cls, path: Path) -> "Fts5":
        """One that was filled before."""
        peer = cls.__new__(cls)
        peer._sql = sqlite3.connect(path)
        peer._sql.execute("PRAGMA cache_size=-200000")
        return peer

    def add(self, batch: Sequence[Gig]) -> None:
        with self._sql:
            for gig in batch:
                posted = gig.posted_at or gig.first_seen or NOW
                values = (
                    gig.seq, gig.category, gig.work_mode, gig.pay.unit, gig.sources[0].board, gig.risk.level,
                    gig.language, gig.pay.status, posted.timestamp(), gig.pay.usd_top,
                )  # fmt: skip
                self._sql.execute(f"INSERT INTO gig VALUES ({','.join('?' * len(values))})", values)
                text = surface(words(part) for part in (gig.title, gig.description, gig.organization or ""))
                self._sql.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (gig.seq, text))

    def finish(self) -> None:
        for column in (*COLUMNS, "posted", "usd"):
            self._sql.execute(f"CREATE INDEX gig_{column} ON gig({column})")
        self._sql.execute("ANALYZE")

    def total(self, where: str, values: Sequence[object]) -> int:
        return int(self._sql.execute(f"SELECT count(*) FROM gig WHERE {where}", values).fetchone()[0])

    def page(self, where: str, values: Sequence[object], order: str) -> None:
        self._sql.execute(f"SELECT seq FROM gig WHERE {where} ORDER BY {order}, seq DESC LIMIT 20", values).fetchall()
        self.total(where, values)
        for column in COLUMNS:
            self._sql.execute(f"SELECT {column}, count(*) FROM gig WHERE {where} GROUP BY 1", values).fetchall()


# --- the mix -------------------------------------------------------------------------------------------------


@dataclass
class Kind:
    name: str
    queries: list[SearchQuery]
    peer: list[tuple[str, list[object], str]] | None = None
    """WHERE, its values and ORDER BY; None where the peer can't answer."""


def mix(rng: random.Random, rounds: int, vocabulary: Sequence[str]) -> list[Kind]:
    """Queries of each kind, none twice, so that no answer comes from a cache."""
    no_risk = "risk <> 'high'"
    common, rare = vocabulary[:300], vocabulary[300:]
    one = [rng.choice(rare) for _ in range(rounds)]
    two = [(rng.choice(common), rng.choice(common)) for _ in range(rounds)]
    boards = [(f"board{n % 40:02d}", round(5 + n * 0.1, 2)) for n in range(rounds)]
    match = "seq IN (SELECT rowid FROM words WHERE words MATCH ?)"
    return [
        Kind(
            "one word",
            [SearchQuery(q=f'"{word}"', sort="newest") for word in one],
            [(f"{match} AND {no_risk}", [f'"{word}"'], "posted DESC") for word in one],
        ),
        Kind(
            "two frequent words",
            [SearchQuery(q=f'"{a}" "{b}"', sort="newest") for a, b in two],
            [(f"{match} AND {no_risk}", [f'"{a}" "{b}"'], "posted DESC") for a, b in two],
        ),
        Kind("two words by stem, by relevance", [SearchQuery(q=f"{rng.choice(SKILLS)} {word}") for word in one]),
        Kind(
            "a phrase or a word, without a third",
            [SearchQuery(q=f'"{a} {b}" OR {c} -{b}s') for (a, b), c in zip(two, one, strict=True)],
        ),
        Kind(
            "board and pay, by pay",
            [SearchQuery(board=[board], pay_min=pay, sort="pay") for board, pay in boards],
            [
                (f"board = ? AND usd >= ? AND pay_status = 'stated' AND {no_risk}", [board, pay], "usd DESC")
                for board, pay in boards
            ],
        ),
        Kind(
            "all but a bound, newest",
            [SearchQuery(minimum_payout_max=10 + n / 100) for n in range(rounds)],
            [(no_risk, [], "posted DESC")] * rounds,
        ),
        Kind(
            "25 km around a point, by distance",
            [SearchQuery(near=f"{rng.gauss(52.5, 0.3):.4f},{rng.gauss(13.4, 0.4):.4f}", sort="distance") for _ in one],
        ),
        Kind(
            "500 km around a point, by distance",
            [
                SearchQuery(near=f"{rng.gauss(52.5, 1):.4f},{rng.gauss(13.4, 1):.4f}", radius_km=500, sort="distance")
                for _ in one
            ],
        ),
    ]


def timed(calls: Iterator[Callable[[], object]]) -> list[float]:
    """Milliseconds of each."""
    spent = []
    for call in calls:
        start = time.perf_counter()
        call()
        spent.append((time.perf_counter() - start) * 1_000)
    return spent


def percentile(spent: Sequence[float], share: int) -> float:
    return statistics.quantiles(spent, n=100, method="inclusive")[share - 1]


def main(count: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine, peer = EmbeddedEngine.create(Path(folder) / "engine"), Fts5(Path(folder) / "peer.db")
        kept: dict[tuple[int, int], Gig] = {}
        seconds = {"documents": 0.0, "embedded": 0.0, "FTS5": 0.0}
        made = gigs(count)
        while batch := list(itertools.islice(made, BATCH)):
            kept.update({(gig.seq or 0, 0): gig for gig in batch})
            started = time.perf_counter()
            documents = [document(gig, 0, ["page", "api", "operator"]) for gig in batch]
            analyzed = time.perf_counter()
            engine.write([], documents)
            written = time.perf_counter()
            peer.add(batch)
            seconds["documents"] += analyzed - started
            seconds["embedded"] += written - analyzed
            seconds["FTS5"] += time.perf_counter() - written
        engine.publish()
        started = time.perf_counter()
        peer.finish()
        seconds["FTS5"] += time.perf_counter() - started
        search = Search(engine, Shelf(kept), b"benchmark")
        frequency: dict[str, int] = {}
        for gig in itertools.islice(kept.values(), 2_000):
            for word in words(gig.description):
                frequency[word] = frequency.get(word, 0) + 1
        vocabulary = sorted(frequency, key=lambda word: -frequency[word])
        report(search, peer, mix(random.Random(2), rounds, vocabulary), count, rounds, seconds)
        engine.close()


def report(search: Search, peer: Fts5, kinds: list[Kind], count: int, rounds: int, seconds: dict[str, float]) -> None:
    def ask(query: SearchQuery) -> int:
        return search.search(query, "page", NOW).total

    print(f"{count:,} gigs, {rounds} queries of each kind, Python {platform.python_version()}, {platform.machine()}\n")
    print("| query | p50 ms | p99 ms | FTS5 p50 ms | FTS5 p99 ms | FTS5 p50 : ours |\n|---|--:|--:|--:|--:|--:|")
    ask(SearchQuery())
    ours_all: list[float] = []
    for kind in kinds:
        for query, (where, values, _) in zip(kind.queries[:3], kind.peer or [], strict=False):
            assert ask(query) == peer.total(where, values), f"the two disagree on {query}"
        ours = timed((lambda query=query: ask(query)) for query in kind.queries[3:])  # type: ignore[misc]
        ours_all += ours
        line = f"| {kind.name} | {percentile(ours, 50):.1f} | {percentile(ours, 99):.1f} |"
        if kind.peer is None:
            print(f"{line} | | | |")
            continue
        theirs = timed((lambda asked=asked: peer.page(*asked)) for asked in kind.peer[3:])  # type: ignore[misc]
        ratio = percentile(theirs, 50) / percentile(ours, 50)
        print(f"{line} {percentile(theirs, 50):.1f} | {percentile(theirs, 99):.1f} | {ratio:.1f} |")
    again = timed((lambda: ask(SearchQuery())) for _ in range(rounds))
    print(f"| no filter, counts cached | {percentile(again, 50):.1f} | {percentile(again, 99):.1f} | | | |")
    print(
        f"| **all kinds above but the last** | {percentile(ours_all, 50):.1f} | {percentile(ours_all, 99):.1f} | | | |"
    )
    print(
        f"\nIndexing, gigs a second: {count / seconds['documents']:,.0f} analyzed, "
        f"{count / seconds['embedded']:,.0f} written by the embedded engine in batches of {BATCH:,}, "
        f"{count / seconds['FTS5']:,.0f} by FTS5 (analyzing and indexing)."
    )


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:3]]
    main(*(numbers + [100_000, 200][len(numbers) :]))
