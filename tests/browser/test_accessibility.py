"""axe-core finds nothing on any page, on a phone and on a desktop, light and dark."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.api import made_up
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

PAGES = {
    "search": "/?limit=40&risk=all",
    "filters": "/?q=number&near=Austin&pay_min=5&pay_max=90&pay_unknown=include&category=data_entry&category=pet_care",
    "did you mean": "/?q=trasncribe",
    "nothing": "/?q=zzzzzzzz",
    "nothing near": "/?q=interviews&near=Austin&mode=in_person",
    "wrong field": "/?near=Xyzzyplughville",
    "several places": "/?near=Springfield",
    "wrong cursor": "/?cursor=forged",
    "gig": f"/gig/{made_up.TRANSCRIBE.id}",
    "points": f"/gig/{made_up.SURVEY.id}",
    "scam": f"/gig/{made_up.SCAM.id}",
    "hostile": f"/gig/{made_up.HOSTILE.id}",
    "long word": f"/gig/{made_up.MULTI.id}",
    "closed": f"/gig/{made_up.CLOSED.id}",
    "link only": f"/gig/{made_up.LINK_ONLY.id}",
    "boards": "/boards.html",
    "about": "/about",
    "docs": "/docs",
    "not found": "/nothing",
}


def violations(page: Page, axe: str, **options: Any) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("options => axe.run(document, {resultTypes: ['violations'], ...options})", options)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing(open_page: OpenPage, axe: str, path: str) -> None:
    with open_page(path, PHONE) as page:
        # What is folded away is there for those who open it.
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        for width, height in (PHONE, DESKTOP):
            page.set_viewport_size({"width": width, "height": height})
            assert violations(page, axe, rules={"target-size": {"enabled": True}}) == []
            page.emulate_media(color_scheme="dark")
            assert violations(page, axe, runOnly=["color-contrast", "link-in-text-block"]) == []
            page.emulate_media(color_scheme="light")


def test_axe_would_find_something(open_page: OpenPage, axe: str) -> None:
    with open_page("/about") as page:
        page.evaluate("document.querySelector('.brand img').removeAttribute('alt')")
        assert any(line.startswith("image-alt") for line in violations(page, axe))
