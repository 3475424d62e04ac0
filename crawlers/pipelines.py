"""From a spider's drafts to the inbox: validate, drop duplicates, count, hand over in batches."""

import logging
from datetime import UTC, datetime
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.logformatter import LogFormatter

from crawlers.bases.spider import BoardSpider, Draft
from crawlers.kept import BOOKMARK, Bookmark, ReadPage
from crawlers.personal import without_people
from index.lifecycle import closed_by_board
from index.posting import BadPosting, Posting, read_posting
from index.store.db import StoreError
from index.store.inbox import Inbox, Unchanged
from index.store.pages import KeptPage, load

BATCH = 100
"""Postings handed over at once: what a killed process can lose is less than that, and is crawled again."""
COUNTED_FIELDS = frozenset(Posting.model_fields) - {"board", "external_id", "url", "title", "fetched_at"}
"""Whose filling is watched (index/health.py); the others are never empty."""

log = logging.getLogger(__name__)


class InboxPipeline:
    """One run of one board."""

    def __init__(self, crawler: Crawler, inbox: Inbox | None = None) -> None:
        self.crawler = crawler
        self.inbox = inbox or Inbox.open(crawler.settings["GIGDEX"])
        self.run = ""
        self.is_alone = False
        """No other crawler is at the board."""
        self.waiting: list[Posting] = []
        self.kept: list[KeptPage] = []
        self.unchanged: list[Unchanged] = []
        self.seen: set[int] = set()
        """Hashes of the ids of this run's postings: a set of long ids would be most of a long run's memory."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "InboxPipeline":
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(pipeline.answered, signal=signals.response_received)
        return pipeline

    @property
    def spider(self) -> BoardSpider:
        spider = self.crawler.spider
        assert isinstance(spider, BoardSpider)
        return spider

    def open_spider(self) -> None:
        self.run = self.inbox.start_run(self.spider.board.id)
        if self.spider.has_bookmark:
            self.spider.bookmark = Bookmark.of(load(self.inbox.database, self.spider.board.id, BOOKMARK))

    def answered(self) -> None:
        """Nobody is asked anything before the host is ours (crawlers/politeness.py)."""
        if not self.is_alone:
            self.is_alone = True
            try:
                self.inbox.outlive(self.run, self.spider.board.id)
            except StoreError as error:  # they count as dead after a while, too
                log.warning("%s: %s", self.spider.name, error)

    def process_item(self, item: Draft | ReadPage | Unchanged) -> dict[str, Any]:
        """The validated posting, as JSON for Scrapy's own exporters. Raises DropItem, also for what is no posting."""
        if isinstance(item, ReadPage):
            self._keep(item)
            raise DropItem(f"page {item.page}: kept for the next run", log_level="DEBUG")
        if isinstance(item, Unchanged):
            self._see_unchanged(item)
            raise DropItem(f"page {item.page}: unchanged", log_level="DEBUG")
        tally = self.spider.tally
        if not item.get("title"):
            # Not a problem of the run: without a title it is no posting, now as before.
            tally.count("untitled")
            raise DropItem(f"{item.get('url')}: no title", log_level="INFO")
        try:
            posting, problems = read_posting(item)
        except BadPosting as error:
            tally.count("bad_rows")
            tally.problem(f"{item.get('url')}: {error}")
            raise DropItem(f"{item.get('url')}: {error}") from None
        for problem in problems:
            tally.count(f"bad_field:{problem.split(':')[0]}")
        if hash(posting.external_id) in self.seen:
            tally.count("duplicates")
            raise DropItem(f"{posting.key}: twice in this run", log_level="DEBUG")
        self.seen.add(hash(posting.external_id))
        self._count(posting)
        if "no_personal_names" in self.spider.board.terms.duties:
            posting = without_people(posting)
        self.waiting.append(posting)
        self._hand_over_full()
        return posting.model_dump(mode="json", exclude_none=True)

    def _count(self, posting: Posting) -> None:
        tally = self.spider.tally
        tally.count("postings")
        if closed_by_board(posting, datetime.now(UTC)):
            tally.count("closed_postings")
            return
        for name in COUNTED_FIELDS:
            if getattr(posting, name) not in (None, "", [], {}):
                tally.count(f"filled:{name}")
        if posting.external_id != self.spider.made_id(posting.url, posting.title):
            tally.count("filled:external_id")

    def _keep(self, page: ReadPage) -> None:
        """Together with its postings, or after them: a page that is kept without them would never be read again."""
        if all(hash(external_id) in self.seen for external_id in page.ids):
            now = datetime.now(UTC)
            self.kept.append(KeptPage(page.page, page.etag, page.last_modified, page.reader, now, page.ids))
            self._hand_over_full()

    def _see_unchanged(self, page: Unchanged) -> None:
        tally = self.spider.tally
        fresh = [external_id for external_id in dict.fromkeys(page.ids) if hash(external_id) not in self.seen]
        self.seen.update(map(hash, fresh))
        tally.count("postings", len(fresh))
        tally.count("unread_postings", len(fresh))
        tally.count("duplicates", len(page.ids) - len(fresh))
        self.unchanged.append(Unchanged(page.page, fresh))
        self._hand_over_full()

    def spider_closed(self, reason: str) -> None:
        """Scrapy says why only here, after the pipelines are closed."""
        if not self.spider.tally.counts["lost"] and (bookmark := self.spider.next_bookmark()):
            self.kept.append(bookmark.page())
        self._hand_over()
        spider, tally = self.spider, self.spider.tally
        if reason != "finished":
            tally.problem(f"stopped before the end ({reason})")
        elif not spider.flow.is_over and not tally.problems:
            tally.problem("stopped before the end: pages were left that earlier ones led to")
        stats = self.crawler.stats
        tally.count("bytes", int(stats.get_value("downloader/response_bytes", 0)) if stats else 0)
        found = tally.counts["postings"]
        if tally.complete and not spider.board.expect_min <= found <= spider.board.expect_max:
            tally.problem(f"{found} postings, expected {spider.board.expect_min} to {spider.board.expect_max}")
        outcome = "cancelled" if reason == "shutdown" else tally.outcome
        try:
            self.inbox.finish_run(self.run, tally.complete, outcome, dict(tally.counts), tally.error)
        except Exception as error:  # the disk is full, the file is gone: what was handed over stays
            log.error("the end of the run of %s can't be written: %s", spider.name, error)

    def _hand_over_full(self) -> None:
        if len(self.waiting) + len(self.kept) + len(self.unchanged) >= BATCH:
            self._hand_over()

    def _hand_over(self) -> None:
        """A full disk or a locked database ends the run instead of filling memory; what was handed over is safe."""
        if not (self.waiting or self.kept or self.unchanged):
            return
        try:
            self.inbox.put(self.run, self.waiting, self.spider.board.id, self.kept, self.unchanged)
        except Exception as error:
            self.spider.tally.problem(f"the inbox can't be written: {error}")
            self.spider.tally.count("lost", len(self.waiting))
            log.error("the inbox can't be written, so the crawl of %s ends here: %s", self.spider.name, error)
            self.spider.stopped = True
        self.waiting, self.kept, self.unchanged = [], [], []


class OneLineLogFormatter(LogFormatter):
    """A dropped posting is one line of log, not a copy of the whole posting."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Spider) -> Any:
        return super().dropped(item, exception, response, spider) | {"msg": "Dropped: %(exception)s"}
