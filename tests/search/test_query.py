import pytest
from hypothesis import given
from hypothesis import strategies as st

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
