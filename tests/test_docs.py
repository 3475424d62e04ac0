"""Docs that drift fail the suite: generated parts, boards, settings, commands."""

from pathlib import Path

import pytest

from crawlers.board import boards
from docs import generate

DOCS = Path(generate.__file__).parent
ROOT = DOCS.parent


@pytest.mark.parametrize(("path", "text"), [pytest.param(*entry, id=entry[0].name) for entry in generate.everything()])
def test_generated_docs_are_up_to_date(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, f"run `make docs`: {path.name} is out of date"


@pytest.mark.parametrize("board", list(boards()))
def test_each_board_is_documented(board: str) -> None:
    assert f"`{board}`" in (DOCS / "boards.md").read_text(encoding="utf-8")


def test_links_between_docs_lead_somewhere() -> None:
    import re

    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_each_page_of_docs_is_reachable_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in DOCS.glob("*.md"):
        assert f"docs/{page.name}" in text, f"README.md doesn't mention docs/{page.name}"
