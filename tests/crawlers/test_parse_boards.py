"""Reading saved responses: the real ones without losing a row, hostile ones without raising."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.bases.xml_feed import dialect_of
from crawlers.kinds import ALIASES
from crawlers.page import MAX_BYTES, Page
from crawlers.parse import UnknownBoard, kinds, parse_file
from crawlers.row import BadPage, BadRow
from crawlers.tally import Tally
from index.posting import Posting

REAL = [
    *("adzuna", "arbeitnow", "arbeitsagentur", "ashby", "francetravail", "freelancer", "greenhouse", "hackernews"),
    *("himalayas", "jobicy", "jobposting", "jobtech", "lever", "nav", "reddit", "remoteok", "remotive", "sitemaps"),
    *("themuse", "usajobs", "weworkremotely", "workingnomads", "wp-job-manager", "xml-feeds"),
]
"""Folders of real responses, each by the name that `gigdex parse` takes."""


def read(board: str, data: bytes | str, name: str = "file", url: str | None = None) -> list[Posting | BadRow]:
    return list(parse_file(board, data.encode() if isinstance(data, str) else data, name, url))


ROWS = {
    "adzuna": "results",
    "arbeitnow": "data",
    "arbeitsagentur": "ergebnisliste",
    "ashby": "jobs",
    "francetravail": "resultats",
    "freelancer": "result.projects",
    "greenhouse": "jobs",
    "himalayas": "jobs",
    "jobicy": "jobs",
    "jobtech": "hits.hits",
    "reddit": "data.children",
    "remotive": "jobs",
    "usajobs": "SearchResult.SearchResultItems",
}
"""Where the rows of a response stand; elsewhere it is the list itself, or one row."""


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path, looked up apart from the code under test; None where nothing does."""
    for name in path.split("."):
        value = value[int(name)] if name.isdigit() and isinstance(value, list) and value else value
        value = value.get(name) if isinstance(value, dict) else value if name.isdigit() else None
    return None if value in ("", [], {}) else value


def raw_rows(board: str, data: bytes) -> list[Any]:
    """Rows of a real JSON response, found by other means than the spiders'."""
    value: Any = json.loads(data)
    rows = at(value, ROWS[board]) if board in ROWS and isinstance(value, dict) else None
    rows = rows if rows is not None else value if isinstance(value, list) else [value]
    if board == "jobtech":
        rows = [row.get("_source", row) for row in rows]
    if board == "reddit":  # a comment and an empty post are no postings
        rows = [row["data"] for row in rows if row["kind"] == "t3" and row["data"]["title"]]
    return [row for row in rows if "legal" not in row]


def count_rows(board: str, data: bytes) -> int:
    """Rows of a real response, counted by other means than the spiders'."""
    if board == "sitemaps":
        return 0
    if board == "jobposting":
        return len(re.findall(rb"JobPosting", data))  # each of these pages has one
    if board == "hackernews":
        return len(re.findall(rb'"(?:comment_text|text)":', data))
    if data.lstrip().startswith(b"<"):
        return len(re.findall(rb"<(?:item|entry|ad|job)[ >]", data))
    return len(raw_rows(board, data))


@pytest.mark.parametrize("board", REAL)
def test_every_row_of_every_real_response(shared: Path, board: str) -> None:
    files = sorted((shared / "boards" / board).iterdir())
    assert files
    for file in files:
        tally = Tally()
        rows = list(parse_file(board, file.read_bytes(), file.name, None, tally))
        assert len(rows) == count_rows(board, file.read_bytes()), file.name
        name = ALIASES.get(board, board)
        assert all(isinstance(row, Posting) and row.board == name for row in rows), file.name
        assert len({row.key for row in rows if isinstance(row, Posting)}) == len(rows), file.name
        assert not [name for name in tally.counts if name.startswith(("unknown_field", "bad_"))], file.name


def test_no_real_response_is_left_out(shared: Path) -> None:
    assert sorted(folder.name for folder in (shared / "boards").iterdir()) == REAL


