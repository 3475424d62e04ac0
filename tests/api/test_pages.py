"""The pages: what they show, what they link to, and that nobody's text can harm a reader."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser as Page
from selectolax.lexbor import LexborNode

from index.dedupe import is_tracking
from index.query import SearchQuery
from index.taxonomy import CATEGORIES
from search_api.templating import static_files
from tests.api import made_up
from tests.api.conftest import MOVED, Client, MakeClient, as_operator


def page(client: Client, path: str, status: int = 200) -> Page:
    answer = client.page(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


def one(node: Page | LexborNode, selector: str) -> LexborNode:
    found = node.css(selector)
    assert len(found) == 1, f"{len(found)} of {selector}"
    return found[0]


def words(node: Page | LexborNode, selector: str) -> str:
    return " ".join(" ".join(found.text(separator=" ") for found in node.css(selector)).split())


def titles(found: Page) -> list[str]:
    return [link.text() for link in found.css(".gig h2 a")]


def card(found: Page, title: str) -> LexborNode:
    return next(gig for gig in found.css(".gig") if title in gig.text())


# --- the search page ---


def test_a_result_shows_what_a_worker_needs(client: Client) -> None:
    found = page(client, "/?limit=100")
    transcribe = card(found, made_up.TRANSCRIBE.title)
    assert words(transcribe, ".sum") == "$18–22 an hour"
    assert words(transcribe, ".payout") == "PayPal or bank transfer"
    assert "Online" in words(transcribe, ".facts")
    assert "5 hours ago" in words(transcribe, ".facts")
    assert "about $18–22 an hour" not in words(transcribe, ".pay"), "the hourly figure is the pay itself"
    lesson = card(found, made_up.LESSON.title)
    assert words(lesson, ".pay") == "€40 a task about $43 about $14 an hour, worked out from 3 hours cash"
    assert "Berlin, Germany; Potsdam, Brandenburg, Germany" in words(lesson, ".facts")
    survey = card(found, made_up.SURVEY.title)
    assert words(survey, ".pay") == "500 points an item about $5 gift cards from $25"
    assert words(card(found, made_up.TALKS.title), ".pay") == "Pay to be agreed others bid €120 on average"
    assert words(card(found, made_up.VOLUNTEER.title), ".sum") == "Unpaid"
    assert words(card(found, made_up.WORDS.title), ".sum") == "$0.035–0.05 a word"
    assert "Some warning signs" in words(found, ".tag.risk-low")


def test_a_result_shows_the_words_it_was_found_by(client: Client) -> None:
    found = page(client, "/?q=interview headphone")
    marks = [mark.text() for mark in card(found, made_up.TRANSCRIBE.title).css(".snippet mark.says-found")]
    assert marks == ["interviews", "Headphones"]
    assert not page(client, "/").css("mark")


def test_sources_are_links_that_boards_may_follow_up(client: Client) -> None:
    found = page(client, "/?q=interviews")
    links = one(found, ".via").css("a")
    assert [(link.text(), link.attributes["href"]) for link in links] == [
        ("Tidy Tasks", "https://tasks.example/gigs/1"),
        ("Errand & Co.", "https://errands.example/gigs/1"),
    ]
    attributions = found.css("footer a[rel]")
    assert [(link.text(), link.attributes["href"]) for link in attributions] == [
        ("Gigs by Errand & Co.", "https://errands.example/"),
        ("Gigs by Tidy Tasks", "https://tasks.example/"),
    ]
    for link in [*links, *attributions]:
        assert link.attributes["rel"] == "noopener external"


def test_the_address_is_the_state_of_the_form(client: Client) -> None:
    state = (
        "q=data&category=data_entry&mode=online&near=Austin&radius_km=50&pay_min=5&pay_max=90&pay_unit=hour&currency=EUR"
        "&hourly_min=4&posted_within=30d&risk=all&board=tasks&sort=pay&media=cash&media=paypal&country=%21DE"
    )
    assert sorted(form(page(client, f"/?{state}"))) == sorted(parse_qsl(state))


@pytest.mark.parametrize(
    "state",
    ["category=data_entry&category=pet_care", "category=%21data_entry", "mode=online&mode=%21either", "radius_km=33",
     "board=unheard_of", "posted_within=2w", "risk=none&risk=low"],
)  # fmt: skip
def test_the_form_keeps_what_it_has_no_field_for(client: Client, state: str) -> None:
    assert sent(client, form(page(client, f"/?{state}"))) == sorted(parse_qsl(state))


def sent(client: Client, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The state that a form leads to."""
    answer = client.page("/?" + urlencode(pairs))
    target = answer.headers["location"] if answer.status_code == 303 else answer.url.query.decode()
    return sorted(parse_qsl(target.rpartition("?")[2]))


