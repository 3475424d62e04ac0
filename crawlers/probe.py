"""Look at a site and propose how to read it: `gigdex board new ADDRESS`.

Asked, as politely as in a crawl: the address itself, the owner's grant, the feeds that the page names, what its
software is known to offer, its sitemaps and a few of the pages in them. What reads as postings becomes a proposal,
which a person checks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml import html as lxml_html
from scrapy import Request
from twisted.python.failure import Failure

from crawlers.bases.sitemap_jobposting import sitemap_of
from crawlers.bases.spider import BoardSpider, Draft, web_address
from crawlers.bases.xml_feed import dialect_of
from crawlers.board import Board
from crawlers.declared import from_table
from crawlers.grants import WELL_KNOWN, BadGrant, Grant, read_grant
from crawlers.guess import guess
from crawlers.page import Page
from crawlers.row import BadPage, BadRow, Row
from crawlers.tally import Tally
from crawlers.toml import as_toml
from index.settings import Settings
from index.terms import BoardTerms

PAGES = 30
"""Asked at most."""
SAMPLES = 5
"""Postings shown, and pages of a sitemap that are read for them."""
MOST_ITEMS = 10_000
"""Postings of a run by a board's own bounds (crawlers/board.py), where they aren't set."""
SITEMAPS = 3
"""Of an index, followed."""
FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
JOB_PAGE = re.compile(
    r"/(?:jobs?|gigs?|tasks?|vacanc\w*|positions?|careers?|stellen\w*|emploi\w*|offres?|praca|offers?|listings?)/", re.I
)
"""A path of which a sitemap's page is likely a job."""

PLACES = {
    "greenhouse": re.compile(r"https://(?:job-)?boards\.greenhouse\.io/(?P<each>[\w-]+)"),
    "lever": re.compile(r"https://jobs\.lever\.co/(?P<each>[\w-]+)"),
    "ashby": re.compile(r"https://jobs\.ashbyhq\.com/(?P<each>[\w.-]+)"),
    "reddit": re.compile(r"https://(?:www\.|old\.)?reddit\.com/r/(?P<subreddits>\w+)"),
}
"""Places on the sites of boards, such as an employer's, which Gigdex knows how to read: what a board's `source` calls
it."""


class NothingFound(RuntimeError):
    """No way to read the site was found; the message says what was looked at."""


@dataclass
class Proposal:
    """How a site can be read, as a board's file, and what reading it gave."""

    board_id: str
    table: dict[str, Any]
    postings: list[Draft]
    notes: list[str] = field(default_factory=list)
    """What was found on the way, for people."""

    def toml(self) -> str:
        return as_toml(self.table)


@dataclass
class Candidate:
    """One way to read the site: earlier ones are better."""

    rank: int
    what: str
    kind: str
    source: dict[str, Any]
    drafts: list[Draft] = field(default_factory=list)
    pages: int = 0
    """That a crawl would ask for, where they were counted."""


