"""Plain text and sanitized HTML of boards' descriptions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.normalize import text
from index.normalize.text import clean_html, one_line, plain_text


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Mow my lawn", "Mow my lawn"),
        ("<p>Mow <b>my</b> lawn</p><p>Today</p>", "Mow my lawn\n\nToday"),
        ("<ul><li>rake</li><li>mow</li></ul>", "- rake\n\n- mow"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("Fish &amp; chips", "Fish & chips"),
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("&lt;p&gt;Walk the dog&lt;/p&gt;", "Walk the dog"),
        ("I <3 dogs, a < b", "I <3 dogs, a < b"),
        ("cafÃ© in ZÃ¼rich", "café in Zürich"),
        ("a\x00b\u200bc\u202ed", "abcd"),
        ("a \xa0 b \r\n\r\n\r\n\r\n c", "a b\n\nc"),
        ("<script>alert(1)</script>Hi<style>b{}</style>", "Hi"),
        ("", ""),
    ],
)
def test_plain_text(raw: str, plain: str) -> None:
    assert plain_text(raw) == plain


def test_html_keeps_formatting_and_safe_links_only() -> None:
    html = clean_html(
        '<p onclick="x()">Hi <a href="javascript:alert(1)">a</a> <a href="https://example.com/?a=1">b</a></p>'
        '<img src=x onerror="alert(1)"><iframe src="//evil"></iframe>'
    )
    assert "javascript:" not in html
    assert "onclick" not in html
    assert "<img" not in html
    assert "<iframe" not in html
    assert 'href="https://example.com/?a=1"' in html
    assert 'rel="nofollow noopener noreferrer"' in html


def test_plain_text_becomes_paragraphs_without_markup_of_its_own() -> None:
    assert clean_html("one\ntwo\n\n5 < 6 & so on") == "<p>one<br>\ntwo</p>\n<p>5 &lt; 6 &amp; so on</p>"


def test_a_description_is_clipped() -> None:
    assert len(plain_text("word " * 100_000)) <= text.MAX_DESCRIPTION


def test_a_document_of_too_many_tags_keeps_its_text() -> None:
    assert plain_text("<font color=red><p>" * 20_000) == ""
    light = "<b>x</b> " * (text.MAX_TAGS + 1) + "<script>gone</script> end"
    plain = plain_text(light)
    assert plain.startswith("x x x")
    assert plain.endswith("end")
    assert "gone" not in plain
    assert "<b>" not in clean_html(light)


def test_one_line() -> None:
    assert one_line(" <b>Two</b>\n lines \t here ") == "Two lines here"


@given(st.text())
def test_any_text_is_read_once_and_for_all(raw: str) -> None:
    plain, _ = text.read_description(raw)
    assert "\x00" not in plain
    assert plain == plain.strip()


@given(st.text(alphabet="<>/&;pbrilt\"' =#amp\n", max_size=400))
def test_any_markup_is_made_safe(raw: str) -> None:
    html = clean_html(raw + "<script>alert(1)</script>")
    assert "<script" not in html.lower()
