"""JobPosting on gigs' pages by an outside validator of Google's rules, and the sitemap by its own schema's bounds."""

import json
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.gig import Eligible, Fee, Gig, Pay, Place, Risk
from search_api.jobposting import job_posting, script
from tests.api import made_up
from tests.api.conftest import Client, MakeClient, MemoryStore, as_operator
from tests.api.made_up import BERLIN, NOW, usd

NODE = Path(__file__).parents[1] / "browser"
BASE = "https://gigdex.example"
PUBLIC = {"public_url": BASE}
GOOD = made_up.gig(
    70,
    "Serve drinks at a wedding",
    organization="Feast & Sons",
    work_mode="in_person",
    places=[BERLIN],
    pay=usd(18, 22, "hour"),
    expires_at=NOW + timedelta(days=9),
)


def checked(page: str) -> dict[str, Any]:
    """What the validator finds in a page, and its complaints."""
    if shutil.which("node") is None or not (NODE / "node_modules" / "@adobe").is_dir():
        pytest.skip("the validator is not here: npm ci --prefix tests/browser")
    done = subprocess.run(
        ["node", "structured-data.mjs"], input=page, capture_output=True, text=True, cwd=NODE, check=True
    )
    return dict(json.loads(done.stdout))


def page_of(*gigs: Gig) -> str:
    markups = [job_posting(gig, gig, BASE) for gig in gigs]
    scripts = [f'<script type="application/ld+json">{script(markup)}</script>' for markup in markups if markup]
    return f"<!doctype html><html><head>{''.join(scripts)}</head><body></body></html>"


def test_the_validator_finds_no_fault() -> None:
    remote = GOOD.model_copy(
        update={"work_mode": "online", "places": [], "eligible": Eligible(countries=["DE", "US"]), "expires_at": None}
    )
    for gig in (GOOD, remote, GOOD.model_copy(update={"pay": usd(40, 40, "task")})):
        said = checked(page_of(gig))
        assert said["found"] == ["JobPosting"]
        assert [issue for issue in said["issues"] if issue["severity"] == "ERROR"] == []


def test_the_validator_would_find_one() -> None:
    page = page_of(GOOD).replace("datePosted", "dateposted")
    assert any(issue["severity"] == "ERROR" for issue in checked(page)["issues"])


@given(
    st.lists(st.sampled_from(["</script>", "<!--", "\u2028", '"', "\\", "&amp;", "\u202e", "📦", "]]>"]) | st.text())
)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_text_breaks_out_of_the_script(parts: list[str]) -> None:
    text = "x" + "".join(parts)
    gig = GOOD.model_copy(update={"title": text, "description": text, "organization": text})
    markup = job_posting(gig, gig, BASE)
    assert markup is not None
    inside = str(script(markup))
    assert not set("<>&\u2028\u2029") & set(inside)
    assert json.loads(inside) == markup


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "closed"},
        {"organization": None},
        {"description": ""},
        {"places": [Place(text="somewhere")]},
        {"work_mode": "online", "places": []},
        {"risk": Risk(level="high")},
        {"pay": Pay(worker_fee=Fee(amount=49, currency="USD"))},
        {"sample": True},
    ],
)
def test_where_a_rule_can_not_be_kept_there_is_nothing(changes: dict[str, Any]) -> None:
    gig = GOOD.model_copy(update=changes)
    assert job_posting(gig, gig, BASE) is None


def test_every_posting_on_the_page_has_to_permit_it() -> None:
    both = GOOD.model_copy(update={"sources": [*GOOD.sources, *made_up.TRANSCRIBE.sources]})
    assert job_posting(both, GOOD, BASE) is None
    assert job_posting(GOOD, None, BASE) is None


@pytest.mark.parametrize(
    ("pay", "value"),
    [
        (usd(18, 22, "hour"), {"minValue": 18, "maxValue": 22, "unitText": "HOUR"}),
        (usd(None, 900, "month"), {"value": 900, "unitText": "MONTH"}),
        (usd(40, 40, "task"), None),
        (usd(0.05, 0.05, "word"), None),
        (Pay(status="negotiable", currency="EUR"), None),
    ],
)
def test_pay_by_the_task_is_left_out(pay: Pay, value: dict[str, Any] | None) -> None:
    gig = GOOD.model_copy(update={"pay": pay})
    markup = job_posting(gig, gig, BASE)
    assert markup is not None
    found = markup.get("baseSalary")
    assert (found and {k: v for k, v in found["value"].items() if k != "@type"}) == value


class Holding(MemoryStore):
    """The made-up gigs and one more, as `channels` may see it."""

    def __init__(self, gig: Gig, channels: tuple[str, ...]) -> None:
        super().__init__()
        self.kept[gig.seq or 0, 0] = (channels, gig)


def test_the_page_has_it_only_where_boards_permit(make_client: MakeClient) -> None:
    permitted = make_client(settings=PUBLIC, store=Holding(GOOD, ("page", "jsonld"))).page(f"/gig/{GOOD.id}").text
    assert checked(permitted)["found"] == ["JobPosting"]
    silent = make_client(settings=PUBLIC, store=Holding(GOOD, ("page",))).page(f"/gig/{GOOD.id}").text
    assert "ld+json" not in silent
    closed = GOOD.model_copy(update={"status": "closed"})
    gone = make_client(settings=PUBLIC, store=Holding(closed, ("page", "jsonld"))).page(f"/gig/{GOOD.id}")
    assert (gone.status_code, "ld+json" in gone.text) == (410, False)


def test_canonical_and_open_graph_need_a_public_address(make_client: MakeClient, client: Client) -> None:
    page = make_client(settings=PUBLIC).page(f"/gig/{made_up.TRANSCRIBE.id}", Host="evil.example").text
    assert f'<link rel="canonical" href="{BASE}/gig/{made_up.TRANSCRIBE.id}">' in page
    assert f'<meta property="og:url" content="{BASE}/gig/{made_up.TRANSCRIBE.id}">' in page
    assert "evil.example" not in page
    assert "canonical" not in client.page(f"/gig/{made_up.TRANSCRIBE.id}").text


# --- sitemap -----------------------------------------------------------------------------------------------------

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(client: Client, address: str) -> dict[str, datetime]:
    answer = client.get(address)
    assert answer.status_code == 200
    found = ElementTree.fromstring(answer.content)
    return {
        one.findtext(f"{SITEMAP}loc", ""): datetime.fromisoformat(one.findtext(f"{SITEMAP}lastmod", ""))
        for one in found
    }


def test_the_sitemap_leads_to_every_open_gig_with_its_last_change(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_api.routes.sitemap.SIZE", 50)
    client = make_client(settings=PUBLIC)
    parts = entries(client, "/sitemap.xml")
    found: dict[str, datetime] = {}
    for part, changed in parts.items():
        its = entries(client, part.removeprefix(BASE))
        assert 0 < len(its) <= 50
        assert changed == max(its.values())
        found |= its
    shown = [gig for gig in (*made_up.GIGS, made_up.LINK_ONLY) if gig.status == "open"]
    assert set(found) == {f"{BASE}/gig/{gig.id}" for gig in shown}
    assert set(found.values()) == {NOW - timedelta(hours=1)}
    assert len(parts) > 1
    assert "Sitemap: https://gigdex.example/sitemap.xml" in client.get("/robots.txt").text


def test_a_private_instance_has_no_sitemap(private: Client, client: Client) -> None:
    assert private.get("/sitemap.xml").status_code == 404
    assert client.get("/sitemap-1.xml", headers=as_operator()).status_code == 404
