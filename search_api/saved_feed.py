"""The private feed of one saved search: RSS 2.0 or JSON Feed 1.1 of the gigs that it told of last."""

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from index.gig import Gig
from search_api.feeds.base import clean
from search_api.present import Shown
from search_api.words import plain

MEDIA_TYPES = {"rss": "application/rss+xml", "json": "application/feed+json"}

Entries = Sequence[tuple[Gig, datetime]]
"""Gigs with when they were found, newest first."""


def rss(title: str, home: str, entries: Entries, now: datetime) -> bytes:
    """An item's guid is the gig's id: what a reader has shown, it shows no more."""
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")
    for name, text in (("title", f"Gigdex: {title}"), ("link", home), ("description", "New gigs of a saved search")):
        etree.SubElement(channel, name).text = _xml(text)
    for gig, found_at in entries:
        item = etree.SubElement(channel, "item")
        etree.SubElement(item, "title").text = _xml(gig.title)
        etree.SubElement(item, "link").text = f"{home}/gig/{gig.id}"
        etree.SubElement(item, "guid", isPermaLink="false").text = gig.id
        etree.SubElement(item, "pubDate").text = format_datetime(found_at)
        etree.SubElement(item, "description").text = _xml(_summary(gig, now))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def json_feed(title: str, home: str, entries: Entries, now: datetime) -> bytes:
    items = [
        {
            "id": gig.id,
            "url": f"{home}/gig/{gig.id}",
            "title": plain(gig.title),
            "content_text": _summary(gig, now),
            "date_published": found_at.isoformat(),
            "language": gig.language,
        }
        for gig, found_at in entries
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Gigdex: {title}",
        "home_page_url": home,
        "items": [{name: value for name, value in item.items() if value is not None} for item in items],
    }
    return json.dumps(feed, ensure_ascii=False).encode("utf-8", "replace")


def _summary(gig: Gig, now: datetime) -> str:
    """Pay, place, risk, sources with their attributions, one a line."""
    shown = Shown(gig, "USD", now, {})
    lines = [f"{shown.pay} · {shown.where}"]
    if gig.risk.level != "none":
        lines.append(shown.risk)
    lines += [f"{source.url} ({source.attribution or source.board})" for source in gig.sources[:3]]
    return "\n".join(lines)


def _xml(text: str) -> str:
    return clean(plain(text))
