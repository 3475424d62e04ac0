"""What holds for every answer: safety headers, HEAD, who is asking, and caching."""

import hashlib

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.deps import Services, is_operator
from search_api.problems import Problem, respond

SAFETY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Boards may see that a visit comes from here, but not what was searched.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

PUBLIC = "public, max-age=60"
"""Anybody may reuse a public answer for a minute without asking."""
PRIVATE = "private, no-store"
"""What the operator sees stays with the operator."""


class Edge:
    """Outermost: safety headers on every answer, HEAD as GET without the body, and never a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        inner = {**scope, "method": "GET"} if head else scope
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(SAFETY)
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self.app(inner, receive, guarded)
        except Exception as error:
            if started:
                raise
            request = Request(inner, receive)
            await respond(request, error)(inner, receive, guarded)


class Access:
    """Finds out who asks, and lets the public's answers be kept and revalidated; the operator's never are.

    The ETag is made of the content: it changes with whatever the content depends on (the index, what was asked, the
    clock), is the same on all machines, and never too long. It is weak, because compression changes the bytes.
    """

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self.app = app
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.operator = False
        answer = _Answer(request, send)
        try:
            request.state.operator = is_operator(request.headers, self.services.settings)
        except Problem as problem:
            await respond(request, problem)(scope, receive, answer.send)
        else:
            await self.app(scope, receive, answer.send)


class _Answer:
    """Sends one answer on, with the headers that say how long it may be kept, or 304 in its place."""

    def __init__(self, request: Request, send: Send) -> None:
        self._request = request
        self._send = send
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            if not await self._stamp(start, message):
                return
            await self._send(start)
        await self._send(message)

    async def _stamp(self, start: Message, body: Message) -> bool:
        """Whether the answer is to be sent; if not, 304 was."""
        headers = MutableHeaders(scope=start)
        if "cache-control" in headers:
            return True  # the route knows better
        if start["status"] >= 400:
            headers["Cache-Control"] = "no-store"
            return True
        if self._request.state.operator:
            headers["Cache-Control"] = PRIVATE
            return True
        headers["Cache-Control"] = PUBLIC
        headers.add_vary_header("Authorization")
        if start["status"] != 200 or body.get("more_body", False):
            return True
        headers["ETag"] = f'W/"{hashlib.blake2b(body["body"], digest_size=12).hexdigest()}"'
        if not matches(self._request.headers, headers["ETag"]):
            return True
        kept = {name: headers[name] for name in ("Cache-Control", "ETag", "Vary")}
        await Response(status_code=304, headers=kept)(self._request.scope, self._request.receive, self._send)
        return False


def matches(headers: Headers, etag: str) -> bool:
    """If-None-Match by weak comparison (RFC 9110, sections 8.8.3.2 and 13.1.2)."""
    given = [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]
    return etag.removeprefix("W/") in given or given == ["*"]
