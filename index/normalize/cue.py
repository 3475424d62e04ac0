"""Patterns that are tried only where they can match.

A pattern of many branches costs some 30 microseconds on a common description, a search for a plain string a
hundredth of one; a posting passes some sixty patterns, and most have nothing to find.
"""

import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

_LEAST = 2
"""Letters of the shortest hint that is worth looking for."""
_MOST = 80
"""Hints up to which looking for them is cheaper than trying the pattern."""


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


_COMMON = words(
    "a an and any are as at be can do for from have home i in is it like make me my need no not of on or our out own "
    "send that the this time to use we will with work you your"
)


class Cue:
    """A compiled pattern with hints, drawn from it: every text that it matches holds one of them.

    Patterns are written for lower-case text, with bounded repetitions only, so that their time is linear.
    """

    __slots__ = ("hints", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)
        self.hints = _hints(pattern)

    def may_match(self, low: str) -> bool:
        """False when the text holds no hint, so that the pattern can't match."""
        for hint in self.hints:  # noqa: SIM110 - twice as fast as any() with a generator, and called 90 times a posting
            if hint in low:
                return True
        return False

    def search(self, low: str) -> re.Match[str] | None:
        """The first match."""
        return self.pattern.search(low) if self.may_match(low) else None

    def finditer(self, low: str) -> Iterator[re.Match[str]]:
        """All matches."""
        return self.pattern.finditer(low) if self.may_match(low) else iter(())


def _hints(pattern: str) -> tuple[str, ...]:
    """Strings one of which every match holds; the empty string, which every text holds, when none are found.

    Read from the parse tree of Python's own compiler. It is no public interface: without it cues are slower, not wrong.
    """
    try:
        found = _required(importlib.import_module("re._parser").parse(pattern))
    except (ImportError, AttributeError, ValueError, TypeError):
        found = None
    if found is None or min(map(len, found)) < _LEAST:
        return ("",)
    hints = sorted(found, key=len)
    kept: list[str] = []
    for hint in hints:
        if not any(shorter in hint for shorter in kept):
            kept.append(hint)
    return tuple(kept) if len(kept) <= _MOST else ("",)


def _required(sequence: Iterable[Any]) -> frozenset[str] | None:
    """The best set of strings one of which every match of a parsed sequence holds: its commonest string is rarest."""
    sets: list[frozenset[str]] = []
    run = ""
    for operation, argument in sequence:
        name = str(operation)
        if name == "LITERAL":
            run += chr(argument)
            continue
        if name == "AT":  # \b, ^ and $ take no room
            continue
        if run:
            sets.append(frozenset([run]))
            run = ""
        found: frozenset[str] | None = None
        if name == "SUBPATTERN":
            found = _required(argument[-1])
        elif name == "BRANCH":
            branches = [_required(branch) for branch in argument[1]]
            if all(branch is not None for branch in branches):
                found = frozenset().union(*(branch for branch in branches if branch is not None))
        elif name in {"MAX_REPEAT", "MIN_REPEAT"} and argument[0] >= 1:
            found = _required(argument[2])
        if found:
            sets.append(found)
    if run:
        sets.append(frozenset([run]))
    return max(sets, key=lambda one: (min(map(_rarity, one)), -len(one)), default=None)


def _rarity(hint: str) -> int:
    """How much a hint sifts: a long one is rare, an everyday word stands in every text."""
    return 1 if hint.strip() in _COMMON else min(5, len(hint))
