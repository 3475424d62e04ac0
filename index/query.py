"""SearchQuery: the one query model of API, pages, feeds, alerts and command line (DESIGN.md, section 3)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from index.amount import read_amount

Sort = Literal["relevance", "newest", "pay", "hourly", "distance"]
PayUnknown = Literal["include", "exclude", "only"]

MAX_WORDS_TEXT = 20_000
"""Characters of `q`; the grammar itself keeps only the first MAX_WORDS words (index/grammar.py)."""
MAX_VALUES = 100
"""Values of one repeated filter."""
_POINT = re.compile(r"[^,a-zA-Z]*[0-9][^,a-zA-Z]*,[^,a-zA-Z]*[0-9][^,a-zA-Z]*")
"""Two numbers, right or wrong: search.py says what is wrong with them."""
WITHIN = re.compile(r"([1-9][0-9]{0,3})([hdw])")


class BadQuery(ValueError):
    """A parameter that can't be used. `parameter` names it; the message is one clear line."""

    def __init__(self, parameter: str, message: str, choices: Sequence[tuple[str, str]] = ()) -> None:
        """`choices`: values that may have been meant, each with its name."""
        meant = f"; did you mean {'; '.join(value for value, _ in choices)}?" if choices else ""
        super().__init__(f"{parameter}: {message}{meant}")
        self.parameter = parameter
        self.message = message
        """Without the choices, for those who show them as links."""
        self.reason = message + meant
        self.choices = choices


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _blank(value: object) -> object:
    """A form sends its empty fields too: they mean "not set"."""
    return None if isinstance(value, str) and not value.strip() else value


def _no_blanks(values: list[str]) -> list[str]:
    return list(dict.fromkeys(v.strip() for v in values if v.strip() not in ("", "!")))


Many = Annotated[list[str], BeforeValidator(_as_list), AfterValidator(_no_blanks), Field(max_length=MAX_VALUES)]
"""Several values mean OR; a leading `!` excludes that value."""
Money = Annotated[Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)] | None, BeforeValidator(_blank)]


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _each(pattern: str, hint: str) -> AfterValidator:
    def check(values: list[str]) -> list[str]:
        for value in values:
            if not re.fullmatch(pattern, value.removeprefix("!")):
                raise ValueError(f"{value[:40]!r} is not {hint}")
        return values

    return AfterValidator(check)


def _one_of(*names: str) -> AfterValidator:
    return _each("|".join(names), "one of " + ", ".join(names))


ID = r"[a-z0-9][a-z0-9_.-]{0,63}"


