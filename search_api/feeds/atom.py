"""Atom (RFC 4287), paged as RFC 5005 says."""

from collections.abc import Iterable, Iterator

from index.store.stream import Row
from search_api.feeds.base import (
    NAMESPACE,
    Dialect,
    Head,
    attribute,
    board_link,
    body_html,
    changed,
    element,
    iso,
    posted,
    told,
)


def write(head: Head, rows: Iterable[Row]) -> Iterator[bytes]:
    following = f'<link rel="next" href={attribute(head.next)}/>' if head.next else ""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:gigdex="{NAMESPACE}">'
        f"{element('id', head.first)}{element('title', head.title)}{element('updated', iso(head.updated))}"
        f"{element('rights', head.rights)}<author><name>Gigdex</name></author><generator>Gigdex</generator>"
        f"{element('gigdex:schema_version', str(head.schema_version))}"
        f'<link rel="self" type="application/atom+xml" href={attribute(head.itself)}/>'
        f'<link rel="first" href={attribute(head.first)}/>{following}'
        f'<link rel="alternate" type="text/html" href={attribute(head.search)}/>\n'
    ).encode()
    for row in rows:
        gig = row.gig
        lines = "; ".join(dict.fromkeys(source.attribution for source in gig.sources if source.attribution))
        via = "".join(f'<link rel="via" href={attribute(url)}/>' for url in map(board_link, told(gig)) if url)
        author = f"<author>{element('name', gig.organization)}</author>" if gig.organization else ""
        yield (
            f"<entry>{element('id', head.gig(gig.id))}{element('title', gig.title)}"
            f"{element('updated', iso(changed(row)))}{element('published', iso(posted(row)))}{author}"
            f'<link rel="alternate" type="text/html" href={attribute(head.gig(gig.id))}/>{via}'
            f"<category term={attribute(gig.category)}/>{element('rights', lines) if lines else ''}"
            f"{element('content', body_html(gig), type='html')}</entry>\n"
        ).encode()
    yield b"</feed>\n"


DIALECT = Dialect("atom", "application/atom+xml", "Atom, for feed readers", write, paged=True)
