"""A loopback server of the sample boards: `python -m crawlers.sample_boards.server [PORT]`.

Each board lives under a path of its own, in its true format, and the web's everyday troubles are here too: validators
and 304, a 429 with Retry-After, a slow answer, a page that is gone, a broken one, and one that robots.txt forbids.
"""

import argparse
import gzip
import hashlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from crawlers.sample_boards import formats, pages
from crawlers.sample_boards.postings import SEED, SamplePosting, by_board, sample_postings

HOST = "127.0.0.1"
PORT = 8471
"""The usual one."""
SLOW_S = 0.5
MIN_INTERVAL_S = 60
MAX_ROWS = 100
"""Rows of one page of the bidding board, whatever is asked."""

JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
GZIP = "application/gzip"

ROBOTS = "User-agent: *\nDisallow: /hedgerow/jobs/drafts/\nDisallow: /admin/\n\nSitemap: {base}/hedgerow/sitemap.xml\n"


@dataclass(frozen=True)
class Answer:
    body: bytes
    content_type: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0
    """Seconds between two bytes of the body."""


class SampleSite:
    """What the server answers to an address; no HTTP in here."""

    def __init__(self, base: str, now: datetime, seed: int = SEED) -> None:
        self.base = base
        self.now = now
        self.writer = formats.Writer(base, now)
        self.boards = by_board(sample_postings(seed))
        self._documents: dict[str, Answer] = {}
        self._pages: dict[str, SamplePosting] = {}
        self._announced: dict[str, SamplePosting] = {}
        for postings in self.boards.values():
            for posting in postings:
                self._pages[self.writer.path(posting)] = posting
                if posting.link:
                    self._announced.setdefault(posting.link, posting)
        self._write_documents()

    def answer(self, target: str) -> Answer:
        """The answer to `target`, a path with its query."""
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return (
            self._documents.get(parts.path)
            or self._interface(parts.path, query)
            or self._page(target)
            or Answer(pages.document("Not found", "<h1>Not found</h1>").encode(), status=404)
        )

    def _write_documents(self) -> None:
        add = self._documents.__setitem__
        writer, boards = self.writer, self.boards
        add("/", _html(pages.front_page(self.base)))
        add("/robots.txt", Answer(ROBOTS.format(base=self.base).encode(), TEXT))
        add("/.well-known/gigdex.json", _json(self._grant("", "the sample boards of Gigdex")))
        for board, postings in boards.items():
            links = [(posting.title, self.base + writer.path(posting)) for posting in postings]
            add(f"/{board}/", _html(pages.home_page(board, links)))
            add(f"/{board}", self._documents[f"/{board}/"])
            add(f"/{board}/.well-known/gigdex.json", _json(self._grant(f"/{board}", formats.NAMES[board])))
        add("/taskfinch/api/remote-jobs", _json(writer.taskfinch(boards["taskfinch"])))
        add("/lanternwork/api", _json(writer.lanternwork(boards["lanternwork"])))
        add("/wrenwire/remote-jobs.rss", Answer(writer.wrenwire(boards["wrenwire"]).encode(), RSS))
        self._write_sitemaps()

    def _write_sitemaps(self) -> None:
        add = self._documents.__setitem__
        hedgerow = [self._entry(posting) for posting in self.boards["hedgerow"]]
        half = len(hedgerow) // 2
        root = f"{self.base}/hedgerow"
        others: list[tuple[str, datetime | None]] = [(f"{root}/{page}", None) for page in ("", "about", "help/safety")]
        troubles = [
            (f"{root}/jobs/{page}", self.now) for page in ("69001-cut-off", "69002-gone", "drafts/69003-not-yet")
        ]
        shards = {
            "jobs-1.xml.gz": (gzip.compress(formats.sitemap(hedgerow[:half]), mtime=0), GZIP),
            "jobs-2.xml": (formats.sitemap([*hedgerow[half:], *troubles]), XML),
            "pages.xml": (formats.sitemap(others), XML),
        }
        for name, (body, content_type) in shards.items():
            add(f"/hedgerow/sitemaps/{name}", Answer(body, content_type))
        index = formats.sitemap_index([(f"{root}/sitemaps/{name}", self.now) for name in shards])
        add("/hedgerow/sitemap.xml", Answer(index, XML))
        puddle = [self._entry(posting) for posting in self.boards["puddlejobs"]]
        add("/puddlejobs/sitemap.xml", Answer(formats.sitemap([(f"{self.base}/puddlejobs/", None), *puddle]), XML))
        first = self.boards["hedgerow"][0]
        cut = pages.broken_page(first, f"{root}/jobs/69001-cut-off", self.now)
        add("/hedgerow/jobs/69001-cut-off", _html(cut))
        add(
            "/hedgerow/jobs/69002-gone",
            Answer(pages.document("Gone", "<h1>This job is taken</h1>").encode(), status=410),
        )
        add(
            "/hedgerow/jobs/drafts/69003-not-yet",
            _html(pages.json_ld_page(first, f"{root}/jobs/drafts/69003", self.now)),
        )

    def _entry(self, posting: SamplePosting) -> tuple[str, datetime | None]:
        return self.base + self.writer.path(posting), self.writer.posted(posting)

    def _grant(self, path: str, name: str) -> dict[str, Any]:
        return {
            "version": 1,
            "contact": "nobody@sample.example",
            "channels": dict.fromkeys(("page", "api", "feed", "mail", "jsonld"), "full"),
            "sources": [f"{self.base}{path}/"],
            "attribution": name,
            "min_interval_s": MIN_INTERVAL_S,
        }

    def _interface(self, path: str, query: dict[str, str]) -> Answer | None:
        """The interfaces that take parameters."""
        writer, plinth = self.writer, self.boards["plinth"]
        if path == "/brightmoss/api/v2/remote-jobs":
            return _json(writer.brightmoss(self.boards["brightmoss"], _whole(query.get("count"), 50)))
        if path == "/bidbarrow/api/projects/0.1/projects/active/":
            limit, offset = min(_whole(query.get("limit"), 10), MAX_ROWS), _whole(query.get("offset"), 0)
            full = query.get("full_description") in ("true", "1")
            return _json(writer.bidbarrow(self.boards["bidbarrow"], limit, offset, full))
        if path == "/plinth/api/v1/search_by_date":
            tags = query.get("tags", "").split(",")
            if "story" in tags:
                return _json(writer.plinth_threads())
            thread = _whole(next((tag[6:] for tag in tags if tag.startswith("story_")), None), 0)
            page, size = _whole(query.get("page"), 0), max(1, _whole(query.get("hitsPerPage"), 20))
            return self._thread(thread, lambda: writer.plinth_search(plinth, thread, page, size))
        if path.startswith("/plinth/api/v1/items/"):
            thread = _whole(path.rpartition("/")[2], 0)
            return self._thread(thread, lambda: writer.plinth_thread(plinth, thread))
        return None

    @staticmethod
    def _thread(number: int, write: Callable[[], object]) -> Answer | None:
        return _json(write()) if number in (formats.HIRING_THREAD, formats.FREELANCE_THREAD) else None

    def _page(self, target: str) -> Answer | None:
        """A posting's own page, or the page where it was announced first."""
        posting = self._pages.get(target)
        if posting is None:
            posting = self._announced.get(target)
            return _html(pages.plain_page(posting, posting.organization)) if posting else None
        address, posted = self.writer.link(posting), self.writer.posted(posting)
        if posting.board == "puddlejobs":
            return _html(pages.microdata_page(posting, address, posted))
        if posting.board != "hedgerow":
            return _html(pages.plain_page(posting, formats.NAMES[posting.board]))
        place = self.boards["hedgerow"].index(posting)
        if place == 1:
            return _html(pages.untidy_page(posting, address, posted))
        return _html(pages.json_ld_page(posting, address, posted, formats.FAR_FUTURE if place == 2 else None))


