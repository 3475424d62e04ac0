"""Feeds by outside readers: every format is taken by a parser that isn't ours, whatever gigs say."""

import csv
import gzip
import io
import json
import re
from datetime import UTC, date, datetime
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import jsonschema
import pyarrow.csv
import pyarrow.parquet
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from crawlers.bases.xml_feed import XmlFeedSpider
from crawlers.page import Page
from crawlers.row import Row as BoardRow
from crawlers.tally import Tally
from index.gig import Gig, Pay, Place, Source
from index.normalize import normalize
from index.posting import read_posting
from index.query import SearchQuery
from index.search import Search
from index.store.stream import Row
from index.stream import Owner, Stream
from index.terms import OPERATOR
from search_api.export import Feed, dialect_of
from search_api.feeds import dialects
from search_api.feeds.base import Head
from search_api.feeds.columns import COLUMNS
from search_api.feeds.csv import FORMULA
from search_api.saved_feed import json_feed, rss
from tests.api import made_up
from tests.api.conftest import Client, MakeClient, as_operator, later
from tests.api.made_up import NOW

EVERYTHING = {"status": ["open", "closed"], "risk": ["all"]}
COMPLETE = [name for name, dialect in dialects().items() if not dialect.paged]
PAGED = [name for name, dialect in dialects().items() if dialect.paged]
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "docs" / "schemas" / "feed.xsd"))
JSON_FEED = json.loads((Path(__file__).parent / "jsonfeed-1.1.schema.json").read_text(encoding="utf-8"))


def exported(format: str, search: Search, stream: Stream, channel: str = "feed", **query: Any) -> bytes:
    dialect = dialect_of(format)
    feed = Feed(dialect, SearchQuery.build(**query), channel, "https://gigdex.example", NOW, search, stream)
    return b"".join(feed.pieces())


# --- what any gig may say --------------------------------------------------------------------------------------

NASTY = st.sampled_from(
    ["]]>", "<![CDATA[", "\x00\x08\x1f\x7f",
     "\u202e\u05e9\u05dc\u05d5\u05dd\u202c", "\U0001f469\u200d\U0001f4bb", "\ufffe\uffff",
     "&amp; & <b>",
     '"quoted", and more', "=1+1", "\r\nline", "e\u0301", "\u2028"]
)  # fmt: skip
texts = st.lists(NASTY | st.text(max_size=20), max_size=4).map("".join)
amounts = st.none() | st.floats(0, 1e15, allow_nan=False) | st.sampled_from([0.0, 1e-9, 0.004, 123456789012345.0])
moments = st.none() | st.integers(631_152_000, 4_102_444_800).map(lambda s: datetime.fromtimestamp(s, UTC))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    number = draw(st.integers(1, 2**31 - 1))
    places = [Place(text=draw(texts), city=draw(st.none() | texts), country=draw(st.sampled_from([None, "DE", "US"])))]
    gig = Gig(
        id=f"{number:016d}".translate(str.maketrans("0189", "abcd")),
        title=draw(texts),
        description=draw(texts),
        description_html=draw(st.sampled_from(["", "<p>Text with <b>marks</b> &amp; ]]&gt;</p>"])),
        organization=draw(st.none() | texts),
        places=draw(st.sampled_from([[], places])),
        pay=Pay(
            status=draw(st.sampled_from(["stated", "negotiable"])),
            unit=draw(st.sampled_from([None, "hour", "task", "word"])),
            min=draw(amounts),
            max=draw(amounts),
            currency=draw(st.sampled_from([None, "USD", "JPY"])),
        ),
        sources=[
            Source(
                board="tasks",
                external_id="1",
                url=draw(st.sampled_from(["https://tasks.example/1?a=1&b=<2>", "javascript:alert(1)", ""])),
                attribution=draw(texts),
            )
        ],
        posted_at=draw(moments),
        expires_at=draw(moments),
    )
    content = gig.model_dump(mode="python", exclude_none=True)
    text = Gig.model_validate(content).model_dump_json(exclude_none=True)
    return Row(number, gig.id, number, "open", draw(moments.filter(bool)), None, None, text)


