"""Posting: what one board said, verbatim (DESIGN.md, section 3)."""

import hashlib
import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Dates before this are a board's placeholder (0, 1970, 0001), not a date."""
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Dates after this (9999 is common) mean "no date"."""

MAX_TEXT = 2_000_000
"""Characters of a description that are kept; what is longer is cut and noted."""


def parse_instant(value: object) -> datetime | None:
    """An ISO 8601 date or instant; without an offset it is taken as UTC.

    Raises ValueError when it is no date at all, or lies outside EARLIEST..LATEST.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        instant = value
    elif isinstance(value, date):
        instant = datetime.combine(value, time())
    elif isinstance(value, str):
        instant = datetime.fromisoformat(value.strip())
    else:
        raise ValueError("not an ISO 8601 date")
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    if not EARLIEST <= instant <= LATEST:
        raise ValueError(f"date {value} is out of range")
    return instant.astimezone(UTC)


Instant = Annotated[datetime | None, BeforeValidator(parse_instant)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
ShortText = Annotated[str, StringConstraints(max_length=2_000)]


class PostingPay(BaseModel):
    """Pay as the board gives it; nothing here is interpreted yet."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    text: ShortText | None = Field(None, description="pay as written, e.g. '$18 - $22/hr'")
    min: float | None = Field(None, allow_inf_nan=False, description="in `currency` per `unit`")
    max: float | None = Field(None, allow_inf_nan=False, description="in `currency` per `unit`")
    currency: ShortText | None = Field(None, description="ISO 4217 code, where the board gives one")
    unit: ShortText | None = Field(None, description="task hour day week month year word page item minute")


NO_ADDRESS = re.compile("[\x00-\x20\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class Posting(BaseModel):
    """One row of one board. Unknown keys are ignored, so that a newer crawler can talk to an older index."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    board: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    external_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
    title: Name
    description: Annotated[str, StringConstraints(max_length=MAX_TEXT)] | None = Field(
        None, description="HTML or text, verbatim"
    )
    organization: ShortText | None = None
    posted_at: Instant = None
    expires_at: Instant = None
    fetched_at: Instant = None
    location: ShortText | None = Field(None, description="as written")
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        None, description="ISO 3166-1 alpha-2"
    )
    remote: bool | None = None
    pay: PostingPay | None = None
    tags: list[ShortText] = Field(default_factory=list, description="the board's own categories and skills")
    employment_type: ShortText | None = None
    apply_url: Annotated[str, StringConstraints(max_length=4_000)] | None = None
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    extra: dict[str, Any] = Field(default_factory=dict, description="what else the board says and is worth keeping")

    @field_validator("url", "apply_url")
    @classmethod
    def _no_script(cls, value: str | None) -> str | None:
        """A `javascript:` or `data:` address must never become a link, nor an address steer a terminal: controls,
        spaces and marks of direction have no place in one, and are written as browsers write them."""
        if value is not None:
            value = NO_ADDRESS.sub(lambda found: quote(found[0]), value)
        if value is not None and value.partition(":")[0].lower() not in ("http", "https", "urn", "mailto"):
            raise ValueError("not a web address")
        return value

    @field_validator("country", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.strip().upper() or None if isinstance(value, str) else value

    @field_validator("tags", "extra", mode="before")
    @classmethod
    def _absent(cls, value: object, info: Any) -> object:
        if value is None:
            return [] if info.field_name == "tags" else {}
        return value

    @property
    def key(self) -> str:
        """The posting's identity: "board:external_id"."""
        return f"{self.board}:{self.external_id}"

    def content_hash(self) -> str:
        """Equal for two fetches of an unchanged posting: everything but `fetched_at`, as hex."""
        text = self.model_dump_json(exclude={"fetched_at"}, exclude_none=True)
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


REQUIRED = ("board", "external_id", "url", "title")


class BadPosting(ValueError):
    """A posting that can't be kept; the message is one line that says why."""


def read_posting(raw: object) -> tuple[Posting, list[str]]:
    """Read one JSON object leniently: a bad optional field is dropped and named, the rest is kept.

    Returns the posting and one line for each dropped or cut field.
    Raises BadPosting when `raw` is no object or a required field is missing or bad.
    """
    if not isinstance(raw, dict):
        raise BadPosting("a posting must be a JSON object")
    data: dict[str, Any] = {key: _clean(value) for key, value in raw.items()}
    problems: list[str] = []
    description = data.get("description")
    if isinstance(description, str) and len(description) > MAX_TEXT:
        data["description"] = description[:MAX_TEXT]
        problems.append(f"description: cut to {MAX_TEXT} characters")
    for _ in range(len(Posting.model_fields) + 1):
        try:
            return Posting.model_validate(data), problems
        except ValidationError as error:
            for path, message in {str(e["loc"][0]): e["msg"] for e in error.errors()}.items():
                if path in REQUIRED:
                    raise BadPosting(f"{path}: {message.removeprefix('Value error, ')}") from None
                data.pop(path)
                problems.append(f"{path}: {message.removeprefix('Value error, ')}; left out")
    raise BadPosting("unreadable")  # each round removes a field, so this is never reached


def _clean(value: Any) -> Any:
    """Without NUL and lone surrogates, which neither SQL nor UTF-8 can hold."""
    if isinstance(value, str):
        value = value.replace("\x00", "")
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value
