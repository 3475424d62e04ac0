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
Contract = Literal["employee", "contractor", "either"]
Status = Literal["open", "closed"]
ClosedReason = Literal["expired", "gone", "filled", "removed", "duplicate", "scam"]


def gig_id(board: str, external_id: str) -> str:
    """The id of a gig whose first posting this is: 16 characters, stable for life."""
    digest = hashlib.blake2b(f"{board}:{external_id}".encode("utf-8", "replace"), digest_size=10).digest()
    return base64.b32encode(digest).decode("ascii").lower()


class Place(BaseModel):
    """One place where the work is done."""

    text: str = Field(description="as written")
    city: str | None = Field(None, description="town or city")
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
    """Pay in a board's own points."""

    amount: float = Field(description="points a unit of work")
    usd: float | None = Field(None, description="what they are worth, where the rate is said")


class MinimumPayout(BaseModel):
    """The sum from which a board pays out."""

    amount: float = Field(description="in `currency`")
    currency: str | None = Field(None, description="ISO 4217, or 'points'")
    usd: float | None = Field(None, description="US dollars")


class Fee(BaseModel):
    """What the worker has to pay."""

    amount: float | None = Field(None, description="in `currency`")
    currency: str | None = Field(None, description="ISO 4217")
    text: str | None = Field(None, description="as written")


class Pay(BaseModel):
    """What the worker gets. Amounts are per `unit`, in `currency`; `usd_*` at the rate of `rate_date`."""

    status: PayStatus = Field("unknown", description="what is said of the pay at all")
    unit: PayUnit | None = Field(None, description="what the amounts are paid for; null where nobody says")
    min: float | None = Field(None, description="bottom of the range, in `currency` per `unit`")
    max: float | None = Field(None, description="top of the range, in `currency` per `unit`")
    currency: str | None = Field(None, description="ISO 4217; null for points")
    usd_min: float | None = Field(None, description="US dollars per unit")
    usd_max: float | None = Field(None, description="US dollars per unit")
    rate_date: date | None = Field(None, description="day of the exchange rate")
    usd_per_hour_min: float | None = Field(None, description="US dollars an hour")
    usd_per_hour_max: float | None = Field(None, description="US dollars an hour")
    basis: PayBasis | None = Field(
        None, description="where the hourly figure comes from; null where it would be a guess"
    )
    media: list[Medium] = Field(default_factory=list, description="how it is paid out")
    points: Points | None = Field(None, description="pay in points; `min` and `max` are the points then")
    minimum_payout: MinimumPayout | None = Field(None, description="the sum from which it is paid out")
    worker_fee: Fee | None = Field(None, description="what the worker has to pay")
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
    """Conditions of the work."""

    equipment: Equipment = Field("unknown", description="who provides tools, car or computer")
    schedule: str | None = Field(None, description="as written, e.g. 'weekends, 9-5'")
    experience: str | None = Field(None, description="as written, e.g. '2 years'")
    duration_minutes: float | None = Field(None, description="minutes of one session or task")
    contract: Contract | None = Field(
        None, description="whether the worker is hired as an employee or as a contractor (freelance), where said"
    )


class Signal(BaseModel):
    """One sign of risk, with the words that raised it."""

    code: str = Field(description="kind of sign")
    text: str = Field(description="the words that raised it")
    start: int | None = Field(None, description="offset of `text` in title or description, characters")
    end: int | None = Field(None, description="end of `text`, characters, exclusive")
    why: str = Field(description="one sentence for the worker")


class Risk(BaseModel):
    """Signs that the posting is a scam."""

    level: RiskLevel = Field("none", description="what the signs add up to")
    score: float = Field(0.0, ge=0, le=1, description="0 to 1: the sum of the signs, no probability")
    signals: list[Signal] = Field(default_factory=list, description="the signs, with the words that raised them")


class Evidence(BaseModel):
    """Where an inferred field comes from. `start:end` cuts exactly `text` out of the gig's own plain title or
    description; for `board` it names a field of the posting and has no offsets."""

    source: Literal["board", "title", "description"] = Field(description="where it was read")
    text: str = Field(description="the words, or the field of the posting")
    start: int | None = Field(None, description="offset of `text`, characters; null for `board`")
    end: int | None = Field(None, description="end of `text`, characters, exclusive; null for `board`")


class Source(BaseModel):
    """One posting of the gig, on one board."""

    board: str = Field(description="board id")
    external_id: str = Field(description="the board's own id")
    url: str = Field(description="the posting on its board, or where it leads")
    organization: str | None = Field(None, description="who offers the work, as written")
    pay: Pay = Field(default_factory=Pay, description="the pay that this posting states")
    posted_at: datetime | None = Field(None, description="ISO 8601, as the board says")
    first_seen: datetime | None = Field(None, description="ISO 8601, UTC: our first crawl that had it")
    last_seen: datetime | None = Field(None, description="ISO 8601, UTC: our last crawl that had it")
    status: Status = Field("open", description="whether the board still lists it")
    attribution: str | None = Field(None, description="the line that the board asks for")


class Gig(BaseModel):
    """One paid piece of work, made of one or more postings."""

    id: str = Field(description="stable for life")
    seq: int | None = Field(None, description="integer never reused; null without a store")
    revision: int | None = Field(None, description="of the last change of content; null without a store")
    schema_version: int = Field(SCHEMA_VERSION, description="of this JSON")
    normalizer_version: int | None = Field(None, description="of the rules that read the posting")
    sample: bool = Field(False, description="made-up data of the sample boards")
    kind: Kind = Field("offer", description="only offers of paid work are searched")
    title: str = Field(description="plain text, one line")
    description: str = Field("", description="plain text")
    description_html: str = Field("", description="sanitized HTML")
    language: str | None = Field(None, description="ISO 639-1")
    organization: str | None = Field(None, description="who offers the work, as written")
    category: str = Field("other", description="the best of `categories`; /categories has the names")
    categories: list[str] = Field(default_factory=list, description="ranked, best first")
    work_mode: WorkMode = Field("unknown", description="where the work is done")
    places: list[Place] = Field(default_factory=list, description="where it is done in person")
    eligible: Eligible = Field(default_factory=Eligible, description="who may apply")
    pay: Pay = Field(default_factory=Pay, description="what the worker gets: the best of the sources")
    terms: Terms = Field(default_factory=Terms, description="conditions of the work")
    risk: Risk = Field(default_factory=Risk, description="signs of a scam")
    evidence: dict[str, list[Evidence]] = Field(
        default_factory=dict, description="for each field that was inferred, where it was read"
    )
    sources: list[Source] = Field(default_factory=list, description="its postings, the best-paying first")
    status: Status = Field("open", description="open while one of its postings is")
    closed_reason: ClosedReason | None = Field(None, description="why it is closed; null while it is open")
    posted_at: datetime | None = Field(None, description="ISO 8601: when a board first listed it, as boards say")
    expires_at: datetime | None = Field(None, description="ISO 8601: until when it is offered, as boards say")
    first_seen: datetime | None = Field(None, description="ISO 8601, UTC: our first crawl that had it")
    last_seen: datetime | None = Field(None, description="ISO 8601, UTC: our last crawl that had it")
    closed_at: datetime | None = Field(None, description="ISO 8601, UTC: when we saw that it was over")
