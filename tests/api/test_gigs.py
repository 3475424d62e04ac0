"""/gigs, /gigs/facets and /gigs/{id}."""

import pytest

from index.gig import Gig
from index.query import SearchQuery
from search_api.present import GigPage
from tests.api import made_up
from tests.api.conftest import MOVED, Client, MakeClient, as_operator


def ids(client: Client, path: str, **more: object) -> list[str]:
    return [item["id"] for item in client.items(path, **more)]


def test_the_default_search_hides_closed_gigs_and_likely_scams(client: Client) -> None:
    answer = client.get("/gigs?limit=100").json()
    expected = {gig.id for gig in made_up.GIGS} - {made_up.CLOSED.id, made_up.SCAM.id}
    assert {item["id"] for item in answer["items"]} == expected
    assert answer["total"] == len(expected)
    assert answer["next"] is None
    assert answer["limited"] is False
    assert answer["near"] is None
    assert set(answer["pay_states"]) == {"match", "unknown", "outside"}
    assert answer["facets"]["category"]["data_entry"] == 8
    assert answer["query"]["risk"] == ["hide_high"]
    assert answer["query"]["sort"] == "newest"


def test_an_answer_is_what_the_schema_promises(client: Client) -> None:
    answer = client.get("/gigs?near=Austin&country=US&limit=5")
    page = GigPage.model_validate_json(answer.text)
    assert page.near is not None
    assert page.near.country == "US"
    assert all(item.distance_km is not None and item.distance_km < 25 for item in page.items)


def test_items_are_gigs_by_the_contract(client: Client) -> None:
    item = client.items("/gigs?q=interviews")[0]
    assert Gig.model_validate(item) == made_up.TRANSCRIBE
    assert set(item) - set(Gig.model_fields) == {"shown_pay", "distance_km"}


@pytest.mark.parametrize(
    ("parameters", "title"),
    [
        ("q=interviews", made_up.TRANSCRIBE.title),
        ("category=surveys", made_up.SURVEY.title),
        ("mode=in_person&near=Berlin", made_up.LESSON.title),
        ("near=52.4,13.06&radius_km=5", made_up.LESSON.title),
        ("country=DE", made_up.LESSON.title),
        ("pay_unit=word", made_up.WORDS.title),
        ("media=cash", made_up.LESSON.title),
        ("media=gift_card&minimum_payout_max=25", made_up.SURVEY.title),
        ("board=errands&board=tasks&q=interviews", made_up.TRANSCRIBE.title),
        ("risk=high", made_up.SCAM.title),
        ("language=de", made_up.LESSON.title),
        ("status=closed", made_up.CLOSED.title),
        ("pay_unknown=only&mode=either", made_up.TALKS.title),
        ("pay_min=35&currency=EUR&pay_unit=task&country=DE", made_up.LESSON.title),
        ("hourly_min=20&mode=online&category=writing", made_up.WORDS.title),
        ("posted_within=1h", "Data entry number 0"),
        ("pay_min=0.04&pay_max=0.06", made_up.WORDS.title),
    ],
)
def test_each_filter_filters(client: Client, parameters: str, title: str) -> None:
    assert [item["title"] for item in client.items(f"/gigs?{parameters}")] == [title]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ("bogus=1", "bogus"),
        ("category=Not+A+Category", "category"),
        ("mode=somewhere", "mode"),
        ("near=Xyzzyplughville", "near"),
        ("near=91,0", "near"),
        ("radius_km=0", "radius_km"),
        ("radius_km=far", "radius_km"),
        ("country=Germany", "country"),
        ("pay_min=-1", "pay_min"),
        ("pay_min=lots", "pay_min"),
        ("pay_max=nan", "pay_max"),
        ("pay_min=5&pay_max=4", "pay_min"),
        ("pay_unit=moon", "pay_unit"),
        ("hourly_min=inf", "hourly_min"),
        ("currency=dollars", "currency"),
        ("currency=XXX&pay_min=1", "currency"),
        ("pay_unknown=maybe", "pay_unknown"),
        ("media=shells", "media"),
        ("minimum_payout_max=x", "minimum_payout_max"),
        ("board=No+Board", "board"),
        ("risk=some", "risk"),
        ("language=English", "language"),
        ("posted_within=yesterday", "posted_within"),
        ("status=new", "status"),
        ("sort=best", "sort"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("cursor=forged", "cursor"),
        ("sort=pay&sort=newest", "sort"),
        ("q=" + "x" * 20_001, "q"),
    ],
)
def test_each_filter_refuses_nonsense_by_name(client: Client, parameters: str, name: str) -> None:
    for path in ("/gigs", "/"):
        answer = client.get(f"{path}?{parameters}")
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["parameter"] == name
        assert problem["status"] == 422
        assert problem["type"] == "about:blank"
        assert problem["title"] == "Unprocessable Entity" or problem["title"] == "Unprocessable Content"
        assert "\n" not in problem["detail"]
        assert problem["detail"]


