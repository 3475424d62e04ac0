"""NAV: vacancies of Norway's employment service, by its feed of changes (navikt.github.io/pam-stilling-feed).

A run follows the feed from where the run before stopped to its end. What became inactive is handed on first and as it
is, for it must vanish at once; then each active advert is asked for its text, the newest change first. What a run has
no time for waits for the next ones. People's names, addresses of mail and telephone numbers are not taken.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, urljoin

from scrapy import Request
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.bases.json_api import JsonApiSpider, summary
from crawlers.bases.spider import Draft
from crawlers.board import Board
from crawlers.kept import OWN_CONDITION, Bookmark
from crawlers.page import Page
from crawlers.row import BadPage, BadRow, Row, read_instant
from crawlers.tally import Tally
from index.terms import BoardTerms, ChannelLevels, TermsEvidence

SITE = "https://arbeidsplassen.nav.no/stillinger/stilling/"
FIRST = timedelta(days=30)
"""How far back a first run begins: adverts are open for about a month."""
ADVERT = "advert"
"""Request meta: the id of the advert that is asked for."""
OVERLAP = timedelta(minutes=1)
"""What is read again: the feed's order is not quite that of its times."""


class NavSpider(JsonApiSpider):
    board = Board(
        id="nav",
        name="NAV (arbeidsplassen.no)",
        homepage="https://arbeidsplassen.nav.no",
        country="NO",
        changes_only=True,
        expect_min=0,
        max_pages=600,
        max_items=50_000,
        expect_max=50_000,
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
    path = "/api/v1/feed"
    entry_path = "/api/v1/feedentry/"
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

    has_bookmark = True

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.read_to: datetime | None = None
        """When the last change was made that was read."""
        self.feed_pages = 0
        self.inactive: dict[str, Draft] = {}
        self.waiting: dict[str, None] = {}
        """Ids of active adverts that are still to be asked for, the oldest change first."""

    def next_bookmark(self) -> Bookmark | None:
        return None if self.read_to is None else Bookmark(self.read_to, [*self.inactive, *self.waiting])

    def first_requests(self) -> Iterator[Request]:
        yield from self.ask(self.base_url + self.token_path, self.read_token)

    def read_token(self, page: Page) -> Iterator[Request]:
        """The token is the last word of a text."""
        words = page.text.split()
        if not words or not words[-1].isascii():
            raise BadPage("no token in the response")
        self.headers = {"Authorization": f"Bearer {words[-1]}"}
        since = datetime.now(UTC) - FIRST
        if self.bookmark:
            self.read_to, since = self.bookmark.at, self.bookmark.at - OVERLAP
            self.waiting = dict.fromkeys(self.bookmark.waiting)
        condition = {"If-Modified-Since": format_datetime(since.astimezone(UTC), usegmt=True)}
        yield from self.ask_feed(self.base_url + self.path, condition)

    def ask_feed(self, url: str, headers: dict[str, str]) -> Iterator[Request]:
        yield from self.ask(url, self.read_feed, headers=self.headers | headers, meta={OWN_CONDITION: True})

    def read_feed(self, page: Page) -> Iterator[Draft | Request]:
        """A page of changes, oldest first, and on to the next; at the feed's end, what they come to."""
        try:
            items, following = _items(page)
        except BadPage:
            yield from self.read_changes()
            raise
        for draft in self.read_page(page, self.tally):
            if isinstance(draft, BadRow):
                continue
            uuid = draft["external_id"]
            self.waiting.pop(uuid, None)  # of an advert that changed twice, the later state counts
            self.inactive.pop(uuid, None)
            if draft["extra"].get("status") == "active":
                self.waiting[uuid] = None
            elif self.bookmark:  # a first run has nothing to close
                self.inactive[uuid] = draft
        self.read_to = max(filter(None, [self.read_to, *_times(items)]), default=None)
        self.feed_pages += 1
        if following and self.feed_pages < self.board.max_pages // 4:  # the others are for the adverts
            yield from self.ask_feed(urljoin(self.base_url, following), {})
            return
        if following:
            self.tally.problem(f"read {self.feed_pages} pages of the feed, and it goes on")
        yield from self.read_changes()

    def read_changes(self) -> Iterator[Draft | Request]:
        """What vanished, as it is; then a request for each advert that is there, as many as this run may ask."""
        while self.inactive:
            self.handed_on += 1
            yield self.inactive.pop(next(iter(self.inactive)))
        left = self.board.max_pages - self.tally.counts["requests"]
        newest_first = list(reversed(self.waiting))
        self.tally.count("left_for_later", max(0, len(newest_first) - left))
        for uuid in newest_first[:left]:

            def step(page: Page, uuid: str = uuid) -> Iterator[Draft | Request]:
                yield from self.read_postings(page)
                self.waiting.pop(uuid, None)

            url = self.base_url + self.entry_path + quote(uuid, safe="")
            # It is asked because it changed: with no condition, of which nothing would come.
            yield from self.ask(url, step, headers=self.headers, meta={ADVERT: uuid, OWN_CONDITION: True})

    def failed(self, failure: Failure) -> Iterator[Any]:
        """No changes (304) are no failure, and an advert that is gone is inactive."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        status = failure.value.response.status if isinstance(failure.value, HttpError) else 0
        uuid = request.meta.get(ADVERT)
        if uuid and status in (404, 410):
            self.waiting.pop(uuid, None)
            gone = {"external_id": uuid, "url": SITE + uuid, "title": "(removed)", "extra": {"status": "inactive"}}
            return self.flow.on(iter([gone | {"board": self.board.id}]))
        if uuid or not request.meta.get(OWN_CONDITION):
            return super().failed(failure)
        if status == 304:
            self.tally.count("not_modified")
        else:
            self.missed(failure)
        return self.flow.on(self.read_changes())


def _items(page: Page) -> tuple[list[Any], str | None]:
    """The lines of a page of the feed, and the next page's address. Raises BadPage."""
    items = page.json.get("items") if isinstance(page.json, dict) else None
    if not isinstance(items, list):
        raise BadPage(f"no page of the feed: {summary(page.json)}")
    following = page.json.get("next_url")
    return items, following if isinstance(following, str) and following else None


def _times(items: list[Any]) -> Iterator[datetime]:
    """When each change of a page was made."""
    for item in items:
        try:
            if found := read_instant(item["date_modified"]):
                yield found
        except (KeyError, TypeError, ValueError):
            continue


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
