"""What holds for every answer: safety headers, HEAD, who is asking, quotas, other sites' pages."""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.deprecation import headers_for
from search_api.deps import Services, is_operator
from search_api.limits import RateLimit, client_of
from search_api.partners import Partners
from search_api.problems import Problem, respond
from search_api.telemetry import Telemetry

SAFETY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Boards may see that a visit comes from here, but not what was searched.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Deprecation, ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Sunset",
}
"""Pages elsewhere may read what everybody may read (Fetch standard, CORS). Never with anybody's credentials."""
PREFLIGHT = OPEN | {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "public, max-age=86400",
}
HEAD = "gigdex.head"
"""In the scope: only the headers are wanted, for whoever can tell them without the body."""
BODY_BYTES = 65_536
"""Of a request: forms and saved searches are far smaller."""
UNLIMITED = ("/health/", "/static/")
"""Asking whether it lives, and a page's style, count towards no quota."""


class Edge:
    """Outermost: safety headers on every answer, HEAD as GET without the body, and never a traceback."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        receive = _bounded(receive)
        head = scope["method"] == "HEAD"
        inner = {
            **scope,
            "method": "GET" if head else scope["method"],
            HEAD: head,
            "headers": _plain_encodings(scope["headers"]),
        }
        asked_at = time.perf_counter()
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in SAFETY.items():
                    headers.setdefault(name, value)  # a route may be stricter
                route = getattr(inner.get("route"), "path", "none")
                self._telemetry.answered(route, message["status"], time.perf_counter() - asked_at)
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
    """Finds out who asks. The public has a quota, and may read from other sites' pages; the operator needs neither, and
    nobody's page may read what a private instance shows."""

    def __init__(self, app: ASGIApp, services: Services, telemetry: Telemetry) -> None:
        self.app = app
        self._settings = services.settings
        self._telemetry = telemetry
        quota = 0 if self._settings.private else self._settings.rate_limit
        self._limit = RateLimit(quota) if quota else None
        self._partners = Partners(services.stream.store.database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.operator = False
        request.state.partner = None
        more: dict[str, str] = {}

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(more)
                for name, value in headers_for(request.url.path):
                    headers.append(name, value)
            await send(message)

        try:
            try:
                request.state.partner = await self._partners.of(request.headers, request.url.path)
                if request.state.partner is None:
                    request.state.operator = is_operator(request.headers, self._settings)
            except Problem:
                more.update(self._counted(request))  # who guesses keys has a quota, too
                raise
            if not request.state.operator and not self._settings.private:
                more.update(OPEN)
                if _is_preflight(request):
                    await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send)
                    return
                more.update(self._counted(request))
        except Problem as problem:
            answer = respond(request, problem)
            answer.headers["Cache-Control"] = "no-store"
            await answer(scope, receive, stamped)
        else:
            await self.app(scope, receive, stamped)

    def _counted(self, request: Request) -> dict[str, str]:
        """What is left of the client's quota, for the answer's headers. Raises a 429 Problem when nothing is."""
        partner = request.state.partner
        limit = self._partners.limit(partner) if partner else self._limit
        if limit is None or request.url.path.startswith(UNLIMITED):
            return {}
        verdict = limit.take(who(request))
        if verdict.allowed:
            return verdict.headers()
        self._telemetry.over_quota += 1
        detail = f"more than {verdict.quota} requests a minute; try again in {verdict.retry_in_s} s"
        raise Problem(429, detail, headers=verdict.headers())


def who(request: Request) -> str:
    """Whose quota it is: a partner's, by name, or an address's."""
    partner = request.state.partner
    return partner.name if partner else client_of(request.client.host if request.client else "")


CODINGS = (b"zstd", b"gzip")
"""Those that we speak, the better first."""


def _bounded(receive: Receive) -> Receive:
    """The same, but no body of a request is read beyond BODY_BYTES."""
    size = 0

    async def receive_some() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_BYTES:
            raise Problem(413, f"more than {BODY_BYTES:,} bytes are not read here")
        return message

    return receive_some


def _plain_encodings(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The same with just those of CODINGS in `Accept-Encoding` that are taken, and without that header where none is
    (RFC 9110, section 12.5.3), so that all behind may ask simply."""
    taken = {}
    for item in b",".join(value for name, value in headers if name == b"accept-encoding").lower().split(b","):
        coding, _, weight = item.replace(b" ", b"").partition(b";q=")
        taken[coding] = not re.fullmatch(rb"0(\.0{0,3})?", weight)
    others = [(name, value) for name, value in headers if name != b"accept-encoding"]
    ours = [coding for coding in CODINGS if taken.get(coding, taken.get(b"*", False))]
    return [*others, (b"accept-encoding", b", ".join(ours))] if ours else others


def _is_preflight(request: Request) -> bool:
    asked = "access-control-request-method" in request.headers
    return request.method == "OPTIONS" and "origin" in request.headers and asked


def matches(headers: Headers, etag: str) -> bool:
    """If-None-Match by weak comparison (RFC 9110, sections 8.8.3.2 and 13.1.2)."""
    given = [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]
    return etag.removeprefix("W/") in given or given == ["*"]


def unchanged(headers: Headers, validators: Mapping[str, str]) -> bool:
    """Whether the client has this state already, by ETag, or where it sends none by date (RFC 9110, section 13.2.2)."""
    if "if-none-match" in headers:
        return "ETag" in validators and matches(headers, validators["ETag"])
    if "Last-Modified" not in validators or "if-modified-since" not in headers:
        return False
    try:
        return parsedate_to_datetime(validators["Last-Modified"]) <= parsedate_to_datetime(headers["if-modified-since"])
    except (ValueError, TypeError):  # a date that is none, or has no zone
        return False
