"""Board: the declared facts of one source, and the registry of boards, which finds them by itself."""

import importlib
import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crawlers.keys import missing, unclaimed
from crawlers.page import MAX_BYTES
from index.terms import BoardInfo, BoardTerms

if TYPE_CHECKING:
    from crawlers.bases.spider import BoardSpider
    from index.settings import Settings


log = logging.getLogger(__name__)


class BadBoard(TypeError):
    """A board file breaks a rule of the registry; the message says which."""


class Board(BaseModel):
    """What a spider declares. Bad values stop the import of its file.

    The bounds are seat belts: a crawl that hits one is cut, counted and not complete.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$", description="= spider name = file name")
    name: str = Field(min_length=1, description="as the board writes it")
    homepage: str = Field(pattern=r"^https?://", description="where the attribution line links to")
    terms: BoardTerms
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="of a one-country board, ISO 3166-1 alpha-2")
    absence_closes: bool = Field(True, description="a posting absent from a complete, healthy run is gone")
    changes_only: bool = Field(False, description="it tells what has changed, not what there is")
    sample: bool = Field(False, description="made-up data of the sample boards")

    cadence_s: int = Field(0, description="seconds between two crawls; 0 means the shortest that the terms permit")
    keys: tuple[str, ...] = Field((), description="names of keys that it needs, variables GIGDEX_KEY_NAME")
    key_from: str | None = Field(None, description="address where an operator gets these keys")
    hosts: tuple[str, ...] = Field((), description="hosts that may be asked, besides the one of the spider's base_url")
    max_pages: int = Field(50, ge=1, description="responses read in one run")
    max_items: int = Field(10_000, ge=1, description="postings taken in one run")
    max_bytes: int = Field(16 * 2**20, ge=1, le=MAX_BYTES, description="of one response, unpacked")
    timeout_s: float = Field(30, gt=0, description="for one response, seconds")
    delay_s: float = Field(2, ge=0, description="between two requests, seconds")
    expect_min: int = Field(1, ge=0, description="fewer postings than this: the run is not complete, nothing is closed")
    expect_max: int = Field(10_000, ge=1, description="more postings than this: the run is not complete")

    @model_validator(mode="after")
    def _consistent(self) -> "Board":
        if self.cadence_s and self.cadence_s < self.terms.min_interval_s:
            raise ValueError(f"cadence of {self.cadence_s} s is below the terms' {self.terms.min_interval_s} s")
        if self.terms.freshness_s and self.interval_s > 0.9 * self.terms.freshness_s:
            raise ValueError(
                f"read every {self.interval_s} s it is hidden before each crawl: its terms want it read within "
                f"{self.terms.freshness_s} s"
            )
        if self.expect_min > self.expect_max:
            raise ValueError("expect_min is above expect_max")
        return self

    @property
    def interval_s(self) -> int:
        """Seconds between two crawls."""
        return self.cadence_s or self.terms.min_interval_s

    def info(self, shape: str) -> BoardInfo:
        """What the index and the pages keep of it."""
        return BoardInfo(
            id=self.id,
            name=self.name,
            homepage=self.homepage,
            shape=shape,
            terms=self.terms,
            sample=self.sample,
            country=self.country,
            absence_closes=self.absence_closes and not self.changes_only,
            changes_only=self.changes_only,
        )


def boards(settings: "Settings | None" = None) -> dict[str, type["BoardSpider"]]:
    """Every board by id, sorted: one for each file of crawlers/boards and, given settings, the operator's own
    (crawlers/declared.py, crawlers/grants.py); then a board whose keys are not set is off.

    Raises BadBoard when a file of crawlers/boards doesn't declare exactly one board of its own name.
    """
    found = dict(declared_in(Path(importlib.import_module("crawlers.boards").__path__[0])))
    if settings is not None:
        # they need this module
        from crawlers.declared import own_boards
        from crawlers.grants import site_boards

        found |= site_boards(settings) | own_boards(settings)
        for name in unclaimed(key for spider in found.values() for key in spider.board.keys):
            log.warning("%s is set, but no board asks for it; docs/configuration.md lists the keys", name)
        found = {name: with_keys(spider) for name, spider in found.items()}
    return dict(sorted(found.items()))


@cache
def declared_in(folder: Path) -> tuple[tuple[str, type["BoardSpider"]], ...]:
    """The boards of the package's folder: a module (.py) or a declaration (.toml) each. Raises BadBoard."""
    from crawlers.declared import declared  # it needs this module

    found: list[tuple[str, type[BoardSpider]]] = []
    for file in sorted(folder.iterdir()):
        if file.suffix == ".py" and not file.name.startswith("_"):
            found.append((file.stem, _spider_of(f"crawlers.boards.{file.stem}")))
        elif file.suffix == ".toml":
            found.append((file.stem, declared(file)))
    return tuple(found)


def with_keys(spider: type["BoardSpider"]) -> type["BoardSpider"]:
    """The spider, off when a key that it needs is not set."""
    unset = missing(spider.board.keys)
    if not unset or spider.board.terms.off:
        return spider
    where = f"; get {'it' if len(unset) == 1 else 'them'} at {spider.board.key_from}" if spider.board.key_from else ""
    terms = spider.board.terms.model_copy(update={"off": f"it needs {' and '.join(unset)}{where}"})
    return type(spider.__name__, (spider,), {"board": spider.board.model_copy(update={"terms": terms})})


def spiders_of(module_name: str) -> dict[str, type["BoardSpider"]]:
    """The spiders that one module defines, by board id (the sample boards live in one module)."""
    from crawlers.bases.spider import BoardSpider

    module = importlib.import_module(module_name)
    return {
        value.name: value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BoardSpider) and value.__module__ == module_name
    }


def _spider_of(module_name: str) -> type["BoardSpider"]:
    spiders = list(spiders_of(module_name).values())
    file_name = module_name.rpartition(".")[2]
    if len(spiders) != 1 or spiders[0].name != file_name:
        names = ", ".join(spider.name for spider in spiders) or "none"
        raise BadBoard(f"{module_name}: a board file holds one spider named {file_name!r}, found: {names}")
    return spiders[0]


class BoardLoader:
    """Scrapy's view of the registry, so that `scrapy list` and `scrapy crawl ID` know every board."""

    def __init__(self, known: dict[str, type["BoardSpider"]]) -> None:
        self._known = known

    @classmethod
    def from_settings(cls, settings: Any) -> "BoardLoader":
        return cls(boards(settings["GIGDEX"]))

    def load(self, spider_name: str) -> type["BoardSpider"]:
        """Raises KeyError, as Scrapy expects."""
        return self._known[spider_name]

    def find_by_request(self, request: Any) -> list[str]:
        return [name for name, spider in self._known.items() if urlsplit(request.url).netloc in spider.hosts()]

    def list(self) -> list[str]:
        return [*self._known]
