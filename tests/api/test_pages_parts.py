"""Parts of the pages: the histogram, marked evidence, advice, similar gigs, suggestions, the about page."""

import re
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser as Page

from index.gig import Evidence
from index.normalize.risk import RULES
from index.query import SearchQuery
from index.search import Search
from index.terms import CHANNELS, OPERATOR
from search_api import words as texts
from search_api.histogram import MOST
from search_api.present import Shown, contact_link
from search_api.similar import similar
from tests.api import made_up
from tests.api.conftest import Client, MakeClient
from tests.api.made_up import NOW
from tests.api.test_pages import one, page, titles, words

# --- the histogram ---


@pytest.mark.parametrize(
    "path",
    ["/", "/?pay_unit=item", "/?pay_unit=task&currency=EUR", "/?q=number&pay_unknown=include", "/?pay_min=5&pay_max=9",
     "/?pay_unit=task&pay_unit=item", "/?pay_unit=%21hour", "/?pay_unit=hour&pay_min=7"],
)  # fmt: skip
def test_a_bar_says_how_many_gigs_its_link_finds(client: Client, path: str) -> None:
    bars = page(client, path).css(".histogram a")
    assert 2 <= len(bars) <= MOST
    for bar in bars:
        said = re.search(r": ([0-9,]+) gigs?$", bar.attributes["aria-label"] or "")
        assert said is not None
        behind = page(client, bar.attributes["href"] or "")
        assert words(behind, ".total").split()[0] == said[1], bar.attributes["aria-label"]


def test_bars_are_of_one_unit_and_keep_the_other_filters(client: Client) -> None:
    found = page(client, "/?q=number&mode=in_person&sort=pay")
    assert words(found, "#histogram") == "Pay an item, in USD", "the most frequent unit, the first of equals"
    for bar in found.css(".histogram a"):
        params = dict(parse_qsl(urlsplit(bar.attributes["href"] or "").query))
        assert params["pay_unit"] == "item"
        assert (params["q"], params["mode"], params["sort"]) == ("number", "in_person", "pay")


def test_a_selected_bar_is_marked_and_takes_its_filter_away(client: Client) -> None:
    first = page(client, "/?q=number").css(".histogram a")[0].attributes["href"] or ""
    selected = one(page(client, first), ".histogram a[aria-current]")
    assert selected.attributes["href"] == "/?q=number#pay"


def test_no_histogram_where_there_is_nothing_to_choose(client: Client) -> None:
    assert not page(client, "/?q=interviews").css(".histogram")
    assert not page(client, "/?q=zzzzzz").css(".histogram")


def test_pay_bands_agree_with_the_filters(search: Search) -> None:
    query = SearchQuery(pay_unit=["item"], pay_unknown="exclude")
    bands: list[tuple[float | None, float | None]] = [(None, 9.99), (10, 19.99), (20, None), (None, None)]
    counted = search.pay_bands(query, OPERATOR, NOW, bands)
    asked = [query.model_copy(update={"pay_min": low, "pay_max": high}) for low, high in bands]
    assert counted == search.totals(asked, OPERATOR, NOW)
    assert counted[-1] == sum(counted[:-1]) > 0


# --- marked evidence ---


def test_evidence_is_marked_in_the_formatted_text(client: Client) -> None:
    found = page(client, f"/gig/{made_up.TRANSCRIBE.id}")
    marks = found.css(".posting mark")
    assert [mark.text() for mark in marks] == ["18 to ", "22 dollars", " an hour"], "cut at the tags, never across"
    assert {(mark.attributes["class"], mark.attributes["title"]) for mark in marks} == {("says-pay", "pay")}
    assert one(found, ".posting em").text() == "22 dollars"
    assert words(found, ".key") == "Marked: what says pay ."


def test_marks_in_the_title_have_a_key_too() -> None:
    title = "Walk a dog for $20"
    evidence = {"pay": [Evidence(source="title", text="$20", start=15, end=18)]}
    gig = made_up.gig(1, title, evidence=evidence)
    shown = Shown(gig, "USD", NOW, {})
    assert "says-pay" in shown.title_html
    assert shown.marks == [("pay", "pay")]


def test_every_sign_of_risk_comes_with_advice(client: Client) -> None:
    assert {rule.code for rule in RULES} - set(texts.ADVICE) == set()
    risk = one(page(client, f"/gig/{made_up.SCAM.id}"), "section.risk")
    assert "Don't pay anything to get work" in risk.text()


def test_words_exist_for_all_terms() -> None:
    assert set(texts.CHANNELS) == set(CHANNELS)


# --- is it still open? ---


def test_a_gig_says_when_it_was_last_checked(client: Client, make_client: MakeClient) -> None:
    path = f"/gig/{made_up.TRANSCRIBE.id}"
    assert "Yes, when last checked 10 minutes ago" in words(page(client, path), "[aria-labelledby=open-title]")
    from tests.api.conftest import later

    weeks = make_client(clock=later(14 * 86_400))
    assert "Perhaps not. It was last seen 14 days ago" in words(page(weeks, path), "[aria-labelledby=open-title]")
    closed = page(client, f"/gig/{made_up.CLOSED.id}", 410)
    assert "No. Its closing date has passed." in words(closed, "[aria-labelledby=open-title]")


