"""Crawling: pages a second against a bare Scrapy spider that yields the same items from the same server, in one run.

The site is a sitemap and pages with a schema.org JobPosting. Both ask one page at a time, with the same pause. Ours
reads robots.txt, owns the host, keeps validators for the next run, accounts for every field, validates, counts, and
writes to the inbox; the bare one picks the same fields and does nothing else. The server notes when pages are asked
for, so that starting Python counts for neither.

    python -m benchmarks.crawl [PAGES] [ROUNDS] [PAUSE in seconds]
    python -m benchmarks.crawl memory [PAGES]     the crawler's memory while it walks through sitemaps of so many pages
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
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import psutil

from benchmarks.generate import gigs


def page(number: int, title: str, description: str, url: str, links: int = 150) -> bytes:
    """A page of about 12 kB around one posting, as sites have it; smaller with fewer links."""
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
    around = "".join(f'<li><a href="/about/{n}">Something else of this site, number {n}</a></li>' for n in range(links))
    script = json.dumps(posting).replace("</", "<\\/")
    return (
        f"<!doctype html><html><head><title>{title}</title>"
        f'<script type="application/ld+json">{script}</script></head>'
        f"<body><ul>{around}</ul><h1>{title}</h1><p>{description}</p></body></html>"
    ).encode()


class Site:
    """The server: pages made beforehand, and when each of them was asked for."""

    def __init__(self, pages: int) -> None:
        site = self
        self.pages = pages
        self.documents: dict[str, tuple[str, bytes]] = {}
        self.asked: list[float] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path.startswith("/jobs/"):
                    site.asked.append(time.perf_counter())
                kind, body = site.answer(self.path)
                lines = (
                    "HTTP/1.1 200 OK",
                    f"Content-Type: {kind}",
                    f'ETag: "{self.path}"',
                    f"Content-Length: {len(body)}",
                )
                self.wfile.write("\r\n".join((*lines, "\r\n")).encode() + body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.fill()

    def fill(self) -> None:
        """Make the documents."""
        locations = []
        for number, gig in enumerate(gigs(self.pages)):
            path = f"/jobs/{number}"
            locations.append(f"<url><loc>{self.url}{path}</loc></url>")
            self.documents[path] = ("text/html", page(number, gig.title, gig.description, self.url + path))
        sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(locations)}</urlset>'
        self.documents["/sitemap.xml"] = ("application/xml", sitemap.encode())

    def answer(self, path: str) -> tuple[str, bytes]:
        return self.documents.get(path, ("text/plain", b"User-agent: *\nAllow: /\n"))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def crawled_by(self, who: str, pause: float = 0, watch: Callable[[psutil.Process], None] | None = None) -> float:
        """Pages a second of one crawl in a process of its own; the first tenth warms up. `watch` is called with the
        process twice a second."""
        self.asked.clear()
        with tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {"GIGDEX_DATA": folder}
            command = [sys.executable, "-m", "benchmarks.crawl", who, self.url, str(pause)]
            child = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            while watch is not None and child.poll() is None:
                with suppress(psutil.Error):
                    watch(psutil.Process(child.pid))
                time.sleep(0.5)
            found, complaints = child.communicate()
        if not found.strip() or int(found.split()[-1]) != self.pages or len(self.asked) != self.pages:
            raise RuntimeError(
                f"{who} found {found!r} on {len(self.asked)} of {self.pages} pages; {complaints[-2000:]}"
            )
        counted = self.asked[self.pages // 10 :]
        return (len(counted) - 1) / (counted[-1] - counted[0])


class LargeSite(Site):
    """Small pages made when they are asked for, behind an index of full sitemaps."""

    SHARD = 50_000

    def fill(self) -> None:
        self.shards = range(0, self.pages, self.SHARD)
        index = "".join(f"<sitemap><loc>{self.url}/part/{first}</loc></sitemap>" for first in self.shards)
        self.documents["/sitemap.xml"] = ("application/xml", f"<sitemapindex>{index}</sitemapindex>".encode())

    def answer(self, path: str) -> tuple[str, bytes]:
        _, kind, number = path.split("/") if path.count("/") == 2 else ("", "", "")
        if kind == "part":
            numbers = range(int(number), min(int(number) + self.SHARD, self.pages))
            locations = "".join(f"<url><loc>{self.url}/jobs/{number}</loc></url>" for number in numbers)
            return "application/xml", f"<urlset>{locations}</urlset>".encode()
        if kind == "jobs":
            return "text/html", page(int(number), f"Sort {number} parcels", "Two hours, $40.", self.url + path, links=5)
        return super().answer(path)


def ours(url: str, pause: float) -> int:
    """Crawl the site as a board; returns the number of postings."""
    from crawlers.bases.sitemap_jobposting import SitemapJobPostingSpider
    from crawlers.run import Progress, run_here
    from crawlers.sample_boards.base import sample_board

    bounds = {"delay_s": pause, "max_pages": 1_000_000, "max_items": 1_000_000, "expect_max": 1_000_000}
    body = {"board": sample_board("hedgerow").model_copy(update=bounds), "base_url": url}
    ended: list[Progress] = []
    run_here([type("Bench", (SitemapJobPostingSpider,), body)], ended.append)
    return ended[-1].counts["postings"]


def bare(url: str, pause: float) -> int:
    """The same fields by Scrapy alone, with its own defaults but for pause, order of requests and log."""
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
                yield scrapy.Request(location, self.job if "/jobs/" in location else self.sitemap)

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

    settings = {"CONCURRENT_REQUESTS": 1, "DOWNLOAD_DELAY": pause, "DOWNLOAD_DELAY_JITTER": 0,
                "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}  # fmt: skip
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Bare)
    process.crawl(crawler)
    process.start()
    assert crawler.stats is not None
    return int(crawler.stats.get_value("item_scraped_count"))


def main(pages: int, rounds: int, pause: float) -> None:
    with Site(pages) as site:
        size = statistics.mean(len(body) for _, body in site.documents.values())
        speeds = [(site.crawled_by("ours", pause), site.crawled_by("bare", pause)) for _ in range(rounds)]
    told = f"{pause:g} s between two" if pause else "no pause"
    print(f"{pages:,} pages of {size / 1_000:.0f} kB, one at a time, {told}, {platform.python_version()}\n")
    print("| round | Gigdex, pages a second | bare Scrapy | ratio |\n|--:|--:|--:|--:|")
    for number, (mine, theirs) in enumerate(speeds, 1):
        print(f"| {number} | {mine:.1f} | {theirs:.1f} | {mine / theirs:.2f} |")
    print(f"\nMedian ratio: {statistics.median(mine / theirs for mine, theirs in speeds):.2f}.")


def memory(pages: int) -> None:
    """Resident memory of the crawling process after each tenth of the pages."""
    found: dict[str, list[int]] = {}
    with LargeSite(pages) as site:
        for who in ("ours", "bare"):
            tenths: list[int] = []

            def watch(process: psutil.Process, tenths: list[int] = tenths) -> None:
                while len(site.asked) >= (len(tenths) + 1) * pages // 10:
                    tenths.append(process.memory_info().rss)

            speed = site.crawled_by(who, watch=watch)
            found[who] = tenths
            print(f"{who}: {speed:.0f} pages a second", file=sys.stderr)
    print(f"{pages:,} pages behind an index of {len(site.shards)} sitemaps, {platform.python_version()}\n")
    print("| pages | Gigdex, MB | bare Scrapy, MB |\n|--:|--:|--:|")
    for number, (mine, theirs) in enumerate(zip(found["ours"], found["bare"], strict=False), 1):
        print(f"| {number * pages // 10:,} | {mine / 1e6:.0f} | {theirs / 1e6:.0f} |")


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["bare"]):
        print({"ours": ours, "bare": bare}[sys.argv[1]](sys.argv[2], float(sys.argv[3])))
    elif sys.argv[1:2] == ["memory"]:
        memory(int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
    else:
        given = [*sys.argv[1:4], *["1000", "3", "0"][len(sys.argv[1:4]) :]]
        main(int(given[0]), int(given[1]), float(given[2]))
