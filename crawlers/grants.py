"""Sites that permit crawling in a file of their own, `https://HOST/.well-known/gigdex.json`.

    {"version": 1, "contact": "jobs@example.org", "channels": {"page": "full", "api": "link_only"},
     "sources": ["https://example.org/sitemap.xml"], "attribution": "Example Jobs", "min_interval_s": 86400}

An operator adds a site once (`gigdex boards add HOST`); its grant is read, kept in the data folder
(`sites/HOST.json`) and the site is a board from then on, named by its host, with the terms that it grants. Every
crawl reads the grant anew: a changed one counts at once, a withdrawn one switches the board off.
"""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from scrapy import Request
from twisted.python.failure import Failure

from crawlers.bases.sitemap_jobposting import SitemapJobPostingSpider
from crawlers.bases.spider import BoardSpider, Draft
from crawlers.board import Board
from crawlers.page import Page
from crawlers.row import BadPage
from index.settings import Settings
from index.terms import BoardTerms, ChannelLevels, TermsEvidence

WELL_KNOWN = "/.well-known/gigdex.json"
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")

log = logging.getLogger(__name__)


class BadGrant(ValueError):
    """A grant file that grants nothing; the message is one line."""


class Grant(BaseModel):
    """The file, version 1. Unknown fields are ignored, so that sites may write for later versions too."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1]
    contact: Annotated[str, StringConstraints(min_length=3, max_length=200)]
    channels: ChannelLevels
    sources: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]
    attribution: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    min_interval_s: int = Field(ge=60, le=30 * 24 * 3600)


def read_grant(data: bytes, host: str) -> Grant:
    """The grant in a file of this host. Raises BadGrant."""
    try:
        grant = Grant.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadGrant(f"the grant of {host} can't be used: {where + ': ' if where else ''}{first['msg']}") from None
    for source in grant.sources:
        parts = urlsplit(source)
        if parts.scheme != "https" or parts.netloc.lower() != host:
            raise BadGrant(f"the grant of {host} names a source elsewhere: {source}")
    return grant


class SiteSpider(SitemapJobPostingSpider):
    """A granting site. First its grant is read again, then the sources that it names."""

    file: Path
    only_grant = False
    """Read the grant and stop."""

    def first_requests(self) -> Iterator[Request]:
        yield from self.ask(self.base_url + WELL_KNOWN, self.read_grant)

    def read_grant(self, page: Page) -> Iterator[Draft | Request]:
        try:
            grant = read_grant(page.data, self.name)
        except BadGrant as error:
            save(self.file, None, str(error))
            raise BadPage(str(error)) from None
        save(self.file, grant, None)
        if self.only_grant:
            return
        for source in grant.sources:
            yield from self.ask(source, self.read_any)

    def missed(self, failure: Failure) -> None:
        """A grant that is gone is withdrawn; one that can't be read just now only ends this run."""
        response = getattr(failure.value, "response", None)
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        if request.cb_kwargs.get("step") == self.read_grant and getattr(response, "status", 0) in (404, 410):
            save(self.file, None, f"{self.name} has no grant at {request.url}")
        super().missed(failure)


def site_boards(settings: Settings) -> dict[str, type[BoardSpider]]:
    """The sites that the operator added, by board id. A damaged file is logged and skipped."""
    found: dict[str, type[BoardSpider]] = {}
    for file in sorted((settings.data / "sites").glob("*.json")):
        try:
            found[file.stem] = site_spider(file)
        except (OSError, ValueError) as error:
            log.warning("%s can't be read, so this site is no board: %s", file, error)
    return found


def site_spider(file: Path) -> type[SiteSpider]:
    """The spider of one saved site. Raises OSError or ValueError."""
    host = file.stem
    saved = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(saved, dict) or not HOST.fullmatch(host):
        raise ValueError("not a saved site")
    address = f"https://{host}{WELL_KNOWN}"
    if saved.get("grant"):
        grant = Grant.model_validate(saved["grant"])
        evidence = TermsEvidence(what=address, read=date.fromisoformat(saved["read"]), says="the site's own grant")
        terms = BoardTerms(
            attribution=grant.attribution,
            min_interval_s=grant.min_interval_s,
            channels=grant.channels,
            evidence=(evidence,),
        )
    else:
        reason = str(saved.get("reason") or f"{host} has no grant at {address}")
        terms = BoardTerms(attribution=host, min_interval_s=24 * 3600, off=reason)
    board = Board(id=host, name=host, homepage=f"https://{host}", terms=terms, max_pages=2_000)
    return type("Site", (SiteSpider,), {"board": board, "base_url": f"https://{host}", "file": file})


def save(file: Path, grant: Grant | None, reason: str | None) -> None:
    """Keep a site's grant, or why it has none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    value = {
        "grant": grant.model_dump(mode="json") if grant else None,
        "read": datetime.now(UTC).date().isoformat(),
        "reason": reason,
    }
    replacement = file.with_suffix(".new")
    replacement.write_text(json.dumps(value, indent=1), encoding="utf-8")
    replacement.replace(file)


def add_site(host: str, settings: Settings) -> BoardTerms:
    """Read the site's grant and make the site a board, which its terms leave off when it grants nothing.

    Works once a process. Raises BadGrant when `host` is no host name.
    """
    from crawlers.run import run_here

    host = host.lower()
    if not HOST.fullmatch(host):
        raise BadGrant(f"{host!r} is no host name such as jobs.example.org")
    file = settings.data / "sites" / f"{host}.json"
    if not file.exists():
        save(file, None, "its grant has not been read yet")
    spider = type("Grant", (site_spider(file),), {"only_grant": True})
    run_here([spider], lambda progress: None, {"GIGDEX_CONFIRMED": [host], "ITEM_PIPELINES": {}})
    return site_spider(file).board.terms
