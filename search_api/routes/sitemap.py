"""/sitemap.xml: the pages of open gigs for search engines, with the day on which each really changed."""

from collections.abc import Callable, Iterator
from datetime import datetime

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from index.store import stream
from search_api.deps import ServicesDep, no_parameters
from search_api.export import validators
from search_api.feeds.base import element, iso
from search_api.problems import Problem
from search_api.streaming import send

router = APIRouter(include_in_schema=False)

SIZE = 50_000
"""Numbers of gigs that one file covers: the protocol's bound of addresses (sitemaps.org)."""
START = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@router.get("/sitemap.xml", dependencies=[Depends(no_parameters)])
def sitemap_index(request: Request, services: ServicesDep) -> Response:
    base = _base(services)

    def pieces() -> Iterator[bytes]:
        with services.stream.store.database.reading() as connection:
            parts = stream.page_parts(connection, SIZE)
        yield f'{START}<sitemapindex xmlns="{NAMESPACE}">\n'.encode()
        for part, changed_at in parts:
            yield f"<sitemap>{_entry(f'{base}/sitemap-{part}.xml', changed_at)}</sitemap>\n".encode()
        yield b"</sitemapindex>\n"

    return _send(request, services, pieces)


@router.get("/sitemap-{part}.xml", dependencies=[Depends(no_parameters)])
def sitemap(part: int, request: Request, services: ServicesDep) -> Response:
    base = _base(services)
    if not 0 <= part < 2**31 // SIZE:
        raise Problem(404, "there is no such part of the sitemap")

    def pieces() -> Iterator[bytes]:
        yield f'{START}<urlset xmlns="{NAMESPACE}">\n'.encode()
        with services.stream.store.database.snapshot() as connection:
            for gig, changed_at in stream.pages(connection, part * SIZE, (part + 1) * SIZE - 1):
                yield f"<url>{_entry(f'{base}/gig/{gig}', changed_at)}</url>\n".encode()
        yield b"</urlset>\n"

    return _send(request, services, pieces)


def _base(services: ServicesDep) -> str:
    """Raises a 404 Problem where nothing is for search engines: on private instances, of made-up gigs."""
    if services.settings.public_url is None or services.sample:
        raise Problem(404, "this instance has no public address, so it has no sitemap")
    return str(services.settings.public_url).rstrip("/")


def _send(request: Request, services: ServicesDep, pieces: Callable[[], Iterator[bytes]]) -> Response:
    revision, changed_at = services.stream.last_change()
    its = validators(("sitemap", request.url.path, revision), changed_at, services.clock())
    return send(request, pieces, "application/xml", its, None)


def _entry(address: str, changed_at: datetime | None) -> str:
    return element("loc", address) + (element("lastmod", iso(changed_at)) if changed_at else "")
