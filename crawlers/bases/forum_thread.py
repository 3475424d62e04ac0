"""Forum threads: find the newest threads, then read each one's posts."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from scrapy import Request

from crawlers.bases.spider import BoardSpider, Draft
from crawlers.page import Page
from crawlers.row import BadPage
from crawlers.tally import Tally


class ForumThreadSpider(BoardSpider):
    """Asks for the list of threads, then for each thread that `thread_addresses` picks from it.

    Rows are a thread's posts, replies included: a tree of `children`, or a flat list in `hits`.
    """

    shape = "forum_thread"

    threads_path: ClassVar[str]

    @abstractmethod
    def thread_addresses(self, page: Page) -> Iterator[str]:
        """Addresses of the threads to read, from the list of threads."""

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        value: Any = page.json
        if isinstance(value, dict):
            if not isinstance(value.get("children", value.get("hits")), list):
                raise BadPage("no list of posts in the response")
            value = value.get("children", value.get("hits"))
        if not isinstance(value, list):
            raise BadPage("no list of posts in the response")
        waiting = list(reversed(value))
        while waiting:
            post = waiting.pop()
            yield post
            if isinstance(post, dict) and isinstance(post.get("children"), list):
                waiting.extend(reversed(post["children"]))

    def first_requests(self) -> Iterator[Request]:
        yield from self.ask(self.base_url + self.threads_path, self.read_threads)

    def read_threads(self, page: Page) -> Iterator[Draft | Request]:
        addresses = list(self.thread_addresses(page))
        if not addresses:
            self.tally.problem(f"{page.name}: no thread found")
        for address in addresses:
            yield from self.ask(address, self.read_postings)
