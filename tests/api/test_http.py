"""What holds for every address: methods, caching, safety headers, errors, the schema."""

from typing import Any, NoReturn

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from index.engine.base import EngineError, TooLongError
from index.store.db import StoreError
from search_api import examples
from search_api.templating import static_files
from tests.api import made_up
from tests.api.conftest import Client, MakeClient, as_operator, later

API = [
    "/gigs",
    "/gigs/facets",
    f"/gigs/{made_up.TRANSCRIBE.id}",
    "/categories",
    "/boards",
    "/health/live",
    "/health/ready",
]
PAGES = ["/", f"/gig/{made_up.TRANSCRIBE.id}", "/boards.html"]
CACHED = [*API[:5], *PAGES, "/openapi.json"]


class Broken:
    """A search that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def search(self, *_: Any) -> NoReturn:
        raise self.error

    facets = generation = search


@pytest.mark.parametrize("path", [*API, *PAGES, "/openapi.json", static_files()["style.css"].url])
def test_head_is_get_without_the_body(client: Client, path: str) -> None:
    got, head = client.get(path), client.request("HEAD", path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers.get("etag") == got.headers.get("etag")


@pytest.mark.parametrize("path", [*API, *PAGES, "/nothing", "/gigs?x=1"])
def test_every_answer_is_safe(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize("path", CACHED)
def test_public_answers_are_kept_and_revalidated(client: Client, path: str) -> None:
    first = client.get(path)
    assert first.headers["cache-control"] == "public, max-age=60"
    assert "Authorization" in first.headers["vary"]
    etag = first.headers["etag"]
    for given in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        again = client.get(path, headers={"If-None-Match": given})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == etag
        assert again.headers["cache-control"] == "public, max-age=60"
        assert "content-type" not in again.headers
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.request("HEAD", path, headers={"If-None-Match": etag}).status_code == 304


def test_the_etag_changes_with_the_content(client: Client, make_client: MakeClient) -> None:
    etags = {client.get(path).headers["etag"] for path in ("/gigs", "/gigs?q=data", "/gigs?q=dog", "/")}
    assert len(etags) == 4
    an_hour_later = make_client(clock=later(3_600))
    assert an_hour_later.get("/").headers["etag"] != client.get("/").headers["etag"], '"5 hours ago" became 6'
    assert an_hour_later.get("/gigs").headers["etag"] == client.get("/gigs").headers["etag"]


@pytest.mark.parametrize("path", CACHED)
def test_the_operators_answers_are_kept_nowhere(client: Client, private: Client, path: str) -> None:
    etag = client.get(path).headers["etag"]
    for who, headers in ((client, as_operator()), (private, {})):
        answer = who.get(path, headers={**headers, "If-None-Match": etag})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/gigs?x=1", "/gigs/nothere", "/nothing"])
def test_errors_are_kept_nowhere(client: Client, path: str) -> None:
    assert client.get(path).headers["cache-control"] == "no-store"


def test_static_files_are_kept_for_ever(client: Client) -> None:
    for file in static_files().values():
        answer = client.get(file.url)
        assert answer.content == file.body
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get(file.url, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert client.get("/static/style.css").status_code == 404


@pytest.mark.parametrize("path", ["/gigs", "/", "/boards.html"])
def test_long_answers_are_compressed(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]


# --- errors ---


@pytest.mark.parametrize("path", [*API, *PAGES])
@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH", "OPTIONS"])
def test_only_get_and_head(client: Client, path: str, method: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Method Not Allowed"


@pytest.mark.parametrize("path", [*API, *PAGES])
def test_an_unknown_parameter_is_an_error_everywhere(client: Client, path: str) -> None:
    answer = client.get(f"{path}?bogus=1")
    assert answer.status_code == 422
    assert answer.json()["parameter"] == "bogus"
    asked_by_browser = client.page(f"{path}?bogus=1")
    assert asked_by_browser.status_code == 422
    expected = "text/html; charset=utf-8" if path in PAGES else "application/problem+json"
    assert asked_by_browser.headers["content-type"] == expected


def test_an_unknown_address_is_a_problem(client: Client) -> None:
    answer = client.get("/gigs/x/y")
    assert answer.json() == {
        "type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is nothing at this address",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/gigs", "/gigs/facets", "/"])
def test_what_nobody_expected_leaks_nothing(
    make_client: MakeClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client(search=Broken(RuntimeError("secret detail")))
    answer = client.get(path)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"]
    page = client.page(path)
    for text in (answer.text, page.text):
        assert "secret detail" not in text
        assert "Traceback" not in text
    assert "secret detail" in caplog.text


def test_a_failing_engine_is_503(make_client: MakeClient) -> None:
    client = make_client(search=Broken(EngineError("disk of 10.0.0.7 is full")))
    answer = client.get("/gigs")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "10.0.0.7" not in answer.text


def test_a_failing_database_is_503(make_client: MakeClient) -> None:
    client = make_client(search=Broken(StoreError("database /srv/secret.db: disk I/O error")))
    answer = client.get("/gigs")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


# --- health, categories, boards ---


def test_health(client: Client, make_client: MakeClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready"}
    waiting = make_client(ready=lambda: "the index is being built")
    assert waiting.get("/health/live").status_code == 200
    answer = waiting.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "the index is being built"
    for path in ("/health/live", "/health/ready"):
        assert client.get(path).headers["cache-control"] == "no-store"


def test_categories(client: Client) -> None:
    items = client.items("/categories")
    assert {"id", "name"} <= set(items[0])
    assert len({item["id"] for item in items}) == len(items)
    assert client.get(f"/gigs?category={items[0]['id']}").status_code == 200


def test_boards(client: Client) -> None:
    boards = {board["id"]: board for board in client.items("/boards")}
    assert set(boards) == set(made_up.BOARDS)
    tasks = boards["tasks"]
    assert tasks["terms"]["channels"]["api"] == "full"
    assert tasks["last_run"]["counts"] == {"kept": 12}
    assert (tasks["healthy"], tasks["state"], tasks["why"]) == (True, "healthy", None)
    failing = boards["linkonly"]
    assert (failing["healthy"], failing["state"], failing["why"]) == (False, "failing", "answers 503")
    assert failing["since"] == "2026-05-04T12:00:00Z"
    assert (boards["resting"]["state"], boards["resting"]["why"]) == ("off", "its owner hasn't answered")
    assert (boards["errands"]["state"], boards["errands"]["since"]) == ("new", None)
    assert boards["resting"]["enabled"] is False
    assert boards["resting"]["off_reason"] == "its owner hasn't answered"
    assert boards["errands"]["last_run"] is None
    assert "secret path" not in client.get("/boards").text


# --- the schema ---


def test_the_schema_is_valid_openapi_31(client: Client) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(schema).validate()


def test_the_schema_describes_errors_and_answers(client: Client) -> None:
    schema = client.get("/openapi.json").json()
    feeds = {"/feeds/{format}", "/snapshot", "/changes"}
    reading = {*API[:2], "/gigs/{gig_id}", *API[3:], "/metrics", *feeds}
    saving = {f"/saved-searches{rest}" for rest in ("", "/key", "/{search_id}", "/{search_id}/feed")}
    assert set(schema["paths"]) == reading | saving
    assert all(set(schema["paths"][path]) == {"get"} for path in reading)
    for path, operation in ((path, one) for path, its in schema["paths"].items() for one in its.values()):
        assert operation["summary"]
        assert operation["description"], path
        content = operation["responses"]["422"]["content"]
        assert list(content) == ["application/problem+json"]
        assert (
            content["application/problem+json"]["schema"]["$ref"].rpartition("/")[2] in schema["components"]["schemas"]
        )
        media = operation["responses"].get("200", {}).get("content", {})
        if path not in ("/metrics", "/feeds/{format}", "/snapshot") and "application/json" in media:
            assert "$ref" in operation["responses"]["200"]["content"]["application/json"]["schema"]
        for parameter in operation.get("parameters", []):
            assert parameter["description"], f"{path} {parameter['name']}"


def test_every_field_of_an_answer_is_described(client: Client) -> None:
    models = client.get("/openapi.json").json()["components"]["schemas"]
    assert len(models) > 20
    undescribed = [
        f"{name}.{field}"
        for name, model in models.items()
        for field, schema in model.get("properties", {}).items()
        if not schema.get("description")
    ]
    assert undescribed == []
    assert [name for name, model in models.items() if not model.get("description")] == []


def test_every_parameter_has_an_example_that_works(client: Client) -> None:
    parameters = client.get("/openapi.json").json()["paths"]["/gigs"]["get"]["parameters"]
    examples = {one["name"]: one["example"] for one in parameters if one["name"] != "cursor"}
    assert client.get("/gigs", params=examples).status_code == 200
    for name, value in examples.items():
        assert client.get("/gigs", params={name: value}).status_code == 200, name


def test_every_answer_has_an_example_that_fits(client: Client) -> None:
    schema = client.get("/openapi.json").json()
    for path, operations in schema["paths"].items():
        for media in (
            operations.get("get", {"responses": {}})["responses"].get("200", {"content": {}})["content"].values()
        ):
            assert media.get("example"), path
            validator = Draft202012Validator({**media["schema"], "components": schema["components"]})
            assert [error.message for error in validator.iter_errors(media["example"])] == []


def test_the_example_is_a_gig_as_we_would_show_it() -> None:
    for evidence in examples.GIG.evidence["pay"]:
        assert examples.GIG.description[evidence.start : evidence.end] == evidence.text


# --- what a reviewer found ---


def test_no_redirect_is_made_of_the_host_header(client: Client) -> None:
    answer = client.get("/boards/", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("wanted", "packed"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, br", False),
        ("br", False),
    ],
)
def test_compression_is_for_those_who_take_it(client: Client, wanted: str, packed: bool) -> None:
    answer = client.get("/gigs", headers={"Accept-Encoding": wanted})
    assert (answer.headers.get("content-encoding") == "gzip") == packed
    varies = [name.strip() for name in answer.headers["vary"].split(",")]
    assert sorted(varies) == ["Accept-Encoding", "Authorization"]


def test_guessing_keys_has_a_quota(make_client: MakeClient) -> None:
    client = make_client(settings={"rate_limit": 3})
    wrong = {"Authorization": "Bearer wrong"}
    statuses = [client.get("/gigs?limit=1", headers=wrong).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]


def test_a_forged_cursor_is_an_error_where_nothing_is_found(client: Client) -> None:
    answer = client.get("/gigs?q=zzzzqq&cursor=garbage")
    assert (answer.status_code, answer.json()["parameter"]) == (422, "cursor")


def test_the_order_that_was_used_is_said(client: Client) -> None:
    assert client.get("/gigs?q=-survey").json()["query"]["sort"] == "newest"
    assert client.get("/gigs?q=survey").json()["query"]["sort"] == "relevance"


def test_suggest_takes_one_text(client: Client) -> None:
    assert client.get("/suggest?q=tr&q=da").status_code == 422


def test_the_schema_tells_conditions_quotas_and_the_key(client: Client) -> None:
    schema = client.get("/openapi.json").json()
    gigs = schema["paths"]["/gigs"]["get"]
    assert {"200", "304", "401", "422", "429", "503"} <= set(gigs["responses"])
    assert {"ETag", "Link", "RateLimit"} <= set(gigs["responses"]["200"]["headers"])
    assert "Retry-After" in gigs["responses"]["429"]["headers"]
    assert schema["components"]["securitySchemes"]["operatorKey"]["scheme"] == "bearer"
    assert gigs["security"] == [{}, {"operatorKey": []}]


def test_a_question_that_takes_too_long_is_told_what_takes_less(make_client: MakeClient) -> None:
    client = make_client(search=Broken(TooLongError("this search takes too long here; fewer words take less")))
    answer = client.get("/gigs?q=a")
    assert answer.status_code == 503
    assert answer.json()["detail"].endswith("fewer words take less")
    assert "retry-after" not in answer.headers, "trying again is no help"
