"""Boilerplate: passages that a board or a poster puts on many different postings, learned from the postings themselves.

A passage is a sentence or a line. What is learned is kept as numbers (keyed hashes), as everything else of dedupe.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator

PASSAGE_WORDS = 4
"""A shorter passage is no boilerplate: it costs nothing, and may be all that a posting says."""
MANY = 20
"""On the postings of so many different titles a passage of one board says nothing of the single one."""
SAMPLE = 20_000
"""Postings of a board that are learned from at most: enough for what stands on many."""

_PASSAGE = re.compile(r"[^\n.!?]+[\n.!?]*")
_WORD = re.compile(r"\w+")


def passages(text: str) -> Iterator[tuple[str, str]]:
    """(passage, its words folded) of a plain text; together the passages are the text."""
    for match in _PASSAGE.finditer(text):
        yield match.group(), " ".join(_WORD.findall(match.group().casefold()))


def passage_number(folded: str, key: bytes) -> int:
    """63 bits of a keyed hash: fits a signed column."""
    digest = hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=8, key=key[:64]).digest()
    return int.from_bytes(digest, "little") >> 1


def without_boilerplate(text: str, boilerplate: Collection[int], key: bytes) -> str:
    """The text without the passages whose numbers are given."""
    kept = []
    for passage, folded in passages(text):
        long_enough = folded.count(" ") >= PASSAGE_WORDS - 1
        kept.append("\n" if long_enough and passage_number(folded, key) in boilerplate else passage)
    return "".join(kept)


def learn(texts: Iterable[tuple[str, str]], key: bytes) -> frozenset[int]:
    """The boilerplate of one board, from (title, plain text) of its postings: passages under MANY different titles.

    The title counts, not the posting: a gig that is posted again and again is no boilerplate.
    """
    under: dict[int, set[int]] = {}
    for title, text in texts:
        its_title = passage_number(" ".join(_WORD.findall(title.casefold())), key)
        for _, folded in passages(text):
            if folded.count(" ") >= PASSAGE_WORDS - 1:
                titles = under.setdefault(passage_number(folded, key), set())
                if len(titles) < MANY:
                    titles.add(its_title)
    return frozenset(number for number, titles in under.items() if len(titles) >= MANY)
