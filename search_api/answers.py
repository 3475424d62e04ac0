"""Finished answers: kept for a moment, told apart by their ETag, compressed once; and the gate before new ones."""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from anyio.to_thread import run_sync
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.engine.base import EngineError
from search_api.deps import Services
from search_api.limits import Gate
from search_api.middleware import matches, unchanged
from search_api.problems import Problem, respond
from search_api.telemetry import Telemetry

PUBLIC = "public, max-age=60"
"""Anybody may reuse a public answer for a minute without asking."""
PRIVATE = "private, no-store"
"""What the operator sees stays with the operator."""

KEEP_S = 10
"""So long an answer is used again for the same question while the index stays the same: popular questions, and asking
whether anything has changed, cost next to nothing. What an answer says of times and boards is this old at most."""
KEEP_BYTES = 32_000_000
"""All kept answers together."""
LARGE = 1_000_000
"""Bytes from which an answer isn't kept."""
LATE_S = 1.0
"""So long it is believed that a long answer, which isn't kept, is what it was: who asks whether it has changed may be
told a second late, and asking costs next to nothing."""
STATES = 2_000
"""Long answers whose state is remembered."""
SMALL = 1_000
"""Bytes up to which compressing gains nothing."""
UNGATED = ("/health/", "/metrics", "/static/", "/changes")
"""They answer however much is being asked, and do next to nothing; /changes waits, and takes a place for its work."""


OF_UNCHANGED = frozenset((b"accept-ranges", b"cache-control", b"etag", b"last-modified", b"vary"))
"""Headers of an answer that its 304 has, too."""

Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete public answer of status 200.

    The ETag is made of the content: it changes with whatever the content depends on, is the same on all machines, and
    never too long. It is weak, because compression changes the bytes.
    """

    headers: list[tuple[bytes, bytes]]
    body: bytes
    packed: bytes | None
    """The body by gzip; None where that gains nothing."""
    etag: str
    route: object
    """For telemetry."""
    made_at: float
    """By time.monotonic()."""

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed or b"") + 1_000

    async def send(self, request: Request, send: Send, more: dict[str, str]) -> None:
        """Send it as the request wants it: 304 where the client has it already, else compressed if it may be."""
        body, status = self.body, 200
        headers = MutableHeaders(raw=list(self.headers))
        headers["ETag"] = self.etag
        headers.update(more)
        if matches(request.headers, self.etag):
            body, status = b"", 304
            for name in {"content-type", "content-length", "link"} & set(headers.keys()):
                del headers[name]
            if self.packed is not None:
                headers.add_vary_header("Accept-Encoding")
        else:
            # That an unpacked answer varies is said by GZip.
            if self.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
                body = self.packed
                headers["Content-Encoding"] = "gzip"
                headers.add_vary_header("Accept-Encoding")
            headers["Content-Length"] = str(len(body))
        await send({"type": "http.response.start", "status": status, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})


class Kept:
    """Public answers by question, for KEEP_S and one generation of the index; the least recently used go first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0

    def get(self, key: Key) -> Answer | None:
        answer = self._answers.get(key)
        if answer is None:
            return None
        if time.monotonic() - answer.made_at > KEEP_S:
            self._drop(key)
            return None
        self._answers.move_to_end(key)
        return answer

    def put(self, key: Key, answer: Answer) -> None:
        if answer.size > LARGE:
            return
        self._drop(key)
        self._answers[key] = answer
        self._bytes += answer.size
        while self._bytes > KEEP_BYTES:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Key) -> None:
        answer = self._answers.pop(key, None)
        if answer is not None:
            self._bytes -= answer.size


@dataclass(frozen=True, slots=True)
class _State:
    """What a long answer was a moment ago."""

    headers: Headers
    """Those of a 304."""
    route: object
    seen_at: float


