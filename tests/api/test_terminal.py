"""What the command line shows people."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from index.query import SearchQuery
from index.search import Search
from index.suggest import correct
from index.terms import OPERATOR
from search_api.terminal import browse, show_gig
from tests.api import made_up
from tests.api.made_up import BOARDS, NOW


def browsed(
    search: Search, more: Callable[[], bool] | None, width: int = 140, colour: bool = True, **filters: str
) -> tuple[str, list[str]]:
    out = io.StringIO()
    said: list[str] = []
    console = Console(
        file=out, width=width, force_terminal=colour, color_system="standard" if colour else None, no_color=not colour
    )
    query = SearchQuery.from_params(list(filters.items()))
    browse(
        lambda asked: search.search(asked, OPERATOR, NOW),
        query,
        NOW,
        console,
        said.append,
        more,
        BOARDS,
        lambda asked: correct(search, asked, OPERATOR, NOW),
    )
    return out.getvalue(), said


@pytest.mark.parametrize("width", [30, 40, 50, 79])
def test_a_narrow_terminal_gets_blocks(search: Search, width: int) -> None:
    text, _ = browsed(search, None, width, colour=False, q="interviews", currency="EUR")
    assert all(len(line) <= width for line in text.splitlines())
    lines = [line.rstrip() for line in text.splitlines()]
    assert "  $18–22 an hour" in lines
    assert f"  {made_up.TRANSCRIBE.id}" in lines
    assert "Transcribe short interviews" in lines
    assert "  on Tidy Tasks, Errand & Co." in text
    assert "posted" not in text, "no heads of columns"


def test_boards_are_called_by_their_names(search: Search) -> None:
    for width in (40, 140):
        text, _ = browsed(search, None, width, colour=False, q="interviews")
        assert "on Tidy Tasks, Errand & Co." in text
    out = io.StringIO()
    show_gig(made_up.TRANSCRIBE, Console(file=out, width=100), NOW, BOARDS)
    assert "Errand & Co." in out.getvalue()


def test_distances_are_shown_where_they_were_asked_for(search: Search) -> None:
    for width in (40, 140):
        text, _ = browsed(search, None, width, colour=False, near="Potsdam")
        assert re.search("[0-9] km away", text)
        assert "km away" not in browsed(search, None, width, colour=False, q="moving")[0]


def test_what_was_converted_is_about_right(search: Search) -> None:
    for width in (60, 160):
        text = " ".join(browsed(search, None, width, colour=False, q="moving")[0].split())
        assert "about $43" in text
        assert "about $14 an hour, worked" in text


def test_a_slip_of_the_finger_is_noticed(search: Search) -> None:
    _, said = browsed(search, None, q="trasncribe intreviews")
    assert said == ["No gig fits all of this.", "Did you mean: transcribe interviews (1 gig)"]
    assert len(browsed(search, None, q="zzzzzzzz")[1]) == 1


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
    show_gig(gig, Console(file=out, width=100, force_terminal=False), NOW, BOARDS)
    text = out.getvalue()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]x[/bold]" in text
