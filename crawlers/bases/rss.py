"""The kind `rss`: RSS and Atom feeds of jobs, those of WordPress' WP Job Manager among them."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, ClassVar

from crawlers.bases.feed import FeedSpider
from crawlers.bases.kind import KindSpider
from crawlers.bases.spider import Draft
from crawlers.row import Row

IGNORED = (
    "@base", "author", "comments", "contributor", "dc:creator", "dc:identifier", "enclosure", "generator", "image",
    "media:content", "media:thumbnail", "media:title", "media:group", "post-id", "rights", "site", "slash:comments",
    "source", "thr:total", "ttl", "wfw:commentRss", "georss:point", "excerpt:encoded", "logo",
)  # fmt: skip
"""Known, and of no use to us, or about a person."""
EXTENSIONS = {
    "organization": ("company", "companyname", "company_name", "employer", "hiringorganization", "organization"),
    "location": ("location", "joblocation", "locationrestriction", "job_location", "region", "city"),
    "type": ("job_type", "jobtype", "type", "employment_type", "employmenttype", "contract"),
    "category": ("job_category", "jobcategory", "category", "industry", "skills"),
    "pay": ("salary", "pay", "compensation", "job_salary", "budget"),
    "expires": ("expires", "expires_at", "expirydate", "expirationdate", "closing_date", "validthrough", "job_expires"),
    "country": ("country",),
}
"""Local names of what jobs need and feeds have no word for. Prefixes differ: WP Job Manager's namespace is the site's
own address, and some sites don't declare theirs at all."""
OF_NO_USE = ("companylogo", "company_logo", "timezonerestriction", "lastbuilddate", "state")
TYPES = re.compile(
    r"(?:full|part)[ -]?time|contract(?:or)?|freelance|temporary|temp|internship|permanent|casual|seasonal|volunteer",
    re.IGNORECASE,
)
"""What is a type of employment, whatever field a site puts it in (Jobspresso swaps two)."""


class RssSpider(KindSpider, FeedSpider):
    """Reads the feeds at `urls`. A feed shows its newest items: leaving it means old, not gone."""

    kind = "rss"
    complete = False
    example: ClassVar[Mapping[str, Any]] = {"urls": ["https://example.org/jobs.rss"]}

    @classmethod
    def read(cls, row: Row) -> Draft:
        return read_item(row)


def read_item(row: Row) -> Draft:
    """One item of RSS or entry of Atom as a posting's fields."""
    row.ignore(*IGNORED)
    found = extensions(row)
    types, categories = sorted_out(found["type"], found["category"] + texts_of(row, "category"))
    guid = first(texts_of(row, "guid"))
    country = found["country"][0].strip() if found["country"] else ""
    return {
        "external_id": guid or row.text("id") or link_of(row),
        "url": link_of(row) or (guid if (guid or "").startswith("http") else None),
        "title": row.text("title"),
        "description": row.text("content:encoded", "content", "description", "summary"),
        "organization": first(found["organization"]),
        "posted_at": row.when("pubDate", "published", "dc:date", "updated", "atom:updated"),
        "expires_at": row.when(*found["expires"]),
        "location": "; ".join(found["location"]) or None,
        "country": country if re.fullmatch("[A-Z]{2}", country) else None,
        "pay": {"text": first(found["pay"])},
        "tags": categories,
        "employment_type": ", ".join(types),
        "language": row.text("dc:language"),
    }


def extensions(row: Row) -> dict[str, list[str]]:
    """Texts of a feed's extensions by what they say; for `expires`, the names of its fields."""
    found: dict[str, list[str]] = {what: [] for what in EXTENSIONS}
    for name in row.names():
        local = name.rpartition(":")[2].lower()
        if local in OF_NO_USE:
            row.ignore(name)
        for what, names in EXTENSIONS.items():
            if local not in names or name == "category":
                continue
            if what == "expires":
                found[what].append(name)
            else:
                found[what] += [text for text in texts_of(row, name) if text not in found[what]]
    return found


def texts_of(row: Row, name: str) -> list[str]:
    """Texts of a field, entities read: what was escaped for HTML stays so inside CDATA. Atom's categories are terms."""
    value = row.take(name)
    items = value if isinstance(value, list) else [value]
    texts = [item.get("label") or item.get("term") if isinstance(item, dict) else item for item in items]
    return [" ".join(unescape(text).split()) for text in texts if isinstance(text, str) and text.strip()]


def sorted_out(types: list[str], categories: list[str]) -> tuple[list[str], list[str]]:
    """Types of employment and categories, told by what they say when a site mixes them up."""
    if types and any(TYPES.fullmatch(text) for text in categories) and not any(TYPES.search(text) for text in types):
        swapped = [text for text in categories if TYPES.fullmatch(text)]
        return swapped, types + [text for text in categories if text not in swapped]
    return types, categories


def link_of(row: Row) -> str | None:
    """RSS: text. Atom: attributes of one or several links, of which the alternate is the page."""
    value = row.take("link")
    links = value if isinstance(value, list) else [value]
    for link in links:
        if isinstance(link, str) and link.strip():
            return link.strip()
        if isinstance(link, dict) and link.get("rel", "alternate") == "alternate" and isinstance(link.get("href"), str):
            return str(link["href"])
    return None


def first(texts: list[str]) -> str | None:
    return texts[0] if texts else None
