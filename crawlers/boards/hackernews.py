"""Hacker News' monthly threads "Who is hiring?" and "Freelancer? Seeking freelancer?"."""

from datetime import date

from crawlers.bases.hn_thread import HnThreadSpider
from crawlers.board import Board
from index.terms import BoardTerms, TermsEvidence


class HackerNewsSpider(HnThreadSpider):
    board = Board(
        id="hackernews",
        name="Hacker News",
        homepage="https://news.ycombinator.com",
        expect_min=20,
        max_pages=5,
        terms=BoardTerms(
            attribution="Hacker News",
            min_interval_s=900,  # ours: none is published
            duties=("delete_at_once",),
            evidence=(
                TermsEvidence(
                    what="https://github.com/HackerNews/API README",
                    read=date(2026, 11, 23),
                    says="the public Hacker News data is made available; there is currently no rate limit. Nothing on "
                    "what may be shown, so the page has title and link only; posters own the text",
                ),
                TermsEvidence(
                    what="words of Algolia's interface, quoted on dev.to",
                    read=date(2026, 10, 14),
                    says="10,000 requests an hour for each address",
                ),
            ),
        ),
    )
