"""Which work it is: weighted words of taxonomy.toml in the title, the board's tags and the description."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, compress, count
from typing import NamedTuple

from index.gig import Evidence
from index.normalize import habits
from index.normalize.evidence import Passage, by_board
from index.taxonomy import CATEGORIES, OTHER, forms, phrase

TITLE_FACTOR = 3.0
TAG_FACTOR = 1.5
WHOLE_TAG = 6.0
"""Weight of a board's tag that is a category's own name."""
READ_WORDS = 350
"""Words of a description that count: what comes later is about the company and how to apply."""
LEAST = 3.5
"""Score below which the work is unknown (`other`): more than a word of a description or a hint of a title."""
NAMING = 3.0
"""Weight from which a phrase of the title names the work."""
QUOTED = 3
"""Words of each passage that are quoted as evidence."""
SMALL = "micro_tasks"
SMALL_WEIGHT = 5.0
"""What the boards of small tasks add to their own category: more than a hint of the title, less than a named work."""
MAX_CATEGORIES = 4
RANKED_FROM = 0.35
"""Share of the best score from which a category is listed too."""

_WORD = re.compile(r"((?:https?://|www\.)\S{1,500}|[^\W_]+[+#]*)")  # an address is one word


@dataclass(frozen=True, slots=True)
class _Node:
    """Phrases that begin with some words: what may follow, and the weights of the phrase that ends here."""

    following: dict[str, "_Node"]
    """By the next word, in every form."""
    weights: list[tuple[int, str, float]]
    """(number, category, weight) of each category that has this phrase; the number is unique."""


@cache
def _phrases(language: str) -> _Node:
    """All phrases as a tree of words; English counts everywhere, because trades' names do."""
    root = _Node({}, [])
    number = 0
    for category in CATEGORIES.values():
        for table in sorted({"en", language}):
            for words, weight in category.words.get(table, {}).items():
                node = root
                for word in phrase(words):
                    if word not in node.following:
                        node.following.update(dict.fromkeys(forms(word), _Node({}, [])))
                    node = node.following[word]
                number += 1
                node.weights.append((number, category.id, weight))
    return root


@cache
def _tag_table() -> dict[str, str]:
    return {tag: category.id for category in CATEGORIES.values() for tag in category.tags}


class Hit(NamedTuple):
    """One phrase of the tables found in a text, from its `first` to its `last` word."""

    category: str
    weight: float
    first: int
    last: int


class _Split:
    """A text's first words, and what stands between them."""

    def __init__(self, low: str, limit: int) -> None:
        self.low = low
        self.parts = _WORD.split(low[: limit * 12], limit)
        self.words = self.parts[1::2]

    def spans(self, hits: Sequence[Hit]) -> list[tuple[int, int]]:
        """Where these hits stand in the text; counted only for the few that are quoted."""
        if not hits:
            return []
        read = 2 * max(hit.last for hit in hits) + 2
        starts = [0, *accumulate(map(len, self.parts[:read]))][1::2]
        ends = (_WORD.match(self.low, starts[hit.last]) for hit in hits)
        return [(starts[hit.first], end.end()) for hit, end in zip(hits, ends, strict=True) if end is not None]


def _hits(words: Sequence[str], language: str) -> list[Hit]:
    """Phrases found among lower-case words; a phrase counts once, and not inside a longer one of its category."""
    first_words = _phrases(language).following
    found: list[Hit] = []
    seen: set[int] = set()
    taken: dict[str, int] = {}  # by category, the word up to which a phrase reaches
    for at in compress(count(), map(first_words.get, words)):
        last = at
        node = first_words[words[at]]
        nodes = [node]
        while last + 1 < len(words) and (after := node.following.get(words[last + 1])) is not None:
            node = after
            nodes.append(node)
            last += 1
        for node in reversed(nodes):
            for number, category, weight in node.weights:
                if taken.get(category, -1) < at:
                    taken[category] = last
                    if number not in seen:
                        seen.add(number)
                        found.append(Hit(category, weight, at, last))
            last -= 1
    return found


@dataclass(frozen=True, slots=True)
class Ranking:
    """Categories best first, with the score of the best and the words that decided."""

    categories: list[str]
    score: float
    evidence: list[Evidence]
    named: bool = False
    """The title names this work by a phrase that stands for it, such as "house cleaner"."""

    @property
    def best(self) -> str:
        return self.categories[0]


NONE = Ranking([OTHER], 0.0, [])


def rank(title: Passage, description: Passage, tags: Iterable[str], language: str | None, board: str = "") -> Ranking:
    """Categories of a posting; `other` alone when nothing says what the work is."""
    table = language or "en"
    score: dict[str, float] = {}
    splits = [(passage, _Split(passage.low, READ_WORDS)) for passage in (title, description)]
    in_title, in_description = found = [_hits(split.words, table) for _, split in splits]
    for hit in in_title:
        score[hit.category] = score.get(hit.category, 0.0) + hit.weight * TITLE_FACTOR
    for hit in in_description:
        score[hit.category] = score.get(hit.category, 0.0) + hit.weight
    tag_score = _tag_scores(tags, table)
    for category, weight in tag_score.items():
        score[category] = score.get(category, 0.0) + weight
    small = board in habits.HIT_BOARDS
    if small:
        score[SMALL] = score.get(SMALL, 0.0) + SMALL_WEIGHT
    ranked = sorted(score, key=lambda category: -score[category])
    if not ranked or score[ranked[0]] < LEAST:
        return NONE
    best = score[ranked[0]]
    listed = [category for category in ranked if score[category] >= RANKED_FROM * best][:MAX_CATEGORIES]
    evidence = [by_board("tags")] if listed[0] in tag_score else []
    if small and listed[0] == SMALL:
        evidence.append(by_board("board"))
    for (passage, split), hits in zip(splits, found, strict=True):
        strongest = sorted((hit for hit in hits if hit.category == listed[0]), key=lambda hit: -hit.weight)
        evidence += [passage.cite(*span) for span in split.spans(strongest[:QUOTED])]
    named = any(hit.category == listed[0] and hit.weight >= NAMING for hit in in_title)
    return Ranking(listed, best, evidence, named)


def _tag_scores(tags: Iterable[str], language: str) -> dict[str, float]:
    """Score by the board's tags, the first ones counting most: boards put the category before the skills."""
    score: dict[str, float] = {}
    for place, tag in enumerate(list(tags)[:15]):
        bare = " ".join(tag.lower().split())
        share = 1.0 if place < 3 else 0.5
        category = _tag_table().get(bare)
        if category is not None:
            score[category] = score.get(category, 0.0) + WHOLE_TAG * share
            continue
        for hit in _tag_hits(bare[:200], language):
            score[hit.category] = score.get(hit.category, 0.0) + TAG_FACTOR * hit.weight * share
    return {category: min(weight, 15.0) for category, weight in score.items()}


@lru_cache(maxsize=10_000)
def _tag_hits(tag: str, language: str) -> list[Hit]:
    """Phrases in a tag; kept, because a board has few tags and repeats them."""
    return _hits(_Split(tag, 20).words, language)
