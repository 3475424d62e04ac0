"""From a spider's drafts to the inbox: validate, drop duplicates, count, hand over in batches."""

import logging
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.logformatter import LogFormatter

from crawlers.bases.spider import BoardSpider, Draft
from index.posting import BadPosting, Posting, read_posting
from index.store.inbox import Inbox

BATCH = 100
"""Postings handed over at once: what a killed process can lose is less than that, and is crawled again."""

log = logging.getLogger(__name__)


class InboxPipeline:
    """One run of one board."""

    def __init__(self, crawler: Crawler, inbox: Inbox | None = None) -> None:
        self.crawler = crawler
        self.inbox = inbox or Inbox.open(crawler.settings["GIGDEX"])
        self.run = ""
        self.waiting: list[Posting] = []
        self.seen: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "InboxPipeline":
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_closed, signal=signals.spider_closed)
        return pipeline

    @property
    def spider(self) -> BoardSpider:
        spider = self.crawler.spider
        assert isinstance(spider, BoardSpider)
        return spider

    def open_spider(self) -> None:
        self.run = self.inbox.start_run(self.spider.board.id)

    def process_item(self, item: Draft) -> dict[str, Any]:
        """The validated posting, as JSON for Scrapy's own exporters. Raises DropItem."""
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
        if posting.external_id in self.seen:
            tally.count("duplicates")
            raise DropItem(f"{posting.key}: twice in this run", log_level="DEBUG")
        self.seen.add(posting.external_id)
        tally.count("postings")
        self.waiting.append(posting)
        if len(self.waiting) >= BATCH:
            self._hand_over()
        return posting.model_dump(mode="json", exclude_none=True)

    def spider_closed(self, reason: str) -> None:
        """Scrapy says why only here, after the pipelines are closed."""
        self._hand_over()
        spider, tally = self.spider, self.spider.tally
        if reason != "finished":
            tally.problem(f"stopped before the end ({reason})")
        found = tally.counts["postings"]
        if tally.complete and not spider.board.expect_min <= found <= spider.board.expect_max:
            tally.problem(f"{found} postings, expected {spider.board.expect_min} to {spider.board.expect_max}")
        outcome = "cancelled" if reason == "shutdown" else tally.outcome
        try:
            self.inbox.finish_run(self.run, tally.complete, outcome, dict(tally.counts), tally.error)
        except Exception as error:  # the disk is full, the file is gone: what was handed over stays
            log.error("the end of the run of %s can't be written: %s", spider.name, error)

    def _hand_over(self) -> None:
        """A full disk or a locked database ends the run instead of filling memory; what was handed over is safe."""
        if not self.waiting:
            return
        try:
            self.inbox.put(self.run, self.waiting)
        except Exception as error:
            self.spider.tally.problem(f"the inbox can't be written: {error}")
            self.spider.tally.count("lost", len(self.waiting))
            log.error("the inbox can't be written, so the crawl of %s ends here: %s", self.spider.name, error)
            self.spider.stopped = True
        self.waiting = []


class OneLineLogFormatter(LogFormatter):
    """A dropped posting is one line of log, not a copy of the whole posting."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Spider) -> Any:
        return super().dropped(item, exception, response, spider) | {"msg": "Dropped: %(exception)s"}
