"""JSON Feed 1.1 (jsonfeed.org); what it has no name for is in the extension `_gigdex`."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from index.store.stream import Row
from search_api.feeds.base import Dialect, Head, board_link, body_html, changed, iso, posted, told


def write(head: Head, rows: Iterable[Row]) -> Iterator[bytes]:
    its: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.search,
        "feed_url": head.itself,
        "description": f"Gigs of public boards. {head.rights}",
        "authors": [{"name": owner.attribution, "url": owner.homepage} for owner in head.owners],
        "_gigdex": {"schema_version": head.schema_version},
    }
    if head.next:
        its["next_url"] = head.next
    yield f'{_json(its)[:-1]},"items":['.encode()
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{_json(_item(head, row))}".encode()
    yield b"\n]}\n"


def _item(head: Head, row: Row) -> dict[str, Any]:
    gig = row.gig
    url = next((url for source in gig.sources if (url := board_link(source))), None)
    item: dict[str, Any] = {
        "id": gig.id,
        "url": head.gig(gig.id),
        "title": gig.title,
        "content_html": body_html(gig),
        "date_published": iso(posted(row)),
        "date_modified": iso(changed(row)),
        "tags": list(dict.fromkeys([gig.category, *gig.categories])),
        "_gigdex": {
            "pay": gig.pay.model_dump(mode="json", exclude_none=True),
            "work_mode": gig.work_mode,
            "places": [place.model_dump(exclude_none=True) for place in gig.places],
            "attribution": [source.attribution for source in told(gig) if source.attribution],
        },
    }
    if url:
        item["external_url"] = url
    if gig.organization:
        item["authors"] = [{"name": gig.organization}]
    if gig.language:
        item["language"] = gig.language
    return item


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


DIALECT = Dialect("jsonfeed", "application/feed+json", "JSON Feed 1.1, for feed readers", write, paged=True)
