"""What one client may ask, and how much is worked on at once. Both live in the event loop; nothing is for threads."""

import asyncio
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from search_api.problems import Problem

WINDOW_S = 60
"""A quota is that of one minute."""
CLIENTS = 20_000
"""Clients that are remembered, in a few MB. Who asked longest ago is forgotten first, and has a full quota then."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left of a client's quota."""

    allowed: bool
    quota: int
    remaining: int
    full_in_s: int
    """Seconds until the whole quota is there again."""
    retry_in_s: int
    """Seconds until the next request is allowed; 0 if it is now."""

    def headers(self) -> dict[str, str]:
        """As in draft-ietf-httpapi-ratelimit-headers, and Retry-After where the request was refused."""
        headers = {
            "RateLimit-Policy": f'"default";q={self.quota};w={WINDOW_S}',
            "RateLimit": f'"default";r={self.remaining};t={self.full_in_s}',
        }
        return headers if self.allowed else headers | {"Retry-After": str(self.retry_in_s)}


class RateLimit:
    """A bucket of `quota` tokens for each client, refilled evenly: `quota` requests at once, and as many a minute."""

    def __init__(self, quota: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.quota = quota
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Client -> tokens, and when there were that many. Full buckets needn't be there."""

    def take(self, client: str) -> Verdict:
        """Take one token, if there is one."""
        now = self._clock()
        speed = self.quota / WINDOW_S
        tokens, then = self._buckets.pop(client, (float(self.quota), now))
        tokens = min(float(self.quota), tokens + (now - then) * speed)
        allowed = tokens >= 1
        tokens -= allowed
        self._buckets[client] = (tokens, now)
        while len(self._buckets) > CLIENTS:
            self._buckets.popitem(last=False)
        return Verdict(
            allowed=allowed,
            quota=self.quota,
            remaining=int(tokens),
            full_in_s=math.ceil((self.quota - tokens) / speed),
            retry_in_s=max(0, math.ceil((1 - tokens) / speed)),
        )


def client_of(address: str) -> str:
    """Whose bucket it is. One household or server has a whole IPv6 /64 (RFC 6177), so that is one client."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.version == 4:
        return address
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))


class Gate:
    """So many answers are worked on at once; the others wait in line.

    More threads than processors make each answer slower and none sooner, and each holds memory. A line that is too
    long, or a wait that is, ends with 503 and Retry-After: better than an answer that nobody waits for any more.
    """

    def __init__(self, places: int, line: int, patience_s: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._free = self.places = places
        self._line = line
        self._patience_s = patience_s
        self.waiting = 0
        self.turned_away = 0

    @property
    def working(self) -> int:
        return self.places - self._free

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Callable[[], None]]:
        """A place, and the function that gives it up before the end. Raises a 503 Problem."""
        await self._enter()
        self._free -= 1
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._free += 1
                self._places.release()

        try:
            yield leave
        finally:
            leave()

    async def _enter(self) -> None:
        if self.waiting >= self._line:
            raise self._busy()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._patience_s):
                await self._places.acquire()
        except TimeoutError:
            raise self._busy() from None
        finally:
            self.waiting -= 1

    def _busy(self) -> Problem:
        self.turned_away += 1
        return Problem(503, "too many are asking at once; try again in a moment", headers={"Retry-After": "5"})
