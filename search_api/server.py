"""Serving over HTTP with uvicorn."""

import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from fastapi import FastAPI

GRACE_S = 10
"""How long open requests may finish after a stop."""


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


class _Server(uvicorn.Server):
    """Says when it is ready, and returns after a signal instead of passing it on, so that the caller can close up."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
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


def serve(app: FastAPI, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then let open requests finish and return.

    `on_ready` gets the actual address once requests are answered. Prints nothing. Raises CantListen.
    """
    listener = listen(host, port)
    try:
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
        )
        _Server(config, lambda: on_ready(address_of(listener))).run(sockets=[listener])
    finally:
        listener.close()
