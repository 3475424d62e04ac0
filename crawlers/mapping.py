"""Mapping: which part of a JSON row is which field of a posting, in JMESPath (https://jmespath.org), accounted for."""

import math
import re
from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from functools import cache
from html import unescape
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from crawlers.row import Row, read_instant
from crawlers.units import unit_of

Path = tuple[str, ...]


class Functions(functions.Functions):
    """What boards need beyond JMESPath's own functions. Each gives null for null, so that absent fields stay absent."""

    @functions.signature({"types": ["string"]}, {"types": ["string", "number", "null"]})
    def _func_capture(self, pattern: str, text: object) -> str | None:
        """capture(PATTERN, TEXT): the pattern's first group, or all of it, where it is found."""
        match = None if text is None else re.search(pattern, str(text))
        return match[match.re.groups and 1] if match else None

    @functions.signature({"types": ["string"]}, {"types": ["string", "null"]})
    def _func_split(self, separator: str, text: str | None) -> list[str]:
        """split(SEPARATOR, TEXT): its parts, without blanks."""
        return [part.strip() for part in (text or "").split(separator) if part.strip()]

    @functions.signature({"types": ["string"]}, {"types": ["array", "null"]})
    def _func_joined(self, separator: str, parts: list[object] | None) -> str | None:
        """joined(SEPARATOR, LIST): like join, but leaves out nulls, blanks and repetitions."""
        texts = [str(part).strip() for part in parts or [] if isinstance(part, str | int | float)]
        return separator.join(dict.fromkeys(text for text in texts if text)) or None

    @functions.signature({"types": ["string", "null"]})
    def _func_unescape(self, text: str | None) -> str | None:
        """unescape(TEXT): HTML entities as characters."""
        return None if text is None else unescape(text)


OPTIONS = jmespath.Options(custom_functions=Functions())


@cache
def compiled(expression: str) -> Any:
    """Raises ValueError saying what is wrong."""
    try:
        return jmespath.compile(expression)
    except JMESPathError as error:
        raise ValueError(f"no JMESPath: {' '.join(str(error).split())}"[:200]) from None


def _sound(expression: str) -> str:
    compiled(expression)
    return expression


Expression = Annotated[str, AfterValidator(_sound)]


def search(expression: str, value: object) -> Any:
    """What an expression finds. Raises ValueError when the value is of a type that it can't work on."""
    try:
        return compiled(expression).search(value, OPTIONS)
    except (JMESPathError, TypeError, ValueError, re.error, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())[:200]) from None


class PayFields(BaseModel):
    """Pay of a posting."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Expression | None = None
    min: Expression | None = None
    max: Expression | None = None
    currency: Expression | None = None
    unit: Expression | None = Field(None, description="a board's word, such as HOUR or Per Year, is understood")


class Fields(BaseModel):
    """The fields of a posting (index.posting.Posting), each an expression on a row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Expression
    external_id: Expression | None = None
    url: Expression | None = None
    description: Expression | None = None
    organization: Expression | None = None
    posted_at: Expression | None = None
    expires_at: Expression | None = None
    location: Expression | None = None
    country: Expression | None = None
    remote: Expression | None = None
    tags: Expression | None = None
    employment_type: Expression | None = None
    apply_url: Expression | None = None
    language: Expression | None = None
    pay: PayFields = PayFields()
    extra: Mapping[str, Expression] = Field({}, description="what else is worth keeping, by name")

    def expressions(self) -> Iterator[tuple[str, str]]:
        """(name, expression) of all fields that are mapped; pay and extra with their own names, dotted."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name == "pay":
                yield from ((f"pay.{part}", text) for part, text in value.model_dump(exclude_none=True).items())
            elif name == "extra":
                yield from ((f"extra.{part}", text) for part, text in value.items())
            elif value is not None:
                yield name, value


def read(row: Row, fields: Fields, ignored: frozenset[Path], zone: str | None = None) -> dict[str, Any]:
    """A row as a posting's fields. What no expression names and `ignored` doesn't either is counted as unknown."""
    data = row.whole()
    found: dict[str, Any] = {}
    for name, expression in fields.expressions():
        try:
            found[name] = search(expression, data)
        except ValueError:
            row.bad(name)
    for path in unnamed(data, named(fields) | ignored):
        row.unknown(".".join(path))
    return _typed(row, found, zone)


def _typed(row: Row, found: dict[str, Any], zone: str | None) -> dict[str, Any]:
    """The found values as what a posting wants; one of another type is counted and left out."""
    draft: dict[str, Any] = {"pay": {}, "extra": {}}
    for name, value in found.items():
        if value is None or value == "" or value == []:
            continue
        part, _, inner = name.partition(".")
        try:
            if part == "extra":
                draft["extra"][inner] = value
            elif name in ("posted_at", "expires_at"):
                draft[name] = instant(value, zone)
            elif name == "remote":
                draft[name] = flag(value)
            elif name == "tags":
                draft[name] = list(dict.fromkeys(one for item in as_list(value) if (one := text(item))))
            elif name in ("pay.min", "pay.max"):
                draft["pay"][inner] = number(value) or None  # 0 is what forms leave behind
            elif name == "pay.unit":
                draft["pay"][inner] = unit_of(text(value))
            elif part == "pay":
                draft["pay"][inner] = text(value)
            else:
                draft[name] = text(value)
        except ValueError:
            row.bad(name)
    if not {"text", "min", "max"} & {name for name, value in draft["pay"].items() if value is not None}:
        draft["pay"] = {}  # a lone currency is no pay
    return draft


def as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def text(value: object) -> str | None:
    """Text, a number, or a list of these as one text. Raises ValueError for anything else."""
    if isinstance(value, list):
        return "; ".join(dict.fromkeys(one for item in value if (one := text(item)))) or None
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no text")
    return str(value)


def number(value: object) -> float:
    """A number, also as text. Raises ValueError for anything else, and for what is not finite."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("no number")
    found = float(value)
    if not math.isfinite(found):
        raise ValueError("no number")
    return found


