"""Long answers: piece by piece, compressed on the way, so many at once, and let go of however they end."""

import sys
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Protocol

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastapi import Request
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from search_api.answers import PRIVATE, PUBLIC
from search_api.middleware import HEAD, unchanged, who
from search_api.problems import Problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

AT_ONCE = 4
"""Long answers that are sent at once. Each holds a transaction of the store, which keeps SQLite's log from being
shortened, and one of its 15 connections."""
EACH = 2
"""So many of them to one client, or a slow one could keep all others waiting."""
PIECE = 64 * 1024
"""Bytes that are worth sending."""


class Places:
    """Places of long answers."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, client: str) -> None:
        """Raises a 429 or 503 Problem when there is none; `give_back` returns it."""
        with self._lock:
            if self._taken[client] >= EACH:
                message = f"{EACH} feeds are being sent to you already; wait until one of them is through"
                raise Problem(429, message, headers={"Retry-After": "30"})
            if self._taken.total() >= AT_ONCE:
                message = "as many feeds as this instance sends at once are being sent; try again in a while"
                raise Problem(503, message, headers={"Retry-After": "30"})
            self._taken[client] += 1

    def give_back(self, client: str) -> None:
        with self._lock:
            self._taken[client] -= 1
            self._taken += Counter()  # without those that have none


def coding_of(request: Request) -> str | None:
    """How to compress for this client: zstd before gzip."""
    taken = request.headers.get("accept-encoding", "")
    return next((coding for coding in ("zstd", "gzip") if coding in taken), None)


def packed(pieces: Iterator[bytes], coding: str | None) -> Iterator[bytes]:
    """The pieces compressed and gathered to some size."""
    pack = _packer(coding)
    waiting = bytearray()
    for piece in pieces:
        waiting += pack.compress(piece) if pack else piece
        if len(waiting) >= PIECE:
            yield bytes(waiting)
            waiting.clear()
    if pack:
        waiting += pack.flush()
    if waiting:
        yield bytes(waiting)


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def _packer(coding: str | None) -> _Packer | None:
    match coding:
        case "zstd":  # level 3 keeps its window below the 8 MB that every client can hold (RFC 9659)
            return zstd.ZstdCompressor(level=3)
        case "gzip":
            return zlib.compressobj(4, wbits=31)
    return None


class _Streamed(StreamingResponse):
    """Ends with `leave`, whatever happens."""

    def __init__(
        self, pieces: Iterator[bytes], leave: Callable[[], None], headers: Mapping[str, str], media_type: str
    ) -> None:
        self._pieces = pieces
        self._leave = leave
        super().__init__(iterate_in_threadpool(pieces), headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            try:
                # Here and now, not when the garbage is collected: it ends the transaction.
                if isinstance(self._pieces, Generator):
                    with CancelScope(shield=True):
                        await run_sync(self._pieces.close)
            finally:
                self._leave()


def send(
    request: Request,
    make: Callable[[], Iterator[bytes]],
    media_type: str,
    validators: Mapping[str, str],
    file_name: str | None,
) -> Response:
    """The answer with these bytes: 304 where the client has them, headers alone for HEAD. A strong ETag stands for
    exact bytes, so each compression has its own."""
    coding = coding_of(request)
    headers = {
        "Cache-Control": PRIVATE if request.state.operator else PUBLIC,
        "Vary": "Accept-Encoding, Authorization",
        "Accept-Ranges": "none",
        **validators,
    }
    if coding and "ETag" in headers:
        headers["ETag"] = f'{headers["ETag"][:-1]}-{coding}"'
    if unchanged(request.headers, headers):
        return Response(status_code=304, headers=headers)
    if coding:
        headers["Content-Encoding"] = coding
    if file_name:
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    if request.scope.get(HEAD):
        return Response(headers=headers, media_type=media_type)
    places: Places = request.app.state.long_answers
    client = who(request)
    places.take(client)
    try:
        return _Streamed(packed(make(), coding), partial(places.give_back, client), headers, media_type)
    except Exception:
        places.give_back(client)
        raise
