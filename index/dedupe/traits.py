"""What of a posting is compared: words as numbers, so that a store of these tells nobody what was written.

Pure functions of a posting, the gig that was read from it, the passages that its board puts on many postings, and a
key. With the store's secret as the key a word can't be looked up by its number; without one (`gigdex dedupe`, tests)
the numbers are the same everywhere.
"""

import hashlib
import json
import struct
import sys
from array import array
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from index.dedupe.passages import without_boilerplate
from index.dedupe.read import NUMBER_KINDS, Number, Reading, after_title, fold, plain_number, read
from index.dedupe.vocabulary import FLUFF, STOPWORDS
from index.gig import Gig, Place
from index.posting import Posting

VERSION = 2
"""Raised whenever the same posting gets other traits; they are then made anew by `gigdex rebuild --normalize`."""

SHINGLE = 3
"""Words of a shingle."""
SHORT = 12
"""Fewer different words than this (without the most common ones) are too few to know a text by."""
LEFT = 4
"""Words that a posting says beside its board's boilerplate at least."""
MAX_PLACES = 20
_FLUFF = frozenset(word[:-1] if word.endswith("s") else word for word in FLUFF) | FLUFF


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, as far as it is compared."""

    name: int
    """Number of the town's name, or of the place as written."""
    country: str
    region: int
    lat: float | None
    lon: float | None
    is_town: bool


@dataclass(frozen=True, slots=True)
class Money:
    """Pay, as far as it is compared."""

    unit: str
    currency: str
    low: float | None
    high: float | None
    usd: float | None
    amounts: tuple[int, ...]
    """Numbers of the amounts as a text would write them."""


@dataclass(frozen=True)
class Traits:
    """What is compared of a posting."""

    board: str
    title: frozenset[int]
    """Words of the title that say what the work is."""
    title_numbers: frozenset[int]
    words: tuple[int, ...]
    """Words of the text in order, without boilerplate and without the title where the text repeats it."""
    names: frozenset[int]
    towns: frozenset[int]
    numbers: frozenset[tuple[int, int]]
    """(index of NUMBER_KINDS, number)"""
    contacts: frozenset[int]
    organization: int | None
    mode: str
    category: str
    places: tuple[Spot, ...]
    pay: Money | None
    posted: int | None
    """Day, as an ordinal number."""
    language: str | None
    size: int
    """Different words of the text, without those that every text has."""

    @property
    def is_short(self) -> bool:
        """Whether the text alone says too little to know it by."""
        return self.size < SHORT


class _Numbers(dict[str, int]):
    """Numbers of words: 32 bits of a keyed hash, remembered."""

    LIMIT = 300_000

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self.key = key[:64]

    def __missing__(self, word: str) -> int:
        if len(self) > self.LIMIT:
            self.clear()
        digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=4, key=self.key).digest()
        found = self[word] = int.from_bytes(digest, "little")
        return found


@lru_cache(maxsize=4)
def _numbers_of(key: bytes) -> _Numbers:
    return _Numbers(key)


@lru_cache(maxsize=64)
def _stop_numbers(key: bytes) -> frozenset[int]:
    return frozenset(map(_numbers_of(key).__getitem__, STOPWORDS))