FILLED = {
    "adzuna": "external_id=id url=redirect_url title=title description=description organization=company.display_name "
    "posted_at=created location=location.display_name tags=category.label employment_type=contract_time",
    "arbeitnow": "external_id=slug url=url title=title description=description organization=company_name "
    "posted_at=created_at location=location tags=tags employment_type=job_types",
    "arbeitsagentur": "external_id=referenznummer title=stellenangebotsTitel organization=firma tags=alleBerufe "
    "posted_at=datumErsteVeroeffentlichung location=stellenlokationen.0.adresse.ort pay=gehaltsspanneVon",
    "ashby": "external_id=id url=jobUrl title=title description=descriptionHtml posted_at=publishedAt "
    "location=location employment_type=employmentType apply_url=applyUrl tags=team organization=jobUrl",
    "francetravail": "external_id=id url=origineOffre.urlOrigine title=intitule description=description "
    "organization=entreprise.nom posted_at=dateCreation location=lieuTravail.libelle tags=romeLibelle "
    "employment_type=typeContrat pay=salaire.libelle apply_url=contact.urlPostulation",
    "freelancer": "external_id=id url=seo_url title=title posted_at=time_submitted expires_at=bidperiod tags=jobs "
    "pay=budget.minimum language=language",
    "greenhouse": "external_id=id url=absolute_url title=title description=content organization=company_name "
    "posted_at=first_published location=location.name tags=departments language=language",
    "himalayas": "external_id=guid url=applicationLink title=title description=description organization=companyName "
    "posted_at=pubDate expires_at=expiryDate location=locationRestrictions pay=minSalary "
    "employment_type=employmentType tags=parentCategories",
    "jobicy": "external_id=id url=url title=jobTitle description=jobDescription organization=companyName "
    "posted_at=pubDate location=jobGeo pay=salaryMin tags=jobIndustry employment_type=jobType",
    "jobtech": "external_id=id url=id title=headline description=description.text organization=employer.name "
    "posted_at=publication_date expires_at=application_deadline location=workplace_address.municipality "
    "tags=occupation.label employment_type=employment_type.label apply_url=application_details.url",
    "lever": "external_id=id url=hostedUrl title=text description=description posted_at=createdAt country=country "
    "location=categories.location tags=categories.team employment_type=categories.commitment apply_url=applyUrl",
    "nav": "external_id=uuid url=uuid title=title description=properties.adtext organization=properties.employer "
    "posted_at=published expires_at=expires location=locationList.0.city employment_type=properties.engagementtype",
    "reddit": "external_id=id url=permalink title=title posted_at=created_utc tags=subreddit",
    "remoteok": "external_id=id url=url title=position description=description organization=company posted_at=date "
    "tags=tags apply_url=apply_url pay=salary_min",
    "remotive": "external_id=id url=url title=title description=description organization=company_name "
    "posted_at=publication_date location=candidate_required_location pay=salary tags=category employment_type=job_type",
    "themuse": "external_id=id url=refs.landing_page title=name description=contents organization=company.name "
    "posted_at=publication_date location=locations.0.name tags=categories.0.name",
    "usajobs": "external_id=MatchedObjectId url=MatchedObjectDescriptor.PositionURI "
    "title=MatchedObjectDescriptor.PositionTitle description=MatchedObjectDescriptor.QualificationSummary "
    "organization=MatchedObjectDescriptor.OrganizationName posted_at=MatchedObjectDescriptor.PublicationStartDate "
    "expires_at=MatchedObjectDescriptor.ApplicationCloseDate "
    "location=MatchedObjectDescriptor.PositionLocation.0.LocationName tags=MatchedObjectDescriptor.JobCategory.0.Name "
    "employment_type=MatchedObjectDescriptor.PositionSchedule.0.Name apply_url=MatchedObjectDescriptor.ApplyURI",
    "workingnomads": "external_id=url url=url title=title description=description organization=company_name "
    "posted_at=pub_date location=location tags=tags",
}
"""Fields of a posting, and where a row has what they are made of."""


