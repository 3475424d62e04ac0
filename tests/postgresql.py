"""A PostgreSQL for tests: Debian's package, a throw-away server started and stopped (or killed) here.

Each process of pytest-xdist starts its own, which takes a second; each test gets a database of its own, copied from a
template that is migrated already.
"""

import getpass
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from index.store.db import Database
from index.store.migrate import migrate

URL = "GIGDEX_TEST_POSTGRESQL_URL"
HOW = f"Debian's package postgresql has it, or let {URL} name one (postgresql+psycopg://..., of a user with CREATEDB)"
MARKS = [pytest.mark.postgresql]
"""Of tests that need a server."""
OWN_MARKS = [pytest.mark.postgresql(own=True)]
"""Of tests that need a server of their own, which they kill."""
START_S = 60
"""An idle machine takes 1 s."""


@cache
def programs() -> Path | None:
    """The folder of PostgreSQL's own programs, the newest that is installed; PATH seldom leads there."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if on_path := shutil.which("initdb"):
        found.insert(0, Path(on_path).resolve().parent)
    return next((folder for folder in reversed(found) if (folder / "initdb").is_file()), None)


def left_out(own: bool = False) -> str | None:
    """Why tests can't run here, and what to do; None where they can. `own`: a server that a setting names won't do."""
    if os.environ.get(URL) and not own:
        return None
    return None if programs() else f"PostgreSQL is not installed; {HOW}"


class Server:
    """One server on loopback with a folder of its own. `start` after `kill` goes on with the same data and address."""

    def __init__(self, durable: bool = False) -> None:
        """`durable`: what is committed survives a power cut; without, only a kill. Faster by far."""
        found = programs()
        assert found is not None
        self._programs = found
        self._folder = Path(tempfile.mkdtemp(prefix="gigdex-postgresql-"))
        self._data = self._folder / "data"
        # PostgreSQL refuses to run as root.
        self.user = "nobody" if os.getuid() == 0 else getpass.getuser()
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam(self.user)
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port: int = listener.getsockname()[1]
        self.url = f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/postgres"
        self._options = ["-c", f"fsync={'on' if durable else 'off'}", "-c", "unix_socket_directories="]
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._run("initdb", "--pgdata", self._data, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        except BaseException:
            self.close()
            raise

    def _run(self, program: str, *arguments: object) -> None:
        command = [self._programs / program, *map(str, arguments)]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, **self._as)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")

    def start(self) -> "Server":
        with (self._folder / "out").open("ab") as out:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-h", "127.0.0.1", "-p", str(self.port),
                 *self._options],
                cwd=self._folder, stdout=out, stderr=out, start_new_session=True, **self._as,
            )  # fmt: skip
        end = time.monotonic() + START_S
        while time.monotonic() < end and self._process.poll() is None:
            try:
                psycopg.connect(plain(self.url), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return self
        log = (self._folder / "out").read_text(errors="replace")[-2_000:]
        self.kill()
        raise RuntimeError(f"PostgreSQL did not start: {log}")

    def kill(self) -> None:
        """As the system does when memory is short: no goodbye, of no process of it."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait(60)
            self._process = None

    def pause(self) -> None:
        """It stays connected, takes connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self._process.pid)], capture_output=True, text=True
        ).stdout.split()
        for pid in (self._process.pid, *map(int, children)):  # each has a session of its own
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def close(self) -> None:
        self.kill()  # nothing is kept
        shutil.rmtree(self._folder, ignore_errors=True)


def plain(url: str | sa.URL) -> str:
    """The address as libpq wants it."""
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Databases:
    """Fresh databases on a server."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._made: list[str] = []
        self._template: str | None = None

    def empty(self) -> str:
        """The address of a database with nothing in it."""
        return self._create(None)

    def fresh(self) -> str:
        """The address of a database that is migrated already."""
        if self._template is None:
            url = self._create(None)
            database = Database(url)
            migrate(database, "store")
            migrate(database, "inbox")
            database.close()
            self._template = self._made[-1]
        return self._create(self._template)

    def drop(self, url: str) -> None:
        name = sa.make_url(url).database
        assert name in self._made
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.remove(name)

    def _create(self, template: str | None) -> str:
        name = f"gigdex_test_{secrets.token_hex(6)}"
        copied = sql.SQL("TEMPLATE {} STRATEGY FILE_COPY" if template else "").format(sql.Identifier(template or ""))
        self._run(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), copied))
        self._made.append(name)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, command: sql.Composed) -> None:
        with psycopg.connect(plain(self._url), autocommit=True) as connection:
            connection.execute(command)

    def close(self) -> None:
        for name in list(self._made):
            self.drop(self._url.set(database=name).render_as_string(hide_password=False))
