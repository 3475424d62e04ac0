"""Literal texts of which one stands in whatever a pattern matches, and how far behind the match's beginning.

Patterns are read with Python's own parser of regular expressions, so that nothing of their notation is misunderstood.
What no literal can be made of (a class such as `\\w`, a long repetition) ends the literal there.
"""

import importlib
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

# Not documented, though as old as `re` and used by other tools: so it is typed as Any here, and covered by tests.
_parser: Any = importlib.import_module("re._parser")

MOST_TEXTS = 100
"""Beginnings of one place of a pattern that are told apart; where more are possible, they are cut shorter."""
LONGEST = 10
"""Letters of a literal; more would hardly sift better."""
MOST_LETTERS = 10
"""Letters of a class that are told apart: [0-9] just is."""
FARTHEST = 110
"""Characters between the beginning of a match and its literal."""
_RARITY = {" ": 6, "e": 10} | {
    letter: rarity
    for letters, rarity in (("taoinsrh", 16), ("dlcumwfgypb", 40), ("vkjxqz", 150), (",.-", 80))
    for letter in letters
}
"""Of how many characters one is this, roughly, in English."""
_RARE_SIGN = 500
_COMMON = frozenset(
    {"a", "an", "and", "any", "are", "as", "at", "be", "can", "do", "for", "from", "get", "have", "in", "is", "it"}
    | {"like", "me", "must", "my", "need", "no", "not", "of", "on", "one", "only", "or", "our", "the", "this", "to"}
    | {"two", "us", "use", "we", "will", "with", "work", "you", "your"}
)
_COMMON_WORD = 100
"""Of how many characters one begins such a word."""
_WORD = 250
"""Of how many characters one begins some other word, times the square of its length: adverts repeat their words, so
that these are less rare than their letters tell."""
_GOOD = 1 / 1_000
"""Cost that is low enough: nothing better is looked for."""


class Literal(NamedTuple):
    """A match with this text begins `near` to `far` characters before it."""

    text: str
    near: int
    far: int


_Node = tuple[Any, Any]
_Texts = dict[str, bool]
"""Beginnings of what some nodes match; True where that is all of it, so that what follows can be added."""

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_WITHOUT_WIDTH = frozenset({"AT", "ASSERT", "ASSERT_NOT"})


class Reading(NamedTuple):
    """What a pattern's text tells before any text is searched."""

    literals: tuple[Literal, ...]
    """Every match has one of them; none when a match may look like anything."""
    anchored: bool
    """It matches at the beginning of a text only."""
    bounded: bool
    """It matches only where a word begins or ends."""
    longest: int
    """Characters of the longest match."""


def read_pattern(pattern: str) -> Reading:
    """What is known of a pattern's matches. Flags are not understood: a pattern with any raises ValueError."""
    nodes = _parser.parse(pattern)
    if nodes.state.flags != re.UNICODE:
        raise ValueError(f"flags in {pattern[:60]!r}")
    first = nodes[0] if len(nodes) else None
    at = first[1].name if first is not None and first[0].name == "AT" else ""
    anchored = at in {"AT_BEGINNING", "AT_BEGINNING_STRING"}
    cost, found = (0.0, []) if anchored else _best(list(nodes))
    return Reading(
        tuple(dict.fromkeys(found)) if cost < 1 else (), anchored, at == "AT_BOUNDARY", int(nodes.getwidth()[1])
    )


def _best(nodes: Sequence[_Node], branches: int = 2) -> tuple[float, list[Literal]]:
    """The cheapest literals of a sequence and their cost: how often they send us to look in vain, roughly.

    Of `branches` alternations, one inside another, each branch may have literals at a place of its own.
    """
    best: tuple[float, list[Literal]] = (float("inf"), [])
    near = far = 0
    before = ""
    for at, node in enumerate(nodes):
        name = node[0].name
        if name in _WITHOUT_WIDTH:
            continue
        if name == before == "LITERAL":
            pass  # the literal that began before has this one too
        elif name == "BRANCH" and branches == 2 and far == 0:
            best = _best_of_branches(node[1][1], nodes[at + 1 :], 1)
        else:
            found = [Literal(text, near, far) for text in _shortest(_beginnings(nodes[at:]))]
            cost = sum(1 / _rarity(literal.text) for literal in found) * (far - near + 1)
            if cost < best[0]:
                best = cost, found
            if name == "BRANCH" and branches and far == 0 and cost > _GOOD:
                best = min(best, _best_of_branches(node[1][1], nodes[at + 1 :], branches - 1))
        if best[0] <= _GOOD:
            break
        least, most = _width(node)
        near, far, before = near + least, far + most, name
        if far > FARTHEST:
            break
    return best


