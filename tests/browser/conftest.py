"""The pages in a real browser: headless Chromium against the application over made-up gigs, on a loopback port."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from search_api.app import create_app
from search_api.deps import Services
from search_api.server import listen, serve

# The fixtures of the API's tests: the same gigs, engine and settings.
from tests.api.conftest import MakeClient, engine, make_client, search, store, stream  # noqa: F401

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

PHONE, DESKTOP = (360, 740), (1280, 900)

OpenPage = Callable[..., AbstractContextManager[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser for all of these tests, also when the suite runs on several processes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not here: npm ci --prefix tests/browser")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site(make_client: MakeClient) -> str:  # noqa: F811
    """Address of a public instance, e.g. http://127.0.0.1:34567; it ends with the process."""
    services: Services = make_client(settings={"rate_limit": 0}).services
    address: queue.Queue[str] = queue.Queue()
    threading.Thread(
        target=serve, args=(create_app(services), listen("127.0.0.1", 0), address.put), daemon=True
    ).start()
    return address.get(timeout=30)


@pytest.fixture
def open_page(chromium: Browser, site: str) -> OpenPage:
    """A page in a browser of its own (no cookies, no cache). Closing it fails the test if the page asked anything of
    another site, ran into the Content-Security-Policy, raised an error or opened a dialog."""

    @contextmanager
    def opened(
        path: str | None = "/", size: tuple[int, int] = PHONE, *, dark: bool = False, script: bool = True
    ) -> Iterator[Page]:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        bad: list[str] = []
        page.on("request", lambda request: bad.append(request.url) if not request.url.startswith(site) else None)
        page.on("pageerror", lambda error: bad.append(str(error)))
        page.on("dialog", lambda dialog: (bad.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        # Pages with a status of 4xx are meant to be that; the browser notes them as errors.
        page.on(
            "console",
            lambda message: (
                bad.append(message.text) if message.type == "error" and "status of 4" not in message.text else None
            ),
        )
        if path is not None:
            page.goto(path)
        yield page
        context.close()
        assert bad == []

    return opened


def path_of(page: Page) -> str:
    """Path and query of where the page is."""
    parts = urlsplit(page.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
