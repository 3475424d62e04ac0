"""The generic kinds: what their documents' oddities become, and what a file may declare."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy import Request

from crawlers.bases.json_kind import JsonSpider
from crawlers.board import BadBoard, boards
from crawlers.declared import bare_kinds, declared, from_table
from crawlers.kinds import KINDS
from crawlers.mapping import compiled, paths_of, search
from crawlers.marks import status_mark, work_mark
from crawlers.page import Page
from crawlers.parse import parse_file, read_file
from crawlers.row import BadRow
from crawlers.tally import Tally
from index.normalize import normalize
from index.posting import Posting
from index.settings import Settings

TERMS = {"attribution": "X", "min_interval_s": 3600, "off": "a test"}
FACTS = {"name": "X", "homepage": "https://example.org", "terms": TERMS}


def table(kind: str, source: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return FACTS | {"kind": kind, "source": source} | facts


def json_board(**source: Any) -> Any:
    return from_table("x", table("json_api", {"url": "https://example.org/api", "fields": {"title": "t"}} | source))


def rows_of(spider: Any, data: object, tally: Tally | None = None) -> list[Posting | BadRow]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_file(spider, raw, "f", "https://example.org/list", tally))


def one(kind: str, data: str | bytes) -> Posting:
    (row,) = parse_file(kind, data.encode() if isinstance(data, str) else data, "f", "https://example.org/p")
    assert isinstance(row, Posting), row
    return row


# Files.


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.reads])
def test_the_least_that_a_kind_needs(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGDEX_KEY_REDDIT_CLIENT_ID", "id")
    monkeypatch.setenv("GIGDEX_KEY_REDDIT_CLIENT_SECRET", "secret")
    spider = from_table("x", table(kind, dict(KINDS[kind].example)))
    assert spider.board.id == "x"
    assert spider.shape == kind
    assert spider.base_url.startswith("https://")
    assert list(spider().first_requests())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "gopher"}, "kind: 'gopher' is none; there are: jobposting,"),
        ({"kind": ["rss"]}, "kind:"),
        ({"source": "x"}, "source: no table"),
        ({"source": {}}, "source.urls: Field required"),
        ({"source": {"urls": []}}, "source.urls:"),
        ({"source": {"urls": ["ftp://example.org"]}}, "source.urls.0: no http address"),
        ({"source": {"urls": ["https://{each}.example.org/"]}}, "no http address"),
        ({"source": {"urls": ["https://example.org/"], "colour": 1}}, "source.colour: Extra"),
        ({"terms": {"attribution": "X", "min_interval_s": 3600}}, "without evidence"),
        ({"terms": {**TERMS, "min_interval_s": 1}}, "terms.min_interval_s"),
        ({"colour": "red"}, "colour: Extra inputs"),
        ({"homepage": "example.org"}, "homepage"),
    ],
)
def test_a_bad_file_says_where(changes: dict[str, Any], error: str) -> None:
    with pytest.raises(BadBoard) as raised:
        from_table("x", table("rss", {"urls": ["https://example.org/"]}) | changes)
    assert error in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ({"fields": {"title": "a[?"}}, "source.fields.title: no JMESPath"),
        ({"fields": {"title": "t", "colour": "c"}}, "source.fields.colour"),
        ({"fields": {"url": "u"}}, "source.fields.title: Field required"),
        ({"paging": "page"}, "needs {page} in url"),
        ({"paging": "cursor"}, "needs cursor"),
        ({"paging": "sideways"}, "source.paging"),
        ({"zone": "Europe/Atlantis"}, "no time zone 'Europe/Atlantis'"),
        ({"each": ["a"]}, "each needs {each} in url"),
    ],
)
def test_a_bad_mapping_says_where(source: dict[str, Any], error: str) -> None:
    with pytest.raises(BadBoard) as raised:
        json_board(**source)
    assert error in str(raised.value)


def test_a_board_without_a_reader_must_be_off() -> None:
    evidence = [{"what": "https://example.org", "read": "2026-01-01", "says": "all is permitted"}]
    with pytest.raises(BadBoard, match=r"terms.off"):
        from_table("x", table("none", {}, terms=TERMS | {"off": None, "evidence": evidence}))
    (row,) = rows_of(from_table("x", table("none", {})), b"{}")
    assert "nobody wrote a reader for X: a test" in row.message  # type: ignore[union-attr]


OWN = 'kind = "rss"\nname = "X"\nhomepage = "https://example.org"\n[terms]\nattribution = "X"\nmin_interval_s = 3600\n'
OWN += 'off = "not asked yet"\n[source]\nurls = ["https://example.org/feed"]\n'


def test_an_operators_own_boards(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "boards"
    folder.mkdir()
    (folder / "mine.toml").write_text(OWN)
    (folder / "broken.toml").write_text("kind = ")
    (folder / "Bad Name.toml").write_text(OWN)
    (folder / "latin.toml").write_bytes(b'kind = "\xe9"')
    found = boards(Settings(data=tmp_path))
    assert "mine" in found
    assert found["mine"].board.absence_closes is False, "a feed shows its newest items"
    assert not {"broken", "Bad Name", "latin"} & set(found)
    assert [line for line in caplog.messages if "broken.toml is no board: broken.toml: no TOML" in line]
    assert len(caplog.messages) == 3
    assert declared(folder / "mine.toml").board.id == "mine"


# The mapping.


@pytest.mark.parametrize(
    ("expression", "value", "found"),
    [
        (r"capture('/(\d+)/', u)", {"u": "/go/12/"}, "12"),
        ("capture('b+', u)", {"u": "abbc"}, "bb"),
        ("capture('x', u)", {"u": "abc"}, None),
        ("capture('x', u)", {}, None),
        ("split(',', t)", {"t": " a, ,b"}, ["a", "b"]),
        ("split(',', t)", {}, []),
        ("joined(', ', [a, b, c])", {"a": "x", "c": 3}, "x, 3"),
        ("joined(', ', l)", {"l": [None, "", "  "]}, None),
        ("unescape(t)", {"t": "&amp;"}, "&"),
        ("a || b", {"b": 1}, 1),
    ],
)
def test_functions(expression: str, value: object, found: object) -> None:
    assert search(expression, value) == found


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("a.b", {"a", "a.b"}),
        ("a[].b || c", {"a", "a.b", "c"}),
        ("l[?x == 'y'].z", {"l", "l.x", "l.z"}),
        ("join('', ['u', a.b])", {"a", "a.b"}),
        ("{n: a, m: b}", {"a", "b"}),
        ("l[:3].joined(', ', [c, s])", {"l", "l.c", "l.s"}),
        ("l[0].x | y", {"l", "l.x", "l.x.y"}),
        ("'text'", set()),
        ("@", set()),
    ],
)
def test_what_an_expression_reads(expression: str, paths: set[str]) -> None:
    assert compiled(expression)
    assert {".".join(path) for path in paths_of(expression)} == paths


def test_every_field_of_a_mapped_row_is_accounted_for() -> None:
    spider = json_board(items="data.jobs", fields={"title": "t", "organization": "co.name"}, ignore=["x", "co.id"])
    tally = Tally()
    job = {"t": "T", "co": {"name": "N", "id": 1, "new": 2}, "x": {"y": 1}, "z": [{"q": 1}]}
    (row,) = rows_of(spider, {"data": {"jobs": [job], "more": 1}, "extra": 2}, tally)
    assert isinstance(row, Posting)
    assert {name: n for name, n in tally.counts.items() if ":" in name} == {
        "unknown_field:co.new": 1,
        "unknown_field:z": 1,
        "unknown_field:data.more": 1,
        "unknown_field:extra": 1,
    }


MAPPED = {
    "title": "t", "external_id": "id", "url": "u", "posted_at": "d", "expires_at": "e", "remote": "r", "tags": "g",
    "location": "l", "country": "c",
    "pay": {"min": "p.min", "max": "p.max", "currency": "p.c", "unit": "p.u"}, "extra": {"any": "q"},
}  # fmt: skip


def test_values_are_read_by_what_they_mean() -> None:
    data = {
        "t": "T", "id": 7, "u": "/a", "d": "2026-07-01T12:00:00", "e": 1795600000000, "r": "yes",
        "g": ["a", 1, "", "a"], "l": ["Turin", "Milan"], "c": "it", "q": {"deep": 1},
        "p": {"min": "12.5", "max": 0, "c": "EUR", "u": "Per Hour"},
    }  # fmt: skip
    (row,) = rows_of(json_board(fields=MAPPED, zone="Europe/Rome"), [data])
    assert isinstance(row, Posting)
    assert (row.external_id, row.url, row.remote, row.tags) == ("7", "https://example.org/a", True, ["a", "1"])
    assert str(row.posted_at) == "2026-07-01 10:00:00+00:00"
    assert (row.location, row.country, row.extra) == ("Turin; Milan", "IT", {"any": {"deep": 1}})
    assert row.pay is not None
    assert (row.pay.min, row.pay.max, row.pay.currency, row.pay.unit) == (12.5, None, "EUR", "hour")


def test_values_of_other_types_are_counted_and_the_rest_kept() -> None:
    data = {
        "t": "T",
        "id": {"a": 1},
        "u": {"x": 1},
        "d": "soon",
        "e": True,
        "r": "maybe",
        "g": {"x": 1},
        "l": {"x": 1},
        "p": "lots",
    }
    tally = Tally()
    (row,) = rows_of(json_board(fields=MAPPED), [data], tally)
    assert isinstance(row, Posting)
    assert row.title == "T"
    bad = {name.removeprefix("bad_field:") for name in tally.counts if name.startswith("bad_field")}
    assert bad == {"external_id", "posted_at", "expires_at", "remote", "tags", "location", "url"}


def test_rows_that_a_mapping_marks() -> None:
    spider = json_board(skip="ad", seeks_work="type == 'cv'", closed="filled")
    tally = Tally()
    rows = rows_of(
        spider, [{"t": "A", "ad": True}, {"t": "B", "type": "cv"}, {"t": "C", "filled": True}, {"t": "D"}], tally
    )
    assert [row.extra for row in rows if isinstance(row, Posting)] == [
        {"kind": "seeking_work"},
        {"status": "closed"},
        {},
    ]
    assert tally.counts["skipped"] == 1


def test_a_lone_currency_is_no_pay() -> None:
    (row,) = rows_of(json_board(fields=MAPPED), [{"t": "T", "p": {"c": "EUR", "u": "hour"}}])
    assert isinstance(row, Posting)
    assert row.pay is None


def test_json_without_rows_says_what_it_has() -> None:
    (row,) = rows_of(json_board(items="jobs"), {"message": "Too many requests"})
    assert row == BadRow(0, "nothing at 'jobs' in the response: {'message': 'Too many requests'}")


# Feeds.


def item(inner: str, namespaces: str = "") -> str:
    return f"<rss{namespaces}><channel><title>Site</title><item><title>T</title>{inner}</item></channel></rss>"


@pytest.mark.parametrize(
    ("inner", "field", "value"),
    [
        ("<job_listing:company>A &amp;amp; B</job_listing:company>", "organization", "A & B"),
        ("<x:companyName><![CDATA[A &#038; B]]></x:companyName>", "organization", "A & B"),
        ("<job_listing:location>Graz</job_listing:location>", "location", "Graz"),
        ("<job_listing:salary>$20/hr</job_listing:salary>", "pay.text", "$20/hr"),
        ("<j:expires_at>Fri, 01 Jan 2027 00:00:00 +0000</j:expires_at>", "expires_at", "2027-01-01 00:00:00+00:00"),
        ("<link>https://example.org/1</link><guid>g</guid>", "external_id", "g"),
        ("<guid>https://example.org/2</guid>", "url", "https://example.org/2"),
        ("<guid>a</guid><guid>b</guid>", "external_id", "a"),
        ("<category>One</category><category>Two</category>", "tags", "['One', 'Two']"),
        ("<description>&lt;p&gt;a&amp;amp;b&lt;/p&gt;</description>", "description", "<p>a&amp;b</p>"),
        ("<type>Contract</type>", "employment_type", "Contract"),
        (
            "<job_listing:job_type>Product</job_listing:job_type>"
            "<job_listing:job_category>Full Time</job_listing:job_category>",
            "employment_type",
            "Full Time",
        ),
    ],
)
@pytest.mark.parametrize("namespaces", ["", ' xmlns:job_listing="https://example.org" xmlns:x="urn:x" xmlns:j="urn:j"'])
def test_items_of_feeds(inner: str, field: str, value: str, namespaces: str) -> None:
    found: Any = one("rss", item(inner, namespaces))
    for name in field.split("."):
        found = getattr(found, name)
    assert str(found) == value


def test_an_atom_entry() -> None:
    row = one(
        "rss",
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:1</id><title>T</title><link rel="self" href="/x"/>'
        '<link href="https://example.org/t"/><category term="c" label="C"/><published>2026-11-01T00:00:00Z</published>'
        "<updated>2026-11-02T00:00:00Z</updated><author><name>Somebody</name></author>"
        '<content type="html">x</content></entry></feed>',
    )
    assert (row.external_id, row.url, row.tags, str(row.posted_at)[:10]) == (
        "tag:1",
        "https://example.org/t",
        ["C"],
        "2026-11-01",
    )
    assert "Somebody" not in row.model_dump_json()


@pytest.mark.parametrize(
    ("job", "pay"),
    [
        ("<salary>3000 - 5000</salary>", {"text": "3000 - 5000"}),
        (
            "<salary><min>10</min><max>12</max><currency>EUR</currency><type>hour</type></salary>",
            {"min": 10.0, "max": 12.0},
        ),
        (
            "<salary_min>10</salary_min><salary_currency>GBP</salary_currency>"
            "<salary_frequency>annum</salary_frequency>",
            {"unit": "year"},
        ),
        ("<salary></salary>", None),
        ("<salary><salary_currency>EUR</salary_currency></salary>", None),
    ],
)
def test_pay_in_partner_feeds(job: str, pay: dict[str, Any] | None) -> None:
    row = one("xml_feed", f"<jobs><job><title>T</title><id>1</id><url>https://example.org/1</url>{job}</job></jobs>")
    found = row.pay.model_dump(exclude_none=True) if row.pay else None
    assert found == pay or (found is not None and pay is not None and pay.items() <= found.items())


def test_a_feed_that_turned_empty_has_no_rows() -> None:
    assert list(parse_file("xml_feed", b"<source><publisher>X</publisher></source>", "f")) == []


def test_an_offer_within_a_job_is_no_job_of_its_own() -> None:
    page = "<jobs><job><title>T</title><id>1</id><position>Front row</position><offer><id>x</id></offer></job></jobs>"
    assert one("xml_feed", page).external_id == "1"


# Sitemaps.


def sitemap(*entries: str) -> bytes:
    return f"<urlset>{''.join(f'<url>{entry}</url>' for entry in entries)}</urlset>".encode()


def asked_of(source: dict[str, Any], data: bytes) -> list[str]:
    spider = from_table("x", table("jobposting", {"urls": ["https://example.org/sitemap.xml"]} | source))()
    list(spider.first_requests())
    requests = spider.read_any(Page(data, "s", "https://example.org/sitemap.xml"))  # type: ignore[attr-defined]
    return [urlsplit(request.url).path for request in requests]


def test_pages_of_a_sitemap_come_newest_first() -> None:
    today, old = datetime.now(UTC).date().isoformat(), "2020-01-01T10:00:00+01:00"
    pages = sitemap(
        "<loc>https://example.org/jobs/unknown</loc>",
        f"<loc>https://example.org/jobs/old</loc><lastmod>{old}</lastmod>",
        f"<lastmod>{today}</lastmod><loc> https://example.org/jobs/new </loc>",
        "<loc>https://example.org/jobs/odd</loc><lastmod>yesterday</lastmod>",
        f"<loc>https://example.org/about</loc><lastmod>{today}</lastmod>",
        "<loc>https://elsewhere.example/jobs/5</loc>",
        "<loc></loc>",
    )
    everything = ["/jobs/new", "/about", "/jobs/old", "/jobs/unknown", "/jobs/odd"]
    assert asked_of({}, pages) == everything
    assert asked_of({"pages": "^/jobs/"}, pages) == [path for path in everything if path != "/about"]
    assert asked_of({"newer_than_days": 30}, pages) == [path for path in everything if path != "/jobs/old"]
    assert asked_of({}, gzip.compress(pages)) == everything


def test_pages_that_are_not_asked_are_not_gone() -> None:
    urls = {"urls": ["https://example.org/sitemap.xml"]}
    assert from_table("x", table("jobposting", urls)).board.absence_closes
    assert not from_table("x", table("jobposting", urls | {"newer_than_days": 30})).board.absence_closes


def test_an_index_of_sitemaps_leaves_out_those_that_have_not_changed() -> None:
    entries = [
        "<loc>https://example.org/a.xml.gz</loc><lastmod>2020-01-01</lastmod>",
        "<loc>https://example.org/b.xml.gz</loc>",
    ]
    index = f"<sitemapindex>{''.join(f'<sitemap>{entry}</sitemap>' for entry in entries)}</sitemapindex>".encode()
    assert asked_of({"pages": "^/jobs/"}, index) == ["/a.xml.gz", "/b.xml.gz"]
    assert asked_of({"pages": "^/jobs/", "newer_than_days": 30}, index) == ["/b.xml.gz"]


# Marks.


@pytest.mark.parametrize(
    ("title", "flair", "kind"),
    [
        ("[Hiring] Logo, $50", None, "offer"),
        ("[HIRING][Remote] Logo", None, "offer"),
        ("(hiring) Logo", None, "offer"),
        ("Hiring: logo", None, "offer"),
        ("[TASK] Count benches", None, "offer"),
        ("[Paid!!] Restore a photo", None, "offer"),
        ("[For Hire] Illustrator", None, "seeking_work"),
        ("[FORHIRE] Illustrator", None, "seeking_work"),
        ("FOR HIRE - illustrator", None, "seeking_work"),
        ("[OFFER] I draw your pet", None, "seeking_work"),
        ("SEEKING WORK | Remote", None, "seeking_work"),
        ("SEEKING FREELANCER | Remote", None, "offer"),
        ("Logo for a bakery", "Hiring - Open", "offer"),
        ("Illustrator here", "For Hire", "seeking_work"),
        ("Why is hiring so slow?", None, None),
        ("Offer accepted!", "Discussion", None),
        ("Logo (offer: $50) [Hiring]", None, "offer"),
        ("[Hiring] Logo (available now)", "For Hire", "offer"),
        ("[HIRING - remote] Logo", None, "offer"),
        ("Logo, price (offer)", "Hiring", "seeking_work"),
    ],
)
def test_offers_are_told_from_people_who_seek_work(title: str, flair: str | None, kind: str | None) -> None:
    assert work_mark(title, flair) == kind


@pytest.mark.parametrize(
    ("flair", "status"), [("Hiring - Filled", "filled"), ("[CLOSED]", "closed"), ("Hiring - Open", None), (None, None)]
)
def test_filled_posts(flair: str | None, status: str | None) -> None:
    assert status_mark(flair) == status


def test_a_board_may_have_tags_of_its_own() -> None:
    spider = from_table("x", table("reddit", {"subreddits": ["favors"], "offers": ["request"], "seeks": ["can help"]}))
    rows = rows_of(
        spider, [{"id": "1", "title": "[Request] Move a piano"}, {"id": "2", "title": "[Can help] with pianos"}]
    )
    assert [row.extra["kind"] for row in rows if isinstance(row, Posting)] == ["offer", "seeking_work"]


@pytest.mark.parametrize("kind", ["offer", "seeking_work"])
def test_what_the_board_says_decides_where_the_title_has_no_tag(kind: str) -> None:
    posting = Posting(board="x", external_id="1", url="https://example.org/1", title="Kites", extra={"kind": kind})
    gig = normalize(posting)
    assert gig.kind == kind
    assert gig.evidence["kind"][0].source == "board"


def test_a_run_that_reads_the_newest_only_is_complete_with_them() -> None:
    """Else a board with more than its bound of pages would never be read completely, nor shown where its terms ask for
    that."""
    spider: Any = boards()["freelancer"]()
    pages = [Page(json.dumps([{"id": n * 100 + i, "title": "T"} for i in range(100)]).encode(), "x") for n in range(20)]
    following = [[one for one in spider.read_postings(page) if isinstance(one, Request)] for page in pages]
    assert [len(requests) for requests in following] == [1] * 18 + [0, 0]
    assert spider.tally.complete


def test_every_kind_reads_its_own_board() -> None:
    for name, spider in bare_kinds().items():
        assert spider.name == name
        assert issubclass(spider, KINDS[name])
    assert issubclass(bare_kinds()["json_api"], JsonSpider)
