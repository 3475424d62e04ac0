"""What a board's owner permits, and what of a gig each channel may therefore show (DESIGN.md, section 4)."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Channel = Literal["page", "api", "feed", "mail", "jsonld"]
CHANNELS: tuple[Channel, ...] = ("page", "api", "feed", "mail", "jsonld")
OPERATOR = "operator"
"""The pseudo-channel of the operator's key and of a private instance: everything is seen there."""

Level = Literal["full", "link_only", "none"]
Duty = Literal[
    "delete_at_once",
    "refresh_daily",
    "apply_link_unchanged",
    "no_logo",
    "no_email_wall",
    "follow_link",
    "no_personal_names",
    "label",
    "purge_at_end",
]

DAY_S = 24 * 3600


class TermsEvidence(BaseModel):
    """Where the terms were read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str = Field(description="document's address, or the notice's place in the board's own responses")
    read: date = Field(description="the day it was read")
    says: str = Field(description="what it says, in our words")


class ChannelLevels(BaseModel):
    """A channel on which the evidence is silent is `none`, the page `link_only`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: Level = Field("link_only", description="our pages")
    api: Level = Field("none", description="this API, webhooks")
    feed: Level = Field("none", description="feeds, exports, the change stream")
    mail: Level = Field("none", description="mails to workers")
    jsonld: Level = Field("none", description="structured data for search engines")


class BoardTerms(BaseModel):
    """Declared terms of one board. A board that is on must have evidence; one that is off must say why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attribution: str = Field(description="the line that pages and feeds show, with a link back")
    min_interval_s: int = Field(ge=60, description="shortest time between two crawls, seconds")
    channels: ChannelLevels = Field(ChannelLevels(), description="what each channel may show")
    notice: str | None = Field(None, description="what else has to stand beside the attribution")
    duties: tuple[Duty, ...] = Field((), description="what the owner asks for besides")
    barred: tuple[str, ...] = Field((), description="partners barred by name")
    evidence: tuple[TermsEvidence, ...] = Field((), description="where the terms were read")
    max_age_s: int | None = Field(None, description="freshness duty: not shown when the last good crawl is older")
    off: str | None = Field(None, description="why the board is off until an operator confirms a permission")
    ask: str | None = Field(None, description="of a board that is off: what would have to be asked of whom")

    @property
    def freshness_s(self) -> int | None:
        """Seconds after a good crawl in which the board may be shown; None where its owner asks for nothing."""
        daily = DAY_S if "refresh_daily" in self.duties else None
        return min((limit for limit in (daily, self.max_age_s) if limit is not None), default=None)

    @model_validator(mode="after")
    def _evident(self) -> "BoardTerms":
        if self.off is None and not self.evidence:
            raise ValueError("a board without evidence of its terms must be off, with the reason")
        return self


class BoardInfo(BaseModel):
    """What the index and the pages know of a board: the crawlers declare it, the store keeps it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    homepage: str
    shape: str = Field(description="base of its spider: json_api, feed, sitemap_jobposting, forum_thread...")
    terms: BoardTerms
    sample: bool = False
    country: str | None = Field(None, description="ISO 3166-1 alpha-2 of a one-country board")
    absence_closes: bool = Field(True, description="a posting absent from a complete, healthy run is gone")
    changes_only: bool = Field(
        False,
        description="it tells what has changed, not what there is: absence never says anything, nor do few postings",
    )
