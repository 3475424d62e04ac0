"""One host as the spiders of this process see it: held or not, when it may be asked, how often it failed of late."""

import asyncio
import logging
import random
import time
from typing import Any

from index.settings import Settings
from index.store.db import StoreError
from index.store.hosts import LEASE_S, HostBusy, Hosts
from index.store.inbox import Inbox

RENEW_S = LEASE_S / 4
"""How often the owner of a host says that it still crawls it."""
BREAK_AFTER = 5
"""Failures in a row after which a host is left alone."""
BREAK_FIRST_S = 900.0
BREAK_MOST_S = 24 * 3600.0
"""How long: twice as long each time, until it answers again."""

log = logging.getLogger(__name__)


class Host:
    """One host of one database. `Host.of` gives the same object to all spiders of this process.

    This process owns the host while spiders of it hold it (index/store/hosts.py). Facts that outlive a run are JSON.
    `name` is the host with its port, where that isn't the scheme's own.
    """

    _known: dict[tuple[Hosts, str], "Host"] = {}  # noqa: RUF012 - shared on purpose: one object a host and process

    def __init__(self, hosts: Hosts, name: str) -> None:
        self.name = name.lower()
        self._hosts = hosts
        self._holders = 0
        self._ours_until = 0.0
        self._facts: dict[str, Any] = {}
        self._next_turn = 0.0
        self._turns = asyncio.Lock()
        self.robots_lock = asyncio.Lock()

    @classmethod
    def of(cls, hosts: Hosts, name: str) -> "Host":
        key = (hosts, name.lower())
        if key not in cls._known:
            cls._known[key] = cls(*key)
        return cls._known[key]

    # --- one owner ---

    def hold(self) -> None:
        """Own the host for one more spider of this process. Raises HostBusy."""
        if self._holders == 0:
            began = time.monotonic()
            self._facts = self._hosts.take(self.name)
            self._ours_until = began + LEASE_S
        self._holders += 1

    def renew(self) -> None:
        """Say that we still crawl it. When that can't be said, the lease runs out and nothing is asked any more."""
        began = time.monotonic()
        try:
            if self._hosts.renew([self.name]):
                self._ours_until = began + LEASE_S
        except StoreError as error:
            log.warning("%s can't be kept for this process: %s", self.name, error)

    def is_ours(self) -> bool:
        """Whether no other process can have taken it: one that was suspended may find that it slept too long."""
        if time.monotonic() > self._ours_until - RENEW_S:
            self.renew()
        return time.monotonic() < self._ours_until

    def release(self) -> None:
        """One spider is done."""
        self._holders -= 1
        if self._holders == 0:
            self._ours_until = 0.0
            self._hosts.release(self.name)

    # --- facts ---

    def get(self, fact: str) -> Any:
        """A fact kept from an earlier run, None when there is none. Only while the host is held."""
        return self._facts.get(fact)

    def keep(self, **facts: Any) -> None:
        """Keep JSON values for later runs, too. Only while the host is held."""
        if any(self._facts.get(name) != value for name, value in facts.items()):
            self._facts |= facts
            self._hosts.keep(self.name, self._facts)

    # --- when it may be asked ---

    def pause(self, seconds: float) -> None:
        """Nobody of this process asks this host for so long."""
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

    def leave_alone(self, seconds: float, why: str) -> None:
        """Nobody asks this host for so long, in later runs neither. `why` goes on after the host's name."""
        until = time.time() + seconds
        if until > float(self.get("not_before") or 0):
            self.keep(not_before=until, why=why)

    def left_alone(self) -> tuple[float, str]:
        """Until when (Unix time) it is left alone, and why; a time in the past when it isn't."""
        return float(self.get("not_before") or 0), str(self.get("why") or "asks to be left alone")

    # --- the breaker ---

    def failed(self, how: str) -> None:
        """It gave no answer, or one that says that it can't (`how`). After BREAK_AFTER in a row it is left alone."""
        failures = int(self.get("failures") or 0) + 1
        breaks = int(self.get("breaks") or 0)
        if failures < BREAK_AFTER:
            self.keep(failures=failures)
            return
        # One request is tried when the pause is over; it decides.
        self.keep(failures=BREAK_AFTER - 1, breaks=breaks + 1)
        pause = min(BREAK_FIRST_S * 2 ** min(breaks, 20), BREAK_MOST_S) * random.uniform(1, 1.1)  # noqa: S311 - no secret
        self.leave_alone(pause, f"failed {BREAK_AFTER} times in a row ({how}) and is left alone")

    def worked(self) -> None:
        """It answered as a host should."""
        if self.get("failures") or self.get("breaks"):
            self.keep(failures=0, breaks=0)


_opened: dict[tuple[str, str], Hosts] = {}


def hosts_of(settings: Settings) -> Hosts:
    """The hosts that these settings' crawls know; one object a process."""
    key = (str(settings.data.absolute()), settings.database_url or "")
    if key not in _opened:
        _opened[key] = Hosts(Inbox.open(settings).database)
    return _opened[key]


__all__ = ["Host", "HostBusy", "hosts_of"]
