"""Crawling: pages a second against a bare Scrapy spider that yields the same items from the same server, in one run.

The site is a sitemap and pages with a schema.org JobPosting. Both ask one page at a time without a pause. Ours keeps
robots.txt, accounts for every field, validates, counts, and writes to the inbox; the bare one picks the same fields and
does nothing else. The server notes when pages are asked for, so that starting Python counts for neither.

    python -m benchmarks.crawl [PAGES] [ROUNDS]
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.generate import gigs


def page(number: int, title: str, description: str, url: str) -> bytes:
    """A page of about 12 kB around one posting, as sites have it."""
    posting = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "description": f"<p>{description}</p>",
        "identifier": {"@type": "PropertyValue", "name": "Bench", "value": str(number)},
        "datePosted": "2026-02-01",
        "validThrough": "2026-12-31",
        "employmentType": "CONTRACTOR",
        "hiringOrganization": {"@type": "Organization", "name": f"Studio {number % 40}"},
        "jobLocationType": "TELECOMMUTE",
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "USD",
            "value": {"@type": "QuantitativeValue", "minValue": 10 + number % 30, "maxValue": 50, "unitText": "HOUR"},
        },
        "url": url,
    }
    around = "".join(f'<li><a href="/about/{n}">Something else of this site, number {n}</a></li>' for n in range(150))
    script = json.dumps(posting).replace("</", "<\\/")
    return (
        f"<!doctype html><html><head><title>{title}</title>"
        f'<script type="application/ld+json">{script}</script></head>'
        f"<body><ul>{around}</ul><h1>{title}</h1><p>{description}</p></body></html>"
    ).encode()


class Site:
    """The server: pages made beforehand, and when the first and the last of them was asked for."""

    def __init__(self, pages: int) -> None:
        site = self
        self.documents: dict[str, tuple[str, bytes]] = {}
        self.asked: list[float] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path.startswith("/jobs/"):
                    site.asked.append(time.perf_counter())
                kind, body = site.documents.get(self.path, ("text/plain", b"User-agent: *\nAllow: /\n"))
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                self.wfile.write(head.encode() + body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        locations = []
        for number, gig in enumerate(gigs(pages)):
            path = f"/jobs/{number}"
            locations.append(f"<url><loc>{self.url}{path}</loc></url>")
            self.documents[path] = ("text/html", page(number, gig.title, gig.description, self.url + path))
        sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(locations)}</urlset>'
        self.documents["/sitemap.xml"] = ("application/xml", sitemap.encode())

    def __enter__(self) -> "Site":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def crawled_by(self, who: str) -> float:
        """Pages a second of one crawl in a process of its own; the first tenth warms up."""
        self.asked.clear()
        with tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {"GIGDEX_DATA": folder}
            command = [sys.executable, "-m", "benchmarks.crawl", who, self.url]
            found = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        pages = len(self.documents) - 1
        if int(found.stdout.split()[-1]) != pages or len(self.asked) != pages:
            raise RuntimeError(f"{who} found {found.stdout!r} on {len(self.asked)} of {pages} pages")
        counted = self.asked[pages // 10 :]
        return (len(counted) - 1) / (counted[-1] - counted[0])


def ours(url: str) -> int:
    """Crawl the site as a board; returns the number of postings."""
    from crawlers.bases.sitemap_jobposting import SitemapJobPostingSpider
    from crawlers.run import Progress, run_here
    from crawlers.sample_boards.base import sample_board

    bounds = {"delay_s": 0, "max_pages": 1_000_000, "max_items": 1_000_000, "expect_max": 1_000_000}
    body = {"board": sample_board("hedgerow").model_copy(update=bounds), "base_url": url}
    ended: list[Progress] = []
    run_here([type("Bench", (SitemapJobPostingSpider,), body)], ended.append, {"CONCURRENT_REQUESTS": 1})
    return ended[-1].counts["postings"]


def bare(url: str) -> int:
    """The same fields by Scrapy alone, with its own defaults but for the order of requests and the log."""
    import scrapy
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import Response, TextResponse

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            yield scrapy.Request(f"{url}/sitemap.xml", self.sitemap)

        def sitemap(self, response: Response) -> Iterator[scrapy.Request]:
            assert isinstance(response, TextResponse)
            response.selector.remove_namespaces()
            for location in response.xpath("//loc/text()").getall():
                yield scrapy.Request(location, self.job)

        def job(self, response: Response) -> Iterator[dict[str, Any]]:
            assert isinstance(response, TextResponse)
            for script in response.css('script[type="application/ld+json"]::text').getall():
                job = json.loads(script)
                value = job["baseSalary"]["value"]
                yield {
                    "external_id": job["identifier"]["value"],
                    "url": job["url"],
                    "title": job["title"],
                    "description": job["description"],
                    "organization": job["hiringOrganization"]["name"],
                    "posted_at": job["datePosted"],
                    "expires_at": job["validThrough"],
                    "remote": job["jobLocationType"] == "TELECOMMUTE",
                    "pay": {
                        "min": value["minValue"],
                        "max": value["maxValue"],
                        "unit": value["unitText"].lower(),
                        "currency": job["baseSalary"]["currency"],
                    },
                    "employment_type": job["employmentType"],
                }

    settings = {"CONCURRENT_REQUESTS": 1, "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Bare)
    process.crawl(crawler)
    process.start()
    assert crawler.stats is not None
    return int(crawler.stats.get_value("item_scraped_count"))


def main(pages: int, rounds: int) -> None:
    with Site(pages) as site:
        size = statistics.mean(len(body) for _, body in site.documents.values())
        speeds = [(site.crawled_by("ours"), site.crawled_by("bare")) for _ in range(rounds)]
    print(f"{pages:,} pages of {size / 1_000:.0f} kB, one at a time, no pause, {platform.python_version()}\n")
    print("| round | Gigdex, pages a second | bare Scrapy | ratio |\n|--:|--:|--:|--:|")
    for number, (mine, theirs) in enumerate(speeds, 1):
        print(f"| {number} | {mine:.0f} | {theirs:.0f} | {mine / theirs:.2f} |")
    print(f"\nMedian ratio: {statistics.median(mine / theirs for mine, theirs in speeds):.2f}.")


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["bare"]):
        print({"ours": ours, "bare": bare}[sys.argv[1]](sys.argv[2]))
    else:
        numbers = [int(argument) for argument in sys.argv[1:3]]
        main(*(numbers + [1_000, 3][len(numbers) :]))
