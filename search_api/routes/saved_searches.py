"""/saved-searches: searches that programs and people save, to be told of new gigs."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, Response

from index.alerts import digest, keys, saved
from index.alerts.rhythm import Rhythm
from index.alerts.saved import CHANNELS, Kind, Order, SavedSearch, State
from index.engine.base import EngineError
from index.query import BadQuery, SearchQuery
from index.terms import OPERATOR
from search_api.deps import Boards, ServicesDep
from search_api.letters import search_words
from search_api.problems import OPERATOR_KEY, SUBSCRIBER_KEY, Problem, responses
from search_api.saved_feed import MEDIA_TYPES, json_feed, rss
from search_api.subscribers import (
    NO_STORE,
    NO_SUCH,
    SECRET_ADDRESS,
    Caller,
    CallerDep,
    DatabaseDep,
    WriterDep,
    home_of,
    last_week,
    no_store,
    save,
)
from search_api.templating import render

router = APIRouter(prefix="/saved-searches", tags=["saved searches"], dependencies=[Depends(no_store)])

FEED_LENGTH = 50
"""Gigs in a private feed."""
OWNED: dict[str, Any] = {"security": [{SUBSCRIBER_KEY: []}, {OPERATOR_KEY: []}]}
SearchId = Annotated[str, Path(description="a saved search's `id`")]


class ChannelIn(BaseModel):
    """How to be told."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(description="email, webhook or feed")
    address: str | None = Field(None, max_length=254, description="mail address, for `email`")
    url: str | None = Field(None, max_length=2_000, description="address that takes POSTs, for `webhook`")


class SavedSearchIn(BaseModel):
    """What to look for, and how and when to tell."""

    model_config = ConfigDict(extra="forbid")

    query: dict[str, Any] = Field(
        description="filters by the names that `/gigs` has, lists for those that may be repeated",
        examples=[{"q": "transcription", "mode": ["online"], "hourly_min": 15}],
    )
    channel: ChannelIn = Field(description="how to be told")
    rhythm: Rhythm = Field("daily", description="instant, daily, or weekly on Mondays")
    hour: int = Field(8, ge=0, le=23, description="full hour of daily and weekly digests")
    zone: str = Field("UTC", max_length=64, description="time zone of `hour`, such as Europe/Berlin")


class SavedSearchChange(BaseModel):
    """What is to be another; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    query: dict[str, Any] | None = Field(None, description="filters, in place of those before")
    state: Literal["active", "paused"] | None = Field(None, description="paused tells nothing until it is active again")
    rhythm: Rhythm | None = Field(None, description="instant, daily or weekly")
    hour: int | None = Field(None, ge=0, le=23, description="full hour of digests")
    zone: str | None = Field(None, max_length=64, description="time zone of `hour`")
    rotate_secret: bool = Field(False, description="make a new `webhook_secret`; the former signs along for a day")


class SavedSearchItem(BaseModel):
    """A saved search."""

    id: str = Field(description="for its address")
    query: dict[str, Any] = Field(description="its filters, without those that have their default")
    channel: ChannelIn = Field(description="how it tells")
    rhythm: Rhythm = Field(description="instant, daily or weekly")
    hour: int = Field(description="full hour of daily and weekly digests")
    zone: str = Field(description="time zone of `hour`")
    state: State = Field(description="unconfirmed (a link was sent by mail), active or paused")
    why: str | None = Field(None, description="why it was paused, where nobody asked for it")
    created_at: datetime = Field(description="when it was saved")
    last_week: int | None = Field(
        None,
        description="gigs of the last 7 days that it finds now; null in lists, and where they can't be counted now",
    )


class SavedSearchMade(SavedSearchItem):
    """A new saved search, with secrets that are told this once."""

    key: str | None = Field(None, description="opens all that you save with it: `Authorization: Bearer KEY`")
    webhook_secret: str | None = Field(None, description="signs its messages as Standard Webhooks has it")
    feed_url: str | None = Field(None, description="private address of the feed; `&format=json` for JSON Feed")


class SavedSearchList(BaseModel):
    """The saved searches that the key opens."""

    items: list[SavedSearchItem] = Field(description="oldest first")


def read_query(data: dict[str, Any]) -> SearchQuery:
    """Raises BadQuery naming the filter that can't be used."""
    for name in data:
        if name not in SearchQuery.model_fields:
            raise BadQuery(name[:80], f"unknown parameter; known are {', '.join(SearchQuery.model_fields)}")
    return SearchQuery.build(**data)