class ProbeSpider(BoardSpider):
    """Collects candidates; one site, one run."""

    shape = "probe"
    address: ClassVar[str]
    found: ClassVar[list[Candidate]]
    notes: ClassVar[list[str]]
    grant: ClassVar[list[Grant]]

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        yield from ()

    @classmethod
    def read(cls, row: Row) -> Draft:
        raise NotImplementedError

    def first_requests(self) -> Iterator[Request]:
        yield from self.ask(self.base_url + WELL_KNOWN, self.look_at_grant)
        yield from self.ask(self.address, self.look)
        yield from self.ask(self.base_url + "/robots.txt", self.look_at_robots)

    def missed(self, failure: Failure) -> None:
        """Most of what is asked isn't there on most sites; only a refusal is worth telling."""
        from crawlers.bases.spider import explain

        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        reason = explain(failure.value)
        if request.url == self.address or "answers 404" not in reason:
            self.notes.append(f"{request.url}: {reason}")

    def link_of(self, url: str) -> str:
        """As a crawl of the pages of a sitemap does."""
        return url

    # What the owner says.

    def look_at_grant(self, page: Page) -> Iterator[Request]:
        try:
            grant = read_grant(page.data, urlsplit(self.base_url).netloc)
        except BadGrant as error:
            if page.data.lstrip().startswith(b"{"):
                self.notes.append(str(error))
            return
        self.grant.append(grant)
        self.notes.append(f"the owner's grant at {WELL_KNOWN}: {grant.channels.model_dump_json()}")
        for source in grant.sources:
            yield from self.ask(source, self.look_at_sitemap)

    def look_at_robots(self, page: Page) -> Iterator[Request]:
        """Sitemaps are named there."""
        named = [
            web_address(line.partition(":")[2], None)
            for line in page.text.splitlines()
            if line.lower().startswith("sitemap:")
        ]
        for address in [url for url in named if url][:SITEMAPS] or [self.base_url + "/sitemap.xml"]:
            yield from self.ask_here(address, self.look_at_sitemap)

    # What the address itself is.

    def look(self, page: Page) -> Iterator[Request]:
        start = page.text.lstrip("\ufeff \t\r\n")[:1]
        if start in ("{", "["):
            self.look_at_json(page)
        elif dialect := dialect_of(page):
            self.try_page(
                Candidate(1, f"a job feed in {dialect}'s dialect", "xml_feed", {"urls": [self.address]}), page
            )
        elif page.text.lstrip()[:300].lower().startswith(("<?xml", "<rss", "<feed")) and sitemap_of(page) is None:
            self.try_page(Candidate(1, "a feed", "rss", {"urls": [self.address]}), page)
        elif sitemap_of(page) is not None:
            yield from self.look_at_sitemap(page)
        else:
            yield from self.look_at_html(page)

    def look_at_json(self, page: Page) -> None:
        for kind, source in forums(self.address):
            self.try_page(Candidate(0, f"an interface of {kind}", kind, source), page)
        try:
            source = {"url": self.address} | guess(page.json)
        except BadPage as error:
            self.notes.append(f"{self.address}: {error}")
            return
        self.try_page(Candidate(2, "a JSON interface; check each expression", "json_api", source), page)

    def look_at_html(self, page: Page) -> Iterator[Request]:
        text = page.text
        yield from self.look_at_software(text)
        try:
            tree = lxml_html.document_fromstring(page.data)
        except Exception:  # lxml's own slips on hostile markup
            return
        for link in tree.iter("link"):
            kind, address = (link.get("type") or "").lower(), urljoin(page.url or self.address, link.get("href") or "")
            if link.get("rel") == "alternate" and kind in FEEDS and "comment" not in address.lower():
                yield from self.ask_here(address, self.look_at_feed)
        self.try_page(
            Candidate(4, "schema.org postings on the page itself", "jobposting", {"urls": [self.address]}), page
        )

    def look_at_software(self, text: str) -> Iterator[Request]:
        """What known software offers."""
        if "wp-job-manager" in text or "job_listing" in text or "job_manager" in text:
            self.notes.append("WordPress with WP Job Manager")
            yield from self.ask(self.base_url + "/?feed=job_feed&posts_per_page=100", self.look_at_feed)
        for kind, source in forums(self.address, text):
            self.notes.append(f"software: {kind}")
            candidate = Candidate(0, f"software that the kind {kind} reads", kind, source)
            for url in first_documents(kind, source):
                yield from self.ask_here(url, lambda page, candidate=candidate: self.try_page(candidate, page))

    def look_at_feed(self, page: Page) -> tuple[()]:
        if page.text.lstrip()[:1] in ("{", "["):
            source = {"url": page.url} | guess(page.json)
            return self.try_page(Candidate(3, "a JSON feed", "json_api", source), page)
        return self.try_page(Candidate(3, "a feed that the page names", "rss", {"urls": [page.url]}), page)

    # Sitemaps.

    def look_at_sitemap(self, page: Page) -> Iterator[Request]:
        sitemap = sitemap_of(page)
        if sitemap is None:
            return
        addresses = [address for address, _ in sitemap.locations]
        if sitemap.is_index:
            likely = [one for one in addresses if re.search(r"job|gig|vacanc|offer|listing", one)] or addresses
            for address in likely[:SITEMAPS]:
                yield from self.ask_here(address, self.look_at_sitemap)
            return
        jobs = [address for address in addresses if JOB_PAGE.search(urlsplit(address).path)]
        self.notes.append(f"sitemap {page.url}: {len(addresses)} pages, {len(jobs)} of them like jobs")
        pattern = JOB_PAGE.search(urlsplit(jobs[0]).path) if jobs else None
        source = {"urls": [page.url]} | ({"pages": pattern[0]} if pattern else {})
        candidate = Candidate(
            2, "schema.org postings of the pages in a sitemap", "jobposting", source, pages=len(jobs or addresses)
        )
        for address in (jobs or addresses)[:SAMPLES]:
            yield from self.ask_here(address, lambda page: self.try_page(candidate, page))

    # Trying.

    def ask_here(self, url: str, step: Any) -> Iterator[Request]:
        if urlsplit(url).netloc.lower() in self.hosts():
            yield from self.ask(url, step)
        else:
            self.notes.append(f"{url} is on another host, which was not asked")

    def try_page(self, candidate: Candidate, page: Page) -> tuple[()]:
        """Read a page with a candidate; one that reads something is kept."""
        spider = from_table(
            "new", skeleton("new", self.base_url) | {"kind": candidate.kind, "source": candidate.source}
        )
        drafts = [
            draft for draft in spider.read_page(page, Tally()) if not isinstance(draft, BadRow) and draft.get("title")
        ]
        candidate.drafts += drafts
        if drafts and candidate not in self.found:
            self.found.append(candidate)
        return ()