def test_a_list_in_the_form_stands_for_all_of_its_filter(client: Client) -> None:
    found = page(client, "/?category=data_entry&category=pet_care&mode=online&mode=either")
    both = one(found, "#category option[selected]")
    assert both.text() == f"{CATEGORIES['data_entry'].name}, {CATEGORIES['pet_care'].name}"
    others = [pair for pair in form(found) if pair[0] != "category"]
    assert sent(client, [*others, ("category", "")]) == [("mode", "either"), ("mode", "online")]
    assert ("category", "writing") in sent(client, [*others, ("category", "writing")])
    assert one(found, "#mode option[value='']").text() == "Anywhere"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("near=&sort=distance", "/"),
        ("q=dog&near=&radius_km=&sort=distance", "/?q=dog"),
        ("q=&sort=relevance", "/"),
        ("q=&near=Austin&sort=distance", "/?near=Austin&sort=distance"),
        ("sort=distance", "/"),
    ],
)
def test_an_order_goes_with_what_it_was_ordered_by(client: Client, typed: str, meant: str) -> None:
    answer = client.page(f"/?{typed}")
    assert (answer.status_code, answer.headers["location"]) == (303, meant)


def form(found: Page) -> list[tuple[str, str]]:
    """What the form would send, without its empty fields."""
    controls = [*found.css("#search input, #search select"), *found.css("[form=search]")]
    pairs = []
    for control in controls:
        name = control.attributes.get("name")
        if name is None:
            continue
        value = control.attributes.get("value") or ""
        if control.tag == "select":
            options = control.css("option[selected]") or control.css("option")[:1]
            option = options[0]
            value = option.attributes["value"] if "value" in option.attributes else option.text()
        if value:
            pairs.append((name, value))
    return pairs


def test_empty_fields_leave_the_address(client: Client) -> None:
    answer = client.page("/?q=data&near=&radius_km=&category=&pay_min=&pay_max=&hourly_min=&currency=&board=&risk=")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?q=data"
    assert client.page("/?q=&near=").headers["location"] == "/"


def test_facets_are_links_with_counts(client: Client) -> None:
    found = page(client, "/")
    choices = {link.css("span")[0].text(): link for link in found.css(".facet a")}
    usa = choices["USA"]
    target = usa.attributes["href"] or ""
    assert target == "/?country=US#facet-country"
    assert found.css("details:not([open]) > #facet-country"), "folded, and opened by the links that lead back to it"
    narrowed = page(client, target.partition("#")[0])
    assert words(narrowed, ".total") == f"{words(usa, '.count')} gigs"
    back = next(link for link in narrowed.css("details[open] > #facet-country a[aria-current]"))
    assert back.attributes["href"] == "/#facet-country"


def test_lists_have_counts_and_no_facet_beside_them(client: Client) -> None:
    found = page(client, "/")
    for name, value, count in (("category", "data_entry", 8), ("posted_within", "7d", None), ("risk", "low", None)):
        label = one(found, f"#{name} option[value='{value}']").text()
        assert re.search(rf" \({count or '[0-9]+'}\)$", label), label
    shown = {facet.attributes["id"] for facet in found.css(".facet > ul")}
    assert shown == {"facet-media", "facet-country", "facet-language"}


