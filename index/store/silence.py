"""Connections to a PostgreSQL that may hang: one that takes bytes and answers nothing, because its machine is paused or
swaps, or a network swallows them.

A statement may rightly take long, so that its time proves nothing. Whoever has heard nothing for a while asks over a
new connection whether the server answers anybody, and gives up when it doesn't. From then on one at a time waits for
its answer, and all others are told at once, until it answers again.
"""

import threading
import time
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import psycopg

FIRST_S, LONGEST_S = 3.0, 30.0
"""How long one waits before asking whether the server answers anybody; each time twice as long."""
IDLE_S = 60
"""How long a transaction may do nothing before the server ends it: a worker that was paused or lost its network must
not keep the others from writing. As long as a lease (index/store/leases.py)."""
AGAIN_S = 1.0
"""So soon after a server was found silent nobody waits for it again."""
SILENT = "the server does not answer"


class Connector:
    """Makes the connections to one server; a listener of SQLAlchemy's event `do_connect`."""

    def __init__(self) -> None:
        self._silent = False
        self._found_silent = 0.0
        """When that was found last."""
        self._asking = threading.Lock()
        """Held by the one who waits for a silent server."""

    def __call__(self, _dialect: Any, _record: Any, how: list[Any], more: dict[str, Any]) -> "Connection":
        is_first = self._asking.acquire(blocking=False)
        try:
            if self._silent and (not is_first or time.monotonic() - self._found_silent < AGAIN_S):
                raise psycopg.OperationalError(SILENT)
            connection: Connection = self._connect(partial(Connection.connect, *how, **more))
        finally:
            if is_first:
                self._asking.release()
        connection.answers = partial(self._answers, partial(psycopg.connect, *how, **more))
        connection.autocommit = True
        connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_S}s'")
        connection.autocommit = False
        return connection

    def _connect(self, connect: Callable[[], Any]) -> Any:
        try:
            connection = connect()
        except psycopg.errors.ConnectionTimeout:
            self._silent, self._found_silent = True, time.monotonic()
            raise psycopg.OperationalError(SILENT) from None
        self._silent = False
        return connection

    def _answers(self, connect: Callable[[], Any]) -> bool:
        """Whether the server answers anybody. One that refuses us with a reason does."""
        if self._silent:
            return False
        try:
            self._connect(connect).close()
        except psycopg.OperationalError as error:
            return "FATAL" in str(error)
        return True


class Connection(psycopg.Connection[Any]):
    """One that gives up a server which answers nobody."""

    answers: Callable[[], bool]
    """Whether its server answers anybody."""

    def wait(self, gen: Generator[Any, Any, Any], *arguments: Any, **more: Any) -> Any:
        return super().wait(self._watched(gen), *arguments, **more)

    def _watched(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """The same steps; between two of them psycopg says every tenth of a second what has come, nothing included."""
        pause, since = FIRST_S, time.monotonic()
        came = None
        while True:
            try:
                wanted = gen.send(came)
            except StopIteration as end:
                return end.value
            came = yield wanted
            if came:
                pause, since = FIRST_S, time.monotonic()
            elif time.monotonic() - since > pause:
                if not self.answers():
                    self.pgconn.finish()  # so that SQLAlchemy sees that it is of no use any more
                    raise psycopg.OperationalError(SILENT)
                pause, since = min(2 * pause, LONGEST_S), time.monotonic()
