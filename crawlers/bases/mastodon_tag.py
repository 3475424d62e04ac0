"""The kind `mastodon_tag`: public posts with a hashtag on one server (docs.joinmastodon.org/methods/timelines)."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field
from scrapy import Request

from crawlers.bases.kind import Address, Source, filled
from crawlers.bases.post_list import PostListSpider
from crawlers.bases.spider import Draft
from crawlers.marks import first_line, work_mark
from crawlers.page import Page
from crawlers.row import Row

SEEKS = ("commissionsopen", "opencommissions", "opentowork", "lookingforwork", "forhire", "hireme", "getfedihired")
PAGES = 3
"""Of forty posts, of each tag: older ones were read by earlier runs."""


class TagSource(Source):
    """Tags on a server."""

    server: Address = Field(description="address of the server, such as https://mastodon.example")
    tags: tuple[str, ...] = Field(min_length=1, description="hashtags, without #")
    seeks: tuple[str, ...] = Field(SEEKS, description="tags of people who seek work")


class MastodonTagSpider(PostListSpider):
    """The newest posts of each tag. A post that many servers show has one identity, its `uri`."""

    kind = "mastodon_tag"
    complete = False
    Source = TagSource
    source: ClassVar[TagSource]
    example: ClassVar[Mapping[str, Any]] = {"server": "https://example.org", "tags": ["fedihire"]}

    @classmethod
    def addresses(cls, source: TagSource) -> list[str]:
        return [source.server]

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore(
            "account", "application", "card", "edited_at", "emojis", "favourites_count", "in_reply_to_account_id"
        )
        row.ignore(
            "media_attachments", "mentions", "poll", "quote", "quotes_count", "reblog", "reblogs_count", "filtered"
        )
        row.ignore("replies_count", "visibility", "quote_approval", "favourited", "reblogged", "muted", "bookmarked")
        text, warning = row.text("content"), row.text("spoiler_text")
        title = first_line(warning or "") or first_line(text or "")
        tags = [name for tag in row.rows("tags") if (name := _name(tag))]
        seeks = {name.lower() for name in tags} & set(cls.source.seeks)
        return {
            "external_id": row.text("uri", "id"),
            "url": row.text("url", "uri"),
            "title": title,
            "description": text,
            "posted_at": row.when("created_at"),
            "tags": tags,
            "language": row.text("language"),
            "extra": {
                "kind": "seeking_work" if seeks else work_mark(title),
                "reply_to": row.text("in_reply_to_id"),
                "adult": row.flag("sensitive") or None,
            },
        }

    def first_requests(self) -> Iterator[Request]:
        for tag in self.source.tags:
            url = filled(self.source.server.rstrip("/") + "/api/v1/timelines/tag/{tag}?limit=40", tag=tag)
            yield from self.ask_page(url, 1)

    def ask_page(self, url: str, number: int) -> Iterator[Request]:
        def step(page: Page) -> Iterator[Draft | Request]:
            yield from self.read_postings(page)
            if number < PAGES and (following := page.next_link):
                yield from self.ask_page(following, number + 1)

        yield from self.ask(url, step)

    def unwanted(self, draft: Draft) -> str | None:
        return "replies" if "reply_to" in draft.get("extra", {}) else None


def _name(tag: Row) -> str | None:
    tag.ignore("url", "history", "following", "id")
    return tag.text("name")
