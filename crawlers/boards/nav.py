"""NAV: vacancies of Norway's employment service, by its feed of changes (navikt.github.io/pam-stilling-feed).

The newest page of the feed names what changed; each active advert is asked for its text, an inactive one is handed on
as it is, for it must vanish at once. People's names, addresses of mail and telephone numbers are not taken.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from scrapy import Request

from crawlers.bases.json_api import JsonApiSpider, summary
from crawlers.bases.spider import Draft
from crawlers.board import Board
from crawlers.page import Page
from crawlers.row import BadPage, Row
from crawlers.tally import Tally
from index.terms import BoardTerms, ChannelLevels, TermsEvidence

SITE = "https://arbeidsplassen.nav.no/stillinger/stilling/"


class NavSpider(JsonApiSpider):
    board = Board(
        id="nav",
        name="NAV (arbeidsplassen.no)",
        homepage="https://arbeidsplassen.nav.no",
        country="NO",
        absence_closes=False,  # the feed has changes, not the stock
        expect_min=0,
        max_pages=600,
        delay_s=1,
        terms=BoardTerms(
            attribution="NAV, arbeidsplassen.no",
            min_interval_s=900,  # ours: none is published, and what is removed must vanish at once
            channels=ChannelLevels(page="full"),
            duties=("delete_at_once", "apply_link_unchanged"),
            max_age_s=24 * 3600,
            evidence=(
                TermsEvidence(
                    what="https://arbeidsplassen.nav.no/vilkar-api",
                    read=date(2026, 11, 23),
                    says="adverts may be republished and shown on one's own domain; removed and changed at once; the "
                    "button to apply leads to the source; the reader is a data controller of its own. Nothing on "
                    "passing them on",
                ),
                TermsEvidence(
                    what="https://github.com/navikt/pam-public-feed README",
                    read=date(2026, 11, 23),
                    says="adverts end at their date of expiry; a public token, a stable one by mail",
                ),
            ),
        ),
    )
    base_url = "https://pam-stilling-feed.nav.no"
    path = "/api/v1/feed?last=true"
    token_path = "/api/publicToken"  # noqa: S105 - an address

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        """A page of the feed, one entry of it, or an advert as NAV's older interface has it."""
        value: Any = page.json
        if isinstance(value, dict) and isinstance(value.get("items"), list):
            yield from value["items"]
        elif isinstance(value, dict) and ("uuid" in value or "ad_content" in value):
            yield value
        elif isinstance(value, list):
            yield from value
        else:
            raise BadPage(f"neither a feed nor an advert: {summary(value)}")

    @classmethod
    def read(cls, row: Row) -> Draft:
        if "_feed_entry" in row:
            return cls._of_item(row)
        if "properties" in row:
            return cls._of_advert(row)
        entry, advert = row, row
        if "ad_content" in row:
            entry.ignore("sistEndret")
            advert = row.row("ad_content")
        uuid, status = entry.text("uuid"), entry.text("status")
        title = entry.text("title") or advert.text("title")
        advert.ignore("uuid", "contactList", "updated", "sector", "occupationCategories", "remotePublish", "starttime")
        advert.ignore("source", "sourceurl", "medium", "reference", "positioncount", "categoryList", "jobPercentage")
        employer = advert.row("employer")
        employer.ignore("orgnr", "description", "homepage")
        places = [place for location in advert.rows("workLocations") if (place := _place(location))]
        return {
            "external_id": uuid,
            "url": advert.text("link") or (SITE + uuid if uuid else None),
            "title": title or "(removed)",
            "description": advert.text("description"),
            "organization": employer.text("name"),
            "posted_at": advert.when("published"),
            "expires_at": advert.when("expires"),
            "location": "; ".join(places),
            "country": "NO",
            "tags": [name] if (name := advert.text("jobtitle")) else [],
            "employment_type": ", ".join(x for x in (advert.text("engagementtype"), advert.text("extent")) if x),
            "apply_url": advert.text("applicationUrl"),
            "language": "no",
            "extra": {"status": (status or "ACTIVE").lower(), "apply_until": advert.text("applicationDue")},
        }

    @staticmethod
    def _of_item(row: Row) -> Draft:
        """A line of the feed: what it is and whether it is still there."""
        row.ignore("url", "date_modified", "content_text", "id")
        entry = row.row("_feed_entry")
        entry.ignore("sistEndret")
        uuid, name = entry.text("uuid"), entry.text("title")
        heading = row.text("title")
        return {
            "external_id": uuid,
            "url": SITE + uuid if uuid else None,
            "title": name or heading,
            "organization": entry.text("businessName"),
            "location": entry.text("municipal"),
            "country": "NO",
            "extra": {"status": (entry.text("status") or "ACTIVE").lower()},
        }

    @staticmethod
    def _of_advert(row: Row) -> Draft:
        row.ignore(
            "id", "created", "createdBy", "updated", "updatedBy", "mediaList", "contactList", "privacy", "source"
        )
        row.ignore("medium", "reference", "administration", "publishedByAdmin", "firstPublished", "deactivatedByExpiry")
        row.ignore("activationOnPublishingDate")
        facts = row.row("properties")
        facts.whole()  # an open table, of which a dozen entries are about how the advert was written
        employer = row.row("employer")
        employer.whole()
        name = facts.text("employer") or row.text("businessName") or employer.text("name")
        row.ignore("businessName")
        uuid, status = row.text("uuid"), row.text("status")
        places = [place for location in row.rows("locationList") if (place := _place(location))]
        categories = [name for one in row.rows("categoryList") if (name := _category(one))]
        return {
            "external_id": uuid,
            "url": SITE + uuid if uuid else None,
            "title": row.text("title"),
            "description": facts.text("adtext"),
            "organization": name,
            "posted_at": row.when("published"),
            "expires_at": row.when("expires"),
            "location": "; ".join(places),
            "country": "NO",
            "tags": [*([title] if (title := facts.text("jobtitle")) else []), *categories],
            "employment_type": ", ".join(x for x in (facts.text("engagementtype"), facts.text("extent")) if x),
            "apply_url": facts.text("applicationurl"),
            "language": "no",
            "extra": {"status": (status or "ACTIVE").lower(), "apply_until": facts.text("applicationdue")},
        }

    # Crawling.

    def first_requests(self) -> Iterator[Request]:
        yield from self.ask(self.base_url + self.token_path, self.read_token)

    def read_token(self, page: Page) -> Iterator[Request]:
        """The token is the last word of a text."""
        words = page.text.split()
        if not words or not words[-1].isascii():
            raise BadPage("no token in the response")
        self.headers = {"Authorization": f"Bearer {words[-1]}"}
        yield from self.ask(self.base_url + self.path, self.read_feed, headers=self.headers)

    def read_feed(self, page: Page) -> Iterator[Draft | Request]:
        """What vanished, as it is; a request for each advert that is there."""
        for draft in self.read_postings(page):
            if isinstance(draft, Request):
                continue  # the feed has no pages by offset
            if draft["extra"]["status"] != "active":
                yield draft
                continue
            self.handed_on -= 1  # it comes with its text
            address = f"{self.base_url}/api/v1/feedentry/{draft['external_id']}"
            yield from self.ask(address, self.read_postings, headers=self.headers)


def _place(location: Row) -> str | None:
    location.ignore("address", "municipalCode", "latitude", "longitude")
    city, municipal, county = location.text("city"), location.text("municipal"), location.text("county")
    parts = [location.text("postalCode"), city or municipal]
    country = location.text("country")
    text = ", ".join(x for x in (" ".join(x for x in parts if x), county, country) if x)
    return text or None


def _category(category: Row) -> str | None:
    category.ignore("id", "code", "categoryType", "description", "parentId")
    return category.text("name")
