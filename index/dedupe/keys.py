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

WINDOWS = 3
"""Of each shuffle the first words, the last ones and those in the middle: three shuffles for the price of one."""
ROWS = 4
"""12 bands of 4: texts with 3 of 4 words in common share a key in 99 of 100 cases, with half in common in 1 of 2."""
MASK = 0xFFFFFFFF
MAX_POSTERS = 4

Print = tuple[int, ...]
"""Keys: 63 bits each, so that they fit a signed column."""


FACTORS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F)
"""Odd numbers: multiplying by one, modulo 2 to the 32nd, shuffles all 32-bit numbers."""


def keys_of(traits: Traits, secret: bytes = b"") -> Print:
    """The keys of a posting, without repetition. `secret` is what its words were hashed with."""
    title = sorted(traits.title)
    places = sorted({spot.name for spot in traits.places})
    found = [_key(2, poster, *title) for poster in _posters(traits) if title or traits.words]
    if not traits.is_short:
        found += _bands(core(traits, secret))
        found.append(_key(0, *places, 0, *traits.words))
        if title:
            found += [_key(1, place, *title) for place in places[:MAX_POSTERS] or (0,)]
    return tuple(dict.fromkeys(found))


def _posters(traits: Traits) -> list[int]:
    found = sorted(traits.contacts)[:MAX_POSTERS]
    return found if traits.organization is None else [*found, traits.organization]


def _bands(words: frozenset[int]) -> list[int]:
    found = []
    for number, factor in enumerate(FACTORS):
        shuffled = sorted([word * factor & MASK for word in words])
        middle = bisect_left(shuffled, MASK // 2)
        for window, start in enumerate((0, len(shuffled) - ROWS, min(middle, len(shuffled) - ROWS))):
            found.append(_key(10 + number * WINDOWS + window, *shuffled[start : start + ROWS]))
    return found


def _key(kind: int, *parts: int) -> int:
    digest = hashlib.blake2b(array("Q", (kind, *parts)).tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1
