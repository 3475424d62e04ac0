"""A few documents in memory that many thousand questions are asked of: which of them fit a clause.

A set of documents is a whole number whose bits are their positions, so that a clause costs some operations on numbers
of a thousand bits, and nothing has to be made ready for a question that is asked once. What a clause means is said in
index/engine/base.py; tests compare this with what the engines find.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from index.engine.base import And, Clause, Document, Everything, Not, Nothing, Or, Phrase, Range, Term


class Batch:
    def __init__(self, documents: Sequence[Document]) -> None:
        self.all = (1 << len(documents)) - 1
        self._values: dict[str, dict[str, int]] = {}
        """Field -> value or token -> the documents that have it."""
        self._texts: dict[str, list[str]] = {}
        """Token field -> its text in each document, with a space at either end."""
        self._numbers: dict[str, _Numbers] = {}
        fields = {name for one in documents for name in one.numbers}
        for position, document in enumerate(documents):
            bit = 1 << position
            for name, values in document.keywords.items():
                _add(self._values.setdefault(name, {}), values, bit)
            for name, text in document.tokens.items():
                _add(self._values.setdefault(name, {}), set(text.split(" ")), bit)
                self._texts.setdefault(name, [""] * len(documents))[position] = f" {text} "
        for name in fields:
            its = [(one.numbers[name], 1 << n) for n, one in enumerate(documents) if name in one.numbers]
            self._numbers[name] = _Numbers(its)

    def having(self, field: str, values: Iterable[str]) -> int:
        """The documents whose field has one of the values."""
        known = self._values.get(field)
        found = 0
        if known is not None:
            for value in values:
                found |= known.get(value, 0)
        return found

    def fitting(self, clause: Clause) -> int:
        """The documents that fit."""
        match clause:
            case Term(field, values):
                return self.having(field, values)
            case And(clauses):
                found = self.all
                for part in clauses:
                    found &= self.fitting(part)
                    if not found:
                        break
                return found
            case Or(clauses):
                found = 0
                for part in clauses:
                    found |= self.fitting(part)
                return found
            case Not(part):
                return self.all & ~self.fitting(part)
            case Phrase(field, words):
                return self._phrase(field, words)
            case Range(field, low, high):
                numbers = self._numbers.get(field)
                return 0 if numbers is None else numbers.within(low, high)
            case Everything():
                return self.all
            case Nothing():
                return 0

    def _phrase(self, field: str, words: tuple[str, ...]) -> int:
        found = self.all
        for word in words:
            found &= self.having(field, (word,))
        wanted = f" {' '.join(words)} "
        for position in positions(found):
            if wanted not in self._texts[field][position]:
                found &= ~(1 << position)
        return found


class _Numbers:
    """The documents by a number that they have."""

    def __init__(self, pairs: Sequence[tuple[int, int]]) -> None:
        ordered = sorted(pairs)
        self._sorted = [number for number, _ in ordered]
        self._below = [0]
        for _, bit in ordered:
            self._below.append(self._below[-1] | bit)

    def within(self, low: int | None, high: int | None) -> int:
        first = 0 if low is None else bisect_left(self._sorted, low)
        last = len(self._sorted) if high is None else bisect_right(self._sorted, high)
        return self._below[last] & ~self._below[first] if last > first else 0


def positions(found: int) -> list[int]:
    """Of the documents in a set, in their order."""
    positions = []
    while found:
        lowest = found & -found
        positions.append(lowest.bit_length() - 1)
        found ^= lowest
    return positions


def _add(known: dict[str, int], values: Iterable[str], bit: int) -> None:
    for value in values:
        known[value] = known.get(value, 0) | bit
