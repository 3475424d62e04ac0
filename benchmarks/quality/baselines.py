"""Plain baselines that the normalizer must beat, run on the same postings in the same run."""

import re

from index.posting import Posting
from index.taxonomy import CATEGORIES, OTHER

_WORD = re.compile(r"\w+")

SCAM_WORDS = (
    "earn money", "work from home", "work at home", "no experience", "wire transfer", "western union", "fee", "deposit",
    "cheque", "check", "bank account", "immediate start", "quick money", "easy money", "cash", "guaranteed", "whatsapp",
    "telegram", "investment", "bitcoin", "urgent", "weekly pay", "financial freedom", "be your own boss", "passport",
)  # fmt: skip


def keyword_category(posting: Posting) -> str:
    """The category whose name, in single words, stands most often in title and description; else `other`."""
    words = _WORD.findall(f"{posting.title} {posting.description or ''}".lower())
    counts = {
        id_: sum(words.count(word) for word in _WORD.findall(category.name.lower()) if len(word) > 3)
        for id_, category in CATEGORIES.items()
        if id_ != OTHER
    }
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else OTHER


def keyword_risk(text: str) -> float:
    """How many of a plain list's phrases a text has."""
    low = text.lower()
    return float(sum(phrase in low for phrase in SCAM_WORDS))