HEAD = Head(
    title="Gigs: “]]>” & more",
    base="https://gigdex.example",
    itself="https://gigdex.example/feeds/rss?q=a&cursor=b",
    first="https://gigdex.example/feeds/rss?q=a",
    search="https://gigdex.example/?q=a",
    updated=NOW,
    owners=[Owner(id="tasks", name="Tidy", homepage="https://tasks.example/?a&b", attribution="Gigs by ]]> <Tidy>")],
    next="https://gigdex.example/feeds/rss?q=a&cursor=c",
)


def written(format: str, gigs: list[Row]) -> bytes:
    return b"".join(dialect_of(format).write(HEAD, gigs))


many = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
some = st.lists(rows(), max_size=10, unique_by=lambda row: row.seq)


def plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


@pytest.mark.slow
@given(some)
@many
def test_feedparser_takes_rss_and_atom_without_complaint(gigs: list[Row]) -> None:
    for name, version in (("rss", "rss20"), ("atom", "atom10")):
        parsed = feedparser.parse(written(name, gigs), sanitize_html=False)
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == version
        assert [entry.link.rsplit("/", 1)[1] for entry in parsed.entries] == [row.id for row in gigs]
        assert {link["rel"]: link["href"] for link in parsed.feed.links}["next"] == HEAD.next
        assert "]]>" in parsed.feed.rights
        for entry in parsed.entries:
            assert entry.published_parsed is not None


@pytest.mark.slow
@given(some)
@many
def test_json_feed_is_valid_by_its_schema(gigs: list[Row]) -> None:
    feed = json.loads(written("jsonfeed", gigs))
    jsonschema.Draft202012Validator(JSON_FEED, format_checker=jsonschema.FormatChecker()).validate(feed)
    assert [item["id"] for item in feed["items"]] == [row.id for row in gigs]
    assert feed["authors"] == [{"name": "Gigs by ]]> <Tidy>", "url": "https://tasks.example/?a&b"}]
    assert feed["_gigdex"]["schema_version"] == 1


@pytest.mark.slow
@given(some)
@many
def test_xml_is_valid_by_our_schema_and_comes_back_through_our_own_board(gigs: list[Row]) -> None:
    body = written("xml", gigs)
    SCHEMA.assertValid(etree.fromstring(body))
    page = Page(body, "feed.xml", "https://gigdex.example/feeds/xml")
    drafts = [XmlFeedSpider.read(BoardRow(value)) for value in XmlFeedSpider.rows(page, Tally())]
    assert [draft["external_id"] for draft in drafts] == [row.id for row in gigs]
    assert [draft["url"] for draft in drafts] == [f"https://gigdex.example/gig/{row.id}" for row in gigs]


def test_real_feeds_come_back_as_they_were(shared: Path) -> None:
    """What other sites' real feeds say goes through our postings and gigs into our feed and is read again."""
    read = 0
    for file in sorted((shared / "boards" / "xml-feeds").glob("*.xml")):
        page = Page(file.read_bytes(), file.name, "https://site.example/feed.xml")
        gigs: dict[str, Gig] = {}
        for number, value in enumerate(islice(XmlFeedSpider.rows(page, Tally()), 40)):
            draft = XmlFeedSpider.read(BoardRow(value)) if isinstance(value, dict) else {}
            if draft.get("title"):
                title, text = draft["title"], draft.get("description")
                its = {"board": "site", "external_id": str(number), "url": "https://site.example/", "title": title}
                posting, _ = read_posting(its | {"description": text, "organization": draft.get("organization")})
                gig = normalize(posting, date(2026, 5, 1))
                gigs[gig.id] = gig
        rows = [
            Row(
                n,
                gig.id,
                n,
                "open",
                NOW,
                None,
                None,
                gig.model_dump_json(exclude_none=True, exclude={"seq", "revision"}),
            )
            for n, gig in enumerate(gigs.values(), 1)
        ]
        body = written("xml", rows)
        SCHEMA.assertValid(etree.fromstring(body))
        ours = Page(body, "feed.xml", "https://gigdex.example/feeds/xml")
        back = {
            draft["external_id"]: draft
            for draft in (XmlFeedSpider.read(BoardRow(value)) for value in XmlFeedSpider.rows(ours, Tally()))
        }
        assert back.keys() == gigs.keys()
        for gig in gigs.values():
            draft = back[gig.id]
            assert plain(unescape(draft["title"])) == plain(unescape(gig.title))
            assert plain(unescape(draft["organization"] or "")) == plain(unescape(gig.organization or ""))
        read += len(back)
    assert read > 100


