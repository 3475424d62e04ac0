"""Templates and static files. Everything in a template is escaped; a gig's text is anybody's text."""

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from search_api.words import CHANNELS, DUTIES, LEVELS, fact_words, minutes_words

HERE = Path(__file__).parent

INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]+")
"""Controls, line separators and marks of direction: where no element can isolate them, they are dropped."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file whose address changes with its content, so that it may be kept for ever."""

    name: str
    body: bytes
    media_type: str

    @property
    def digest(self) -> str:
        return hashlib.blake2b(self.body, digest_size=6).hexdigest()

    @property
    def url(self) -> str:
        stem, _, suffix = self.name.rpartition(".")
        return f"/static/{stem}.{self.digest}.{suffix}"


@cache
def static_files() -> dict[str, StaticFile]:
    """All files of static/ by name."""
    return {
        path.name: StaticFile(path.name, path.read_bytes(), mimetypes.guess_type(path.name)[0] or "text/plain")
        for path in sorted((HERE / "static").iterdir())
        if path.is_file()
    }


def plain(text: str) -> str:
    """For places that hold bare text, such as <title>: no controls, no marks of direction."""
    return INVISIBLE.sub(" ", text).strip()


def cut(text: str, length: int) -> str:
    """At most `length` characters, cut at a space where there is one."""
    text = " ".join(text[: 4 * length].split())
    if len(text) <= length:
        return text
    head = text[: length - 1]
    at_space = head.rpartition(" ")[0]
    return (at_space if len(at_space) > length // 2 else head).rstrip(" ,.;:-") + "…"


def ago(instant: datetime, now: datetime) -> str:
    """In words, against `now`: minutes up to an hour, hours up to a day, days up to a month, then the date."""
    seconds = (now - instant).total_seconds()
    for limit, size, unit in (
        (90, 0, ""),
        (5_400, 60, "minute"),
        (36 * 3_600, 3_600, "hour"),
        (2_600_000, 86_400, "day"),
    ):
        if abs(seconds) < limit:
            if not size:
                return "just now"
            count = max(1, round(abs(seconds) / size))
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return f"{instant.day} {instant:%b %Y}"


environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(plain=plain, cut=cut, ago=ago, minutes=minutes_words, fact=fact_words)
environment.globals.update(
    static=lambda name: static_files()[name].url, channels=CHANNELS, levels=LEVELS, duties=DUTIES
)


def render(template: str, request: Request, **context: Any) -> str:
    """The page. Every template knows `sample` (the gigs are made up) and `path`."""
    sample = request.app.state.services.sample
    return environment.get_template(template).render(sample=sample, path=request.url.path, **context)
