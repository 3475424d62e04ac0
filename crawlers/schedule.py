"""When each board is due, and crawling boards as they become due."""

import http.client
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawlers.bases.spider import BoardSpider
from crawlers.run import Progress, crawl
from index.settings import Settings
from index.store.boards import declare, standings
from index.store.inbox import Inbox
from index.store.runs import Run
from index.store.runs import last_runs as stored_runs
from index.store.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
"""How often the schedule looks for boards that are due."""
AT_ONCE = 4
"""Crawling processes at once: a large site that takes hours must not keep the others waiting, nor fill the memory."""
UNREACHED_S = 900
"""Seconds until a board is asked again after a run without any answer: it cost the board nothing."""
ANSWER_S = 5.0
"""How long a first start waits for a board to answer before it shows the sample boards."""


def last_runs(store: Store, inbox: Inbox) -> dict[str, Run]:
    """Each board's last run, whether or not its postings have been ingested. One that asked nothing is none."""
    with store.database.reading() as connection:
        known = (run for board in standings(connection, datetime.now(UTC)) for run in stored_runs(connection, board, 1))
        found = {run.board: run for run in known}
    for run in inbox.runs():
        if run.outcome != "skipped" and (run.board not in found or run.started_at > found[run.board].started_at):
            found[run.board] = run
    return found


def due_times(
    spiders: Iterable[type[BoardSpider]], runs: Mapping[str, Run], now: datetime
) -> dict[str, datetime | None]:
    """When each board may be crawled next: its interval after the start of its last run, good or bad, or soon after
    one that reached nobody; None for a board that was never crawled."""
    found: dict[str, datetime | None] = {}
    for spider in spiders:
        run = runs.get(spider.name)
        if run is None:
            found[spider.name] = None
            continue
        interval = spider.board.interval_s
        if run.outcome == "failed" and not run.counts.get("pages"):
            interval = min(interval, UNREACHED_S)
        # a start in the future is a clock that was wrong then
        found[spider.name] = min(run.started_at, now) + timedelta(seconds=interval)
    return found


class Schedule:
    """Crawls the boards of one instance as they become due, each time in a process of its own."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        spiders: Callable[[], Mapping[str, type[BoardSpider]]],
        settings: Settings,
        sample_url: str | None = None,
    ) -> None:
        self.store = store
        self.inbox = inbox
        self.spiders = spiders
        self.settings = settings
        self.sample_url = sample_url
        self._skipped: dict[str, datetime] = {}
        """When a board was skipped last, because another process crawls its host or it was too early after all."""
        self._crawls: list[threading.Thread] = []
        """One for each crawling process."""
        self._under_way: set[str] = set()
        """Boards that are being crawled."""

    def due(self, now: datetime) -> list[str]:
        """Boards that are on and due. Declares the boards anew first: a crawl may have found a grant withdrawn, the
        operator may have added a site."""
        spiders = self.spiders()
        declare(self.store.database, [spider.info() for spider in spiders.values()])
        with self.store.database.reading() as connection:
            boards = standings(connection, now)
        wanted = [spider for name, spider in spiders.items() if boards[name].enabled and name not in self._under_way]
        times = due_times(wanted, last_runs(self.store, self.inbox), now)
        patience = timedelta(seconds=UNREACHED_S)
        waiting = {name for name, when in self._skipped.items() if when <= now < when + patience}
        return [name for name, when in times.items() if name not in waiting and (when is None or when <= now)]

    def run(self, stop: threading.Event) -> None:
        """Crawl what is due until `stop` is set."""
        while not stop.is_set():
            try:
                self.begin(stop)
            except Exception as error:  # a failed look must not end the schedule
                log.error("the crawl schedule failed: %s; looking again in %g s", error, LOOK_EVERY_S)
            stop.wait(LOOK_EVERY_S)
        for thread in self._crawls:
            thread.join()

    def begin(self, stop: threading.Event) -> None:
        """Begin to crawl what is due, beside what is being crawled already."""
        self._crawls = [thread for thread in self._crawls if thread.is_alive()]
        if len(self._crawls) < AT_ONCE and (due := self.due(datetime.now(UTC))):
            self._under_way |= set(due)
            thread = threading.Thread(target=self._try_to_crawl, args=(due, stop), daemon=True)
            self._crawls.append(thread)
            thread.start()

    def _try_to_crawl(self, boards: list[str], stop: threading.Event) -> None:
        left = set(boards)
        try:
            self._crawl(boards, stop, left)
        except Exception as error:  # no process could be started; they are due again at the next look
            log.error("crawling %s failed: %s", ", ".join(boards), error)
        finally:
            self._under_way -= left

    def _crawl(self, boards: list[str], stop: threading.Event, left: set[str]) -> None:
        """`left`: the boards that have not ended; each is taken out as it ends, for it needn't wait for the others."""

        def ended(progress: Progress) -> None:
            if (board := progress.board) not in left:
                return
            if progress.outcome == "skipped":
                self._skipped[board] = datetime.now(UTC)
            log.info(
                "%s: %s, %d postings%s",
                board,
                progress.outcome,
                progress.counts.get("postings", 0),
                f"; {progress.error}" if progress.error else "",
            )
            left.remove(board)
            self._under_way.discard(board)

        def note(progress: Progress) -> None:
            if progress.event == "log" and progress.message:
                log.warning("%s: %s", progress.board or "crawl", progress.message)
            if progress.event == "ended":
                ended(progress)

        for one in crawl(boards, self.settings, note, sample_url=self.sample_url, stop=stop):
            ended(one)  # those of which the process died before it could say so


def answering(spiders: Iterable[type[BoardSpider]], timeout_s: float = ANSWER_S) -> bool:
    """Whether any board that is on by its terms answers at all, within `timeout_s` seconds for all of them."""
    hosts = {urlsplit(spider.base_url) for spider in spiders if spider.board.terms.off is None}
    pool = ThreadPoolExecutor(max_workers=max(1, len(hosts)))
    try:
        asked = [pool.submit(_answers, host.scheme, host.netloc, timeout_s) for host in hosts]
        pending = set(asked)
        deadline = datetime.now(UTC) + timedelta(seconds=timeout_s)
        while pending and (left := (deadline - datetime.now(UTC)).total_seconds()) > 0:
            done, pending = wait(pending, timeout=left, return_when="FIRST_COMPLETED")
            if any(one.result() for one in done):
                return True
        return False
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _answers(scheme: str, host: str, timeout_s: float) -> bool:
    """Any HTTP answer counts; robots.txt is what a polite visitor asks for first anyway."""
    connect = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = connect(host, timeout=timeout_s)
    try:
        connection.request("GET", "/robots.txt", headers={"User-Agent": "Gigdex"})
        connection.getresponse()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
