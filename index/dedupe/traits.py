"""What of a posting is compared: words as numbers, so that a store of these tells nobody what was written.

Pure functions of a posting, the gig that was read from it, the passages that its board puts on many postings, and a
key. With the store's secret as the key a word can't be looked up by its number; without one (`gigdex dedupe`, tests)
the numbers are the same everywhere.
"""

import hashlib
import json
import re
import struct
import sys
from array import array
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from index.dedupe.passages import without_boilerplate
from index.dedupe.read import NUMBER_KINDS, Number, Reading, after_title, fold, plain_number, read, weight
from index.dedupe.vocabulary import FLUFF, LEGAL, PLACEHOLDERS, RANKS, STOPWORDS, WHICH
from index.gig import Gig, Place
from index.posting import Posting
from index.taxonomy import CATEGORIES

VERSION = 3
"""Raised whenever the same posting gets other traits; they are then made anew by `gigdex rebuild --normalize`."""

SHINGLE = 3
"""Words of a shingle."""
SHORT = 12
"""Fewer different words than this (without the most common ones) are too few to know a text by."""
LEFT = 4
"""Words that a posting says beside its board's boilerplate at least."""
CALLED = 3
"""Weight of a category's words that say what the work is, and not only where it may be found (index/taxonomy.py)."""
MAX_PLACES = 20
_AROUND = re.compile(r"[\W_]+")
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
    """A town, or something that nobody knows, which is taken for one."""
    words: tuple[int, ...]
    """Of the name."""


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
    ranks: frozenset[int]
    """Of the title, what makes another work of the same one: assistant, head, class B, level II."""
    title_numbers: frozenset[int]
    words: tuple[int, ...]
    """Words of the text in order, without boilerplate and without the title where the text repeats it."""
    facts: frozenset[int]
    """Words of the text that say which of many like ones is meant: kinds of work, days, kin, animals, languages."""
    names: frozenset[int]
    towns: frozenset[int]
    numbers: frozenset[tuple[int, int]]
    """(index of NUMBER_KINDS, number)"""
    contacts: frozenset[int]
    organization: frozenset[int]
    """Words of its name."""
    mode: str
    places: tuple[Spot, ...]
    pay: Money | None
    size: int
    """Different words of the text, without those that every text has."""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Made once: traits are looked up again and again."""
        return hash((self.title, self.words, self.numbers, self.names, self.organization, self.pay))

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
    kept = [
        word for word in map(singular, title.words) if word not in STOPWORDS and word not in _FLUFF and len(word) > 1
    ]
    return Traits(
        board=posting.board,
        title=frozenset([number(word) for word in kept if not word[0].isdigit()]),
        ranks=frozenset([number(word) for word in kept if word in RANKS] + [number(f"={one}") for one in title.levels]),
        title_numbers=frozenset([number(one.value) for one in title.numbers if one.kind not in ("money", "hours")]),
        words=tuple(map(number, body.words)),
        facts=frozenset(map(number, _which() & set(body.words))),
        names=frozenset([number(name) for name in title.towns | body.names]),  # Most Titles Are Written So
        towns=frozenset([number(name) for name in title.towns | body.towns]),
        numbers=_numbers((title, body), number),
        contacts=frozenset([number(contact) for contact in title.contacts | body.contacts]),
        organization=frozenset(map(number, _own_words(gig.organization or "", posting.board))),
        mode=gig.work_mode,
        places=tuple(sorted([_spot(place, number) for place in gig.places[:MAX_PLACES]], key=repr)),
        pay=_money(gig, number),
        size=sum(map(weight, set(body.words) - STOPWORDS)),
    )


def _own_words(organization: str, board: str) -> set[str]:
    """Words of an organization's name, without "Inc." and the like; none of what names nobody: "Individual", or the
    board itself."""
    words = {word for part in organization.split() if (word := _AROUND.sub("", fold(part)))} - LEGAL
    return set() if words <= PLACEHOLDERS or "".join(words) in board.replace("-", "").replace(".", "") else words


@cache
def _which() -> frozenset[str]:
    """Words of the text that make another gig in the place of another: what the work is called (words of the
    categories), and WHICH."""
    called = {
        fold(word)
        for category in CATEGORIES.values()
        for its in category.words.values()
        for phrase, weight in its.items()
        if weight >= CALLED
        for word in phrase.split()
    }
    return (WHICH | called | {f"{word}s" for word in called}) - STOPWORDS


def _numbers(readings: Iterable[Reading], number: Callable[[str], int]) -> frozenset[tuple[int, int]]:
    found: set[Number] = set()
    for reading in readings:
        found |= reading.numbers
    return frozenset((NUMBER_KINDS.index(one.kind), number(one.value)) for one in found)


def _spot(place: Place, number: Callable[[str], int]) -> Spot:
    words = [fold(word) for word in _AROUND.split(place.city or place.text) if word]
    name = " ".join(words)
    lat, lon = (None, None) if place.lat is None or place.lon is None else (round(place.lat, 3), round(place.lon, 3))
    region = number(f"region:{fold(place.region)}") if place.region else 0
    is_town = place.city is not None or (place.region is None and place.country is None)
    own = [number(word) for word in words if word.isalpha() and len(word) > 2]
    return Spot(number(name), place.country or "", region, lat, lon, is_town, tuple(sorted(own)))


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
    numbers = sorted(traits.numbers)
    lists = {name: sorted(getattr(traits, name)) for name in _SETS}
    lists["numbers"] = [number for _, number in numbers]
    lists["words"] = list(traits.words)
    pay = traits.pay
    head = {
        "version": VERSION,
        "lists": {name: len(its) for name, its in lists.items() if its},
        "kinds": [kind for kind, _ in numbers],
        "board": traits.board,
        "mode": traits.mode,
        "places": [[s.name, s.country, s.region, s.lat, s.lon, s.is_town, s.words] for s in traits.places],
        "pay": [pay.unit, pay.currency, pay.low, pay.high, pay.usd, pay.amounts] if pay else None,
        "size": traits.size,
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    body = array("I", [number for one in lists.values() for number in one])
    if sys.byteorder == "big":
        body.byteswap()
    return struct.pack("<I", len(text)) + text + body.tobytes()


_SETS = ("title", "ranks", "title_numbers", "facts", "names", "towns", "contacts", "organization")


def _spot_from(packed: list[Any]) -> Spot:
    name, country, region, lat, lon, is_town, words = packed
    return Spot(name, country, region, lat, lon, is_town, tuple(words))


def unpack(packed: bytes) -> Traits | None:
    """The traits; None when an older version packed them, which is no fault: they are made anew by the next rebuild."""
    (length,) = struct.unpack_from("<I", packed)
    head = json.loads(packed[4 : 4 + length])
    if head["version"] != VERSION:
        return None
    body = array("I")
    body.frombytes(packed[4 + length :])
    if sys.byteorder == "big":
        body.byteswap()
    lists: dict[str, array[int]] = {}
    start = 0
    for name, count in head["lists"].items():
        lists[name] = body[start : start + count]
        start += count
    pay = head["pay"]
    sets = {name: frozenset(lists.get(name, ())) for name in _SETS}
    return Traits(
        board=head["board"],
        words=tuple(lists.get("words", ())),
        numbers=frozenset(zip(head["kinds"], lists.get("numbers", ()), strict=True)),
        mode=head["mode"],
        places=tuple(_spot_from(its) for its in head["places"]),
        pay=Money(pay[0], pay[1], pay[2], pay[3], pay[4], tuple(pay[5])) if pay else None,
        size=head["size"],
        **sets,
    )
