import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tokens import BREAK, MAX_TOKEN, MAX_TOKENS, fold, query_stems, stem_language, stems, surface, words


def tokens(text: str) -> list[str]:
    return surface([words(text)]).split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++, C# and F#: c++11", ["c++", "c#", "and", "f#", "c++", "11"]),
        (
            ".NET / ASP.NET, not example.net or netbook",
            ["." + "net", "asp", ".net", "not", "example", "net", "or", "netbook"],
        ),
        ("#1 issue#5", ["1", "issue", "5"]),
        ("don't, Don’t, driver's", ["dont", "dont", "drivers"]),
        ("l'aide d’Artagnan dell'arte O'Brien", ["l", "aide", "d", "artagnan", "dell", "arte", "obrien"]),
        ("Übersetzung STRASSE straße Łódź smørrebrød", ["ubersetzung", "strasse", "strasse", "lodz", "smorrebrod"]),
        ("U\u0308bersetzung e\u0301te\u0301", ["ubersetzung", "ete"]),
        ("ﬁne ＡＢＣ ①", ["fine", "abc", "1"]),
        ("İstanbul ISTANBUL", ["istanbul", "istanbul"]),
        ("翻訳の仕事", ["翻", "訳", "の", "仕", "事"]),
        ("がギ ガギ", ["が", "ギ", "ガ", "ギ"]),
        ("한국어 AI번역", ["한", "국", "어", "ai", "번", "역"]),
        ("हिन्दी अनुवाद", ["हिन्दी", "अनुवाद"]),
        ("Мой район ещё", ["мой", "район", "еще"]),
        ("العَرَبِيَّة", ["العربية"]),
        ("full-time 24/7 a_b node.js", ["full", "time", "24", "7", "a", "b", "node", "js"]),
        ("\0 (( \" - ' !? 🙂", []),
    ],
)
def test_words_of_many_scripts(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_stems_join_forms_of_one_language_and_keep_languages_apart() -> None:
    assert stems([words("cleaning cleaned cleans")], "en").split() == ["en:clean"] * 3
    assert stems([words("Häuser")], "de") == stems([words("Haus")], "de") == "de:haus"
    assert set(query_stems("traductions", "fr")) == set(query_stems("traduction", "fr"))
    assert stems([words("cleaning")], "fr") != stems([words("cleaning")], "en")


def test_a_query_meets_the_stem_of_a_text_typed_with_or_without_accents() -> None:
    typed, accented = stems([words("experimentee")], "fr"), stems([words("expérimentés")], "fr")
    assert typed != accented, "the stemmer goes by accents"
    assert {typed, accented} == set(query_stems("expérimentée", "fr"))


@pytest.mark.parametrize(
    ("language", "stemmer"), [("de", "de"), ("pt-BR", "pt"), ("nb", "no"), ("xx", "en"), (None, "en"), ("", "en")]
)
def test_a_language_without_stemmer_falls_back(language: str | None, stemmer: str) -> None:
    assert stem_language(language) == stemmer


def test_parts_are_set_apart() -> None:
    assert surface([["data"], ["entry"]]) == f"data {BREAK} entry"
    assert len(stems([["data", "x"], [], ["entry"]], "en").split()) == len(
        surface([["data", "x"], [], ["entry"]]).split()
    )


def test_long_words_and_long_texts_are_cut() -> None:
    assert words("x" * 5_000) == ["x" * MAX_TOKEN]
    assert len(words("a " * (MAX_TOKENS + 10))) == MAX_TOKENS


@given(st.text())
def test_tokens_are_what_an_engine_can_split_again(text: str) -> None:
    found = words(text)
    held = surface([found])
    assert held.split() == held.split(" ") if held else not found
    assert len(held.split()) == len(found) == len(stems([found], "en").split())
    assert BREAK not in held
    assert words(" ".join(held.split())) is not None
    assert all(fold(token) == token for token in held.split())


@given(st.text())
def test_case_and_unicode_form_make_no_difference(text: str) -> None:
    assert tokens(text) == tokens(text.casefold())


def test_threads_stem_alike() -> None:
    many = words("cleaning houses translations quickly running " * 200)
    expected = stems([many], "en")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(stems([many], "en"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
