"""BoardSpider: what all spiders share. A board's file only maps one row of a response to a posting's fields."""

import hashlib
import inspect
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.board import BadBoard, Board
from crawlers.flow import Flow, Reading
from crawlers.kept import Bookmark, unchanged
from crawlers.keys import NoKey, without_keys
from crawlers.page import Page
from crawlers.row import BadPage, BadRow, Row
from crawlers.tally import Tally
from index.terms import BoardInfo

Draft = dict[str, Any]
"""Fields of a posting (index.posting.Posting) before validation."""

Step = Callable[[Page], Iterable[Draft | Request]]
"""What to do with a page once it is here."""

MAX_TITLE = 2_000
MAX_URL = 4_000


class Forbidden(IgnoreRequest):
    """robots.txt keeps us off this page."""


class NotNow(IgnoreRequest):
    """Nobody's fault, and nothing was asked: it is too early, or another process crawls the host."""


class LeftOut(Exception):
    """Raised by `read` for a row that is no posting by the board's own rules; its text is the name it is counted by."""


class BoardSpider(Spider):
    """Base of all spiders.

    A board's class declares `board` and `base_url` and maps a row in `read`. Reading is pure (`read_page`), so
    that a crawl and `gigdex parse` share it. The spider's name is the board's id.
    """

    board: ClassVar[Board]
    base_url: ClassVar[str]
    """Address of the board's interface, without a path; its host is the one that may be asked."""
    shape: ClassVar[str]
    has_bookmark: ClassVar[bool] = False
    """It reads a feed of changes and goes on where the run before stopped."""
    bookmark: Bookmark | None = None
    """Where that was; None in a first run."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        board = getattr(cls, "board", None)
        if board is None or inspect.isabstract(cls):
            return
        if not isinstance(board, Board):
            raise BadBoard(f"{cls.__name__}.board is no Board")
        if urlsplit(getattr(cls, "base_url", "")).scheme not in ("http", "https"):
            raise BadBoard(f"{cls.__name__}.base_url is no http address")
        cls.name = board.id

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.tally = Tally()
        self.handed_on = 0
        self.stopped = False
        """Set by the pipeline when going on makes no sense."""
        self.flow = Flow(self.tally)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        bounds = {
            "DOWNLOAD_DELAY": cls.board.delay_s,
            "DOWNLOAD_MAXSIZE": cls.board.max_bytes,
            "DOWNLOAD_TIMEOUT": cls.board.timeout_s,
        }
        settings.setdict(bounds, priority="spider")

    @classmethod
    def info(cls) -> BoardInfo:
        """What the index and the pages keep of this board."""
        return cls.board.info(cls.shape)

    @classmethod
    def hosts(cls) -> frozenset[str]:
        """The only hosts (with port, where it isn't the scheme's own) that this spider asks."""
        return frozenset({urlsplit(cls.base_url).netloc.lower(), *cls.board.hosts})

    # Reading: pure, the same for a crawl and for a saved file.

    @classmethod
    @abstractmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        """The rows of a page, objects to be read by `read`; a BadRow stands for one that can't be told.

        Raises BadPage.
        """

    @classmethod
    @abstractmethod
    def read(cls, row: Row) -> Draft:
        """One row as a posting's fields, without `board`. Raises LeftOut."""

    @classmethod
    def read_page(cls, page: Page, tally: Tally) -> Iterator[Draft | BadRow]:
        """Every row of a page in order, each a draft of a posting or a BadRow. Never raises."""
        number = 0
        try:
            for number, raw in enumerate(cls.rows(page, tally), 1):
                tally.count("rows")
                try:
                    yield cls._read_row(raw, page, number, tally)
                except LeftOut as reason:
                    tally.count(str(reason))
                except BadPage as error:
                    tally.count("bad_rows")
                    tally.problem(f"{page.name}, row {number}: {error}")
                    yield BadRow(number, str(error))
        except BadPage as error:
            yield cls._bad_page(page, str(error), tally)
        except Exception as error:  # a library's slip on hostile bytes must not end the run
            yield cls._bad_page(page, f"unreadable after row {number} ({type(error).__name__}: {error})", tally)

    @classmethod
    def _read_row(cls, raw: object, page: Page, number: int, tally: Tally) -> Draft:
        if isinstance(raw, BadRow):
            raise BadPage(raw.message)
        if not isinstance(raw, dict):
            raise BadPage(f"not an object but {type(raw).__name__}")
        row = Row(raw)
        try:
            draft = cls.read(row)
        except LeftOut:
            raise
        except Exception as error:  # one row's surprise is that row's alone
            raise BadPage(f"unreadable ({type(error).__name__}: {error})"[:300]) from error
        for name in row.account():
            tally.count(name)
        return cls._finish(draft, page, number, tally)

    @classmethod
    def _bad_page(cls, page: Page, message: str, tally: Tally) -> BadRow:
        tally.count("bad_pages")
        message = " ".join(message.split())
        tally.problem(f"{page.name}: {message}")
        return BadRow(0, message[:300])

    @classmethod
    def _finish(cls, draft: Draft, page: Page, number: int, tally: Tally) -> Draft:
        """Identity and link by the same rules for all boards; None and blanks are left out."""
        for name in ("url", "apply_url"):
            value = draft.get(name)
            draft[name] = web_address(value, page.url)
            if value and not draft[name]:
                tally.count(f"bad_field:{name}")
        title = (draft.get("title") or "").strip()[:MAX_TITLE]
        link = draft["url"] or page.link or f"urn:gigdex:file:{page.name}#{number}"
        identity = (draft.get("external_id") or "").strip()
        if not identity:
            identity = cls.made_id(link, title)
        draft |= {"board": cls.board.id, "external_id": identity, "url": link, "title": title}
        draft["fetched_at"] = page.fetched_at
        for part in ("extra", "pay"):
            draft[part] = {key: value for key, value in (draft.get(part) or {}).items() if value not in (None, "", [])}
        return {key: value for key, value in draft.items() if value not in (None, "", [], {})}

    @staticmethod
    def made_id(link: str, title: str) -> str:
        """The id of a row that has none of its own."""
        return hashlib.blake2b(f"{link}\n{title}".encode("utf-8", "replace"), digest_size=16).hexdigest()

    # Crawling.

    @abstractmethod
    def first_requests(self) -> Iterator[Request]:
        """Where a run begins."""

    def next_bookmark(self) -> Bookmark | None:
        """Where the next run is to go on; None leaves the bookmark as it is."""
        return None

    def unwanted(self, draft: Draft) -> str | None:
        """The name by which a row is counted that a crawl doesn't hand on; `gigdex parse` prints it all the same."""
        return None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Raises Unsafe when the settings leave something open."""
        from crawlers.safety import check  # it needs this module

        check(crawler.settings)
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.flow.dropped, signal=signals.request_dropped)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        try:
            for request in self.first_requests():
                yield request
        except NoKey as error:
            self.tally.problem(str(error))

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        """Scrapy's default callback: the rows of one page, so that `scrapy shell` and `scrapy parse` are of use."""
        return self.answered(response, self.read_postings)

    def ask(self, url: str, step: Step, **request: Any) -> Iterator[Request]:
        """A request for `url`, whose page goes to `step`; none beyond the board's bound of pages.

        `request`: what else Scrapy's Request takes (method, headers, body).
        """
        if self.stopped:
            return
        if self.tally.counts["requests"] >= self.board.max_pages:
            self.tally.problem(f"cut after {self.board.max_pages} pages")
            return
        self.tally.count("requests")
        self.flow.asked()
        yield Request(url, callback=self.answered, errback=self.failed, cb_kwargs={"step": step}, **request)

    def answered(self, response: Response, step: Step) -> Iterator[Any]:
        """Scrapy's callback: what a page brings, and what was waiting for its turn."""
        self.tally.count("pages")
        yield from self.flow.on(self._read(response, step))

    def _read(self, response: Response, step: Step) -> Iterator[Any]:
        if kept := unchanged(response):
            self.tally.count("not_modified")
            self.handed_on += len(kept.ids)
            yield kept
            return
        address = without_keys(response.url, self.board.keys)
        page = Page(
            body=response.body,
            name=address,
            url=address,
            link=self.link_of(response.url),
            fetched_at=datetime.now(UTC).replace(microsecond=0),
            content_type=(response.headers.get(b"Content-Type") or b"").decode("latin-1") or None,
            max_bytes=self.board.max_bytes,
            link_header=(response.headers.get(b"Link") or b"").decode("latin-1"),
        )
        reading = Reading(self.tally, self.flow, page)
        try:
            yield from reading.of(step(page))
        except BadPage as error:
            self.logger.warning("%s: %s", page.name, self._bad_page(page, str(error), self.tally).message)
        except Exception:
            self.logger.exception("%s: bug in the spider", page.name)
            self._bad_page(page, "bug in the spider, see the log", self.tally)
        else:
            yield from reading.to_keep(response)

    def failed(self, failure: Failure) -> Iterator[Any]:
        """Scrapy's errback: a request that brought no page."""
        self.missed(failure)
        return self.flow.on(iter(()))

    def missed(self, failure: Failure) -> None:
        """One line, and the run is not complete unless robots.txt forbade the page."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        self.tally.count(f"error:{kind_of(failure.value)}")
        if isinstance(failure.value, Forbidden) and self.tally.counts["pages"]:
            # One page of a site that lets us in: not ours to read, now as before.
            self.tally.count("forbidden")
            self.logger.info("%s: %s", request.url, failure.value)
            return
        message = without_keys(f"{request.url}: {explain(failure.value)}", self.board.keys)
        if isinstance(failure.value, NotNow):
            self.tally.skipped = True
        else:
            self.tally.count("bad_pages")
        self.tally.problem(message)
        self.logger.warning(message)

    def link_of(self, url: str) -> str:
        """What a row without a link of its own links to: an interface's address is of no use to people."""
        return self.board.homepage

    def read_postings(self, page: Page) -> Iterator[Draft]:
        """The drafts of a page that are handed on, within the board's bound."""
        for result in self.read_page(page, self.tally):
            if isinstance(result, BadRow):
                self.logger.warning("%s, row %d: %s", page.name, result.number, result.message)
            elif reason := self.unwanted(result):
                self.tally.count(reason)
            elif self.stopped:
                return
            elif self.handed_on >= self.board.max_items:
                self.tally.problem(f"cut after {self.board.max_items} postings")
                return
            else:
                self.handed_on += 1
                yield result


def web_address(value: object, base: str | None) -> str | None:
    """An absolute http(s) address; None for anything else, such as `javascript:`, which must never become a link."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        address = urljoin(base, value.strip()) if base else value.strip()
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > MAX_URL:
        return None
    return address


def kind_of(error: BaseException | None) -> str:
    """The name by which a failure is counted: `http_404`, `robots`, `too_large`, `DownloadTimeoutError`..."""
    if isinstance(error, HttpError):
        return f"http_{error.response.status}"
    if isinstance(error, IgnoreRequest):
        names = {Forbidden: "robots", NotNow: "not_now"}
        return names.get(type(error)) or ("too_large" if "DOWNLOAD_MAXSIZE" in str(error) else "refused")
    return type(error).__name__


def explain(error: BaseException | None) -> str:
    """One line for people about why a page didn't come."""
    if isinstance(error, HttpError):
        return f"answers {error.response.status}"
    if isinstance(error, IgnoreRequest) and str(error):
        return str(error)
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__