def singular(word: str) -> str:
    """Without a plural's ending, roughly: cooks and cook are one."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def traits_of(
    posting: Posting,
    gig: Gig,
    boilerplate: Collection[int] = (),
    key: bytes = b"",
    spelled: dict[int, str] | None = None,
) -> Traits:
    """The traits of a posting whose gig was read from it alone. `spelled` gets the word of each number, for
    explaining to people."""

    numbers = _numbers_of(key)
    number: Callable[[str], int] = numbers.__getitem__
    if spelled is not None:

        def number(word: str) -> int:
            found = numbers[word]
            spelled[found] = word
            return found

    title = read(gig.title)
    text = without_boilerplate(gig.description, boilerplate, key) if boilerplate else gig.description
    body = read(after_title(text, title.words))
    if boilerplate and len(body.words) < LEFT:  # a whole ad that stands under many titles, a chain's, is no boilerplate
        body = read(after_title(gig.description, title.words))
    kept = [word for word in map(singular, title.words) if word not in STOPWORDS and word not in _FLUFF]
    return Traits(
        board=posting.board,
        title=frozenset([number(word) for word in kept if not word[0].isdigit()]),
        title_numbers=frozenset([number(one.value) for one in title.numbers if one.kind not in ("money", "hours")]),
        words=tuple(map(number, body.words)),
        names=frozenset([number(name) for name in title.towns | body.names]),  # Most Titles Are Written So
        towns=frozenset([number(name) for name in title.towns | body.towns]),
        numbers=_numbers((title, body), number),
        contacts=frozenset([number(contact) for contact in title.contacts | body.contacts]),
        organization=number(f"by:{fold(gig.organization)}") if gig.organization else None,
        mode=gig.work_mode,
        category=gig.category,
        places=tuple(sorted([_spot(place, number) for place in gig.places[:MAX_PLACES]], key=repr)),
        pay=_money(gig, number),
        posted=posting.posted_at.toordinal() if posting.posted_at else None,
        language=gig.language,
        size=len(set(body.words) - STOPWORDS),
    )


def _numbers(readings: Iterable[Reading], number: Callable[[str], int]) -> frozenset[tuple[int, int]]:
    found: set[Number] = set()
    for reading in readings:
        found |= reading.numbers
    return frozenset((NUMBER_KINDS.index(one.kind), number(one.value)) for one in found)


def _spot(place: Place, number: Callable[[str], int]) -> Spot:
    name = " ".join(fold(word) for word in (place.city or place.text).replace(",", " ").split())
    lat, lon = (None, None) if place.lat is None or place.lon is None else (round(place.lat, 3), round(place.lon, 3))
    region = number(f"region:{fold(place.region)}") if place.region else 0
    is_town = place.city is not None or (place.region is None and place.country is None)
    return Spot(number(name), place.country or "", region, lat, lon, is_town)


def _money(gig: Gig, number: Callable[[str], int]) -> Money | None:
    pay = gig.pay
    if pay.status != "stated" or (pay.min is None and pay.max is None):
        return None
    amounts = {plain_number(f"{amount:.2f}") for amount in (pay.min, pay.max) if amount is not None}
    return Money(pay.unit or "", pay.currency or "", pay.min, pay.max, pay.usd_top, tuple(sorted(map(number, amounts))))


# --- what is derived from them -------------------------------------------------------------------------------------


@lru_cache(maxsize=1_000)
def vocabulary(traits: Traits) -> frozenset[int]:
    """Different words of text and title. Names as they are written, because titles lose the ending of a plural."""
    return frozenset(traits.words) | traits.title | traits.names | traits.towns


@lru_cache(maxsize=1_000)
def shingles(traits: Traits) -> frozenset[tuple[int, ...]]:
    """Each run of SHINGLE words, once."""
    words = traits.words
    if len(words) < SHINGLE:
        return frozenset([words]) if words else frozenset()
    return frozenset(zip(*(words[start:] for start in range(SHINGLE)), strict=False))


def core(traits: Traits, key: bytes = b"") -> frozenset[int]:
    """Different words of the text, without those that every text has."""
    return frozenset(traits.words) - _stop_numbers(key)


# --- for the store -------------------------------------------------------------------------------------------------


def pack(traits: Traits) -> bytes:
    """The traits as bytes; equal traits give equal bytes."""
    lists = [sorted(one) for one in (traits.title, traits.title_numbers, traits.names, traits.towns, traits.contacts)]
    numbers = sorted(traits.numbers)
    lists.append([number for _, number in numbers])
    lists.append(list(traits.words))
    pay = traits.pay
    head = {
        "version": VERSION,
        "lengths": [len(one) for one in lists],
        "kinds": [kind for kind, _ in numbers],
        "board": traits.board,
        "organization": traits.organization,
        "mode": traits.mode,
        "category": traits.category,
        "places": [[s.name, s.country, s.region, s.lat, s.lon, s.is_town] for s in traits.places],
        "pay": [pay.unit, pay.currency, pay.low, pay.high, pay.usd, pay.amounts] if pay else None,
        "posted": traits.posted,
        "language": traits.language,
        "size": traits.size,
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    body = array("I", [number for one in lists for number in one])
    if sys.byteorder == "big":
        body.byteswap()
    return struct.pack("<I", len(text)) + text + body.tobytes()


def unpack(packed: bytes) -> Traits:
    (length,) = struct.unpack_from("<I", packed)
    head = json.loads(packed[4 : 4 + length])
    body = array("I")
    body.frombytes(packed[4 + length :])
    if sys.byteorder == "big":
        body.byteswap()
    parts: list[array[int]] = []
    for one in head["lengths"]:
        parts.append(body[:one])
        body = body[one:]
    title, title_numbers, names, towns, contacts, numbers, words = parts
    pay = head["pay"]
    return Traits(
        board=head["board"],
        title=frozenset(title),
        title_numbers=frozenset(title_numbers),
        words=tuple(words),
        names=frozenset(names),
        towns=frozenset(towns),
        numbers=frozenset(zip(head["kinds"], numbers, strict=True)),
        contacts=frozenset(contacts),
        organization=head["organization"],
        mode=head["mode"],
        category=head["category"],
        places=tuple(Spot(*place) for place in head["places"]),
        pay=Money(pay[0], pay[1], pay[2], pay[3], pay[4], tuple(pay[5])) if pay else None,
        posted=head["posted"],
        language=head["language"],
        size=head["size"],
    )
