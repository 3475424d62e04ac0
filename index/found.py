"""Where a query's words stand in a text, so that a reader sees why it was found.

The same words and stems that the search compares (index/compile.py); only their places are new.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from index import grammar, tokens

CHUNK = re.compile(rf"[{tokens.UNSPACED}]|[^\s{tokens.UNSPACED}]+")
"""What is analyzed by itself: an offset in the text is lost within it. Chinese and its like count by characters."""
BEFORE, AFTER = re.compile(r"[^\w.]*"), re.compile(r"[^\w+#]*$")
"""What around a word is no part of it; C++, C# and .NET keep their signs."""


@dataclass(frozen=True)
class Wanted:
    """The words that a query requires."""

    exact: frozenset[tuple[str, ...]] = frozenset()
    """Token sequences that are found as written, folded."""
    loose: tuple[tuple[str, ...], ...] = ()
    """Token sequences that are found by their stems as well."""

    @classmethod
    def of(cls, q: str) -> "Wanted":
        """Of a query; its excluded words aren't there to be found."""
        asked = [words for alternatives in grammar.parse(q).required for words in alternatives]
        return cls(
            frozenset(tuple(map(tokens.fold, words.tokens)) for words in asked),
            tuple(words.tokens for words in asked if not words.exact),
        )

    def spans(self, text: str, language: str | None) -> list[tuple[int, int]]:
        """(start, end) of each place in the text, in order, none inside another."""
        if not self.exact:
            return []
        stemmer = tokens.stem_language(language)
        words: list[tuple[str, str]] = []
        chunks: list[re.Match[str]] = []
        for chunk in CHUNK.finditer(text):
            its = _words(chunk[0], stemmer)
            words += its
            chunks += [chunk] * len(its)
        hits = [hit for sequence in self.exact for hit in _runs([written for written, _ in words], sequence)]
        hits += [hit for sequence in self._stemmed(stemmer) for hit in _runs([stem for _, stem in words], sequence)]
        return _apart((_trimmed(chunks[first])[0], _trimmed(chunks[last])[1]) for first, last in hits)

    def _stemmed(self, stemmer: str) -> set[tuple[str, ...]]:
        variants = ([tokens.query_stems(word, stemmer) for word in sequence] for sequence in self.loose)
        return {way for its in variants for way in product(*({stems[0], stems[-1]} for stems in its))}


@lru_cache(maxsize=50_000)
def _words(chunk: str, stemmer: str) -> tuple[tuple[str, str], ...]:
    """Each word of the chunk as written, folded, and by its stem."""
    return tuple((tokens.fold(word), tokens.query_stems(word, stemmer)[0]) for word in tokens.words(chunk))


def _trimmed(chunk: re.Match[str]) -> tuple[int, int]:
    """The chunk's place without the quotes, brackets and commas around it."""
    before, after = BEFORE.match(chunk[0]), AFTER.search(chunk[0])
    start, end = (before.end() if before else 0), (after.start() if after else len(chunk[0]))
    return (chunk.start() + start, chunk.start() + end) if start < end else chunk.span()


def _runs(words: Sequence[str], sequence: Sequence[str]) -> Iterable[tuple[int, int]]:
    """(first, last) of each run of words that is the sequence."""
    for first in range(len(words) - len(sequence) + 1):
        if words[first] == sequence[0] and tuple(words[first : first + len(sequence)]) == tuple(sequence):
            yield first, first + len(sequence) - 1


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


NOTHING = Wanted()
