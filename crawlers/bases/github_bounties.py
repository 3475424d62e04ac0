"""The kind `github_bounties`: issues with a bounty, by GitHub's search. A closed issue is filled.

GitHub's terms bar user data for recruiting, so names, texts and comments are not taken: title, labels and link.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field
from scrapy import Request

from crawlers.bases.kind import Source, filled
from crawlers.bases.post_list import PostListSpider
from crawlers.bases.spider import Draft
from crawlers.page import Page
from crawlers.row import Row
from crawlers.tally import Tally

AMOUNT = re.compile(r"[$€£]\s?\d[\d,.]*\s?k?\b|\b\d[\d,.]*\s?k?\s?(?:usd[ct]?|eur|gbp)\b", re.IGNORECASE)


class BountySource(Source):
    """A search of issues."""

    query: str = Field("label:bounty state:open is:issue", description="as GitHub's search takes it")
    api: str = Field(
        "https://api.github.com", pattern=r"^https?://[^/{]+(?:/api/v3)?$", description="address of the interface"
    )


class GithubBountiesSpider(PostListSpider):
    """Newest first, a hundred a page. GitHub shows a thousand at most: what is not among them counts as gone, for the
    search is for open issues."""

    kind = "github_bounties"
    field = "items"
    Source = BountySource
    source: ClassVar[BountySource]
    example: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def addresses(cls, source: BountySource) -> list[str]:
        return [source.api]

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        yield from super().rows(page, tally)
        if isinstance(page.json, dict) and page.json.get("incomplete_results"):
            tally.problem(f"{page.name}: GitHub says that its results are incomplete")

    @classmethod
    def read(cls, row: Row) -> Draft:
        data = row.whole()  # most of an issue is about people and the interface, none of which is taken
        labels = [name for label in row.rows("labels") if (name := _name(label))]
        title = row.text("title")
        repository = (row.text("repository_url") or "").partition("/repos/")[2]
        state = row.text("state")
        paid = amount([*labels, title or ""])
        return {
            "external_id": row.text("html_url", "node_id", "id"),
            "url": row.text("html_url"),
            "title": title,
            "organization": repository.partition("/")[0] or None,
            "posted_at": row.when("created_at"),
            "remote": True,
            "pay": {"text": paid, "unit": "task"} if paid else None,
            "tags": labels,
            "extra": {
                "repository": repository,
                "status": "filled" if state == "closed" else state,
                "assigned": bool(data.get("assignee") or data.get("assignees")) or None,
            },
        }

    def first_requests(self) -> Iterator[Request]:
        address = self.source.api + "/search/issues?q={q}&sort=created&order=desc&per_page=100"
        yield from self.ask(filled(address, q=self.source.query), self.read_pages)

    def read_pages(self, page: Page) -> Iterator[Draft | Request]:
        yield from self.read_postings(page)
        if following := page.next_link:
            yield from self.ask(following, self.read_pages)


def amount(texts: list[str]) -> str | None:
    """The first amount of money in labels or title, as written; `bounty-500` names no currency, so it is only a tag."""
    return next((match[0].strip() for text in texts if (match := AMOUNT.search(text))), None)


def _name(label: Row) -> str | None:
    label.whole()
    return label.text("name")
