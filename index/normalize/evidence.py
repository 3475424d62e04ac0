"""Where an inferred field comes from: quotes with exact offsets in the gig's own plain text."""

from dataclasses import dataclass, field
from typing import Literal

from index.gig import Evidence


def lower(text: str) -> str:
    """Lower case of the same length, so that offsets found in it cut the original.

    Only U+0130 (İ) grows when lowered, which is why it alone is replaced first.
    """
    return text.replace("\u0130", "i").lower()


@dataclass(frozen=True, slots=True)
class Passage:
    """One plain text of a gig: its title or its description. Rules read `low`, quotes are cut from `text`."""

    source: Literal["title", "description"]
    text: str
    low: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", lower(self.text))

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
