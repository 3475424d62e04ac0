"""Marks in texts: nothing is lost, nothing runs, whatever the spans are."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from index.highlight import RANKS, TAG, Span, formatted_html, pieces, plain_html
from index.normalize.text import read_description

spans = st.lists(
    st.builds(Span, st.integers(-3, 60), st.integers(-3, 60), st.sampled_from([*RANKS, "other"]), st.text(max_size=9)),
    max_size=8,
)
MARK = re.compile(r'</?mark(?: class="says-(?:risk|pay|fact|found)"(?: title="[^"<>]*")?)?>')


def test_overlapping_and_nested_spans_are_cut_where_they_meet() -> None:
    text = "pay 18 to 22 dollars an hour"
    marked = [Span(4, 20, "pay", "pay"), Span(10, 28, "fact", "when"), Span(10, 12, "risk", "odd")]
    assert [(piece.text, piece.kind, piece.labels) for piece in pieces(text, marked)] == [
        ("pay ", None, ()),
        ("18 to ", "pay", ("pay",)),
        ("22", "risk", ("pay", "odd", "when")),
        (" dollars", "pay", ("pay", "when")),
        (" an hour", "fact", ("when",)),
    ]


def test_a_mark_does_not_part_a_letter_from_its_accent() -> None:
    text = "cafe\u0301 man\u0303ana"
    assert "".join(piece.text for piece in pieces(text, [Span(0, 4, "fact", "x")])) == text
    assert pieces(text, [Span(0, 4, "fact", "x")])[0].text == "cafe\u0301"
    assert plain_html("\U0001f469\u200d\U0001f373", [Span(0, 1, "fact", "x")]).count("</mark>") == 1


@given(st.text(max_size=60), spans)
def test_pieces_are_the_text(text: str, marks: list[Span]) -> None:
    assert "".join(piece.text for piece in pieces(text, marks)) == text


@given(st.text(st.sampled_from("ab <>&\"'\u202e\n"), max_size=60), spans)
def test_plain_text_stays_text(text: str, marks: list[Span]) -> None:
    shown = MARK.sub("", plain_html(text, marks))
    assert "<" not in shown
    assert ">" not in shown
    assert html.unescape(shown) == text


DOCUMENT = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li></ul>", "<br>", "18 to 22", " an hour ", "-", "&lt;",
         "&lt;script&gt;", "\u200b", "\u202e", "  ", "\n\n", "a<b", '<a href="https://x.example/?a=1&b=2">', "</a>",
         "<script>alert(1)</script>", "caf\u00e9", "&nbsp;", "<pre> x\n y</pre>", "<td>"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(DOCUMENT, st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30)), max_size=5))
def test_marks_change_nothing_else_of_the_markup(document: str, places: list[tuple[int, int]]) -> None:
    plain, markup = read_description(document)
    marks = [Span(start, min(start + length, len(plain)), "pay", "pay") for start, length in places]
    shown = formatted_html(markup, plain, marks)
    if shown is None:
        return  # the page then shows the plain text
    assert TAG.findall(MARK.sub("", shown)) == TAG.findall(markup)
    assert html.unescape(TAG.sub("", MARK.sub("", shown))) == html.unescape(TAG.sub("", markup))


@given(DOCUMENT)
def test_the_text_of_a_document_is_found_in_its_markup(document: str) -> None:
    plain, markup = read_description(document)
    assert formatted_html(markup, plain, []) is not None


def test_the_words_that_are_marked_are_those_of_the_span() -> None:
    plain, markup = read_description("<p>We pay\n  <b>18</b> to 22.</p><ul><li>an hour</li><li>- or so</li></ul>")
    for words in ("18 to 22", "an hour", "or so", "22.\n\n- an"):
        start = plain.index(words)
        shown = formatted_html(markup, plain, [Span(start, start + len(words), "pay", "pay")])
        assert shown is not None
        found = "".join(re.findall(r"<mark [^>]*>(.*?)</mark>", shown))
        assert "".join(found.split()) == "".join(words.replace("- ", "").split())


def test_a_text_that_differs_is_not_marked() -> None:
    assert formatted_html("<p>one thing</p>", "another", []) is None
