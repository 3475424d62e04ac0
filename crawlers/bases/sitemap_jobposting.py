"""Sites that list their pages in a sitemap and describe each job as a schema.org JobPosting."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

from lxml import etree
from scrapy import Request
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.bases.feed import local_name, parse_xml
from crawlers.bases.spider import BoardSpider, Draft, web_address
from crawlers.page import Page
from crawlers.row import BadPage, Row, read_instant
from crawlers.schema_org import job_postings
from crawlers.tally import Tally
from crawlers.units import unit_of

TEXTS = (
    "responsibilities",
    "qualifications",
    "skills",
    "educationRequirements",
    "physicalRequirement",
    "sensoryRequirement",
    "specialCommitments",
    "jobBenefits",
    "incentiveCompensation",
    "workHours",
    "jobStartDate",
    "employerOverview",
    "applicationContact",
    "experienceInPlaceOfEducation",
    "directApply",
)
"""Properties that are kept as text in `extra`, by their own names."""

IGNORED = (
    "@context",
    "@type",
    "@id",
    "image",
    "logo",
    "sameAs",
    "mainEntityOfPage",
    "potentialAction",
    "alternateName",
    "totalJobOpenings",
    "employmentUnit",
    "relevantOccupation",
    "dateModified",
    "inDefinedTermSet",
    "subjectOf",
    "disambiguatingDescription",
)
"""Properties that are of no use to us."""

NEVER = datetime.min.replace(tzinfo=UTC)
MAX_LOCATIONS = 50_000
"""Addresses of one sitemap, by its standard (sitemaps.org)."""


class SitemapJobPostingSpider(BoardSpider):
    """Reads `base_url + path` for each of `paths`, follows sitemaps in it, and reads the JobPostings of the pages."""

    shape = "sitemap_jobposting"

    paths: ClassVar[tuple[str, ...]] = ("/sitemap.xml",)
    job_pages: ClassVar[re.Pattern[str]] = re.compile("")
    """Which of a sitemap's pages are asked: searched in their path."""
    newer_than_days: int = 0
    """Pages and sitemaps whose lastmod is older are left out; 0 leaves out none."""

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        sitemap = sitemap_of(page)
        if sitemap is None:
            yield from job_postings(page)
        elif sitemap.damage:
            raise BadPage(sitemap.damage)

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore(*IGNORED)
        places = addresses(row.take("jobLocation"))
        eligible = names(row.take("applicantLocationRequirements"))
        experience = row.take("experienceRequirements")
        months = first(names(experience, ("monthsOfExperience",))) if isinstance(experience, dict) else None
        countries = {country for place in places if (country := place.get("country")) and len(country) == 2}
        remote = "TELECOMMUTE" in " ".join(names(row.take("jobLocationType"))).upper()
        return {
            "external_id": first(names(row.take("identifier"), ("value", "@value", "name"))) or row.text("id"),
            "url": first(names(row.take("url"), ("@id", "url"))),
            "title": row.text("title", "name"),
            "description": first(names(row.take("description"))),
            "organization": first(names(row.take("hiringOrganization"), ("name", "legalName"))),
            "posted_at": row.when("datePosted"),
            "expires_at": row.when("validThrough"),
            "location": "; ".join(place["text"] for place in places) or ("; ".join(eligible) if remote else None),
            "country": countries.pop() if len(countries) == 1 else None,
            "remote": True if remote else None,
            "pay": pay(row),
            "tags": [*names(row.take("industry")), *names(row.take("occupationalCategory"), ("name", "codeValue"))],
            "employment_type": ", ".join(names(row.take("employmentType"))),
            "language": first(names(row.take("inLanguage"), ("alternateName", "name"))),
            "extra": {
                "places": places if len(places) > 1 else None,
                "eligible": eligible,
                **{name: "; ".join(names(row.take(name))) for name in TEXTS},
                "experienceRequirements": f"{months} months" if months else "; ".join(names(experience)),
            },
        }

    # Crawling.

    def first_requests(self) -> Iterator[Request]:
        for path in self.paths:
            yield from self.ask(self.base_url + path, self.read_any)

    def read_any(self, page: Page) -> Iterator[Draft | Request]:
        """A sitemap leads to further pages, anything else has postings."""
        sitemap = sitemap_of(page)
        if sitemap is None:
            yield from self.read_postings(page)
            return
        if sitemap.damage:
            self.tally.problem(f"{page.name}: {sitemap.damage}")
        hosts = self.hosts()
        oldest = datetime.now(UTC) - timedelta(days=self.newer_than_days) if self.newer_than_days else NEVER
        for location, changed in sitemap.locations:
            address = web_address(location, None)
            if address is None or urlsplit(address).netloc.lower() not in hosts:
                self.tally.count("foreign_links")
            elif changed is not None and changed < oldest:
                self.tally.count("old_pages")
            elif sitemap.is_index or self.job_pages.search(urlsplit(address).path):
                yield from self.ask(address, self.read_any)

    def missed(self, failure: Failure) -> None:
        """A page that is gone is how a site says that its job is gone: no failure."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status in (404, 410) and self.tally.counts["pages"]:
            self.tally.count("gone_pages")
            return
        super().missed(failure)

    def link_of(self, url: str) -> str:
        """Here the page itself is for people."""
        return url


class Sitemap(NamedTuple):
    """What a sitemap, or an index of sitemaps, lists: newest first where it says when, else in its own order."""

    is_index: bool
    locations: list[tuple[str, datetime | None]]
    """Address, and the day of its last change where that is told."""
    damage: str | None


def sitemap_of(page: Page) -> Sitemap | None:
    """The sitemap that a page is; None when it is something else."""
    head = page.data[:2_000].lower()
    if b"<urlset" not in head and b"<sitemapindex" not in head:
        return None
    root, damage = parse_xml(page)
    if local_name(root) not in ("urlset", "sitemapindex"):
        return None
    locations = list(_locations(root))
    locations.sort(key=lambda location: location[1] or NEVER, reverse=True)  # a stable sort
    return Sitemap(local_name(root) == "sitemapindex", locations, damage)


def _locations(root: etree._Element) -> Iterator[tuple[str, datetime | None]]:
    """Each <loc> with the <lastmod> beside it."""
    for location in islice((element for element in root.iter() if local_name(element) == "loc"), MAX_LOCATIONS):
        if not (address := (location.text or "").strip()):
            continue
        parent = location.getparent()
        changed = (
            next((child.text for child in parent if local_name(child) == "lastmod"), None)
            if parent is not None
            else None
        )
        try:
            yield address, read_instant((changed or "").strip() or None) if changed else None
        except ValueError:
            yield address, None


def names(
    value: object, keys: tuple[str, ...] = ("name", "@value", "value", "description", "credentialCategory")
) -> list[str]:
    """The texts of a property, which may be a text, a number, an object with a name, or a list of these.

    `keys`: properties of an object that are tried in order.
    """
    found: list[str] = []
    waiting = [value]
    while waiting and len(found) < 100:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item
        elif isinstance(item, dict):
            waiting.insert(0, next((item[key] for key in keys if item.get(key) not in (None, "", [])), None))
        elif isinstance(item, str) and item.strip():
            found.append(item)
        elif isinstance(item, bool | int | float):
            found.append(str(item))
    return list(dict.fromkeys(found))  # Meta names one country ten times


def first(values: list[str]) -> str | None:
    return values[0] if values else None


def addresses(value: object) -> list[dict[str, str]]:
    """The places of `jobLocation`, each with `text` as a reader would write it and what is known of its parts."""
    places = []
    for item in value if isinstance(value, list) else [value]:
        address = item.get("address", item) if isinstance(item, dict) else item
        for one in address if isinstance(address, list) else [address]:
            place = _address(one)
            if place is None and isinstance(item, dict):
                place = _address(first(names(item)))
            if place is not None and place not in places:
                places.append(place)
    return places


def _address(value: object) -> dict[str, str] | None:
    if isinstance(value, str):
        return {"text": value.strip()} if value.strip() else None
    if not isinstance(value, dict):
        return None
    parts = {
        "street": first(names(value.get("streetAddress"))),
        "city": first(names(value.get("addressLocality"))),
        "region": first(names(value.get("addressRegion"))),
        "postal_code": first(names(value.get("postalCode"))),
        "country": first(names(value.get("addressCountry"))),
    }
    place = {name: text.strip(" ,") for name, text in parts.items() if text and text.strip(" ,")}
    text = ", ".join(place[name] for name in ("city", "region", "country") if name in place)
    return {"text": text, **place} if text else None


def pay(row: Row) -> dict[str, Any]:
    """`baseSalary`, else `estimatedSalary`: MonetaryAmount, or a bare number or text with `salaryCurrency`."""
    currency = row.text("salaryCurrency")
    for name in ("baseSalary", "estimatedSalary"):
        value = row.take(name)
        for item in value if isinstance(value, list) else [value]:
            if found := _amount(item, currency):
                return found
    return {}


def _amount(value: object, currency: str | None) -> dict[str, Any]:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        amount = Row({"value": value})
        number = amount.number("value")
        if number is not None:
            return {"min": number, "max": number, "currency": currency} if number else {}
        return {"text": value, "currency": currency} if isinstance(value, str) and value.strip() else {}
    if not isinstance(value, dict):
        return {}
    amount = Row(value)
    currency = amount.text("currency", "salaryCurrency") or currency
    inner = value.get("value")
    quantity = Row(inner if isinstance(inner, dict) else value)
    if isinstance(inner, list):
        quantity = Row(next((item for item in inner if isinstance(item, dict)), value))
    unit = quantity.text("unitText") or amount.text("unitText") or amount.text("duration")
    low, high = quantity.number("minValue"), quantity.number("maxValue")
    exact = quantity.number("value", "price")
    text = quantity.text("value") if exact is None and isinstance(quantity.take("value"), str) else None
    # Zero is what forms leave behind, not an offer to work for nothing.
    low, high = (low or exact or None, high or exact or None)
    if low is None and high is None and not text:
        return {}
    return {"min": low, "max": high, "currency": currency, "unit": unit_of(unit), "text": text}
