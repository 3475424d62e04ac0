"""The pages as people use them: on a phone, by keyboard, without script, in the dark, on paper."""

import pytest
from playwright.sync_api import Page, Request, expect

from search_api.histogram import MOST
from tests.api import made_up
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, path_of
from tests.browser.test_accessibility import PAGES

FIRST_PAGE = 50_000
"""Bytes over the wire that the first page may take, with everything that it needs."""


# --- sizes ---


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_nothing_is_wider_than_the_screen(open_page: OpenPage, path: str) -> None:
    """640 is a desktop of 1,280 at 200 % zoom, 320 the same at 400 % (WCAG 1.4.10)."""
    with open_page(path, script=False) as page:
        for width in (320, 360, 640, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_letters_of_double_size_fit_a_phone(open_page: OpenPage, path: str) -> None:
    """Text zoom of 200 % (WCAG 1.4.4): letters grow, the screen doesn't."""
    with open_page(path, script=False) as page:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        for width in (320, 360):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            for link in page.locator("header a").all():
                box = link.bounding_box()
                assert box is not None
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width
            for field in page.locator(".searchbar input:visible").all():
                box = field.bounding_box()
                assert box is not None
                assert box["width"] > width / 2, "room to see what one types"


def test_the_first_page_is_light(open_page: OpenPage) -> None:
    with open_page(None) as page:
        finished: list[Request] = []
        page.on("requestfinished", lambda request: finished.append(request))
        page.goto("/", wait_until="networkidle")
        sizes = [request.sizes() for request in finished]
        assert len(sizes) >= 4, "page, style, script and icon"
        assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) < FIRST_PAGE


# --- without script ---


def test_everything_works_without_script(open_page: OpenPage) -> None:
    with open_page("/", script=False) as page:
        page.locator("#q").fill("number")
        page.get_by_label("Near").fill("Austin")
        page.get_by_role("button", name="Search").click()
        assert path_of(page) == "/?q=number&near=Austin"
        expect(page.locator(".gig")).to_have_count(16)
        page.locator(".filters > summary").click()
        page.get_by_label("At least", exact=True).fill("20")
        page.get_by_role("button", name="Show gigs").click()
        assert "pay_min=20" in path_of(page)
        page.get_by_role("link", name="Remove: within 25 km of Austin").click()
        assert path_of(page) == "/?q=number&pay_min=20"
        page.get_by_role("link", name="Photo of a shop").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Photo of a shop")
        page.get_by_text("Where these facts come from").count()


def test_a_bar_of_the_histogram_is_a_filter(open_page: OpenPage) -> None:
    with open_page("/?pay_unit=item", script=False) as page:
        page.locator(".filters > summary").click()
        bars = page.locator(".histogram a")
        assert 2 <= bars.count() <= MOST
        name = bars.last.get_attribute("aria-label") or ""
        bars.last.click(force=True)
        assert "pay_min=" in path_of(page)
        assert name.endswith(f" {page.locator('.total').inner_text()}")
        selected = page.locator(".histogram a[aria-current]")
        expect(selected).to_have_attribute("aria-label", name)
        selected.click(force=True)
        assert path_of(page) == "/"


def test_the_filters_stay_open_after_a_click_in_them(open_page: OpenPage) -> None:
    """And a desktop, where they are always open, stays at the top of the results."""
    with open_page("/", script=False) as page:
        page.locator(".filters > summary").click()
        page.get_by_text("Country", exact=True).click()
        page.locator("#facet-country a").filter(has_text="USA").click()
        assert path_of(page) == "/?country=US"
        chosen = page.locator("#facet-country a[aria-current]")
        expect(chosen).to_be_in_viewport()
        chosen.click()
        page.wait_for_url("**/#facet-country")
        expect(page.locator("#facet-country a").first).to_be_in_viewport()
    with open_page("/?country=US#facet-country", DESKTOP, script=False) as page:
        assert page.evaluate("window.scrollY") == 0


def test_the_filters_are_short_enough_for_a_phone(open_page: OpenPage) -> None:
    with open_page("/", script=False) as page:
        page.locator(".filters > summary").click()
        box = page.locator(".filterbody").bounding_box()
        assert box is not None
        assert box["height"] < 2 * PHONE[1]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_list_cuts_its_counts(open_page: OpenPage, size: tuple[int, int]) -> None:
    """Numbers of a large index are wider than those of these few gigs."""
    with open_page("/?mode=in_person&pay_unit=hour", size, script=False) as page:
        if size == PHONE:
            page.locator(".filters > summary").click()
        for name, text in (("pay_unit", "minute (1,234)"), ("mode", "Online or in person (1,234)"), ("risk", "")):
            room = page.evaluate(ROOM, [f"#{name}", text])
            assert room >= 0, name


ROOM = """([selector, text]) => {
  const select = document.querySelector(selector);
  const style = getComputedStyle(select);
  const copy = document.createElement("span");
  copy.style.cssText = `font: ${style.font}; white-space: nowrap; position: absolute`;
  copy.textContent = text || select.options[0].text;
  document.body.append(copy);
  const arrow = 24;
  return select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow
    - copy.offsetWidth;
}"""


# --- with script ---


