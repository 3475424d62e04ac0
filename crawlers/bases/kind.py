"""KindSpider: a spider that a table of a TOML file configures, so that a site of its kind needs no code."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from scrapy import Request

from crawlers.bases.spider import BoardSpider
from crawlers.board import BadBoard, Board
from crawlers.keys import key

PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z0-9_]+)?)\}")
"""{page}, {key.NAME}: what a template of an address may hold."""


def _web(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or "{" in parts.netloc:
        raise ValueError("no http address")
    return value


Address = Annotated[str, AfterValidator(_web)]
"""Absolute; its host is fixed."""


class Source(BaseModel):
    """The table `[source]` of a board's file; each kind adds what it needs."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Addresses(Source):
    """A kind that reads the documents at some addresses."""

    urls: tuple[Address, ...] = Field(min_length=1, description="addresses that are asked, one after the other")


class KindSpider(BoardSpider):
    """Base of the kinds. `kind` names it in files and for `gigdex parse`; `Source` is its table `[source]`."""

    kind: ClassVar[str]
    example: ClassVar[Mapping[str, Any]]
    """The least that `[source]` must say, on example.org: for docs, tests and `gigdex parse KIND`."""
    Source: ClassVar[type[Source]] = Addresses
    source: ClassVar[Any]
    complete: ClassVar[bool] = True
    """Whether a document shows all that is open, so that absence means gone; a board may say otherwise."""
    reads: ClassVar[bool] = True
    """False for a kind whose boards are declared only."""

    @classmethod
    def declared(cls, board: Board, source: Mapping[str, Any]) -> type[Self]:
        """The spider of one site. Raises BadBoard when `source` is no table of this kind."""
        try:
            table = cls.Source.model_validate(source)
        except ValidationError as error:
            raise BadBoard(first_error(error, "source")) from None
        hosts = cls.addresses(table)
        board = board.model_copy(update={"hosts": (*board.hosts, *(urlsplit(one).netloc.lower() for one in hosts))})
        parts = urlsplit(hosts[0])
        body = {"board": board, "source": table, "base_url": f"{parts.scheme}://{parts.netloc}", "shape": cls.kind}
        return type(cls.__name__, (cls,), body)

    @classmethod
    def addresses(cls, source: Any) -> list[str]:
        """Addresses whose hosts this spider may ask; the first is where a run begins."""
        return list(source.urls)

    def first_requests(self) -> Iterator[Request]:
        for url in self.source.urls:
            yield from self.ask(filled(url), self.read_postings)


def filled(template: str, **values: object) -> str:
    """An address with its placeholders replaced: `{key.NAME}` by the board's key, `{today}` by the day, others by
    `values`. Raises NoKey."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("key."):
            return quote(key(name.removeprefix("key.")), safe="")
        if name == "today":
            return datetime.now(UTC).date().isoformat()
        return quote(str(values[name]), safe="") if name in values else match[0]

    return PLACEHOLDER.sub(value, template)


def first_error(error: ValidationError, table: str = "") -> str:
    """The first problem of a file, as one line that names the place in it."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in (table, *first["loc"]) if part != "")
    return f"{where}: {first['msg'].removeprefix('Value error, ')}" if where else first["msg"]
