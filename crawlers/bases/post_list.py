"""Kinds whose documents are one list of posts in JSON, bare or in a field of an object."""

from collections.abc import Iterator
from typing import Any, ClassVar

from crawlers.bases.json_api import summary
from crawlers.bases.kind import KindSpider
from crawlers.page import Page
from crawlers.row import BadPage
from crawlers.tally import Tally


class PostListSpider(KindSpider):
    """Base of such kinds; a row is a post."""

    field: ClassVar[str | None] = None
    """Where an object has the list."""

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        value: Any = page.json
        rows = value.get(cls.field) if cls.field and isinstance(value, dict) else value
        if not isinstance(rows, list):
            raise BadPage(f"no list of {cls.field or 'posts'}: {summary(value)}")
        yield from rows
