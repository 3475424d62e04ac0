"""Remotive: remote jobs, one JSON document a call. Interface: github.com/remotive-com/remote-jobs-api."""

from datetime import date

from crawlers.bases.json_api import JsonApiSpider
from crawlers.bases.spider import Draft
from crawlers.board import Board
from crawlers.row import Row
from index.terms import BoardTerms, ChannelLevels, TermsEvidence


class RemotiveSpider(JsonApiSpider):
    board = Board(
        id="remotive",
        name="Remotive",
        homepage="https://remotive.com",
        expect_min=5,
        max_pages=1,
        terms=BoardTerms(
            attribution="Remotive",
            min_interval_s=6 * 3600,
            channels=ChannelLevels(page="full"),
            duties=("no_email_wall",),
            barred=("Google Jobs", "Jooble", "Neuvoo", "LinkedIn Jobs"),
            evidence=(
                TermsEvidence(
                    what="https://github.com/remotive-com/remote-jobs-api",
                    read=date(2026, 11, 23),
                    says="free use with a link back to the Remotive URL and Remotive named; at most 4 calls a day, "
                    "more than 2 a minute are blocked",
                ),
                TermsEvidence(
                    what="field '0-legal-notice' of its own responses",
                    read=date(2026, 11, 23),
                    says="jobs may be shared with a link and the name; not to be submitted to third-party sites "
                    "(Jooble, Neuvoo, Google Jobs, LinkedIn Jobs); no e-mail address to be asked for a listing",
                ),
            ),
        ),
    )
    base_url = "https://remotive.com"
    path = "/api/remote-jobs"
    envelope = ("jobs",)
    envelope_fields = frozenset({"00-warning", "0-legal-notice", "job-count", "total-job-count"})

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore("company_logo", "company_logo_url")
        category = row.text("category")
        return {
            "external_id": row.text("id"),
            "url": row.text("url"),
            "title": row.text("title"),
            "description": row.text("description"),
            "organization": row.text("company_name"),
            "posted_at": row.when("publication_date"),  # without a zone: UTC
            "location": row.text("candidate_required_location"),
            "remote": True,
            "pay": {"text": row.text("salary")},
            "tags": ([category] if category else []) + row.texts("tags"),
            "employment_type": row.text("job_type"),
        }
