"""The kind `json_api`: any JSON interface, by an address template, a way of paging and a mapping in JMESPath."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urljoin, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from scrapy import Request

from crawlers.bases.json_api import summary
from crawlers.bases.kind import Address, KindSpider, Source, filled
from crawlers.bases.rss import RssSpider
from crawlers.bases.spider import Draft, LeftOut
from crawlers.mapping import Expression, Fields, Path, known_zone, paths_of, read, search, unnamed
from crawlers.page import Page
from crawlers.row import MAX_NAME, BadPage, BadRow, Row
from crawlers.tally import Tally

Paths = Annotated[tuple[str, ...], Field(description="dotted names of fields that are known and of no use")]


class Token(BaseModel):
    """A first request that brings a token, sent as `Authorization: Bearer` from then on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Address = Field(description="address that gives the token")
    body: str | None = Field(None, description="form that is posted, such as OAuth 2's client credentials; unset: GET")
    user: str | None = Field(None, description="name and password for HTTP Basic, NAME:PASSWORD")
    path: Expression | None = Field(
        None, description="where in its JSON the token stands; unset: the last word of a text"
    )


class JsonSource(Source):
    """A JSON interface."""

    url: Address = Field(
        description="address; may hold {page}, {offset}, {cursor}, {size}, {each}, {today}, {key.NAME}"
    )
    each: tuple[str, ...] = Field((), description="values for {each}: the whole walk once for each of them")
    more: str = Field("", description="what further pages have at the address's end, such as &after={cursor}")
    headers: dict[str, str] = Field({}, description="request headers; may hold {key.NAME}")
    body: str | None = Field(
        None, description="JSON that is posted; its placeholders are written <page>, <key.NAME>..."
    )
    token: Token | None = None
    paging: Literal["none", "page", "offset", "cursor", "next", "link"] = Field(
        "none",
        description="page and offset count in the address; cursor: `cursor` finds the next page's {cursor}; next: it "
        "finds the next page's address; link: the header Link has it",
    )
    first: int = Field(1, ge=0, description="number of the first page")
    size: int = Field(0, ge=0, description="rows of a full page: one with fewer is the last; also {size}")
    cursor: Expression | None = Field(None, description="where a response has the next page's cursor or address")
    items: Expression = Field("@", description="where a response has its list of rows")
    skip: Expression | None = Field(None, description="rows of which this is true are no postings")
    seeks_work: Expression | None = Field(None, description="rows of which this is true are people seeking work")
    closed: Expression | None = Field(None, description="rows of which this is true take no more applicants")
    zone: Annotated[str | None, AfterValidator(known_zone)] = Field(None, description="time zone of dates without one")
    fields: Fields
    ignore: Paths = ()
    envelope: Paths = Field((), description="dotted names of known fields beside the list of rows")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.paging in ("cursor", "next") and not self.cursor:
            raise ValueError(f"paging {self.paging!r} needs cursor")
        if self.paging in ("page", "offset") and f"{{{self.paging}}}" not in self.url and not self.body:
            raise ValueError(f"paging {self.paging!r} needs {{{self.paging}}} in url")
        if self.each and "{each}" not in self.url:
            raise ValueError("each needs {each} in url")
        return self


