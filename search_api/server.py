"""Serving over HTTP with uvicorn."""

import asyncio
import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import h11
import uvicorn
from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from index.processes import keep_what_is_here
from search_api.problems import MEDIA_TYPE, Problem

GRACE_S = 10
"""How long open requests may finish after a stop."""
CONNECTIONS = 500
"""Connections that are served; below the 1,024 files that most systems let a process open. Up to twice as many are told
to come back, more are dropped."""
REQUEST_S = 10.0
"""How long a client may take to send a request, from its connection or first byte on."""
STALL_S = 30.0
"""How long a client may take none of an answer that waits for it."""
HEAD_BYTES = 65_536
"""The longest address with its headers."""


class CantListen(OSError):
    """The address can't be listened on; the message is one line that says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises CantListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CantListen(f"can't listen on {host!r}: {error.strerror}; set GIGDEX_HOST") from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(1_024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            reason = "another program listens there; stop it, or choose another port with GIGDEX_PORT (0: any free one)"
        else:
            reason = f"{error.strerror}; set GIGDEX_HOST and GIGDEX_PORT"
        raise CantListen(f"can't listen on {host} port {port}: {reason}") from None
    return listener


def address_of(listener: socket.socket) -> str:
    """The address that a browser takes, e.g. http://127.0.0.1:8000."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


CROWDED = Problem(503, "too many connections; try again in a moment", headers={"Retry-After": "5"})


async def crowded(scope: Scope, receive: Receive, send: Send) -> None:
    """The application of the connections beyond CONNECTIONS."""
    headers = {**CROWDED.headers, "Connection": "close", "Cache-Control": "no-store"}
    body = CROWDED.body().model_dump_json(exclude_none=True)
    await Response(body, CROWDED.status, headers, MEDIA_TYPE)(scope, receive, send)


class Connection(H11Protocol):
    """A connection that can't be held open for ever by sending a request, or taking an answer, byte by byte; uvicorn
    itself bounds only the time between requests."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._sending = _Clock(transport, REQUEST_S)
        """Runs while the client owes us the rest of a request."""
        self._taking = _Clock(transport, STALL_S)
        """Runs while the client doesn't take our answer."""
        self._sending.start()
        if len(self.connections) > 2 * CONNECTIONS:
            transport.abort()
        elif len(self.connections) > CONNECTIONS:
            self.app = crowded

    def connection_lost(self, exc: Exception | None) -> None:
        self._sending.stop()
        self._taking.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        """Run the clock while a request has begun and isn't complete."""
        state = self.conn.their_state
        if state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0]):
            self._sending.start()
        else:
            self._sending.stop()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._taking.start()

    def resume_writing(self) -> None:
        self._taking.stop()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._taking.start()  # a transport closes only once everything is written


class _Clock:
    """Breaks a connection when it runs for too long."""

    def __init__(self, transport: asyncio.Transport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._transport.abort)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Server(uvicorn.Server):
    """Says when it is ready, and returns after a signal instead of passing it on, so that the caller can close up."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        keep_what_is_here()
        if self.started:
            self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(app: FastAPI, listener: socket.socket, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then let open requests finish, close the listener and return.

    `on_ready` gets the actual address once requests are answered. Prints nothing.
    """
    try:
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            http=Connection,
            ws="none",
            h11_max_incomplete_event_size=HEAD_BYTES,
            timeout_graceful_shutdown=GRACE_S,
        )
        _Server(config, lambda: on_ready(address_of(listener))).run(sockets=[listener])
    finally:
        listener.close()
