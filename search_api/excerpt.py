"""A line or two of a longer text, for lists."""

from typing import Final

from index.found import Wanted

READ: Final = 2_000
"""Characters of a text in which the wanted words are looked for."""
LEAD: Final = 60
"""Characters shown before the first of them."""


def cut(text: str, length: int) -> str:
    """At most `length` characters on one line, cut at a space where there is one."""
    text = " ".join(text[: 4 * length].split())
    if len(text) <= length:
        return text
    head = text[: length - 1]
    at_space = head.rpartition(" ")[0]
    return (at_space if len(at_space) > length // 2 else head).rstrip(" ,.;:-") + "…"


def excerpt(text: str, wanted: Wanted, language: str | None, length: int) -> tuple[str, list[tuple[int, int]]]:
    """Some `length` characters of a text, and where the wanted words stand in them: its beginning, or from shortly
    before the first of the words where the beginning has none."""
    head = cut(text, length)
    spans = wanted.spans(head, language)
    if spans:
        return head, spans
    line = " ".join(text[:READ].split())
    first = next(iter(wanted.spans(line, language)), None)
    if first is None:
        return head, []
    start = line.find(" ", max(first[0] - LEAD, 0), first[0]) + 1 or first[0]
    inside = "…" + cut(line[start:], length)
    return inside, wanted.spans(inside, language)
