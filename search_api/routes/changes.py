"""/snapshot and /changes: all gigs, and after that what changes, for sites that keep a copy."""

import asyncio
import hashlib
import time
from collections.abc import Iterator
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from index.query import BadQuery, SearchQuery
from index.stream import ChangePage
from search_api.answers import PRIVATE
from search_api.deps import FeedChannel, ServicesDep
from search_api.export import validators
from search_api.limits import Gate
from search_api.middleware import matches
from search_api.partners import permitted
from search_api.problems import responses
from search_api.routes.gigs import query_parameters
from search_api.streaming import send

router = APIRouter(tags=["feeds"])

FILTERS = tuple(
    name for name in SearchQuery.model_fields if name not in ("sort", "limit", "cursor", "posted_within", "currency")
)
AFTER = {
    "name": "after",
    "in": "query",
    "required": True,
    "description": "`cursor` of a snapshot's head, or `next` of the page before",
    "schema": {"type": "string", "minLength": 1, "maxLength": 500},
}
LONGEST_S = 30
"""So long /changes waits at most; proxies give up after a minute."""
LOOK_S = 0.5
"""How often it looks whether there is something to tell."""
WAITING = 200
"""Clients that may wait at once; more are answered at once."""


@router.get(
    "/snapshot",
    summary="All gigs, and where to go on",
    response_class=Response,
    responses={
        200: {
            "description": "NDJSON: a head, gigs by `seq`, an end. Without the end it was cut off",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        },
        **responses(422, 503),
    },
    openapi_extra={"parameters": query_parameters(*FILTERS)},
)
def get_snapshot(request: Request, services: ServicesDep, channel: FeedChannel) -> Response:
    """All gigs that fit the filters at one moment. The head names the revision, and has the `cursor` from which
    /changes goes on."""
    query = permitted(request, SearchQuery.from_params(request.query_params.multi_items()))
    now = services.clock()
    lines = services.stream.snapshot(query, channel, now)
    revision, changed_at = services.stream.last_change()
    what = ("snapshot", channel, revision, query.model_dump_json(), services.stream.hidden(channel))

    def pieces() -> Iterator[bytes]:
        return (f"{line}\n".encode() for line in lines)

    return send(request, pieces, "application/x-ndjson", validators(what, changed_at, now), "snapshot.ndjson")


@router.get(
    "/changes",
    summary="What has changed since",
    response_model=ChangePage,
    responses=responses(410, 422, 503),
    openapi_extra={"parameters": [AFTER, *query_parameters(*FILTERS)]},
)
async def get_changes(
    request: Request,
    services: ServicesDep,
    channel: FeedChannel,
    wait: Annotated[int, Query(ge=0, le=LONGEST_S, description="seconds to wait for a change, if there is none")] = 0,
) -> Response:
    """The changes after a cursor, by revision. Follow `next`. With filters: a gig that changed and doesn't fit them
    (any more) comes as a tombstone. 410 for a cursor that is too old: take a new snapshot."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in ("after", "wait")]
    query = await run_sync(permitted, request, SearchQuery.from_params(pairs))
    after = request.query_params.get("after", "")
    if not after:
        raise BadQuery("after", "is missing: begin with the cursor in the head of /snapshot")
    gate: Gate = request.app.state.gate
    bell: Bell = request.app.state.bell
    until = time.monotonic() + wait
    while True:
        revision = await bell.revision(services)
        async with gate.place():
            page = await run_sync(services.stream.changes, after, query, channel, services.clock())
        if not page.empty or not await bell.wait(services, revision, until):
            break
    headers = {
        "Cache-Control": PRIVATE if request.state.operator else "public, no-cache",
        "ETag": f'W/"{hashlib.blake2b(page.body, digest_size=12).hexdigest()}"',
        "Vary": "Authorization",
    }
    if matches(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(page.body, media_type="application/json", headers=headers)


class Bell:
    """Tells those who wait that there is a new revision. However many wait, the store is asked twice a second."""

    def __init__(self) -> None:
        self._waiting = 0
        self._revision = 0
        self._looked_at = -LOOK_S
        self._looking = asyncio.Lock()

    async def revision(self, services: ServicesDep) -> int:
        """The newest, as of LOOK_S ago at most."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= LOOK_S:
                self._revision, _ = await run_sync(services.stream.last_change)
                self._looked_at = time.monotonic()
        return self._revision

    async def wait(self, services: ServicesDep, revision: int, until: float) -> bool:
        """Whether there is a later revision, by time.monotonic() `until`; at once where too many wait."""
        if self._waiting >= WAITING:
            return False
        self._waiting += 1
        try:
            while (left := until - time.monotonic()) > 0:
                await asyncio.sleep(min(LOOK_S, left))
                if await self.revision(services) > revision:
                    return True
            return False
        finally:
            self._waiting -= 1