@pytest.mark.parametrize(
    ("boards", "expected"),
    [
        (("tasks", "tasks", "errands", "tasks", "tasks"), "posted 4 times since February 2026"),
        (("tasks", "errands"), None),
        (("errands", "tasks", "tasks"), "posted 2 times since March 2026"),
    ],
)
def test_a_gig_tells_how_often_one_board_listed_it(boards: tuple[str, ...], expected: str | None) -> None:
    gig = made_up.gig(1, "Walk a dog", boards=boards)
    february = NOW.replace(month=2)
    monthly = [
        source.model_copy(update={"posted_at": february.replace(month=2 + number), "external_id": str(number)})
        for number, source in enumerate(gig.sources)
    ]
    assert Shown(gig.model_copy(update={"sources": monthly}), "USD", NOW, {}).history == expected


def test_every_source_stands_with_its_own_pay(client: Client) -> None:
    sources = page(client, f"/gig/{made_up.TRANSCRIBE.id}").css(".sources li")
    assert [words(source, ".own") for source in sources] == ["$18–22 an hour", "$18–22 an hour"]
    assert not page(client, f"/gig/{made_up.LESSON.id}").css(".own"), "one source: its pay is the gig's"


# --- similar gigs ---


def test_similar_gigs_share_kind_and_words(client: Client, search: Search) -> None:
    walk = next(gig for gig in made_up.MANY if gig.title.startswith("Dog walk"))
    like = similar(search, walk, "page", NOW)
    assert len(like) == 4
    assert walk.id not in [gig.id for gig in like]
    assert {gig.category for gig in like} == {"pet_care"}
    shown = [link.text() for link in page(client, f"/gig/{walk.id}").css(".similar a")]
    assert shown == [gig.title for gig in like]


def test_similar_gigs_are_open_permitted_and_no_scams(search: Search) -> None:
    for gig in (*made_up.GIGS, made_up.HIDDEN):
        for other in similar(search, gig, "page", NOW, most=20):
            assert other.status == "open"
            assert other.risk.level != "high"
            assert other.id not in (gig.id, made_up.HIDDEN.id)


# --- suggestions ---


def suggestions(client: Client, q: str) -> list[tuple[str, int]]:
    answer = client.get(f"/suggest?q={quote(q)}")
    assert answer.status_code == 200, answer.text
    return [(item["q"], item["gigs"]) for item in answer.json()["suggestions"]]


def test_suggestions_find_what_they_promise(client: Client) -> None:
    assert suggestions(client, "tran") == [("transcribe", 1)]
    assert suggestions(client, "Number DA") == [("Number DAta", 8)], "what was typed stays as it was typed"
    for typed in ("wa", "mo", "wri", "pho", "num", "short in"):
        found = suggestions(client, typed)
        assert found
        assert [gigs for _, gigs in found] == sorted((gigs for _, gigs in found), reverse=True)
        for q, gigs in found:
            assert q.startswith(typed)
            assert client.get(f"/gigs/facets?q={quote(q)}").json()["total"] == gigs


@pytest.mark.parametrize("q", ["", " ", "a", "zzzzzz", '"', "-", "OR", "a b ", "\x00", "(((", "日"])
def test_nothing_is_suggested_for_nothing(client: Client, q: str) -> None:
    assert suggestions(client, q) == []


def test_no_word_is_given_away_that_may_not_be_shown(client: Client, private: Client) -> None:
    assert suggestions(client, "operat") == []
    assert suggestions(private, "operat") == [("operator", 1)]
    assert client.page("/?q=opertaor").text.count("Did you mean") == 0
    assert "Did you mean" in private.page("/?q=opertaor").text


def test_unknown_parameters_of_suggest_are_errors(client: Client) -> None:
    assert client.get("/suggest?x=1").status_code == 422
    assert client.get("/suggest?q=" + "a" * 201).status_code == 422


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/?q=trasncribe", "/?q=transcribe"),
        ("/?q=trasncribe+intreviews", "/?q=transcribe+interviews"),
        ("/?q=transcribe+intreviews", "/?q=transcribe+interviews"),
        ("/?q=%22shrot+interviews%22", "/?q=%22short+interviews%22"),
        ("/?q=odg+-survey&mode=in_person", "/?mode=in_person&q=dog+-survey"),
        ("/?q=transcribe&mode=in_person", None),
        ("/?q=zzzzzzzz", None),
        ("/?q=-trasncribe", None),
    ],
)
def test_did_you_mean(client: Client, path: str, meant: str | None) -> None:
    found = page(client, path)
    links = [link.attributes["href"] for link in found.css(".meant a")]
    assert links == ([] if meant is None else [meant])
    if meant:
        assert titles(page(client, meant))


# --- about ---


def test_about_says_how_to_have_a_posting_removed(make_client: MakeClient) -> None:
    mail = page(make_client(settings={"contact": "owner@gigs.example"}), "/about")
    assert one(mail, "main a[rel=external]").attributes["href"] == "mailto:owner@gigs.example"
    assert page(make_client(settings={"contact": "https://gigs.example/contact"}), "/about").css(
        'a[href="https://gigs.example/contact"]'
    )
    assert "has not said where to write to" in words(page(make_client(settings={"contact": ""}), "/about"), "main")


@pytest.mark.parametrize(
    "contact", ["javascript:alert(1)", "call me", "", "a@b?cc=everybody@example.org", "@", "a b@c"]
)
def test_no_contact_becomes_another_kind_of_link(contact: str) -> None:
    assert contact_link(contact) is None


def test_every_page_leads_to_about_and_boards(client: Client) -> None:
    for path in ("/", f"/gig/{made_up.TRANSCRIBE.id}", "/boards.html", "/about"):
        found = Page(client.page(path).text)
        assert {link.attributes["href"] for link in found.css("header nav a")} == {
            "/",
            "/alerts",
            "/boards.html",
            "/about",
        }
