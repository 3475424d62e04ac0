"""The kind `reddit`: posts of subreddits, by the interface's listings (JSON) or saved feeds (Atom, the older RSS)."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, ClassVar

from pydantic import Field
from scrapy import Request

from crawlers.bases.feed import FeedSpider
from crawlers.bases.json_kind import basic
from crawlers.bases.kind import KindSpider, Source, filled
from crawlers.bases.rss import read_item
from crawlers.bases.spider import Draft, LeftOut
from crawlers.keys import variable
from crawlers.marks import OFFERS, SEEKS, status_mark, work_mark
from crawlers.page import Page
from crawlers.row import BadPage, Row
from crawlers.tally import Tally

TAIL = re.compile(r"(?:&(?:amp;)?#32;|\s)*submitted by\b(?!.*submitted by\b).*$", re.DOTALL)
"""What a feed adds below the text: author and links."""
GONE = ("[deleted]", "[removed]")

IGNORED = (
    "author", "author_fullname", "score", "ups", "downs", "upvote_ratio", "num_comments", "thumbnail", "domain",
    "is_self", "subreddit_id", "subreddit_name_prefixed", "selftext_html", "edited", "name", "distinguished", "gilded",
    "likes", "media", "media_embed", "secure_media", "secure_media_embed", "preview", "saved", "hidden", "clicked",
    "visited", "created", "link_flair_css_class", "link_flair_type", "link_flair_richtext", "link_flair_text_color",
    "archived", "link_flair_background_color", "link_flair_template_id", "author_flair_text", "author_flair_css_class",
    "pinned", "author_flair_type", "author_flair_richtext", "author_flair_text_color", "author_flair_background_color",
    "quarantine", "author_flair_template_id", "author_patreon_flair", "author_premium", "all_awardings", "awarders",
    "total_awards_received", "approved_at_utc", "approved_by", "banned_at_utc", "banned_by", "can_gild", "can_mod_post",
    "category", "content_categories", "contest_mode", "crosspost_parent", "crosspost_parent_list", "discussion_type",
    "gildings", "hide_score", "is_created_from_ads_ui", "is_crosspostable", "is_meta", "is_original_content",
    "is_reddit_media_domain", "is_robot_indexable", "is_video", "media_only", "mod_note", "mod_reason_by",
    "mod_reason_title", "mod_reports", "no_follow", "num_crossposts", "num_reports", "parent_whitelist_status", "pwls",
    "removal_reason", "removed_by", "report_reasons", "send_replies", "subreddit_subscribers", "subreddit_type",
    "suggested_sort", "thumbnail_height", "thumbnail_width", "top_awarded_type", "treatment_tags",
    "url_overridden_by_dest", "user_reports", "view_count", "whitelist_status", "wls", "allow_live_comments",
    "author_is_blocked", "post_hint", "spoiler", "url", "gallery_data", "media_metadata", "is_gallery", "poll_data",
    "event_end", "event_is_live", "event_start",
)  # fmt: skip
"""Known, and about people, votes or looks."""


class RedditSource(Source):
    """Subreddits, asked by the interface with an application's id and secret."""

    subreddits: tuple[str, ...] = Field(min_length=1, description="names, without r/")
    offers: tuple[str, ...] = Field(OFFERS, description="tags of titles and flairs that offer work")
    seeks: tuple[str, ...] = Field(SEEKS, description="tags of people who seek work")


class RedditSpider(KindSpider, FeedSpider):
    """The newest hundred posts of each subreddit."""

    kind = "reddit"
    complete = False
    Source = RedditSource
    source: ClassVar[RedditSource]
    example: ClassVar[Mapping[str, Any]] = {"subreddits": ["forhire"]}
    api: ClassVar[str] = "https://oauth.reddit.com"
    site: ClassVar[str] = "https://www.reddit.com"

    @classmethod
    def addresses(cls, source: RedditSource) -> list[str]:
        return [cls.api, cls.site]

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        if page.text.lstrip("\ufeff \t\r\n").startswith("<"):
            yield from super().rows(page, tally)
            return
        value: Any = page.json
        for name in ("data", "children"):
            if isinstance(value, dict) and name in value:
                value = value[name]
        if not isinstance(value, list):
            raise BadPage("no listing of posts in the response")
        for child in value:
            if isinstance(child, dict) and child.get("kind") == "t1":
                tally.count("comments")
                continue
            yield child["data"] if isinstance(child, dict) and isinstance(child.get("data"), dict) else child

    @classmethod
    def read(cls, row: Row) -> Draft:
        draft = cls._of_feed(row) if "link" in row else cls._of_json(row)
        extra = draft["extra"]
        extra["kind"] = work_mark(draft["title"] or "", extra.get("flair"), cls.source.offers, cls.source.seeks)
        extra["status"] = extra.get("status") or status_mark(extra.get("flair"))
        return draft

    @classmethod
    def _of_json(cls, row: Row) -> Draft:
        """Texts arrive escaped for HTML."""
        row.ignore(*IGNORED)
        number, permalink = row.text("id"), row.text("permalink")
        if not row.text("title", "selftext"):
            raise LeftOut("empty")
        title, body = unescape(row.text("title") or ""), unescape(row.text("selftext") or "")
        stuck = row.flag("stickied")
        removed = row.text("removed_by_category") or (body.strip() in GONE) or title.strip() in GONE
        locked = row.flag("locked")
        subreddit = row.text("subreddit")
        return {
            "external_id": number,
            "url": cls.site + permalink if permalink and permalink.startswith("/") else permalink,
            "title": title,
            "description": None if removed else body,
            "posted_at": row.when("created_utc"),
            "tags": [subreddit] if subreddit else [],
            "extra": {
                "flair": row.text("link_flair_text"),
                "status": "removed" if removed else "closed" if locked else None,
                "adult": row.flag("over_18") or None,
                "notice": stuck or None,
            },
        }

    @classmethod
    def _of_feed(cls, row: Row) -> Draft:
        draft = read_item(row)
        draft["description"] = TAIL.sub("", draft["description"] or "")
        draft["external_id"] = (draft["external_id"] or "").removeprefix("t3_")
        return draft | {"extra": {}}

    def unwanted(self, draft: Draft) -> str | None:
        return "notices" if draft.get("extra", {}).get("notice") else None

    # Crawling: reddit.com/dev/api, OAuth 2 for an application without a user.

    def first_requests(self) -> Iterator[Request]:
        yield from self.ask(
            self.site + "/api/v1/access_token",
            self.read_token,
            method="POST",
            body="grant_type=client_credentials",
            headers={
                "Authorization": basic("{key.reddit_client_id}:{key.reddit_client_secret}"),
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )

    def read_token(self, page: Page) -> Iterator[Request]:
        token = page.json.get("access_token") if isinstance(page.json, dict) else None
        if not isinstance(token, str):
            raise BadPage(f"no token; check {variable('reddit_client_id')} and {variable('reddit_client_secret')}")
        for name in self.source.subreddits:
            url = filled(self.api + "/r/{name}/new?limit=100&raw_json=1", name=name)
            yield from self.ask(url, self.read_postings, headers={"Authorization": f"Bearer {token}"})
