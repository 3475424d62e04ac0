"""Gig: what we say of one or more postings (DESIGN.md, section 3)."""

import base64
import hashlib
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

SCHEMA_VERSION = 1
"""Of the Gig's JSON. Readers may see new optional fields without a new version."""

Kind = Literal["offer", "seeking_work", "other"]
WorkMode = Literal["online", "in_person", "either", "unknown"]
PayStatus = Literal["stated", "negotiable", "unpaid", "unknown"]
PayUnit = Literal["task", "hour", "day", "week", "month", "year", "word", "page", "item", "minute"]
PayBasis = Literal["stated", "duration", "words_per_hour", "period"]
Medium = Literal[
    "cash", "bank_transfer", "paypal", "gift_card", "points", "crypto", "check", "amazon_balance", "venmo", "other"
]
RiskLevel = Literal["none", "low", "high"]
Equipment = Literal["provided", "own", "unknown"]
Status = Literal["open", "closed"]
ClosedReason = Literal["expired", "gone", "filled", "removed", "duplicate", "scam"]


def gig_id(board: str, external_id: str) -> str:
    """The id of a gig whose first posting this is: 16 characters, stable for life."""
    digest = hashlib.blake2b(f"{board}:{external_id}".encode("utf-8", "replace"), digest_size=10).digest()
    return base64.b32encode(digest).decode("ascii").lower()


class Place(BaseModel):
    """One place where the work is done."""

    text: str = Field(description="as written")
    city: str | None = None
    region: str | None = Field(None, description="state, province or county, by name or code")
    country: str | None = Field(None, description="ISO 3166-1 alpha-2")
    lat: float | None = Field(None, description="degrees, WGS 84")
    lon: float | None = Field(None, description="degrees, WGS 84")


class Eligible(BaseModel):
    """Who may apply, where the posting says so."""

    countries: list[str] = Field(default_factory=list, description="ISO 3166-1 alpha-2")
    age_min: int | None = Field(None, description="years")
    age_max: int | None = Field(None, description="years")


class Points(BaseModel):
    amount: float = Field(description="points a unit of work")
    usd: float | None = Field(None, description="what they are worth, where the rate is said")


class MinimumPayout(BaseModel):
    amount: float
    currency: str | None = Field(None, description="ISO 4217, or 'points'")
    usd: float | None = None


class Fee(BaseModel):
    """What the worker has to pay."""

    amount: float | None = None
    currency: str | None = Field(None, description="ISO 4217")
    text: str | None = Field(None, description="as written")


class Pay(BaseModel):
    """What the worker gets. Amounts are per `unit`, in `currency`; `usd_*` at the rate of `rate_date`."""

    status: PayStatus = "unknown"
    unit: PayUnit | None = None
    min: float | None = None
    max: float | None = None
    currency: str | None = Field(None, description="ISO 4217; null for points")
    usd_min: float | None = Field(None, description="US dollars per unit")
    usd_max: float | None = Field(None, description="US dollars per unit")
    rate_date: date | None = Field(None, description="day of the exchange rate")
    usd_per_hour_min: float | None = Field(None, description="US dollars an hour")
    usd_per_hour_max: float | None = Field(None, description="US dollars an hour")
    basis: PayBasis | None = Field(
        None, description="where the hourly figure comes from; null where it would be a guess"
    )
    media: list[Medium] = Field(default_factory=list)
    points: Points | None = None
    minimum_payout: MinimumPayout | None = None
    worker_fee: Fee | None = None
    average_bid: float | None = Field(None, description="average of other workers' bids, in `currency`; not pay")

    @property
    def usd_top(self) -> float | None:
        """Top of the range, or its bottom where there is no top, in USD: what bounds and sorts compare with."""
        return self.usd_max if self.usd_max is not None else self.usd_min

    @property
    def hourly_top(self) -> float | None:
        """Top of the hourly figure in USD, or its bottom where there is no top."""
        return self.usd_per_hour_max if self.usd_per_hour_max is not None else self.usd_per_hour_min


class Terms(BaseModel):
    equipment: Equipment = "unknown"
    schedule: str | None = Field(None, description="as written, e.g. 'weekends, 9-5'")
    experience: str | None = Field(None, description="as written, e.g. '2 years'")
    duration_minutes: float | None = Field(None, description="of one session or task")


class Signal(BaseModel):
    """One sign of risk, with the words that raised it."""

    code: str
    text: str
    start: int | None = None
    end: int | None = None
    why: str = Field(description="one sentence for the worker")


class Risk(BaseModel):
    level: RiskLevel = "none"
    score: float = Field(0.0, ge=0, le=1)
    signals: list[Signal] = Field(default_factory=list)


class Evidence(BaseModel):
    """Where an inferred field comes from. `start:end` cuts exactly `text` out of the gig's own plain title or
    description; for `board` it names a field of the posting and has no offsets."""

    source: Literal["board", "title", "description"]
    text: str
    start: int | None = None
    end: int | None = None


class Source(BaseModel):
    """One posting of the gig, on one board."""

    board: str
    external_id: str
    url: str
    organization: str | None = None
    pay: Pay = Field(default_factory=Pay)
    posted_at: datetime | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    status: Status = "open"
    attribution: str | None = Field(None, description="the line that the board asks for")


class Gig(BaseModel):
    """One paid piece of work, made of one or more postings."""

    id: str = Field(description="stable for life")
    seq: int | None = Field(None, description="integer never reused; null without a store")
    revision: int | None = Field(None, description="of the last change of content; null without a store")
    schema_version: int = SCHEMA_VERSION
    normalizer_version: int | None = None
    sample: bool = Field(False, description="made-up data of the sample boards")
    kind: Kind = "offer"
    title: str
    description: str = Field("", description="plain text")
    description_html: str = Field("", description="sanitized HTML")
    language: str | None = Field(None, description="ISO 639-1")
    organization: str | None = None
    category: str = "other"
    categories: list[str] = Field(default_factory=list, description="ranked, best first")
    work_mode: WorkMode = "unknown"
    places: list[Place] = Field(default_factory=list)
    eligible: Eligible = Field(default_factory=Eligible)
    pay: Pay = Field(default_factory=Pay)
    terms: Terms = Field(default_factory=Terms)
    risk: Risk = Field(default_factory=Risk)
    evidence: dict[str, list[Evidence]] = Field(default_factory=dict)
    sources: list[Source] = Field(default_factory=list)
    status: Status = "open"
    closed_reason: ClosedReason | None = None
    posted_at: datetime | None = None
    expires_at: datetime | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    closed_at: datetime | None = None
