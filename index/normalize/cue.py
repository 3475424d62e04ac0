"""Patterns that are tried only where they can match.

A posting passes some ninety patterns of a thousand branches; searching for all of them takes two milliseconds, and most
have nothing to find. So the literals of all patterns (literals.py) are looked for at once, by an Aho-Corasick automaton
in one pass of linear time, and each pattern is tried only at the places from which it can reach a literal of its own.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property

from ahocorasick_rs import AhoCorasick

from index.normalize.literals import read_pattern


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


class Cue:
    """A pattern for lower-case text, with bounded repetitions only, so that its time is linear."""

    def __init__(self, pattern: str) -> None:
        self.source = pattern
        self.reading = read_pattern(pattern)
        if not (self.reading.literals or self.reading.anchored):
            raise ValueError(f"no literal text in {pattern[:60]!r}, so that it would be tried everywhere")
        _cues.append(self)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern; compiled when it is first tried, because few ever are in one process."""
        return re.compile(self.source)

    def search(self, low: str) -> re.Match[str] | None:
        """The first match in a short text; in a passage, Passage.search is faster."""
        return self.pattern.search(low)

    def matches(self, low: str, places: Sequence[int], until: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """The matches among those that begin at one of these places, in order, none inside another.

        With the places that `possible` gives, these are all that a plain search of `low[:until]` finds.
        """
        match = self.pattern.match
        end = 0
        for place in sorted(set(places)) if len(places) > 1 else places:
            if place >= end and (found := match(low, place, until)) is not None:
                yield found
                end = max(found.end(), place + 1)


Places = dict[Cue, list[int]]
"""Where a match of each cue can begin; one that isn't listed has none."""

_EDGE = re.compile(r"\b")
_cues: list[Cue] = []
_automaton: tuple[int, AhoCorasick, list[list[tuple[Cue, int, int]]], list[Cue]] | None = None


def _index() -> tuple[int, AhoCorasick, list[list[tuple[Cue, int, int]]], list[Cue]]:
    """The automaton of all cues' literals, and what each of them is a sign of; made anew when there are more cues."""
    global _automaton
    if _automaton is None or _automaton[0] != len(_cues):
        cues = list(_cues)
        signs: dict[str, list[tuple[Cue, int, int]]] = {}
        for cue in cues:
            for text, near, far in cue.reading.literals:
                signs.setdefault(text, []).append((cue, near, far))
        anchored = [cue for cue in cues if cue.reading.anchored]
        _automaton = len(cues), AhoCorasick(signs), list(signs.values()), anchored
    return _automaton


def possible(low: str) -> Places:
    """Where matches of cues can begin in a lower-case text."""
    _, automaton, signs, anchored = _index()
    places: Places = {cue: [0] for cue in anchored}
    for number, start, _ in automaton.find_matches_as_indexes(low, overlapping=True):
        for cue, near, far in signs[number]:
            if cue not in places:
                places[cue] = []
            if near == far:
                if start >= far:
                    places[cue].append(start - far)
            elif cue.reading.bounded:
                places[cue] += [edge.start() for edge in _EDGE.finditer(low, max(0, start - far), start - near + 1)]
            else:
                places[cue] += range(max(0, start - far), start - near + 1)
    return places
