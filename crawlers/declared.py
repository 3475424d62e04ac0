"""Boards declared in TOML files: facts and terms as in crawlers.board, a kind, and the kind's table `[source]`.

    kind = "rss"
    name = "Example Jobs"
    homepage = "https://example.org"

    [terms]
    attribution = "Example Jobs"
    min_interval_s = 86400
    [[terms.evidence]]
    what = "https://example.org/terms"
    read = 2026-11-27
    says = "..."

    [source]
    urls = ["https://example.org/jobs.rss"]

A file of crawlers/boards is a board of Gigdex; one of the data folder's `boards/` is the operator's own. The file's
name is the board's id.
"""

import logging
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from crawlers.bases.json_kind import JsonSpider
from crawlers.bases.kind import KindSpider, first_error
from crawlers.board import BadBoard, Board
from crawlers.guess import GuessedSpider
from crawlers.kinds import KINDS
from index.settings import Settings
from index.terms import BoardTerms

if TYPE_CHECKING:
    from crawlers.bases.spider import BoardSpider

FOLDER = "boards"
"""Of the operator's own files, in the data folder."""

log = logging.getLogger(__name__)


def declared(file: Path) -> "type[BoardSpider]":
    """The spider of a TOML file. Raises BadBoard, saying what in the file is wrong, and OSError."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadBoard(f"{file.name}: no TOML: {error}") from None
    try:
        return from_table(file.stem, table)
    except BadBoard as error:
        raise BadBoard(f"{file.name}: {error}") from None


def from_table(board_id: str, table: dict[str, Any]) -> "type[BoardSpider]":
    """The spider of a file's content. Raises BadBoard."""
    facts = dict(table)
    name = facts.pop("kind", None)
    source = facts.pop("source", {})
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadBoard(f"kind: {name!r} is none; there are: {', '.join(KINDS)}")
    if not isinstance(source, dict):
        raise BadBoard("source: no table")
    try:
        board = Board.model_validate({"id": board_id, "absence_closes": kind.complete} | facts)
    except ValidationError as error:
        raise BadBoard(first_error(error)) from None
    return kind.declared(board, source)


def own_boards(settings: Settings) -> "dict[str, type[BoardSpider]]":
    """The operator's own boards. A file that declares none is logged and skipped, so that it stops no other."""
    found: dict[str, type[BoardSpider]] = {}
    for file in sorted((settings.data / FOLDER).glob("*.toml")):
        try:
            found[file.stem] = declared(file)
        except (BadBoard, OSError) as error:
            log.warning("%s is no board: %s", file, error)
    return found


@cache
def bare_kinds() -> dict[str, type[KindSpider]]:
    """Each kind as a board of no site, for `gigdex parse KIND FILE`."""
    terms = BoardTerms(attribution="the site", min_interval_s=24 * 3600, off="a kind of site, not a site")
    boards = {name: Board(id=name, name=name, homepage="https://example.org", terms=terms) for name in KINDS}
    kinds = KINDS | {JsonSpider.kind: GuessedSpider}
    return {name: kind.declared(boards[name], kind.example) for name, kind in kinds.items() if kind.reads}
