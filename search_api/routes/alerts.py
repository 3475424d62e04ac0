"""/alerts: the pages on which people save searches and manage what they saved."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from index.alerts import keys, saved
from index.alerts.rhythm import RHYTHMS, zones
from index.alerts.saved import KINDS, Order, SavedSearch, worth_saving
from index.query import BadQuery, SearchQuery
from index.store.db import Database
from index.terms import BoardInfo
from search_api.address import Address
from search_api.deps import Boards, Services, ServicesDep
from search_api.form import form as search_form
from search_api.form import meant
from search_api.letters import search_words
from search_api.problems import Problem
from search_api.subscribers import SECRET_ADDRESS, Caller, DatabaseDep, Form, home_of, last_week, save
from search_api.templating import render

router = APIRouter(include_in_schema=False)

RHYTHM_WORDS = {"instant": "At once", "daily": "Once a day", "weekly": "Once a week, on Mondays"}
KIND_WORDS = {"email": "By mail", "feed": "As a private feed, for a feed reader"}
STATE_WORDS = {"unconfirmed": "waits for the click in our mail", "active": "on", "paused": "paused"}


def choices(services: Services) -> dict[str, Any]:
    """What the forms offer."""
    kinds = {kind: text for kind, text in KIND_WORDS.items() if kind != "email" or services.settings.sends_mail}
    return {"kinds": kinds, "rhythms": RHYTHM_WORDS, "zones": sorted(zones())}


@router.get("/alerts")
def alerts_page(request: Request, services: ServicesDep, database: DatabaseDep, boards: Boards) -> Response:
    """With the filters of a search: the form that saves it. Without: how it works, and the way back to one's own."""
    return _form(request, services, boards, request.query_params.multi_items(), {}, None)


def _form(
    request: Request,
    services: Services,
    boards: dict[str, BoardInfo],
    pairs: list[tuple[str, str]],
    given: dict[str, str],
    problem: BadQuery | None,
) -> Response:
    about, week, params = "", None, ""
    if pairs:
        try:
            query = worth_saving(SearchQuery.from_params(meant(pairs)))
            address = Address.of(query)
            about, params = search_words(query, boards), urlencode(address.pairs)
            kind = next((kind for kind in KINDS if kind == given.get("kind")), None)
            week = last_week(services, query, kind or ("email" if services.settings.sends_mail else "feed"))
        except BadQuery as error:
            problem = problem or error
    body = render(
        "alerts.html", request, about=about, week=week, params=params, given=given, problem=problem, **choices(services)
    )
    return HTMLResponse(body, status_code=422 if problem else 200, headers=SECRET_ADDRESS)


@router.post("/alerts")
def save_from_page(
    request: Request, form: Form, services: ServicesDep, database: DatabaseDep, boards: Boards
) -> Response:
    pairs = parse_qsl(form.get("search", ""))
    try:
        order = Order.of(
            SearchQuery.from_params(pairs),
            form.get("kind", ""),
            rhythm=form.get("rhythm") or None,
            hour=_hour(form),
            zone=form.get("zone") or None,
            address=form.get("address", "").strip() or None if form.get("kind") == "email" else None,
        )
        if order.kind == "webhook":
            raise BadQuery("kind", "programs save their searches at /saved-searches")
        made = save(request, services, database, Caller(operator=request.state.operator), order)
    except BadQuery as error:
        return _form(request, services, boards, pairs, form, error)
    feed = manage = None
    if made.feed_token is not None:
        query = urlencode({"token": made.feed_token})
        feed = f"{home_of(services)}/saved-searches/{made.search.id}/feed?{query}"
        manage = f"/alerts/manage?{urlencode({'token': made.key})}"
    body = render("saved.html", request, address=order.address, feed=feed, manage=manage)
    return HTMLResponse(body, headers=SECRET_ADDRESS)


