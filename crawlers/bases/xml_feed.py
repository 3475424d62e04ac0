"""The kind `xml_feed`: the job feeds that sites write for aggregators, in any of their dialects.

The dialects are Indeed's, Talent.com's, Jora's, Jobrapido's, Jooble's, Jobsora's, Careerjet's, Jobatus', Adzuna's and
Atom's. They differ in the names of fields and hardly anywhere does one name mean two things, so one table of names
reads them all, mixtures included.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, ClassVar

from lxml import etree

from crawlers.bases.feed import as_object, local_name, parse_xml
from crawlers.bases.kind import KindSpider
from crawlers.bases.rss import read_item
from crawlers.bases.spider import Draft
from crawlers.page import Page
from crawlers.row import BadPage, BadRow, Row
from crawlers.tally import Tally
from crawlers.units import unit_of

ITEMS = ("job", "ad", "entry", "item", "vacancy", "position", "offer", "posting")
ROOTS = (
    "source",
    "jobs",
    "jobatus",
    "feed",
    "ads",
    "rss",
    "vacancies",
    "positions",
    "offers",
    "channel",
    "jobfeed",
    "data",
)

IGNORED = (
    "@base", "@lang", "@type", "address", "applyemail", "application_email", "bid", "candidate_count",
    "careerjet_apply_data", "client", "company_description", "company_id", "company_logo", "company_type",
    "company_url", "company_website", "companylogo", "companytype", "contact", "coordinates", "cpc", "email",
    "facebook_apply_data", "geo_lat", "geo_lng", "image", "indeed_apply_data", "isremote", "job_reference",
    "lastupdated", "lat", "latitude", "lng", "logo", "longitude", "metadata", "number", "number_of_openings",
    "partnerjobid", "phone", "postalcode", "postcode", "programmatic", "publisher", "publisherurl", "requisitionid",
    "site", "source", "sourcename", "sourcetype", "sponsored", "street", "streetaddress", "tracking_url", "trackingurl",
    "updated", "vacancies", "website", "zip",
)  # fmt: skip
"""Known, and of no use to us; addresses of mail are nobody's business."""

POSTED = ("dateposted", "date", "listed_date", "publishdate", "publication_date", "pubdate", "posted", "date_posted")
EXPIRES = ("expirationdate", "expirydate", "expiredate", "closing_date", "expire", "expires", "validthrough")

LABELLED = re.compile(r"(?:^|[>\n])\s*(Location|Salary)\s*:\s*([^<\n]{1,200})", re.IGNORECASE)
"""Lines of an Atom entry's text that are fields (tal.net)."""
VALUE = re.compile(r"'value': '([^']*)'")
"""In a category that a site wrote as its program's own object."""

DIALECTS = {
    "Atom": ({"feed"}, {"published"}),
    "Jobatus": ({"jobatus"}, set()),
    "Talent.com": ({"source"}, {"dateposted"}),
    "Jora": ({"source"}, {"listed_date"}),
    "Jobrapido": ({"source"}, {"publishdate"}),
    "Indeed": ({"source"}, {"referencenumber"}),
    "Jobsora": ({"jobs"}, {"name", "apply_url"}),
    "Jooble": ({"jobs"}, {"name"}),
    "Careerjet": ({"jobs"}, {"company_url"}),
    "Adzuna": ({"jobs"}, {"title"}),
}
"""Root and fields that tell a dialect, the narrower first."""


