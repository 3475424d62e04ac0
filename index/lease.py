"""One process at a time ingests and writes the embedded engine: it holds the lease.

The lease is a lock on a file in the data folder: the operating system frees it when its holder dies, however it dies.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

ASKING_S = 0.2
"""`Lease.take` waits at least so long, to outlast somebody's `is_held`, which holds the lock for an instant."""


class LeaseTaken(RuntimeError):
    """Another process holds the lease; the message says who."""


class Lease:
    """Held from `take` (or `with`) to `release`."""

    def __init__(self, data: Path, command: str) -> None:
        self.command = command
        self._note = data / "writer.json"
        self._lock = FileLock(data / "writer.lock")

    def take(self, wait_s: float = 0) -> None:
        """Take the lease, waiting up to `wait_s` seconds. Raises LeaseTaken."""
        self._note.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=max(wait_s, ASKING_S))
        except Timeout:
            raise LeaseTaken(f"{self.holder()} is working on {self._note.parent}") from None
        note = {"command": self.command, "pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        self._note.write_text(json.dumps(note), encoding="utf-8")

    def holder(self) -> str:
        """Who holds the lease, or held it last, in words."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return f"`{note['command']}` (process {note['pid']}, since {note['since']})"
        except (OSError, ValueError, KeyError):
            return "another process"

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> "Lease":
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_held(data: Path) -> bool:
    """Whether any process, this one included, holds the lease of the data folder just now."""
    lock = data / "writer.lock"
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
