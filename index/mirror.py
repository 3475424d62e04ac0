"""Follow another Gigdex: a small client of its /snapshot and /changes, to use or to learn from (docs/feeds.md).

The file has the form of a snapshot: a head with the cursor, one gig a line by seq, an end with their number. Changes
are merged into it line by line, and every state of it replaces the one before at once: after a crash anywhere the file
is whole, and the next call goes on from its cursor. Memory holds a page of changes, never the gigs.
"""

import fcntl
import gzip
import heapq
import http.client
import json
import os
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlencode

TIMEOUT_S = 60
WAIT_S = 25
"""How long the other side is asked to wait for something to tell."""
PAGES = 50
"""Pages of changes that are merged at once."""
AGAIN_S = 30.0
"""Pause after what may pass by itself."""
TAIL = 200
"""Bytes that hold the last line of a mirror."""


class MirrorError(RuntimeError):
    """The other side can't be followed; the message is one line."""

    def __init__(self, message: str, again_s: float | None = None) -> None:
        """`again_s`: seconds after which it may go better by itself; None where somebody has to do something."""
        super().__init__(message)
        self.again_s = again_s


@dataclass(frozen=True)
class Synced:
    """What one round did."""

    gigs: int
    """In the file now."""
    changes: int
    """Gigs brought and removed."""
    anew: bool = False
    """It began with a new snapshot."""
    merged_s: float = 0.0
    """Seconds that merging changes into the file took."""


Ask = Callable[[str], Any]
"""Gives the open answer, lines of bytes, to an address; raises urllib.error.HTTPError as urlopen does."""