def test_an_order_by_distance_needs_a_place(client: Client) -> None:
    assert client.get("/gigs?sort=distance").json()["parameter"] == "sort"


@pytest.mark.parametrize("words", ["id:a", '"', "((", "-x", "a OR", "%00", "*", "http://x", "%FF%FE", "word " * 3_000])
def test_no_words_are_an_error(client: Client, words: str) -> None:
    assert client.get("/gigs", params={"q": words}).status_code == 200
    assert client.page(f"/?q={words[:500]}").status_code == 200


def test_following_next_walks_every_gig_once(client: Client) -> None:
    for sort in ("newest", "pay", "hourly"):
        seen: list[str] = []
        cursor = ""
        while True:
            answer = client.get(f"/gigs?limit=7&sort={sort}" + (f"&cursor={cursor}" if cursor else ""))
            page = answer.json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next"]
            assert ("link" in answer.headers) == (cursor is not None)
            if cursor is None:
                break
            linked = answer.headers["link"].split(">")[0].removeprefix("<")
            assert linked.startswith("/gigs?")
            assert client.get(linked).json()["items"][0]["id"] not in seen
        assert len(seen) == len(set(seen)) == page["total"]


def test_pay_is_shown_in_the_currency_asked_for(client: Client) -> None:
    (written,) = client.items("/gigs?country=DE&currency=EUR")
    assert written["shown_pay"] == {"currency": "EUR", "min": 40.0, "max": 40.0}
    (converted,) = client.items("/gigs?q=interviews&currency=EUR")
    assert converted["pay"]["currency"] == "USD"
    assert converted["shown_pay"]["currency"] == "EUR"
    assert 10 < converted["shown_pay"]["min"] < converted["shown_pay"]["max"] < 22
    (dollars,) = client.items("/gigs?country=DE")
    assert dollars["shown_pay"] == {"currency": "USD", "min": 43.2, "max": 43.2}
    (none,) = client.items("/gigs?mode=either")
    assert none["shown_pay"] is None
    (points,) = client.items("/gigs?media=gift_card")
    assert points["shown_pay"] == {"currency": "USD", "min": 5.0, "max": 5.0}


def test_facets_count_without_gigs(client: Client) -> None:
    counts = client.get("/gigs/facets?category=surveys").json()
    whole = client.get("/gigs?category=surveys").json()
    assert counts == {name: whole[name] for name in ("total", "facets", "pay_states")}
    assert counts["total"] == 1
    assert counts["facets"]["category"]["data_entry"] == 8


@pytest.mark.parametrize("name", ["sort", "limit", "cursor"])
def test_facets_refuse_what_has_no_meaning_for_counts(client: Client, name: str) -> None:
    assert client.get(f"/gigs/facets?{name}=1").json()["parameter"] == name


def test_one_gig(client: Client) -> None:
    answer = client.get(f"/gigs/{made_up.LESSON.id}?currency=GBP")
    assert answer.status_code == 200
    assert Gig.model_validate(answer.json()) == made_up.LESSON
    assert answer.json()["shown_pay"]["currency"] == "GBP"


def test_a_closed_gig_says_so(client: Client) -> None:
    answer = client.get(f"/gigs/{made_up.CLOSED.id}")
    assert answer.status_code == 200
    assert answer.json()["status"] == "closed"
    assert answer.json()["closed_reason"] == "expired"


