"""Who asks for saved searches, and which of them are theirs."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request
from starlette.responses import Response

from index.alerts import keys, saved
from index.alerts.keys import PREFIX
from index.alerts.saved import Kind, Made, Order, SavedSearch, TooMany
from index.query import SearchQuery
from index.store.db import Database
from index.terms import OPERATOR
from search_api.deps import Services, ServicesDep
from search_api.limits import client_of
from search_api.problems import Problem

NO_STORE = {"Cache-Control": "private, no-store"}
SECRET_ADDRESS = NO_STORE | {"Referrer-Policy": "same-origin"}
"""Of pages whose address is a secret, which other sites must not learn. (With `no-referrer` browsers would not say
either where a form of ours comes from.)"""
NO_SUCH = "there is no saved search of this id, or it is another's"


@dataclass(frozen=True)
class Caller:
    """Who proved to be whom."""

    operator: bool = False
    subscriber: str | None = None
    only_reads: bool = False

    def may(self, search: SavedSearch) -> bool:
        return self.operator or search.subscriber == self.subscriber


def get_database(services: ServicesDep) -> Database:
    """Raises a 503 Problem where no saved searches are kept."""
    if services.database is None:
        raise Problem(503, "this instance keeps no saved searches")
    return services.database


def home_of(services: Services) -> str:
    """Address of this instance in links that leave it."""
    return services.home or services.settings.home


DatabaseDep = Annotated[Database, Depends(get_database)]


def get_caller(request: Request, services: ServicesDep, database: DatabaseDep) -> Caller:
    """By the header Authorization, or because only the operator can be asking. Raises a 401 Problem on a wrong key."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip().startswith(PREFIX):
        with database.reading() as connection:
            for purpose in keys.SCOPES.values():
                granted = keys.check(connection, key.strip(), purpose, services.clock())
                if granted is not None:
                    return Caller(subscriber=granted.subscriber, only_reads=purpose == "read")
        raise Problem(401, "this key opens nothing: it was revoked, or it never was one")
    return Caller(operator=request.state.operator)


CallerDep = Annotated[Caller, Depends(get_caller)]


def get_writer(caller: CallerDep) -> Caller:
    """Raises a 403 Problem for a key that may only look."""
    if caller.only_reads:
        raise Problem(403, "this key may only read (scope `read`)")
    return caller


WriterDep = Annotated[Caller, Depends(get_writer)]


async def no_store(response: Response) -> None:
    response.headers.update(NO_STORE)


async def read_form(request: Request, services: ServicesDep) -> dict[str, str]:
    """The fields of a form of our own pages. Raises a 403 Problem for one that another site's page sends."""
    origin = request.headers.get("origin")
    # A proxy in front may ask under a name of its own.
    ours = {request.headers.get("host"), urlsplit(home_of(services)).netloc}
    if origin is not None and urlsplit(origin).netloc not in ours:
        raise Problem(403, "this form was sent by another site's page")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Problem(415, "send it as a form: application/x-www-form-urlencoded")
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


Form = Annotated[dict[str, str], Depends(read_form)]


def save(request: Request, services: Services, database: Database, caller: Caller, order: Order) -> Made:
    """Save a search for whoever asks. Raises BadQuery and a 429 Problem."""
    client = None
    if not caller.operator:
        address = client_of(request.client.host if request.client else "")
        client = saved.client_hash(services.secret, address)
    try:
        return saved.accept(
            database, services.settings, order, services.clock(), subscriber=caller.subscriber, client=client
        )
    except TooMany as error:
        raise Problem(429, str(error), headers={"Retry-After": "3600"}) from None


def last_week(services: Services, query: SearchQuery, kind: Kind) -> int:
    """How many of the gigs of the last 7 days the search finds on the channel that it would be told by."""
    channel = OPERATOR if services.settings.private else saved.CHANNELS[kind]
    return saved.last_week(services.search, query, channel, services.clock())
