"""Row: one row of a board's response, of which every field is accounted for.

A spider takes each field of a row, names it as ignored, or it is counted as unknown, so that a change at the
board shows in the board's health (the idea is OpenSanctions' "strict interpretation"). Values are read leniently:
a value of the wrong type is None and counted, never an exception.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from index.posting import parse_instant

MILLISECONDS = 1e11
"""Unix times above this are milliseconds: as seconds they would lie after the year 5138."""

MAX_NAME = 60
"""Characters of a field's name that are kept in the counts."""


@dataclass(frozen=True)
class BadRow:
    """A row, or a whole file (number 0), that can't be read."""

    number: int
    message: str


class BadPage(ValueError):
    """A page that can't be read at all; the message is one line, whatever a library wrote into it."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class Row:
    """Fields of one JSON object (or XML element as an object), read by type and accounted for."""

    def __init__(self, data: Mapping[str, Any], path: str = "") -> None:
        self._data = data
        self._path = path
        self._seen: set[str] = set()
        self._parts: list[Row] = []
        self._bad: list[str] = []
        self._unknown: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def whole(self) -> Mapping[str, Any]:
        """All of it, for a reader that accounts for the fields itself."""
        self._seen.update(self._data)
        return self._data

    def names(self) -> list[str]:
        return list(self._data)

    def holds_row(self, name: str) -> bool:
        """Whether a field is an object."""
        return isinstance(self._data.get(name), dict)

    def take(self, name: str) -> Any:
        """The raw value, None when absent."""
        self._seen.add(name)
        return self._data.get(name)

    def ignore(self, *names: str) -> None:
        """Known, and of no use to us."""
        self._seen.update(names)

    def text(self, *names: str) -> str | None:
        """The first text that isn't blank, as it stands; a number becomes text."""
        found: str | None = None
        for name in names:
            value = self.take(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                value = str(value)
            if value is not None and not isinstance(value, str):
                self.bad(name)
            elif found is None and value and value.strip():
                found = value
        return found

    def number(self, *names: str) -> float | None:
        """The first finite number; text that is a plain number counts as one."""
        found: float | None = None
        for name in names:
            value = self.take(name)
            if value is None or value == "":
                continue
            try:
                number = math.nan if isinstance(value, bool | list | dict) else float(value)
            except (TypeError, ValueError, OverflowError):
                number = math.nan
            if not math.isfinite(number):
                self.bad(name)
            elif found is None:
                found = number
        return found

    def flag(self, name: str) -> bool | None:
        value = self.take(name)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if value is not None and not isinstance(value, bool):
            self.bad(name)
            return None
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts; a lone text is a list of one, blanks are left out."""
        value = self.take(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(item, str) for item in items):
            self.bad(name)
        return [item for item in items if isinstance(item, str) and item.strip()]

    def when(self, *names: str) -> datetime | None:
        """The first instant: ISO 8601, RFC 822, or Unix time in seconds or milliseconds. Without an offset, UTC."""
        found: datetime | None = None
        for name in names:
            value = self.take(name)
            if value is None or value == "" or value is False:
                continue
            try:
                instant = read_instant(value)
            except ValueError:
                self.bad(name)
            else:
                found = found or instant
        return found

    def row(self, name: str) -> "Row":
        """A nested object; an empty one when it is absent."""
        value = self.take(name)
        if value is not None and not isinstance(value, dict):
            self.bad(name)
        return self._part(name, value if isinstance(value, dict) else {})

    def rows(self, name: str) -> list["Row"]:
        """A list of nested objects; a lone object is a list of one."""
        value = self.take(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(item, dict) for item in items):
            self.bad(name)
        return [self._part(name, item) for item in items if isinstance(item, dict)]

    def bad(self, name: str) -> None:
        """Count a field as one of another type or form than expected."""
        self._bad.append(self._name(name))

    def unknown(self, path: str) -> None:
        """Count a field, which the caller looked up by itself, as unknown."""
        self._unknown.append(self._name(path))

    def account(self) -> Iterator[str]:
        """Counts that this row adds: `unknown_field:NAME` and `bad_field:NAME`, nested names with dots."""
        for name in self._data:
            if name not in self._seen:
                yield f"unknown_field:{self._name(name)}"
        for name in self._unknown:
            yield f"unknown_field:{name}"
        for name in self._bad:
            yield f"bad_field:{name}"
        for part in self._parts:
            yield from part.account()

    def _part(self, name: str, data: Mapping[str, Any]) -> "Row":
        part = Row(data, self._name(name) + ".")
        self._parts.append(part)
        return part

    def _name(self, name: str) -> str:
        return (self._path + str(name))[:MAX_NAME]


def read_instant(value: object) -> datetime | None:
    """ISO 8601, RFC 822 or Unix time in seconds or milliseconds.

    Raises ValueError when it is none of these, or a placeholder (index.posting.EARLIEST, LATEST).
    """
    if isinstance(value, bool):
        raise ValueError("not a date")
    if isinstance(value, str):
        text = value.strip()
        try:
            number = float(text)
        except ValueError:
            return parse_instant(_rfc822(text) if text[:1].isalpha() else text)
        if len(text) < 9:  # 2026 and 20260501 are dates to a reader, not seconds after 1970
            return parse_instant(text)
        value = number
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("not a date")
    try:
        return parse_instant(datetime.fromtimestamp(value / 1000 if value > MILLISECONDS else value, UTC))
    except (OverflowError, OSError):
        raise ValueError("not a date") from None


def _rfc822(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except (IndexError, OverflowError, TypeError):  # the library's own slips on hostile text
        raise ValueError("not a date") from None
