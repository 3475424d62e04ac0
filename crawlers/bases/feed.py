"""RSS and Atom feeds: one document, its items in it."""

from collections.abc import Iterator
from typing import ClassVar

from lxml import etree
from scrapy import Request

from crawlers.bases.spider import BoardSpider
from crawlers.page import Page, looks_like
from crawlers.row import BadPage, BadRow
from crawlers.schema_org import add, inner_markup
from crawlers.tally import Tally

ITEM_NAMES = ("item", "entry")
"""RSS and Atom."""


class FeedSpider(BoardSpider):
    """Asks `base_url + path` for each of `paths`. A row is an item as an object: see `as_object`."""

    shape = "feed"

    paths: ClassVar[tuple[str, ...]]

    @classmethod
    def rows(cls, page: Page, tally: Tally) -> Iterator[object]:
        root, damage = parse_xml(page)
        name = local_name(root)
        if name not in ("rss", "feed", "RDF", *ITEM_NAMES):
            raise BadPage(f"not a feed but <{name}>")
        for element in root.iter():
            if local_name(element) in ITEM_NAMES:
                yield as_object(element)
        if damage:
            yield BadRow(0, damage)

    def first_requests(self) -> Iterator[Request]:
        for path in self.paths:
            yield from self.ask(self.base_url + path, self.read_postings)


def parse_xml(page: Page) -> tuple[etree._Element, str | None]:
    """The document's root, and what is damaged in it, if anything: what can be read of it is read.

    Entities are not expanded and nothing is loaded from outside, so a "billion laughs" document stays small.
    Raises BadPage when it is no XML.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(page.data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadPage(f"not XML but {looks_like(page.text)}: {error}"[:300]) from None
    if root is None:
        raise BadPage(f"not XML but {looks_like(page.text)}")
    # Undeclared prefixes are errors to a strict parser (Himalayas has them); only fatal ones lose content.
    fatal = [entry for entry in parser.error_log if entry.level == etree.ErrorLevels.FATAL]
    return root, f"damaged XML, line {fatal[0].line}: {' '.join(fatal[0].message.split())}" if fatal else None


def local_name(element: etree._Element) -> str:
    """Name without a namespace; '' for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


MARKUP = frozenset(
    ("a", "b", "blockquote", "br", "center", "div", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
     "li", "ol", "p", "pre", "span", "strong", "table", "td", "tr", "u", "ul")
)  # fmt: skip
"""Elements of HTML that texts are made of."""
XHTML = "{http://www.w3.org/1999/xhtml}"


def as_object(element: etree._Element, nested: bool = False) -> dict[str, object]:
    """An item's children by name, `prefix:name` where they have a prefix (as written: sites differ in namespaces).

    A child is its text or, when it has none, its attributes; a name that comes several times is a list. `nested`: a
    child that holds elements other than HTML is an object, and attributes of the item are `@name`.
    """
    found: dict[str, object] = (
        {f"@{etree.QName(k).localname}": str(v) for k, v in element.attrib.items()} if nested else {}
    )
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = f"{child.prefix}:{local_name(child)}" if child.prefix else local_name(child)
        if nested and holds_fields(child):
            add(found, name, as_object(child, nested))
            continue
        text = inner_markup(child) if len(child) else child.text or ""
        value: object = text if text.strip() or not child.attrib else {str(k): str(v) for k, v in child.attrib.items()}
        add(found, name, value)
    return found


def holds_fields(element: etree._Element) -> bool:
    """Whether an element holds fields of its own rather than a text with markup."""
    children = [child for child in element if isinstance(child.tag, str)]
    markup = any(str(child.tag).startswith(XHTML) or local_name(child).lower() in MARKUP for child in children)
    return bool(children) and not markup and not (element.text or "").strip()
