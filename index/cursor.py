"""Where the next page starts: opaque to its bearer, signed, and of use to the query that it came from only."""

import base64
import binascii
import hashlib
import hmac
import struct

from index.query import BadQuery, SearchQuery

TAG_BYTES = 12


def encode(position: tuple[int, ...], query: SearchQuery, channel: str, secret: bytes) -> str:
    """A position (63-bit numbers) as text."""
    body = struct.pack(f">{len(position)}q", *position)
    return base64.urlsafe_b64encode(_tag(body, query, channel, secret) + body).rstrip(b"=").decode("ascii")


def decode(cursor: str, length: int, query: SearchQuery, channel: str, secret: bytes) -> tuple[int, ...]:
    """The position of `length` numbers. Raises BadQuery for a cursor that this query on this channel didn't get."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
    if len(body) != 8 * length or not hmac.compare_digest(tag, _tag(body, query, channel, secret)):
        raise BadQuery("cursor", "is not one that this query was given; start again without it")
    return struct.unpack(f">{length}q", body)


def _tag(body: bytes, query: SearchQuery, channel: str, secret: bytes) -> bytes:
    """Over everything that decides what the order is and which gigs are in it."""
    what = query.model_copy(update={"cursor": None, "limit": 1, "sort": query.order})
    # Without defaults: a filter that a later version adds leaves the cursors of all who don't use it as they are.
    message = b"\0".join((channel.encode(), what.model_dump_json(exclude_defaults=True).encode(), body))
    return hmac.new(secret, message, hashlib.sha256).digest()[:TAG_BYTES]
