"""What the command line shows people."""

import io
from collections.abc import Callable
from typing import Any

from rich.console import Console

from index.query import SearchQuery
from index.search import Search
from index.terms import OPERATOR
from search_api.terminal import browse, show_gig
from tests.api import made_up
from tests.api.made_up import NOW


def browsed(search: Search, more: Callable[[], bool] | None, **filters: str) -> tuple[str, list[str]]:
    out = io.StringIO()
    said: list[str] = []
    console = Console(file=out, width=140, force_terminal=True, color_system="standard")
    query = SearchQuery.from_params(list(filters.items()))
    browse(lambda asked: search.search(asked, OPERATOR, NOW), query, NOW, console, said.append, more)
    return out.getvalue(), said


def test_a_table_has_links_colours_pay_and_ids(search: Search) -> None:
    text, said = browsed(search, None, q="interviews", currency="EUR")
    assert "\x1b]8;" in text, "titles are links"
    assert "https://tasks.example/gigs/1" in text
    assert "\x1b[" in text
    assert "$18–22 an hour" in text
    assert "€" in text, "beside it the currency asked for"
    assert made_up.TRANSCRIBE.id in text
    assert said == ["1 of 1 gigs (1 state their pay)"]


def test_pages_follow_until_somebody_has_enough(search: Search) -> None:
    asked: list[Any] = []

    def twice() -> bool:
        asked.append(None)
        return len(asked) < 2

    text, said = browsed(search, twice, limit="2")
    assert len(asked) == 2
    assert [line.partition(" of ")[0] for line in said] == ["2", "4"]
    assert text.count("posted") >= 2


def test_without_a_terminal_one_page_says_how_to_go_on(search: Search) -> None:
    _, said = browsed(search, None, limit="2")
    assert said[-1].startswith("more with --cursor ")


def test_nothing_found_says_what_is_hidden(search: Search) -> None:
    text, said = browsed(search, None, pay_min="99999999")
    assert text == ""
    assert "--pay-unknown include" in said[0]


def test_hostile_titles_cannot_steer_the_terminal() -> None:
    out = io.StringIO()
    gig = made_up.TRANSCRIBE.model_copy(
        update={"title": "\x1b]0;owned\x07 [bold]x[/bold] \u202e", "description": "a\x1b[2Jb"}
    )
    show_gig(gig, Console(file=out, width=100, force_terminal=False), NOW)
    text = out.getvalue()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]x[/bold]" in text
