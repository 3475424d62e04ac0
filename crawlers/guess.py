"""Guess which part of a JSON document is its list of jobs, and which field is what, by the names that sites use.

For `gigdex parse json_api FILE` and for what `gigdex board new` proposes; a person checks it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.bases.json_kind import JsonSpider
from crawlers.bases.spider import Draft
from crawlers.page import Page
from crawlers.row import BadPage, BadRow
from crawlers.tally import Tally

NAMES = {
    "title": "title jobtitle position headline name subject text",
    "external_id": "id uuid guid jobid key slug reference referencenumber",
    "url": "htmlurl url link joburl absoluteurl permalink webpageurl hostedurl pageurl href applyurl",
    "description": "description descriptionhtml jobdescription content body html details summary excerpt text",
    "organization": "company companyname employer employername organization organisation companydisplayname client",
    "posted_at": "postedat publishedat publicationdate createdat dateposted posted published pubdate created date",
    "expires_at": "expiresat expirydate expirationdate validthrough validto deadline applicationdeadline closingdate",
    "location": "location locationname candidaterequiredlocation city place locations",
    "remote": "remote isremote",
    "tags": "tags skills categories category department",
    "employment_type": "employmenttype jobtype type contracttype commitment",
    "apply_url": "applyurl applicationurl applicationlink",
    "language": "language lang",
}
PAY = {
    "min": "salarymin minsalary minimumsalary paymin budgetmin",
    "max": "salarymax maxsalary maximumsalary paymax budgetmax",
    "currency": "currency salarycurrency currencycode",
    "unit": "salaryperiod salaryunit salaryinterval payperiod period unit interval",
    "text": "salary pay compensation budget rate",
}
INSIDE = {
    "min": "min minvalue from minimum",
    "max": "max maxvalue to maximum",
    "currency": "currency",
    "unit": "unit period",
}
"""Names within an object of pay."""
LABELS = ("name", "label", "title", "display_name", "displayName", "city")
"""Where an object has the text that people read."""
DEPTH = 4


def guess(document: object) -> dict[str, Any]:
    """The table `[source]` for a document, without its address. Raises BadPage when no list in it looks like jobs."""
    best: tuple[int, str, list[dict[str, Any]]] | None = None
    for path, rows in lists(document):
        if "title" in fields_of(rows) and (best is None or len(rows) > best[0]):
            best = (len(rows), path, rows)
    if best is None:
        raise BadPage("no list of jobs in the document: none has objects with a title")
    _, path, rows = best
    fields = fields_of(rows)
    used = {root(expression) for name, expression in fields.items() if name != "pay"}
    used |= {root(expression) for expression in fields.get("pay", {}).values()}
    envelope = (
        [name for name in document if name != path.split(".")[0]] if isinstance(document, dict) and path != "@" else []
    )
    ignored = sorted({name for row in rows for name in row} - used)
    return {"items": path, "envelope": envelope, "ignore": ignored, "fields": fields}


def lists(value: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every list of objects in a document, with the path to it."""
    if isinstance(value, list):
        if value and all(isinstance(item, dict) for item in value):
            yield path or "@", value
    elif isinstance(value, dict) and depth < DEPTH:
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                yield from lists(inner, f"{path}.{quoted(name)}" if path else quoted(name), depth + 1)


def fields_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Expressions for the fields that rows seem to have."""
    merged: dict[str, Any] = {}
    for row in rows[:50]:
        for name, value in row.items():
            if merged.get(name) in (None, "", [], {}):
                merged[name] = value
    by_name = {plain(name): name for name in reversed(merged)}
    fields: dict[str, Any] = {}
    taken: set[str] = set()
    for field, words in NAMES.items():
        for name in (by_name[word] for word in words.split() if word in by_name):
            expression = readable(name, merged[name])
            if name not in taken and expression is not None and fits(field, merged[name]):
                fields[field] = expression
                taken.add(name)
                break
    if "title" in fields and (pay := pay_of(merged, by_name)):
        fields["pay"] = pay
    return fields


def pay_of(row: Mapping[str, Any], by_name: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part, words in PAY.items():
        for name in (by_name[word] for word in words.split() if word in by_name):
            value = row.get(name)
            if isinstance(value, dict):
                inner = {plain(one): one for one in value}
                for piece, spellings in INSIDE.items():
                    for spelling in spellings.split():
                        if spelling in inner and piece not in found:
                            found[piece] = f"{quoted(name)}.{quoted(inner[spelling])}"
            elif isinstance(value, str | int | float) and not (part == "text" and "min" in found):
                found[part] = quoted(name)
                break
    return found if {"min", "max", "text"} & set(found) else {}


def readable(name: str, value: object) -> str | None:
    """An expression for the text of a field; None when it has none."""
    if isinstance(value, str | int | float):
        return quoted(name)
    if isinstance(value, dict):
        return next((f"{quoted(name)}.{quoted(label)}" for label in LABELS if isinstance(value.get(label), str)), None)
    if isinstance(value, list) and value:
        if isinstance(value[0], str | int | float):
            return quoted(name)
        if isinstance(value[0], dict):
            label = next((label for label in LABELS if isinstance(value[0].get(label), str)), None)
            return f"{quoted(name)}[].{quoted(label)}" if label else None
    return None


def fits(field: str, value: object) -> bool:
    """Whether a value can be what its name says."""
    if field == "url":
        return isinstance(value, str) and value.startswith(("http", "/"))
    if field == "remote":
        return isinstance(value, bool)
    if field == "title":
        return isinstance(value, str) and bool(value.strip())
    return not isinstance(value, bool)


def plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def quoted(name: str) -> str:
    """A name as JMESPath takes it."""
    bare = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit()
    return name if bare else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def root(expression: str) -> str:
    return expression.split("[")[0].split(".")[0].strip('"')


class GuessedSpider(JsonSpider):
    """The kind `json_api` without a mapping: it is guessed for each document."""

    @classmethod
    def read_page(cls, page: Page, tally: Tally) -> Iterator[Draft | BadRow]:
        try:
            source = guess(page.json)
        except (BadPage, RecursionError):
            return super().read_page(page, tally)
        spider = JsonSpider.declared(cls.board, source | {"url": "https://example.org"})
        return spider.read_page(page, tally)