def forums(address: str, text: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Kinds of forum that an address, or the page there, is known to be."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    if 'content="Discourse' in text and "/c/" in parts.path:
        yield "discourse", {"urls": [address]}
    if (tag := re.match(r"/tags/([^/]+)", parts.path)) and re.search("mastodon", text, re.I):
        yield "mastodon_tag", {"server": origin, "tags": [tag[1]]}
    if (tag := re.match(r"/api/v1/timelines/tag/([^/]+)", parts.path)) is not None:
        yield "mastodon_tag", {"server": origin, "tags": [tag[1]]}
    if (api := re.match(r"(/api/v3)?/search/issues$", parts.path)) and (asked := parse_qs(parts.query).get("q")):
        yield "github_bounties", {"query": asked[0], "api": origin + (api[1] or "")}
    if (name := re.match(r"/c/([\w@.-]+)$", parts.path)) and re.search("lemmy", text, re.I):
        yield "lemmy", {"server": origin, "communities": [name[1]]}


def first_documents(kind: str, source: Mapping[str, Any]) -> list[str]:
    """What a spider of this kind asks first."""
    spider = from_table("new", skeleton("new", "https://example.org") | {"kind": kind, "source": dict(source)})
    return [request.url for request in spider().first_requests()]


def skeleton(board_id: str, homepage: str) -> dict[str, Any]:
    """A board's facts before anything is known: off, for nobody was asked."""
    host = urlsplit(homepage).netloc
    terms = {
        "attribution": board_id,
        "min_interval_s": 24 * 3600,
        "off": "no permission is known",
        "ask": f"the owner of {host}: may a gig search engine read it once a day, and show title and link, or text?",
    }
    return {"kind": "", "name": board_id, "homepage": homepage, "terms": terms}


def known_place(address: str) -> Proposal | None:
    """A place on the site of a board of Gigdex, such as an employer's or a subreddit: the same `source` for this one.
    It is not asked: that board's terms say whether it may be."""
    from crawlers.board import boards

    for name, pattern in PLACES.items():
        if match := pattern.match(address):
            spider: Any = boards()[name]
            [(field, place)] = match.groupdict().items()
            source = spider.source.model_dump(mode="json", exclude_defaults=True) | {field: [place]}
            board_id = place.lower()
            table = skeleton(board_id, address) | {"kind": spider.kind, "source": source}
            if spider.board.keys:
                table["keys"] = list(spider.board.keys)
            return Proposal(board_id, table, [], [f"a place on {spider.board.name}: {spider.board.terms.off or 'on'}"])
    return None


def probe(address: str, settings: Settings) -> Proposal:
    """Look at a site. Works once a process. Raises NothingFound, and ValueError when `address` is none."""
    from crawlers.run import run_here

    if (place := known_place(address)) is not None:
        return place
    spider = looking_at(address)
    run_here([spider], lambda progress: None, OVERRIDES | {"GIGDEX": settings})
    return proposal_of(spider)


OVERRIDES: dict[str, Any] = {"GIGDEX_CONFIRMED": ["new"], "ITEM_PIPELINES": {}}


def looking_at(address: str, delay_s: float = 1) -> type[ProbeSpider]:
    """The spider that looks at a site. Raises ValueError when `address` is no web address."""
    address = address if "://" in address else f"https://{address}"
    parts = urlsplit(address)
    try:
        sound = web_address(address, None) is not None and (parts.port or 1)
    except ValueError:  # what a port is not
        sound = False
    if not sound:
        raise ValueError(f"{address!r} is no web address such as https://jobs.example.org")
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    name = re.sub(r"[^a-z0-9.-]", "-", (parts.hostname or "").lower().removeprefix("www."))
    terms = BoardTerms(attribution=name, min_interval_s=60, off="being looked at")
    # `sample`: a look is no crawl, so it neither waits for an interval nor starts one.
    board = Board(id="new", name=name, homepage=origin, terms=terms, max_pages=PAGES, delay_s=delay_s, sample=True)
    body = {"board": board, "base_url": origin, "address": address, "found": [], "notes": [], "grant": []}
    return type("Probe", (ProbeSpider,), body)


def proposal_of(spider: type[ProbeSpider]) -> Proposal:
    """What a look brought. Raises NothingFound."""
    if not spider.found:
        seen = "; ".join(dict.fromkeys(spider.notes)) or "no feed, sitemap, structured data or known software"
        raise NothingFound(f"nothing at {spider.address} reads as postings ({seen})")
    best = min(spider.found, key=lambda candidate: candidate.rank)
    table = skeleton(spider.board.name, spider.base_url) | {"kind": best.kind, "source": best.source}
    if best.pages:  # the site may grow; a crawl that a bound cuts closes nothing
        most = 2 * best.pages + PAGES
        table |= {"max_pages": most} | ({"max_items": most, "expect_max": most} if most > MOST_ITEMS else {})
    if spider.grant:
        table["terms"] = granted(spider.grant[0], spider.base_url + WELL_KNOWN)
    notes = [*dict.fromkeys(spider.notes), f"proposed: {best.what}"]
    notes += [f"also possible: {one.what} ({one.kind})" for one in spider.found if one is not best]
    return Proposal(spider.board.name, table, best.drafts[:SAMPLES], notes)


def shown(draft: Draft) -> Iterator[str]:
    """What was read besides the title, a line each, so that one sees what the proposal gets wrong."""
    for name in ("url", "organization", "location", "pay", "posted_at", "expires_at", "tags", "description"):
        value = draft.get(name)
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        if value:
            yield f"{name}: {' '.join(' '.join(str(part) for part in parts if part is not None).split())[:100]}"


def granted(grant: Grant, address: str) -> dict[str, Any]:
    """Terms by the owner's own grant."""
    evidence = {"what": address, "read": datetime.now(UTC).date(), "says": "the site's own grant"}
    return {
        "attribution": grant.attribution,
        "min_interval_s": grant.min_interval_s,
        "channels": grant.channels.model_dump(),
        "evidence": [evidence],
    }