def test_chips_remove_one_filter_each(client: Client) -> None:
    found = page(client, "/?q=data&pay_min=5&near=Austin&sort=distance&risk=all")
    chips = {
        " ".join(chip.css("bdi")[0].text().split()): chip.attributes["href"]
        for chip in found.css(".chips li a:not(.clear)")
    }
    assert chips == {
        "data": "/?near=Austin&pay_min=5&risk=all&sort=distance",
        "within 25 km of Austin": "/?q=data&pay_min=5&risk=all",
        "at least 5 USD": "/?q=data&near=Austin&risk=all&sort=distance",
        "All gigs, risky ones too": "/?q=data&near=Austin&pay_min=5&sort=distance",
    }


def test_chips_say_what_they_mean(client: Client) -> None:
    found = page(
        client, "/?minimum_payout_max=5&currency=EUR&country=ZA&country=%21NL&language=de&pay_unit=hour&pay_unit=%21day"
    )
    labels = [" ".join(chip.text().split()) for chip in found.css(".chips li a:not(.clear) bdi")]
    assert labels == [
        "South Africa", "not Netherlands", "paid by the hour", "not paid by the day", "paid out from at most 5 EUR",
        "German",
    ]  # fmt: skip


def test_the_three_states_of_pay(client: Client) -> None:
    found = page(client, "/?pay_min=20&limit=100")
    match, unknown, outside = (int(number.text()) for number in found.css(".states strong"))
    assert match == len(titles(found))
    assert (
        words(found, ".states") == f"{match} fit your pay {unknown} don't say: show them too {outside} pay outside it"
    )
    show = one(found, ".states a")
    assert show.attributes["href"] == "/?pay_min=20&limit=100&pay_unknown=include"
    more = page(client, show.attributes["href"] or "")
    assert len(titles(more)) == match + unknown
    only = next(link for link in page(client, "/").css(".states a") if link.text() == "only these")
    assert len(titles(page(client, only.attributes["href"] or ""))) == unknown


def test_orders_and_pages(client: Client) -> None:
    found = page(client, "/?limit=20")
    assert [link.text() for link in found.css(".sorts a")] == ["Newest", "Highest pay", "Best hourly"]
    following = one(found, ".pager a").attributes["href"] or ""
    second = page(client, following)
    assert not set(titles(found)) & set(titles(second))
    assert words(second, ".pager") == "First page"
    everything = page(client, "/?q=a+OR+number&near=Austin")
    orders = [link.text() for link in everything.css(".sorts a")]
    assert (orders[0], orders[-1]) == ("Best match", "Nearest")


def test_a_wrong_field_is_marked_and_kept(client: Client) -> None:
    found = page(client, "/?near=Xyzzyplughville&q=dog", 422)
    field = one(found, "#near")
    assert field.attributes["value"] == "Xyzzyplughville"
    assert field.attributes["aria-invalid"] == "true"
    assert one(found, "#q").attributes["value"] == "dog"
    assert words(found, "[role=alert]").startswith("Near: no place is known as 'Xyzzyplughville'")
    assert one(found, "head title").text() == "Error: Near – Gigdex"


def test_errors_name_fields_as_the_form_does(client: Client) -> None:
    found = page(client, "/?pay_min=lots", 422)
    assert found.css("details.filters[open]"), "the field can be seen"
    assert not page(client, "/?near=Springfield", 422).css("details.filters[open]"), "it is above the filters"
    assert words(found, "[role=alert]") == "At least: 'lots' is not an amount such as 15 or 12.50"
    assert client.page("/?pay_min=%2415&pay_max=1%2C000").headers.get("location") is None
    assert words(page(client, "/?pay_min=%2415"), ".chips") == "Remove: at least 15 USD ×"


@pytest.mark.parametrize(
    ("path", "link", "target"),
    [
        ("/?q=dog&cursor=forged", "First page", "/?q=dog"),
        ("/?q=dog&country=Germany", "Search without it", "/?q=dog"),
        ("/?q=dog&limit=1000", "Search without it", "/?q=dog"),
        ("/?q=dog&wat=1", "Search without it", "/?q=dog"),
    ],
)
def test_what_has_no_field_can_be_left_out(client: Client, path: str, link: str, target: str) -> None:
    found = page(client, path, 422)
    way_on = one(found, "[role=alert] a")
    assert (way_on.text(), way_on.attributes["href"]) == (link, target)
    assert "Correct the field" not in words(found, "main")
    assert form(found) == [("q", "dog")], "else the form would lead to the same error again"