def _best_of_branches(
    parts: Iterable[Iterable[_Node]], after: Sequence[_Node], branches: int
) -> tuple[float, list[Literal]]:
    each = [_best([*part, *after], branches) for part in parts]
    return sum(cost for cost, _ in each), [literal for _, found in each for literal in found]


def _rarity(text: str) -> int:
    """Of how many characters of a text one begins this, roughly."""
    by_letters = math.prod(_RARITY.get(letter, _RARE_SIGN) for letter in text)
    by_words = math.prod(_COMMON_WORD if word in _COMMON else _WORD * len(word) ** 2 for word in text.split())
    return min(by_letters, by_words)


def _width(node: _Node) -> tuple[int, int]:
    if node[0].name in {"LITERAL", "IN"}:
        return 1, 1
    least, most = _parser.SubPattern(_parser.State(), [node]).getwidth()
    return int(least), int(most)


def _shortest(texts: Iterable[str]) -> list[str]:
    """Without those that begin with another: where they stand, it stands too."""
    kept: list[str] = []
    for text in sorted(texts):
        if not kept or not text.startswith(kept[-1]):
            kept.append(text)
    return kept


def _beginnings(nodes: Iterable[_Node]) -> _Texts:
    """With what a match of these nodes begins."""
    texts: _Texts = {"": True}
    run = ""
    for node in nodes:
        name, value = node[0].name, node[1]
        if name == "LITERAL":
            run += chr(value)
            if len(run) >= LONGEST:
                break
        elif name not in _WITHOUT_WIDTH:
            if run:
                texts = _added(texts, {run: True})
                run = ""
            longer = _added(texts, _of_one(name, value)) if True in texts.values() else texts
            if len(longer) > MOST_TEXTS:
                return dict.fromkeys(texts, False)
            texts = longer
            if True not in texts.values():
                break
    return _added(texts, {run: True}) if run else texts


def _added(texts: _Texts, after: _Texts) -> _Texts:
    added: _Texts = {}
    for text, whole in texts.items():
        if not whole:
            added[text] = False  # also where the same text could go on
            continue
        for more, end in after.items():
            both = (text + more)[:LONGEST]
            added[both] = added.get(both, True) and end and len(both) < LONGEST
        if len(added) > MOST_TEXTS:
            break
    return added


def _of_one(name: str, value: Any) -> _Texts:
    """With what a match of one node begins."""
    if name == "IN":
        return _class(value)
    if name == "SUBPATTERN":
        return _beginnings(value[-1])
    if name == "BRANCH":
        texts: _Texts = {}
        for branch in value[1]:
            for text, whole in _beginnings(branch).items():
                texts[text] = texts.get(text, True) and whole
            if len(texts) > MOST_TEXTS:
                return {"": False}
        return texts
    if name in _REPEATS:
        least, most, inside = value
        once = _beginnings(inside)
        if most > 1:
            once = dict.fromkeys(once, False)
        if least == 0:
            once.setdefault("", True)
        return once
    return {"": False}


def _class(parts: Iterable[_Node]) -> _Texts:
    letters: list[str] = []
    for op, value in parts:
        if op.name == "LITERAL":
            letters.append(chr(value))
        elif op.name == "RANGE" and value[1] - value[0] < MOST_LETTERS:
            letters += map(chr, range(value[0], value[1] + 1))
        else:
            return {"": False}
    return dict.fromkeys(letters, True) if len(letters) <= MOST_LETTERS else {"": False}