def test_a_merged_gig_leads_to_the_other(client: Client) -> None:
    answer = client.get(f"/gigs/{MOVED}?currency=EUR")
    assert answer.status_code == 308
    assert answer.headers["location"] == f"/gigs/{made_up.TRANSCRIBE.id}?currency=EUR"


@pytest.mark.parametrize("gig_id", ["nothere", "..%2F..", "%00", "x" * 3_000])
def test_an_unknown_gig_is_a_404(client: Client, gig_id: str) -> None:
    answer = client.get(f"/gigs/{gig_id}")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_one_gig_takes_no_other_parameter(client: Client) -> None:
    answer = client.get(f"/gigs/{made_up.LESSON.id}?q=x")
    assert (answer.status_code, answer.json()["parameter"]) == (422, "q")


# --- channels ---


def test_the_api_shows_only_what_boards_permit(client: Client) -> None:
    for path in ("/gigs?limit=100", "/gigs?q=secret", "/gigs?q=link"):
        text = client.get(path).text
        assert made_up.HIDDEN.title not in text
        assert made_up.LINK_ONLY.title not in text
    for gig in (made_up.HIDDEN, made_up.LINK_ONLY):
        assert client.get(f"/gigs/{gig.id}").status_code == 404


def test_the_operator_sees_all(client: Client, private: Client) -> None:
    for who, headers in ((client, as_operator()), (private, {})):
        assert ids(who, "/gigs?q=secret", headers=headers) == [made_up.HIDDEN.id]
        answer = who.get(f"/gigs/{made_up.HIDDEN.id}", headers=headers)
        assert answer.json()["description"] == made_up.HIDDEN.description
        assert answer.headers["cache-control"] == "private, no-store"
        assert "etag" not in answer.headers


@pytest.mark.parametrize("key", ["wrong", "", "operators-secre", "operators-secret2", "ключ"])
def test_a_wrong_key_is_refused(client: Client, key: str) -> None:
    answer = client.get("/gigs", headers={"Authorization": f"Bearer {key}".encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["title"] == "Unauthorized"


def test_without_an_admin_key_there_is_no_operator(make_client: MakeClient) -> None:
    client = make_client(settings={"admin_key": None})
    for key in ("", "None", "x"):
        assert client.get("/gigs", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_a_key_may_hold_any_letters(make_client: MakeClient) -> None:
    client = make_client(settings={"admin_key": "длинный ключ оператора"})
    answer = client.get("/gigs?q=secret", headers={"Authorization": "Bearer длинный ключ оператора".encode()})
    assert answer.json()["total"] == 1


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("attacker.example", {}),
        ("127.0.0.1.attacker.example", {}),
        ("localhost", {"X-Forwarded-For": "203.0.113.5"}),
        ("localhost", {"Forwarded": "for=203.0.113.5"}),
    ],
)
def test_a_proxy_or_a_foreign_name_makes_a_private_instance_public(
    make_client: MakeClient, host: str, headers: dict[str, str]
) -> None:
    client = make_client(host=host, settings={"host": "127.0.0.1"})
    assert ids(client, "/gigs?q=secret", headers=headers) == []


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_a_private_instance_knows_its_own_names(make_client: MakeClient, host: str) -> None:
    client = make_client(host=host, settings={"host": "127.0.0.1"})
    assert ids(client, "/gigs?q=secret") == [made_up.HIDDEN.id]


def test_a_public_address_ends_privacy(make_client: MakeClient) -> None:
    client = make_client(host="localhost", settings={"host": "127.0.0.1", "public_url": "https://gigdex.example"})
    assert ids(client, "/gigs?q=secret") == []


def test_every_filter_is_documented_from_the_model(client: Client) -> None:
    schema = client.get("/openapi.json").json()
    parameters = {p["name"]: p for p in schema["paths"]["/gigs"]["get"]["parameters"]}
    assert set(parameters) == set(SearchQuery.model_fields)
    for name, field in SearchQuery.model_fields.items():
        assert parameters[name]["description"] == field.description
    assert parameters["limit"]["schema"]["maximum"] == 100
    assert parameters["pay_min"]["schema"]["type"] == "number"
    assert parameters["category"]["schema"]["type"] == "array"