def flag(value: object) -> bool:
    """Raises ValueError for what is neither true nor false."""
    word = str(value).strip().lower()
    if word not in ("true", "false", "1", "0", "yes", "no"):
        raise ValueError("neither true nor false")
    return word in ("true", "1", "yes")


def instant(value: object, zone: str | None) -> datetime | None:
    """An instant; a time without an offset is in `zone`, a day is that day. Raises ValueError."""
    if zone and isinstance(value, str) and len(value.strip()) > len("2026-11-27"):
        try:
            local = datetime.fromisoformat(value.strip())
        except ValueError:
            return read_instant(value)
        return read_instant(str(local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))))
    return read_instant(value)


def known_zone(zone: str | None) -> str | None:
    """Raises ValueError when there is no such time zone."""
    try:
        if zone:
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"no time zone {zone!r}") from None
    return zone


# What a mapping names.


@cache
def paths_of(expression: str) -> frozenset[Path]:
    """The fields that an expression reads, as paths from the row; lists are looked through."""
    found: set[Path] = set()
    _walk(compiled(expression).parsed, {()}, found)
    return frozenset(found)


SIDE_BY_SIDE = {"or_expression", "and_expression", "comparator", "function_expression", "multi_select_list"}
SIDE_BY_SIDE |= {"multi_select_dict", "key_val_pair", "expref"}


def _walk(node: Mapping[str, Any], at: set[Path], found: set[Path]) -> set[Path]:
    """Adds the paths that a part of an expression reads when applied `at` some paths; returns where it leads."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        reached = {(*path, str(node["value"])) for path in at}
        found |= reached
        return reached
    if kind == "literal":
        return set()
    if kind in ("index", "slice", "current", "identity"):
        return at
    if kind == "filter_projection":
        items, then, condition = children
        reached = _walk(items, at, found)
        _walk(condition, reached, found)
        return _walk(then, reached, found)
    if kind in SIDE_BY_SIDE:
        return set().union(*(_walk(child, at, found) for child in children))
    for child in children:
        at = _walk(child, at, found)
    return at


def named(fields: Fields) -> frozenset[Path]:
    """All paths that a mapping reads."""
    return frozenset().union(*(paths_of(expression) for _, expression in fields.expressions()))


def unnamed(
    data: object, known: frozenset[Path], at: Path = (), without: Container[int] = frozenset()
) -> Iterator[Path]:
    """Fields that nobody named. A named field is known with all that it holds, unless parts of it are named.

    `without`: objects, by their id(), that are not looked into.
    """
    if isinstance(data, list):
        for item in data:
            yield from unnamed(item, known, at, without)
        return
    if not isinstance(data, dict) or id(data) in without:
        return
    inside = {path[len(at)] for path in known if len(path) > len(at) and path[: len(at)] == at}
    if not inside and at:
        return
    for name, value in data.items():
        if str(name) in inside:
            yield from unnamed(value, known, (*at, str(name)), without)
        else:
            yield (*at, str(name))