@pytest.mark.parametrize("board", FILLED)
def test_each_field_that_a_response_has_is_filled(shared: Path, board: str) -> None:
    for file in sorted((shared / "boards" / board).glob("*.json")):
        rows = list(parse_file(board, file.read_bytes(), file.name))
        for raw, row in zip(raw_rows(board, file.read_bytes()), rows, strict=True):
            for pair in FILLED[board].split():
                field, path = pair.split("=")
                value = at(raw, path)
                if board == "adzuna" and field == "employment_type":
                    value = value or raw.get("contract_type")
                if value not in (None, 0, 0.0):
                    assert getattr(row, field) not in (None, "", []), f"{file.name}: {field} of {raw.get('id')}"


DIALECTS = {
    "careerjet": "organization location country pay employment_type apply_url",
    "feed": "organization posted_at location country pay tags employment_type",
    "jobatus": "organization location pay employment_type",
    "jobrapido": "organization posted_at expires_at location country pay employment_type",
    "jobsora": "organization posted_at expires_at location country pay employment_type apply_url",
    "jooble": "organization posted_at expires_at location country pay employment_type",
    "jora": "posted_at expires_at location country pay employment_type",
    "rss": "",
    "talentcom": "organization posted_at expires_at location country pay tags employment_type",
}
"""What each dialect of the same jobs says besides id, link, title and text."""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects_of_partner_feeds(shared: Path, dialect: str) -> None:
    (file,) = (shared / "boards" / "xml-feeds").glob(f"srdobolo--{dialect}.*.xml")
    for row in parse_file("xml_feed", file.read_bytes(), file.name):
        assert isinstance(row, Posting)
        for field in ("description", *DIALECTS[dialect].split()):
            assert getattr(row, field) not in (None, "", []), f"{field} of {row.external_id}"
        assert row.url.startswith("https://")


def test_an_atom_feed_with_fields_in_its_text(shared: Path) -> None:
    page = (shared / "boards" / "xml-feeds" / "ministryofjustice--feed.xml").read_bytes()
    assert dialect_of(Page(page, "feed.xml")) == "Atom"
    for row in read("xml_feed", page):
        assert isinstance(row, Posting)
        assert row.location
        assert row.pay


def test_the_same_jobs_in_nine_dialects(shared: Path) -> None:
    titles = {
        file.name: [
            row.title for row in parse_file("xml_feed", file.read_bytes(), file.name) if isinstance(row, Posting)
        ]
        for file in (shared / "boards" / "xml-feeds").glob("srdobolo*")
    }
    assert len(titles) == 9
    assert len({tuple(sorted(names)) for names in titles.values()}) == 1


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("careerjet", "Careerjet"),
        ("feed", "Indeed"),
        ("jobatus", "Jobatus"),
        ("jobrapido", "Jobrapido"),
        ("jobsora", "Jobsora"),
        ("jooble", "Jooble"),
        ("jora", "Jora"),
        ("talentcom", "Talent.com"),
    ],
)
def test_a_dialect_is_recognized(shared: Path, dialect: str, name: str) -> None:
    (file,) = (shared / "boards" / "xml-feeds").glob(f"srdobolo--{dialect}.*.xml")
    assert dialect_of(Page(file.read_bytes(), file.name)) == name


def test_kinds_and_unknown_names() -> None:
    assert set(REAL) <= set(kinds())
    with pytest.raises(UnknownBoard, match="nosuch"):
        parse_file("nosuch", b"", "f")
    with pytest.raises(UnknownBoard, match="nobody wrote a reader for upwork: its terms forbid"):
        parse_file("upwork", b"", "f")


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


def test_gzip_in_several_parts_is_read_to_its_end_and_within_its_bound() -> None:
    first, second = gzip.compress(b'[{"id": 1, "title": "Paint"},'), gzip.compress(b'{"id": 2, "title": "Sweep"}]')
    assert Page(first + second, "x").json == [{"id": 1, "title": "Paint"}, {"id": 2, "title": "Sweep"}]
    assert Page(gzip.compress(b"") * 20_000 + first + second, "x").json[1]["title"] == "Sweep"
    with pytest.raises(BadPage, match="larger than"):
        _ = Page(gzip.compress(b"x" * 600) * 10, "x", max_bytes=5_000).data


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
