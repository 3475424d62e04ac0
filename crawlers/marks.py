"""Marks: what a post of a forum says of itself in tags and flairs: work offered, work sought, or no longer open.

A mark is kept in `extra.kind` (`offer`, `seeking_work`) and `extra.status` (`filled`, `closed`, `removed`), so that it
shows in `gigdex parse`; what is dropped for it is dropped, and counted, at ingest.
"""

import re
from collections.abc import Iterable
from html import unescape

OFFERS = ("hiring", "task", "job", "paid", "hire", "lfa", "bounty", "gig", "seeking freelancer")
SEEKS = (
    "for hire",
    "forhire",
    "offer",
    "seeking work",
    "looking for work",
    "available",
    "open to work",
    "commissions open",
)

BRACKETED = re.compile(r"[\[({<|]\s*([^\[\](){}<>|]{2,40}?)\s*[\])}>|]")
LEADING = re.compile(r"^\W*([a-z]+(?: [a-z]+)?)\s*(?::|\||-|–|—)", re.IGNORECASE)
OVER = re.compile(
    r"\b(filled|hired|closed|completed?|done|taken|position filled|no longer (?:open|available))\b", re.IGNORECASE
)

LINE_END = re.compile(r"<p\b[^>]*>|</p>|<br\s*/?>|\n", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
MAX_LINE = 300
"""Characters of a title made from a text; the description has them all."""


def work_mark(
    title: str, flair: str | None = None, offers: Iterable[str] = OFFERS, seeks: Iterable[str] = SEEKS
) -> str | None:
    """`offer` or `seeking_work`, by the tags of a title ("[Hiring] ...", "FOR HIRE: ...") and the flair; else None."""
    tags = [flair or "", *BRACKETED.findall(title)]
    if leading := LEADING.match(title):
        tags.append(leading[1])
    words = [" ".join(re.findall(r"[a-z]+", tag.lower())) for tag in tags]
    for names, kind in ((tuple(seeks), "seeking_work"), (tuple(offers), "offer")):
        if any(word == name or word.startswith(name + " ") for word in words for name in names):
            return kind
    return None


def status_mark(flair: str | None) -> str | None:
    """`filled` or `closed` by a flair such as "Hiring - Filled"."""
    found = OVER.search(flair or "")
    if not found:
        return None
    return "filled" if found[1].lower() in ("filled", "hired", "taken", "position filled") else "closed"


def first_line(text: str) -> str:
    """The first line of an HTML text, as plain text; a long one is cut."""
    for line in LINE_END.split(text):
        plain = " ".join(unescape(TAG.sub("", line)).split())
        if plain:
            return plain if len(plain) <= MAX_LINE else plain[: MAX_LINE - 1].rstrip() + "…"
    return ""
