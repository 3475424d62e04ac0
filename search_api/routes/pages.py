"""The pages: search, one gig, boards; and the static files that they use."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from index.dedupe import is_tracking
from index.query import BadQuery, SearchQuery
from index.search import Search
from index.suggest import correct
from search_api import deprecation
from search_api.address import Address, Choice, chips, facets, heading, sorts, without
from search_api.consumers import EXAMPLES, tables
from search_api.deps import Base, Boards, PageChannel, ServicesDep, no_parameters
from search_api.feeds import dialects
from search_api.feeds.columns import COLUMNS
from search_api.form import LABELS, OTHER_LABELS, form, meant
from search_api.histogram import histogram
from search_api.jobposting import job_posting, script
from search_api.middleware import matches
from search_api.partners import is_barred, permitted
from search_api.present import Shown, contact_link, show_all
from search_api.problems import Problem
from search_api.routes.boards import board_item
from search_api.similar import similar
from search_api.templating import render, static_files
from search_api.ways import online_too, ways_out
from search_api.words import place_words

FOR_EVER = "public, max-age=31536000, immutable"


class PageRoute(APIRoute):
    """A page whose address people share: what others hang on it to follow them leads to the address without."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            pairs = request.query_params.multi_items()
            own = [pair for pair in pairs if not is_tracking(pair[0])]
            if own != pairs:
                query = f"?{urlencode(own)}" if own else ""
                return RedirectResponse(request.url.path + query, status_code=302)
            return await answer(request)

        return handler


router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/")
def search_page(request: Request, services: ServicesDep, channel: PageChannel, boards: Boards) -> Response:
    typed = request.query_params.multi_items()
    pairs = meant(typed)
    try:
        query = SearchQuery.from_params(pairs)
        address = Address.of(query)
        if pairs != typed:
            return RedirectResponse(address.url, status_code=303)  # the address that people copy is the short one
        now = services.clock()
        query = permitted(request, query)
        results = services.search.search(query, channel, now)
    except BadQuery as error:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return _refused(request, Address.typed(pairs), error, boards)
    shown = show_all(results, query, now, boards)
    near = place_words(results.near) if results.near else None
    nothing = results.total == 0
    body = render(
        "search.html",
        request,
        **form(address, boards),
        problem=None,
        title=heading(address, near, boards) if address.pairs else None,
        query=query,
        results=results,
        feed=urlencode(address.pairs),
        near=near,
        gigs=shown,
        now=now,
        facets=facets(address, results.facets, boards),
        chips=chips(address, boards),
        sorts=sorts(address, query, results.order),
        counts=results.facets | {"posted_within": results.facets["posted"]},
        credits=_credits(shown, boards),
        histogram=histogram(services.search, query, address, results.facets["pay_unit"], channel, now),
        online=online_too(services.search, query, address, channel, now),
        meant=_meant(services.search, query, address, channel, now) if nothing else None,
        ways=ways_out(services.search, address, channel, now, boards) if nothing else [],
    )
    return HTMLResponse(body)


def _refused(request: Request, address: Address, error: BadQuery, boards: Boards) -> Response:
    """The form as it was filled in, with what is wrong. What has no field in it can't be corrected there: that is left
    out of the form, and a link leads on without it."""
    name = error.parameter
    label = LABELS.get(name) or OTHER_LABELS.get(name) or name
    rest = without(address, name)
    body = render(
        "search.html",
        request,
        **form(address if name in LABELS else rest, boards),
        problem=error,
        title=f"Error: {label}",
        label=label,
        choices=[Choice(value, called, address.but(near=value).url) for value, called in error.choices],
        feed=None,
        way_on=None
        if name in LABELS
        else Choice(name, "First page" if name == "cursor" else "Search without it", rest.url),
        results=None,
    )
    return HTMLResponse(body, status_code=422)


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
    if found.gig is None and found.closed:
        raise Problem(410, "This gig is closed.")
    if found.gig is None or is_barred(request, found.gig):
        raise Problem(404, "The boards of this gig don't permit showing it here.")
    now = services.clock()
    like = [
        Shown(gig, "USD", now, boards)
        for gig in similar(services.search, found.gig, channel, now)
        if not is_barred(request, gig)
    ]
    base = services.settings.public_url and str(services.settings.public_url).rstrip("/")
    markup = None
    if base and channel == "page":
        permitted = services.store.find(gig_id, "jsonld")
        markup = job_posting(found.gig, permitted.gig if permitted else None, base)
    body = render(
        "gig.html",
        request,
        gig=Shown(found.gig, "USD", now, boards),
        similar=like,
        now=now,
        canonical=f"{base}/gig/{gig_id}" if base else None,
        jsonld=script(markup) if markup else None,
    )
    return HTMLResponse(body, status_code=410 if found.closed else 200)


@router.get("/boards.html", dependencies=[Depends(no_parameters)])
def boards_page(request: Request, services: ServicesDep) -> Response:
    items = [board_item(state, not request.state.operator) for state in services.store.boards()]
    items.sort(key=lambda item: (not item.enabled, item.name.casefold()))
    return HTMLResponse(render("boards.html", request, boards=items, now=services.clock()))


@router.get("/about", dependencies=[Depends(no_parameters)])
def about_page(request: Request, services: ServicesDep) -> Response:
    contact = services.settings.contact.strip()
    return HTMLResponse(render("about.html", request, contact=contact, contact_link=contact_link(contact)))


@router.get("/docs", dependencies=[Depends(no_parameters)])
def docs_page(request: Request, base: Base) -> Response:
    page = {"examples": EXAMPLES, "tables": tables(), "columns": COLUMNS, "dialects": dialects().values()}
    page["deprecations"] = deprecation.DEPRECATIONS
    return HTMLResponse(render("docs.html", request, base=base, **page))


@router.get("/robots.txt", dependencies=[Depends(no_parameters)])
def robots(services: ServicesDep) -> Response:
    """Gigs may be found by search engines, searches are without end. A private instance is nobody's business, and
    nobody should find made-up gigs."""
    closed = services.settings.private or services.sample
    rules = ["Disallow: /"] if closed else ["Allow: /gig/", "Disallow: /*?"]
    if not closed and services.settings.public_url:
        rules.append(f"Sitemap: {str(services.settings.public_url).rstrip('/')}/sitemap.xml")
    return PlainTextResponse("\n".join(["User-agent: *", *rules, ""]))


@router.get("/static/{name}")
def static_file(name: str, request: Request) -> Response:
    file = next((file for file in static_files().values() if file.url == request.url.path), None)
    if file is None:
        raise Problem(404, "there is nothing at this address")
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{file.digest}"'}
    if matches(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)
