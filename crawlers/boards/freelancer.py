"""Freelancer.com: projects that freelancers bid on. Off: its terms ask for written permission."""

from datetime import date, timedelta

from crawlers.bases.json_api import JsonApiSpider
from crawlers.bases.spider import Draft
from crawlers.board import Board
from crawlers.row import Row
from index.terms import BoardTerms, TermsEvidence

USUAL_HOURS = 40
"""Hours a week that the interface gives to every hourly project nobody set them for: no information."""

# Known, and about the account, the interface or other people.
IGNORED = (
    "active_prepaid_milestone",
    "assisted",
    "attachments",
    "billing_code",
    "can_post_review",
    "client",
    "client_engagement",
    "contract_signatures",
    "deleted",
    "deloitte_details",
    "drive_files",
    "enterprise_ids",
    "enterprise_linked_projects_details",
    "enterprise_metadata_values",
    "equipment",
    "equipment_groups",
    "featured",
    "files",
    "from_user_location",
    "hidebids",
    "hireme",
    "hireme_initial_bid",
    "invited_freelancers",
    "is_buyer_kyc_required",
    "is_escrow_project",
    "is_seller_kyc_required",
    "local_details",
    "nda_details",
    "nda_signatures",
    "nda_signatures_new",
    "negotiated",
    "negotiated_bid",
    "nonpublic",
    "owner_id",
    "pool_ids",
    "project_collaborations",
    "project_reject_reason",
    "project_source",
    "project_source_reference",
    "qualifications",
    "quotation_id",
    "quotation_version_id",
    "recommended_freelancers",
    "repost_id",
    "support_sessions",
    "time_free_bids_expire",
    "time_updated",
    "timeframe",
    "track_ids",
    "true_location",
    "upgrades",
    "user_distance",
)


class FreelancerSpider(JsonApiSpider):
    board = Board(
        id="freelancer",
        name="Freelancer.com",
        homepage="https://www.freelancer.com",
        expect_min=20,
        max_pages=20,
        max_items=2_000,
        terms=BoardTerms(
            attribution="Freelancer.com",
            min_interval_s=3600,  # ours: none is published
            duties=("delete_at_once",),
            max_age_s=24 * 3600,
            off="its terms ask for express written permission; ask api-support@freelancer.com first",
            ask="api-support@freelancer.com: may open projects be shown with title, budget and link, as the old "
            "affiliate API allowed?",
            evidence=(
                TermsEvidence(
                    what="https://www.freelancer.co.it/about/apiterms (of 21 December 2017)",
                    read=date(2026, 11, 23),
                    says="not to replicate or compete, no syndication, kept for 24 hours at most and encrypted, "
                    "deleted at the end",
                ),
                TermsEvidence(
                    what="User Agreement, section 33, quoted",
                    read=date(2026, 7, 19),
                    says="automation, the API included, needs express written permission",
                ),
                TermsEvidence(
                    what="https://www.freelancer.co.uk/affiliate-api.html",
                    read=date(2026, 11, 23),
                    says="the old affiliate API allowed to show open projects with links: the thing to ask for",
                ),
            ),
        ),
    )
    base_url = "https://www.freelancer.com"
    path = "/api/projects/0.1/projects/active/?full_description=true&job_details=true&location_details=true"
    envelope = ("result", "projects")
    envelope_fields = frozenset({"status", "request_id", "users", "selected_bids", "total_count"})
    page_size = 100
    most = 1_900  # of many more: what is not among them is a day old, and must not be kept

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore(*IGNORED)
        slug = row.text("seo_url")
        posted_at = row.when("time_submitted", "submitdate")
        days = row.number("bidperiod")
        local = row.flag("local")
        status, stage = row.text("status"), row.text("frontend_project_status")
        bids = row.row("bid_stats")
        hourly = row.row("hourly_project_info")
        commitment = hourly.row("commitment")
        hours, interval = commitment.number("hours"), commitment.text("interval")
        duration = hourly.text("duration_enum")
        location, country = cls._location(row)
        return {
            "external_id": row.text("id"),
            "url": f"{cls.base_url}/projects/{slug}" if slug else None,
            "title": row.text("title"),
            "description": row.text("description", "preview_description"),
            "posted_at": posted_at,
            "expires_at": posted_at + timedelta(days=days) if posted_at and days and 0 < days < 366 else None,
            "location": location,
            "country": country,
            "remote": None if local is None else not local,
            "pay": cls._pay(row),
            "tags": [name for job in row.rows("jobs") if (name := cls._skill(job))],
            "language": row.text("language"),
            "extra": {
                "status": ("open" if status == "active" and stage in (None, "open") else "closed") if status else None,
                "project_status": " ".join(word for word in (status, row.text("sub_status"), stage) if word),
                "bid_count": bids.number("bid_count"),
                "bid_avg": bids.number("bid_avg") or None,
                "hours": f"{hours:g} a {interval}" if hours and hours != USUAL_HOURS and interval else None,
                "duration": None if duration == "unspecified" else duration,
                "urgent": row.flag("urgent") or None,
            },
        }

    @staticmethod
    def _pay(row: Row) -> Draft:
        """A fixed budget is the whole task's, an hourly one is an hour's, both in the project's currency."""
        budget, currency = row.row("budget"), row.row("currency")
        budget.ignore("name", "project_type", "currency_id")
        currency.ignore("id", "sign", "name", "exchange_rate", "country", "is_external", "is_escrowcom_supported")
        low, high = budget.number("minimum"), budget.number("maximum")
        unit = {"fixed": "task", "hourly": "hour"}.get(row.text("type") or "")
        code = currency.text("code")
        return {"min": low, "max": high, "currency": code, "unit": unit} if low or high else {}

    @staticmethod
    def _skill(job: Row) -> str | None:
        job.ignore("id", "category", "active_project_count", "seo_url", "seo_info", "local")
        return job.text("name")

    @staticmethod
    def _location(row: Row) -> tuple[str | None, str | None]:
        """Place as text, and country code; both None for remote projects."""
        place = row.row("location")
        land = place.row("country")
        land.ignore("flag_url", "highres_flag_url", "flag_url_cdn", "highres_flag_url_cdn", "iso3", "region_id")
        land.ignore("phone_code", "demonym", "person", "seo_url", "sanction", "language_code", "language_id")
        place.ignore("latitude", "longitude", "vicinity", "administrative_area_code", "postal_code", "full_address")
        parts = (place.text("city"), place.text("administrative_area"), land.text("name"))
        return ", ".join(part for part in parts if part) or None, land.text("code")
