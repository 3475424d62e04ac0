"""The query grammar of `q`: words (all must match), "a phrase", -without, a OR b.

OR binds tighter than the implied AND, stands in capitals between two words or phrases, and joins as many as follow:
`dog OR cat walking` asks for (dog or cat) and walking. Whatever else stands in a query is text: nothing is an error,
nothing names a field, and what holds no letter or digit is ignored.
"""

import re
from dataclasses import dataclass

from index import tokens

MAX_WORDS = 64
"""Tokens of a query that count; the rest is ignored."""

QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
"""Typing aids and phones turn straight quotes into these."""
ITEM = re.compile(r'(?P<minus>-+)?"(?P<phrase>[^"]*)"|(?P<text>(?:[^\s",\0]|,(?=\d))+)')


@dataclass(frozen=True, slots=True)
class Words:
    """One item of a query: its tokens one after another (`full-time` has two)."""

    tokens: tuple[str, ...]
    """As index.tokens.words() gives them, at least one."""
    exact: bool
    """A quoted phrase, which matches as written; other words match by their stem too."""


@dataclass(frozen=True, slots=True)
class Parsed:
    required: tuple[tuple[Words, ...], ...] = ()
    """All must match, each by one or more of its alternatives."""
    excluded: tuple[Words, ...] = ()
    """None may match."""


def parse(q: str) -> Parsed:
    """Read a query; any text will do."""
    items = _items(q)
    required: list[tuple[Words, ...]] = []
    excluded: list[Words] = []
    joining = False
    for position, (words, minus, is_or) in enumerate(items):
        after = items[position + 1] if position + 1 < len(items) else None
        before = items[position - 1] if position else None
        if is_or and not joining and before and not before[1] and after and not after[1]:
            joining = True
        elif minus:
            excluded.append(words)
        elif joining:
            required[-1] += (words,)
            joining = False
        else:
            required.append((words,))
    return Parsed(tuple(required), tuple(excluded))


def _items(q: str) -> list[tuple[Words, bool, bool]]:
    """(words, excluded?, the word OR in capitals?) for each item that holds a token, up to MAX_WORDS tokens."""
    items: list[tuple[Words, bool, bool]] = []
    left = MAX_WORDS
    for match in ITEM.finditer(q.translate(QUOTES)):
        phrase, text = match["phrase"], match["text"]
        found = tuple(tokens.words(phrase if text is None else text)[:left])
        if not found:
            continue
        left -= len(found)
        minus = bool(match["minus"]) if text is None else text.startswith("-")
        items.append((Words(found, exact=text is None), minus, text == "OR"))
        if not left:
            if items[-1][2]:
                items.pop()  # it joined what is cut off
            break
    return items
