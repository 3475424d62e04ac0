"""Reading postings ahead in other processes: what a batch says is worked out on the other processors while this one
writes the batch before. Nothing depends on it: what isn't there is read here, with the same result.

Reading is most of the work of ingest and needs nothing but the posting, the day and the learned boilerplate.
"""

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date

from index.dedupe.keys import Print, keys_of
from index.dedupe.traits import pack, traits_of
from index.gig import Gig
from index.normalize import normalize
from index.posting import Posting
from index.processes import end_with, keep_what_is_here, processors

log = logging.getLogger(__name__)

MOST_PROCESSES = 7
"""The writer can't keep up with more."""
CHUNK = 20
"""Postings of one task: large enough that handing over costs little, small enough that nobody waits for long."""
KEPT = 2_000
"""Readings that are kept for whoever asks."""
REST_S = 60.0
"""After so long without work the processes end: each takes a hundred megabytes."""

Id = tuple[str, str, str, date]
"""Board, external id, hash of the content, day of the exchange rate: all that a reading depends on but the rules."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is compared of a posting, packed, and its keys."""

    packed: bytes
    keys: Print
    boilerplate: str | None
    """Version of what was left out."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What has to be known of the store for a fingerprint."""

    secret: bytes
    version: str | None
    boilerplate: Mapping[str, Collection[int]]


Raw = tuple[str, bytes | None, Print]
"""A gig as JSON, its packed traits, its keys: what goes between processes."""


@dataclass(frozen=True, slots=True)
class _Task:
    answers: Future[list[Raw | None]]
    at: int
    """Which of the answers it is."""
    boilerplate: str | None


class ReadAhead:
    """Up to `processes` other processes that read postings. They start with the first work and end without any."""

    def __init__(self, processes: int | None = None) -> None:
        """`processes`: none by default where there is one processor only."""
        self.processes = min(MOST_PROCESSES, processors() - 1) if processes is None else processes
        self._pool: ProcessPoolExecutor | None = None
        self._tasks: dict[Id, _Task] = {}
        self._fingerprints: dict[Id, Fingerprint] = {}
        self._used = 0.0

    def begin(self, postings: Sequence[tuple[Id, Posting]], learned: Learned) -> None:
        """Have these postings read. Of those of earlier times that nobody asked for, the oldest are given up."""
        if not postings or not self.processes:
            return
        self._used = time.monotonic()
        if self._pool is None:
            # Forking would copy the locks of whatever threads run here.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.processes, spawn, _begin_child, (os.getpid(),))
        try:
            for start in range(0, len(postings), CHUNK):
                part = postings[start : start + CHUNK]
                its = {key[0]: learned.boilerplate[key[0]] for key, _ in part if key[0] in learned.boilerplate}
                rows = [(posting.model_dump_json(exclude_none=True), key[3]) for key, posting in part]
                future = self._pool.submit(_read_all, rows, its, learned.secret)
                self._tasks.update((key, _Task(future, at, learned.version)) for at, (key, _) in enumerate(part))
        except BrokenProcessPool:
            self._broken()
        while len(self._tasks) > KEPT:
            self._tasks.pop(next(iter(self._tasks))).answers.cancel()

    def gig(self, key: Id) -> Gig | None:
        """The gig of the posting; None when it was not read ahead, or nobody has begun with it yet."""
        task = self._tasks.pop(key, None)
        if task is None:
            return None
        if task.answers.cancel():
            return None
        try:
            raw = task.answers.result()[task.at]
        except CancelledError:
            return None
        except BrokenProcessPool:
            self._broken()
            return None
        if raw is None:
            return None
        text, packed, keys = raw
        if packed is not None:
            self._fingerprints[key] = Fingerprint(packed, keys, task.boilerplate)
            while len(self._fingerprints) > KEPT:
                self._fingerprints.pop(next(iter(self._fingerprints)))
        return Gig.model_validate_json(text)

    def fingerprint(self, key: Id) -> Fingerprint | None:
        """That of a posting whose gig was asked for, if it is an offer."""
        return self._fingerprints.get(key)

    def rest(self) -> None:
        """End the processes if they have had nothing to do for a while."""
        if self._pool is not None and time.monotonic() - self._used > REST_S:
            self.close()

    def close(self) -> None:
        """End the processes; they start again with new work."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        self._tasks.clear()

    def _broken(self) -> None:
        log.warning("a process that reads postings died; going on without it")
        self.close()


# --- in the other processes ----------------------------------------------------------------------------------------


def _begin_child(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the parent ends us in order
    end_with(parent)
    text = "Dog walker wanted in Berlin, we pay $9 an hour."
    posting = Posting(board="a", external_id="1", url="https://gigdex.example/", title="Dog walker", description=text)
    _read(posting.model_dump_json(), date(2026, 1, 1), {}, b"")  # loads the tables
    keep_what_is_here()


def _read_all(
    rows: Sequence[tuple[str, date]], boilerplate: Mapping[str, Collection[int]], secret: bytes
) -> list[Raw | None]:
    return [_read(text, day, boilerplate, secret) for text, day in rows]


def _read(text: str, day: date, boilerplate: Mapping[str, Collection[int]], secret: bytes) -> Raw | None:
    """None when it fails: then it fails in the parent as well, which reports it."""
    try:
        posting = Posting.model_validate_json(text)
        gig = normalize(posting, day)
        if gig.kind != "offer":
            return gig.model_dump_json(exclude_none=True), None, ()
        traits = traits_of(posting, gig, boilerplate.get(posting.board, ()), secret)
        return gig.model_dump_json(exclude_none=True), pack(traits), keys_of(traits, secret)
    except Exception:
        return None
