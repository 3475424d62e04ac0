"""JSON interfaces: a list of rows, bare or in an envelope, on one page or on several by offset."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scrapy import Request

from crawlers.bases.spider import BoardSpider, Draft
from crawlers.page import Page
from crawlers.row import BadPage, Row
from crawlers.tally import Tally


class JsonApiSpider(BoardSpider):
    """Asks `base_url + path`; with `page_size`, page after page by `limit` and `offset`."""

    shape = "json_api"

    path: ClassVar[str]
    """With the query, if any."""
    envelope: ClassVar[tuple[str, ...]] = ()
    """Names that lead from the response to its list of rows; a bare list of rows is read too."""
    envelope_fields: ClassVar[frozenset[str]] = frozenset()
    """Known fields beside the list; others are counted as unknown."""
    page_size: ClassVar[int] = 0
    """Rows a page; 0 means that the interface has one page only."""
    most: ClassVar[int] = 0
    """Rows that a run reads, the newest so many; with that it is complete. 0: all there are."""

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        value: Any = page.json
        for name in cls.envelope:
            if isinstance(value, list):
                break
            if not isinstance(value, dict) or name not in value:
                raise BadPage(f"no {name!r} in the response: {summary(value)}")
            envelope = Row(value)
            envelope.ignore(*cls.envelope, *cls.envelope_fields)
            for field in envelope.account():
                tally.count(field)
            value = value[name]
        if not isinstance(value, list):
            raise BadPage(f"no list of rows: {summary(value)}")
        yield from value

    def first_requests(self) -> Iterator[Request]:
        yield from self._page_at(0)

    def read_postings(self, page: Page) -> Iterator[Draft | Request]:  # type: ignore[override]  # adds requests
        before = self.tally.counts["rows"]
        yield from super().read_postings(page)
        rows = self.tally.counts["rows"]
        if self.page_size and rows - before >= self.page_size and not 0 < self.most <= rows:
            yield from self._page_at(rows)

    def _page_at(self, offset: int) -> Iterator[Request]:
        url = self.base_url + self.path
        if self.page_size:
            url += f"{'&' if '?' in url else '?'}limit={self.page_size}&offset={offset}"
        yield from self.ask(url, self.read_postings)


def summary(value: object) -> str:
    """A response in a few words, for messages: what a board says when it has no rows is usually the reason."""
    if isinstance(value, dict):
        told = {key: value[key] for key in ("message", "error", "detail", "status") if value.get(key)}
        return str(told or list(value))[:150]
    return type(value).__name__
