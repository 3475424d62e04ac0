"""What the sample boards' spiders share: their terms, and an address that is known only when the server runs."""

import os
from datetime import date
from typing import Any

from crawlers.bases.spider import BoardSpider
from crawlers.board import Board
from crawlers.sample_boards.formats import NAMES
from crawlers.sample_boards.server import HOST, MIN_INTERVAL_S, PORT
from index.terms import BoardInfo, BoardTerms, ChannelLevels, TermsEvidence

URL_VARIABLE = "GIGDEX_SAMPLE_URL"
"""Environment variable: address of the server. Without it, the server's usual port."""

EVIDENCE = TermsEvidence(
    what="made up by this project (crawlers/sample_boards)", read=date(2026, 11, 23), says="everything is permitted"
)


class SampleSpider(BoardSpider):
    """The board's home page is wherever its server is."""

    @classmethod
    def info(cls) -> BoardInfo:
        return super().info().model_copy(update={"homepage": f"{cls.base_url}/"})


class _Address:
    def __init__(self, path: str) -> None:
        self.path = path

    def __get__(self, spider: object, owner: type) -> str:
        return (os.environ.get(URL_VARIABLE) or f"http://{HOST}:{PORT}").rstrip("/") + self.path


def address(path: str) -> Any:
    """A class attribute: the server's address and a path. Typed as Any, as it stands for a `str` of the base class."""
    return _Address(path)


def sample_board(key: str, max_pages: int = 10) -> Board:
    """Declared facts of a made-up board: all channels open, pauses fit for loopback."""
    return Board(
        id=f"sample_{key}",
        name=NAMES[key],
        homepage=f"http://{HOST}:{PORT}/{key}/",
        sample=True,
        terms=BoardTerms(
            attribution=f"{NAMES[key]} (made up)",
            min_interval_s=MIN_INTERVAL_S,
            channels=ChannelLevels(page="full", api="full", feed="full", mail="full", jsonld="full"),
            evidence=(EVIDENCE,),
        ),
        delay_s=0.02,
        expect_min=20,
        max_pages=max_pages,
    )