@pytest.mark.slow
@given(some)
@many
def test_ndjson_is_exact(gigs: list[Row]) -> None:
    lines = written("ndjson", gigs).split(b"\n")[:-1]
    assert [Gig.model_validate_json(line) for line in lines] == [row.gig for row in gigs]


@pytest.mark.slow
@given(some)
@many
def test_csv_and_parquet_are_the_same_table(gigs: list[Row]) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(written("parquet", gigs)))
    said = json.loads(table.schema.metadata[b"gigdex"])
    assert (said["schema_version"], said["boards"][0]["attribution"]) == (1, "Gigs by ]]> <Tidy>")
    cells = list(csv.DictReader(io.StringIO(written("csv", gigs).decode("utf-8"), newline="")))
    assert table.column_names == [column.name for column in COLUMNS]
    assert table.num_rows == len(cells) == len(gigs)
    for typed, text, row in zip(table.to_pylist(), cells, gigs, strict=True):
        assert typed["title"] == row.gig.title
        assert text["title"].removeprefix("'") == row.gig.title.replace("\0", "").removeprefix("'")
        for name, amount in (("pay_min", row.gig.pay.min), ("pay_max", row.gig.pay.max)):
            assert typed[name] == amount
            assert (float(text[name]) if text[name] else None) == typed[name]
        assert not any((cell or "").startswith(FORMULA) for cell in text.values())
    strict = pyarrow.csv.ParseOptions(newlines_in_values=True)
    assert pyarrow.csv.read_csv(io.BytesIO(written("csv", gigs)), parse_options=strict).num_rows == len(gigs)


@given(texts)
@settings(max_examples=50, deadline=None)
def test_the_private_feed_of_a_saved_search_is_as_hard_to_break(text: str) -> None:
    gig = made_up.gig(60, f"A {text}", organization=text)
    parsed = feedparser.parse(rss(text, "https://gigdex.example", [(gig, NOW)], NOW))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert [entry.id for entry in parsed.entries] == [gig.id]
    jsonschema.Draft202012Validator(JSON_FEED).validate(
        json.loads(json_feed(text, "https://gigdex.example", [(gig, NOW)], NOW))
    )


@pytest.mark.parametrize("format", ["rss", "atom", "jsonfeed", "xml"])
def test_an_entry_names_each_board_however_many_postings_it_has(format: str) -> None:
    """Also one whose posting has no page in the web."""
    many = [Source(board="a", external_id=str(n), url=f"https://a.example/{n}", attribution="By A") for n in range(30)]
    late = Source(board="b", external_id="1", url="https://b.example/1", attribution="By B & Sons")
    file = Source(board="c", external_id="1", url="urn:gigdex:file:x#1", attribution="By C")
    gig = made_up.gig(61, "Carry boxes", sources=[*many, late, file])
    row = Row(
        61, gig.id, 61, "open", NOW, None, None, gig.model_dump_json(exclude_none=True, exclude={"seq", "revision"})
    )
    text = unescape(unescape(written(format, [row]).decode()))
    for line in ("By A", "By B & Sons", "By C", "https://b.example/1"):
        assert line in text
    assert "https://a.example/29" not in text


# --- what is in them ---------------------------------------------------------------------------------------------


def count(format: str, body: bytes) -> int:
    match format:
        case "ndjson":
            return len(body.splitlines())
        case "csv":
            return len(list(csv.DictReader(io.StringIO(body.decode(), newline=""))))
        case "xml":
            return len(ElementTree.fromstring(body).findall("job"))
        case "parquet":
            return pyarrow.parquet.read_table(io.BytesIO(body)).num_rows
    raise AssertionError(format)


