"""RSS 2.0 with Atom's links for pages (RFC 5005) and Dublin Core for who offers the work."""

from collections.abc import Iterable, Iterator
from email.utils import format_datetime

from index.store.stream import Row
from search_api.feeds.base import NAMESPACE, Dialect, Head, attribute, body_html, cdata, element, posted
from search_api.words import pay_words


def write(head: Head, rows: Iterable[Row]) -> Iterator[bytes]:
    following = f'<atom:link rel="next" href={attribute(head.next)}/>' if head.next else ""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:gigdex="{NAMESPACE}"><channel>'
        f"{element('title', head.title)}{element('link', head.search)}"
        f"{element('description', f'Gigs of public boards. {head.rights}')}{element('copyright', head.rights)}"
        f"{element('lastBuildDate', format_datetime(head.updated))}{element('generator', 'Gigdex')}"
        f"{element('gigdex:schema_version', str(head.schema_version))}"
        f'<atom:link rel="self" type="application/rss+xml" href={attribute(head.itself)}/>'
        f'<atom:link rel="first" href={attribute(head.first)}/>{following}\n'
    ).encode()
    for row in rows:
        gig = row.gig
        yield (
            f"<item>{element('title', gig.title)}{element('link', head.gig(gig.id))}"
            f"{element('guid', gig.id, isPermaLink='false')}{element('pubDate', format_datetime(posted(row)))}"
            f"{element('category', gig.category)}{element('dc:creator', gig.organization) if gig.organization else ''}"
            f"{element('gigdex:pay', pay_words(gig.pay))}<description>{cdata(body_html(gig))}</description></item>\n"
        ).encode()
    yield b"</channel></rss>\n"


DIALECT = Dialect("rss", "application/rss+xml", "RSS 2.0, for feed readers", write, paged=True)
