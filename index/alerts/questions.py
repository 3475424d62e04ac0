"""What saved searches ask, asked of a batch of gigs: the same as search itself, by the same compiled clauses, whatever
the engine."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from pydantic import ValidationError

from index import grammar, search
from index.batch import Batch, positions
from index.compile import compile_where, compile_words, stem_languages
from index.engine.base import Clause, Document, Nothing, Range
from index.geo import Cells
from index.query import BadQuery, SearchQuery

Circle = tuple[float, float, float]
"""Latitude and longitude in degrees, kilometres."""


class Asked(NamedTuple):
    """What several saved searches ask alike."""

    channel: str
    query: str
    """index.alerts.saved.query_json"""


class _Moment:
    """A batch at a moment, with the parts of questions that many of them share answered once."""

    def __init__(self, documents: Sequence[Document], now: datetime) -> None:
        self.now = now.astimezone(UTC).replace(second=0, microsecond=0)  # as index.search counts ages
        self.batch = Batch(documents)
        self._stems = stem_languages({language for one in documents for language in one.keywords["language"]})
        self._cells = Cells({cell for one in documents for cell in one.keywords["cell"]})
        self._words: dict[grammar.Words, int] = {}
        self._circles: dict[Circle, int] = {}
        self._ages: dict[timedelta, int] = {}

    def with_words(self, asked: grammar.Parsed) -> int:
        found = self.batch.all
        for alternatives in asked.required:
            some = 0
            for words in alternatives:
                some |= self._with(words)
            found &= some
        for words in asked.excluded:
            found &= ~self._with(words)
        return found

    def _with(self, words: grammar.Words) -> int:
        found = self._words.get(words)
        if found is None:
            found = self._words[words] = self.batch.fitting(compile_words(words, self._stems))
        return found

    def within(self, circle: Circle) -> int:
        if circle not in self._circles:
            inside = [cell for ring in self._cells.within(*circle) for cell in ring.cells]
            self._circles[circle] = self.batch.having("cell", inside)
        return self._circles[circle]

    def younger(self, age: timedelta) -> int:
        if age not in self._ages:
            self._ages[age] = self.batch.fitting(Range("posted", low=int((self.now - age).timestamp())))
        return self._ages[age]


class _Question:
    """What is asked, made ready as far as it was needed: most have words that a batch doesn't hold, and that is all
    that is ever looked at of them."""

    __slots__ = ("_age", "_asked", "_circle", "_day", "_rest", "_words")

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._words = grammar.parse(json.loads(asked.query).get("q", ""))
        self._rest: Clause | None = None
        """All but words, place and age, which are worked out for a whole batch; None while it wasn't needed."""
        self._day: date | None = None
        """Of the exchange rate in it; None where it has none."""
        self._circle: Circle | None = None
        self._age: timedelta | None = None

    def fitting(self, moment: _Moment) -> int:
        found = moment.with_words(self._words)
        if not found:
            return 0
        if self._rest is None or self._day not in (None, moment.now.date()):
            self._rest = self._compile(moment.now)
        found &= moment.batch.fitting(self._rest)
        if found and self._circle is not None:
            found &= moment.within(self._circle)
        if found and self._age is not None:
            found &= moment.younger(self._age)
        return found

    def _compile(self, now: datetime) -> Clause:
        """Nothing for a question that can't be asked any more, such as one in a currency without a rate."""
        try:
            query = SearchQuery.model_validate_json(self._asked.query)
            self._age = query.within
            self._circle = None if query.near is None else (*search.locate(query.near).point, query.radius_km)
            self._day = None if query.currency == "USD" else now.date()
            rest = query.model_copy(update={"q": "", "posted_within": None})
            return compile_where(rest, self._asked.channel, now, None, (), search.usd_rate)
        except (BadQuery, ValidationError):
            return Nothing()


class Questions:
    """What saved searches ask, kept from batch to batch."""

    def __init__(self) -> None:
        self._known: dict[Asked, _Question] = {}

    def keep(self, asked: Iterable[Asked]) -> None:
        """Forget what nobody asks any more."""
        for gone in self._known.keys() - set(asked):
            del self._known[gone]

    def match(self, documents: Sequence[Document], asked: Iterable[Asked], now: datetime) -> dict[Asked, list[int]]:
        """Positions of the documents that each question finds at the moment `now`; without questions that find none."""
        moment = _Moment(documents, now)
        found: dict[Asked, list[int]] = {}
        for one in asked:
            question = self._known.get(one)
            if question is None:
                question = self._known[one] = _Question(one)
            if fitting := question.fitting(moment):
                found[one] = positions(fitting)
        return found
