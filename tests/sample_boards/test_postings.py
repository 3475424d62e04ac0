"""The made-up postings: the same every time, many, varied, and of every kind that a search can ask for."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.sample_boards import postings as module
from crawlers.sample_boards.formats import NAMES
from crawlers.sample_boards.postings import (
    BOARDS,
    FIRST_NUMBER,
    SamplePosting,
    by_board,
    cities,
    currencies,
    money,
    nice,
    sample_postings,
)

CATEGORIES = {
    "babysitting", "pet_care", "elder_care", "cleaning", "handyman", "lawn_garden", "moving", "errands", "delivery",
    "events", "tutoring", "data_entry", "transcription", "translation", "writing", "admin", "graphic_design", "web",
    "software", "media", "marketing", "surveys", "micro_tasks", "other",
}  # fmt: skip
UNITS = (
    "task", "hour", "day", "week", "month", "year", "word", "page", "item", "minute", "points", "gift_card",
)  # fmt: skip

REAL_NAMES = r"""
    Remotive|RemoteOK|Remote OK|Jobicy|Hacker News|We Work Remotely|Freelancer\.com|Upwork|Fiverr|TaskRabbit|Airtasker|
    Craigslist|Reddit|Toloka|Clickworker|Microworkers|Prolific|MTurk|Mechanical Turk|Swagbucks|Care\.com|Rover|Indeed|
    LinkedIn|Facebook|Instagram|TikTok|Google|YouTube|Uber|Lyft|DoorDash|Deliveroo|Gumtree|Kijiji|Arbeitnow|Himalayas|
    Adzuna|PeoplePerHour|Guru|Etsy|Shopify|eBay|Walmart|IKEA|Microsoft|Netflix|Spotify|Airbnb
