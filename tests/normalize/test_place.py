"""Places, where the work is done, who may apply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.gig import WorkMode
from index.normalize import normalize
from index.normalize.place import find_country, find_place, from_location
from tests.normalize.posting import posting


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Berlin", ("Berlin", "DE")), ("Austin, TX", ("Austin", "US")), ("Portland, Oregon", ("Portland", "US")),
        ("London, UK", ("London", "GB")), ("London", ("London", "GB")), ("London, Ontario", ("London", "CA")),
        ("Paris", ("Paris", "FR")), ("Paris, TX", ("Paris", "US")), ("Boston", ("Boston", "US")),
        ("München", ("Munich", "DE")), ("Munich, Germany", ("Munich", "DE")), ("Berlin, DE", ("Berlin", "DE")),
        ("NYC", ("New York City", "US")), ("New York, NY 10001, United States", ("New York City", "US")),
        ("Sydney NSW", ("Sydney", "AU")), ("Springfield, IL", ("Springfield", "US")),
    ],
)  # fmt: skip
def test_found(text: str, found: tuple[str, str]) -> None:
    place = find_place(text)
    assert place is not None
    assert (place.city, place.country) == found
    assert place.text == text
    assert place.lat is not None
    assert place.lon is not None


@pytest.mark.parametrize(
    "text", ["Springfield", "Cambridge", "Worldwide", "Remote", "US", "Georgia", "", "zzz", "London, KY"]
)
def test_not_decided(text: str) -> None:
    assert find_place(text) is None


def test_the_country_decides() -> None:
    birmingham = find_place("Birmingham", "GB")
    assert birmingham is not None
    assert birmingham.region == "ENG"
    assert find_place("Berlin", "FR") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [("UK", "GB"), ("usa", "US"), ("Deutschland", "DE"), ("DE", "DE"), ("de", None), ("Narnia", None)],
)
def test_countries(name: str, code: str | None) -> None:
    assert find_country(name) == code


def test_locations_of_boards() -> None:
    assert from_location("Worldwide", None) == []
    assert from_location("Remote", None) == []
    assert [place.city for place in from_location("Berlin; Paris", None)] == ["Berlin", "Paris"]
    (only,) = from_location("Springfield", None)
    assert (only.text, only.city, only.lat) == ("Springfield", None, None)
    (country,) = from_location("Australia", None)
    assert (country.country, country.city) == ("AU", None)
    (within,) = from_location("Remote (Berlin)", None)
    assert within.city == "Berlin"


@pytest.mark.parametrize(
    ("title", "description", "mode"),
    [
        ("Logo for my bakery", "Send me your portfolio.", "online"),
        ("Mow my lawn", None, "in_person"),
        ("Web developer", "You work on-site at our office in Berlin.", "in_person"),
        ("Web developer", "This is not remote, please don't ask.", "in_person"),
        ("Web developer in Hamburg", "PHP, CSS.", "in_person"),
        ("Web developer", "Hybrid work or fully remote.", "either"),
        ("Bookkeeper", "Work from home, your own hours.", "online"),
        ("Social media manager needed", None, "online"),
        ("Models wanted for a photo shoot", None, "in_person"),
        ("Something", None, "unknown"),
    ],
)
def test_work_mode(title: str, description: str | None, mode: WorkMode) -> None:
    assert normalize(posting(title, description)).work_mode == mode


def test_the_board_s_word_on_remote_wins() -> None:
    assert normalize(posting("Web developer", "on-site in Berlin", remote=True)).work_mode == "online"
    assert normalize(posting("Logo design", "Send samples", remote=False)).work_mode == "in_person"


def test_who_may_apply() -> None:
    gig = normalize(posting("Data entry clerk", "Must be 18 or older. US residents only.", remote=True))
    assert gig.eligible.countries == ["US"]
    assert gig.eligible.age_min == 18
    assert gig.places == []
    remote = normalize(posting("Data entry clerk", remote=True, location="Canada"))
    assert remote.eligible.countries == ["CA"]


def test_a_place_in_the_text_is_quoted() -> None:
    gig = normalize(posting("Dog walker needed in Boston, MA", "Twice a day."))
    assert [(place.city, place.text) for place in gig.places] == [("Boston", "Boston, MA")]
    assert gig.evidence["places"][0].text == "Boston, MA"


def test_everyday_words_are_no_places() -> None:
    assert normalize(posting("Babysitter needed", "We live in Nice house, reading at Reading time.")).places == []


@given(st.text(max_size=80), st.none() | st.sampled_from(["US", "GB", "ZZ"]))
def test_any_text(text: str, country: str | None) -> None:
    place = find_place(text, country)
    assert place is None or (place.lat is not None and place.lon is not None)
    for found in from_location(text, country):
        assert found.text
