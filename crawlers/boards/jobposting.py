"""Any site with a sitemap and schema.org JobPosting pages: the generic kind.

Off: no site is crawled unasked. An operator adds a site that grants it in its own `/.well-known/gigdex.json`
(crawlers/grants.py); the site is then a board of its own, named by its host. `gigdex parse jobposting FILE` reads
saved pages of any site.
"""

from crawlers.bases.sitemap_jobposting import SitemapJobPostingSpider
from crawlers.board import Board
from index.terms import BoardTerms


class JobPostingSpider(SitemapJobPostingSpider):
    board = Board(
        id="jobposting",
        name="schema.org JobPosting",
        homepage="https://schema.org/JobPosting",
        terms=BoardTerms(
            attribution="the site",
            min_interval_s=24 * 3600,
            off="a kind of site, not a site: add one that permits it in its own /.well-known/gigdex.json",
        ),
    )
    base_url = "https://schema.org"
    paths = ()
