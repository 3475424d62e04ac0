"""The kind `none`: a board that is declared so that everybody sees why it isn't read. There is no reader."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from scrapy import Request

from crawlers.bases.kind import KindSpider, Source
from crawlers.bases.spider import Draft
from crawlers.board import BadBoard, Board
from crawlers.page import Page
from crawlers.row import BadPage, Row
from crawlers.tally import Tally


class UnreadSpider(KindSpider):
    """Asks nothing, reads nothing."""

    kind = "none"
    reads = False
    Source = Source
    example: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def declared(cls, board: Board, source: Mapping[str, Any]) -> type["UnreadSpider"]:
        if not board.terms.off:
            raise BadBoard("terms.off: a board without a reader must be off, with the reason")
        if source:
            raise BadBoard("source: a board without a reader has none")
        return type(cls.__name__, (cls,), {"board": board, "base_url": board.homepage, "shape": cls.kind})

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        raise BadPage(f"nobody wrote a reader for {cls.board.name}: {cls.board.terms.off}")

    @classmethod
    def read(cls, row: Row) -> Draft:
        raise NotImplementedError

    def first_requests(self) -> Iterator[Request]:
        self.tally.problem(f"nobody wrote a reader for {self.board.name}")
        yield from ()
