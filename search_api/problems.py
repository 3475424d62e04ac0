"""Errors as RFC 9457 problem+json; a browser that opens a page gets the same as a page."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from index.engine.base import EngineError, TooLongError
from index.query import BadQuery
from index.store.db import StoreError
from index.stream import GoneError
from search_api.templating import render

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class ProblemBody(BaseModel):
    """RFC 9457. `type` is always "about:blank": the status and the detail say it all."""

    type: str = Field("about:blank", description="kind of problem; about:blank means that the status says it")
    title: str = Field(description="the status in words")
    status: int = Field(description="HTTP status")
    detail: str = Field(description="what is wrong and what to do, one line")
    parameter: str | None = Field(None, description="the parameter that can't be used")


class Problem(Exception):
    """An answer that is an error. `detail` is one line for people; `parameter` names what can't be used."""

    def __init__(
        self, status: int, detail: str, *, parameter: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.headers = {"WWW-Authenticate": "Bearer"} if status == 401 else headers or {}

    def body(self) -> ProblemBody:
        return ProblemBody(
            title=HTTPStatus(self.status).phrase, status=self.status, detail=self.detail, parameter=self.parameter
        )


MEANINGS = {
    400: "The body of the request can't be read",
    401: "It is for the operator or a subscriber, and this is neither's key",
    403: "This partner's key is not for this address",
    404: "There is no such thing",
    410: "It is gone for good",
    413: "The body of the request is too large",
    422: "A parameter is unknown or can't be used",
    429: "More requests a minute than one client may make; `Retry-After` says when to go on",
    503: "It can't answer now; the detail says why",
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's entry in the schema: a `model` of FastAPI's would promise application/json. `describe` adds the
    schema that this refers to."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}}}
    return {status: {"description": MEANINGS[status], "content": content} for status in statuses}


HEADERS = {
    "ETag": "changes with the content; send it as `If-None-Match` to get a 304 while it doesn't",
    "RateLimit-Policy": 'the quota of one client: `"default";q=requests;w=seconds`; on public instances',
    "RateLimit": 'what is left of it: `"default";r=requests;t=seconds until it is whole again`; on public instances',
    "Retry-After": "seconds to wait",
    "Link": 'address of the next page, `rel="next"`',
    "Location": "address of the gig that it was merged into",
}
"""What headers of answers mean. None is on every answer, so none is required."""
OPERATOR_KEY = "operatorKey"
SUBSCRIBER_KEY = "subscriberKey"


def describe(schema: dict[str, Any]) -> None:
    """Add to an OpenAPI schema what holds for all routes: problems, conditions, quotas, the operator's key."""
    components = schema["components"]
    components["schemas"][ProblemBody.__name__] = ProblemBody.model_json_schema()
    components["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in HEADERS.items()
    }
    components["securitySchemes"] = {
        OPERATOR_KEY: {"type": "http", "scheme": "bearer", "description": "the key in the setting GIGDEX_ADMIN_KEY"},
        SUBSCRIBER_KEY: {
            "type": "http",
            "scheme": "bearer",
            "description": "the `key` that the first saved search gave",
        },
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _describe(path, method, operation)


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    found = operation["responses"]
    read = method == "get"
    quota = () if path.startswith("/health/") else ("RateLimit-Policy", "RateLimit")
    body = (400, 413) if "requestBody" in operation else ()
    found |= {str(status): its for status, its in responses(401, 403, *((429,) if quota else ()), *body).items()}
    if read and not path.startswith(("/health/", "/saved-searches")):
        found["304"] = {"description": "Nothing has changed since the answer with this ETag"}
    more = {
        "200": ("ETag",) if "304" in found or path.startswith("/health/") else (),
        "304": ("ETag",),
        "301": ("Location",),
        "429": ("Retry-After",),
        "503": ("Retry-After",),
    }
    for status, response in found.items():
        names = [*quota, *more.get(status, ()), *(("Link",) if (path, status) == ("/gigs", "200") else ())]
        if names:
            response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    operation["responses"] = dict(sorted(found.items()))
    operation.setdefault("security", [{}, {OPERATOR_KEY: []}])


def as_problem(error: Exception) -> Problem:
    """What any exception means to the one who asked. Nothing of an unexpected one's text leaves the house."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, BadQuery):
        return Problem(422, error.reason, parameter=error.parameter)
    if isinstance(error, GoneError):
        return Problem(410, str(error))
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        return Problem(422, str(first["msg"]), parameter=str(first["loc"][-1]))
    if isinstance(error, HTTPException):
        if error.status_code == 400:
            return Problem(400, "the body of the request can't be read: send JSON as it is described")
        if error.status_code == 404:
            return Problem(404, "there is nothing at this address")
        return Problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))
    if isinstance(error, TooLongError):
        return Problem(503, str(error))
    if isinstance(error, EngineError):
        log.error("the search engine failed: %s", error)
        return Problem(503, "the search engine can't answer now; try again in a moment", headers={"Retry-After": "5"})
    if isinstance(error, StoreError):
        log.error("the database failed: %s", error)
        return Problem(503, "the database can't answer now; try again in a moment", headers={"Retry-After": "5"})
    log.error("unexpected error", exc_info=error)
    return Problem(500, "something went wrong here; the operator's log says what")


def _wrong_method(request: Request) -> Problem:
    """Says what the address answers: of several routes with the same path the router names the first one's methods."""
    path = request.url.path
    routes: Sequence[APIRoute] = request.app.state.routes
    methods = {method for route in routes if route.path_regex.match(path) for method in route.methods or ()} or {"GET"}
    allowed = sorted(methods | ({"HEAD"} if "GET" in methods else set()))
    return Problem(405, f"this address only answers {' and '.join(allowed)}", headers={"Allow": ", ".join(allowed)})


def _wants_page(request: Request) -> bool:
    """Pages are the routes outside the schema; people also get a page for an address that doesn't exist."""
    route = request.scope.get("route")
    return "text/html" in request.headers.get("accept", "") and not getattr(route, "include_in_schema", False)


def respond(request: Request, error: Exception) -> Response:
    """The answer to a request that failed."""
    problem = as_problem(error)
    if problem.status == 405:
        problem = _wrong_method(request)
    if _wants_page(request):
        return HTMLResponse(
            render("problem.html", request, problem=problem.body()), status_code=problem.status, headers=problem.headers
        )
    return Response(
        problem.body().model_dump_json(exclude_none=True),
        status_code=problem.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


def install(app: FastAPI) -> None:
    """Every known error becomes a problem; the unexpected ones are caught by middleware.Edge."""
    for kind in (Problem, BadQuery, GoneError, RequestValidationError, HTTPException, EngineError, StoreError):
        app.add_exception_handler(kind, respond)
