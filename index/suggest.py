"""Suggestions while typing, and "did you mean", from the words of the index.

The engine proposes words of titles; what is suggested is counted on the asker's channel first. So nothing is suggested
that finds nothing there, and no word of a gig that the channel may not see is ever given away.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, product

from index import tokens
from index.normalize.cue import words as listed
from index.query import SearchQuery
from index.search import Search

LEAST = 2
"""Letters of a word from which it is completed."""
COUNTED = 16
"""Completions that are counted, of which the MOST frequent are suggested."""
MOST = 8
NEIGHBOURS = 4_000
"""Words of a first letter that a misspelt word is compared with."""
TRIES = 8
"""Corrected queries that are counted."""
FILLERS = listed("a an and are at by for from in is it of on or our per the to we with you your")
"""Words that make no difference between gigs."""

_LAST_WORD = re.compile(r'[^\s",]+$')
_WORD = re.compile(r'(?P<before>(?:^|[\s",]))(?P<word>[^\s",-][^\s",]*)')


@dataclass(frozen=True, slots=True)
class Suggestion:
    q: str
    """What to search for instead of what was typed."""
    gigs: int
    """How many it finds."""


def complete(search: Search, typed: str, channel: str, now: datetime) -> list[Suggestion]:
    """What is being typed with its last word completed, most gigs first; at most MOST. Raises EngineError."""
    last = _LAST_WORD.search(typed)
    begun = [tokens.fold(word) for word in tokens.words(last[0])][-1:] if last else []
    if not begun or len(begun[0]) < LEAST or typed.endswith((".", "-")):
        return []
    by_stem: dict[tuple[str, ...], str] = {}
    for word in search.title_words(begun[0], 4 * COUNTED):
        if len(word) > len(begun[0]) and word not in FILLERS:
            by_stem.setdefault(tokens.query_stems(word, tokens.FALLBACK), word)
    # What was typed stays as it was typed, with its accents and capitals.
    texts = [typed + word[len(begun[0]) :] for word in islice(by_stem.values(), COUNTED)]
    found = search.totals([SearchQuery(q=text) for text in texts], channel, now)
    ranked = sorted(zip(found, texts, strict=True), key=lambda pair: -pair[0])
    return [Suggestion(text, gigs) for gigs, text in ranked[:MOST] if gigs]


def correct(search: Search, query: SearchQuery, channel: str, now: datetime) -> Suggestion | None:
    """A query that finds something, for one that finds nothing: words that no gig of the channel has are replaced by
    the likeliest of those that titles have. None where that doesn't help. Raises as Search.search does."""
    words = [
        (match.span("word"), found[0])
        for match in _WORD.finditer(query.q)
        for found in (tokens.words(match["word"]),)
        if len(found) == 1 and match["word"] != "OR"
    ][:TRIES]
    anywhere = [SearchQuery(q=word, risk=["all"], status=["open", "closed"]) for _, word in words]
    known = search.totals(anywhere, channel, now)
    unknown = [place for place, total in zip(words, known, strict=True) if not total]
    choices = [(span, alternatives) for span, word in unknown if (alternatives := neighbours(search, word))]
    texts = [
        _replaced(query.q, [span for span, _ in choices], chosen)
        for chosen in islice(product(*(alternatives for _, alternatives in choices)), TRIES)
        if chosen
    ]
    asked = [query.model_copy(update={"q": text, "cursor": None}) for text in texts]
    totals = search.totals(asked, channel, now)
    return next((Suggestion(text, total) for text, total in zip(texts, totals, strict=True) if total), None)


def neighbours(search: Search, word: str, most: int = 3) -> list[str]:
    """Words of titles that differ from `word` by a slip or two of the finger, likeliest first."""
    wanted = tokens.fold(word)
    if len(wanted) < 3:
        return []
    slips = 1 if len(wanted) < 6 else 2
    # The first letter may be the wrong one: it may be missing, or swapped with the second.
    near: dict[str, tuple[int, int]] = {}
    for first in dict.fromkeys(wanted[:2]):
        for other, gigs in search.title_words(first, NEIGHBOURS).items():
            if abs(len(other) - len(wanted)) <= slips and (apart := distance(wanted, other, slips)) <= slips:
                near[other] = (apart, -gigs)
    return sorted(near, key=lambda other: (near[other], other))[:most]


def distance(a: str, b: str, most: int) -> int:
    """Letters to insert, drop, replace, or swap with their neighbour to make `b` of `a` (optimal string alignment);
    any number above `most` where it is more than that."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        new = [i]
        for j, other in enumerate(b, start=1):
            cost = min(row[j] + 1, new[-1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        before, row = row, new
        if min(row) > most:
            return most + 1
    return row[-1]


def _replaced(text: str, spans: list[tuple[int, int]], words: tuple[str, ...]) -> str:
    for (start, end), word in reversed(list(zip(spans, words, strict=True))):
        text = text[:start] + word + text[end:]
    return text