def item(search: SavedSearch, address: str | None) -> dict[str, Any]:
    """The fields of a SavedSearchItem, all but `last_week`."""
    return {
        "id": search.id,
        "query": search.query.model_dump(exclude_defaults=True, mode="json"),
        "channel": ChannelIn(kind=search.kind, address=address if search.kind == "email" else None, url=search.url),
        "rhythm": search.rhythm,
        "hour": search.hour,
        "zone": search.zone,
        "state": search.state,
        "why": search.why,
        "created_at": search.created_at,
    }


def owned(connection: sa.Connection, search: str, caller: Caller) -> SavedSearch:
    """Raises a 404 Problem for one that isn't there and for another's alike, so that ids can't be tried out."""
    if caller == Caller():
        raise Problem(401, "send the key that the first saved search gave: `Authorization: Bearer KEY`")
    found = saved.load(connection, search)
    if found is None or not caller.may(found):
        raise Problem(404, NO_SUCH)
    return found


@router.post(
    "",
    summary="Save a search",
    status_code=201,
    response_model=SavedSearchMade,
    responses={
        202: {"model": SavedSearchMade, "description": "Saved; it begins when its address has confirmed it"},
        **responses(422, 429, 503),
    },
)
def save_search(
    wanted: SavedSearchIn, request: Request, services: ServicesDep, database: DatabaseDep, caller: WriterDep
) -> Response:
    """Be told of each new gig that it finds, once. By mail it begins after a click in the mail that is sent to the
    address. The first one gives a key; send it to add others under the same."""
    order = Order.of(
        read_query(wanted.query), wanted.channel.kind, address=wanted.channel.address, url=wanted.channel.url,
        rhythm=wanted.rhythm, hour=wanted.hour, zone=wanted.zone,
    )  # fmt: skip
    fields = {"last_week": last_week(services, order.query, order.kind)}  # refuses what can't be searched
    made = save(request, services, database, caller, order)
    fields |= item(made.search, order.address)
    feed = None
    if made.feed_token is not None:
        feed = f"{home_of(services)}/saved-searches/{made.search.id}/feed?{urlencode({'token': made.feed_token})}"
    answer = SavedSearchMade(**fields, key=made.key, webhook_secret=made.webhook_secret, feed_url=feed)
    headers = NO_STORE | {"Location": f"/saved-searches/{made.search.id}"}
    status = 202 if made.search.state == "unconfirmed" else 201
    return Response(answer.model_dump_json(), status, headers, "application/json")


@router.get("", summary="Your saved searches", responses=responses(401, 422, 503), openapi_extra=OWNED)
def list_searches(services: ServicesDep, database: DatabaseDep, caller: CallerDep) -> SavedSearchList:
    """All that the key opens; the operator's key opens everybody's."""
    if caller == Caller():
        raise Problem(401, "send the key that the first saved search gave: `Authorization: Bearer KEY`")
    with database.reading() as connection:
        found = saved.of_subscriber(connection, caller.subscriber)
        addresses = {one.subscriber: saved.address_of(connection, one.subscriber) for one in found}
    return SavedSearchList(items=[SavedSearchItem(**item(one, addresses[one.subscriber])) for one in found])


class KeyIn(BaseModel):
    """Which key is wanted."""

    model_config = ConfigDict(extra="forbid")

    scope: Literal["all", "read"] = Field("all", description="`read`: one that may look and change nothing")


class NewKey(BaseModel):
    """A key in place of the one of that scope before."""

    key: str = Field(description="opens what you saved: `Authorization: Bearer KEY`")
    scope: Literal["all", "read"] = Field(description="what it may do")


@router.post("/key", summary="Another key", responses=responses(401, 403, 422, 503), openapi_extra=OWNED)
def renew_key(services: ServicesDep, database: DatabaseDep, caller: WriterDep, wanted: KeyIn | None = None) -> NewKey:
    """Send your key to get another; the one of that scope before is worthless from then on."""
    if caller.subscriber is None:
        raise Problem(401, "send the key that is to be replaced: `Authorization: Bearer KEY`")
    scope = "all" if wanted is None else wanted.scope
    purpose = keys.SCOPES[scope]
    with database.writing() as connection:
        keys.revoke(connection, caller.subscriber, purpose)
        return NewKey(key=keys.issue(connection, purpose, caller.subscriber, None, services.clock()), scope=scope)


