"""The categories of gigs, read from taxonomy.toml: names, words with weights by language, boards' own tags."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

Where = Literal["in_person", "online", "any"]
OTHER = "other"
_WORD = re.compile(r"[^\W_]+[+#]*")


@dataclass(frozen=True, slots=True)
class Category:
    """One category. `words` maps a language to phrases and their weights: 5 names the work, 3 points at it, 1 hints."""

    id: str
    name: str
    where: Where  # where such work is done when a posting doesn't say
    tags: tuple[str, ...]  # boards' own names for it, in lower case
    words: Mapping[str, Mapping[str, float]]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A lower-case word without its plural s, so that one entry of the tables covers both."""
    if word[-1] != "s" or len(word) < 4:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word[-2] not in "su" else word


def forms(stemmed: str) -> list[str]:
    """Every word that has this stem."""
    possible = (stemmed, f"{stemmed}s", f"{stemmed}es", f"{stemmed[:-1]}ies")
    return [word for word in possible if stem(word) == stemmed]


def phrase(text: str) -> tuple[str, ...]:
    """Stemmed words of a phrase in the form in which texts are matched."""
    return tuple(stem(word) for word in _WORD.findall(text.lower()))


def _load() -> dict[str, Category]:
    table = tomllib.loads(resources.files(__package__).joinpath("taxonomy.toml").read_text("utf-8"))
    categories: dict[str, Category] = {}
    for id_, entry in table.items():
        words = {
            language: MappingProxyType({word: float(weight) for weight, group in groups.items() for word in group})
            for language, groups in entry.get("words", {}).items()
        }
        categories[id_] = Category(
            id_, entry["name"], entry["where"], tuple(entry.get("tags", ())), MappingProxyType(words)
        )
    return categories


CATEGORIES: Mapping[str, Category] = MappingProxyType(_load())
"""All categories by id, in the order of the file; `other` is last."""
