"""Postings without the people in them, for boards whose owners bar personal data (duty `no_personal_names`).

Applied before anything is stored. What the board itself names as a person goes, wherever else that name stands; so do
addresses and numbers by which people are reached. Names in running text that the board names nowhere stay: telling
them from companies and towns would be guessing.
"""

import re
from collections.abc import Iterator
from typing import Any

from index.posting import Posting

REMOVED = "[removed]"
SHORTEST = 4
"""Characters of a person's name that is looked for in texts: shorter ones are words, too."""
PEOPLE = frozenset((
    "contact", "contacts", "author", "authors", "poster", "recruiter", "recruiters", "person", "persons",
    "people", "user", "users", "username", "login", "email", "emails",
    "mail", "phone", "mobile", "fax", "tel", "telephone"))  # fmt: skip
"""Words that fields of `extra` which hold people have in their names: `contact_name`, `applicationContact`."""
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
REACHED_BY = re.compile(
    r"(?:mailto:|tel:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}"  # mail
    r"|(?<![\w/.@])@[A-Za-z0-9][\w-]{2,38}\b"  # @handle
    r"|(?<![\w.,$€£+])(?:\+|00)\d[\d ()./-]{6,18}\d"  # +46 8 123 45 67
    r"|(?i:(?<=\btel)|(?<=\bphone)|(?<=\bcall)|(?<=\bmobile))[ .:]{1,3}\(?\d[\d ()./-]{5,16}\d"
)


def without_people(posting: Posting) -> Posting:
    """The posting without what names or reaches a person. Its id and its link stay: they are the board's own."""
    kept = {name: value for name, value in posting.extra.items() if not _holds_people(name)}
    named = {text for name, value in posting.extra.items() if name not in kept for text in _texts(value)}
    names = sorted((text for text in named if len(text) >= SHORTEST), key=len, reverse=True)
    people = (
        re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names), re.IGNORECASE) if names else None
    )

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            value = people.sub(REMOVED, value) if people else value
            return REACHED_BY.sub(REMOVED, value)
        if isinstance(value, list):
            return [clean(item) for item in value]
        if isinstance(value, dict):
            return {name: clean(item) for name, item in value.items() if not _holds_people(name)}
        return value

    organization = clean(posting.organization)
    changes = {
        "title": clean(posting.title),
        "description": clean(posting.description),
        "organization": None if organization == REMOVED else organization,
        "tags": clean(posting.tags),
        "extra": clean(kept),
    }
    if posting.apply_url and posting.apply_url.startswith("mailto:"):
        changes["apply_url"] = None
    return posting.model_copy(update=changes)


def _holds_people(name: str) -> bool:
    return not PEOPLE.isdisjoint(word.lower() for word in WORD.findall(name))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
