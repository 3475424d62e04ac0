"""The pages: search, one gig, boards; and the static files that they use."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from index.normalize.currency import known_currencies
from index.query import BadQuery, SearchQuery
from index.search import Search
from index.suggest import correct
from index.taxonomy import CATEGORIES
from search_api.address import SORTS, WITHIN, Address, Choice, chips, facets, sorts
from search_api.deps import Boards, PageChannel, ServicesDep, no_parameters
from search_api.histogram import histogram
from search_api.middleware import matches
from search_api.present import Shown, contact_link, show_all
from search_api.problems import Problem
from search_api.routes.boards import board_item
from search_api.similar import similar
from search_api.templating import render, static_files
from search_api.words import MODES, PER_UNIT

router = APIRouter(include_in_schema=False)

FOR_EVER = "public, max-age=31536000, immutable"


def _form(address: Address, boards: Boards) -> dict[str, Any]:
    """What the search form shows: the fields' values and the choices of its lists."""
    return {
        "address": address,
        "categories": [(category.id, category.name) for category in CATEGORIES.values()],
        "modes": list(MODES.items()),
        "units": [(unit, per.partition(" ")[2]) for unit, per in PER_UNIT.items()],
        "currencies": sorted(known_currencies()),
        "within": list(WITHIN.items()),
        "board_names": sorted(((info.id, info.name) for info in boards.values()), key=lambda pair: pair[1].casefold()),
        "hidden": _not_in_form(address),
    }


def _not_in_form(address: Address) -> list[tuple[str, str]]:
    """Parameters that the form has no field for, or more of them than it has: it sends them along unseen."""
    fields = {"q", "near", "radius_km", "pay_min", "pay_max", "currency", "hourly_min", "posted_within"}
    lists = {"category", "mode", "pay_unit", "board", "risk"}
    hidden = []
    for name, value in address.pairs:
        if name in fields:
            continue
        if name in lists and not value.startswith("!"):
            lists.remove(name)  # the first value is the one that the list shows
            continue
        hidden.append((name, value))
    return hidden


@router.get("/")
def search_page(request: Request, services: ServicesDep, channel: PageChannel, boards: Boards) -> Response:
    pairs = request.query_params.multi_items()
    try:
        query = SearchQuery.from_params(pairs)
        address = Address.of(query)
        if any(not value.strip() for _, value in pairs):
            # A form sends its empty fields too; the address that people copy is the short one.
            return RedirectResponse(address.url, status_code=303)
        now = services.clock()
        results = services.search.search(query, channel, now)
    except BadQuery as error:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        context = _form(Address.typed(pairs), boards)
        return HTMLResponse(render("search.html", request, problem=error, results=None, **context), status_code=422)
    shown = show_all(results, query, now, boards)
    context = _form(address, boards)
    context |= {
        "problem": None,
        "query": query,
        "results": results,
        "gigs": shown,
        "now": now,
        "facets": facets(address, results.facets, boards),
        "chips": chips(address, boards),
        "sorts": sorts(address, query, results.order),
        "counts": results.facets,
        "credits": _credits(shown, boards),
        "histogram": histogram(services.search, query, address, results.facets["pay_unit"], channel, now),
        "meant": _meant(services.search, query, address, channel, now) if results.total == 0 else None,
        "sort_names": SORTS,
    }
    return HTMLResponse(render("search.html", request, **context))


def _meant(search: Search, query: SearchQuery, address: Address, channel: str, now: datetime) -> Choice | None:
    """ "Did you mean": a search that finds something, where this one finds nothing for a slip of the finger."""
    found = correct(search, query, channel, now) if query.q.strip() else None
    return None if found is None else Choice(found.q, found.q, address.but(q=found.q).url, found.gigs)


def _credits(shown: list[Shown], boards: Boards) -> list[tuple[str, str]]:
    """Attribution line and home of each board whose gigs are on the page."""
    used = {source.board: source.attribution for gig in shown for source in gig.gig.sources if source.attribution}
    return sorted((line, boards[board].homepage) for board, line in used.items() if board in boards)


@router.get("/gig/{gig_id}", dependencies=[Depends(no_parameters)])
def gig_page(gig_id: str, request: Request, services: ServicesDep, channel: PageChannel, boards: Boards) -> Response:
    found = services.store.find(gig_id, channel)
    if found is None:
        raise Problem(404, "There is no gig at this address.")
    if found.moved_to is not None:
        return RedirectResponse(f"/gig/{found.moved_to}", status_code=301)
    if found.gig is None:
        if found.closed:
            raise Problem(410, "This gig is closed.")
        raise Problem(404, "The boards of this gig don't permit showing it here.")
    now = services.clock()
    like = [Shown(gig, "USD", now, boards) for gig in similar(services.search, found.gig, channel, now)]
    body = render("gig.html", request, gig=Shown(found.gig, "USD", now, boards), similar=like, now=now)
    return HTMLResponse(body, status_code=410 if found.closed else 200)


@router.get("/boards.html", dependencies=[Depends(no_parameters)])
def boards_page(request: Request, services: ServicesDep) -> Response:
    items = [board_item(state) for state in services.store.boards()]
    items.sort(key=lambda item: (not item.enabled, item.name.casefold()))
    return HTMLResponse(render("boards.html", request, boards=items, now=services.clock()))


@router.get("/about", dependencies=[Depends(no_parameters)])
def about_page(request: Request, services: ServicesDep) -> Response:
    contact = services.settings.contact.strip()
    return HTMLResponse(render("about.html", request, contact=contact, contact_link=contact_link(contact)))


@router.get("/static/{name}")
def static_file(name: str, request: Request) -> Response:
    file = next((file for file in static_files().values() if file.url == request.url.path), None)
    if file is None:
        raise Problem(404, "there is nothing at this address")
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{file.digest}"'}
    if matches(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)
