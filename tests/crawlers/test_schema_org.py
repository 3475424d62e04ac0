"""schema.org JobPosting in the syntaxes and the oddities of real pages."""

import json

import pytest

from crawlers.parse import parse_file
from crawlers.row import BadRow
from index.normalize import normalize
from index.posting import Posting

JOB = '{"@context": "https://schema.org", "@type": "JobPosting", "title": "Mow a lawn"%s}'


def titles(html: str) -> list[str]:
    rows = list(parse_file("jobposting", html.encode(), "page.html", "https://site.example/jobs/1"))
    return [row.title if isinstance(row, Posting) else f"bad: {row.message}" for row in rows]


def posting(fields: dict[str, object]) -> Posting:
    (row,) = parse_file("jobposting", json.dumps({"@type": "JobPosting", "title": "T"} | fields).encode(), "f.json")
    assert isinstance(row, Posting)
    return row


@pytest.mark.parametrize(
    "script",
    [
        JOB % "",
        JOB % ",",
        JOB % ', "skills": ["a", "b",],',
        "//<![CDATA[\n" + JOB % "" + "\n//]]>",
        "<!--\n" + JOB % "" + "\n-->",
        "/*<![CDATA[*/" + JOB % "" + "/*]]>*/",
        JOB % ', "description": "raw\nline break and ,] in a text"',
        "[" + JOB % "" + "]",
        '{"@graph": [{"@type": "Thing"}, ' + JOB % "" + "]}",
        '{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": ' + JOB % "" + "}]}",
        JOB.replace('"JobPosting"', '["Thing", "http://schema.org/JobPosting"]') % "",
        JOB % "" + ";",
        "\ufeff" + JOB % "",
        (JOB % "").replace('"', "&quot;"),
        (JOB % ', "skills": ["a",],').replace('"', "&#34;"),
        '{"@type": "Organization"}\n' + JOB % "",
        JOB % "" + ';\n{"@type": "WebSite",}',
    ],
)
@pytest.mark.parametrize("kind", ["application/ld+json", "Application/LD+JSON; charset=utf-8"])
def test_json_ld_as_pages_have_it(script: str, kind: str) -> None:
    assert titles(f'<html><head><script type="{kind}">{script}</script></head></html>') == ["Mow a lawn"]


def test_one_broken_script_leaves_the_others() -> None:
    page = "".join(
        f'<script type="application/ld+json">{text}</script>' for text in ('{"@type": "JobPosting', JOB % "")
    )
    found = titles(f"<html>{page}</html>")
    assert found[0].startswith("bad: unreadable JSON-LD")
    assert found[1:] == ["Mow a lawn"]


def test_twins_in_two_syntaxes_are_one() -> None:
    script = f'<script type="application/ld+json">{JOB % ""}</script>'
    micro = '<div itemscope itemtype="http://schema.org/JobPosting"><b itemprop="title">Mow a lawn</b></div>'
    rdfa = '<div vocab="http://schema.org/" typeof="JobPosting"><b property="title">Rake</b></div>'
    assert titles(f"<html>{script}{micro}{rdfa}</html>") == ["Mow a lawn", "Rake"]


def test_several_postings_of_a_page() -> None:
    jobs = [JOB.replace("lawn", f"lawn {number}") % "" for number in range(3)]
    page = f'<script type="application/ld+json">{jobs[0]}{jobs[1]}</script>'
    page += f'<script type="application/ld+json">[{jobs[2]}]</script>'
    assert titles(f"<html>{page}</html>") == [f"Mow a lawn {number}" for number in range(3)]


