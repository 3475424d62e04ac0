"""The kind `lemmy`: posts of communities, by a server's interface (version 3)."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field
from scrapy import Request

from crawlers.bases.kind import Address, Source, filled
from crawlers.bases.post_list import PostListSpider
from crawlers.bases.spider import Draft
from crawlers.marks import status_mark, work_mark
from crawlers.row import Row

LIMIT = 50


class LemmySource(Source):
    """Communities on a server."""

    server: Address = Field(description="address of the server, such as https://lemmy.example")
    communities: tuple[str, ...] = Field(min_length=1, description="NAME or NAME@HOST")


class LemmySpider(PostListSpider):
    """The newest posts of each community. A post that many servers show has one identity, its `ap_id`."""

    kind = "lemmy"
    field = "posts"
    complete = False
    Source = LemmySource
    source: ClassVar[LemmySource]
    example: ClassVar[Mapping[str, Any]] = {"server": "https://example.org", "communities": ["forhire"]}

    @classmethod
    def addresses(cls, source: LemmySource) -> list[str]:
        return [source.server]

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore(
            "creator",
            "counts",
            "subscribed",
            "saved",
            "read",
            "creator_blocked",
            "unread_comments",
            "hidden",
            "my_vote",
        )
        row.ignore("creator_banned_from_community", "creator_is_moderator", "creator_is_admin", "image_details")
        row.ignore("banned_from_community")
        community = row.row("community")
        community.whole()
        post = row.row("post")
        post.ignore("creator_id", "community_id", "updated", "thumbnail_url", "local", "language_id", "embed_title")
        post.ignore(
            "embed_description", "embed_video_url", "featured_local", "url_content_type", "alt_text", "id", "url"
        )
        title = post.text("name")
        gone = post.flag("deleted") or post.flag("removed")
        locked = post.flag("locked")
        notice = post.flag("featured_community")
        return {
            "external_id": post.text("ap_id"),
            "url": post.text("ap_id"),
            "title": title,
            "description": post.text("body"),
            "posted_at": post.when("published"),
            "tags": [name] if (name := community.text("name")) else [],
            "extra": {
                "kind": work_mark(title or ""),
                "status": "removed" if gone else "closed" if locked else status_mark(title),
                "adult": post.flag("nsfw") or None,
                "notice": notice or None,
            },
        }

    def first_requests(self) -> Iterator[Request]:
        address = self.source.server.rstrip("/") + "/api/v3/post/list?community_name={name}&sort=New&limit={limit}"
        for name in self.source.communities:
            yield from self.ask(filled(address, name=name, limit=LIMIT), self.read_postings)

    def unwanted(self, draft: Draft) -> str | None:
        return "notices" if draft.get("extra", {}).get("notice") else None