@router.get("/{search_id}", summary="One saved search", responses=responses(401, 404, 422, 503), openapi_extra=OWNED)
def get_search(search_id: SearchId, services: ServicesDep, database: DatabaseDep, caller: CallerDep) -> SavedSearchItem:
    """Another's is a 404."""
    with database.reading() as connection:
        found = owned(connection, search_id, caller)
        address = saved.address_of(connection, found.subscriber)
    fields = item(found, address)
    with suppress(BadQuery, EngineError):  # it is saved whether it can be asked now or not
        fields["last_week"] = last_week(services, found.query, found.kind)
    return SavedSearchItem(**fields)


@router.patch(
    "/{search_id}", summary="Change a saved search", responses=responses(401, 403, 404, 422, 503), openapi_extra=OWNED
)
def change_search(
    search_id: SearchId, change: SavedSearchChange, services: ServicesDep, database: DatabaseDep, caller: WriterDep
) -> SavedSearchMade:
    """Pause it, let it go on, or ask for something else: from then on it tells of what comes from now on."""
    now = services.clock()
    with database.reading() as connection:
        found = owned(connection, search_id, caller)
    # What takes a while, or may fail, comes before the transaction.
    query = None if change.query is None else saved.worth_saving(read_query(change.query))
    if change.state == "active" and found.kind == "webhook":
        saved.check_receiver(found.url or "", services.settings)
    count = None if query is None else last_week(services, query, found.kind)
    with database.writing() as connection:
        found = owned(connection, search_id, caller)
        if change.state is not None and found.state == "unconfirmed":
            raise BadQuery("state", "it waits for its address to confirm it")
        if change.rotate_secret and found.kind != "webhook":
            raise BadQuery("rotate_secret", "only a webhook has a secret")
        found = saved.change(
            connection, found, now, query=query, state=change.state, rhythm=change.rhythm, hour=change.hour,
            zone=change.zone,
        )  # fmt: skip
        secret = saved.rotate(connection, found, now) if change.rotate_secret else None
        address = saved.address_of(connection, found.subscriber)
    return SavedSearchMade(**item(found, address), last_week=count, webhook_secret=secret)


@router.delete(
    "/{search_id}",
    summary="Delete a saved search",
    status_code=204,
    responses=responses(401, 404, 422, 503),
    openapi_extra=OWNED,
)
def delete_search(search_id: SearchId, database: DatabaseDep, caller: WriterDep) -> Response:
    """With all that is known of it; whoever has none left is erased."""
    with database.writing() as connection:
        saved.delete(connection, owned(connection, search_id, caller))
    return Response(status_code=204, headers=NO_STORE)


# --- what links in mails lead to -------------------------------------------------------------------------------


def _token(request: Request) -> str:
    return request.query_params.get("token", "")


def _granted(connection: sa.Connection, request: Request, search: str, purpose: keys.Purpose, now: datetime) -> bool:
    granted = keys.check(connection, _token(request), purpose, now)
    return granted is not None and granted.search == search


LINK_IS_OVER = "This link is used up or too old, or it was cut on its way."


@router.get("/{search_id}/confirm", include_in_schema=False)
def confirm_page(
    search_id: str, request: Request, services: ServicesDep, database: DatabaseDep, boards: Boards
) -> Response:
    """Asks; nothing changes, because programs open links in mails before their readers do."""
    with database.reading() as connection:
        found = saved.load(connection, search_id)
        if found is None or not _granted(connection, request, search_id, "confirm", services.clock()):
            raise Problem(404, LINK_IS_OVER)
    return _ask(request, "Confirm your search", "Yes, send me new gigs", search_words(found.query, boards))


@router.post("/{search_id}/confirm", include_in_schema=False)
def confirm(search_id: str, request: Request, services: ServicesDep, database: DatabaseDep) -> Response:
    now = services.clock()
    with database.writing() as connection:
        granted = keys.use(connection, _token(request), "confirm", now)
        found = saved.load(connection, search_id)
        if granted is None or granted.search != search_id or found is None:
            raise Problem(404, LINK_IS_OVER)
        if found.state == "unconfirmed":
            saved.change(connection, found, now, state="active")
        manage = keys.issue(connection, "manage", found.subscriber, None, now)
    return _say(
        request,
        "It is on",
        "New gigs come to your address from now on. Each mail has a link that ends it.",
        ("Your saved searches", f"/alerts/manage?{urlencode({'token': manage})}"),
    )


