"""Counts that were asked before, kept while the index stays the same."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from index.engine.base import And, Clause, Count, Counted, Not, Or, Phrase, Term

KEEP = 2_000_000
"""Characters of the questions that are kept, some 40 MB with all around them. A filter's own facet is often the same
for many questions that differ in that filter only."""
LONGEST = 20_000
"""Characters of a question that is kept at most: the cells of a large circle are longer, and seldom the same."""


class CountCache:
    """Counts of one generation of the index; the least recently used go first. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = -1
        self._kept: OrderedDict[Count, tuple[Counted, int]] = OrderedDict()
        self._size = 0

    def get(self, generation: int, counts: Sequence[Count]) -> dict[Count, Counted]:
        """Those that are known."""
        found = {}
        with self._lock:
            if generation != self._generation:
                return {}
            for count in counts:
                if count in self._kept:
                    self._kept.move_to_end(count)
                    found[count] = self._kept[count][0]
        return found

    def put(self, generation: int, counted: Mapping[Count, Counted]) -> None:
        """Keep what was counted; a newer generation drops all older counts."""
        sizes = {count: _size(count.clause) for count in counted}
        with self._lock:
            if generation < self._generation:
                return
            if generation > self._generation:
                self._kept.clear()
                self._size, self._generation = 0, generation
            for count, size in sizes.items():
                if size <= LONGEST and count not in self._kept:
                    self._kept[count] = counted[count], size
                    self._size += size
            while self._size > KEEP:
                _, (_, size) = self._kept.popitem(last=False)
                self._size -= size


def _size(clause: Clause) -> int:
    """Roughly its characters."""
    match clause:
        case Term(field, values) | Phrase(field, values):
            return len(field) + sum(map(len, values)) + 50 * len(values)
        case And(clauses) | Or(clauses):
            return 50 + sum(map(_size, clauses))
        case Not(inner):
            return 50 + _size(inner)
        case _:
            return 50