def ask(address: str, key: str | None = None) -> Any:
    """Open an address. Raises urllib.error.URLError."""
    headers = {"Accept-Encoding": "gzip", "User-Agent": "gigdex-mirror"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310  # the scheme is checked in Mirror
    if key:  # for this address alone: a redirect may lead to somebody else
        request.add_unredirected_header("Authorization", f"Bearer {key}")
    answer = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310
    return gzip.open(answer) if answer.headers.get("Content-Encoding") == "gzip" else answer


class Mirror:
    """A file that follows the gigs at an address, those that fit `filters` (names and values as in the API)."""

    def __init__(self, address: str, file: Path, filters: Sequence[tuple[str, str]] = (), ask: Ask = ask) -> None:
        """Raises MirrorError for an address that is none."""
        if not address.startswith(("https://", "http://")):
            raise MirrorError(f"{address} is no address: it begins with https:// or http://")
        self._address = address.rstrip("/")
        self._file = file
        self._filters = list(filters)
        self._ask = ask

    def sync(self, wait: bool = False) -> Synced:
        """Bring the file up to date: by the changes since it was written, or by a new snapshot where there is no file
        or the changes are no longer kept. `wait`: for a while, when nothing has changed. Raises MirrorError."""
        try:
            if self._file.exists():
                try:
                    return self._follow(wait)
                except urllib.error.HTTPError as error:
                    if error.code != 410:
                        raise
            return self._begin()
        except urllib.error.HTTPError as error:
            raise MirrorError(f"{self._address} answers {error.code}: {_detail(error)}", _again(error)) from None
        except (OSError, EOFError, http.client.HTTPException, zlib.error) as error:
            why = getattr(error, "reason", None) or str(error) or repr(error)
            raise MirrorError(f"can't follow {self._address}: {why}", AGAIN_S) from None
        except (ValueError, LookupError, TypeError) as error:
            raise MirrorError(f"{self._address} doesn't speak as Gigdex does: {error!r}") from None

    def _begin(self) -> Synced:
        with self._ask(self._url("/snapshot")) as answer, _replacing(self._file) as out:
            lines = (line.decode("utf-8") for line in answer)
            head = next(lines, "")
            json.loads(head)["snapshot"]["cursor"]
            out.write(head)
            for count, line in enumerate(lines):
                out.write(line)
                if line.startswith('{"end"'):
                    if json.loads(line)["end"]["gigs"] != count:
                        raise ValueError("a snapshot that counts its gigs wrongly")
                    return Synced(count, count, anew=True)
            raise MirrorError(f"the snapshot of {self._address} was cut off", AGAIN_S)

    def _follow(self, wait: bool) -> Synced:
        total, more, count, merged_s = 0, True, 0, 0.0
        while more:
            with self._file.open(encoding="utf-8") as old:
                head = self._head(old)
                known = head["snapshot"]["cursor"]
                changes, more = self._changes(head["snapshot"], wait and not total)
                if head["snapshot"]["cursor"] == known:
                    count = self._count()
                else:
                    started = time.monotonic()
                    with _replacing(self._file) as out:
                        out.write(_line(head))
                        count = _merge(_gigs(old), changes, out)
                        out.write(_line({"end": {"gigs": count}}))
                    merged_s += time.monotonic() - started
                total += len(changes)
        return Synced(count, total, merged_s=merged_s)

    def _head(self, file: TextIO) -> dict[str, Any]:
        """The first line of the file, which is what it was written as."""
        try:
            head: dict[str, Any] = json.loads(file.readline())
            head["snapshot"]["cursor"]
        except (ValueError, LookupError, TypeError):
            raise MirrorError(f"{self._file} is no mirror: name another file, or delete it") from None
        return head

    def _count(self) -> int:
        """Gigs in the file, from its last line."""
        with self._file.open("rb") as file:
            file.seek(-min(TAIL, self._file.stat().st_size), os.SEEK_END)
            last = file.read().splitlines()[-1]
        return int(json.loads(last)["end"]["gigs"])

    def _changes(self, snapshot: dict[str, Any], wait: bool) -> tuple[dict[int, dict[str, Any]], bool]:
        """The last change of each gig (by seq) on the next pages, and whether there are more; moves the snapshot's
        cursor and revision on."""
        found: dict[int, dict[str, Any]] = {}
        for _ in range(PAGES):
            more = [("after", snapshot["cursor"]), *([("wait", str(WAIT_S))] if wait else [])]
            with self._ask(self._url("/changes", *more)) as answer:
                page = json.loads(answer.read())
            for item in page["items"]:
                found[item["seq"]] = item
                snapshot["revision"] = item["revision"]
            snapshot["cursor"] = page["next"]
            wait = False
            if not page["more"]:
                return found, False
        return found, True

    def _url(self, path: str, *more: tuple[str, str]) -> str:
        query = urlencode([*self._filters, *more])
        return f"{self._address}{path}{'?' if query else ''}{query}"


def _gigs(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(seq, line) of a snapshot's gigs."""
    for line in lines:
        gig = json.loads(line)
        if "end" in gig:
            return
        yield gig["seq"], line


def _merge(old: Iterable[tuple[int, str]], changes: dict[int, dict[str, Any]], out: TextIO) -> int:
    """Write the gigs with the changes in their places. Returns how many there are."""
    count = 0
    fresh = sorted((seq, _line(its["gig"])) for seq, its in changes.items() if not its["removed"])
    kept = ((seq, line) for seq, line in old if seq not in changes)
    for _, line in heapq.merge(kept, fresh):
        out.write(line)
        count += 1
    return count


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _detail(error: urllib.error.HTTPError) -> str:
    """What a problem+json says."""
    try:
        problem = json.loads(error.read())
        lost = problem.get("parameter") == "after"
        return str(problem["detail"]) + (
            "; if address or filters are others than before, delete the file" if lost else ""
        )
    except (ValueError, LookupError, TypeError, OSError, http.client.HTTPException):
        return str(error.reason)


def _again(error: urllib.error.HTTPError) -> float | None:
    """When it may go better: as the other side says, where it is that side's trouble."""
    if error.code != 429 and error.code < 500:
        return None
    try:
        return max(1.0, float(error.headers["Retry-After"]))
    except (TypeError, ValueError):
        return AGAIN_S


@contextmanager
def _replacing(file: Path) -> Iterator[TextIO]:
    """A file that appears under its name when it is complete and on the disk; nothing is left of one that isn't. Raises
    MirrorError while another process writes it: two would write into each other's lines."""
    part = file.with_name(f"{file.name}.part")
    try:
        opened = part.open("a", encoding="utf-8", newline="\n")
    except OSError as error:
        raise MirrorError(f"can't write {file}: {error.strerror}") from None
    with opened as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = os.path.samestat(os.fstat(out.fileno()), part.stat())  # else the other one has just finished it
        except (BlockingIOError, FileNotFoundError):
            ours = False
        if not ours:
            raise MirrorError(f"another process is writing {file}", AGAIN_S)
        try:
            out.truncate(0)  # what one that was killed has left
            yield out
            out.flush()
            os.fsync(out.fileno())
            part.replace(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
