"""Which work it is: weighted words of taxonomy.toml in the title, the board's tags and the description."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import NamedTuple

from index.gig import Evidence
from index.normalize import habits
from index.normalize.evidence import Passage, by_board
from index.taxonomy import CATEGORIES, OTHER, phrase, stem

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

_WORD = re.compile(r"(?:https?://|www\.)\S{1,500}|[^\W_]+[+#]*")  # an address is one word


@dataclass(frozen=True, slots=True)
class _Group:
    """Phrases that begin with one word: what follows it, longest first, with the categories and their weights."""

    lengths: tuple[int, ...]
    phrases: dict[tuple[str, ...], list[tuple[str, float]]]


@cache
def _groups(language: str) -> dict[str, _Group]:
    """Phrases by their first word in every form; English counts everywhere, because trades' names do."""
    found: dict[str, dict[tuple[str, ...], list[tuple[str, float]]]] = {}
    for category in CATEGORIES.values():
        for table in sorted({"en", language}):
            for words, weight in category.words.get(table, {}).items():
                first, *rest = phrase(words)
                found.setdefault(first, {}).setdefault(tuple(rest), []).append((category.id, weight))
    return {
        first: _Group(tuple(sorted({len(rest) for rest in phrases}, reverse=True)), phrases)
        for first, phrases in found.items()
    }


@cache
def _tag_table() -> dict[str, str]:
    return {tag: category.id for category in CATEGORIES.values() for tag in category.tags}


class Hit(NamedTuple):
    """One phrase of the tables found in a text, from its `first` to its `last` word."""

    category: str
    weight: float
    first: int
    last: int


def hits(low: str, language: str, limit: int = READ_WORDS) -> list[Hit]:
    """Phrases found in a lower-case text; a phrase counts once, and not inside a longer one of its category."""
    groups = _groups(language)
    words = [stem(word) for word in _WORD.findall(low[: limit * 12])[:limit]]
    found: list[Hit] = []
    seen: set[tuple[str, tuple[str, ...], str]] = set()
    taken: dict[str, int] = {}  # by category, the word up to which a phrase reaches
    for at, word in enumerate(words):
        group = groups.get(word)
        if group is None:
            continue
        for length in group.lengths:
            if at + length >= len(words):
                continue
            rest = tuple(words[at + 1 : at + 1 + length])
            entries = group.phrases.get(rest)
            if entries is None:
                continue
            for category, weight in entries:
                if taken.get(category, -1) >= at:
                    continue
                taken[category] = at + length
                key = (word, rest, category)
                if key not in seen:
                    seen.add(key)
                    found.append(Hit(category, weight, at, at + length))
    return found


def _cite(passage: Passage, hits_of_passage: list[Hit]) -> list[Evidence]:
    """Quotes of hits: words are counted to find their offsets, which only the few quoted ones need."""
    if not hits_of_passage:
        return []
    end = max(hit.last for hit in hits_of_passage) + 1
    spans = [match.span() for match in islice(_WORD.finditer(passage.low), end)]
    return [passage.cite(spans[hit.first][0], spans[hit.last][1]) for hit in hits_of_passage]


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
    found = {passage.source: hits(passage.low, table) for passage in (title, description)}
    for hit in found["title"]:
        score[hit.category] = score.get(hit.category, 0.0) + hit.weight * TITLE_FACTOR
    for hit in found["description"]:
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
    for passage in (title, description):
        strongest = sorted(
            (hit for hit in found[passage.source] if hit.category == listed[0]), key=lambda hit: -hit.weight
        )
        evidence += _cite(passage, strongest[:QUOTED])
    named = any(hit.category == listed[0] and hit.weight >= NAMING for hit in found["title"])
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
        for hit in hits(bare[:200], language, limit=20):
            score[hit.category] = score.get(hit.category, 0.0) + TAG_FACTOR * hit.weight * share
    return {category: min(weight, 15.0) for category, weight in score.items()}