""".replace("\n    ", "").strip()


@pytest.fixture(scope="module")
def everything() -> list[SamplePosting]:
    return sample_postings()


def texts(postings: list[SamplePosting]) -> str:
    return "\n".join(f"{p.title}\n{p.html}\n{p.organization}" for p in postings)


def test_the_same_seed_gives_the_same_postings_and_another_one_others(everything: list[SamplePosting]) -> None:
    module._cached.cache_clear()
    assert sample_postings() == everything
    assert texts(sample_postings(seed=7)) != texts(everything)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000))
def test_any_seed_makes_a_whole_world(seed: int) -> None:
    made = module._cached.__wrapped__(seed)
    assert sum(posting.offer for posting in made) >= 440
    assert {posting.category for posting in made} == CATEGORIES
    assert {posting.board for posting in made} == set(BOARDS)
    assert len({posting.number for posting in made}) == len(made)


def test_many_offers_in_every_category_and_on_every_board(everything: list[SamplePosting]) -> None:
    offers = [posting for posting in everything if posting.offer]
    assert len(offers) >= 440
    assert set(Counter(posting.category for posting in offers)) == CATEGORIES
    assert min(Counter(posting.category for posting in offers).values()) >= 15
    assert min(len(mine) for mine in by_board(offers).values()) >= 25
    assert set(by_board(offers)) == set(BOARDS) == set(NAMES)


def test_pay_in_many_currencies_units_and_states(everything: list[SamplePosting]) -> None:
    assert {"USD", "EUR", "GBP", "INR", "SEK", "CAD", "AUD"} <= {posting.pay.currency for posting in everything}
    units = Counter(posting.pay.unit for posting in everything)
    for unit in UNITS:
        assert units[unit] >= 3, unit
    assert Counter(posting.pay.status for posting in everything).keys() == {"stated", "negotiable", "unpaid", "unknown"}
    forms = Counter((posting.pay.low is None, posting.pay.high is None) for posting in everything if posting.pay.unit)
    assert min(forms[False, True], forms[True, False], forms[False, False]) >= 5


def test_what_a_search_can_ask_for_is_there(everything: list[SamplePosting]) -> None:
    text = texts(everything)
    for wanted in (
        r"[Cc]ash out from \S*25",
        r"points \(100 points = \$1\)|100 points (?:are worth|equal) \$1",
        r"Mower provided|mower is provided",
        r"Bring your own mower",
        r"\d+ minute survey",
        r"UK residents only|European Union",
        r"at least 21",
        r"Amazon gift card",
        r"PayPal",
        r"[Nn]egotiable",
        r"unpaid",
        r"no fee to join",
        r"years of experience",
        r"[🎉⭐✨]",
        r"Ã©",
        "\u202e",
        r"<script>",
        r"\S{80}",
    ):
        assert re.search(wanted, text), wanted


def test_places_in_many_towns_and_countries(everything: list[SamplePosting]) -> None:
    used = {posting.city for posting in everything if posting.city}
    assert len(used) >= 38
    assert len({city.code for city in used}) >= 12
    assert {posting.mode for posting in everything} == {"online", "in_person", "either"}
    for city in cities():
        assert re.fullmatch("[A-Z]{2}", city.code)
        assert city.currency in currencies()
        assert -90 < city.lat < 90
        assert -180 < city.lon < 180
    for posting in everything:
        assert (posting.city is None) == (posting.mode == "online")
        assert posting.place


def test_scams_seekers_talk_and_languages(everything: list[SamplePosting]) -> None:
    labels = Counter(posting.label for posting in everything)
    assert labels["scam"] >= 25
    assert labels["innocent"] >= 10
    assert labels["seeking"] >= 5
    assert labels["discussion"] >= 5
    assert {"es", "de", "fr"} <= {posting.language for posting in everything}
    assert not any(p.offer for p in everything if p.label in ("seeking", "discussion", "closed"))


def test_copies_stand_on_other_boards_under_one_link_or_in_other_words(everything: list[SamplePosting]) -> None:
    by_number = {posting.number: posting for posting in everything}
    copies = [posting for posting in everything if posting.twin]
    assert len(copies) >= 40
    on_boards: Counter[tuple[str | None, str]] = Counter()
    for copy in copies:
        original = by_number[copy.twin or 0]
        assert original.label == "ordinary"
        assert copy.board != original.board
        assert (copy.category, copy.city, copy.organization) == (
            original.category,
            original.city,
            original.organization,
        )
        if copy.label == "copy":
            assert copy.link is not None
            assert copy.link == original.link
            on_boards[copy.link, copy.board] += 1
        else:
            assert copy.link is None
            assert copy.html != original.html
    assert max(on_boards.values()) == 1, "a link twice on one board says nothing"
    boards_of_link = Counter(link for link, _ in on_boards)
    assert 2 in boards_of_link.values(), "some stand on three boards"
    assert any(copy.pay.high != by_number[copy.twin or 0].pay.high for copy in copies), "some pay better elsewhere"


def test_the_shared_links_differ_from_posting_to_posting(everything: list[SamplePosting]) -> None:
    links = [posting.link for posting in everything if posting.link and not posting.twin]
    assert len(links) == len(set(links)) >= 30


def test_postings_do_not_look_cloned(everything: list[SamplePosting]) -> None:
    ordinary = [posting for posting in everything if posting.label == "ordinary"]
    assert len({posting.title for posting in ordinary}) == len(ordinary)
    assert len({posting.html for posting in ordinary}) == len(ordinary)
    sentences = Counter(s for p in ordinary for s in set(re.split(r"(?<=[.!?]) ", p.plain)))
    assert max(sentences.values()) < len(ordinary) / 6


def test_every_slot_is_filled_and_every_title_short(everything: list[SamplePosting]) -> None:
    for posting in everything:
        if posting.label != "hostile":
            assert not re.search(
                r"[{}]|\[\w+\] ", re.sub(r"\[(?:For Hire|\w+ \w+)\]", "", posting.title + posting.html)
            )
            assert len(posting.title) < 130
        assert posting.title.strip()
        assert timedelta(0) < posting.age <= timedelta(days=32)


def test_a_stated_pay_is_told_somewhere(everything: list[SamplePosting]) -> None:
    for posting in everything:
        pay = posting.pay
        if posting.label != "ordinary" or pay.status != "stated":
            continue
        assert pay.text
        assert pay.in_text or pay.unit in module.FIELD_UNITS[posting.board]
        if pay.low and pay.high:
            assert pay.low <= pay.high


def test_no_real_board_or_company_is_named(everything: list[SamplePosting]) -> None:
    assert not re.findall(rf"\b(?:{REAL_NAMES})\b", texts(everything) + " ".join(NAMES.values()))
    assert all(f"sample_{board}".isidentifier() for board in BOARDS)


def test_numbers_start_where_twins_point(everything: list[SamplePosting]) -> None:
    assert [posting.number for posting in everything] == list(range(FIRST_NUMBER, FIRST_NUMBER + len(everything)))


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_nice_prices_keep_their_order(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 < nice(low) <= nice(high)


def test_money_is_written_as_people_write_it() -> None:
    assert money(1250, "USD", "${n}") == "$1,250"
    assert money(0.035, "EUR", "{n} €") == "0.035 €"
    assert money(12.5, "GBP", "{n}") == "£12.50"
