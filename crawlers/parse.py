"""Read a saved response of a board: no network, no store, no clock."""

from collections.abc import Iterator

from crawlers.bases.sitemap_jobposting import SitemapJobPostingSpider, sitemap_of
from crawlers.bases.spider import BoardSpider
from crawlers.board import boards
from crawlers.page import Page
from crawlers.row import BadPage, BadRow
from crawlers.tally import Tally
from index.posting import BadPosting, Posting, read_posting

SITEMAPS = "sitemaps"
"""The kind of files that list addresses and hold no postings."""


class UnknownBoard(LookupError):
    """No board or kind has this name; the message lists those that are."""


def kinds() -> list[str]:
    """Names that `parse_file` takes: every board and generic kind."""
    return sorted([*boards(), SITEMAPS])


def parse_file(
    board_or_kind: str, data: bytes, name: str, url: str | None = None, tally: Tally | None = None
) -> Iterator[Posting | BadRow]:
    """Every row of a saved response, in order: a Posting, or a BadRow that says why there is none.

    `name` is the file's name, for messages and for the names of rows without a link; `url` is the link such rows
    get instead. `tally`, where given, counts what was found, unknown fields included. Rows are read whether they
    offer work or not and whether they are open or not (`extra.status`). A sitemap yields nothing.

    Raises UnknownBoard at once; nothing else, whatever the bytes are.
    """
    known = boards()
    if board_or_kind != SITEMAPS and board_or_kind not in known:
        raise UnknownBoard(f"no board named {board_or_kind!r}; there are: {', '.join(kinds())}")
    page = Page(data, name, url=url, link=url)
    tally = tally or Tally()
    if board_or_kind == SITEMAPS:
        return _read_sitemap(page)
    return _read_rows(known[board_or_kind], page, tally)


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


__all__ = ["SITEMAPS", "BadRow", "SitemapJobPostingSpider", "UnknownBoard", "kinds", "parse_file"]