def test_suggestions_appear_while_typing(open_page: OpenPage) -> None:
    with open_page("/") as page:
        page.locator("#q").press_sequentially("number dat")
        expect(page.locator("#suggestions option")).to_have_count(1)
        expect(page.locator("#suggestions option")).to_have_attribute("value", "number data")


def test_did_you_mean_leads_to_what_was_meant(open_page: OpenPage) -> None:
    with open_page("/?q=trasncribe+intreviews") as page:
        meant = page.locator(".meant a")
        expect(meant).to_have_text("transcribe interviews")
        meant.click()
        expect(page.locator(".gig")).to_have_count(1)


# --- by keyboard ---


def test_the_skip_link_comes_first_and_leads_to_the_content(open_page: OpenPage) -> None:
    with open_page(f"/gig/{made_up.TRANSCRIBE.id}", script=False) as page:
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        expect(skip).to_have_text("Skip to the content")
        box = skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_all_can_be_reached_and_seen_by_keyboard(open_page: OpenPage, size: tuple[int, int]) -> None:
    with open_page("/?pay_unit=item&limit=3", size) as page:
        summary = page.locator(".filters > summary")
        if summary.is_visible():
            summary.focus()
            page.keyboard.press("Enter")
            page.evaluate("document.activeElement.blur()")
        wanted = page.locator("a:visible, button:visible, input:visible, select:visible, summary:visible").count()
        reached = []
        for _ in range(wanted + 5):
            page.keyboard.press("Tab")
            reached.append(page.evaluate(FOCUSED))
        names = [name for name, _ in reached if name]
        assert len(set(names)) >= wanted, "not all are reached"
        assert [name for name, seen in reached if name and not seen] == []


FOCUSED = """() => {
  const node = document.activeElement;
  if (node === document.body) return ["", false];
  node.dataset.number ??= String(window.numbered = (window.numbered ?? 0) + 1);
  const outline = getComputedStyle(node);
  const hit = node.querySelector(".hit");
  const seen = (outline.outlineStyle !== "none" && parseFloat(outline.outlineWidth) >= 2)
    || (hit && parseFloat(getComputedStyle(hit).strokeWidth) >= 2 && getComputedStyle(hit).stroke !== "none");
  const name = node.textContent.trim() || node.name || node.tagName;
  return [node.dataset.number + " " + name.slice(0, 40), Boolean(seen)];
}"""


def test_a_search_by_keyboard_alone(open_page: OpenPage) -> None:
    with open_page("/", DESKTOP, script=False) as page:
        for _ in range(10):
            page.keyboard.press("Tab")
            if page.locator(":focus").get_attribute("id") == "q":
                break
        page.keyboard.type("walk")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?q=walk")
        expect(page.locator(".gig")).to_have_count(8)


# --- dark, paper ---


def luminance(page: Page) -> float:
    red, green, blue = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)"
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def test_dark_is_dark_and_light_is_light(open_page: OpenPage) -> None:
    with open_page("/", dark=True) as page:
        assert luminance(page) < 60
    with open_page("/") as page:
        assert luminance(page) > 200


def test_paper_is_light_even_when_the_screen_is_dark(open_page: OpenPage) -> None:
    with open_page(f"/gig/{made_up.SCAM.id}", dark=True) as page:
        page.emulate_media(media="print", color_scheme="light")
        light = page.evaluate(TOKENS)
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate(TOKENS) == light


TOKENS = """() => {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "card", "ink", "soft", "warn", "bad", "bad-tint", "tint", "mark-pay", "mark-risk"];
  return [style.colorScheme, ...names.map((name) => style.getPropertyValue("--" + name))];
}"""


def test_on_paper_there_is_the_gig_and_where_to_apply(open_page: OpenPage) -> None:
    with open_page(f"/gig/{made_up.TRANSCRIBE.id}", DESKTOP) as page:
        page.emulate_media(media="print")
        assert not page.locator(".top nav").is_visible()
        assert page.locator("h1").is_visible()
        written = page.evaluate("getComputedStyle(document.querySelector('.sources .button'), '::after').content")
        assert "https://tasks.example/gigs/1" in written


# --- hostile gigs ---


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("path", ["/?limit=100&risk=all", f"/gig/{made_up.HOSTILE.id}", f"/gig/{made_up.MULTI.id}"])
def test_hostile_gigs_are_harmless(open_page: OpenPage, path: str, size: tuple[int, int]) -> None:
    """Closing the page also checks that nothing ran, was refused by the policy, or was asked of another site."""
    with open_page(path, size) as page:
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        scripts = page.evaluate("[...document.scripts].map(script => new URL(script.src).pathname)")
        assert all(script.startswith("/static/") for script in scripts)
        # Marks of direction end with the element that holds them: what follows still reads from left to right.
        assert page.evaluate("getComputedStyle(document.querySelector('footer')).direction") == "ltr"


def test_marks_of_direction_do_not_leave_their_title(open_page: OpenPage) -> None:
    with open_page("/?risk=all&q=evil", DESKTOP) as page:
        card = page.locator(".gig").first
        expect(card.locator("h2")).to_contain_text("<script>alert(1)</script>")
        via = card.locator(".via a").last.bounding_box()
        start = card.locator(".via").bounding_box()
        assert via is not None
        assert start is not None
        assert via["x"] > start["x"], "“and 497 more” still stands at the end of its line"
