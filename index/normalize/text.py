"""Text of boards, cleaned: sanitized HTML for pages, plain text for everything else.

All functions take any string and need time linear in its length: input is clipped before the HTML parser sees it, and
markup of more than MAX_TAGS tags never reaches the parser, because HTML's own rules for misnested tags are quadratic
(4,000 nested `<font><p>` take nh3 16 s).
"""

import html
import re

import nh3

from index.normalize.cue import words

MAX_DESCRIPTION = 50_000
"""Characters of a description's plain text that are kept."""
MAX_MARKUP = 200_000
"""Characters of a description's markup that are read."""
MAX_TAGS = 1_500
"""Opening and closing tags; a longer document keeps its text and loses its formatting."""

BLOCKS = words(
    "address article aside blockquote br dd div dl dt figcaption footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p "
    "pre "
    "section table tbody tfoot thead tr ul"
)
KEPT = words(
    "a b blockquote br code dd dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small strong sub sup table "
    "tbody td tfoot "
    "th "
    "thead tr u ul"
)
DROPPED = words("font iframe img script span style")
"""Tags that show that a text is HTML, though none of them is kept."""

_NAMES = "|".join(sorted(BLOCKS | KEPT | DROPPED))
_HAS_TAG = re.compile(rf"</?(?:{_NAMES})(?=[\s/>])", re.IGNORECASE)
_HAS_ESCAPED_TAG = re.compile(rf"&lt;/?(?:{_NAMES})(?=\s|/|&gt;)", re.IGNORECASE)
_DOUBLE_ESCAPE = re.compile(r"&amp;(?=(?:[a-zA-Z]{2,8}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)")
# Tags as nh3 writes them: attributes always quoted, so the closing quote is always there.
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(BLOCKS))})(?: [a-z]+=\"[^\"]*\")*>")
_ITEM_TAG = re.compile(r"<li>")
_CELL_TAG = re.compile(r"</t[dh]>")
_ANY_TAG = re.compile(r"</?[a-z][a-z0-9]*(?: [a-z]+=\"[^\"]*\")*>")
# Tags as anybody writes them, for documents too heavy to parse.
_ROUGH_BLOCK = re.compile(rf"</?(?:{'|'.join(sorted(BLOCKS))})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_ROUGH_TAG = re.compile(r"</?[a-zA-Z][^<>]*(?:>|\Z)|<!--|-->")

_CLEANER = nh3.Cleaner(
    tags=set(KEPT),
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener noreferrer",
)

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
)
_BLANKS = "\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_LINE_ENDS = "\r\u2028\u2029\x85"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_BLANK = re.compile(f"[{_BLANKS}]")
_LINE_END = re.compile(f"[{_LINE_ENDS}](?:(?<=\r)\n)?")
_UNUSUAL = re.compile(f"[{_CONTROLS}{_BLANKS}{_LINE_ENDS}]")
_SPACES = re.compile(" {2,}")
_BLANK_LINES = re.compile(r"\n{3,}")
# UTF-8 read as Windows-1252 leaves these pairs; ftfy decides, this only saves calling it on healthy text.
_MOJIBAKE = re.compile(r"[ÂÃâðÐÑÎÏÅÄ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def _repair(text: str) -> str:
    """Mojibake and lone surrogates mended, double escapes (`&amp;amp;`, `&lt;p&gt;`) made single."""
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
        if _MOJIBAKE.search(text):
            import ftfy  # imported here, because few postings need it and it costs start-up time

            text = ftfy.fix_text(
                text,
                unescape_html=False,
                uncurl_quotes=False,
                fix_latin_ligatures=False,
                fix_character_width=False,
                normalization=None,
            )
    if "&" in text:
        for _ in range(3):
            once = _DOUBLE_ESCAPE.sub("&", text)
            if once == text:
                break
            text = once
        if _HAS_ESCAPED_TAG.search(text) and not _HAS_TAG.search(text):
            text = html.unescape(text)
    return text


def _tidy(text: str) -> str:
    """Plain text with single spaces, no blanks at line ends, at most one blank line, no invisible characters."""
    if _UNUSUAL.search(text) is not None:
        text = _BLANK.sub(" ", _CONTROL.sub("", _LINE_END.sub("\n", text)))
    if "  " in text:
        text = _SPACES.sub(" ", text)
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


def _strip_tags(sanitized: str) -> str:
    text = sanitized.replace("\n", " ") if "<pre" not in sanitized else sanitized
    text = _ITEM_TAG.sub("\n- ", text)
    text = _CELL_TAG.sub(" ", text)
    text = _BLOCK_TAG.sub("\n", text)
    return html.unescape(_ANY_TAG.sub("", text))


def _strip_heavy(markup: str) -> str:
    """Text of a document with too many tags to parse; content of scripts and styles left out."""
    low = markup.lower() if markup.isascii() else "".join(c.lower() if c.isascii() else c for c in markup)
    kept: list[str] = []
    at = 0
    while True:
        starts = [found for name in ("<script", "<style") if (found := low.find(name, at)) >= 0]
        if not starts:
            kept.append(markup[at:])
            break
        start = min(starts)
        kept.append(markup[at:start])
        close = low.find("</script" if low.startswith("<script", start) else "</style", start)
        if close < 0:
            break
        at = close
    return html.unescape(_ROUGH_TAG.sub("", _ROUGH_BLOCK.sub("\n", "".join(kept))))


def _paragraphs(plain: str) -> str:
    """HTML of plain text: a blank line parts paragraphs."""
    if not plain:
        return ""
    escaped = html.escape(plain, quote=False)
    return "<p>" + escaped.replace("\n\n", "</p>\n<p>").replace("\n", "<br>\n").replace("</p><br>", "</p>") + "</p>"


def _read(raw: str) -> tuple[str, str | None]:
    """Plain text and, of HTML that isn't too heavy, the sanitized HTML."""
    text = _repair(raw[:MAX_MARKUP])
    if "<" not in text or not _HAS_TAG.search(text):
        return _tidy(html.unescape(text) if "&" in text else text)[:MAX_DESCRIPTION], None
    if text.count("<") > MAX_TAGS:
        return _tidy(_strip_heavy(text))[:MAX_DESCRIPTION], None
    markup = _CLEANER.clean(text).strip()
    return _tidy(_strip_tags(markup))[:MAX_DESCRIPTION], markup


def read_description(raw: str) -> tuple[str, str]:
    """A description as (plain text, sanitized HTML), from HTML or text, escaped once or twice or not at all."""
    plain, markup = _read(raw)
    return plain, _paragraphs(plain) if markup is None else markup


def plain_text(html_or_text: str) -> str:
    """Plain text of HTML or text, clipped at MAX_DESCRIPTION characters; never raises."""
    return _read(html_or_text)[0]


def clean_html(html_or_text: str) -> str:
    """Sanitized HTML of HTML or text: formatting and http(s) or mailto links only; never raises."""
    return read_description(html_or_text)[1]


def one_line(text: str) -> str:
    """Plain text without line breaks, for titles and names."""
    return " ".join(plain_text(text).split())
