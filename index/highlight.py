"""Marks in a text: spans of evidence become <mark> elements, in plain text and in the formatted text of the same gig.

Everything that comes out is escaped, whatever went in; spans may nest, overlap, repeat or lie outside the text.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

RANKS = ("risk", "pay", "fact", "found")
"""Kinds of marks; where several meet, the first of these colours the words."""

TAG = re.compile(r"</?[a-z][a-z0-9]*(?: [a-z]+=\"[^\"]*\")*>")
"""A tag as index.normalize.text.clean_html writes it; every other `<` is escaped there."""
# What index.normalize.text drops from plain text, though the formatted text may still hold it.
_DROPPED = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """text[start:end] says something."""

    start: int
    end: int
    kind: str
    """One of RANKS."""
    label: str
    """What it says, for people; empty where that is plain."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks; without any, `kind` is None."""

    text: str
    kind: str | None = None
    labels: tuple[str, ...] = ()

    def html(self) -> str:
        text = html.escape(self.text, quote=False)
        if self.kind is None:
            return text
        title = f' title="{html.escape(", ".join(self.labels))}"' if self.labels else ""
        return f'<mark class="says-{self.kind}"{title}>{text}</mark>'


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The text cut wherever a mark begins or ends; joined, the pieces are the text again."""
    kept = _fitted(text, spans)
    # Each cut knows which spans begin and end there, so the walk below is linear in text and spans.
    begins: dict[int, list[Span]] = {}
    ends: dict[int, list[Span]] = {}
    for span in kept:
        begins.setdefault(span.start, []).append(span)
        ends.setdefault(span.end, []).append(span)
    cuts = sorted({0, len(text), *begins, *ends})
    under: list[Span] = []
    found: list[Piece] = []
    for start, end in pairwise(cuts):
        gone = set(ends.get(start, ()))
        under = [span for span in under if span not in gone] + begins.get(start, [])
        found.append(_piece(text[start:end], under))
    return found


def plain_html(text: str, spans: Iterable[Span]) -> str:
    """Plain text as escaped HTML with its marks."""
    return "".join(piece.html() for piece in pieces(text, spans))


def formatted_html(markup: str, text: str, spans: Iterable[Span]) -> str | None:
    """Sanitized HTML with the marks of its plain text; None where the two don't say the same, letter by letter.

    `markup` is what index.normalize.text.clean_html returns, `text` the plain text made of it. A mark never crosses a
    tag: it is cut at each, so the result nests as the markup did.
    """
    places = _positions(markup, text)
    if places is None:
        return None
    marks: list[Piece | None] = [None] * len(text)
    at = 0
    for piece in pieces(text, spans):
        if piece.kind is not None:
            marks[at : at + len(piece.text)] = [piece] * len(piece.text)
        at += len(piece.text)
    shown: list[str] = []
    for part, positions in places:
        if positions is None:
            shown.append(part)
            continue
        under = [None if position is None else marks[position] for position in positions]
        for mark, letters in groupby(zip(part, under, strict=True), key=lambda pair: pair[1]):
            words = "".join(letter for letter, _ in letters)
            shown.append(Piece(words, mark.kind, mark.labels).html() if mark else html.escape(words, quote=False))
    return "".join(shown)


def _fitted(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans that lie in the text and are not empty, once each, none of them splitting a letter from its accents."""
    found = set()
    for span in spans:
        if 0 <= span.start < span.end <= len(text) and span.kind in RANKS:
            start, end = _whole(text, span.start), _whole(text, span.end)
            if start < end:
                found.add(Span(start, end, span.kind, span.label))
    return sorted(found)


def _whole(text: str, at: int) -> int:
    """The next place where the text can be cut without changing how its letters are drawn."""
    while 0 < at < len(text) and (
        unicodedata.category(text[at]) in ("Mn", "Mc", "Me") or "\u200d" in text[at - 1 : at + 1]
    ):
        at += 1
    return at


def _piece(text: str, under: Sequence[Span]) -> Piece:
    if not under:
        return Piece(text)
    kind = min((span.kind for span in under), key=RANKS.index)
    return Piece(text, kind, tuple(dict.fromkeys(span.label for span in under if span.label)))


def _positions(markup: str, text: str) -> list[tuple[str, list[int | None] | None]] | None:
    """The markup in parts: (tag, None), or (unescaped letters, where each of them stands in `text`)."""
    parts: list[tuple[str, list[int | None] | None]] = []
    at = 0  # in `text`
    items = 0  # begun since the last letter; the plain text begins each with a dash
    done = 0  # in `markup`
    for tag in [*TAG.finditer(markup), None]:
        letters = html.unescape(markup[done : tag.start() if tag else len(markup)])
        positions: list[int | None] = []
        for letter in letters:
            if letter.isspace() or _DROPPED.match(letter):
                positions.append(_space_at(text, at) if letter.isspace() else None)
                continue
            at = _skip_spaces(text, at)
            while items and text[at : at + 1] == "-":
                at = _skip_spaces(text, at + 1)
                items -= 1
            items = 0
            if at == len(text):
                positions.append(None)  # plain text has an end where formatted text may go on
            elif text[at] == letter:
                positions.append(at)
                at += 1
            else:
                return None
        if letters:
            parts.append((letters, positions))
        if tag is not None:
            parts.append((tag[0], None))
            items += tag[0] == "<li>"
            done = tag.end()
    return parts


def _skip_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _space_at(text: str, at: int) -> int | None:
    """Where a space of the markup stands in the text: all spaces of a run stand where the text has its one."""
    return at if text[at : at + 1].isspace() else None
