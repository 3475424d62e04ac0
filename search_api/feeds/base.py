"""What all formats of feeds share: the head, an entry's words, and text that XML may hold."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from xml.sax.saxutils import escape, quoteattr

from index.gig import SCHEMA_VERSION, Gig, Source
from index.normalize.text import clean_html
from index.store.stream import Row
from index.stream import Owner
from search_api import words
from search_api.present import web_link

FEED_VERSION = 1
"""Of all formats together: raised whenever the same gigs give other bytes. Part of every ETag."""
MOST_SOURCES = 20
LEAST_DATE = datetime(1970, 1, 1, tzinfo=UTC)
NAMESPACE = "https://gigdex.org/ns/feed/1"
"""Of our own elements in RSS and Atom; a name, nothing is there."""


@dataclass(frozen=True)
class Head:
    """What a feed says of itself."""

    title: str
    base: str
    """Address of this Gigdex, without a slash at its end."""
    itself: str
    """Address of this page of the feed."""
    first: str
    search: str
    """Address of the page that shows the same search to people."""
    updated: datetime
    owners: Sequence[Owner]
    """Whose gigs it may hold."""
    next: str | None = None
    """Address of the next page; None on the last, and in complete formats."""
    schema_version: int = SCHEMA_VERSION

    @property
    def rights(self) -> str:
        """Whose data it is, in one line."""
        lines = dict.fromkeys(owner.attribution for owner in self.owners)
        return "; ".join(lines) or "No board permits its gigs in feeds here."

    def gig(self, id: str) -> str:
        """Address of a gig's page."""
        return f"{self.base}/gig/{id}"


Write = Callable[[Head, Iterable[Row]], Iterator[bytes]]


@dataclass(frozen=True)
class Dialect:
    """A format. `write` gives its bytes piece by piece and holds no more than some hundred gigs."""

    name: str
    media_type: str
    about: str
    """One line for people."""
    write: Write
    paged: bool = False
    """It has pages; the others are complete and refuse `limit` and `cursor`."""
    needs: str | None = None
    """The package without which it can't be written."""

    @property
    def missing(self) -> str | None:
        """What has to be installed first, in one line; None when all is there."""
        if self.needs is None or find_spec(self.needs):
            return None
        return f"{self.name} needs {self.needs}: pip install 'gigdex[{self.name}]'"


# --- words of an entry -----------------------------------------------------------------------------------------


def board_link(source: Source) -> str | None:
    """The posting on its board, if that is a link into the web."""
    return web_link(source.url)


def links(gig: Gig) -> list[tuple[str | None, str]]:
    """(address, words) of its postings, each with what its board wants to be shown."""
    return [(board_link(source), source.attribution or source.board) for source in told(gig)]


def told(gig: Gig) -> list[Source]:
    """The postings that an entry names: some gigs have hundreds, but none of their boards may be missing."""
    first = {source.board: source for source in reversed(gig.sources)}
    return [one for number, one in enumerate(gig.sources) if number < MOST_SOURCES or one is first[one.board]]


def facts(gig: Gig) -> str:
    """Pay, place and who offers it, in one line."""
    return " · ".join(part for part in (words.pay_words(gig.pay), words.where_words(gig, 10), gig.organization) if part)


def body_html(gig: Gig) -> str:
    """The text for a feed reader: facts, the posting's own words, links back with the boards' lines. The markup is
    cleaned a second time, as on our own pages: others show it as it is."""
    text = clean_html(gig.description_html) or (f"<p>{paragraphs(gig.description)}</p>" if gig.description else "")
    back = "".join(
        f"<li><a href={quoteattr(clean(url))}>{xml(line)}</a></li>" if url else f"<li>{xml(line)}</li>"
        for url, line in links(gig)
    )
    return f"<p>{xml(facts(gig))}</p>{clean(text)}" + (f"<ul>{back}</ul>" if back else "")


def paragraphs(text: str) -> str:
    return xml(text).replace("\n", "<br>")


def posted(row: Row) -> datetime:
    """When it appeared; boards may not say."""
    gig = row.gig
    return gig.posted_at or gig.first_seen or row.changed_at or LEAST_DATE


def changed(row: Row) -> datetime:
    """When what readers see of it changed last."""
    return row.changed_at or posted(row)


# --- text ------------------------------------------------------------------------------------------------------

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold in any form (section 2.2): control characters, lone surrogates, two non-characters."""


def clean(text: str) -> str:
    """Without what XML can't hold."""
    return _FORBIDDEN.sub("", text)


def xml(text: str) -> str:
    """As character data."""
    return escape(clean(text), {"\r": "&#13;"})


def attribute(text: str) -> str:
    """As an attribute's value, in quotes."""
    return quoteattr(clean(text), {"\r": "&#13;"})


def cdata(text: str) -> str:
    """As a CDATA section; `]]>` ends one, so it is parted over two."""
    return f"<![CDATA[{clean(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def element(name: str, text: str | None, **attributes: str) -> str:
    """An element with text; empty where there is none."""
    its = "".join(f" {key.rstrip('_')}={attribute(value)}" for key, value in attributes.items())
    return f"<{name}{its}>{xml(text)}</{name}>" if text else f"<{name}{its}/>"


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
