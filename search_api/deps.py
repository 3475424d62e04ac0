"""What the routes work with, and who is asking."""

import ipaddress
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request
from starlette.datastructures import Headers

from index.alerts.keys import PREFIX
from index.metrics import Metric
from index.search import Search
from index.settings import Settings
from index.store.boards import BoardState
from index.store.db import Database
from index.store.store import Found
from index.stream import Stream
from index.terms import OPERATOR, BoardInfo, Channel
from search_api.problems import Problem


class Store(Protocol):
    """What the routes ask of the store; index/store implements it."""

    def find(self, gig_id: str, channel: str) -> Found | None: ...
    def boards(self) -> Sequence[BoardState]: ...
    def infos(self) -> dict[str, BoardInfo]: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the application works with. `ready` gives the one-line reason why it can't answer yet, or None."""

    search: Search
    store: Store
    stream: Stream
    settings: Settings
    sample: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ready: Callable[[], str | None] = lambda: None
    metrics: Callable[[], Sequence[Metric]] = tuple
    """What /metrics shows besides the web server's own numbers."""
    database: Database | None = None
    """Where saved searches are kept; None where none are."""
    home: str = ""
    """Address that pages have for the outside, where the settings don't say it: the port may be any."""
    secret: bytes = b""
    """What is kept of clients who sign up is hashed with it."""


class BoardBook:
    """Declarations of all boards by id, for names and attributions; read again after a while. Not their whole state,
    for which their gigs would have to be counted."""

    KEEP_S = 30

    def __init__(self, services: Services) -> None:
        self._services = services
        self._read_at: datetime | None = None
        self._infos: dict[str, BoardInfo] = {}

    def infos(self) -> dict[str, BoardInfo]:
        now = self._services.clock()
        if self._read_at is None or abs((now - self._read_at).total_seconds()) >= self.KEEP_S:
            self._infos = self._services.store.infos()
            self._read_at = now
        return self._infos


def is_operator(headers: Headers, settings: Settings) -> bool:
    """Whether all may be shown: the operator's key came along, or only the operator can be asking.

    Raises a 401 Problem on a wrong key.
    """
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and not key.strip().startswith(PREFIX):
        admin_key = settings.admin_key.get_secret_value() if settings.admin_key else ""
        if not admin_key or not secrets.compare_digest(key.strip().encode("latin-1"), admin_key.encode()):
            raise Problem(401, "this is not the operator's key")
        return True
    if scheme.lower() == "bearer":  # a subscriber's, which opens that subscriber's things alone
        return False
    return settings.private and _asked_locally(headers)


PROXY_HEADERS = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"})


def _asked_locally(headers: Headers) -> bool:
    """A proxy in front, or a page elsewhere whose host name was pointed at us, makes a loopback address public."""
    if not PROXY_HEADERS.isdisjoint(headers.keys()):
        return False
    name = headers.get("host", "")
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


# Coroutines run at once, where a plain function would wait for a thread.


async def get_services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def operator_only(request: Request) -> None:
    """Raises a 401 Problem for the public."""
    if not request.state.operator:
        raise Problem(401, "this is for the operator: send the header `Authorization: Bearer KEY`")


def get_boards(request: Request) -> dict[str, BoardInfo]:
    book: BoardBook = request.app.state.boards
    return book.infos()


def channel_of(request: Request, channel: Channel) -> str:
    """The channel whose views this request sees: `channel`, or the operator's."""
    return OPERATOR if request.state.operator else channel


async def api_channel(request: Request) -> str:
    return channel_of(request, "api")


async def page_channel(request: Request) -> str:
    return channel_of(request, "page")


async def feed_channel(request: Request) -> str:
    return channel_of(request, "feed")


async def base_of(request: Request) -> str:
    """The address of this Gigdex for absolute links, without a slash at its end: public, else as it was asked."""
    services: Services = request.app.state.services
    return str(services.settings.public_url or request.base_url).rstrip("/")


async def no_parameters(request: Request) -> None:
    """Raises a 422 Problem when the address has parameters: an unknown one is an error, here each is."""
    for name in request.query_params:
        raise Problem(422, "unknown parameter; none is known here", parameter=name[:80])


ServicesDep = Annotated[Services, Depends(get_services)]
Boards = Annotated[dict[str, BoardInfo], Depends(get_boards)]
ApiChannel = Annotated[str, Depends(api_channel)]
PageChannel = Annotated[str, Depends(page_channel)]
FeedChannel = Annotated[str, Depends(feed_channel)]
Base = Annotated[str, Depends(base_of)]
