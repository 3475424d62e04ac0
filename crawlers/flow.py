"""What a run's pages bring: handed on bit by bit, with an eye on pages that repeat or bring nothing."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.kept import ReadPage, validators
from crawlers.page import Page
from crawlers.tally import Tally

MOST_ASKED = 100
"""Requests of a spider that wait for an answer. A sitemap's further pages are made into requests only as earlier ones
are answered: a hundred thousand of them would take some 300 MB."""
HEAD = 50_000
"""Characters of a page in which a challenge is looked for."""
LOGIN = re.compile(r"""<input[^>]{0,300}\btype\s*=\s*["']?password""", re.IGNORECASE)
CHALLENGE = re.compile(
    r"just a moment|checking your browser|cf-chl|captcha|verify (that )?you are (a )?human|are you a robot"
    r"|unusual traffic|enable javascript and cookies",
    re.IGNORECASE,
)


class Flow:
    """The requests of one run, and the pages that have more to bring than was handed on."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.paged: set[str] = set()
        """Ids of the postings on pages that led to further pages."""
        self._outstanding = 0
        self._waiting: list[Iterator[Any]] = []

    def asked(self) -> None:
        self._outstanding += 1

    def dropped(self, request: Request) -> None:
        """Scrapy's signal: it was asked before."""
        self._outstanding -= 1

    def on(self, results: Iterator[Any]) -> Iterator[Any]:
        """A request was answered: what that brought, and more of what earlier pages have still to bring. The newest
        page goes first, so that few of them wait."""
        self._outstanding -= 1
        self._waiting.append(results)
        while self._waiting and self._outstanding < MOST_ASKED:
            newest = self._waiting[-1]
            try:
                result = next(newest)
            except StopIteration:
                self._waiting.remove(newest)
            else:
                yield result

    @property
    def is_over(self) -> bool:
        """Whether every page has brought all it has."""
        return not self._waiting


class Reading:
    """One page being read."""

    def __init__(self, tally: Tally, flow: Flow, page: Page) -> None:
        self.tally = tally
        self.flow = flow
        self.page = page
        self.ids: list[str] = []
        self.leads_on = False
        self._troubles = tally.troubles

    def of(self, results: Iterable[Any]) -> Iterator[Any]:
        """What the page brings, up to the point where it turns out to repeat earlier ones."""
        for result in results:
            if isinstance(result, Request):
                if not self.leads_on and self._repeats():
                    self.flow.dropped(result)
                    return
                self.leads_on = True
            elif result.get("title"):  # others are no postings, whatever else they have
                self.ids.append(str(result["external_id"]))
            yield result
        if not self.ids and not self.leads_on and (what := challenge(self.page)):
            self.tally.count("challenge_pages")
            self.tally.problem(f"{self.page.name}: {what} instead of postings")

    def _repeats(self) -> bool:
        """Whether a page that leads to another shows only what pages before it showed: its board pays no heed to the
        address, or goes round in circles."""
        if self.ids and self.flow.paged.issuperset(self.ids):
            self.tally.problem(f"{self.page.name}: repeats earlier pages, so no further ones were asked for")
            return True
        self.flow.paged.update(self.ids)
        return False

    def to_keep(self, response: Response) -> Iterator[ReadPage]:
        """The page as it is kept for the next run, which then need not read it again if it hasn't changed. Only a page
        that brought postings without any trouble and leads nowhere: what others lead to has to be followed anyway."""
        if self.ids and not self.leads_on and self.tally.troubles == self._troubles:
            yield from validators(response, list(dict.fromkeys(self.ids)))


def challenge(page: Page) -> str | None:
    """What a page without postings is, when it is there to keep programs out."""
    text = page.text[:HEAD]
    if "<" not in text[:2_000]:
        return None
    if LOGIN.search(text):
        return "a login page"
    return "a challenge page" if CHALLENGE.search(text) else None
