"""Remote OK: remote jobs, one JSON list whose first element is its terms."""

from collections.abc import Iterator
from datetime import date

from crawlers.bases.json_api import JsonApiSpider
from crawlers.bases.spider import Draft
from crawlers.board import Board
from crawlers.page import Page
from crawlers.row import Row
from crawlers.tally import Tally
from index.terms import BoardTerms, ChannelLevels, TermsEvidence


class RemoteOkSpider(JsonApiSpider):
    board = Board(
        id="remoteok",
        name="Remote OK",
        homepage="https://remoteok.com",
        expect_min=5,
        max_pages=1,
        terms=BoardTerms(
            attribution="Remote OK",
            min_interval_s=3600,  # ours: none is published
            channels=ChannelLevels(page="full"),
            duties=("follow_link", "no_logo"),
            barred=("Google Jobs",),  # on a third party's word alone: a bar is believed sooner than a permission
            evidence=(
                TermsEvidence(
                    what="field 'legal' of the first element of its own responses",
                    read=date(2026, 11, 23),
                    says="link back, followed and without nofollow, to the URL on Remote OK, naming Remote OK as the "
                    "source; its logo only with written permission",
                ),
                TermsEvidence(
                    what="https://gist.github.com/akhilesh-k (copy of the notice of 2020)",
                    read=date(2026, 11, 23),
                    says="the same, and no redirect between the link and Remote OK",
                ),
            ),
        ),
    )
    base_url = "https://remoteok.com"
    path = "/api"

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        for item in super().rows(page, tally):
            if not (isinstance(item, dict) and "legal" in item and "position" not in item):
                yield item

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore("slug", "company_logo", "logo")
        # 0 means unknown; what is given is US dollars a year.
        low, high = row.number("salary_min") or None, row.number("salary_max") or None
        paid = low is not None or high is not None
        return {
            "external_id": row.text("id"),
            "url": row.text("url"),
            "title": row.text("position"),
            "description": row.text("description"),
            "organization": row.text("company"),
            "posted_at": row.when("date", "epoch"),
            "location": row.text("location"),
            "remote": True,
            "pay": {"min": low, "max": high, "currency": "USD", "unit": "year"} if paid else None,
            "tags": row.texts("tags"),
            "apply_url": row.text("apply_url"),
        }
