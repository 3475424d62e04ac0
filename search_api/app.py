"""The application: routes, errors and middleware put together."""

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from search_api import examples, problems
from search_api.answers import SMALL, Answers
from search_api.deps import BoardBook, Services
from search_api.limits import Gate
from search_api.middleware import Access, Edge
from search_api.routes import (
    alerts,
    boards,
    categories,
    changes,
    feeds,
    gigs,
    health,
    metrics,
    pages,
    saved_searches,
    sitemap,
    suggest,
)
from search_api.streaming import Places
from search_api.telemetry import Telemetry

PLACES = 2 * (os.cpu_count() or 1)
"""Answers that are worked on at once: the engine keeps the processors busy, and some wait for the disk."""
PLACES_ELSEWHERE = 32
"""The same where another machine does the work and threads mostly wait for it; below the 40 threads of anyio, so that
health and metrics always find one."""
LINE = 1_000
"""Requests that may wait for a place; each holds some kB."""
PATIENCE_S = 15.0
"""How long one waits; a person would have given up."""

ROUTERS = tuple(
    module.router
    for module in (
        gigs,
        feeds,
        changes,
        categories,
        boards,
        health,
        metrics,
        pages,
        sitemap,
        suggest,
        saved_searches,
        alerts,
    )
)

DESCRIPTION = """\
Gigs from public boards, normalized, with comparable pay. All addresses answer GET and HEAD, without a key, except
/saved-searches, which keeps searches and tells of new gigs.
Errors are problem+json (RFC 9457) and name the parameter; an unknown parameter is an error.
"""


def _version() -> str:
    try:
        return version("gigdex")
    except PackageNotFoundError:  # run from a checkout that isn't installed
        return "0"


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schema = super().openapi()
            problems.describe(schema)
            examples.describe(schema)
        return super().openapi()


def create_app(services: Services) -> FastAPI:
    """The application over these services. It starts no threads and opens nothing, so that tests can make many."""
    app = _App(
        title="Gigdex",
        summary="Search for micro jobs",
        description=DESCRIPTION,
        version=_version(),
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        # The viewers of /docs and /redoc load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        # A redirect to the address without its last slash would be made of the Host header, which anybody may send.
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.boards = BoardBook(services)
    app.state.long_answers = Places()
    app.state.bell = changes.Bell()
    for router in ROUTERS:
        app.include_router(router)
    app.state.routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    problems.install(app)
    app.state.telemetry = telemetry = Telemetry()
    places = PLACES_ELSEWHERE if services.settings.elasticsearch_url else PLACES
    app.state.gate = gate = Gate(places, LINE, PATIENCE_S)
    # The last one added is the outermost. Answers compresses what it can keep, GZip what is streamed.
    app.add_middleware(Answers, services=services, gate=gate, telemetry=telemetry)
    app.add_middleware(Access, services=services, telemetry=telemetry)
    app.add_middleware(GZipMiddleware, minimum_size=SMALL, compresslevel=4)
    app.add_middleware(Edge, telemetry=telemetry)
    return app
