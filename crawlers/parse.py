"""Read a saved response of a board or of a kind: no network, no store, no clock."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crawlers.bases.sitemap_jobposting import sitemap_of
from crawlers.bases.spider import BoardSpider
from crawlers.board import boards
from crawlers.declared import FOLDER, bare_kinds, declared
from crawlers.kinds import ALIASES
from crawlers.page import Page
from crawlers.row import BadPage, BadRow
from crawlers.tally import Tally
from index.posting import BadPosting, Posting, read_posting

SITEMAPS = "sitemaps"
"""The kind of files that list addresses and hold no postings."""


class UnknownBoard(LookupError):
    """No board or kind has this name; the message lists those that are."""


@cache
def readers() -> dict[str, type[BoardSpider]]:
    """What reads saved files, by name: every board and every generic kind."""
    return bare_kinds() | {name: spider for name, spider in boards().items() if getattr(spider, "reads", True)}


def kinds() -> list[str]:
    """Names that `parse_file` takes."""
    return sorted([*readers(), *ALIASES, SITEMAPS])


def reader(name: str, data: Path | None = None) -> type[BoardSpider] | None:
    """The reader of this name; None for sitemaps. A name that ends in .toml is a file that declares a board; an
    operator's own board is looked up in the data folder, where that is given.

    Raises UnknownBoard; BadBoard and OSError when a named file declares none.
    """
    own = data / FOLDER / f"{name}.toml" if data is not None and Path(name).name == name else None
    if name == SITEMAPS:
        return None
    if name.endswith(".toml"):
        return declared(Path(name))
    known = readers()
    if (found := known.get(ALIASES.get(name, name))) is not None:
        return found
    if own is not None and own.is_file():
        return declared(own)
    raise UnknownBoard(f"no board named {name!r}; there are: {', '.join(kinds())}")


def parse_file(
    board_or_kind: str, data: bytes, name: str, url: str | None = None, tally: Tally | None = None
) -> Iterator[Posting | BadRow]:
    """Every row of a saved response, in order: a Posting, or a BadRow that says why there is none.

    `name` is the file's name, for messages and for the names of rows without a link; `url` is the link such rows
    get instead. `tally`, where given, counts what was found, unknown fields included. Rows are read whether they
    offer work or not and whether they are open or not (`extra.kind`, `extra.status`). A sitemap yields nothing.

    Raises UnknownBoard at once; nothing else, whatever the bytes are.
    """
    return read_file(reader(board_or_kind), data, name, url, tally)


def read_file(
    spider: type[BoardSpider] | None, data: bytes, name: str, url: str | None = None, tally: Tally | None = None
) -> Iterator[Posting | BadRow]:
    """As `parse_file`, by a reader that was looked up before."""
    page = Page(data, name, url=url, link=url)
    return _read_sitemap(page) if spider is None else _read_rows(spider, page, tally or Tally())


def _read_rows(spider: type[BoardSpider], page: Page, tally: Tally) -> Iterator[Posting | BadRow]:
    number = 0
    for number, result in enumerate(spider.read_page(page, tally), 1):
        if isinstance(result, BadRow):
            yield result
            continue
        try:
            posting, problems = read_posting(result)
        except BadPosting as error:
            yield BadRow(number, str(error))
            continue
        for problem in problems:
            tally.count(f"bad_field:{problem.split(':')[0]}")
        yield posting


def _read_sitemap(page: Page) -> Iterator[Posting | BadRow]:
    try:
        sitemap = sitemap_of(page)
    except BadPage as error:
        yield BadRow(0, str(error))
        return
    if sitemap is None:
        yield BadRow(0, "not a sitemap: neither <urlset> nor <sitemapindex>")
    elif sitemap.damage:
        yield BadRow(0, sitemap.damage)


__all__ = ["SITEMAPS", "BadRow", "UnknownBoard", "kinds", "parse_file", "read_file", "reader"]
