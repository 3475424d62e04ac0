import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.amount import read_amount
from index.query import BadQuery, SearchQuery


@pytest.mark.parametrize("name", sorted(SearchQuery.model_fields))
def test_an_empty_form_field_means_not_set(name: str) -> None:
    assert SearchQuery.from_params([(name, "")]) == SearchQuery()
    assert SearchQuery.from_params([(name, "  ")]).model_copy(update={"q": ""}) == SearchQuery()


@pytest.mark.parametrize(
    ("pair", "parameter"),
    [
        (("wat", "1"), "wat"),
        (("mode", "sideways"), "mode"),
        (("pay_min", "lots"), "pay_min"),
        (("pay_min", "-1"), "pay_min"),
        (("pay_min", "nan"), "pay_min"),
        (("pay_min", "inf"), "pay_min"),
        (("radius_km", "0"), "radius_km"),
        (("limit", "101"), "limit"),
        (("limit", "1e9"), "limit"),
        (("currency", "dollars"), "currency"),
        (("country", "Germany"), "country"),
        (("language", "English"), "language"),
        (("posted_within", "soon"), "posted_within"),
        (("sort", "random"), "sort"),
        (("sort", "distance"), "sort"),
        (("near", "x" * 201), "near"),
        (("cursor", "x" * 501), "cursor"),
        (("q", "x" * 20_001), "q"),
        (("category", "../etc"), "category"),
        (("pay_unknown", "maybe"), "pay_unknown"),
    ],
)
def test_a_bad_value_names_its_parameter(pair: tuple[str, str], parameter: str) -> None:
    with pytest.raises(BadQuery) as caught:
        SearchQuery.from_params([pair])
    assert caught.value.parameter == parameter
    assert "\n" not in str(caught.value)


def test_contradictions_and_repetitions_are_named() -> None:
    with pytest.raises(BadQuery, match="pay_min"):
        SearchQuery.from_params([("pay_min", "20"), ("pay_max", "10")])
    with pytest.raises(BadQuery, match="given twice"):
        SearchQuery.from_params([("q", "a"), ("q", "b")])
    with pytest.raises(BadQuery, match="half a character"):
        SearchQuery.from_params([("q", "dog \ud800")])
    with pytest.raises(BadQuery, match="category"):
        SearchQuery.from_params([("category", f"c{n}") for n in range(101)])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "q": st.text(max_size=20),
            "category": st.lists(st.sampled_from(["pets", "!code"]), unique=True),
            "risk": st.lists(st.sampled_from(["all", "low"]), min_size=1, unique=True),
            "pay_min": st.floats(0, 1e6),
            "radius_km": st.floats(1, 500),
            "near": st.just("Berlin"),
            "limit": st.integers(1, 100),
            "posted_within": st.just("7d"),
        },
    )
)
def test_a_link_to_a_query_gives_the_query_back(data: dict[str, object]) -> None:
    query = SearchQuery.build(**data)
    again = SearchQuery.from_params(query.to_params())
    assert again.to_params() == query.to_params()
    assert again.category == query.category
    assert again.pay_min == pytest.approx(query.pay_min)


# --- amounts as people type them ---


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("15", 15), ("15.5", 15.5), (".5", 0.5), ("1.000", 1), ("1e+12", 1e12),
        ("$15", 15), ("15 $", 15), ("US$ 15", 15), ("USD 15", 15), ("15 usd", 15), ("$ 1,250.50", 1250.5),
        ("15,50", 15.5), ("15,5", 15.5), ("0,125", 0.125),
        ("1,000", 1000), ("1,000,000", 1e6), ("1,00,000", 1e5), ("1 000", 1000), ("1\u202f000,50", 1000.5),
        ("1'000", 1000), ("1’000.50", 1000.5), ("1.000,50", 1000.5), ("1.000.000", 1e6),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_type_them(typed: str, amount: float) -> None:
    for name in ("pay_min", "pay_max", "hourly_min", "minimum_payout_max"):
        assert getattr(SearchQuery.from_params([(name, typed)]), name) == amount


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("$1.250", "can be read in two ways: write 1250 or 1.25"),
        ("1.250 EUR", "can be read in two ways"),
        ("€15", "is in EUR, but this search is in USD"),
        ("1,0000", "is not an amount such as 15 or 12.50"),
        ("12,34,5", "is not an amount"),
        ("15 20", "is not an amount"),
        ("15-20", "is not an amount"),
        ("$-5", "is not an amount"),
        ("50¢", "is not an amount"),
        ("15 bananas", "is not an amount"),
        ("1_000", "is not an amount"),
        ("١٥", "is not an amount"),
        ("1e400", "is not a number"),
    ],
)
def test_an_amount_that_is_not_clear_is_refused(typed: str, says: str) -> None:
    with pytest.raises(BadQuery, match=re.escape(says)):
        SearchQuery.from_params([("pay_min", typed)])


