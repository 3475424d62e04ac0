"""A gig as an engine's document: flat fields, each with one meaning (docs/search.md lists them)."""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

from index import tokens
from index.engine.base import Document
from index.geo import cell_of
from index.gig import Gig, Pay, Place
from index.posting import EARLIEST

PayState = Literal["known", "unknown", "unpaid"]

SEQ_BITS = 31
MAX_SEQ = 2**SEQ_BITS - 1
"""Gigs that a store may ever hold: 2.1 billion."""
MAX_VALUE = 2**32 - 1
USD_SCALE = 10_000
"""Money is indexed in ten-thousandths of a US dollar: a word may pay 0.004."""


def document(gig: Gig, view: int, channels: Sequence[str]) -> Document:
    """The document of one view of a gig: `gig` as the `channels` may see it, `view` its number within the gig.

    Raises ValueError when the gig has no usable `seq`, which only the store gives.
    """
    if gig.seq is None or not 1 <= gig.seq <= MAX_SEQ:
        raise ValueError(f"gig {gig.id}: seq {gig.seq} is not within 1..{MAX_SEQ}")
    pay = gig.pay
    title = tokens.words(gig.title)
    parts = [title, *(tokens.words(part) for part in _texts(gig))]
    posted = gig.posted_at or gig.first_seen
    payout = pay.minimum_payout.usd if pay.minimum_payout else None
    numbers = {
        "posted": None if posted is None else int(posted.timestamp()),
        "usd_top": None if pay.usd_top is None else usd_units(pay.usd_top),
        "hourly_top": None if pay.hourly_top is None else usd_units(pay.hourly_top),
        "payout_usd": None if payout is None else usd_units(payout),
        "key_newest": sort_key(instant_value(posted), gig.seq),
        "key_pay": sort_key(money_value(pay.usd_top), gig.seq),
        "key_hourly": sort_key(money_value(pay.hourly_top), gig.seq),
    }
    return Document(
        gig=gig.seq,
        view=view,
        keywords={
            "channel": tuple(channels),
            "category": (gig.category,),
            "mode": (gig.work_mode,),
            "country": _distinct(place.country for place in gig.places),
            "cell": cells(gig.places),
            "pay_status": (pay.status,),
            "pay_state": (pay_state(pay),),
            "pay_unit": _distinct([pay.unit]),
            "media": _distinct(pay.media),
            "board": _distinct(source.board for source in gig.sources),
            "risk": (gig.risk.level,),
            "language": _distinct([gig.language]),
            "status": (gig.status,),
        },
        tokens={
            "title": tokens.surface([title]),
            "text": tokens.surface(parts),
            "title_stem": tokens.stems([title], gig.language),
            "text_stem": tokens.stems(parts, gig.language),
        },
        numbers={name: number for name, number in numbers.items() if number is not None},
    )


def pay_state(pay: Pay) -> PayState:
    """What a bound can say of the pay: `known` figures are compared, `unknown` may fit, `unpaid` never does."""
    if pay.status == "unpaid":
        return "unpaid"
    return "known" if pay.status == "stated" and pay.usd_top is not None else "unknown"


def cells(places: Sequence[Place]) -> tuple[str, ...]:
    """The cells of the places whose position is known."""
    return _distinct(
        cell_of(place.lat, place.lon) for place in places if place.lat is not None and place.lon is not None
    )


def usd_units(usd: float) -> int:
    """US dollars as the engines hold them."""
    return round(usd * USD_SCALE)


def sort_key(value: int, seq: int) -> int:
    """A number unique to the gig that sorts by `value` (32 bits), then by `seq`: its pages neither tear nor repeat."""
    return value << SEQ_BITS | seq


def instant_value(instant: datetime | None) -> int:
    """Seconds since EARLIEST, from 1; 0 is unknown, so that unknown comes last."""
    if instant is None:
        return 0
    return min(max(int((instant.astimezone(UTC) - EARLIEST).total_seconds()) + 1, 1), MAX_VALUE)


def money_value(usd: float | None) -> int:
    """An amount's order in 32 bits, from 1; 0 is unknown.

    The bits of a non-negative IEEE 754 single read as an integer order as the numbers do (sections 3.4, 5.10), which
    keeps seven digits at a fraction of a cent and at a year's salary alike.
    """
    if usd is None:
        return 0
    bits: int = struct.unpack(">I", struct.pack(">f", min(max(usd, 0.0), 3e38)))[0]
    return bits + 1


def _texts(gig: Gig) -> list[str]:
    """What words are looked for in, besides the title."""
    places = (" ".join(_distinct([place.text, place.city, place.region])) for place in gig.places)
    return [gig.description, gig.organization or "", *places]


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
