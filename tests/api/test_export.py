"""Exports: complete, exact, harmless."""

import csv
import io
import json

import pytest

from index.export import COLUMNS, export, formats, write_csv
from index.gig import Gig
from index.query import BadQuery, SearchQuery
from index.search import Search
from index.terms import OPERATOR
from tests.api import made_up
from tests.api.made_up import NOW

EVERYTHING = SearchQuery.build(status=["open", "closed"], risk=["all"])


def exported(search: Search, format: str, query: SearchQuery, channel: str = "feed") -> tuple[int, bytes]:
    out = io.BytesIO()
    count = export(format, query, search, NOW, out, channel)
    return count, out.getvalue()


def test_ndjson_holds_every_gig_once_and_whole(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.export.PAGE", 7)
    count, body = exported(search, "ndjson", EVERYTHING)
    gigs = [Gig.model_validate_json(line) for line in body.split(b"\n")[:-1]]
    assert count == len(gigs)
    assert {gig.id: gig for gig in gigs} == {gig.id: gig for gig in made_up.GIGS}


def test_filters_hold(search: Search) -> None:
    _, body = exported(search, "ndjson", SearchQuery.build(q="interviews"))
    assert [json.loads(line)["id"] for line in body.splitlines()] == [made_up.TRANSCRIBE.id]


def test_only_what_boards_permit_in_feeds(search: Search) -> None:
    _, body = exported(search, "ndjson", EVERYTHING)
    assert made_up.HIDDEN.title.encode() not in body
    assert made_up.LINK_ONLY.title.encode() not in body
    _, all_of_it = exported(search, "ndjson", EVERYTHING, OPERATOR)
    assert made_up.HIDDEN.title.encode() in all_of_it


def test_csv_is_rfc_4180_in_utf_8(search: Search) -> None:
    count, body = exported(search, "csv", EVERYTHING)
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8"), newline="")))
    assert body.startswith(b"id,title,")
    assert body.endswith(b"\r\n")
    assert count == len(rows) == len(made_up.GIGS)
    assert all(None not in row and None not in row.values() for row in rows)
    lesson = next(row for row in rows if row["id"] == made_up.LESSON.id)
    assert (lesson["pay_min"], lesson["pay_currency"], lesson["usd_max"]) == ("40.0", "EUR", "43.2")
    assert lesson["places"] == "Berlin; Potsdam"
    survey = next(row for row in rows if row["id"] == made_up.SURVEY.id)
    assert (survey["pay_currency"], survey["minimum_payout"]) == ("points", "25.0")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_csv_holds_no_formulas(start: str) -> None:
    bad = f'{start}HYPERLINK("https://evil.example";"x")'
    gig = made_up.gig(50, bad, description=bad, organization=bad)
    out = io.BytesIO()
    write_csv([gig], out)
    header, row = csv.reader(io.StringIO(out.getvalue().decode(), newline=""))
    assert header == list(COLUMNS)
    cells = dict(zip(header, row, strict=True))
    for name in ("title", "description", "organization"):
        assert cells[name] == "'" + bad
    assert not any(cell.startswith(start) for cell in row)


@pytest.mark.parametrize(
    ("query", "name"),
    [({"limit": 20}, "limit"), ({"cursor": "x"}, "cursor"), ({"q": "a", "sort": "relevance"}, "sort")],
)
@pytest.mark.parametrize("format", sorted(formats))
def test_what_would_cut_it_short_is_refused(search: Search, format: str, query: dict[str, object], name: str) -> None:
    with pytest.raises(BadQuery) as error:
        exported(search, format, SearchQuery.build(**query))
    assert error.value.parameter == name


def test_an_unknown_format_names_the_known_ones(search: Search) -> None:
    with pytest.raises(BadQuery, match="ndjson"):
        exported(search, "xls", SearchQuery())