class SearchQuery(BaseModel):
    """What is asked of the index. The names are the same everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: str = Field("", max_length=MAX_WORDS_TEXT, description='words, "a phrase", -without, a OR b')
    category: Annotated[Many, _each(ID, "a category id")] = Field(default_factory=list, description="category ids")
    mode: Annotated[Many, _one_of("online", "in_person", "either", "unknown")] = Field(
        default_factory=list, description="online, in_person, either, unknown"
    )
    near: Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_blank)] = Field(
        None, description="place name or 'lat,lon'"
    )
    radius_km: Annotated[float, BeforeValidator(lambda v: 25 if _blank(v) is None else v)] = Field(
        25, gt=0, le=500, allow_inf_nan=False, description="kilometres around `near`"
    )
    country: Annotated[Many, BeforeValidator(lambda v: [_upper(x) for x in (v if isinstance(v, list) else [v])]),
                       _each("[A-Z]{2}", "a two-letter country code")] = Field(
        default_factory=list, description="ISO 3166-1 alpha-2 of the work's places"
    )  # fmt: skip
    pay_min: Money = Field(None, description="compares with the top of a gig's range, in `currency`")
    pay_max: Money = Field(None, description="compares with the top of a gig's range, in `currency`")
    pay_unit: Annotated[Many, _one_of(
        "task", "hour", "day", "week", "month", "year", "word", "page", "item", "minute")] = Field(
        default_factory=list, description="unit of the pay"
    )  # fmt: skip
    hourly_min: Money = Field(None, description="least hourly figure, in `currency`")
    currency: Annotated[str, BeforeValidator(lambda v: "USD" if _blank(v) is None else _upper(v)),
                        Field(pattern="^[A-Z]{3}$")] = Field(
        "USD", description="ISO 4217 code of the bounds and of what is shown"
    )  # fmt: skip
    pay_unknown: Annotated[PayUnknown | None, BeforeValidator(_blank)] = Field(
        None, description="gigs of unknown pay: include (default), exclude (default with a pay bound), only"
    )
    media: Annotated[Many, _one_of(
        "cash", "bank_transfer", "paypal", "gift_card", "points", "crypto", "check", "amazon_balance", "venmo",
        "other")] = Field(default_factory=list, description="how it pays")  # fmt: skip
    minimum_payout_max: Money = Field(
        None, description="hides gigs whose stated pay-out threshold is higher, in `currency`"
    )
    board: Annotated[Many, _each(ID, "a board id")] = Field(default_factory=list, description="board ids")
    risk: Annotated[Many, _one_of("hide_high", "all", "none", "low", "high")] = Field(
        default_factory=lambda: ["hide_high"], description="hide_high, all, none, low, high"
    )
    language: Annotated[Many, _each("[a-z]{2,3}", "a language code such as en")] = Field(
        default_factory=list, description="ISO 639-1 codes"
    )
    posted_within: Annotated[Annotated[str, Field(pattern=f"^{WITHIN.pattern}$")] | None, BeforeValidator(_blank)] = (
        Field(None, description="hours, days or weeks: 24h, 7d, 2w")
    )
    status: Annotated[Many, _one_of("open", "closed")] = Field(
        default_factory=lambda: ["open"], description="open, closed"
    )
    sort: Annotated[Sort | None, BeforeValidator(_blank)] = Field(
        None, description="relevance (default with words), newest (default), pay, hourly, distance"
    )
    limit: Annotated[int, BeforeValidator(lambda v: 20 if _blank(v) is None else v)] = Field(
        20, ge=1, le=100, description="items of a page"
    )
    cursor: Annotated[Annotated[str, Field(max_length=500)] | None, BeforeValidator(_blank)] = Field(
        None, description="where the next page starts: an answer's `next`"
    )

    @model_validator(mode="before")
    @classmethod
    def _amounts(cls, data: Any) -> Any:
        """Amounts as people type them, in the query's own currency and no other."""
        if not isinstance(data, Mapping):
            return data
        typed = {name: data[name] for name in AMOUNTS if isinstance(data.get(name), str) and data[name].strip()}
        read = {}
        for name, text in typed.items():
            try:
                read[name], currency = read_amount(text)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
            asked = str(data.get("currency") or "").strip().upper() or "USD"
            if currency not in (None, asked):
                raise ValueError(
                    f"{name}: {text[:40]!r} is in {currency}, but this search is in {asked}: choose one of them"
                )
        return {**data, **read}

    @model_validator(mode="after")
    def _consistent(self) -> "SearchQuery":
        if self.pay_min is not None and self.pay_max is not None and self.pay_min > self.pay_max:
            raise ValueError("pay_min: the least pay is above the highest")
        if self.sort == "distance" and self.near is None:
            raise ValueError("sort: sorting by distance needs a place to be near")
        return self

    @property
    def has_pay_bound(self) -> bool:
        return self.pay_min is not None or self.pay_max is not None or self.hourly_min is not None

    @property
    def unknown_pay(self) -> PayUnknown:
        """`pay_unknown` with its default: a pay bound hides gigs of unknown pay."""
        return self.pay_unknown or ("exclude" if self.has_pay_bound else "include")

    @property
    def order(self) -> Sort:
        """`sort` with its default."""
        return self.sort or ("relevance" if self.q.strip() else "newest")

    @property
    def within(self) -> timedelta | None:
        """`posted_within` as a duration."""
        match = WITHIN.fullmatch(self.posted_within or "")
        if match is None:
            return None
        unit = {"h": "hours", "d": "days", "w": "weeks"}[match[2]]
        return timedelta(**{unit: int(match[1])})

    @classmethod
    def from_params(cls, pairs: Iterable[tuple[str, str]]) -> "SearchQuery":
        """From the pairs of a query string. Raises BadQuery naming the first bad or unknown parameter."""
        data: dict[str, Any] = {}
        for name, value in pairs:
            if name not in cls.model_fields:
                raise BadQuery(name[:80], f"unknown parameter; known are {', '.join(cls.model_fields)}")
            if name in MANY:
                data.setdefault(name, []).append(value)
            elif name in data:
                raise BadQuery(name, "given twice")
            else:
                data[name] = value
        for name in MANY:
            if not any(value.strip() for value in data.get(name, ())):
                data.pop(name, None)
        return cls.build(**data)

    @classmethod
    def build(cls, **data: Any) -> "SearchQuery":
        """From values, as people type them. Raises BadQuery instead of pydantic's error, in words of our own, and for
        a `near` that names no one place."""
        try:
            query = cls(**data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            said = str(first["ctx"]["error"]) if first["type"] == "value_error" else None
            if first["loc"]:
                name = str(first["loc"][0])
                raise BadQuery(name, said or _said(name, first["type"], first["input"], first.get("ctx", {}))) from None
            name, _, reason = (said or first["msg"]).partition(": ")
            raise BadQuery(name, reason) from None
        _check_place(query.near)
        return query

    def to_params(self) -> list[tuple[str, str]]:
        """The shortest pairs that give this query: what a link to it holds."""
        pairs: list[tuple[str, str]] = []
        for name, value in self.model_dump(exclude_defaults=True).items():
            items = value if isinstance(value, list) else [value]
            pairs.extend((name, f"{item:.15g}" if isinstance(item, float) else str(item)) for item in items)
        return pairs


def _check_place(near: str | None) -> None:
    """Raises BadQuery, with the places that may be meant, unless `near` is "lat,lon" or names one place."""
    from index.normalize.place import candidates, find_place  # its tables aren't needed to start, or without a place

    if near is None or _POINT.fullmatch(near) or find_place(near) is not None:
        return
    written = repr(near.strip()[:60])
    if found := candidates(near):
        raise BadQuery("near", f"no one place is known as {written}", found)
    if any(letter.isdigit() for letter in near):
        raise BadQuery("near", f"{written} is no town, and postcodes aren't known here: write the town, or lat,lon")
    raise BadQuery(
        "near", f"no place is known as {written}: check its spelling, or write a larger town near it, or lat,lon"
    )


def _said(name: str, kind: str, value: object, limits: Mapping[str, Any]) -> str:
    """What is wrong with a value, for somebody who has never heard of the library that found it."""
    written = f"{value:.15g}" if isinstance(value, float) else repr(str(value)[:40])
    match kind:
        case "string_too_long":
            return f"is longer than {limits['max_length']:,} characters"
        case "too_long":
            return f"has more than {limits['max_length']:,} values"
        case "string_unicode":
            return f"{written} has half a character in it"
        case "literal_error":
            known = limits["expected"].replace("'", "").replace(" or ", ", ")
            return f"{written} is not one of {known}"
        case "greater_than":
            return f"{written} is too little: it must be more than {limits['gt']:,.15g}"
        case "greater_than_equal":
            return f"{written} is too little: it must be {limits['ge']:,.15g} or more"
        case "less_than_equal":
            return f"{written} is too much: it must be {limits['le']:,.15g} or less"
    return f"{written} is not {SHAPES.get(name, 'a number')}"


SHAPES = {
    "currency": "a currency's code of three letters, such as EUR",
    "posted_within": "a number of hours, days or weeks, such as 24h, 7d or 2w",
    "limit": "a whole number",
}
"""What a field takes that isn't just text or a number."""
AMOUNTS = ("pay_min", "pay_max", "hourly_min", "minimum_payout_max")
"""Fields that take an amount of money in `currency`."""
MANY = tuple(name for name, info in SearchQuery.model_fields.items() if str(info.annotation).startswith("list"))
"""Parameters that may be repeated."""
