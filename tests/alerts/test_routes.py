"""Saving, confirming, managing and ending saved searches over HTTP, as programs and as people do."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from lxml import etree
from pydantic import SecretStr

from index.alerts import saved
from index.alerts.delivery import Delivery
from index.alerts.matching import Matcher
from index.engine.base import EngineError
from index.engine.embedded import EmbeddedEngine
from index.follow import Follower
from index.search import Search
from index.settings import Settings
from index.store.schema import store as tables
from index.store.store import Store
from index.stream import Stream
from search_api.deps import Services
from search_api.letters import Letters
from tests.alerts.conftest import match, messages, told
from tests.alerts.servers import Mailbox, Receiver, free_port, mail_server
from tests.alerts.test_delivery import plain_text
from tests.api.conftest import KEY, Client, as_operator
from tests.index.conftest import Clock, RunBoard, posting

DOGS = [posting("alpha", str(number), f"Walk dog number {number}, $20 an hour") for number in range(3)]
HOOK = {"kind": "webhook", "url": "https://203.0.114.9/hook"}
MAIL = {"kind": "email", "address": "me@example.org"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


@pytest.fixture
def engine(store: Store, settings: Settings) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine.create(settings.data / "engine")
    engine.publish()
    yield engine
    engine.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox, port = Mailbox(), free_port()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    with mail_server(mailbox, port):
        yield mailbox


class World:
    """A public instance with its mail server, and what works behind it."""

    def __init__(self, store: Store, engine: EmbeddedEngine, clock: Clock, smtp: str | None, **settings: Any) -> None:
        self.store, self.engine, self.clock = store, engine, clock
        defaults: dict[str, Any] = {
            "host": "0.0.0.0", "public_url": "https://gigdex.example", "rate_limit": 0, "admin_key": SecretStr(KEY),
            "smtp_url": SecretStr(smtp) if smtp else None, "mail_from": "gigs@gigdex.example",
        }  # fmt: skip
        chosen = Settings(**defaults | settings)
        self.services = Services(
            Search(engine, store, b"secret"),
            store,
            Stream(store, engine),
            chosen,
            clock=clock,
            database=store.database,
            secret=b"secret",
        )
        host = "127.0.0.1:8000" if chosen.private else "gigdex.example"
        self.client = Client(self.services, host)
        self.matcher = Matcher(store, chosen.private, clock)
        letters = Letters(chosen, dict, clock, chosen.home)
        self.delivery = Delivery(store, letters.ways(), chosen.private, clock)

    def work(self) -> None:
        """Everything that the worker does behind the pages."""
        Follower(self.store, self.engine).catch_up()
        match(self.matcher)
        while self.delivery.step():
            pass

    def ask(self, method: str, path: str, key: str | None = None, **more: Any) -> httpx.Response:
        headers = more.pop("headers", {}) | ({"Authorization": f"Bearer {key}"} if key else {})
        return self.client.request(method, path, headers=headers, **more)

    def save(self, channel: dict[str, Any], key: str | None = None, **more: Any) -> httpx.Response:
        body = {"query": {"q": "dog"}, "channel": channel, "rhythm": "instant"} | more
        return self.ask("POST", "/saved-searches", key, json=body)

    def form(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        return self.ask("POST", path, headers=FORM | (headers or {}), content=urlencode(fields))


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(store: Store, engine: EmbeddedEngine, clock: Clock) -> MakeWorld:
    def make(smtp: str | None = None, **settings: Any) -> World:
        return World(store, engine, clock, smtp, **settings)

    return make


@pytest.fixture
def world(make_world: MakeWorld, mailbox: Mailbox) -> World:
    return make_world(mailbox.url)


def found_in(mail: Any, pattern: str) -> str:
    """The path of a link in the mail's text."""
    match = re.search(f"https://gigdex.example({pattern}\\S*)", plain_text(mail))
    assert match is not None
    return match[1]


