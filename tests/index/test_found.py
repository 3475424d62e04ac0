"""The words that a gig was found by, in its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.found import Wanted
from search_api.excerpt import excerpt


def marked(q: str, text: str, language: str | None = None) -> list[str]:
    return [text[start:end] for start, end in Wanted.of(q).spans(text, language)]


@pytest.mark.parametrize(
    ("q", "text", "language", "found"),
    [
        ("dogs walk", 'Walking "dogs" in a dog-walking club.', "en", ["Walking", "dogs", "dog-walking"]),
        ('"data entry"', "Data entry: data, entries and entry of data", "en", ["Data entry"]),
        ("full-time", "full time, or full-time", "en", ["full time", "full-time"]),
        ("C++ c#", "(C++), C and C#.", "en", ["C++", "C#"]),
        ("menagere", "Aide ménagère", "fr", ["ménagère"]),
        ("aide", "L’aide à domicile", "fr", ["L’aide"]),
        ("日本", "求人日本語", "ja", ["日本"]),
        ("dog OR cat -bird", "A dog, a cat, a bird", "en", ["dog", "cat"]),
        ("cleaned", "Cleaning wanted", None, ["Cleaning"]),
        ("cleaned", "Cleaning wanted", "de", []),
        ("", "anything", "en", []),
        ("-dog", "dog", "en", []),
    ],
)
def test_words_are_marked_as_the_search_finds_them(q: str, text: str, language: str | None, found: list[str]) -> None:
    assert marked(q, text, language) == found


@given(st.text(max_size=40), st.text(max_size=300), st.sampled_from([None, "en", "fr", "ja"]))
def test_places_are_in_order_and_inside_the_text(q: str, text: str, language: str | None) -> None:
    places = Wanted.of(q).spans(text, language)
    flat = [at for place in places for at in place]
    assert flat == sorted(flat)
    assert all(0 <= start < end <= len(text) for start, end in places)


def test_an_excerpt_begins_where_the_words_are() -> None:
    text = "We are a small shop. " * 30 + "Somebody has to feed the parrot twice a day. " + "Thank you. " * 50
    shown, places = excerpt(text, Wanted.of("parrots"), "en", 100)
    assert [shown[start:end] for start, end in places] == ["parrot"]
    assert shown.startswith("…")
    assert len(shown) <= 101
    beginning, _ = excerpt(text, Wanted.of("dragon"), "en", 100)
    assert beginning.startswith("We are a small shop.")
    assert excerpt("", Wanted.of("dragon"), "en", 100) == ("", [])


def test_an_excerpt_of_one_endless_word_is_short() -> None:
    shown, _ = excerpt("x" * 1_500 + " parrot " + "y" * 9_000, Wanted.of("parrot"), "en", 100)
    assert "parrot" in shown
    assert len(shown) <= 101