def _html(text: str) -> Answer:
    # Texts here may be hostile on purpose; nothing in them may run in a visitor's browser.
    return Answer(
        text.encode(), HTML, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    )


def _json(document: object) -> Answer:
    return Answer(json.dumps(document, ensure_ascii=False).encode(), JSON)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else default


class SampleServer:
    """The sample boards on loopback, from `with` to its end.

    `port`: default is the usual one, so that links outlive a restart, or a free one where that is taken; 0: a free one.
    `now`: the instant that posting dates count from; default is this hour, so that a restart changes little.
    `slow_s`: how long the slow answer takes. `requests` lists the targets that were asked, in order.
    Raises OSError when the port is taken.
    """

    def __init__(
        self, port: int | None = None, now: datetime | None = None, seed: int = SEED, slow_s: float = SLOW_S
    ) -> None:
        self._http = _listen(port)
        self.url = f"http://{HOST}:{self._http.server_port}"
        self.slow_s = slow_s
        self.requests: list[str] = []
        self.trouble: Callable[[str], Answer | None] = lambda target: None
        """What is answered to a target instead of what the boards say; None leaves it to them."""
        now = now or datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.site = SampleSite(self.url, now, seed)
        self._refused: set[str] = set()
        self._lock = threading.Lock()
        self._http.sample = self  # a handler knows only its server
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def wait(self) -> None:
        """Until another thread closes it, or Ctrl-C."""
        self._thread.join()

    def answer(self, target: str) -> Answer:
        with self._lock:
            self.requests.append(target)
            busy = self._busy(target)
        if (trouble := self.trouble(target)) is not None:
            return trouble
        if busy:
            return Answer(b"Too many requests, try again in a second.\n", TEXT, 429, {"Retry-After": "1"})
        if target.startswith("/brightmoss/api/"):
            time.sleep(self.slow_s)
        return self.site.answer(target)

    def _busy(self, target: str) -> bool:
        """The bidding board refuses its second page, once a crawl."""
        if not target.startswith("/bidbarrow/api/"):
            return False
        offset = parse_qs(urlsplit(target).query).get("offset", ["0"])[-1]
        if offset == "0":
            self._refused.clear()
            return False
        if self._refused:
            return False
        self._refused.add(offset)
        return True


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    sample: SampleServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went away is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _listen(port: int | None) -> _Http:
    try:
        return _Http((HOST, PORT if port is None else port), _Handler)
    except OSError:
        if port is not None:
            raise
        return _Http((HOST, 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SampleBoards"
    sys_version = ""

    def do_GET(self) -> None:
        self._reply(body=True)

    def do_HEAD(self) -> None:
        self._reply(body=False)

    def _reply(self, body: bool) -> None:
        assert isinstance(self.server, _Http)
        answer = self.server.sample.answer(self.path)
        etag = f'"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"'
        unchanged = answer.status == 200 and etag in self.headers.get("If-None-Match", "")
        self.send_response(304 if unchanged else answer.status)
        if answer.status == 200:
            self.send_header("ETag", etag)
            self.send_header("Cache-Control", "max-age=0, must-revalidate")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not unchanged:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if body and not unchanged and answer.drip_s:
            for byte in answer.body:
                self.wfile.write(bytes((byte,)))
                time.sleep(answer.drip_s)
        elif body and not unchanged:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the crawler logs its own side."""


@contextmanager
def serving(port_file: Path) -> Iterator[str]:
    """The address of the sample boards, at the port that the file keeps: served by us, or by the other process that
    has the port already."""
    try:
        port: int | None = int(port_file.read_text("ascii"))
    except (OSError, ValueError):
        port = None
    try:
        server = SampleServer(port)
    except OSError:
        yield f"http://{HOST}:{port}"
        return
    with server:
        port_file.parent.mkdir(parents=True, exist_ok=True)
        port_file.write_text(server.url.rpartition(":")[2], "ascii")
        yield server.url


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m crawlers.sample_boards.server", description="Serve the sample boards."
    )
    parser.add_argument("port", nargs="?", type=int, help=f"default: {PORT}, or a free one where that is taken")
    port = parser.parse_args().port
    try:
        server = SampleServer(port)
    except (OSError, OverflowError) as error:
        sys.exit(f"port {port} can't be used: {error}")
    with server, suppress(KeyboardInterrupt):
        print(f"Sample boards at {server.url} (Ctrl-C ends)", flush=True)
        server.wait()


if __name__ == "__main__":
    main()
