"""Reading saved responses: the real ones without losing a row, hostile ones without raising."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.page import MAX_BYTES
from crawlers.parse import UnknownBoard, kinds, parse_file
from crawlers.row import BadRow
from crawlers.tally import Tally
from index.posting import Posting

REAL = ["remotive", "remoteok", "jobicy", "hackernews", "weworkremotely", "freelancer", "jobposting", "sitemaps"]


def read(board: str, data: bytes | str, name: str = "file", url: str | None = None) -> list[Posting | BadRow]:
    return list(parse_file(board, data.encode() if isinstance(data, str) else data, name, url))


def count_rows(board: str, data: bytes) -> int:
    """Rows of a real response, counted by other means than the spiders'."""
    if board == "sitemaps":
        return 0
    if board == "weworkremotely":
        return len(re.findall(rb"<item>", data))
    if board == "jobposting":
        return len(re.findall(rb"JobPosting", data))  # each of these pages has one
    if board == "hackernews":
        return len(re.findall(rb'"(?:comment_text|text)":', data))
    value: Any = json.loads(data)
    if isinstance(value, dict):
        value = value["result"]["projects"] if board == "freelancer" else value["jobs"]
    return sum(1 for row in value if "legal" not in row)


@pytest.mark.parametrize("board", REAL)
def test_every_row_of_every_real_response(shared: Path, board: str) -> None:
    files = sorted((shared / "boards" / board).iterdir())
    assert files
    for file in files:
        tally = Tally()
        rows = list(parse_file(board, file.read_bytes(), file.name, None, tally))
        assert len(rows) == count_rows(board, file.read_bytes()), file.name
        assert all(isinstance(row, Posting) and row.board == board for row in rows), file.name
        assert len({row.key for row in rows if isinstance(row, Posting)}) == len(rows), file.name
        assert not [name for name in tally.counts if name.startswith(("unknown_field", "bad_"))], file.name


def test_kinds_and_unknown_names() -> None:
    assert set(REAL) <= set(kinds())
    with pytest.raises(UnknownBoard, match="nosuch"):
        parse_file("nosuch", b"", "f")


def test_bare_list_without_its_envelope() -> None:
    row = {"id": 1, "url": "https://remotive.com/1", "title": "A"}
    assert [r.external_id for r in read("remotive", json.dumps([row])) if isinstance(r, Posting)] == ["1"]
    assert [r.external_id for r in read("hackernews", '[{"id": 2, "text": "B"}]') if isinstance(r, Posting)] == ["2"]


def test_a_row_without_link_and_id() -> None:
    rows = read("remotive", '[{"title": "A"}, {"title": "B"}]', "saved.json")
    assert [r.url for r in rows if isinstance(r, Posting)] == [
        "urn:gigdex:file:saved.json#1",
        "urn:gigdex:file:saved.json#2",
    ]
    again = read("remotive", '[{"title": "A"}, {"title": "B"}]', "saved.json")
    assert rows == again
    given_url = read("remotive", '[{"title": "A"}]', "saved.json", "https://x.example/jobs")
    assert isinstance(given_url[0], Posting)
    assert given_url[0].url == "https://x.example/jobs"
    assert given_url[0].external_id != rows[0].external_id  # type: ignore[union-attr]


def test_a_broken_row_is_one_line_and_the_rest_is_read() -> None:
    rows = read("remotive", json.dumps({"jobs": ["text", None, {"id": 1}, {"id": 2, "title": "Good"}]}))
    assert [type(row) for row in rows] == [BadRow, BadRow, BadRow, Posting]
    assert [row.number for row in rows if isinstance(row, BadRow)] == [1, 2, 3]
    assert all("\n" not in row.message for row in rows if isinstance(row, BadRow))


WRONG_TYPES = {
    "id": {"a": 1},
    "url": ["x"],
    "title": "Kept",
    "position": "Kept",
    "jobTitle": "Kept",
    "text": "Kept",
    "tags": {"a": []},
    "jobs": 5,
    "jobType": 7,
    "jobIndustry": [1, {}, None],
    "description": 3.5,
    "budget": [],
    "currency": "EUR",
    "salary_min": "lots",
    "salaryMin": {},
    "publication_date": "9999-01-01",
    "date": 1e400,
    "pubDate": [],
    "created_at": True,
    "bid_stats": None,
    "location": 0,
    "bidperiod": 1e308,
    "time_submitted": -1,
    "local": "maybe",
}


@pytest.mark.parametrize("board", ["remotive", "remoteok", "jobicy", "hackernews", "freelancer"])
def test_wrong_types_everywhere_keep_the_title(board: str) -> None:
    (row,) = read(board, json.dumps([WRONG_TYPES]))
    assert isinstance(row, Posting)
    assert row.title == "Kept"