class XmlFeedSpider(KindSpider):
    """Reads the documents at `urls`. Feeds are complete: what a later one lacks is gone."""

    kind = "xml_feed"
    example: ClassVar[Mapping[str, Any]] = {"urls": ["https://example.org/jobs.xml"]}

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        root, damage = parse_xml(page)
        if local_name(root).lower() not in (*ROOTS, *ITEMS):
            raise BadPage(f"not a job feed but <{local_name(root)}>")
        items = [element for element in root.iter() if is_item(element)]
        for element in items:
            yield {name.lower().replace("-", "_"): value for name, value in as_object(element, nested=True).items()}
        if damage:
            yield BadRow(0, damage)

    @classmethod
    def read(cls, row: Row) -> Draft:
        if "content" in row and "title" in row and "id" in row and "link" in row:  # an Atom entry
            draft = read_item(row)
            lines = {
                label.lower(): unescape(value).strip() for label, value in LABELLED.findall(draft["description"] or "")
            }
            return draft | {
                "location": draft["location"] or lines.get("location"),
                "pay": {"text": lines.get("salary")},
            }
        row.ignore(*IGNORED)
        place = row.row("location") if row.holds_row("location") else None
        where = [
            (place or row).text("city", "town"),
            (place or row).text("state", "region", "county"),
            (place or row).text("country"),
        ]
        remote = row.text("remote", "remotetype", "remote_type")
        category = row.texts("category") + row.texts("industry") + row.texts("categories")
        country = (where[2] or "").strip()
        written = None if place else row.text("location", "candidate_location_restriction", "hq_location", "region")
        return {
            "external_id": clean(
                row.text("referencenumber", "reference_id", "job_id", "@id", "id", "reference", "guid")
            ),
            "url": clean(row.text("url", "link")),
            "title": clean(row.text("title", "name", "jobtitle", "job_title", "position")),
            "description": row.text("description", "content", "summary", "body"),
            "organization": clean(row.text("company", "company_name", "employer")),
            "posted_at": row.when(*POSTED),
            "expires_at": row.when(*EXPIRES),
            "location": ", ".join(dict.fromkeys(part for one in where if (part := (one or "").strip())))
            or clean(written),
            "country": country.upper() if len(country) == 2 and country.isalpha() else None,
            "remote": {"yes": True, "true": True, "1": True, "fully remote": True}.get((remote or "").strip().lower()),
            "pay": pay(row),
            "tags": [match[1] if (match := VALUE.search(tag)) else unescape(tag.strip()) for tag in category],
            "employment_type": clean(
                row.text("jobtype", "job_type", "employment_type", "contract", "contract_type", "type")
            ),
            "apply_url": clean(row.text("apply_url", "applyurl")),
            "language": clean(row.text("language", "lang")),
            "extra": {
                "experience": clean(row.text("experience")),
                "education": clean(row.text("education")),
                "schedule": clean(row.text("working_hours", "workhours", "schedule", "contract_time", "hours")),
                "benefits": clean(row.text("benefits")),
                "remote": clean(remote),
            },
        }


def is_item(element: etree._Element) -> bool:
    """The outermost element of a job's name that holds fields; one within it is a field of it."""
    if local_name(element).lower() not in ITEMS or not len(element):
        return False
    return not any(local_name(parent).lower() in ITEMS for parent in element.iterancestors())


def pay(row: Row) -> dict[str, Any]:
    """`salary` as text or as an object of its own, or bounds beside it."""
    inner = row.row("salary") if row.holds_row("salary") else None
    part = inner or row
    low = part.number("salary_min", "salarymin", "min")
    high = part.number("salary_max", "salarymax", "max")
    currency = clean(part.text("salary_currency", "currency"))
    period = clean(part.text("period", "salary_period", "salary_frequency", "frequency", "salary_type"))
    if inner is not None:
        kind = clean(inner.text("type"))
        period = period or kind
    text = None if inner is not None else clean(row.text("salary", "monthlysalary"))
    if not (low or high or text):
        return {}
    return {"min": low, "max": high, "currency": currency, "unit": unit_of(period), "text": text}


def clean(text: str | None) -> str | None:
    """Without the spaces that feeds pad their texts with, and with entities that CDATA kept read."""
    return unescape(text).strip() or None if text else None


def dialect_of(page: Page) -> str | None:
    """Whose dialect a feed is in, for people; None when it is no job feed or none that is known."""
    try:
        root, _ = parse_xml(page)
    except BadPage:
        return None
    first = next((element for element in root.iter() if is_item(element)), None)
    fields = {local_name(child) for child in first} if first is not None else set()
    for name, (roots, tell) in DIALECTS.items():
        if local_name(root) in roots and tell <= fields:
            return name
    return None
