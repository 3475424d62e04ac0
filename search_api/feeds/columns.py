"""The columns of tables (CSV, Parquet): what fits into a cell, amounts as in the Gig."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from index.store.stream import Row
from search_api.feeds.base import Head, board_link, changed

Kind = Literal["text", "number", "integer", "boolean", "moment", "list"]


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    about: str
    value: Callable[[Head, Row], Any]


def _distinct(values: Any) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


_HOURLY = "US dollars an hour; empty where it would be a guess"
COLUMNS = (
    Column("id", "text", "stable for life", lambda head, row: row.gig.id),
    Column("title", "text", "plain text", lambda head, row: row.gig.title),
    Column("organization", "text", "who offers the work, as written", lambda head, row: row.gig.organization),
    Column("category", "text", "id; /categories has the names", lambda head, row: row.gig.category),
    Column("status", "text", "open, closed", lambda head, row: row.gig.status),
    Column("work_mode", "text", "online, in_person, either, unknown", lambda head, row: row.gig.work_mode),
    Column("places", "list", "as written", lambda head, row: [place.text for place in row.gig.places]),
    Column("countries", "list", "ISO 3166-1 alpha-2", lambda head, row: _distinct(p.country for p in row.gig.places)),
    Column("pay_status", "text", "stated, negotiable, unpaid, unknown", lambda head, row: row.gig.pay.status),
    Column("pay_min", "number", "in `pay_currency` per `pay_unit`", lambda head, row: row.gig.pay.min),
    Column("pay_max", "number", "in `pay_currency` per `pay_unit`", lambda head, row: row.gig.pay.max),
    Column(
        "pay_currency", "text", "ISO 4217, or points",
        lambda head, row: "points" if row.gig.pay.points else row.gig.pay.currency,
    ),
    Column("pay_unit", "text", "what the amounts are paid for", lambda head, row: row.gig.pay.unit),
    Column("usd_min", "number", "US dollars per `pay_unit`", lambda head, row: row.gig.pay.usd_min),
    Column("usd_max", "number", "US dollars per `pay_unit`", lambda head, row: row.gig.pay.usd_max),
    Column("usd_per_hour_min", "number", _HOURLY, lambda head, row: row.gig.pay.usd_per_hour_min),
    Column("usd_per_hour_max", "number", _HOURLY, lambda head, row: row.gig.pay.usd_per_hour_max),
    Column("hourly_basis", "text", "where the hourly figure comes from", lambda head, row: row.gig.pay.basis),
    Column("media", "list", "how it is paid out", lambda head, row: list(row.gig.pay.media)),
    Column(
        "minimum_payout", "number", "the sum from which it is paid out",
        lambda head, row: row.gig.pay.minimum_payout and row.gig.pay.minimum_payout.amount,
    ),
    Column(
        "minimum_payout_currency", "text", "ISO 4217, or points",
        lambda head, row: row.gig.pay.minimum_payout and row.gig.pay.minimum_payout.currency,
    ),
    Column("duration_minutes", "number", "of one task", lambda head, row: row.gig.terms.duration_minutes),
    Column("risk", "text", "none, low, high: signs of a scam", lambda head, row: row.gig.risk.level),
    Column("language", "text", "ISO 639-1", lambda head, row: row.gig.language),
    Column("posted_at", "moment", "ISO 8601, as boards say", lambda head, row: row.gig.posted_at),
    Column("expires_at", "moment", "ISO 8601, as boards say", lambda head, row: row.gig.expires_at),
    Column("changed_at", "moment", "ISO 8601: of this revision", lambda head, row: changed(row)),
    Column("url", "text", "the gig's page here", lambda head, row: head.gig(row.gig.id)),
    Column(
        "board_urls", "list", "its postings on their boards, the best-paying first",
        lambda head, row: _distinct(map(board_link, row.gig.sources)),
    ),
    Column(
        "attribution", "list", "the lines that the boards ask for",
        lambda head, row: _distinct(source.attribution for source in row.gig.sources),
    ),
    Column("sample", "boolean", "made-up data", lambda head, row: row.gig.sample),
    Column("revision", "integer", "of its last change", lambda head, row: row.revision),
    Column("schema_version", "integer", "of these columns", lambda head, row: head.schema_version),
    Column("description", "text", "plain text", lambda head, row: row.gig.description),
)  # fmt: skip
