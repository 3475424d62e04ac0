"""Hacker News' monthly threads "Who is hiring?" and "Freelancer? Seeking freelancer?", by Algolia's interface.

A thread is read as one tree of comments (`/items/ID`), which unlike its search has no limit of 1,000. A saved
search answer (`hits`) is read too.
"""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import ClassVar

from crawlers.bases.forum_thread import ForumThreadSpider
from crawlers.bases.spider import Draft, LeftOut
from crawlers.board import Board
from crawlers.page import Page
from crawlers.row import BadPage, Row
from index.terms import BoardTerms, TermsEvidence

THREADS = re.compile(r"who is hiring|seeking freelancer", re.IGNORECASE)
NEWEST = 2
"""Threads of each kind that are read: on the first of a month the new one is nearly empty."""
LINE_END = re.compile(r"<p\b[^>]*>|<br\s*/?>|\n", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
MAX_FIRST_LINE = 300
"""Characters of a title; some comments are one line of thousands, and the description has them all."""


class HackerNewsSpider(ForumThreadSpider):
    board = Board(
        id="hackernews",
        name="Hacker News",
        homepage="https://news.ycombinator.com",
        expect_min=20,
        max_pages=1 + 2 * NEWEST,
        terms=BoardTerms(
            attribution="Hacker News",
            min_interval_s=900,  # ours: none is published
            duties=("delete_at_once",),
            evidence=(
                TermsEvidence(
                    what="https://github.com/HackerNews/API README",
                    read=date(2026, 11, 23),
                    says="the public Hacker News data is made available; there is currently no rate limit. Nothing on "
                    "what may be shown, so the page has title and link only; posters own the text",
                ),
                TermsEvidence(
                    what="words of Algolia's interface, quoted on dev.to",
                    read=date(2026, 10, 14),
                    says="10,000 requests an hour for each address",
                ),
            ),
        ),
    )
    base_url = "https://hn.algolia.com"
    threads_path = "/api/v1/search_by_date?tags=story,author_whoishiring"
    thread_path: ClassVar[str] = "/api/v1/items/"
    site_url: ClassVar[str] = "https://news.ycombinator.com"

    def thread_addresses(self, page: Page) -> Iterator[str]:
        """The newest threads of each kind; the list is newest first."""
        hits = page.json.get("hits") if isinstance(page.json, dict) else None
        if not isinstance(hits, list):
            raise BadPage("no list of threads in the response")
        taken: dict[str, int] = {}
        for hit in hits:
            title, number = (hit.get("title"), hit.get("objectID")) if isinstance(hit, dict) else (None, None)
            kind = THREADS.search(title) if isinstance(title, str) else None
            if kind and str(number).isdigit():
                word = kind[0].lower()
                taken[word] = taken.get(word, 0) + 1
                if taken[word] <= NEWEST:
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
        return {
            "external_id": number,
            "url": f"{cls.site_url}/item?id={number}" if number else None,
            "title": title if len(title) <= MAX_FIRST_LINE else title[: MAX_FIRST_LINE - 1].rstrip() + "…",
            "description": text,
            "organization": fields[0] if fields and not fields[0].upper().startswith("SEEKING") else None,
            "posted_at": posted_at,
            "extra": {
                "fields": fields,
                "thread": story,
                "thread_title": thread,
                "reply_to": parent if parent and story and parent != story else None,
            },
        }

    def unwanted(self, draft: Draft) -> str | None:
        return "replies" if "reply_to" in draft.get("extra", {}) else None


def first_line(text: str) -> str:
    """The first line of a comment's HTML, as plain text."""
    for line in LINE_END.split(text):
        plain = " ".join(unescape(TAG.sub("", line)).split())
        if plain:
            return plain
    return ""