def test_a_place_that_may_be_several_offers_them(client: Client) -> None:
    found = page(client, "/?q=dog&near=Springfield&radius_km=50", 422)
    choices = {link.text(): link.attributes["href"] for link in found.css("[role=alert] a")}
    assert len(choices) > 3
    target = choices["Springfield, Illinois, USA"]
    assert target == "/?q=dog&radius_km=50&near=Springfield%2C+Illinois"
    assert words(page(client, target), ".total") == "0 gigs near Springfield, Illinois, USA"
    detail = client.get("/gigs?near=Springfield").json()["detail"]
    assert "did you mean Springfield, Missouri; " in detail


def test_a_place_is_shown_with_its_region(client: Client) -> None:
    assert words(page(client, "/?near=Austin"), ".total").endswith(" near Austin, Texas, USA")


# --- ways on ---


@pytest.mark.parametrize(
    ("path", "offered"),
    [
        ("/?q=interviews&mode=in_person", ["without “interviews”", "without “In person”"]),
        ("/?near=Dallas&pay_min=5&country=US", ["within 500 km", "anywhere"]),
        ("/?category=moving&category=surveys&country=US", ["without “Moving and hauling, Surveys", "without “USA”"]),
        ("/?q=interviews&board=linkonly&mode=in_person", []),
    ],
)
def test_nothing_found_says_what_would_help(client: Client, path: str, offered: list[str]) -> None:
    found = page(client, path)
    assert "No gig fits all of this." in words(found, ".empty")
    links = found.css(".empty .choices a")
    for start in offered:
        assert any(link.text().startswith(start) for link in links), start
    assert bool(links) == bool(offered)
    for link in links:
        said = re.search(r": ([0-9,]+) gigs?", link.parent.text() if link.parent else "")
        assert said is not None
        assert words(page(client, link.attributes["href"] or ""), ".total").split()[0] == said[1]


def test_online_work_is_offered_beside_a_place(client: Client) -> None:
    found = page(client, "/?near=Austin&radius_km=50&sort=distance&pay_min=5")
    online = next(line for line in found.css(".states") if "online" in line.text())
    link = one(online, "a").attributes["href"]
    assert link == "/?pay_min=5&mode=online&mode=either"
    assert words(page(client, link or ""), ".total").split()[0] == words(online, "strong")
    for path in ("/", "/?near=Austin&mode=in_person"):
        assert "can be done online" not in words(page(client, path), ".states")


def test_where_no_one_filter_helps_all_can_be_taken_away(client: Client) -> None:
    found = page(client, "/?q=zzzzzz&board=resting")
    assert "start again" in words(found, ".empty")
    assert not found.css(".choices")


# --- for search engines ---


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Gigdex: micro jobs from many boards"),
        ("/?category=pet_care&near=Austin", "Pet care near Austin, Texas, USA – Gigdex"),
        ("/?q=buy+cheap+pills", "Gigs: “buy cheap pills” – Gigdex"),
        ("/?q=dog&mode=online&pay_min=5", "Gigs: “dog”, Online, at least 5 USD – Gigdex"),
        ("/?sort=pay", "Gigs – Gigdex"),
    ],
)
def test_the_title_says_what_is_searched(client: Client, path: str, title: str) -> None:
    expected = title.replace("Pet care", CATEGORIES["pet_care"].name)
    assert one(page(client, path), "head title").text() == expected


def test_searches_are_not_for_search_engines(client: Client) -> None:
    following = one(page(client, "/?limit=20"), ".pager a").attributes["href"] or ""
    for path in ("/?q=dog", "/?sort=pay", following):
        assert one(page(client, path), "meta[name=robots]").attributes["content"] == "noindex"
    for path in ("/", f"/gig/{made_up.TRANSCRIBE.id}", "/boards.html", "/about"):
        assert not page(client, path).css("meta[name=robots]")