@pytest.mark.parametrize("query", [EVERYTHING, {}, {"q": "data"}, {"pay_min": 10, "sort": "pay"}])
def test_complete_formats_hold_as_many_gigs_as_the_search(
    search: Search, stream: Stream, query: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.WALK", 7)
    total = search.search(SearchQuery.build(**query), "feed", NOW).total
    assert total > 0
    assert {count(name, exported(name, search, stream, **query)) for name in COMPLETE} == {total}


@pytest.mark.parametrize("format", COMPLETE)
@pytest.mark.parametrize(
    ("query", "name"),
    [({"limit": 20}, "limit"), ({"cursor": "x"}, "cursor"), ({"q": "a", "sort": "relevance"}, "sort")],
)
def test_what_would_cut_it_short_is_refused(client: Client, format: str, query: dict[str, Any], name: str) -> None:
    answer = client.get(f"/feeds/{format}", params=query)
    assert (answer.status_code, answer.json()["parameter"]) == (422, name)


@pytest.mark.parametrize("format", PAGED)
def test_pages_lead_through_everything_once(client: Client, format: str) -> None:
    """RFC 5005 for XML, `next_url` for JSON; no page is linked twice."""
    address: str | None = f"/feeds/{format}?limit=7&status=open&status=closed&risk=all"
    seen: list[str] = []
    pages = 0
    while address:
        body = client.get(address).content
        pages += 1
        if format == "jsonfeed":
            feed = json.loads(body)
            seen += [item["id"] for item in feed["items"]]
            address = feed.get("next_url")
        else:
            parsed = feedparser.parse(body)
            seen += [entry.link.rsplit("/", 1)[1] for entry in parsed.entries]
            address = next((link["href"] for link in parsed.feed.links if link["rel"] == "next"), None)
        address = address and address.removeprefix("http://gigdex.example")
    assert sorted(seen) == sorted(gig.id for gig in made_up.GIGS)
    assert pages == -(-len(seen) // 7)


@pytest.mark.parametrize("format", dialects())
def test_only_what_boards_permit_in_feeds(client: Client, format: str) -> None:
    public = client.get(f"/feeds/{format}")
    assert public.status_code == 200
    for secret in (made_up.HIDDEN, made_up.LINK_ONLY):
        assert secret.id.encode() not in public.content
    everything = client.get(f"/feeds/{format}", headers=as_operator())
    if format != "parquet":  # compressed inside
        assert made_up.HIDDEN.id.encode() in everything.content
        assert b"Gigs by Tidy Tasks" in public.content
        assert b"schema_version" in public.content
    assert everything.headers["Cache-Control"] == "private, no-store"


def test_a_link_only_board_gives_title_and_link(search: Search, stream: Stream) -> None:
    lines = [json.loads(line) for line in exported("ndjson", search, stream, OPERATOR).splitlines()]
    assert {made_up.HIDDEN.id, made_up.LINK_ONLY.id} <= {line["id"] for line in lines}


@pytest.mark.parametrize("start", FORMULA)
def test_csv_holds_no_formulas(start: str) -> None:
    bad = f'{start}HYPERLINK("https://evil.example";"x")'
    gig = made_up.gig(50, bad, description=bad, organization=bad)
    row = Row(
        50, gig.id, 50, "open", NOW, None, None, gig.model_dump_json(exclude_none=True, exclude={"seq", "revision"})
    )
    [cells] = csv.DictReader(io.StringIO(written("csv", [row]).decode(), newline=""))
    assert [cells[name] for name in ("title", "description", "organization")] == ["'" + bad] * 3


# --- over HTTP ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", dialects())
def test_nothing_new_is_304_by_etag_and_by_date(client: Client, format: str) -> None:
    first = client.get(f"/feeds/{format}")
    etag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert etag.startswith('"')
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": date}):
        again = client.get(f"/feeds/{format}", headers=headers)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    other = client.get(f"/feeds/{format}?q=interviews", headers={"If-None-Match": etag})
    assert other.status_code == 200
    both = {"If-None-Match": '"another"', "If-Modified-Since": date}
    assert client.get(f"/feeds/{format}", headers=both).status_code == 200
    old = {"If-Modified-Since": "Mon, 04 May 2026 10:59:59 GMT"}
    assert client.get(f"/feeds/{format}", headers=old).status_code == 200


def test_asking_whether_anything_is_new_asks_nobody_for_a_second(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    asked: list[int] = []
    last_change = client.services.stream.last_change
    monkeypatch.setattr(client.services.stream, "last_change", lambda: asked.append(1) or last_change())
    first = client.get("/feeds/ndjson")
    known = {"If-None-Match": first.headers["ETag"]}
    before = len(asked)
    again = client.get("/feeds/ndjson", headers=known)
    assert (again.status_code, len(asked)) == (304, before)
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    for more in (as_operator(), {"Accept-Encoding": "identity"}, {"If-None-Match": '"another"'}):
        assert client.get("/feeds/ndjson", headers=known | more).status_code == 200
    monkeypatch.setattr("search_api.answers.LATE_S", -1)
    before = len(asked)
    assert client.get("/feeds/ndjson", headers=known).status_code == 304
    assert len(asked) > before


@pytest.mark.parametrize("address", ["/feeds/ndjson", "/snapshot"])
def test_a_board_that_is_hidden_by_its_time_is_news(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """No gig has changed, and yet the feed is another."""
    client = make_client()
    first = client.get(address)
    monkeypatch.setattr(client.services.stream.store, "hidden", lambda: frozenset(["errands"]))
    monkeypatch.setattr("search_api.answers.LATE_S", -1)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]


def test_what_ages_has_no_date_and_a_new_etag_each_minute(client: Client, make_client: MakeClient) -> None:
    first = client.get("/feeds/rss?posted_within=7d")
    assert "Last-Modified" not in first.headers
    after = make_client(clock=later(60)).get("/feeds/rss?posted_within=7d")
    assert after.headers["ETag"] != first.headers["ETag"]


def test_each_compression_has_its_own_etag_and_the_same_bytes(client: Client) -> None:
    plain = client.get("/feeds/ndjson", headers={"Accept-Encoding": "identity"})
    found = {"": plain.headers["ETag"]}
    for coding, unpack in (("gzip", gzip.decompress), ("zstd", zstd.decompress)):
        answer = raw(client, coding)
        assert answer.headers["Content-Encoding"] == coding
        assert unpack(answer.content) == plain.content
        found[coding] = answer.headers["ETag"]
    assert len(set(found.values())) == 3


def raw(client: Client, coding: str) -> Any:
    """The answer with its bytes as they came over the wire."""
    import asyncio

    import httpx

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=client.app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://gigdex.example") as browser,
            browser.stream("GET", "/feeds/ndjson", headers={"Accept-Encoding": coding}) as answer,
        ):
            body = b"".join([piece async for piece in answer.aiter_raw()])
            return httpx.Response(200, headers=[(k, v) for k, v in answer.headers.items() if k != "content-encoding"],
                                  content=body, extensions={"coding": answer.headers["content-encoding"]})  # fmt: skip

    response = asyncio.run(ask())
    response.headers["Content-Encoding"] = response.extensions["coding"]
    return response


def test_head_has_the_headers_alone(client: Client) -> None:
    head, whole = client.request("HEAD", "/feeds/csv"), client.get("/feeds/csv")
    assert head.content == b""
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Disposition", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


def test_an_unknown_format_names_the_known_ones(client: Client) -> None:
    answer = client.get("/feeds/xls")
    assert answer.status_code == 404
    assert "ndjson" in answer.json()["detail"]


def test_no_more_are_sent_at_once_than_the_store_bears(client: Client) -> None:
    places = client.app.state.long_answers
    others = ["one", "one", "another", "127.0.0.1"]
    for number, other in enumerate(others):
        assert client.get("/feeds/csv").status_code == 200, number
        places.take(other)
    try:
        answer = client.get("/feeds/csv")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        places.give_back(others.pop(0))
        assert client.get("/feeds/csv").status_code == 200
        others.append("127.0.0.1")
        places.take(others[-1])
        answer = client.get("/feeds/csv")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
        assert "2 feeds are being sent to you" in answer.json()["detail"]
    finally:
        for other in others:
            places.give_back(other)
    for _ in range(6):  # each is given back
        assert client.get("/feeds/csv").status_code == 200


def test_a_reader_that_leaves_gives_its_place_back(client: Client) -> None:
    """Whoever hangs up in the middle leaves neither a place taken nor a transaction open."""
    import asyncio

    async def leave() -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(30)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.body":
                raise OSError("the reader is gone")

        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": "/feeds/ndjson", "raw_path": b"/feeds/ndjson", "query_string": b"",
            "headers": [(b"host", b"gigdex.example")], "client": ("192.0.2.1", 1), "server": ("gigdex.example", 80),
        }  # fmt: skip
        with pytest.raises(Exception):  # noqa: B017  # Starlette's own, by its version
            await client.app(scope, receive, send)  # type: ignore[arg-type]

    pool = client.services.stream.store.database.engine.pool
    for _ in range(6):
        asyncio.run(leave())
    assert client.get("/feeds/ndjson").status_code == 200
    assert pool.checkedout() == 0
