"""What crawlers keep of the hosts that they ask: which process crawls one now, its robots.txt, its pauses.

In the inbox's database, which crawlers write anyway: one process owns a host, whether the database is a file of this
machine or a server that several machines share.
"""

import os
import platform
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from index.store.db import Database
from index.store.schema import hosts

LEASE_S = 60.0
"""So long a host stays owned after its owner said so last: what a machine that died keeps others from."""


class HostBusy(RuntimeError):
    """Another process crawls this host; the message says which."""


class Hosts:
    """All hosts, as one process sees them. Times are the database's, since machines' clocks differ."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.token = uuid4().hex
        """Names this process, or this part of it, as an owner."""

    def take(self, name: str) -> dict[str, Any]:
        """Own the host for LEASE_S seconds and return its facts. Raises HostBusy."""
        insert = sqlite.insert(hosts) if self.database.is_sqlite else postgresql.insert(hosts)
        with self.database.writing() as connection:
            now = self.database.now(connection)
            connection.execute(insert.values(name=name, facts={}).on_conflict_do_nothing())
            row = connection.execute(sa.select(hosts).where(hosts.c.name == name).with_for_update()).one()
            if row.holder not in (None, self.token) and row.held_until > now and not _died(row.machine, row.pid):
                owner = f"process {row.pid} of {row.machine.partition('/')[0]}"
                raise HostBusy(f"{name} is being crawled by another process ({owner}); try again when it is done")
            mine = {"holder": self.token, "machine": machine(), "pid": os.getpid()}
            until = now + timedelta(seconds=LEASE_S)
            connection.execute(sa.update(hosts).where(hosts.c.name == name).values(held_until=until, **mine))
            return dict(row.facts)

    def renew(self, names: Iterable[str]) -> set[str]:
        """Own the hosts for LEASE_S seconds from now. Returns those that are still ours."""
        names = list(names)
        ours = hosts.c.name.in_(names) & (hosts.c.holder == self.token)
        with self.database.writing() as connection:
            until = self.database.now(connection) + timedelta(seconds=LEASE_S)
            connection.execute(sa.update(hosts).where(ours).values(held_until=until))
            return set(connection.execute(sa.select(hosts.c.name).where(ours)).scalars())

    def keep(self, name: str, facts: dict[str, Any]) -> None:
        """Replace the host's facts, which are JSON; only while it is ours."""
        ours = (hosts.c.name == name) & (hosts.c.holder == self.token)
        with self.database.writing() as connection:
            connection.execute(sa.update(hosts).where(ours).values(facts=facts))

    def release(self, name: str) -> None:
        """Others may have it."""
        ours = (hosts.c.name == name) & (hosts.c.holder == self.token)
        with self.database.writing() as connection:
            connection.execute(sa.update(hosts).where(ours).values(holder=None, held_until=None))

    def held(self) -> dict[str, str]:
        """Hosts that some process owns just now, and which machine it is on."""
        with self.database.reading() as connection:
            query = sa.select(hosts.c.name, hosts.c.machine).where(hosts.c.held_until > self.database.now(connection))
            return {row.name: row.machine.partition("/")[0] for row in connection.execute(query)}


def machine() -> str:
    """This machine, or this container on it: numbers of processes mean something within one only."""
    try:
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:  # not Linux
        space = ""
    return f"{platform.node()}/{space}"


def _died(where: str, pid: int) -> bool:
    """Whether an owner is known to have died without a word: a process of this machine that is no more."""
    if os.name != "posix" or where != machine():  # elsewhere a signal of 0 is no mere question
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