def _hour(form: dict[str, str]) -> int | None:
    text = form.get("hour", "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 2:
        raise BadQuery("hour", "it is a full hour from 0 to 23")
    return int(text)


@router.post("/alerts/link")
def send_link(request: Request, form: Form, services: ServicesDep, database: DatabaseDep) -> Response:
    """Mail the private link again. The answer is the same whether the address is known or not."""
    if not services.settings.sends_mail:
        raise Problem(422, "this instance sends no mail")
    with database.writing() as connection:
        saved.ask_for_link(connection, form.get("address", ""), services.clock())
    text = "If this address has saved searches here, a mail with the link to them is on its way."
    return HTMLResponse(render("said.html", request, title="Look into your mail", text=text, way_on=None),
                        headers=SECRET_ADDRESS)  # fmt: skip


# --- managing ------------------------------------------------------------------------------------------------


def _subscriber(database: Database, services: Services, token: str) -> str:
    """Whose private link it is. Raises a 404 Problem."""
    with database.reading() as connection:
        for purpose in ("manage", "key"):
            granted = keys.check(connection, token, purpose, services.clock())
            if granted is not None:
                return granted.subscriber
    raise Problem(404, "This link is too old, or it was cut on its way. The page Alerts sends you a new one.")


@router.get("/alerts/manage")
def manage_page(request: Request, services: ServicesDep, database: DatabaseDep, boards: Boards) -> Response:
    token = request.query_params.get("token", "")
    subscriber = _subscriber(database, services, token)
    with database.reading() as connection:
        searches = saved.of_subscriber(connection, subscriber)
        address = saved.address_of(connection, subscriber)
    shown = [
        {
            "search": one,
            "about": search_words(one.query, boards),
            "url": Address.of(one.query).url,
            "state": STATE_WORDS[one.state],
            "kind": {"webhook": "To a program"}.get(one.kind) or KIND_WORDS[one.kind],
        }
        for one in searches
    ]
    body = render("manage.html", request, token=token, shown=shown, address=address, **choices(services))
    return HTMLResponse(body, headers=SECRET_ADDRESS)


@router.post("/alerts/manage")
def manage(request: Request, form: Form, services: ServicesDep, database: DatabaseDep) -> Response:
    token, action, now = form.get("token", ""), form.get("action", ""), services.clock()
    subscriber = _subscriber(database, services, token)
    if action == "erase":
        with database.writing() as connection:
            saved.erase(connection, subscriber)
        database.truncate_log()
        return _over(request)
    with database.writing() as connection:
        found = _its(connection, form.get("search", ""), subscriber)
        if action == "delete":
            saved.delete(connection, found)
        elif action == "pause" and found.state == "active":
            saved.change(connection, found, now, state="paused")
        elif action == "resume" and found.state == "paused":
            saved.change(connection, found, now, state="active")
        elif action == "rhythm":
            rhythm = next((one for one in RHYTHMS if one == form.get("rhythm")), None)
            saved.change(connection, found, now, rhythm=rhythm, hour=_hour(form), zone=form.get("zone") or None)
        left = saved.of_subscriber(connection, subscriber)
    if not left:
        return _over(request)
    return _back(token)


@router.get("/alerts/edit")
def edit_page(request: Request, services: ServicesDep, database: DatabaseDep, boards: Boards) -> Response:
    token = request.query_params.get("token", "")
    subscriber = _subscriber(database, services, token)
    with database.reading() as connection:
        found = _its(connection, request.query_params.get("search", ""), subscriber)
    return _edit(request, services, boards, token, found.id, Address.of(found.query))


@router.post("/alerts/edit")
def edit(request: Request, form: Form, services: ServicesDep, database: DatabaseDep, boards: Boards) -> Response:
    """Says how many gigs of the last days the changed search finds, or saves it."""
    token = form.get("token", "")
    subscriber = _subscriber(database, services, token)
    with database.reading() as connection:
        found = _its(connection, form.get("search", ""), subscriber)
    pairs = meant((name, value) for name, value in form.items() if name in SearchQuery.model_fields)
    try:
        query = worth_saving(SearchQuery.from_params(pairs))
        week = last_week(services, query, found.kind)
    except BadQuery as error:
        return _edit(request, services, boards, token, found.id, Address.typed(pairs), problem=error)
    if form.get("action") != "save":
        return _edit(request, services, boards, token, found.id, Address.of(query), week=week)
    with database.writing() as connection:
        saved.change(connection, _its(connection, found.id, subscriber), services.clock(), query=query)
    return _back(token)


def _edit(
    request: Request,
    services: Services,
    boards: dict[str, BoardInfo],
    token: str,
    search: str,
    address: Address,
    week: int | None = None,
    problem: BadQuery | None = None,
) -> Response:
    fields = search_form(address, boards)
    # Of what the form doesn't show, several values of one filter go along as one, which `meant` takes apart.
    hidden = {name: ",".join(address.values(name)) for name, _ in fields["hidden"]}
    body = render(
        "edit.html", request, **fields | {"hidden": hidden}, token=token, search=search, week=week, problem=problem
    )
    return HTMLResponse(body, status_code=422 if problem else 200, headers=SECRET_ADDRESS)


def _its(connection: sa.Connection, search: str, subscriber: str) -> SavedSearch:
    """Raises a 404 Problem for one that is gone, and for another's."""
    found = saved.load(connection, search)
    if found is None or found.subscriber != subscriber:
        raise Problem(404, "This saved search is gone.")
    return found


def _back(token: str) -> Response:
    return RedirectResponse(f"/alerts/manage?{urlencode({'token': token})}", 303, SECRET_ADDRESS)


def _over(request: Request) -> Response:
    text = "Nothing is saved of you any more, your address included."
    body = render("said.html", request, title="Erased", text=text, way_on=("Search gigs", "/"))
    return HTMLResponse(body, headers=SECRET_ADDRESS)


@router.get("/alerts/export")
def export(request: Request, services: ServicesDep, database: DatabaseDep) -> Response:
    """All that is kept of a subscriber, as JSON."""
    subscriber = _subscriber(database, services, request.query_params.get("token", ""))
    with database.reading() as connection:
        data = saved.export(connection, subscriber)
    headers = SECRET_ADDRESS | {"Content-Disposition": 'attachment; filename="gigdex-alerts.json"'}
    return Response(json.dumps(data, indent=2, ensure_ascii=False), 200, headers, "application/json")
