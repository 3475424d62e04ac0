"""Spiders of the sample boards: the real boards' spiders, on made-up boards of the same formats."""

from re import compile as pattern

from crawlers.bases.sitemap_jobposting import SitemapJobPostingSpider
from crawlers.bases.spider import Draft
from crawlers.boards.freelancer import FreelancerSpider
from crawlers.boards.hackernews import HackerNewsSpider
from crawlers.boards.jobicy import JobicySpider
from crawlers.boards.remoteok import RemoteOkSpider
from crawlers.boards.remotive import RemotiveSpider
from crawlers.boards.weworkremotely import WeWorkRemotelySpider
from crawlers.row import Row
from crawlers.sample_boards.base import SampleSpider, address, sample_board
from crawlers.sample_boards.postings import online_places


class TaskfinchSpider(SampleSpider, RemotiveSpider):
    """Unlike the real board of this format it has work in person too: a row is remote where it names no town."""

    board = sample_board("taskfinch")
    base_url = address("/taskfinch")

    @classmethod
    def read(cls, row: Row) -> Draft:
        draft = super().read(row)
        location = draft["location"] or ""
        draft["remote"] = None if location.startswith("Remote or ") else location in online_places()
        return draft


class LanternworkSpider(SampleSpider, RemoteOkSpider):
    board = sample_board("lanternwork")
    base_url = address("/lanternwork")


class BrightmossSpider(SampleSpider, JobicySpider):
    board = sample_board("brightmoss")
    base_url = address("/brightmoss")
    path = "/api/v2/remote-jobs?count=100"


class PlinthSpider(SampleSpider, HackerNewsSpider):
    board = sample_board("plinth")
    base_url = address("/plinth")
    site_url = address("/plinth")


class WrenwireSpider(SampleSpider, WeWorkRemotelySpider):
    board = sample_board("wrenwire")
    base_url = address("/wrenwire")


class BidbarrowSpider(SampleSpider, FreelancerSpider):
    """Small pages, so that there are several to walk."""

    board = sample_board("bidbarrow")
    base_url = address("/bidbarrow")
    page_size = 15


class HedgerowSpider(SampleSpider, SitemapJobPostingSpider):
    """JSON-LD, behind an index of sitemaps."""

    board = sample_board("hedgerow", max_pages=400)
    base_url = address("/hedgerow")
    job_pages = pattern("/jobs/")


class PuddlejobsSpider(SampleSpider, SitemapJobPostingSpider):
    """Microdata, one sitemap."""

    board = sample_board("puddlejobs", max_pages=400)
    base_url = address("/puddlejobs")
    job_pages = pattern("/jobs/")