def refused(answer: httpx.Response, status: int, parameter: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().get("parameter") == parameter


# --- the API ---------------------------------------------------------------------------------------------------


def test_a_program_saves_looks_changes_and_deletes(world: World, run_board: RunBoard) -> None:
    run_board("alpha", *DOGS)
    world.work()
    made = world.save(HOOK)
    assert made.status_code == 201
    assert made.headers["location"] == f"/saved-searches/{made.json()['id']}"
    assert made.headers["cache-control"] == "private, no-store"
    body = made.json()
    key, path = body["key"], made.headers["location"]
    assert body["last_week"] == 3
    assert body["webhook_secret"].startswith("whsec_")
    got = world.ask("GET", path, key)
    assert got.status_code == 200
    assert got.json() == {
        "id": body["id"], "query": {"q": "dog"}, "channel": HOOK | {"address": None}, "rhythm": "instant", "hour": 8,
        "zone": "UTC", "state": "active", "why": None, "created_at": body["created_at"], "last_week": 3,
    }  # fmt: skip
    changed = world.ask("PATCH", path, key, json={"state": "paused", "query": {"q": "cat"}, "rotate_secret": True})
    assert (changed.json()["state"], changed.json()["query"]) == ("paused", {"q": "cat"})
    assert changed.json()["webhook_secret"] not in (None, body["webhook_secret"])
    world.clock.pass_by(seconds=1)
    second = world.save(HOOK, key)
    assert second.json()["key"] is None
    assert [one["id"] for one in world.ask("GET", "/saved-searches", key).json()["items"]] == [
        body["id"], second.json()["id"],
    ]  # fmt: skip
    for one in (path, second.headers["location"]):
        assert world.ask("DELETE", one, key).status_code == 204
    refused(world.ask("GET", path, key), 401)  # who has nothing left is erased


def test_anothers_search_is_a_404(world: World) -> None:
    mine, anothers = world.save(HOOK), world.save(HOOK)
    path, key = mine.headers["location"], anothers.json()["key"]
    for method in ("GET", "PATCH", "DELETE"):
        body = {"json": {"state": "paused"}} if method == "PATCH" else {}
        refused(world.ask(method, path, key, **body), 404)
        refused(world.ask(method, "/saved-searches/nothere", key, **body), 404)
        refused(world.ask(method, path, **body), 401)
        refused(world.ask(method, path, "gdx_wrong", **body), 401)
    assert world.client.request("GET", path, headers=as_operator()).status_code == 200
    assert world.ask("GET", path, mine.json()["key"]).json()["state"] == "active"


def test_a_key_is_replaced(world: World) -> None:
    made = world.save(HOOK)
    old = made.json()["key"]
    new = world.ask("POST", "/saved-searches/key", old).json()["key"]
    refused(world.ask("GET", made.headers["location"], old), 401)
    assert world.ask("GET", made.headers["location"], new).status_code == 200
    refused(world.ask("POST", "/saved-searches/key"), 401)


def test_a_key_may_be_for_reading_alone(world: World) -> None:
    made = world.save(HOOK)
    path, key = made.headers["location"], made.json()["key"]
    answer = world.ask("POST", "/saved-searches/key", key, json={"scope": "read"}).json()
    assert answer["scope"] == "read"
    reads = answer["key"]
    assert world.ask("GET", path, reads).status_code == world.ask("GET", "/saved-searches", reads).status_code == 200
    refused(world.ask("PATCH", path, reads, json={"state": "paused"}), 403)
    refused(world.ask("DELETE", path, reads), 403)
    refused(world.ask("POST", "/saved-searches/key", reads), 403)
    refused(world.save(HOOK, reads), 403)
    assert world.form("/alerts/manage", token=reads, search=made.json()["id"], action="delete").status_code == 404
    world.ask("POST", "/saved-searches/key", key, json={"scope": "read"})
    refused(world.ask("GET", path, reads), 401)
    assert world.ask("GET", path, key).status_code == 200
    refused(world.ask("POST", "/saved-searches/key", key, json={"scope": "everything"}), 422, "scope")


def test_a_change_that_cant_be_asked_changes_nothing(world: World) -> None:
    made = world.save(HOOK)
    path, key = made.headers["location"], made.json()["key"]
    for query, parameter in [({"pay_min": 9, "currency": "XXX"}, "currency"), ({"q": "?!"}, "query")]:
        refused(world.ask("PATCH", path, key, json={"query": query, "rhythm": "daily"}), 422, parameter)
    got = world.ask("GET", path, key).json()
    assert (got["query"], got["rhythm"]) == ({"q": "dog"}, "instant")
    assert world.ask("GET", "/saved-searches", key).status_code == 200


def test_looking_up_a_receiver_holds_nobody_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name server may take its time: others must be able to write meanwhile."""
    made = world.save(HOOK)

    def resolve(_: Any) -> str:
        with world.store.database.writing():
            return "203.0.113.9"

    monkeypatch.setattr("index.alerts.guard.resolve", resolve)
    assert world.ask("PATCH", made.headers["location"], made.json()["key"], json={"state": "active"}).status_code == 200


def test_what_is_saved_can_be_seen_and_paused_while_nothing_can_be_searched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.save(HOOK)
    path, key = made.headers["location"], made.json()["key"]

    def fails(*_: Any) -> list[int]:
        raise EngineError("it is being rebuilt")

    monkeypatch.setattr(Search, "totals", fails)
    assert world.ask("GET", path, key).json()["last_week"] is None
    assert world.ask("PATCH", path, key, json={"state": "paused"}).json()["state"] == "paused"


def test_other_sites_pages_save_nothing_on_a_private_instance(make_world: MakeWorld) -> None:
    """A page's script may send a body without a type, or as text, to any address, and nobody asks us first."""
    world = make_world(host="127.0.0.1", public_url=None)
    body = json.dumps({"query": {"q": "dog"}, "channel": HOOK})
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": FORM["Content-Type"]}):
        answer = world.ask(
            "POST", "/saved-searches", content=body, headers={"Origin": "https://evil.example"} | headers
        )
        assert answer.status_code == 422
    assert world.ask("GET", "/saved-searches").json() == {"items": []}


def test_bad_and_empty_searches_are_refused_with_the_reason(world: World) -> None:
    for query, parameter in [
        ({}, "query"), ({"q": "dog", "bogus": 1}, "bogus"), ({"pay_min": -1}, "pay_min"), ({"mode": ["moon"]}, "mode"),
        ({"near": "Nowhereville-on-Sea"}, "near"), ({"pay_min": 9, "currency": "XXX"}, "currency"),
        ({"q": "dog", "status": ["closed"]}, "status"), ({"q": ["dog"]}, "q"), ({"q": '"!?"'}, "query"),
        ({"pay_unknown": "include"}, "query"), ({"sort": "pay", "limit": 5, "risk": ["all"]}, "query"),
    ]:  # fmt: skip
        refused(world.save(HOOK, query=query), 422, parameter)
    for address in (
        "nobody",
        "a@b@c",
        "me@example.org\r\nBcc: you@example.org",
        "me\0@example.org",
        "me\x7f@example.org",
    ):
        refused(world.save({"kind": "email", "address": address}), 422, "address")
    refused(world.save({"kind": "pigeon"}), 422, "kind")
    refused(world.save({"kind": "feed", "address": "me@example.org"}), 422, "address")
    refused(world.save({"kind": "webhook"}), 422, "url")
    refused(world.save(HOOK, rhythm="hourly"), 422, "rhythm")
    refused(world.save(HOOK, zone="Mars/Olympus"), 422, "zone")
    refused(world.save(HOOK, hour=24), 422, "hour")
    refused(
        world.ask("POST", "/saved-searches", content="x" * 70_000, headers={"Content-Type": "application/json"}), 400
    )
    for url in ("https://127.0.0.1/", "http://203.0.114.9/", "https://169.254.169.254/latest", "https://2130706433/"):
        refused(world.save({"kind": "webhook", "url": url}), 422, "url")
    assert messages(world.store, "confirm") == []


def test_a_webhook_is_told_from_ingest_to_the_receiver(make_world: MakeWorld, run_board: RunBoard) -> None:
    with Receiver().serving() as receiver:
        world = make_world(webhook_allow=f"127.0.0.1:{receiver.port}")
        made = world.save({"kind": "webhook", "url": receiver.url}).json()
        run_board("alpha", *DOGS)
        world.work()
        [message] = receiver.verified(made["webhook_secret"])
        assert message["data"]["total"] == 3
        assert message["data"]["search"] == made["id"]


def test_a_private_feed_fills_with_what_is_new(world: World, run_board: RunBoard) -> None:
    run_board("alpha", DOGS[0])
    world.work()
    made = world.save({"kind": "feed"}).json()
    path = made["feed_url"].removeprefix("https://gigdex.example")
    run_board("alpha", *DOGS[:2], posting("alpha", "9", "Cat & <b>dog</b>\u0001, Berlin"))
    world.work()
    rss = world.ask("GET", path)
    assert rss.headers["content-type"] == "application/rss+xml"
    items = etree.fromstring(rss.content).findall("channel/item")
    assert [item.findtext("title") for item in items] == ["Cat & dog, Berlin", DOGS[1].title]
    assert "$20 an hour" in (items[1].findtext("description") or "")
    feed = world.ask("GET", f"{path}&format=json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed["items"]] == [item.findtext("guid") for item in items]
    refused(world.ask("GET", path.partition("?")[0]), 404)
    refused(world.ask("GET", f"{path}x"), 404)
    refused(world.ask("GET", f"{path}&format=atom"), 422, "format")


def test_sign_ups_are_limited_per_client_and_per_address(world: World) -> None:
    for _ in range(saved.MOST_LETTERS):
        assert world.save(MAIL).status_code == 202
    for other in ("me@EXAMPLE.org", "ME@example.org", "me+1@example.org", "Me+what+ever@example.org"):
        answer = world.save(MAIL | {"address": other})
        refused(answer, 429)  # they are one mailbox
    assert int(answer.headers["retry-after"]) > 0
    assert len(messages(world.store, "confirm")) == saved.MOST_LETTERS
    for number in range(saved.MOST_SIGN_UPS - saved.MOST_LETTERS):
        assert world.save(MAIL | {"address": f"{number}@example.org"}).status_code == 202
    refused(world.save(HOOK), 429)
    world.clock.pass_by(hours=25)
    assert world.save(MAIL).status_code == 202


def test_without_a_mail_server_no_mail_is_promised(make_world: MakeWorld) -> None:
    world = make_world()
    refused(world.save(MAIL), 422, "channel")
    assert "By mail" not in world.client.page("/alerts?q=dog").text


def test_on_a_private_instance_the_operator_needs_no_key(make_world: MakeWorld) -> None:
    world = make_world(host="127.0.0.1", public_url=None)
    made = world.save(HOOK)
    assert made.status_code == 201
    assert world.ask("GET", made.headers["location"]).status_code == 200
    other = world.save(HOOK).json()["key"]
    refused(world.ask("GET", made.headers["location"], other), 404)


def test_the_description_has_the_routes(world: World) -> None:
    paths = world.ask("GET", "/openapi.json").json()["paths"]
    assert set(paths["/saved-searches"]) == {"get", "post"}
    assert set(paths["/saved-searches/{search_id}"]) == {"get", "patch", "delete"}
    assert {"201", "202", "422", "429"} <= set(paths["/saved-searches"]["post"]["responses"])
    wrong = world.ask("PUT", "/saved-searches/x")
    refused(wrong, 405)
    assert wrong.headers["allow"] == "DELETE, GET, HEAD, PATCH"


# --- mail ------------------------------------------------------------------------------------------------------


def test_no_mail_comes_before_the_address_has_said_so(world: World, mailbox: Mailbox, run_board: RunBoard) -> None:
    made = world.save(MAIL)
    assert made.status_code == 202
    assert (made.json()["state"], made.json()["key"]) == ("unconfirmed", None)
    run_board("alpha", DOGS[0])
    world.work()
    [mail] = mailbox.mails
    assert mail["Subject"] == "Confirm your search on Gigdex"
    assert "dog" in plain_text(mail)
    link = found_in(mail, f"/saved-searches/{made.json()['id']}/confirm")
    for _ in range(2):  # a mail program looks, which changes nothing
        page = world.client.page(link)
        assert page.status_code == 200
        assert "Confirm your search" in page.text
    assert told(world.store, made.json()["id"]) == []
    done = world.client.request("POST", link, headers=FORM)
    assert done.status_code == 200
    assert "/alerts/manage?token=" in done.text
    assert world.client.request("POST", link, headers=FORM).status_code == 404  # once
    run_board("alpha", *DOGS[:2])
    world.work()
    assert [str(one["Subject"]) for one in mailbox.mails[1:]] == ["1 new gig: Gigs: “dog”"]


def test_who_never_agrees_is_forgotten(world: World, mailbox: Mailbox) -> None:
    agreed, _ = confirmed(world, mailbox)
    other = world.save(MAIL | {"address": "you@example.org"}).json()["id"]
    world.work()
    world.clock.pass_by(days=2)
    world.work()
    assert "you@example.org" in everything(world.store)
    world.clock.pass_by(days=1, hours=1)
    world.work()
    kept = everything(world.store)
    assert "you@example.org" not in kept
    assert other not in kept
    assert "me@example.org" in kept
    assert agreed in kept


def test_a_confirmation_carries_nobodys_advertisement(world: World, mailbox: Mailbox) -> None:
    world.save(MAIL, query={"q": "You won! Visit https://evil.example/prize or mail me@evil.example now " + "x " * 200})
    world.work()
    [mail] = mailbox.mails
    text = plain_text(mail)
    assert "You won" in text
    assert "evil.example" not in mailbox.raw[-1].decode()
    assert max(map(len, text.splitlines())) < 200


def test_a_link_to_confirm_grows_old_and_opens_one_search_alone(world: World, mailbox: Mailbox) -> None:
    one, other = world.save(MAIL).json()["id"], world.save(MAIL).json()["id"]
    world.work()
    links = [found_in(mail, "/saved-searches/[0-9a-f]+/confirm") for mail in mailbox.mails]
    link = next(link for link in links if one in link)
    assert world.client.request("POST", link.replace(one, other), headers=FORM).status_code == 404
    world.clock.pass_by(days=3, seconds=1)
    assert world.client.page(link).status_code == 404
    assert world.client.request("POST", link, headers=FORM).status_code == 404


def confirmed(world: World, mailbox: Mailbox) -> tuple[str, str]:
    """Save a search by mail and confirm it: its id, and the private link."""
    made = world.save(MAIL).json()["id"]
    world.work()
    done = world.client.request("POST", found_in(mailbox.mails[-1], f"/saved-searches/{made}/confirm"), headers=FORM)
    match = re.search(r'href="(/alerts/manage\?token=[^"]+)"', done.text)
    assert match is not None
    return made, match[1]


def test_one_click_ends_it(world: World, mailbox: Mailbox, run_board: RunBoard) -> None:
    made, _ = confirmed(world, mailbox)
    run_board("alpha", DOGS[0])
    world.work()
    stop = str(mailbox.mails[-1]["List-Unsubscribe"]).strip("<>").removeprefix("https://gigdex.example")
    assert world.client.page(stop).status_code == 200  # looking changes nothing
    run_board("alpha", *DOGS[:2])
    world.clock.pass_by(minutes=11)
    world.work()
    before = len(mailbox.mails)
    for _ in range(2):
        answer = world.form(stop, {"Accept": "*/*"}, **{"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200  # no redirect, no login, and twice is as once
    assert world.form(stop + "x").status_code == 404
    run_board("alpha", *DOGS)
    world.clock.pass_by(minutes=11)
    world.work()
    assert len(mailbox.mails) == before
    with world.store.database.reading() as connection:
        found = saved.load(connection, made)
    assert found is not None
    assert (found.state, found.why) == ("paused", "a link in a mail ended it")


# --- pages -----------------------------------------------------------------------------------------------------


def test_from_a_result_to_mails_without_a_script(world: World, mailbox: Mailbox, run_board: RunBoard) -> None:
    run_board("alpha", *DOGS)
    world.work()
    results = world.client.page("/?q=dog&sort=newest").text
    assert 'href="/alerts?q=dog"' in results
    assert "/alerts?" not in world.client.page("/").text  # there is nothing to save yet
    page = world.client.page("/alerts?q=dog")
    assert page.headers["cache-control"] == "private, no-store"
    assert "<strong>3</strong> gigs of the last 7 days fit" in page.text
    assert "<script" not in page.text
    fields = {"search": "q=dog", "kind": "email", "rhythm": "weekly", "hour": "18", "zone": "Europe/Berlin"}
    wrong = world.form("/alerts", **fields, address="nobody")
    assert wrong.status_code == 422
    assert "it is no mail address" in wrong.text
    assert 'value="nobody"' in wrong.text
    assert "One click is missing" in world.form("/alerts", **fields, address=" me@example.org ").text
    world.work()
    [mail] = mailbox.mails
    link = found_in(mail, "/saved-searches/[0-9a-f]+/confirm")
    done = world.client.request("POST", link, headers=FORM).text
    manage = re.search(r'href="(/alerts/manage\?token=[^"]+)"', done)
    assert manage is not None
    page = world.client.page(manage[1])
    assert "Once a week, on Mondays, at 18:00 Europe/Berlin" in page.text
    assert page.headers["referrer-policy"] == "same-origin"


def test_an_empty_search_and_a_bad_one_are_told_on_the_page(world: World) -> None:
    assert world.client.page("/alerts").status_code == 200
    for query, said in (("sort=pay", "it is empty"), ("pay_min=x", "pay_min"), ("bogus=1", "unknown parameter")):
        page = world.client.page(f"/alerts?{query}")
        assert page.status_code == 422
        assert said in page.text


def test_pause_go_on_change_export_and_erase(world: World, mailbox: Mailbox, run_board: RunBoard) -> None:
    made, manage = confirmed(world, mailbox)
    token = manage.partition("token=")[2]

    def press(action: str, **more: str) -> httpx.Response:
        return world.form("/alerts/manage", token=token, search=made, action=action, **more)

    assert press("pause").status_code == 303
    assert "It is <strong>paused</strong>" in world.client.page(manage).text
    press("resume")
    press("rhythm", rhythm="daily", hour="7", zone="Asia/Tokyo")
    assert "Once a day, at 7:00 Asia/Tokyo" in world.client.page(manage).text
    assert world.form("/alerts/manage", token=token, search="other", action="delete").status_code == 404
    assert world.form("/alerts/manage", token="gdx_wrong", search=made, action="delete").status_code == 404
    assert press("rhythm", hour="99").status_code == 422
    export = world.ask("GET", f"/alerts/export?token={token}")
    assert export.json()["address"] == "me@example.org"
    assert [one["id"] for one in export.json()["saved_searches"]] == [made]
    assert "whsec" not in export.text
    assert "Erased" in press("erase").text
    assert world.client.page(manage).status_code == 404
    assert "me@example.org" not in everything(world.store)
    assert made not in everything(world.store)


def test_the_search_itself_is_changed_on_the_private_page(world: World, mailbox: Mailbox, run_board: RunBoard) -> None:
    run_board("alpha", *DOGS, posting("alpha", "9", "Feed the cat, $50 an hour"))
    world.work()
    made, manage = confirmed(world, mailbox)
    token = manage.partition("token=")[2]
    page = world.client.page(f"/alerts/edit?token={token}&search={made}")
    assert 'name="q" value="dog"' in page.text

    def send(action: str, **fields: str) -> httpx.Response:
        return world.form("/alerts/edit", token=token, search=made, action=action, **fields)

    several = {"country": "DE,FR", "media": "cash"}
    counted = send("count", q="cat", pay_min="", **several)
    assert "<strong>0</strong> gigs of the last 7 days fit" in counted.text
    assert 'name="country" value="DE,FR"' in counted.text
    for fields, said in (({"q": ""}, "it is empty"), ({"q": "cat", "pay_min": "much"}, "At least")):
        wrong = send("save", **fields)
        assert wrong.status_code == 422
        assert said in wrong.text
    assert "dog" in world.client.page(manage).text
    assert send("save", q="cat", pay_min="40").status_code == 303
    assert 'href="/?q=cat&amp;pay_min=40"' in world.client.page(manage).text
    for bad in ({"token": "gdx_wrong", "search": made}, {"token": token, "search": "other"}):
        assert world.client.page(f"/alerts/edit?{urlencode(bad)}").status_code == 404
        assert world.form("/alerts/edit", action="save", q="x", **bad).status_code == 404


def everything(store: Store) -> str:
    """All rows of all tables, as text."""
    with store.database.reading() as connection:
        return json.dumps([str(row) for table in tables.tables.values() for row in connection.execute(table.select())])


def test_who_lost_the_link_gets_another_and_strangers_learn_nothing(world: World, mailbox: Mailbox) -> None:
    confirmed(world, mailbox)
    known = world.form("/alerts/link", address="me@example.org")
    unknown = world.form("/alerts/link", address="you@example.org")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    world.work()
    assert [str(mail["Subject"]) for mail in mailbox.mails[1:]] == ["Your searches on Gigdex"]
    assert world.client.page(found_in(mailbox.mails[-1], "/alerts/manage")).status_code == 200


def test_other_sites_pages_send_no_forms(world: World) -> None:
    for path in ("/alerts", "/alerts/manage", "/alerts/link"):
        for origin in ("https://evil.example", "null"):
            assert world.form(path, {"Origin": origin}).status_code == 403
        assert world.form(path, {"Origin": "http://gigdex.example"}).status_code != 403


def test_secrets_are_kept_as_hashes(world: World, mailbox: Mailbox) -> None:
    key = world.save(HOOK).json()["key"]
    token = world.save({"kind": "feed"}).json()["feed_url"].partition("token=")[2]
    _, manage = confirmed(world, mailbox)
    kept = everything(world.store)
    for secret in (key, token, manage.partition("token=")[2]):
        assert secret.startswith("gdx_")
        assert secret not in kept


def test_hostile_searches_are_escaped(world: World) -> None:
    page = world.client.page("/alerts?" + urlencode({"q": "<script>alert(1)</script>"}))
    assert "<script>" not in page.text
