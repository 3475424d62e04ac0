"""Where an inferred field comes from: quotes with exact offsets in the gig's own plain text."""

import re
import sys
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from index.gig import Evidence
from index.normalize.cue import Cue, Places, possible


def lower(text: str) -> str:
    """Lower case of the same length, so that offsets found in it cut the original.

    Only U+0130 (İ) grows when lowered, which is why it alone is replaced first.
    """
    return text.replace("\u0130", "i").lower()


class Passage:
    """One plain text of a gig: its title or its description. Rules read `low`, quotes are cut from `text`."""

    def __init__(self, source: Literal["title", "description"], text: str) -> None:
        self.source = source
        self.text = text
        self.low = lower(text)

    @cached_property
    def found(self) -> Places:
        """The cues that are worth trying, with the places where they are."""
        return possible(self.low)

    def search(self, cue: Cue, until: int = sys.maxsize) -> re.Match[str] | None:
        """The first match of a cue in the first `until` characters."""
        places = self.found.get(cue)
        return next(cue.matches(self.low, places, until), None) if places is not None else None

    def finditer(self, cue: Cue, until: int = sys.maxsize) -> Iterable[re.Match[str]]:
        """All matches of a cue in the first `until` characters, in order."""
        places = self.found.get(cue)
        return cue.matches(self.low, places, until) if places is not None else ()

    def cite(self, start: int, end: int) -> Evidence:
        """The words at start:end, as evidence."""
        return Evidence(source=self.source, text=self.text[start:end], start=start, end=end)


def by_board(name: str) -> Evidence:
    """Evidence that a field of the posting says so, e.g. "pay.text"."""
    return Evidence(source="board", text=name)


def clause_before(low: str, at: int, reach: int) -> str:
    """What stands before `at` in the same sentence, at most `reach` characters."""
    window = low[max(0, at - reach) : at]
    for mark in ("\n", ". ", "! ", "? ", "; "):
        cut = window.rfind(mark)
        if cut >= 0:
            window = window[cut + len(mark) :]
    return window


def clause_after(low: str, at: int, reach: int) -> str:
    """What follows `at` in the same sentence, at most `reach` characters."""
    window = low[at : at + reach]
    for mark in ("\n", ". ", "! ", "? ", "; "):
        cut = window.find(mark)
        if cut >= 0:
            window = window[:cut]
    return window
