"""Who may ask how often, from which pages, and what monitoring sees."""

import re

import pytest

from index.metrics import Metric
from search_api.limits import CLIENTS, RateLimit, client_of
from tests.api.conftest import Client, MakeClient, as_operator

PREFLIGHT = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


# --- quotas ---


def test_a_quota_is_used_up_and_refills_evenly() -> None:
    clock = Clock()
    limit = RateLimit(6, clock)
    assert [limit.take("a").remaining for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    refused = limit.take("a")
    assert not refused.allowed
    assert (refused.retry_in_s, refused.full_in_s) == (10, 60)
    assert limit.take("b").allowed, "somebody else has a quota of their own"
    clock.now += 9.9
    assert not limit.take("a").allowed
    clock.now += 0.2
    assert limit.take("a").allowed
    assert not limit.take("a").allowed
    clock.now += 3_600
    assert limit.take("a").remaining == 5, "a quota doesn't pile up"


def test_clients_are_forgotten_before_they_fill_the_memory() -> None:
    limit = RateLimit(5, Clock())
    for number in range(CLIENTS + 10):
        limit.take(str(number))
    assert len(limit._buckets) == CLIENTS
    assert limit.take(str(CLIENTS + 9)).remaining == 3


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_who_shares_a_quota(address: str, client: str) -> None:
    assert client_of(address) == client


def test_beyond_the_quota_is_429(make_client: MakeClient) -> None:
    client = make_client(settings={"rate_limit": 3})
    first = client.get("/categories")
    assert first.headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert first.headers["ratelimit"] == '"default";r=2;t=20'
    again = client.get("/categories", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.headers["ratelimit"]) == (304, '"default";r=1;t=40')
    assert client.get("/nothing").headers["ratelimit"] == '"default";r=0;t=60'
    refused = client.get("/gigs")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "20"
    assert refused.headers["cache-control"] == "no-store"
    assert refused.json()["title"] == "Too Many Requests"
    assert client.page("/").headers["content-type"].startswith("text/html")
    assert client.get("/health/live").status_code == 200
    operators = client.get("/gigs", headers=as_operator())
    assert operators.status_code == 200
    assert "ratelimit" not in operators.headers


def test_a_private_instance_has_no_quota(make_client: MakeClient) -> None:
    client = make_client(host="127.0.0.1:8000", settings={"host": "127.0.0.1", "rate_limit": 1})
    assert {client.get("/categories").status_code for _ in range(4)} == {200}
    by_proxy = {"X-Forwarded-For": "192.0.2.1"}
    assert {client.get("/categories", headers=by_proxy).status_code for _ in range(4)} == {200}


# --- pages of other sites ---


@pytest.mark.parametrize("path", ["/gigs", "/boards", "/openapi.json", "/gigs?x=1", "/nothing"])
def test_other_sites_pages_may_read_what_is_public(client: Client, path: str) -> None:
    headers = client.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert {"ETag", "Link", "RateLimit", "Retry-After"} <= set(headers["access-control-expose-headers"].split(", "))


def test_other_sites_pages_may_ask_whether_anything_changed(client: Client) -> None:
    answer = client.request("OPTIONS", "/gigs", headers=PREFLIGHT | {"Access-Control-Request-Headers": "if-none-match"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"
    assert answer.headers["access-control-allow-headers"] == "If-None-Match, If-Modified-Since"


def test_no_page_reads_with_the_operators_eyes(client: Client, private: Client) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    for who, headers in ((client, as_operator()), (private, {})):
        answer = who.get("/gigs", headers=headers | origin)
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
    refused = private.request("OPTIONS", "/gigs", headers=PREFLIGHT)
    assert refused.status_code == 405
    assert "access-control-allow-origin" not in refused.headers


# --- monitoring ---


def test_metrics_are_for_the_operator(client: Client, private: Client) -> None:
    refused = client.get("/metrics")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert private.get("/metrics").status_code == 200


def test_metrics_are_in_prometheus_text_format(make_client: MakeClient) -> None:
    numbers = [Metric("gigdex_gigs", "Gigs.\nBy status.", "gauge", [({"status": 'o"p\\e\nn'}, 12)])]
    client = make_client(metrics=lambda: numbers)
    for path in ("/gigs", "/gigs", "/gigs?x=1", "/nothing", "/gigs/nothere"):
        client.get(path)
    answer = client.get("/metrics", headers=as_operator())
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.text.splitlines()
    assert "# HELP gigdex_gigs Gigs.\\nBy status." in lines
    assert "# TYPE gigdex_gigs gauge" in lines
    assert 'gigdex_gigs{status="o\\"p\\\\e\\nn"} 12' in lines
    assert 'gigdex_http_requests_total{route="/gigs",status="200"} 2' in lines
    assert 'gigdex_http_requests_total{route="/gigs",status="422"} 1' in lines
    assert 'gigdex_http_requests_total{route="/gigs/{gig_id}",status="404"} 1' in lines
    assert 'gigdex_http_requests_total{route="none",status="404"} 1' in lines
    assert "gigdex_http_from_memory_total 1" in lines
    assert 'gigdex_http_request_duration_seconds_bucket{route="/gigs",le="+Inf"} 3' in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)
    sample = re.compile(r'[a-z_]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? [-+0-9.e]+')
    assert [line for line in lines if not line.startswith("# ") and not sample.fullmatch(line)] == []
