"""Templates and static files. Everything in a template is escaped; a gig's text is anybody's text."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from search_api.excerpt import cut
from search_api.words import CHANNELS, DUTIES, LEVELS, about, ago, fact_words, minutes_words, plain

HERE = Path(__file__).parent


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


environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(plain=plain, cut=cut, ago=ago, about=about, minutes=minutes_words, fact=fact_words)
environment.globals.update(
    static=lambda name: static_files()[name].url, channels=CHANNELS, levels=LEVELS, duties=DUTIES
)


def render(template: str, request: Request, **context: Any) -> str:
    """The page. Every template knows `sample` (the gigs are made up) and `path`."""
    sample = request.app.state.services.sample
    return environment.get_template(template).render(sample=sample, path=request.url.path, **context)
