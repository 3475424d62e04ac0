"""CSV: RFC 4180 in UTF-8 with a header line, harmless to spreadsheets."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from index.store.stream import Row
from search_api.feeds.base import Dialect, Head
from search_api.feeds.columns import COLUMNS

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a text that starts with one of these for a formula."""
SEPARATORS = {"countries": " ", "media": " "}
"""Of lists; the others have spaces in their values, and are parted by `; `."""
AT_ONCE = 100
"""Rows of one piece."""


def write(head: Head, rows: Iterable[Row]) -> Iterator[bytes]:
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow([column.name for column in COLUMNS])
    for number, row in enumerate(rows, 1):
        out.writerow([_cell(column.name, column.value(head, row)) for column in COLUMNS])
        if number % AT_ONCE == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece


def _cell(name: str, value: Any) -> Any:
    """The apostrophe makes a spreadsheet take it as text."""
    if isinstance(value, list):
        value = SEPARATORS.get(name, "; ").join(value)
    elif isinstance(value, datetime):
        value = value.isoformat()
    elif isinstance(value, bool):
        value = json.dumps(value)
    if isinstance(value, str):
        value = value.replace("\0", "")
        return "'" + value if value.startswith(FORMULA) else value
    return value


DIALECT = Dialect("csv", "text/csv", "a table for spreadsheets, complete", write)
