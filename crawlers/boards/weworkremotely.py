"""We Work Remotely: remote jobs, one RSS feed of all. Off: its owner's pages conflict."""

import re
from datetime import date

from crawlers.bases.feed import FeedSpider
from crawlers.bases.spider import Draft
from crawlers.board import Board
from crawlers.row import Row
from index.terms import BoardTerms, TermsEvidence

FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
"""A flag emoji is its country's ISO 3166-1 code in letters of its own (Unicode UTS 51)."""


class WeWorkRemotelySpider(FeedSpider):
    board = Board(
        id="weworkremotely",
        name="We Work Remotely",
        homepage="https://weworkremotely.com",
        expect_min=5,
        max_pages=1,
        terms=BoardTerms(
            attribution="We Work Remotely",
            min_interval_s=3600,  # the feed's own ttl
            duties=("apply_link_unchanged",),
            off="its pages conflict: the feed is for anyone, but its API terms bar job search services; "
            "ask hello@weworkremotely.com first",
            ask="hello@weworkremotely.com: the feed is for anyone, the API terms bar job search services; which "
            "holds for a gig search engine that links back and sends applicants there?",
            evidence=(
                TermsEvidence(
                    what="https://weworkremotely.com/remote-job-rss-feed, quoted",
                    read=date(2026, 9, 28),
                    says="anyone can use the feed, with links attributed back",
                ),
                TermsEvidence(
                    what="https://weworkremotely.com/api-terms-and-guidelines",
                    read=date(2026, 11, 23),
                    says="no data of theirs for a job advertising or job search service; applying goes through them",
                ),
            ),
        ),
    )
    base_url = "https://weworkremotely.com"
    paths = ("/remote-jobs.rss",)

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore("media:content", "dc:creator")
        title = row.text("title")
        region, country = row.text("region"), row.text("country")
        labels = [*row.texts("category"), *(row.text("skills") or "").split(",")]
        return {
            "external_id": row.text("guid", "link"),
            "url": row.text("link"),
            "title": title,
            "description": row.text("description"),
            "organization": title.partition(": ")[0] if title and ": " in title else None,
            "posted_at": row.when("pubDate"),
            "expires_at": row.when("expires_at"),
            "location": ", ".join(part for part in (region, FLAG.sub("", country or "").strip()) if part),
            "country": country_of_flag(country or ""),
            "remote": True,
            "tags": [label.strip() for label in labels if label.strip()],
            "employment_type": row.text("type"),
            "extra": {"headquarters_state": row.text("state")},
        }


def country_of_flag(text: str) -> str | None:
    """ISO code of the one flag emoji in `text`."""
    flags = FLAG.findall(text)
    return "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in flags[0]) if len(flags) == 1 else None
