"""From a result to mails and to the end of it, as people go: on a phone, without script, with a real mail server."""

import queue
import re
import threading
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from index.engine.embedded import EmbeddedEngine
from index.store.store import Store
from search_api.app import create_app
from search_api.server import address_of, listen, serve
from tests.alerts.servers import Mailbox
from tests.alerts.test_delivery import plain_text
from tests.alerts.test_routes import DOGS, World, engine, mailbox
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_accessibility import violations
from tests.index.conftest import Clock, RunBoard, clock, inbox, ingest, only_sqlite, posting, run_board, settings, store

__all__ = ["clock", "engine", "inbox", "ingest", "mailbox", "run_board", "settings", "store"]

pytestmark = only_sqlite


@pytest.fixture
def world(store: Store, engine: EmbeddedEngine, clock: Clock, mailbox: Mailbox) -> World:
    """A public instance with mail, served on a loopback port until the process ends."""
    listener = listen("127.0.0.1", 0)
    world = World(store, engine, clock, mailbox.url, public_url=address_of(listener))
    ready: queue.Queue[str] = queue.Queue()
    threading.Thread(target=serve, args=(create_app(world.services), listener, ready.put), daemon=True).start()
    ready.get(timeout=30)
    return world


@pytest.fixture
def site(world: World) -> str:
    return world.services.settings.home


def link_in(mail: EmailMessage, what: str) -> str:
    found = re.search(rf"http://127\.0\.0\.1:\d+\S*/{what}\?token=\S+", plain_text(mail))
    assert found is not None
    return found[0]


def test_from_a_result_to_mails_and_to_the_end_of_it(
    open_page: OpenPage, axe: str, world: World, mailbox: Mailbox, run_board: RunBoard
) -> None:
    def looks_good(page: Page, title: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        assert violations(page, axe, rules={"target-size": {"enabled": True}}) == []
        for width in (320, PHONE[0], DESKTOP[0]):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})

    run_board("alpha", *DOGS)
    world.work()
    with open_page("/?q=dog") as page:
        page.get_by_role("link", name="Tell me when there are new ones").click()
        looks_good(page, "Tell me when there are new ones")
        expect(page.locator("main")).to_contain_text("3 gigs of the last 7 days fit")
        page.get_by_label("By mail", exact=True).check()
        page.get_by_label("Mail address, for mails").fill("me@example.org")
        page.get_by_label("How often").select_option("instant")
        page.get_by_role("button", name="Save").click()
        looks_good(page, "One click is missing")

        world.work()
        page.goto(link_in(mailbox.mails[-1], "confirm"))
        looks_good(page, "Confirm your search")
        page.get_by_role("button", name="Yes, send me new gigs").click()
        looks_good(page, "It is on")
        page.get_by_role("link", name="Your saved searches").click()
        looks_good(page, "Your saved searches")
        expect(page.locator("main")).to_contain_text("By mail. It is on.")

        run_board("alpha", *DOGS, posting("alpha", "9", "Walk the old dog, $30 an hour"))
        world.work()
        assert "1 new gig:" in str(mailbox.mails[-1]["Subject"])
        assert "Walk the old dog" in plain_text(mailbox.mails[-1])

        page.get_by_role("button", name="Pause").click()
        expect(page.locator("main")).to_contain_text("It is paused.")
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("At once", exact=True).first.click()
        page.get_by_label("How often").select_option("weekly")
        page.get_by_label("At (hour, 0 to 23)").fill("18")
        page.get_by_role("button", name="Change", exact=True).click()
        expect(page.locator("main")).to_contain_text("Once a week, on Mondays, at 18:00 UTC")

        page.get_by_role("link", name="Change what it looks for").click()
        looks_good(page, "Change your search")
        page.get_by_label("At least", exact=True).fill("a lot")
        page.get_by_role("button", name="See how many fit").click()
        expect(page.get_by_role("alert")).to_contain_text("At least: 'a lot' is not")
        page.get_by_label("At least", exact=True).fill("25")
        page.get_by_role("button", name="See how many fit").click()
        expect(page.get_by_role("status")).to_contain_text("1 gig of the last 7 days fits")
        page.get_by_role("button", name="Save").click()
        looks_good(page, "Your saved searches")
        expect(page.locator("h2 a").first).to_have_attribute("href", "/?q=dog&pay_min=25")

        page.goto(link_in(mailbox.mails[-1], "unsubscribe"))
        looks_good(page, "Stop these mails?")
        page.get_by_role("button", name="Stop them").click()
        looks_good(page, "Stopped")
        page.goto(link_in(mailbox.mails[-1], "manage"))
        expect(page.locator("main")).to_contain_text("It is paused: a link in a mail ended it.")
        page.get_by_role("button", name="Delete").click()
        looks_good(page, "Erased")


def test_a_feed_needs_no_address(open_page: OpenPage, world: World, run_board: RunBoard) -> None:
    run_board("alpha", *DOGS)
    world.work()
    with open_page("/alerts?q=dog") as page:
        page.get_by_label("As a private feed").check()
        page.get_by_role("button", name="Save").click()
        address = page.locator("code").first.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        page.get_by_role("link", name="Manage it").click()
        expect(page.locator("main")).to_contain_text("As a private feed, for a feed reader. It is on.")
        run_board("alpha", *DOGS, posting("alpha", "9", "Walk the old dog, $30 an hour"))
        world.work()
        assert "Walk the old dog" in page.request.get(address).text()