class JsonSpider(KindSpider):
    """Walks the pages of an interface, one walk for each value of `each`."""

    kind = "json_api"
    Source = JsonSource
    source: ClassVar[JsonSource]
    example: ClassVar[Mapping[str, Any]] = {
        "url": "https://example.org/api/jobs",
        "items": "jobs",
        "fields": {"title": "title", "url": "url", "external_id": "id"},
    }

    token = ""

    @classmethod
    def addresses(cls, source: JsonSource) -> list[str]:
        return [source.url, *([source.token.url] if source.token else [])]

    @classmethod
    def read_page(cls, page: Page, tally: Tally) -> Iterator[Draft | BadRow]:
        """Many such boards have a feed as well; a saved one is read, too."""
        if is_feed(page):
            feed = RssSpider.declared(cls.board, {"urls": [cls.base_url]})
            return feed.read_page(page, tally)
        return super().read_page(page, tally)

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        value: Any = page.json
        items = found(cls.source.items, value)
        if not isinstance(items, list):
            if isinstance(value, list):
                items = value  # saved without its envelope
            elif isinstance(value, dict) and isinstance(found(cls.source.fields.title, value), str):
                items = [value]  # a single row
            else:
                raise BadPage(f"nothing at {cls.source.items!r} in the response: {summary(value)}")
        else:
            cls._account(value, items, tally)
        yield from items

    @classmethod
    def _account(cls, value: object, items: list[object], tally: Tally) -> None:
        """Count what stands beside the list of rows and is not known; of the rows, `read` takes account."""
        known = paths_of(cls.source.items) | (paths_of(cls.source.cursor) if cls.source.cursor else frozenset())
        known |= {tuple(name.split(".")) for name in cls.source.envelope}
        for path in unnamed(value, known, without={id(item) for item in items}) if isinstance(value, dict) else ():
            tally.count(f"unknown_field:{'.'.join(path)[:MAX_NAME]}")

    @classmethod
    def read(cls, row: Row) -> Draft:
        data = row.whole()
        if cls.source.skip and found(cls.source.skip, data):
            raise LeftOut("skipped")
        draft = read(row, cls.source.fields, cls._ignored(), cls.source.zone)
        if cls.source.seeks_work and found(cls.source.seeks_work, data):
            draft["extra"]["kind"] = "seeking_work"
        if cls.source.closed and found(cls.source.closed, data):
            draft["extra"]["status"] = "closed"
        return draft

    @classmethod
    def _ignored(cls) -> frozenset[Path]:
        """What is known besides the fields' own expressions."""
        tests = (cls.source.skip, cls.source.seeks_work, cls.source.closed)
        read = frozenset().union(*(paths_of(test) for test in tests if test))
        return read | {tuple(name.split(".")) for name in cls.source.ignore}

    # Crawling.

    def first_requests(self) -> Iterator[Request]:
        if self.source.token is None:
            yield from self.begin()
            return
        token = self.source.token
        request: dict[str, Any] = {}
        if token.body is not None:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            request = {"method": "POST", "body": filled(token.body), "headers": form}
        if token.user is not None:
            request.setdefault("headers", {})["Authorization"] = basic(token.user)
        yield from self.ask(filled(token.url), self.read_token, **request)

    def read_token(self, page: Page) -> Iterator[Request]:
        path = self.source.token.path if self.source.token else None
        token = found(path, page.json) if path else (page.text.split() or [""])[-1]
        if not isinstance(token, str) or not token or not token.isprintable():
            raise BadPage("no token in the response")
        self.token = token
        yield from self.begin()

    def begin(self) -> Iterator[Request]:
        """The first page of each walk."""
        for each in self.source.each or ("",):
            yield from self.ask_page({"each": each, "page": self.source.first, "offset": 0, "cursor": ""})

    def ask_page(self, at: dict[str, Any], url: str | None = None) -> Iterator[Request]:
        """One page of a walk: `at` fills the template, unless the response before said the next `url`."""
        at = at | {"size": self.source.size}
        headers = {name: unquoted(value) for name, value in self.source.headers.items()}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request: dict[str, Any] = {"headers": headers}
        if self.source.body is not None:
            request |= {"method": "POST", "body": posted(self.source.body, at)}
            headers.setdefault("Content-Type", "application/json")

        def step(page: Page) -> Iterator[Draft | Request]:
            yield from self.read_walk(page, at)

        template = self.source.url + (self.source.more if at["cursor"] else "")
        yield from self.ask(url or filled(template, **at), step, **request)

    def read_walk(self, page: Page, at: dict[str, Any]) -> Iterator[Draft | Request]:
        """The postings of a page, then the next one, unless this one was empty, short, or repeats an earlier one."""
        before = self.tally.counts["rows"]
        yield from self.read_postings(page)
        count = self.tally.counts["rows"] - before
        if not count or (self.source.size and count < self.source.size):
            return
        if self.source.paging in ("page", "offset"):
            if self.repeats(page):
                self.tally.problem(f"{page.name}: the same rows as the page before: the interface ignores its paging")
                return
            yield from self.ask_page(at | {"page": at["page"] + 1, "offset": at["offset"] + count})
        elif self.source.paging == "cursor":
            cursor = found(self.source.cursor, page.json)
            if cursor not in (None, "", False) and cursor != at["cursor"]:
                yield from self.ask_page(at | {"cursor": cursor})
        elif url := self.next_address(page):
            yield from self.ask_page(at, url)

    def repeats(self, page: Page) -> bool:
        """Whether a page has the rows of the one before, as one has that knows no paging."""
        rows = json.dumps(found(self.source.items, page.json), sort_keys=True)
        same = rows == getattr(self, "_rows_before", None)
        self._rows_before = rows
        return same

    def next_address(self, page: Page) -> str | None:
        """The next page's address, on a host that may be asked, other than this page's."""
        target: object = None
        if self.source.paging == "next":
            target = found(self.source.cursor, page.json)
        elif self.source.paging == "link":
            target = page.next_link
        if not isinstance(target, str) or not target:
            return None
        url = urljoin(page.url or self.source.url, target)
        if urlsplit(url).netloc.lower() not in self.hosts() or url == page.url:
            self.tally.count("foreign_links")
            return None
        return url


def is_feed(page: Page) -> bool:
    try:
        start = page.data[:2_000].lower()
    except BadPage:
        return False
    return b"<rss" in start or b"<feed" in start


def found(expression: str | None, value: object) -> Any:
    """What an expression finds; None where the value is of a type that it can't work on."""
    try:
        return search(expression, value) if expression else None
    except ValueError:
        return None


def basic(user: str) -> str:
    """The header of HTTP Basic authentication (RFC 7617)."""
    from base64 import b64encode

    return "Basic " + b64encode(unquoted(user).encode()).decode()


def unquoted(template: str) -> str:
    """A header with its keys, as they are."""
    from urllib.parse import unquote

    return unquote(filled(template))


def posted(template: str, at: Mapping[str, object]) -> str:
    """A JSON body; its placeholders are in angle brackets, for braces are JSON's own."""
    from crawlers.keys import key

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return key(name.removeprefix("key.")) if name.startswith("key.") else str(at.get(name, match[0]))

    return re.sub(r"<([a-z_]+(?:\.[a-z0-9_]+)?)>", value, template)
