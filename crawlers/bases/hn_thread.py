"""The kind `hn_thread`: monthly threads of Hacker News, such as "Who is hiring?", by Algolia's interface.

A thread is read as one tree of comments (`/items/ID`), which unlike its search has no limit of 1,000. A saved
search answer (`hits`) is read too.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field
from scrapy import Request

from crawlers.bases.forum_thread import ForumThreadSpider
from crawlers.bases.jobposting import a_pattern
from crawlers.bases.kind import KindSpider, Source
from crawlers.bases.spider import Draft, LeftOut
from crawlers.marks import first_line
from crawlers.page import Page
from crawlers.row import BadPage, Row


class HnSource(Source):
    """An account that opens threads month after month."""

    author: str = Field("whoishiring", pattern=r"^[\w-]+$", description="account that opens the threads")
    titles: Annotated[str, AfterValidator(a_pattern)] = Field(
        "who is hiring|seeking freelancer", description="regular expression: which of its threads are read"
    )
    newest: int = Field(
        2, ge=1, le=12, description="threads of each title; on the first of a month the new one is nearly empty"
    )


class HnThreadSpider(KindSpider, ForumThreadSpider):
    """Top-level comments of the newest threads."""

    kind = "hn_thread"
    Source = HnSource
    source: ClassVar[HnSource] = HnSource()
    example: ClassVar[Mapping[str, Any]] = {}
    base_url = "https://hn.algolia.com"
    threads_path = "/api/v1/search_by_date?tags=story,author_{author}"
    thread_path: ClassVar[str] = "/api/v1/items/"
    site_url: ClassVar[str] = "https://news.ycombinator.com"

    @classmethod
    def addresses(cls, source: HnSource) -> list[str]:
        return [cls.base_url]

    def first_requests(self) -> Iterator[Request]:
        yield from self.ask(self.base_url + self.threads_path.format(author=self.source.author), self.read_threads)

    def thread_addresses(self, page: Page) -> Iterator[str]:
        """The newest threads of each title; the list is newest first."""
        hits = page.json.get("hits") if isinstance(page.json, dict) else None
        if not isinstance(hits, list):
            raise BadPage("no list of threads in the response")
        taken: dict[str, int] = {}
        for hit in hits:
            title, number = (hit.get("title"), hit.get("objectID")) if isinstance(hit, dict) else (None, None)
            found = re.search(self.source.titles, title, re.IGNORECASE) if isinstance(title, str) else None
            if found and str(number).isdigit():
                word = found[0].lower()
                taken[word] = taken.get(word, 0) + 1
                if taken[word] <= self.source.newest:
                    yield f"{self.base_url}{self.thread_path}{number}"

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore("author", "children", "options", "points", "type", "updated_at", "url", "num_comments")
        row.ignore("_highlightResult", "_tags", "story_url")
        number = row.text("objectID", "id")
        text = row.text("comment_text", "text", "story_text")
        posted_at = row.when("created_at_i", "created_at")
        parent, story = row.text("parent_id"), row.text("story_id")
        headline, thread = row.text("title"), row.text("story_title")
        if row.flag("deleted") or row.flag("dead") or not (text or headline):
            raise LeftOut("deleted")
        title = headline or first_line(text or "")
        fields = [field.strip() for field in title.split("|")] if title.count("|") > 1 else []
        seeks = title.upper().lstrip().startswith("SEEKING WORK")
        return {
            "external_id": number,
            "url": f"{cls.site_url}/item?id={number}" if number else None,
            "title": title,
            "description": text,
            "organization": fields[0] if fields and not fields[0].upper().startswith("SEEKING") else None,
            "posted_at": posted_at,
            "extra": {
                "fields": fields,
                "thread": story,
                "thread_title": thread,
                "reply_to": parent if parent and story and parent != story else None,
                "kind": "seeking_work" if seeks else None,
            },
        }

    def unwanted(self, draft: Draft) -> str | None:
        return "replies" if "reply_to" in draft.get("extra", {}) else None
