"""Page: one response of a board, fetched or saved, decoded once and within bounds."""

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from w3lib.encoding import html_to_unicode

from crawlers.row import BadPage

GZIP = b"\x1f\x8b"
MAX_BYTES = 32 * 2**20
"""Of one unpacked response, whatever a board declares: a larger one is an accident or an attack."""

NEXT_LINK = re.compile(r"<([^<>]+)>\s*;[^,]*?\brel\s*=\s*\"?next\b")
"""RFC 8288, the one relation that matters here."""


@dataclass(frozen=True)
class Page:
    """One response.

    `name` names it in messages; `url` is the address it came from, where known; `link` is what a row without
    a link of its own gets, None for a name of its own (`urn:gigdex:file:NAME#N`).
    """

    body: bytes
    name: str
    url: str | None = None
    link: str | None = None
    fetched_at: datetime | None = None
    content_type: str | None = None
    max_bytes: int = MAX_BYTES
    link_header: str = ""
    """RFC 8288: where some interfaces name their next page."""

    @property
    def next_link(self) -> str | None:
        """The next page's address by the header Link; None without one."""
        match = NEXT_LINK.search(self.link_header)
        return urljoin(self.url or "", match[1]) if match else None

    @cached_property
    def data(self) -> bytes:
        """The body, unpacked when it is gzip. Raises BadPage when it is damaged or unpacks beyond the bound."""
        data = unpacked(self.body, self.max_bytes + 1) if self.body.startswith(GZIP) else self.body
        if len(data) > self.max_bytes:
            raise BadPage(f"larger than {self.max_bytes} bytes")
        return data

    @cached_property
    def json(self) -> Any:
        """The body as JSON. Raises BadPage saying what it looks like instead."""
        try:
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = self.data.decode(json.detect_encoding(self.data), "replace")
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError) as error:
            raise BadPage(f"not JSON but {looks_like(text)}: {error}"[:300]) from None

    @cached_property
    def text(self) -> str:
        """The body as HTML text, by its declared encoding."""
        return html_to_unicode(self.content_type, self.data)[1]


def unpacked(packed: bytes, most: int) -> bytes:
    """Gzip data, of one part or several in a row (RFC 1952 §2.2), up to `most` bytes; of a cut file what there is.
    Raises BadPage."""
    found = bytearray()
    with gzip.GzipFile(fileobj=BytesIO(packed)) as file:
        try:
            while len(found) < most and (piece := file.read1(most - len(found))):
                found += piece
        except EOFError:
            pass
        except (OSError, zlib.error):
            if not found:
                raise BadPage("damaged gzip data") from None
    return bytes(found)


def looks_like(text: str) -> str:
    """What a document seems to be, for messages."""
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if not start:
        return "empty"
    if start.startswith(("<!doctype html", "<html")):
        return "an HTML page"
    if start.startswith("<"):
        return "XML"
    if start.startswith(("{", "[")):
        return "damaged JSON"
    return "plain text"
