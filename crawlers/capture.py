"""Write a board's fixture: one page, and what reading it gives, for a reviewer to check and for the tests to keep.

A fixture folder holds `response.*`, `meta.json` (board, address, the day it was captured) and `expected.json`.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.bases.spider import BoardSpider, Draft
from crawlers.board import boards
from crawlers.page import Page, looks_like
from crawlers.parse import UnknownBoard, read_file
from crawlers.row import BadRow
from crawlers.run import Progress, run_here
from crawlers.tally import Tally
from index.settings import Settings

CAPTURE_PAGES = 4
"""A list of threads or an index of sitemaps, a sitemap, a page: what it takes at most to reach a page with rows."""


class CaptureFailed(RuntimeError):
    """No page with rows came; the message says why."""


def capture(
    board_id: str, folder: Path, source: Path | None = None, url: str | None = None, settings: Settings | None = None
) -> list[Path]:
    """Fetch one page with rows as politely as a crawl does, or take a saved `source`, and write the fixture files.

    `url`: where `source` came from. Fetching works once a process, and not for a board that is off by its terms.
    Returns the files written. Raises UnknownBoard, CaptureFailed and OSError.
    """
    known = boards(settings)
    if board_id not in known:
        raise UnknownBoard(f"no board named {board_id!r}; there are: {', '.join(known)}")
    page = Page(source.read_bytes(), source.name, url) if source else fetch(known[board_id], settings)
    name = f"response.{extension(page)}"
    meta = {"board": board_id, "response": name, "url": page.url, "captured": datetime.now(UTC).date().isoformat()}
    written = {
        name: page.body,
        "meta.json": as_json(meta),
        "expected.json": as_json(expected(known[board_id], page.body, name, page.url)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for file_name, content in written.items():
        (folder / file_name).write_bytes(content)
    return [folder / file_name for file_name in written]


def expected(reader: type[BoardSpider] | None, data: bytes, name: str, url: str | None) -> dict[str, Any]:
    """What reading a page gives: its postings and bad rows in order, and the counts but for `rows`."""
    tally = Tally()
    rows = [
        {"bad_row": row.number, "message": row.message}
        if isinstance(row, BadRow)
        else row.model_dump(mode="json", exclude_none=True)
        for row in read_file(reader, data, name, url, tally)
    ]
    return {"rows": rows, "counts": {key: n for key, n in sorted(tally.counts.items()) if key != "rows"}}


def fetch(spider: type[BoardSpider], settings: Settings | None = None) -> Page:
    """The first page with rows. Raises CaptureFailed."""
    pages: list[Page] = []
    told: list[Progress] = []

    def keep(self: BoardSpider, page: Page) -> Iterator[Draft]:
        if any(not isinstance(row, BadRow) for row in self.read_page(page, self.tally)):
            pages.append(page)
            self.stopped = True
        yield from ()

    board = spider.board.model_copy(update={"max_pages": CAPTURE_PAGES})
    capturing = type("Capture", (spider,), {"board": board, "read_postings": keep})
    run_here([capturing], told.append, {"ITEM_PIPELINES": {}} | ({"GIGDEX": settings} if settings else {}))
    if not pages:
        raise CaptureFailed(next((p.error for p in reversed(told) if p.error), "no page with rows came"))
    return pages[0]


def extension(page: Page) -> str:
    """By content: a board's content type and a file's name may both be wrong."""
    kind = looks_like(page.text)
    return {"damaged JSON": "json", "XML": "xml", "an HTML page": "html"}.get(kind, "txt")


def as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
