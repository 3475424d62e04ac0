"""Run spiders in one child process: `crawl` starts it and reports, `python -m crawlers.run BOARD…` is the child.

A process of its own, because Scrapy's reactor can't be started twice and a crawl must not slow a web server down.
The child writes one JSON object a line to stdout. It ends by itself when its parent dies: its stdin closes then.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from crawlers.bases.spider import BoardSpider
from crawlers.board import boards, spiders_of
from index.settings import Settings

SAMPLE_SPIDERS = "crawlers.sample_boards.spiders"
SAMPLE_URL = "GIGDEX_SAMPLE_URL"
"""Environment variable with the address of the sample boards' server."""
REPORT_EVERY_S = 0.2
GRACE_S = 10.0
"""What the child gets to end its runs in good order."""
QUIET = ("scrapy", "twisted")
"""Loggers that tell each step; ours and their warnings are what people need."""
STOPPING = threading.Event()
"""Set in the child once it is to end."""


@dataclass(frozen=True)
class Progress:
    """What a crawl says while it runs."""

    event: Literal["started", "progress", "ended", "log"]
    board: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    """Of the run so far, see crawlers.tally."""
    complete: bool = False
    outcome: str | None = None
    """Of a run that ended: finished, failed or cancelled."""
    error: str | None = None
    message: str | None = None
    """A line of log."""


def crawl(
    board_ids: Sequence[str],
    settings: Settings,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    *,
    sample_url: str | None = None,
    stop: threading.Event | None = None,
) -> list[Progress]:
    """Crawl boards in one child process and wait for it; one board's failure stops no other.

    Whether a board is on is the caller's to decide: a board that is off by its terms is crawled when named here.
    `sample_url`: the ids are sample boards, served at this address. `stop`, when set, ends the crawl in good order.
    Returns the `ended` event of each board, in the order of `board_ids`; an unknown id ends as failed.
    """
    command = [sys.executable, "-m", "crawlers.run", *board_ids]
    environment = os.environ | {
        "GIGDEX_DATA": str(settings.data.absolute()),
        "GIGDEX_DATABASE_URL": settings.database_url or "",
        "GIGDEX_CONTACT": settings.contact,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]),
        SAMPLE_URL: sample_url or "",
    }
    ended: dict[str, Progress] = {}
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module, ids are arguments
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        finished = threading.Event()
        if stop is not None:
            threading.Thread(target=_stop_child, args=(child, stop, finished), daemon=True).start()
        try:
            for line in child.stdout:
                progress = _read_line(line)
                if progress.event == "ended" and progress.board:
                    ended[progress.board] = progress
                on_progress(progress)
        finally:
            finished.set()
            child.stdin.close()
    missing = Progress("ended", outcome="failed", error=f"the crawler died with status {child.returncode}")
    return [ended.get(board) or _named(missing, board) for board in board_ids]


def _named(progress: Progress, board: str) -> Progress:
    return Progress(**(asdict(progress) | {"board": board}))


def _stop_child(child: "subprocess.Popen[str]", stop: threading.Event, finished: threading.Event) -> None:
    while not finished.wait(0.2):
        if stop.is_set():
            assert child.stdin is not None
            child.stdin.close()
            return


def _read_line(line: str) -> Progress:
    try:
        return Progress(**json.loads(line))
    except (TypeError, ValueError):  # a warning of the interpreter, a traceback
        return Progress("log", message=line.rstrip())


# The child.


def run_here(
    spiders: Iterable[type[BoardSpider]],
    tell: Callable[[Progress], None],
    overrides: dict[str, Any] | None = None,
    watch: Callable[[Any], None] = lambda process: None,
) -> None:
    """Run spiders in this process, which can do so only once. Spiders of one host run one after the other."""
    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings as ScrapySettings

    settings = ScrapySettings()
    settings.setmodule("crawlers.settings", priority="project")
    settings.setdict({"LOG_INSTALL_ROOT_HANDLER": False} | (overrides or {}), priority="cmdline")
    logging.disable(logging.INFO)  # it tells all about itself when it is made
    process = CrawlerProcess(settings)
    logging.disable(logging.NOTSET)
    for name in QUIET:  # and makes them talkative
        logging.getLogger(name).setLevel(logging.WARNING)
    queues: dict[str, list[type[BoardSpider]]] = {}
    for spider in spiders:
        # The sample boards share one loopback host on purpose: no board there needs protection from another.
        queues.setdefault(spider.name if spider.board.sample else urlsplit(spider.base_url).netloc, []).append(spider)
    for queue in queues.values():
        _start_next(process, queue, tell)
    watch(process)
    process.start(install_signal_handlers=True)


