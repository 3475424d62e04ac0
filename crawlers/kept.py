"""What a run keeps of a page for the next one, and what a 304 then stands for (crawlers/conditional.py)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scrapy.http import Response

from index.store.inbox import Unchanged
from index.store.pages import KeptPage

MAX_VALIDATOR = 1_000
"""Characters; a longer one is an accident."""
KEPT = "kept_page"
"""Request meta: the page as an earlier run read it."""
READER = "reader"
"""Request meta: what reads the page, see crawlers/conditional.py."""


@dataclass(frozen=True)
class ReadPage:
    """A page that was read without trouble, for the next run: it leads nowhere, and all its postings were handed on."""

    url: str
    etag: str | None
    last_modified: str | None
    ids: list[str]
    reader: str


def unchanged(response: Response) -> Unchanged | None:
    """What the answer stands for when it says that nothing changed."""
    kept = _meta(response).get(KEPT)
    if response.status != 304 or not isinstance(kept, KeptPage):
        return None
    return Unchanged(response.url, kept.ids)


def validators(response: Response, ids: list[str]) -> Iterator[ReadPage]:
    """The page with the validators that its server gave, if any."""
    meta = _meta(response)
    if response.status != 200 or meta.get("redirect_urls") or READER not in meta:
        return
    etag, last_modified = (
        (response.headers.get(name) or b"").decode("latin-1").strip() or None for name in ("ETag", "Last-Modified")
    )
    if (etag or last_modified) and max(len(etag or ""), len(last_modified or "")) <= MAX_VALIDATOR:
        yield ReadPage(response.url, etag, last_modified, ids, meta[READER])


def _meta(response: Response) -> dict[str, Any]:
    return response.request.meta if response.request is not None else {}