@pytest.mark.parametrize("board", REAL)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"<!DOCTYPE html><html><body>Just a moment...</body></html>",
        b'{"jobs": [{"title": "cut off"',
        b"[" * 100_000,
        b'{"children": ' * 50_000,
        b"<rss><channel><item><title>cut",
        b"\x1f\x8bnot gzip at all",
        b"null",
        b'{"message": "Too many requests"}',
    ],
)
def test_hostile_files_never_raise(board: str, data: bytes) -> None:
    for row in read(board, data):
        assert isinstance(row, BadRow | Posting)
        if isinstance(row, BadRow):
            assert row.message
            assert "\n" not in row.message


@settings(max_examples=60, deadline=None)
@given(board=st.sampled_from(REAL), data=st.binary(max_size=200))
def test_no_bytes_raise(board: str, data: bytes) -> None:
    read(board, data)


def test_html_instead_of_json_says_so() -> None:
    (row,) = read("remotive", "<!doctype html><html></html>")
    assert row == BadRow(0, row.message)
    assert "an HTML page" in row.message


def test_a_gzip_bomb_is_bounded() -> None:
    bomb = gzip.compress(b" " * (MAX_BYTES + 1_000_000), 1)
    (row,) = read("remotive", bomb)
    assert row == BadRow(0, f"larger than {MAX_BYTES} bytes")


def test_gzip_files_are_read() -> None:
    (row,) = read("remotive", gzip.compress(b'[{"title": "Packed"}]'))
    assert isinstance(row, Posting)


BILLION_LAUGHS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY file SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>Laughs</title><description>&d;&d;&file;</description></item></channel></rss>"""


def test_entities_are_not_expanded() -> None:
    (row,) = read("weworkremotely", BILLION_LAUGHS)
    assert isinstance(row, Posting)
    assert len(row.description or "") < 100
    assert "root:" not in (row.description or "")


def test_a_cut_feed_keeps_what_came() -> None:
    whole = "<rss><channel><item><title>One</title></item><item><title>Two</title></item></channel></rss>"
    rows = read("weworkremotely", whole[: whole.index("Two")])
    assert [row.title for row in rows if isinstance(row, Posting)] == ["One"]
    assert any("damaged XML" in row.message for row in rows if isinstance(row, BadRow))


def test_undeclared_prefixes_are_read() -> None:
    feed = "<rss><channel><item><title>T</title><odd:thing>x</odd:thing></item></channel></rss>"
    tally = Tally()
    (row,) = parse_file("weworkremotely", feed.encode(), "f", None, tally)
    assert isinstance(row, Posting)
    assert tally.counts["unknown_field:odd:thing"] == 1


def test_relative_links_need_the_address_of_their_page() -> None:
    data = json.dumps([{"id": 1, "title": "T", "url": "/jobs/1"}])
    (row,) = read("jobposting", data, "f")
    assert isinstance(row, Posting)
    assert row.url == "urn:gigdex:file:f#1"
    (row,) = read("jobposting", data, "f", "https://site.example/list")
    assert isinstance(row, Posting)
    assert row.url == "https://site.example/jobs/1"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[bad", "  "])
def test_only_web_addresses_become_links(link: str) -> None:
    (row,) = read("remotive", json.dumps([{"id": 1, "title": "T", "url": link}]), "f")
    assert isinstance(row, Posting)
    assert row.url == "urn:gigdex:file:f#1"


def test_remoteok_zero_is_unknown() -> None:
    rows = read("remoteok", '[{"id": "1", "position": "T", "salary_min": 0, "salary_max": 0}]')
    assert isinstance(rows[0], Posting)
    assert rows[0].pay is None


def test_hackernews_title_is_the_first_line_and_seekers_stay() -> None:
    texts = [
        "SEEKING WORK | Remote<p>me",
        "<i>Acme</i> &amp; Co\nsecond line",
        "x" * 5000,
    ]
    rows = read("hackernews", json.dumps([{"id": n, "text": text} for n, text in enumerate(texts, 1)]))
    titles = [row.title for row in rows if isinstance(row, Posting)]
    assert titles[:2] == ["SEEKING WORK | Remote", "Acme & Co"]
    assert len(titles[2]) == 300


def test_a_two_megabyte_description_is_kept() -> None:
    (row,) = read("remotive", json.dumps([{"title": "Long", "description": "x" * 2_100_000}]))
    assert isinstance(row, Posting)
    assert len(row.description or "") == 2_000_000


def test_json_of_another_encoding() -> None:
    (row,) = read("remotive", '[{"title": "Café"}]'.encode("utf-16"))
    assert isinstance(row, Posting)
    assert row.title == "Café"
    (row,) = read("remotive", '[{"title": "Caf\xe9"}]'.encode("latin-1"))
    assert isinstance(row, Posting)