class States:
    """What long public answers were lately, by question and compression."""

    def __init__(self) -> None:
        self._states: OrderedDict[Key, _State] = OrderedDict()

    def unchanged(self, key: Key, request: Request) -> _State | None:
        """The state that the client has already, if it is known to be still that."""
        if "if-none-match" not in request.headers and "if-modified-since" not in request.headers:
            return None
        state = self._states.get((*key, request.headers.get("accept-encoding")))
        if state is None or time.monotonic() - state.seen_at > LATE_S or not unchanged(request.headers, state.headers):
            return None
        return state

    def note(self, key: Key, request: Request, headers: MutableHeaders) -> None:
        """An answer with these headers was made just now."""
        its = Headers(raw=[pair for pair in headers.raw if pair[0].lower() in OF_UNCHANGED])
        full = (*key, request.headers.get("accept-encoding"))
        self._states[full] = _State(its, request.scope.get("route"), time.monotonic())
        self._states.move_to_end(full)
        while len(self._states) > STATES:
            self._states.popitem(last=False)


class Answers:
    """Sends a kept answer, or lets a new one be made when there is a place for the work."""

    def __init__(self, app: ASGIApp, services: Services, gate: Gate, telemetry: Telemetry) -> None:
        self.app = app
        self._services = services
        self._gate = gate
        self._telemetry = telemetry
        self.kept = Kept()
        self.states = States()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        if scope["path"].startswith(UNGATED):
            await self.app(scope, receive, _Sending(request, send).send)
            return
        key = self._key(request)
        if await self._send_kept(key, request, send):
            return
        try:
            async with self._gate.place() as leave:
                # Somebody before us in the line may have asked the same.
                if not await self._send_kept(key, request, send):
                    await self.app(scope, receive, _Sending(request, send, leave, self, key).send)
        except Problem as busy:
            await respond(request, busy)(scope, receive, _Sending(request, send).send)

    def _key(self, request: Request) -> Key | None:
        """What an answer depends on, besides the clock; None where none is to be kept."""
        if request.method != "GET" or request.state.operator or request.state.partner:
            return None
        try:
            generation = self._services.search.generation()
        except EngineError:
            return None
        takes_pages = "text/html" in request.headers.get("accept", "")
        host = request.headers.get("host")
        return generation, host, takes_pages, request.scope["path"], request.scope["query_string"]

    async def _send_kept(self, key: Key | None, request: Request, send: Send) -> bool:
        """Whether there was an answer to send."""
        if key is None:
            return False
        answer = self.kept.get(key)
        if answer is None:
            state = self.states.unchanged(key, request)
            if state is None:
                return False
            self._telemetry.from_memory += 1
            request.scope["route"] = state.route
            await Response(status_code=304, headers=state.headers)(request.scope, request.receive, send)
            return True
        self._telemetry.from_memory += 1
        request.scope["route"] = answer.route
        age = int(time.monotonic() - answer.made_at)
        await answer.send(request, send, {"Age": str(age)} if age else {})
        return True


class _Sending:
    """Sends one answer on, with what says how long it may be kept; as 304, or compressed, where that is enough.

    As soon as the answer has begun the work is done: `leave` is called before a slow client is waited for.
    """

    def __init__(
        self,
        request: Request,
        send: Send,
        leave: Callable[[], None] = lambda: None,
        answers: Answers | None = None,
        key: Key | None = None,
    ) -> None:
        """With `answers` and `key` it is remembered."""
        self._request = request
        self._send = send
        self._leave = leave
        self._answers = answers
        self._key = key
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await self._send(message)
            return
        self._leave()
        headers = MutableHeaders(scope=start)
        if "cache-control" not in headers:  # else the route knows better
            public = start["status"] < 400 and not self._request.state.operator
            headers["Cache-Control"] = PUBLIC if public else PRIVATE if start["status"] < 400 else "no-store"
            if public:
                headers.add_vary_header("Authorization")
                if start["status"] == 200 and not message.get("more_body", False):
                    await self._send_whole(headers, message["body"])
                    return
        elif self._answers and self._key and headers["cache-control"] == PUBLIC and "etag" in headers:
            self._answers.states.note(self._key, self._request, headers)
        await self._send(start)
        await self._send(message)

    async def _send_whole(self, headers: MutableHeaders, body: bytes) -> None:
        packed = None
        if len(body) > SMALL:
            packed = await run_sync(_pack, body)
        etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        answer = Answer(headers.raw, body, packed, etag, self._request.scope.get("route"), time.monotonic())
        if self._answers and self._key:
            self._answers.kept.put(self._key, answer)
        await answer.send(self._request, self._send, {})


def _pack(body: bytes) -> bytes:
    return gzip.compress(body, 4, mtime=0)