def _start_next(process: Any, queue: list[type[BoardSpider]], tell: Callable[[Progress], None]) -> None:
    from scrapy import signals

    if STOPPING.is_set():
        for spider_class in queue:
            tell(Progress("ended", spider_class.name, outcome="cancelled", error="stopped before it began"))
        queue.clear()
    if not queue:
        return
    spider_class = queue.pop(0)
    crawler = process.create_crawler(spider_class)
    board = spider_class.name
    last_told = 0.0
    outcome = {"reason": "failed"}

    def scraped() -> None:
        nonlocal last_told
        if time.monotonic() - last_told >= REPORT_EVERY_S:
            last_told = time.monotonic()
            tell(Progress("progress", board, dict(crawler.spider.tally.counts)))

    def closed(reason: str) -> None:
        outcome["reason"] = reason

    def ended(result: object) -> None:
        spider = crawler.spider
        if spider is None or isinstance(result, Failure):
            error = str(result.value) if isinstance(result, Failure) else "the spider didn't start"
            tell(Progress("ended", board, outcome="failed", error=" ".join(error.split())[:500]))
        else:
            tally = spider.tally
            word = "cancelled" if outcome["reason"] == "shutdown" else tally.outcome
            tell(Progress("ended", board, dict(tally.counts), tally.complete, word, tally.error))
        _start_next(process, queue, tell)

    for handler, signal in ((scraped, signals.item_scraped), (scraped, signals.item_dropped)):
        crawler.signals.connect(handler, signal=signal, weak=False)
    crawler.signals.connect(closed, signal=signals.spider_closed, weak=False)
    tell(Progress("started", board))
    crawling: Deferred[None] = process.crawl(crawler)
    crawling.addBoth(ended)


class _ToldLog(logging.Handler):
    """Log lines as events, so that one stream carries everything."""

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        super().__init__(logging.WARNING)
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        spider = getattr(record, "spider", None)
        self.tell(Progress("log", getattr(spider, "name", None), message=self.format(record)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m crawlers.run", description="Crawl boards; a child of gigdex.")
    parser.add_argument("boards", nargs="+", metavar="BOARD")
    wanted: list[str] = parser.parse_args(arguments).boards
    writing = threading.Lock()

    def tell(progress: Progress) -> None:
        line = json.dumps({key: value for key, value in asdict(progress).items() if value not in (None, {})})
        with writing:
            print(line, flush=True)

    logging.getLogger().addHandler(_ToldLog(tell))
    if os.environ.get(SAMPLE_URL):
        known = spiders_of(SAMPLE_SPIDERS)
    else:
        from index.settings import load_settings

        known = boards(load_settings())
    for board in wanted:
        if board not in known:
            tell(Progress("ended", board, outcome="failed", error=f"no board named {board}"))
    found = [known[board] for board in dict.fromkeys(wanted) if board in known]
    if found:
        run_here(found, tell, {"GIGDEX_CONFIRMED": wanted}, _end_with_parent)
    return 0


def _stop(process: Any) -> None:
    """Stop the crawlers that run by now. Scrapy forgets a stop that comes before a crawler's engine runs, so it is said
    again until all have ended."""
    for crawler in process.crawlers:
        crawler.crawling = crawler.crawling or (crawler.engine is not None and crawler.engine.running)
    process.stop()


def _end_with_parent(process: Any) -> None:
    """Stop in good order when stdin closes, at once when that takes too long."""
    from twisted.internet import reactor

    def wait_for_the_end() -> None:
        while sys.stdin.read(1):
            pass
        STOPPING.set()
        end = time.monotonic() + GRACE_S
        while time.monotonic() < end:
            reactor.callFromThread(_stop, process)
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
