"""Jobicy: remote jobs of the last seven days, one JSON document a call: github.com/Jobicy/remote-jobs-api."""

from datetime import date
from html import unescape

from crawlers.bases.json_api import JsonApiSpider
from crawlers.bases.spider import Draft
from crawlers.board import Board
from crawlers.row import Row
from crawlers.units import unit_of
from index.terms import BoardTerms, ChannelLevels, TermsEvidence


class JobicySpider(JsonApiSpider):
    board = Board(
        id="jobicy",
        name="Jobicy",
        homepage="https://jobicy.com",
        absence_closes=False,  # the interface shows seven days: leaving it means old, not gone
        expect_min=5,
        max_pages=1,
        terms=BoardTerms(
            attribution="Jobicy",
            min_interval_s=3600,
            channels=ChannelLevels(page="full"),
            duties=("apply_link_unchanged",),
            barred=("Google Jobs", "LinkedIn", "Jooble"),
            evidence=(
                TermsEvidence(
                    what="https://github.com/Jobicy/remote-jobs-api README at 09c62ab",
                    read=date(2026, 11, 23),
                    says="credit and direct link, apply buttons go to the URL of the feed; not to be passed on to "
                    "Google Jobs, LinkedIn, Jooble and similar; jobs are not to be altered or shown as ours; at most "
                    "once an hour",
                ),
                TermsEvidence(
                    what="field 'friendlyNotice' of its own responses",
                    read=date(2026, 11, 23),
                    says="credit Jobicy with a direct link to the source, apply buttons go to the original URL",
                ),
            ),
        ),
    )
    base_url = "https://jobicy.com"
    path = "/api/v2/remote-jobs?count=50"
    envelope = ("jobs",)
    envelope_fields = frozenset(
        {
            "apiVersion",
            "appliedFilters",
            "documentationUrl",
            "friendlyNotice",
            "jobCount",
            "lastUpdate",
            "statusCode",
            "success",
        }
    )

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore("companyLogo", "jobSlug", "jobExcerpt")
        yearly = "annualSalaryMin" in row or "annualSalaryMax" in row  # older answers
        period = row.text("salaryPeriod") or ("yearly" if yearly else None)
        low = row.number("salaryMin", "annualSalaryMin") or None
        high = row.number("salaryMax", "annualSalaryMax") or None
        unit = unit_of(period)
        currency = row.text("salaryCurrency")
        return {
            "external_id": row.text("id"),
            "url": row.text("url"),
            "title": row.text("jobTitle"),
            "description": row.text("jobDescription"),
            "organization": row.text("companyName"),
            "posted_at": row.when("pubDate"),
            "location": row.text("jobGeo"),
            "remote": True,
            "pay": {"min": low, "max": high, "currency": currency, "unit": unit} if low or high else None,
            "tags": [unescape(tag) for tag in row.texts("jobIndustry")],
            "employment_type": ", ".join(row.texts("jobType")),
            "extra": {"level": row.text("jobLevel"), "salary_period": None if unit else period},
        }
