"""schema.org JobPosting objects of a page: JSON-LD, microdata or RDFa, all as JSON-LD objects. Pure."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

from lxml import etree
from lxml import html as lxml_html

from crawlers.page import Page
from crawlers.row import BadPage, BadRow

Object = dict[str, Any]

TYPE = "JobPosting"
WRAPPER = re.compile(
    r"^\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?\s*;?\s*$"
)
"""CDATA and comment marks around a script, in the forms that old browsers needed."""
TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)


def job_postings(page: Page) -> Iterator[Object | BadRow]:
    """Every JobPosting of an HTML page or a JSON file, each once; a BadRow for each script that can't be read.

    Pages often say the same in two syntaxes: a posting whose title was already seen in an earlier syntax is its twin.
    """
    text = page.text
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in ("{", "["):
        yield from find_all(page.json, untyped=True)
        return
    if not start:
        raise BadPage("empty")
    if TYPE not in text:
        return
    try:
        tree = lxml_html.document_fromstring(text)
    except ValueError:  # an XML declaration with an encoding is refused in a str
        tree = lxml_html.document_fromstring(page.data)
    seen: set[str] = set()
    for items in (_json_ld(tree), _marked_up(tree, MICRODATA), _marked_up(tree, RDFA)):
        titles: set[str] = set()
        for item in items:
            if isinstance(item, BadRow):
                yield item
                continue
            title = str(item.get("title") or item.get("name") or "").strip().lower()
            titles.add(title)
            if title not in seen:
                yield item
        seen |= titles


def find_all(document: object, untyped: bool = False) -> Iterator[Object | BadRow]:
    """Every JobPosting within a JSON document, at any depth: bare, in a list, in @graph, in an ItemList...

    `untyped`: a bare object, or list of objects, without any @type is taken as JobPosting.
    """
    nodes: dict[str, Object] = {}
    found: list[Object] = []
    waiting: list[object] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            if isinstance(value.get("@id"), str) and len(value) > 1:
                nodes.setdefault(value["@id"], value)
            if TYPE in types_of(value):
                found.append(value)
                continue
            waiting.extend(reversed([item for item in value.values() if isinstance(item, dict | list)]))
    if not found and untyped:
        for item in document if isinstance(document, list) else [document]:
            if not isinstance(item, dict):
                yield BadRow(0, f"not an object but {type(item).__name__}")
            elif "@type" not in item and "@graph" not in item:
                yield item
    for item in found:
        yield {name: _resolved(value, nodes) for name, value in item.items()}


def types_of(value: Object) -> list[str]:
    """Local names of an object's types: `https://schema.org/JobPosting`, `schema:JobPosting` -> `JobPosting`."""
    types = value.get("@type")
    names = types if isinstance(types, list) else [types]
    return [re.split(r"[/#:]", name)[-1] for name in names if isinstance(name, str)]


def _resolved(value: object, nodes: dict[str, Object]) -> object:
    """A reference `{"@id": …}` as the object it names in the same document."""
    if isinstance(value, list):
        return [_resolved(item, nodes) for item in value]
    if isinstance(value, dict) and set(value) - {"@type"} == {"@id"} and isinstance(value["@id"], str):
        return nodes.get(value["@id"], value)
    return value


def _json_ld(tree: lxml_html.HtmlElement) -> Iterator[Object | BadRow]:
    for script in tree.iter("script"):
        if not (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            continue
        text = str(script.text_content())
        try:
            yield from find_all(tolerant_json(text))
        except (ValueError, RecursionError) as error:
            if TYPE in text:
                yield BadRow(0, f"unreadable JSON-LD: {error}"[:300])


def tolerant_json(text: str) -> object:
    """JSON as pages have it: in CDATA or comment marks, with trailing commas or raw line breaks in texts, escaped for
    HTML as a whole, or several documents in a row (then a list of them).

    Raises ValueError.
    """
    text = text.strip("\ufeff \t\r\n")
    try:
        return json.loads(text, strict=False)
    except ValueError:
        text = WRAPPER.sub("", WRAPPER.sub("", text)).strip().rstrip(";")
        text = TRAILING_COMMA.sub(lambda match: match[1] or "", text)
        if re.match(r"[{\[]\s*&(?:quot|#34|#x22);", text):
            text = unescape(text)
        return _in_a_row(text)


def _in_a_row(text: str) -> object:
    """One document, or a list of those that follow each other. Raises ValueError."""
    decoder = json.JSONDecoder(strict=False)
    found: list[object] = []
    at = 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,;"))
    if not found:
        raise ValueError("empty")
    return found[0] if len(found) == 1 else found


class Markup(NamedTuple):
    """The attributes of a syntax that marks up what a page shows."""

    scope: str
    """Opens an object."""
    type: str
    property: str
    values: tuple[str, ...]
    """Attributes that give a property's value instead of the element's text."""


MICRODATA = Markup("itemscope", "itemtype", "itemprop", ("content", "datetime", "href", "src", "value"))
"""HTML Living Standard, section 5 (without itemref)."""
RDFA = Markup("typeof", "typeof", "property", ("content", "datetime", "href", "src", "resource"))
"""RDFa Lite 1.1 (W3C)."""


def _marked_up(tree: lxml_html.HtmlElement, markup: Markup) -> Iterator[Object]:
    for element in tree.xpath(f"//*[contains(@{markup.type}, '{TYPE}')]"):
        item = _marked_up_object(element, markup)
        if TYPE in types_of(item):
            yield item


def _marked_up_object(element: lxml_html.HtmlElement, markup: Markup) -> Object:
    item: Object = {"@type": (element.get(markup.type) or "").split()}
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        opens = child.get(markup.scope) is not None
        if not opens:
            waiting.extend(reversed(child))
        for name in (child.get(markup.property) or "").split():
            name = re.split(r"[/#:]", name)[-1]
            add(item, name, _marked_up_object(child, markup) if opens else _value(child, name, markup))
    return item


def _value(element: lxml_html.HtmlElement, name: str, markup: Markup) -> str:
    for attribute in markup.values:
        if value := element.get(attribute):
            return str(value)
    if name == "description":  # the one property that is HTML by its nature
        return inner_markup(element)
    return " ".join(str(element.text_content()).split())


def inner_markup(element: etree._Element) -> str:
    """What stands inside an element, markup included."""
    return (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)


def add(item: Object, name: str, value: object) -> None:
    """Fill a property; one that comes several times is a list."""
    if name in item:
        earlier = item[name]
        value = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
    item[name] = value
