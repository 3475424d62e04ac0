"""The kind `discourse`: topics of a category of a Discourse forum. Closed means filled.

A category's list has no texts, so each open topic is asked as well; closed ones are taken from the list as they are.
A category's feed (`/c/SLUG/ID.rss`), saved, is read too.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field
from scrapy import Request

from crawlers.bases.feed import FeedSpider
from crawlers.bases.json_api import summary
from crawlers.bases.kind import Addresses, KindSpider
from crawlers.bases.rss import read_item
from crawlers.bases.spider import Draft
from crawlers.marks import work_mark
from crawlers.page import Page
from crawlers.row import BadPage, BadRow, Row
from crawlers.tally import Tally


class CategorySource(Addresses):
    """Categories."""

    urls: tuple[str, ...] = Field(
        min_length=1, description="addresses of categories, such as https://forum.example/c/jobs/12"
    )


class DiscourseSpider(KindSpider, FeedSpider):
    """The newest topics of each category."""

    kind = "discourse"
    complete = False
    Source = CategorySource
    source: ClassVar[CategorySource]
    example: ClassVar[Mapping[str, Any]] = {"urls": ["https://example.org/c/jobs/12"]}

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        if page.text.lstrip("\ufeff \t\r\n").startswith("<"):
            yield from super().rows(page, tally)
            return
        value: Any = page.json
        if isinstance(value, dict) and isinstance(value.get("topic_list"), dict):
            value = value["topic_list"].get("topics")
        if isinstance(value, dict) and "post_stream" in value:
            value = [value]
        if not isinstance(value, list):
            raise BadPage(f"no topics: {summary(page.json)}")
        for topic in value:
            # An address is made here, where the forum's is known.
            if isinstance(topic, dict) and page.url and topic.get("id"):
                parts = urlsplit(page.url)
                topic = topic | {
                    "address": f"{parts.scheme}://{parts.netloc}/t/{topic.get('slug') or '-'}/{topic['id']}"
                }
            yield topic

    @classmethod
    def read(cls, row: Row) -> Draft:
        if "link" in row:
            row.ignore("discourse:topicPinned", "discourse:topicClosed", "discourse:topicArchived")
            draft = read_item(row)
            closed = str(row.take("discourse:topicClosed")).strip().lower() == "yes"
            return draft | {"extra": {"kind": work_mark(draft["title"] or ""), "status": "filled" if closed else None}}
        data = row.whole()  # dozens of fields about votes, readers and looks; forums' plugins add more
        title = row.text("title", "fancy_title")
        stream = data.get("post_stream")
        posts = stream.get("posts") if isinstance(stream, dict) else None
        opening = posts[0] if isinstance(posts, list) and posts and isinstance(posts[0], dict) else {}
        tags = [tag.get("name") if isinstance(tag, dict) else tag for tag in data.get("tags") or []]
        over = "filled" if row.flag("closed") else "closed" if row.flag("archived") else None
        return {
            "external_id": row.text("id"),
            "url": row.text("address"),
            "title": title,
            "description": opening.get("cooked") or row.text("excerpt"),
            "posted_at": row.when("created_at"),
            "tags": [tag for tag in tags if isinstance(tag, str)],
            "extra": {
                "kind": work_mark(title or ""),
                "status": over or ("removed" if row.flag("visible") is False else None),
                "notice": row.flag("pinned") or None,
            },
        }

    def first_requests(self) -> Iterator[Request]:
        for url in self.source.urls:
            yield from self.ask(url.rstrip("/") + ".json", self.read_list)

    def read_list(self, page: Page) -> Iterator[Draft | Request]:
        """Closed topics as they are; a request for each open one, which brings its text."""
        for draft in self.read_page(page, Tally()):
            if isinstance(draft, BadRow):
                self.tally.problem(f"{page.name}, row {draft.number}: {draft.message}")
            elif draft.get("extra", {}).get("notice"):
                self.tally.count("notices")
            elif draft.get("extra", {}).get("status"):
                self.handed_on += 1
                yield draft
            else:
                parts = urlsplit(page.url or self.base_url)
                address = f"{parts.scheme}://{parts.netloc}/t/{draft['external_id']}.json"
                yield from self.ask(address, self.read_postings)
