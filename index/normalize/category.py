"""Which work it is: weighted words of taxonomy.toml in the title, the board's tags and the description."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice

from index.gig import Evidence
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
QUOTED = 3
"""Words of each passage that are quoted as evidence."""
MAX_CATEGORIES = 4
RANKED_FROM = 0.35
"""Share of the best score from which a category is listed too."""

_WORD = re.compile(r"(?:https?://|www\.)\S{1,500}|[^\W_]+[+#]*")  # an address is one word


@dataclass(frozen=True, slots=True)
class _Entry:
    first: str
    rest: tuple[str, ...]  # words that must follow the first
    category: str
    weight: float


@cache
def _entries(language: str) -> dict[str, list[_Entry]]:
    """Entries by their first word in every form, longest first; English counts everywhere, because trades' names do."""
    entries: dict[str, list[_Entry]] = {}
    for category in CATEGORIES.values():
        for table in {"en", language}:
            for words, weight in category.words.get(table, {}).items():
                first, *rest = phrase(words)
                entry = _Entry(first, tuple(rest), category.id, weight)
                for form in (first, f"{first}s", f"{first}es", f"{first[:-1]}ies"):
                    if stem(form) == first:
                        entries.setdefault(form, []).append(entry)
    for group in entries.values():
        group.sort(key=lambda entry: -len(entry.rest))
    return entries


@cache
def _tag_table() -> dict[str, str]:
    return {tag: category.id for category in CATEGORIES.values() for tag in category.tags}


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase of the tables found in a text, from its `first` to its `last` word."""

    category: str
    weight: float
    first: int
    last: int


def hits(low: str, language: str, limit: int = READ_WORDS) -> list[Hit]:
    """Phrases found in a lower-case text; a phrase counts once, and not inside a longer one of its category."""
    entries = _entries(language)
    words = _WORD.findall(low[: limit * 12])[:limit]
    found: list[Hit] = []
    seen: set[_Entry] = set()
    taken: dict[str, int] = {}  # by category, the word up to which a phrase reaches
    for at, word in enumerate(words):
        group = entries.get(word)
        if group is None:
            continue
        for entry in group:
            last = at + len(entry.rest)
            if entry.rest and tuple(map(stem, words[at + 1 : last + 1])) != entry.rest:
                continue
            if taken.get(entry.category, -1) >= at:
                continue
            taken[entry.category] = last
            if entry not in seen:
                seen.add(entry)
                found.append(Hit(entry.category, entry.weight, at, last))
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

    @property
    def best(self) -> str:
        return self.categories[0]


NONE = Ranking([OTHER], 0.0, [])


def rank(title: Passage, description: Passage, tags: Iterable[str], language: str | None) -> Ranking:
    """Categories of a posting; `other` alone when nothing says what the work is."""
    table = language or "en"
    score: dict[str, float] = {}
    found = {
        passage.source: [
            Hit(hit.category, hit.weight * factor, hit.first, hit.last) for hit in hits(passage.low, table)
        ]
        for passage, factor in ((title, TITLE_FACTOR), (description, 1.0))
    }
    for group in found.values():
        for hit in group:
            score[hit.category] = score.get(hit.category, 0.0) + hit.weight
    tag_score = _tag_scores(tags, table)
    for category, weight in tag_score.items():
        score[category] = score.get(category, 0.0) + weight
    ranked = sorted(score, key=lambda category: -score[category])
    if not ranked or score[ranked[0]] < LEAST:
        return NONE
    best = score[ranked[0]]
    listed = [category for category in ranked if score[category] >= RANKED_FROM * best][:MAX_CATEGORIES]
    evidence = [by_board("tags")] if listed[0] in tag_score else []
    for passage in (title, description):
        strongest = sorted(
            (hit for hit in found[passage.source] if hit.category == listed[0]), key=lambda hit: -hit.weight
        )
        evidence += _cite(passage, strongest[:QUOTED])
    return Ranking(listed, best, evidence)


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
