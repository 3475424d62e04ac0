"""A search as a feed: the same bytes for `GET /feeds/{format}` and `gigdex export`.

What a feed holds changes with the store's revision, with how far the search index is, and with the question; nothing
in it depends on the clock unless the question does. So its validators are known without making it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlencode

from index.gig import SCHEMA_VERSION
from index.normalize.currency import last_day
from index.query import BadQuery, SearchQuery
from index.search import Search, minute
from index.store import stream as stored
from index.stream import Stream
from search_api.address import Address, heading
from search_api.feeds import dialects
from search_api.feeds.base import FEED_VERSION, LEAST_DATE, Dialect, Head

SETTLED = timedelta(seconds=2)
"""A state that is younger gets no validators: Last-Modified counts whole seconds, and a search index elsewhere may show
a change a second late."""


@dataclass(frozen=True)
class State:
    """What a feed is made of."""

    revision: int
    position: int
    """Revision that the search index had followed to."""
    changed_at: datetime | None


def dialect_of(format: str) -> Dialect:
    """The format of this name. Raises BadQuery naming the known ones."""
    found = dialects().get(format)
    if found is None:
        raise BadQuery("format", f"no format {format[:40]!r}; there are: {', '.join(dialects())}")
    return found


class Feed:
    """One question in one format. Raises BadQuery for parameters that would make a complete one incomplete."""

    def __init__(
        self,
        dialect: Dialect,
        query: SearchQuery,
        channel: str,
        base: str,
        now: datetime,
        search: Search,
        stream: Stream,
    ) -> None:
        """`base`: address of this Gigdex, without a slash at its end."""
        if not dialect.paged:
            for name in ("limit", "cursor"):
                if name in query.model_fields_set:
                    raise BadQuery(name, f"{dialect.name} is always complete and takes none")
            if query.sort in ("relevance", "distance"):
                message = f"{dialect.name} is complete, {query.sort} ends after 1,000 gigs; use newest, pay or hourly"
                raise BadQuery("sort", message)
        self.dialect = dialect
        # The newest first, unless asked otherwise: what feed readers expect, and nothing is left out.
        self.query = query if query.sort else query.model_copy(update={"sort": "newest"})
        self.channel = channel
        self.now = now
        self._base = base
        self._search = search
        self._stream = stream
        self.count = 0
        """Gigs written so far."""

    def state(self) -> State:
        """Of what it would be made now."""
        revision, changed_at = self._stream.last_change()
        return State(revision, self._stream.position(), changed_at)

    def validators(self, state: State) -> dict[str, str]:
        """ETag, and Last-Modified where the clock plays no part; nothing for a state that is still settling."""
        timed = minute(self.now).isoformat() if self.query.within is not None else ""
        rates = "" if self.query.currency == "USD" else f"{self.now.date()} {last_day()}"
        what = (
            self.dialect.name, self.channel, self._base, timed, rates,
            state.revision, state.position, self._stream.index_name(), self.query.model_dump_json(),
            self._stream.hidden(self.channel),
        )  # fmt: skip
        return validators(what, state.changed_at, self.now, timed=bool(timed or rates))

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, in constant memory. Errors of the question are raised before the first piece."""
        if self.dialect.paged:
            keys, cursor = self._search.keys(self.query, self.channel, self.now)
            parts = iter([keys])
        else:
            cursor = None
            parts = self._search.walk(self.query, self.channel, self.now)
        return self._write(parts, cursor)

    def _write(self, parts: Iterator[list[tuple[int, int]]], cursor: str | None) -> Iterator[bytes]:
        head = self._head(cursor)

        with self._stream.store.database.snapshot() as connection:

            def rows() -> Iterator[stored.Row]:
                for keys in parts:
                    for row in stored.pick(connection, keys, self.channel):
                        self.count += 1
                        yield row

            yield from self.dialect.write(head, rows())

    def _head(self, cursor: str | None) -> Head:
        owners = self._stream.owners(self.channel, self.now)
        address = Address.of(self.query)
        pairs = [pair for pair in address.pairs if pair != ("sort", "newest")]
        path = f"{self._base}/feeds/{self.dialect.name}"

        def at(*more: tuple[str, str]) -> str:
            query = urlencode([*pairs, *more])
            return f"{path}?{query}" if query else path

        _, changed_at = self._stream.last_change()
        itself = self.query.cursor
        return Head(
            title=f"{heading(Address(tuple(pairs)), None, {})} – Gigdex",
            base=self._base,
            itself=at(("cursor", itself)) if itself else at(),
            first=at(),
            search=f"{self._base}{Address(tuple(pairs)).url}",
            updated=changed_at or LEAST_DATE,
            owners=owners,
            next=at(("cursor", cursor)) if cursor else None,
        )


def validators(
    what: Sequence[object], changed_at: datetime | None, now: datetime, timed: bool = False
) -> dict[str, str]:
    """ETag of everything that an answer depends on, and Last-Modified unless time alone changes it too; nothing for a
    state that is still settling."""
    if changed_at is None or now - changed_at < SETTLED:
        return {}
    everything = "\n".join(map(str, (_release(), FEED_VERSION, SCHEMA_VERSION, *what)))
    found = {"ETag": f'"{hashlib.blake2b(everything.encode(), digest_size=12).hexdigest()}"'}
    if not timed:
        found["Last-Modified"] = format_datetime(changed_at.astimezone(UTC), usegmt=True)
    return found


@cache
def _release() -> str:
    try:
        return version("gigdex")
    except PackageNotFoundError:  # run from a checkout that isn't installed
        return "0"
