"""The kind `jobposting`: a site that lists its pages in sitemaps and describes each job as a schema.org JobPosting."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field
from scrapy import Request

from crawlers.bases.kind import Addresses, KindSpider, filled
from crawlers.bases.sitemap_jobposting import SitemapJobPostingSpider


def a_pattern(value: str) -> str:
    """Raises ValueError when it is no regular expression."""
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None
    return value


class SiteSource(Addresses):
    """Sitemaps, indexes of sitemaps (packed or not) and pages."""

    pages: Annotated[str, AfterValidator(a_pattern)] = Field(
        "", description="regular expression for the paths of a sitemap's pages that are asked"
    )
    newer_than_days: int = Field(
        0, ge=0, description="pages whose lastmod is older than this are left out; 0 asks all, newest first"
    )


class JobPostingSpider(KindSpider, SitemapJobPostingSpider):
    """See SitemapJobPostingSpider."""

    kind = "jobposting"
    Source = SiteSource
    source: ClassVar[SiteSource]
    example: ClassVar[Mapping[str, Any]] = {"urls": ["https://example.org/sitemap.xml"]}

    def first_requests(self) -> Iterator[Request]:
        self.job_pages = re.compile(self.source.pages)  # type: ignore[misc]  # of this one site
        self.newer_than_days = self.source.newer_than_days
        for url in self.source.urls:
            yield from self.ask(filled(url), self.read_any)