@router.get("/{search_id}/unsubscribe", include_in_schema=False)
def unsubscribe_page(
    search_id: str, request: Request, services: ServicesDep, database: DatabaseDep, boards: Boards
) -> Response:
    """Asks; nothing changes by opening it."""
    with database.reading() as connection:
        found = saved.load(connection, search_id)
        if not _granted(connection, request, search_id, "unsubscribe", services.clock()):
            raise Problem(404, LINK_IS_OVER)
    about = search_words(found.query, boards) if found is not None else ""
    return _ask(request, "Stop these mails?", "Stop them", about)


@router.post("/{search_id}/unsubscribe", include_in_schema=False)
def unsubscribe(search_id: str, request: Request, services: ServicesDep, database: DatabaseDep) -> Response:
    """One click (RFC 8058): no login, no redirect, no question. Asked twice it is still so."""
    with database.writing() as connection:
        if not _granted(connection, request, search_id, "unsubscribe", services.clock()):
            raise Problem(404, LINK_IS_OVER)
        found = saved.load(connection, search_id)
        if found is not None and found.state != "paused":
            saved.change(connection, found, services.clock(), state="paused", why="a link in a mail ended it")
    return _say(request, "Stopped", "No more mails come of this search. Your other searches, if any, go on.", None)


FEED_CONTENT: dict[str, Any] = {
    MEDIA_TYPES["rss"]: {"schema": {"type": "string"}, "example": "<rss version='2.0'><channel>...</channel></rss>"},
    MEDIA_TYPES["json"]: {
        "schema": {"type": "object"},
        "example": {"version": "https://jsonfeed.org/version/1.1", "title": "Gigdex: Gigs: “dog”", "items": []},
    },
}
FEED_PARAMETERS = [
    {"name": "token", "in": "query", "description": "of its `feed_url`", "schema": {"type": "string"}},
    {"name": "format", "in": "query", "description": "rss or json", "schema": {"enum": list(MEDIA_TYPES)}},
]


@router.get(
    "/{search_id}/feed",
    response_class=Response,
    summary="Private feed of a saved search",
    responses={
        200: {"content": FEED_CONTENT, "description": "The last gigs that it told of"},
        **responses(401, 404, 422, 503),
    },
    openapi_extra={"parameters": FEED_PARAMETERS},
)
def feed(
    search_id: SearchId,
    request: Request,
    services: ServicesDep,
    database: DatabaseDep,
    caller: CallerDep,
    boards: Boards,
) -> Response:
    """RSS 2.0 or JSON Feed 1.1. Whoever has its address can read it."""
    for name in request.query_params:
        if name not in ("token", "format"):
            raise Problem(422, "unknown parameter; known are token and format", parameter=name[:80])
    kind = request.query_params.get("format", "rss")
    if kind not in MEDIA_TYPES:
        raise Problem(422, f"it is not one of {', '.join(MEDIA_TYPES)}", parameter="format")
    now = services.clock()
    with database.reading() as connection:
        found = saved.load(connection, search_id)
        opened = _granted(connection, request, search_id, "feed", now) or (found is not None and caller.may(found))
        if found is None or found.kind != "feed" or not opened:
            raise Problem(404, NO_SUCH)
        channel = OPERATOR if services.settings.private else CHANNELS["feed"]
        entries = digest.of_feed(connection, found, channel, FEED_LENGTH)
    write = rss if kind == "rss" else json_feed
    body = write(search_words(found.query, boards), home_of(services), entries, now)
    return Response(body, headers=SECRET_ADDRESS, media_type=MEDIA_TYPES[kind])


def _ask(request: Request, title: str, button: str, about: str) -> Response:
    """A page with one button that POSTs to its own address."""
    body = render("ask.html", request, title=title, button=button, about=about, action=f"?{request.url.query}")
    return HTMLResponse(body, headers=SECRET_ADDRESS)


def _say(request: Request, title: str, text: str, way_on: tuple[str, str] | None) -> Response:
    return HTMLResponse(render("said.html", request, title=title, text=text, way_on=way_on), headers=SECRET_ADDRESS)