def test_an_amount_may_name_the_currency_of_the_search() -> None:
    assert SearchQuery.from_params([("pay_min", "15 €"), ("currency", "eur")]).pay_min == 15
    assert SearchQuery.from_params([("pay_min", "$15"), ("currency", "CAD")]).pay_min == 15, "dollars of any country"


@given(st.text(max_size=12) | st.from_regex(r"[$€ ]?[0-9.,' ]{1,12}", fullmatch=True))
def test_any_amount_is_read_or_refused_in_one_line(typed: str) -> None:
    with suppress(ValueError):
        assert isinstance(read_amount(typed)[0], float)


@given(st.floats(0, 1e12))
def test_numbers_of_programs_stay_what_they_are(amount: float) -> None:
    assert read_amount(f"{amount:.15g}") == (float(f"{amount:.15g}"), None)


# --- errors are in our words ---

WRONG = [
    ("mode", "sideways"), ("pay_min", "lots"), ("pay_max", "-1"), ("pay_min", "inf"), ("hourly_min", "1e13"),
    ("radius_km", "0"), ("radius_km", "501"), ("radius_km", "far"), ("radius_km", "inf"), ("limit", "101"),
    ("limit", "0"), ("limit", "ten"), ("limit", "1.5"), ("currency", "dollars"), ("country", "Germany"),
    ("language", "English"), ("posted_within", "soon"), ("sort", "random"), ("sort", "distance"),
    ("pay_unknown", "maybe"), ("near", "x" * 201), ("cursor", "x" * 501), ("q", "x" * 20_001), ("board", "../etc"),
    ("risk", "some"), ("status", "new"), ("media", "shells"), ("pay_unit", "moon"), ("wat", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_errors_are_in_our_own_words(name: str, value: str) -> None:
    with pytest.raises(BadQuery) as caught:
        SearchQuery.from_params([(name, value)])
    for foreign in ("Input should", "String should", "List should", "Value error", "parse", "pattern", "finite"):
        assert foreign not in caught.value.reason
    assert len(caught.value.reason) < 300


# --- places that may be several ---


@pytest.mark.parametrize(
    ("near", "among"),
    [
        ("Springfield", "Springfield, Illinois"),
        ("Springfield, US", "Springfield, Illinois"),
        ("Downtown Springfield", "Springfield, Missouri"),
        ("Cambridge", "Cambridge, Massachusetts"),
        ("San Jose", "San Jose, California"),
        ("Texas", "El Paso, Texas"),
        ("Germany", "Hamburg, Germany"),
        ("Victoria", "Victoria, British Columbia"),
    ],
)
def test_a_place_that_may_be_several_names_them(near: str, among: str) -> None:
    with pytest.raises(BadQuery) as caught:
        SearchQuery.build(near=near)
    choices = [value for value, _ in caught.value.choices]
    assert among in choices
    assert among in caught.value.reason
    assert len({name for _, name in caught.value.choices}) == len(choices), "their names tell them apart"
    for value in choices:
        assert SearchQuery.build(near=value).near == value


@pytest.mark.parametrize(
    ("near", "says"),
    [("78701", "postcodes"), ("SW1A 1AA", "postcodes"), ("Xyzzyplughville", "check its spelling"), (",", "spelling")],
)
def test_an_unknown_place_says_what_to_do(near: str, says: str) -> None:
    with pytest.raises(BadQuery, match=says) as caught:
        SearchQuery.build(near=near)
    assert not caught.value.choices
