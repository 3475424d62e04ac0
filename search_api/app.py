"""The application: routes, errors and middleware put together."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from search_api import problems
from search_api.deps import BoardBook, Services
from search_api.middleware import Access, Edge
from search_api.routes import boards, categories, gigs, health, pages

DESCRIPTION = """\
Gigs from public boards, normalized, with comparable pay. All addresses answer GET and HEAD, without a key.
Errors are problem+json (RFC 9457) and name the parameter; an unknown parameter is an error.
"""


def _version() -> str:
    try:
        return version("gigdex")
    except PackageNotFoundError:  # run from a checkout that isn't installed
        return "0"


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        schema = super().openapi()
        problems.describe(schema)
        return schema


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
    )
    app.state.services = services
    app.state.boards = BoardBook(services)
    for router in (gigs.router, categories.router, boards.router, health.router, pages.router):
        app.include_router(router)
    problems.install(app)
    # The last one added is the outermost.
    app.add_middleware(Access, services=services)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(Edge)
    return app
