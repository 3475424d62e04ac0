"""Export: all gigs of a query as a file, one writer a format."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from index.gig import Gig
from index.query import BadQuery, SearchQuery
from index.search import Search

PAGE = 100
"""Gigs asked for at a time: the most that one page may hold."""

Writer = Callable[[Iterable[Gig], BinaryIO], None]
"""Writes the gigs as they come; `out` stays open."""


def write_ndjson(gigs: Iterable[Gig], out: BinaryIO) -> None:
    """One gig a line as JSON, complete: the canonical format."""
    for gig in gigs:
        out.write(gig.model_dump_json().encode() + b"\n")


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a text that starts with one of these for a formula."""

COLUMNS: dict[str, Callable[[Gig], Any]] = {
    "id": lambda gig: gig.id,
    "title": lambda gig: gig.title,
    "organization": lambda gig: gig.organization,
    "category": lambda gig: gig.category,
    "status": lambda gig: gig.status,
    "work_mode": lambda gig: gig.work_mode,
    "places": lambda gig: "; ".join(place.text for place in gig.places),
    "countries": lambda gig: " ".join(dict.fromkeys(place.country for place in gig.places if place.country)),
    "pay_status": lambda gig: gig.pay.status,
    "pay_min": lambda gig: gig.pay.min,
    "pay_max": lambda gig: gig.pay.max,
    "pay_currency": lambda gig: "points" if gig.pay.points else gig.pay.currency,
    "pay_unit": lambda gig: gig.pay.unit,
    "usd_min": lambda gig: gig.pay.usd_min,
    "usd_max": lambda gig: gig.pay.usd_max,
    "usd_per_hour_min": lambda gig: gig.pay.usd_per_hour_min,
    "usd_per_hour_max": lambda gig: gig.pay.usd_per_hour_max,
    "hourly_basis": lambda gig: gig.pay.basis,
    "media": lambda gig: " ".join(gig.pay.media),
    "minimum_payout": lambda gig: gig.pay.minimum_payout and gig.pay.minimum_payout.amount,
    "minimum_payout_currency": lambda gig: gig.pay.minimum_payout and gig.pay.minimum_payout.currency,
    "duration_minutes": lambda gig: gig.terms.duration_minutes,
    "risk": lambda gig: gig.risk.level,
    "language": lambda gig: gig.language,
    "posted_at": lambda gig: gig.posted_at and gig.posted_at.isoformat(),
    "expires_at": lambda gig: gig.expires_at and gig.expires_at.isoformat(),
    "last_seen": lambda gig: gig.last_seen and gig.last_seen.isoformat(),
    "boards": lambda gig: " ".join(source.board for source in gig.sources),
    "url": lambda gig: gig.sources[0].url if gig.sources else None,
    "attribution": lambda gig: "; ".join(dict.fromkeys(s.attribution for s in gig.sources if s.attribution)),
    "sample": lambda gig: json.dumps(gig.sample),
    "description": lambda gig: gig.description,
}
"""The columns of CSV: what fits into a cell, amounts as in the Gig."""


def write_csv(gigs: Iterable[Gig], out: BinaryIO) -> None:
    """RFC 4180 in UTF-8 with a header line."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        rows = csv.writer(text)
        rows.writerow(COLUMNS)
        for gig in gigs:
            rows.writerow([_cell(value(gig)) for value in COLUMNS.values()])
    finally:
        text.detach()  # flushes, and leaves `out` open


def _cell(value: Any) -> Any:
    """The apostrophe makes a spreadsheet take it as text."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value


formats: dict[str, Writer] = {"ndjson": write_ndjson, "csv": write_csv}


def export(format: str, query: SearchQuery, search: Search, now: datetime, out: BinaryIO, channel: str = "feed") -> int:
    """Write all gigs of the query, as the channel may see them, and return how many.

    Raises BadQuery for an unknown format, and for parameters that would make the file incomplete.
    """
    write = formats.get(format)
    if write is None:
        raise BadQuery("format", f"unknown; one of {', '.join(formats)}")
    for name in ("limit", "cursor"):
        if name in query.model_fields_set:
            raise BadQuery(name, "an export is always complete and takes none")
    if query.sort in ("relevance", "distance"):
        raise BadQuery("sort", f"an export is complete, {query.sort} ends after 1,000 gigs; use newest, pay or hourly")
    count = 0

    def counted() -> Iterator[Gig]:
        nonlocal count
        for gig in all_gigs(query, search, now, channel):
            count += 1
            yield gig

    write(counted(), out)
    return count


def all_gigs(query: SearchQuery, search: Search, now: datetime, channel: str) -> Iterator[Gig]:
    """Every gig of the query once, page by page; without a `sort` the newest first."""
    cursor: str | None = None
    while True:
        page = query.model_copy(update={"sort": query.sort or "newest", "limit": PAGE, "cursor": cursor})
        results = search.search(page, channel, now)
        yield from results.items
        cursor = results.next
        if cursor is None:
            return
