"""What is kept of one host between requests and between runs: who crawls it, its robots.txt, when it may be asked."""

import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

Key = tuple[Path, str]


class HostBusy(RuntimeError):
    """Another process crawls this host."""


class Host:
    """One host of one data folder. `Host.of` gives the same object to all spiders of this process.

    A file lock makes one process its owner for as long as spiders of it hold the host; facts that outlive a run are
    in a small JSON file beside the lock. `name` is the host with its port, where that isn't the scheme's own.
    """

    _known: dict[Key, "Host"] = {}  # noqa: RUF012 - shared on purpose: one object a host and process

    def __init__(self, data: Path, name: str) -> None:
        folder = data / "hosts"
        folder.mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"[^a-z0-9.-]", "_", name.lower())
        self.name = name
        self._file = folder / f"{stem}.json"
        self._lock = FileLock(folder / f"{stem}.lock", thread_local=False)
        self._holders = 0
        self._facts: dict[str, Any] = {}
        self._next_turn = 0.0
        self._turns = asyncio.Lock()
        self.robots_lock = asyncio.Lock()

    @classmethod
    def of(cls, data: Path, name: str) -> "Host":
        key = (data.absolute(), name.lower())
        if key not in cls._known:
            cls._known[key] = cls(*key)
        return cls._known[key]

    def hold(self) -> None:
        """Own the host for one more spider of this process. Raises HostBusy."""
        if self._holders == 0:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                raise HostBusy(f"{self.name} is being crawled by another process; try again when it is done") from None
            self._facts = self._read()
        self._holders += 1

    def release(self) -> None:
        """One spider is done. The lock of a killed process is released by the system."""
        self._holders -= 1
        if self._holders == 0:
            self._lock.release()

    def get(self, fact: str) -> Any:
        """A fact kept from an earlier run, None when there is none. Only while the host is held."""
        return self._facts.get(fact)

    def keep(self, fact: str, value: Any) -> None:
        """Keep a JSON value for later runs. Only while the host is held."""
        self._facts[fact] = value
        replacement = self._file.with_suffix(".new")
        replacement.write_text(json.dumps(self._facts), encoding="utf-8")
        replacement.replace(self._file)

    def pause(self, seconds: float) -> None:
        """Nobody asks this host for so long."""
        self._next_turn = max(self._next_turn, time.monotonic() + seconds)

    async def turn(self, spacing: float) -> None:
        """Wait for a turn to ask, `spacing` seconds after the last one."""
        async with self._turns:
            # Again after each sleep, for the pause may have been prolonged meanwhile.
            for _ in range(100):
                if (wait := self._next_turn - time.monotonic()) <= 0:
                    break
                await asyncio.sleep(wait)
            self._next_turn = max(self._next_turn, time.monotonic() + spacing)

    def _read(self) -> dict[str, Any]:
        try:
            facts = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # none yet, or damaged: all of it can be learnt again
            return {}
        return facts if isinstance(facts, dict) else {}
