"""NDJSON: one gig a line as JSON, complete and exact. The canonical format; what is null is left out."""

from collections.abc import Iterable, Iterator
from itertools import islice

from index.store.stream import Row
from search_api.feeds.base import Dialect, Head

AT_ONCE = 200
"""Lines of one piece."""


def write(head: Head, rows: Iterable[Row]) -> Iterator[bytes]:
    lines = (f"{row.json}\n" for row in rows)
    while piece := "".join(islice(lines, AT_ONCE)):
        yield piece.encode()


DIALECT = Dialect("ndjson", "application/x-ndjson", "one gig a line as JSON, complete: the canonical format", write)