@pytest.mark.parametrize(
    "text", ["&lt;p&gt;Mow &amp;amp; rake&lt;/p&gt;", "&amp;lt;p&amp;gt;Mow &amp;amp; rake&amp;lt;/p&amp;gt;"]
)
def test_escaped_and_doubly_escaped_texts_are_read_in_the_end(text: str) -> None:
    gig = normalize(posting({"description": text, "title": "Mow &amp;amp; rake"}))
    assert (gig.title, gig.description) == ("Mow & rake", "Mow & rake")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"baseSalary": "15 to 18 EUR an hour"}, "15 to 18 EUR an hour"),
        ({"baseSalary": {"value": "by agreement"}}, "by agreement"),
    ],
)
def test_pay_as_text(fields: dict[str, object], text: str) -> None:
    found = posting(fields).pay
    assert found is not None
    assert found.text == text


def test_a_page_without_postings_is_empty() -> None:
    assert titles("<html><p>About us</p></html>") == []


def salary(**fields: object) -> dict[str, object]:
    return {"@type": "MonetaryAmount"} | fields


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"baseSalary": 100, "salaryCurrency": "EUR"}, (100, 100, "EUR", None)),
        (
            {"baseSalary": salary(currency="USD", value={"minValue": "18", "unitText": "HOUR"})},
            (18, None, "USD", "hour"),
        ),
        ({"baseSalary": salary(currency="USD", value=40, unitText="per day")}, (40, 40, "USD", "day")),
        ({"baseSalary": [salary(currency="GBP", value={"value": 9, "unitText": "WEEK"})]}, (9, 9, "GBP", "week")),
        ({"estimatedSalary": salary(minValue=1, maxValue=2, unitText="YEAR")}, (1, 2, None, "year")),
    ],
)
def test_pay(fields: dict[str, object], expected: tuple[object, ...]) -> None:
    pay = posting(fields).pay
    assert pay is not None
    assert (pay.min, pay.max, pay.currency, pay.unit) == expected


def test_pay_as_text_and_pay_of_zero() -> None:
    text = posting({"baseSalary": "$20 an hour"}).pay
    assert text is not None
    assert text.text == "$20 an hour"
    assert posting({"baseSalary": {"minValue": 0.0, "maxValue": 0.0}}).pay is None


def test_places_countries_and_remote_work() -> None:
    nl = {"@type": "Place", "address": {"addressLocality": "Delft", "addressCountry": {"name": ["NL", "NL"]}}}
    be = {"@type": "Place", "address": "Ghent, Belgium"}
    two = posting({"jobLocation": [nl, be, nl]})
    assert (two.location, two.country, two.remote) == ("Delft, NL; Ghent, Belgium", "NL", None)
    assert len(two.extra["places"]) == 2
    remote = posting({"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": [{"name": "Chile"}]})
    assert (remote.location, remote.remote, remote.extra["eligible"]) == ("Chile", True, ["Chile"])


def test_references_within_the_document() -> None:
    organization = {"@type": "Organization", "@id": "#o", "name": "Org"}
    job = {"@type": "JobPosting", "title": "T", "hiringOrganization": {"@id": "#o"}}
    graph = {"@graph": [organization, job]}
    (row,) = parse_file("jobposting", json.dumps(graph).encode(), "f")
    assert isinstance(row, Posting)
    assert row.organization == "Org"


def test_a_list_without_types_is_read_and_strangers_are_not() -> None:
    rows = list(parse_file("jobposting", b'[{"title": "A"}, {"name": "B"}, 5, {"@type": "Event", "name": "C"}]', "f"))
    assert [row.title for row in rows if isinstance(row, Posting)] == ["A", "B"]
    assert len([row for row in rows if isinstance(row, BadRow)]) == 1


@pytest.mark.parametrize("kind", ["jobposting", "sitemaps"])
def test_a_sitemap_yields_nothing(kind: str) -> None:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    sitemap = f'<?xml version="1.0"?><urlset xmlns="{space}"><url><loc>https://a.example/</loc></url></urlset>'.encode()
    assert list(parse_file(kind, sitemap, "s.xml")) == []
    (damaged,) = parse_file(kind, sitemap[:-20], "s.xml")
    assert isinstance(damaged, BadRow)
