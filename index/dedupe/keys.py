"""Keys under which a posting is found by those that may be the same gig: exact look-ups in a table, in any database.

A text that says enough gets BANDS keys from the words it uses, so that two texts of mostly the same words share one:
MinHash with banding in its bottom-k form (of a shuffle of all words the first ROWS that the text has).
A short text gets no such keys: who posts it, what and where make the only ones. Everything gets keys for the same text,
for the same title in the same place, and for the same poster's same title, so that a copy is also found among hundreds
of ads of one template, whose other keys are full.
"""

import hashlib
from array import array
from bisect import bisect_left

from index.dedupe.traits import Traits, core

VERSION = 2
"""Raised whenever the same traits get other keys."""

WINDOWS = 3
"""Of each shuffle the first words, the last ones and those in the middle: three shuffles for the price of one."""
ROWS = 6
"""9 bands of 6: texts with 4 of 5 words in common share one of them in 94 of 100 cases, with 3 of 4 in 83; the chunks
below find most of the rest. Fewer rows would find more, and among a million ads a hundred strangers for each: two ads
of one language share one word in sixteen by chance."""
CHUNKS = 6
CHUNK_WORDS = range(4, 60)
"""A text is cut after one word in four, wherever that word stands, so that equal passages are cut alike whatever
stands around them. CHUNKS of the pieces make keys: for a text that another one repeats with much added."""
MASK = 0xFFFFFFFF
MAX_POSTERS = 4

Print = tuple[int, ...]
"""Keys: 63 bits each, so that they fit a signed column. Odd ones are weak: one that many postings have is a common
sentence, and says nothing."""


FACTORS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35)
"""Odd numbers: multiplying by one, modulo 2 to the 32nd, shuffles all 32-bit numbers."""


def keys_of(traits: Traits, secret: bytes = b"") -> Print:
    """The keys of a posting, without repetition. `secret` is what its words were hashed with."""
    title = sorted(traits.title)
    places = sorted({spot.name for spot in traits.places})
    found = [_key(2, *poster, 0, *title) for poster in _posters(traits) if title or traits.words]
    if not traits.is_short:
        found += _bands(core(traits, secret))
        found += _chunks(traits.words)
        found.append(_key(0, *places, 0, *traits.words))
        if title:
            found += [_key(1, place, *title) for place in places[:MAX_POSTERS] or (0,)]
    return tuple(dict.fromkeys(found))


def _posters(traits: Traits) -> list[list[int]]:
    found = [[contact] for contact in sorted(traits.contacts)[:MAX_POSTERS]]
    return [*found, sorted(traits.organization)] if traits.organization else found


def _bands(words: frozenset[int]) -> list[int]:
    found = []
    for number, factor in enumerate(FACTORS):
        shuffled = sorted([word * factor & MASK for word in words])
        middle = bisect_left(shuffled, MASK // 2)
        for window, start in enumerate((0, len(shuffled) - ROWS, min(middle, len(shuffled) - ROWS))):
            found.append(_key(10 + number * WINDOWS + window, *shuffled[start : start + ROWS]))
    return found


def _chunks(words: tuple[int, ...]) -> list[int]:
    found: set[int] = set()
    start = 0
    for number, word in enumerate(words, 1):
        if not word & 3:
            if number - start in CHUNK_WORDS:
                found.add(_key(3, *words[start:number]) | 1)
            start = number
    return sorted(found)[:CHUNKS]


def _key(kind: int, *parts: int) -> int:
    digest = hashlib.blake2b(array("Q", (kind, *parts)).tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1 & ~1
