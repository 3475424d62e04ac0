"""What owners ask for besides (index/terms.py), as a reader of the pages finds it."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from index.gig import Gig
from index.normalize import normalize
from index.posting import Posting
from index.terms import BoardTerms, Duty
from search_api.words import DUTIES
from tests.api import made_up
from tests.api.conftest import Client, MakeClient, MemoryStore

LINK = "https://board.example/job/1?utm_source=theirs&ref=Ä%20b#apply"


def test_each_duty_has_words() -> None:
    assert set(DUTIES) == set(Duty.__args__)  # type: ignore[attr-defined]


def test_links_to_boards_are_followed(client: Client) -> None:
    """Duty `follow_link`."""
    page = client.page(f"/gig/{made_up.TRANSCRIBE.id}").text
    links = re.findall(r'<a[^>]+href="https://tasks\.example[^>]*>', page)
    assert links
    assert not [link for link in links if "nofollow" in link or "ugc" in link or "sponsored" in link]


def test_a_label_stands_on_each_gig_of_its_board_and_a_notice_beside_the_attribution(make_client: MakeClient) -> None:
    """Duty `label`: in the list and on the gig's page, all of it a link."""
    client = make_client()
    info = made_up.BOARDS["errands"]
    terms = info.terms.model_copy(update={"duties": ("label",), "notice": "Sorted by <us>."})
    boards = made_up.BOARDS | {"errands": info.model_copy(update={"terms": terms})}
    client.app.state.boards = SimpleNamespace(infos=lambda: boards)
    gig = made_up.TRANSCRIBE
    label = '<a class="label" href="https://errands.example/" rel="noopener external">Gigs by Errand &amp; Co.</a>'
    for path in (f"/gig/{gig.id}", "/?q=transcribe"):
        page = client.page(path).text
        assert page.count(label) == 1, path
    assert "Sorted by &lt;us&gt;." in client.page(f"/gig/{gig.id}").text
    other = client.page(f"/gig/{made_up.LESSON.id}").text
    assert 'class="label"' not in other


def test_a_board_that_is_hidden_for_want_of_crawls_says_so(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = MemoryStore().boards()
    monkeypatch.setattr(MemoryStore, "boards", lambda _: [replace(known[0], fresh=False), *known[1:]])
    client = make_client()
    assert [board["fresh"] for board in client.get("/boards").json()["items"]] == [False, *[True] * (len(known) - 1)]
    text = client.page("/boards.html").text
    assert text.count("nothing of it is shown until it has been") == 1


def made(description: str = "Two walks a day.") -> Gig:
    posting = Posting(board="b", external_id="1", url=LINK, title="Walk my dog, $20", description=description)
    return normalize(posting, made_up.RATES)


def test_a_link_is_shown_as_the_board_gives_it() -> None:
    """Duty `apply_link_unchanged`: what dedupe takes off a link is taken off its own copy."""
    assert [source.url for source in made().sources] == [LINK]


def test_no_picture_of_a_board_is_shown() -> None:
    """Duty `no_logo`."""
    pictures = (
        '<img src="https://board.example/logo.png"><svg><image href="x"/></svg><style>a{background:url(x)}</style>'
    )
    gig = made(f"<p>Walks.</p>{pictures}")
    assert "Walks." in (gig.description_html or "")
    for sign in ("<img", "<svg", "<image", "url(", "logo.png"):
        assert sign not in (gig.description_html or "")


@pytest.mark.parametrize(
    ("terms", "seconds"),
    [
        ({}, None),
        ({"max_age_s": 3600}, 3600),
        ({"duties": ("refresh_daily",)}, 24 * 3600),
        ({"duties": ("refresh_daily",), "max_age_s": 3600}, 3600),
        ({"duties": ("refresh_daily",), "max_age_s": 90_000}, 24 * 3600),
    ],
)
def test_how_fresh_a_board_must_be(terms: dict[str, object], seconds: int | None) -> None:
    made = BoardTerms.model_validate({"attribution": "B", "min_interval_s": 60, "off": "not asked"} | terms)
    assert made.freshness_s == seconds