def test_robots_are_told(client: Client, private: Client, make_client: MakeClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "User-agent: *\nAllow: /gig/\nDisallow: /*?\n"
    for closed in (private, make_client(sample=True)):
        assert closed.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


# --- shared links ---


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (f"/gig/{made_up.TRANSCRIBE.id}?fbclid=x", f"/gig/{made_up.TRANSCRIBE.id}"),
        ("/?utm_source=x&q=dog+walk&UTM_Medium=y&mode=online", "/?q=dog+walk&mode=online"),
        ("/?utm_source=x", "/"),
        ("/boards.html?gclid=1", "/boards.html"),
        ("/about?ref=friend", "/about"),
    ],
)
def test_shared_links_lose_what_follows_their_readers(client: Client, path: str, target: str) -> None:
    answer = client.page(path)
    assert (answer.status_code, answer.headers["location"]) == (302, target)


def test_the_api_stays_strict(client: Client) -> None:
    for path in (f"/gigs/{made_up.TRANSCRIBE.id}?fbclid=x", "/gigs?utm_source=x"):
        assert client.get(path).status_code == 422
    assert client.page(f"/gig/{made_up.TRANSCRIBE.id}?x=1").status_code == 422
    assert not any(map(is_tracking, SearchQuery.model_fields))


