"""Take the pictures of docs/pages.md again: `python -m docs.screenshots`. Needs Chromium (`apt-get install chromium`).

Starts the sample in a folder of its own, waits until all its boards are in, and looks at it as readers do.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
CHROMIUM = "/usr/bin/chromium"
PHONE, DESKTOP = (360, 740), (1280, 800)
PATIENCE_S = 120
"""How long the sample boards may take."""


@contextmanager
def sample() -> Iterator[str]:
    """Address of a running instance with all sample gigs."""
    with tempfile.TemporaryDirectory() as data:
        environment = os.environ | {
            "GIGDEX_DATA": data, "GIGDEX_HOST": "127.0.0.1", "GIGDEX_PORT": "0", "GIGDEX_PUBLIC_URL": "",
            "GIGDEX_CONTACT": "hello@gigdex.example",
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-c", "from gigdex import main; main()", "up", "--sample"],
            env=environment, stderr=subprocess.PIPE, text=True, cwd=FOLDER.parents[1],
        )  # fmt: skip
        try:
            address = None
            for line in process.stderr or ():
                if found := re.search(r"http://[0-9.:]+", line):
                    address = found[0]
                    break
            if address is None:
                raise SystemExit("the sample didn't start: try `gigdex up --sample`")
            wait_for_boards(address)
            yield address
        finally:
            process.terminate()
            process.communicate()


def wait_for_boards(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        boards = httpx.get(f"{address}/boards").json()["items"]
        if all(board["last_run"] and board["open_gigs"] for board in boards if board["enabled"]):
            return
        time.sleep(1)
    raise SystemExit(f"the sample boards weren't all in after {PATIENCE_S} s")


def gigs(address: str, query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = httpx.get(f"{address}/gigs?limit=100&{query}").json()["items"]
    return items


def pictures(address: str) -> Iterator[tuple[str, str, tuple[int, int], bool]]:
    """Name, path, size of the window, dark?"""
    told = max(
        gigs(address, "mode=in_person"), key=lambda gig: (gig["pay"]["status"] == "stated", len(gig["evidence"]))
    )
    scam = max(gigs(address, "risk=high"), key=lambda gig: len(gig["risk"]["signals"]))
    merged = max(gigs(address, "risk=all"), key=lambda gig: len(gig["sources"]))
    yield "search-phone", "/", PHONE, False
    yield "search-desktop", "/?mode=in_person&country=US", DESKTOP, False
    yield "search-dark", "/?pay_unit=hour&pay_min=15", DESKTOP, True
    yield "filters-phone", "/?mode=in_person", (360, 1000), False
    yield "did-you-mean-phone", "/?q=trasncribe", PHONE, False
    yield "gig-phone", f"/gig/{told['id']}", (360, 1400), False
    yield "gig-desktop", f"/gig/{merged['id']}", DESKTOP, False
    yield "scam-phone", f"/gig/{scam['id']}", (360, 1000), True
    yield "boards-desktop", "/boards.html", DESKTOP, False
    yield "about-phone", "/about", (360, 1000), False


def take(page: Page, name: str) -> None:
    if name.startswith("filters"):
        page.locator(".filters > summary").click()
    page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sample() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for name, path, (width, height), dark in pictures(address):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            page = context.new_page()
            page.goto(address + path)
            take(page, name)
            context.close()
            print(f"docs/screenshots/{name}.png", path)
        browser.close()


if __name__ == "__main__":
    main()
