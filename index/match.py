"""Whether a gig fits a query, without an engine: the same clauses over the same document (the change stream asks)."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cached_property

from index.compile import compile_query
from index.document import document
from index.engine.base import And, Clause, Document, Everything, Not, Nothing, Or, Phrase, Range, Term
from index.geo import Cells
from index.gig import Gig
from index.query import SearchQuery
from index.search import locate, minute, usd_rate


class Matcher:
    """One query on one channel at one moment. Raises BadQuery when it can't be used.

    Words are looked for by the stems of the gig's own language; a search tries those of all languages of its index,
    which change with what else is in it.
    """

    def __init__(self, query: SearchQuery, channel: str, now: datetime) -> None:
        self._query = query
        self._channel = channel
        self._now = minute(now)
        self._near = None if query.near is None else locate(query.near).point
        self._clauses: dict[str | None, Clause] = {}
        self._clause(None)

    def matches(self, gig: Gig) -> bool:
        """Whether the gig, as the channel sees it, is among what the query finds. The gig has a seq."""
        if not self._query.q.strip():  # then no clause looks at words, and finding them is most of the work
            gig = gig.model_copy(update={"title": "", "description": "", "organization": None})
        return _holds(self._clause(gig.language), _Fields(document(gig, 0, (self._channel,))), self._here)

    def _clause(self, language: str | None) -> Clause:
        if language not in self._clauses:
            languages = [] if language is None else [language]
            circle = None if self._near is None else (_HERE,)
            compiled = compile_query(self._query, self._channel, self._now, circle, languages, usd_rate)
            self._clauses[language] = compiled.where
        return self._clauses[language]

    def _here(self, cells: Collection[str]) -> bool:
        return self._near is None or bool(Cells(cells).within(*self._near, self._query.radius_km))


_HERE = "here"
"""Stands for the cells of the circle around `near`, which need not be listed to look at one gig."""


class _Fields:
    """A document's fields, tokens parted once."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def tokens(self) -> dict[str, list[str]]:
        return {name: text.split(" ") for name, text in self.document.tokens.items()}

    def values(self, field: str) -> Collection[str]:
        keywords = self.document.keywords.get(field)
        return self.tokens[field] if keywords is None else keywords


def _holds(clause: Clause, its: _Fields, here: Callable[[Collection[str]], bool]) -> bool:
    match clause:
        case Everything():
            return True
        case Nothing():
            return False
        case Term("cell", values) if values == (_HERE,):
            return here(its.values("cell"))
        case Term(field, values):
            return not set(values).isdisjoint(its.values(field))
        case Phrase(field, wanted):
            found = its.tokens[field]
            starts = range(len(found) - len(wanted) + 1)
            return any(tuple(found[start : start + len(wanted)]) == wanted for start in starts)
        case Range(field, low, high):
            number = its.document.numbers.get(field)
            return number is not None and (low is None or number >= low) and (high is None or number <= high)
        case And(clauses):
            return all(_holds(one, its, here) for one in clauses)
        case Or(clauses):
            return any(_holds(one, its, here) for one in clauses)
        case Not(inner):
            return not _holds(inner, its, here)
