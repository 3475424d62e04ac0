"""Whether a gig fits a query, without an engine: the same clauses over the same document (the change stream asks)."""

from dataclasses import replace
from datetime import datetime

from index.batch import Batch
from index.compile import compile_query
from index.document import document
from index.engine.base import Clause
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
        found = document(gig, 0, (self._channel,))
        if self._near is not None:
            is_here = bool(Cells(found.keywords["cell"]).within(*self._near, self._query.radius_km))
            found = replace(found, keywords={**found.keywords, "cell": (_HERE,) if is_here else ()})
        return bool(Batch([found]).fitting(self._clause(gig.language)))

    def _clause(self, language: str | None) -> Clause:
        if language not in self._clauses:
            languages = [] if language is None else [language]
            circle = None if self._near is None else (_HERE,)
            compiled = compile_query(self._query, self._channel, self._now, circle, languages, usd_rate)
            self._clauses[language] = compiled.where
        return self._clauses[language]


_HERE = "here"
"""Stands for the cells of the circle around `near`, which need not be listed to look at one gig."""