def test_the_first_page_is_light(client: Client) -> None:
    answer = client.page("/", **{"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 20_000


# --- one gig ---


def test_a_gig_says_all_that_is_known(client: Client) -> None:
    found = page(client, f"/gig/{made_up.TRANSCRIBE.id}")
    assert words(found, "h1") == made_up.TRANSCRIBE.title
    assert words(found, ".side .sum") == "$18–22 an hour"
    assert one(found, ".posting").css("li")[0].text() == "Headphones needed"
    terms = words(found, ".terms")
    for term in ("Takes 1.5 hours", "When weekends, 9-5", "Experience 1 year", "Equipment you bring your own"):
        assert term in terms
    sources = found.css(".sources li")
    assert len(sources) == 2
    assert one(sources[0], ".button").attributes == {
        "class": "button", "href": "https://tasks.example/gigs/1", "rel": "noopener external",
    }  # fmt: skip
    assert "last seen 10 minutes ago" in words(sources[0], ".small")
    credit = sources[0].css("a")[-1]
    assert (credit.text(), credit.attributes["href"]) == ("Gigs by Tidy Tasks", "https://tasks.example/")
    assert "nofollow" not in (credit.attributes["rel"] or "")
    assert words(found, ".evidence q") == "18 to 22 dollars an hour"


def test_pay_in_another_currency_is_compared_with_its_day(client: Client) -> None:
    found = page(client, f"/gig/{made_up.LESSON.id}")
    assert words(found, ".side .pay") == "€40 a task about $43 about $14 an hour, worked out from 3 hours cash"
    assert "rate of 2026-05-01" in words(found, ".side")


def test_risk_quotes_its_reasons(client: Client) -> None:
    found = page(client, f"/gig/{made_up.SCAM.id}")
    risk = one(found, "section.risk.high")
    assert [quote.text() for quote in risk.css("q")] == ["pay $49 for the starter kit", "Repackage parcels"]
    assert "You would pay to get work." in risk.text()
    assert "asks you to pay $49" in words(found, ".pay")


def test_a_closed_gig_is_gone_but_readable(client: Client) -> None:
    found = page(client, f"/gig/{made_up.CLOSED.id}", 410)
    assert "This gig is closed. Its closing date has passed." in words(found, ".notice")
    assert words(found, ".side .sum") == "up to $50 a task"
    assert not found.css(".sources .button")


def test_a_merged_gig_moves(client: Client) -> None:
    answer = client.page(f"/gig/{MOVED}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/gig/{made_up.TRANSCRIBE.id}")


def test_pages_for_addresses_that_do_not_exist(client: Client) -> None:
    for path in ("/gig/nothere", "/nothing", "/static/style.000000000000.css", "/static/..%2F..%2Fapp.py"):
        assert words(page(client, path, 404), "h1") == "Not Found"
        assert client.get(path).headers["content-type"] == "application/problem+json"


def test_link_only_shows_title_and_link(client: Client) -> None:
    found = page(client, f"/gig/{made_up.LINK_ONLY.id}")
    assert words(found, "h1") == made_up.LINK_ONLY.title
    assert made_up.FULL_LINK_ONLY.description not in (found.html or "")
    assert words(found, ".side .sum") == "Pay not stated"
    assert one(found, ".sources .button").attributes["href"] == "https://linkonly.example/gigs/8"


def test_pages_show_only_what_boards_permit(client: Client, private: Client) -> None:
    assert titles(page(client, "/?q=secret")) == []
    assert client.page(f"/gig/{made_up.HIDDEN.id}").status_code == 404
    assert titles(page(private, "/?q=secret")) == [made_up.HIDDEN.title]
    assert client.page(f"/gig/{made_up.HIDDEN.id}", **as_operator()).status_code == 200


# --- boards ---


def test_boards_with_terms_and_health(client: Client) -> None:
    found = page(client, "/boards.html")
    assert "healthy" in words(found, "#tasks h2")
    assert "Not read: its owner hasn't answered" in words(found, "#resting")
    assert "On this site the title and a link to the board" in words(found, "#linkonly .terms")
    assert "read at most once in 6 hours" in words(found, "#tasks")
    assert "Failing since 4 May 2026, 12:00 UTC : answers 503" in words(found, "#linkonly")


def test_only_the_operator_reads_what_a_run_itself_said(client: Client, private: Client) -> None:
    assert "a secret path" not in client.page("/boards.html").text
    assert "a secret path" in private.page("/boards.html").text
    for path in ("/boards.html", "/boards"):
        assert "a secret path" not in client.get(path).text


# --- hostile text ---

GIG_PAGES = [f"/gig/{made_up.HOSTILE.id}", f"/gig/{made_up.MULTI.id}"]
PAGES = ["/", "/?limit=100&risk=all", *GIG_PAGES, "/boards.html", "/about"]
HOSTILE_QUERY = "/?" + urlencode({"q": '"><script>alert(1)</script>', "near": "'\" onfocus=alert(1) autofocus"})


@pytest.mark.parametrize("path", [*PAGES, HOSTILE_QUERY, "/gig/<script>alert(1)</script>", "/?<script>=1"])
def test_no_page_runs_anybodys_code(client: Client, path: str) -> None:
    answer = client.page(path)
    found = Page(answer.text)
    assert not found.css("style, iframe, object, embed, base, .posting img, .posting form")
    own = {file.url for file in static_files().values()}
    assert all(not script.text() and script.attributes["src"] in own for script in found.css("script"))
    for node in found.css("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on"), f"{name} on {node.tag}"
            assert name != "style"
            if name in ("href", "src", "action"):
                assert urlsplit(value or "").scheme in ("", "http", "https"), value
            loaded = node.tag == "link" and node.attributes.get("rel") not in ("alternate", "canonical")
            if name == "src" or (name == "href" and loaded):
                assert value in own
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_hostile_titles_are_text_in_isolation(client: Client) -> None:
    found = page(client, f"/gig/{made_up.HOSTILE.id}")
    heading = one(found, "h1")
    assert heading.text() == made_up.HOSTILE_TITLE
    assert heading.attributes["dir"] == "auto"
    assert "\u202e" not in one(found, "title").text()
    result = card(page(client, "/"), "alert(1)").css("h2 a")[0]
    assert result.attributes["dir"] == "auto"


def test_five_hundred_sources_stay_short_on_the_list(client: Client) -> None:
    found = page(client, "/")
    assert words(card(found, "alert(1)"), ".via").endswith("and 497 more")
    gig = page(client, f"/gig/{made_up.HOSTILE.id}")
    assert len(gig.css(".sources li")) == 500
    assert len(gig.css("details .sources li")) == 495
    assert not gig.css(".sources li")[0].css("a"), "a javascript: address is no link"


def test_long_words_are_cut_on_the_list(client: Client) -> None:
    assert all(len(title) <= 160 for title in titles(page(client, "/?limit=100")))


# --- the sample ---


def test_every_page_of_the_sample_says_so(make_client: MakeClient, client: Client) -> None:
    sample = make_client(sample=True)
    for path in ("/", f"/gig/{made_up.TRANSCRIBE.id}", f"/gig/{made_up.CLOSED.id}", "/boards.html", "/nothing"):
        assert "made up" in words(Page(sample.page(path).text), ".banner")
        assert not Page(client.page(path).text).css(".banner")
