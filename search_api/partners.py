"""Who of the public shows a partner's key (`gigdex keys`), remembered for a moment: it costs next to nothing."""

import time
from collections import OrderedDict

from anyio.to_thread import run_sync
from fastapi import Request
from starlette.datastructures import Headers

from index.gig import Gig
from index.query import SearchQuery
from index.store import api_keys
from index.store.api_keys import PREFIX, ApiKey
from index.store.db import Database
from search_api.limits import RateLimit
from search_api.problems import Problem

KEEP_S = 10.0
"""A revoked key works for so long at most."""
REMEMBERED = 1_000
FEEDS = ("/feeds/", "/snapshot", "/changes")
"""Addresses of the scope `feeds`."""


class Partners:
    """Keys that were shown lately, and what each partner has used of its quota."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, tuple[float, ApiKey | None]] = OrderedDict()
        self._limits: dict[str, RateLimit] = {}

    async def of(self, headers: Headers, path: str) -> ApiKey | None:
        """Whose key came along; None without a partner's key. Raises a Problem: 401 for a key that doesn't work (any
        more), 403 for one that isn't for this address."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key.startswith(PREFIX):
            return None
        looked_at, partner = self._known.get(key, (-KEEP_S, None))
        if time.monotonic() - looked_at >= KEEP_S:
            partner = await run_sync(api_keys.find, self._database, key)
            self._known[key] = (time.monotonic(), partner)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        if partner is None:
            raise Problem(401, "this key is unknown or revoked")
        scope = "feeds" if path.startswith(FEEDS) else "api"
        if scope not in partner.scopes:
            raise Problem(403, f"this key is not for this address: it lacks the scope {scope}")
        return partner

    def limit(self, partner: ApiKey) -> RateLimit | None:
        """What the partner may ask; None for any number of requests."""
        if not partner.rate_limit:
            return None
        limit = self._limits.get(partner.name)
        if limit is None or limit.quota != partner.rate_limit:
            limit = self._limits[partner.name] = RateLimit(partner.rate_limit)
        return limit


def permitted(request: Request, query: SearchQuery) -> SearchQuery:
    """The query without the boards that bar this partner by name (BoardTerms.barred): without all gigs that one of them
    lists, whoever else does."""
    barred = _barring(request)
    return query.model_copy(update={"board": [*query.board, *(f"!{board}" for board in barred)]}) if barred else query


def is_barred(request: Request, gig: Gig) -> bool:
    """Whether a board that lists the gig bars this partner."""
    return not {source.board for source in gig.sources}.isdisjoint(_barring(request))


def _barring(request: Request) -> list[str]:
    partner: ApiKey | None = request.state.partner
    if partner is None:
        return []
    infos = request.app.state.boards.infos().values()
    return [info.id for info in infos if partner.name.casefold() in map(str.casefold, info.terms.barred)]
