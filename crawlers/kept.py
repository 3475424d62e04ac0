"""What a run keeps for the next one: of a page, with what a 304 then stands for (crawlers/conditional.py), and how far
a feed of changes was read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from scrapy.http import Response

from index.store.inbox import Unchanged
from index.store.pages import KeptPage, name_of

MAX_VALIDATOR = 1_000
"""Characters; a longer one is an accident."""
KEPT = "kept_page"
"""Request meta: the page as an earlier run read it."""
READER = "reader"
"""Request meta: what reads the page, see crawlers/conditional.py."""
OWN_CONDITION = "own_condition"
"""Request meta: the spider says by itself since when."""
BOOKMARK = "bookmark"
"""The page that a bookmark is kept as."""


@dataclass(frozen=True)
class ReadPage:
    """A page that was read without trouble, for the next run: it leads nowhere, and all its postings were handed on."""

    page: str
    """Its name, see index.store.pages."""
    etag: str | None
    last_modified: str | None
    ids: list[str]
    reader: str


@dataclass(frozen=True)
class Bookmark:
    """How far a feed of changes was read."""

    at: datetime
    """When the last change was made that was read."""
    waiting: list[str]
    """External ids of what changed by then and is still to be asked for."""

    @classmethod
    def of(cls, page: KeptPage | None) -> Self | None:
        return cls(datetime.fromisoformat(page.last_modified), list(page.ids)) if page and page.last_modified else None

    def page(self) -> KeptPage:
        return KeptPage(BOOKMARK, None, self.at.isoformat(), BOOKMARK, datetime.now(UTC), self.waiting)


def unchanged(response: Response) -> Unchanged | None:
    """What the answer stands for when it says that nothing changed."""
    kept = _meta(response).get(KEPT)
    if response.status != 304 or not isinstance(kept, KeptPage):
        return None
    return Unchanged(kept.page, kept.ids)


def validators(response: Response, ids: list[str]) -> Iterator[ReadPage]:
    """The page with the validators that its server gave, if any."""
    meta = _meta(response)
    if response.status != 200 or meta.get("redirect_urls") or READER not in meta:
        return
    etag, last_modified = (
        (response.headers.get(name) or b"").decode("latin-1").strip() or None for name in ("ETag", "Last-Modified")
    )
    if (etag or last_modified) and max(len(etag or ""), len(last_modified or "")) <= MAX_VALIDATOR:
        yield ReadPage(name_of(response.url), etag, last_modified, ids, meta[READER])


def _meta(response: Response) -> dict[str, Any]:
    return response.request.meta if response.request is not None else {}
