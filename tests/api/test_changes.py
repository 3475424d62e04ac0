"""/snapshot and /changes over HTTP, and a mirror that follows them."""

import http.client
import io
import json
import threading
import urllib.error
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from index.engine.embedded import EmbeddedEngine
from index.gig import Gig, gig_id
from index.mirror import Mirror, MirrorError, ask
from index.search import Search
from index.settings import Settings
from index.store import gigs, schema
from index.store.boards import declare
from index.store.gigs import GigWrite, View
from index.store.store import Store
from index.stream import Stream
from search_api.deps import Services
from tests.api import made_up
from tests.api.conftest import Client, fill
from tests.api.made_up import BOARDS


class Site:
    """A Gigdex of its own, which a test may change."""

    def __init__(self, folder: Path, search: Search, engine: EmbeddedEngine, **settings: Any) -> None:
        self.store = Store.open(Settings(data=folder))
        declare(self.store.database, BOARDS.values())
        stream = Stream(self.store, engine)
        its = Settings(host="0.0.0.0", data=folder, **{"rate_limit": 0} | settings)
        self.client = Client(Services(search=search, store=self.store, stream=stream, settings=its), "gigdex.example")

    def write(self, name: str, title: str = "Carry boxes", open: bool = True, seq: int | None = None) -> int:
        gig = Gig(id=gig_id("tasks", name), title=title, status="open" if open else "closed", category="moving")
        if not open:
            gig = gig.model_copy(update={"closed_reason": "filled"})
        write = GigWrite(gig.id, gig.status, datetime.now(UTC), (View(("operator", "feed"), gig),), seq)
        with self.store.database.writing() as connection:
            return gigs.save(self.store.database, connection, [write])[gig.id]

    def snapshot(self, **filters: str) -> list[dict[str, Any]]:
        answer = self.client.get("/snapshot", params=filters)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    def cursor(self, **filters: str) -> str:
        return str(self.snapshot(**filters)[0]["snapshot"]["cursor"])

    def changes(self, after: str, **parameters: str) -> dict[str, Any]:
        answer = self.client.get("/changes", params={"after": after, **parameters})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ask(self, address: str) -> Any:
        """As index.mirror asks."""
        answer = self.client.get(address.removeprefix("http://gigdex.example"))
        if answer.status_code != 200:
            body = io.BytesIO(answer.content)
            raise urllib.error.HTTPError(address, answer.status_code, "", answer.headers, body)  # type: ignore[arg-type]
        return io.BytesIO(answer.content)


@pytest.fixture
def site(tmp_path: Path, search: Search, engine: EmbeddedEngine) -> Iterator[Site]:
    site = Site(tmp_path / "site", search, engine)
    yield site
    site.store.close()


def test_a_snapshot_has_a_head_and_an_end(site: Site) -> None:
    fill(site.store, {(gig.seq or 0, 0): (("operator", "feed"), gig) for gig in made_up.GIGS})
    head, *lines, end = site.snapshot()
    wanted = {gig.id for gig in made_up.GIGS if gig.status == "open" and gig.risk.level != "high"}
    assert {line["id"] for line in lines} == wanted
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
    assert end == {"end": {"gigs": len(lines)}}
    assert {board["attribution"] for board in head["snapshot"]["boards"]} >= {"Gigs by Tidy Tasks"}
    some = site.snapshot(category="surveys")[1:-1]
    assert [line["id"] for line in some] == [made_up.SURVEY.id]


def test_changes_lead_on_and_say_when_there_is_nothing(site: Site) -> None:
    after = site.cursor()
    assert site.changes(after) == {"schema_version": 1, "items": [], "next": after, "more": False}
    seq = site.write("1")
    page = site.changes(after)
    [item] = page["items"]
    assert (item["removed"], item["gig"]["title"], item["seq"]) == (False, "Carry boxes", seq)
    site.write("1", open=False, seq=seq)
    [item] = site.changes(page["next"])["items"]
    assert (item["removed"], item["reason"], item["category"]) == (True, "filled", "moving")


def test_nothing_new_is_304(site: Site) -> None:
    after = site.cursor()
    site.write("1")
    first = site.client.get("/changes", params={"after": after})
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = site.client.get("/changes", params={"after": after}, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_long_poll_ends_when_something_happens(site: Site) -> None:
    after = site.cursor()
    writer = threading.Timer(0.7, site.write, ["1"])
    writer.start()
    items = site.changes(after, wait="30")["items"]
    writer.join()
    assert [item["gig"]["title"] for item in items] == ["Carry boxes"]


def test_a_long_poll_ends_when_nothing_does(site: Site) -> None:
    assert site.changes(site.cursor(), wait="1")["items"] == []


@pytest.mark.parametrize(
    ("parameters", "name"),
    [({}, "after"), ({"after": "forged"}, "after"), ({"wait": "31"}, "wait"), ({"limit": "5"}, "limit")],
)
def test_what_can_not_be_is_422_and_named(site: Site, parameters: dict[str, str], name: str) -> None:
    given = {"after": site.cursor()} | parameters if parameters else {}
    answer = site.client.get("/changes", params=given)
    assert (answer.status_code, answer.json()["parameter"]) == (422, name)


def test_an_old_cursor_is_410_and_says_what_to_do(site: Site) -> None:
    after = site.cursor()
    site.write("1")
    grow_old(site)
    answer = site.client.get("/changes", params={"after": after})
    assert answer.status_code == 410
    assert "take a new snapshot from /snapshot" in answer.json()["detail"]


def grow_old(site: Site) -> None:
    with site.store.database.writing() as connection:
        connection.execute(sa.update(schema.gigs).values(changed_at=datetime.now(UTC) - timedelta(days=91)))


# --- gigdex mirror -----------------------------------------------------------------------------------------------


class Lines(io.RawIOBase):
    """An open answer of these lines."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines

    def __next__(self) -> bytes:
        return next(self._lines)


@pytest.fixture
def mirror(site: Site, tmp_path: Path) -> Mirror:
    return Mirror("http://gigdex.example/", tmp_path / "mirror.ndjson", ask=site.ask)


def held(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_mirror_ends_with_identical_content(
    site: Site, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.stream.PAGE", 3)
    monkeypatch.setattr("index.mirror.PAGES", 2)
    seqs = {name: site.write(name) for name in "abcdef"}
    assert mirror.sync().anew
    assert mirror.sync().changes == 0
    site.write("a", title="Carry “big” boxes 📦", seq=seqs["a"])
    site.write("b", open=False, seq=seqs["b"])
    for name in "ghijklmnop":
        site.write(name)
    done = mirror.sync()
    assert (done.gigs, done.changes, done.anew) == (15, 12, False)
    assert held(tmp_path / "mirror.ndjson") == site.snapshot()


def test_a_mirror_begins_again_when_it_slept_too_long(site: Site, mirror: Mirror, tmp_path: Path) -> None:
    mirror.sync()
    site.write("a")
    grow_old(site)
    assert mirror.sync().anew
    assert held(tmp_path / "mirror.ndjson") == site.snapshot()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda whole: whole[: whole.rindex(b'{"end"')], "cut off"),
        (lambda whole: whole.replace(b'{"end":{"gigs":1}}', b'{"end":{"gigs":2}}'), "counts its gigs wrongly"),
        (lambda whole: b"<html>\n" + whole, "doesn't speak as Gigdex does"),
        (lambda whole: b"", "doesn't speak as Gigdex does"),
        (lambda whole: b"[1]\n", "doesn't speak as Gigdex does"),
    ],
)
def test_a_snapshot_that_is_not_whole_is_not_kept(
    site: Site, tmp_path: Path, spoil: Callable[[bytes], bytes], message: str
) -> None:
    site.write("a")
    file = tmp_path / "mirror.ndjson"
    spoilt = spoil(site.client.get("/snapshot").content)
    with pytest.raises(MirrorError, match=message):
        Mirror("http://gigdex.example", file, ask=lambda _: io.BytesIO(spoilt)).sync()
    assert list(tmp_path.glob("mirror*")) == []


@pytest.mark.parametrize(
    "broken", [http.client.IncompleteRead(b""), zlib.error("invalid block"), EOFError(), ConnectionResetError()]
)
def test_an_answer_that_breaks_off_is_told_in_one_line(site: Site, tmp_path: Path, broken: Exception) -> None:
    """As when the other side is killed while it sends."""
    file = tmp_path / "mirror.ndjson"

    class Breaking(io.BytesIO):
        def __next__(self) -> bytes:
            raise broken

    with pytest.raises(MirrorError, match=r"can't follow http://gigdex\.example") as told:
        Mirror("http://gigdex.example", file, ask=lambda _: Breaking()).sync()
    assert told.value.again_s is not None
    assert list(tmp_path.glob("mirror*")) == []


def test_a_file_that_is_no_mirror_stays_as_it_is(site: Site, mirror: Mirror, tmp_path: Path) -> None:
    file = tmp_path / "mirror.ndjson"
    for content in ("", "my diary\n", '{"a": 1}\n', "[1]\n"):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(MirrorError, match="is no mirror"):
            mirror.sync()
        assert file.read_text(encoding="utf-8") == content


def test_two_mirrors_do_not_write_one_file_at_once(site: Site, mirror: Mirror, tmp_path: Path) -> None:
    site.write("a")
    seen: list[str] = []

    def ask_slowly(address: str) -> Any:
        answer = site.ask(address)

        def lines() -> Iterator[bytes]:
            yield next(answer)
            with pytest.raises(MirrorError, match="another process is writing") as told:  # while this one does
                mirror.sync()
            seen.append(str(told.value))
            yield from answer

        return Lines(lines())

    assert Mirror("http://gigdex.example", tmp_path / "mirror.ndjson", ask=ask_slowly).sync().gigs == 1
    assert len(seen) == 1
    assert mirror.sync().changes == 0
    assert [path.name for path in tmp_path.glob("mirror*")] == ["mirror.ndjson"]


def test_what_a_killed_mirror_left_is_written_over(site: Site, mirror: Mirror, tmp_path: Path) -> None:
    site.write("a")
    (tmp_path / "mirror.ndjson.part").write_text("half a line of mo", encoding="utf-8")
    mirror.sync()
    assert held(tmp_path / "mirror.ndjson") == site.snapshot()
    assert [path.name for path in tmp_path.glob("mirror*")] == ["mirror.ndjson"]


def test_a_key_goes_to_nobody_that_an_address_leads_on_to() -> None:
    """urllib sends a redirected request with all headers that aren't marked."""
    asked: list[dict[str, str]] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(dict(self.headers))
            if self.path == "/snapshot":
                self.send_response(302)
                self.send_header("Location", "/elsewhere")
            else:
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=lambda: [server.handle_request() for _ in range(2)], daemon=True).start()
        ask(f"http://127.0.0.1:{server.server_port}/snapshot", "gdp_secret").close()
    assert [headers.get("Authorization") for headers in asked] == ["Bearer gdp_secret", None]


def test_a_mirror_says_what_the_other_side_says(site: Site, tmp_path: Path) -> None:
    its = Mirror("http://gigdex.example", tmp_path / "m", [("mode", "nowhere")], ask=site.ask)
    with pytest.raises(MirrorError, match=r"answers 422: .*online"):
        its.sync()
    with pytest.raises(MirrorError, match="begins with https://"):
        Mirror("gigdex.example", tmp_path / "m")


# --- partners' keys ----------------------------------------------------------------------------------------------


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_partner_has_a_quota_of_its_own(tmp_path: Path, search: Search, engine: EmbeddedEngine) -> None:
    from index.store import api_keys

    site = Site(tmp_path / "site", search, engine, rate_limit=2)
    key = api_keys.add(site.store.database, "Partner & Co.", ["feeds"], 50)
    limits = [site.client.get("/snapshot").status_code for _ in range(3)]
    assert limits == [200, 200, 429]
    answer = site.client.get("/snapshot", headers=bearer(key))
    assert (answer.status_code, answer.headers["RateLimit-Policy"]) == (200, '"default";q=50;w=60')
    site.store.close()


def test_a_key_opens_what_it_is_for(site: Site) -> None:
    from index.store import api_keys

    key = api_keys.add(site.store.database, "Partner", ["feeds"], 0)
    answer = site.client.get("/gigs", headers=bearer(key))
    assert (answer.status_code, "scope api" in answer.json()["detail"]) == (403, True)
    assert site.client.get("/feeds/rss", headers=bearer(key)).status_code == 200


def test_a_key_is_kept_as_a_hash_and_can_be_revoked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.store import api_keys

    monkeypatch.setattr("search_api.partners.KEEP_S", 0)
    key = api_keys.add(site.store.database, "Partner", ["feeds"], 50)
    assert site.client.get("/snapshot", headers=bearer(key)).status_code == 200
    with site.store.database.reading() as connection:
        assert key not in str(connection.execute(sa.select(schema.api_keys)).all())
    second = api_keys.add(site.store.database, "Partner", ["feeds"], 50)
    assert site.client.get("/snapshot", headers=bearer(key)).status_code == 401
    assert api_keys.revoke(site.store.database, "Partner")
    assert not api_keys.revoke(site.store.database, "Partner")
    refused = site.client.get("/snapshot", headers=bearer(second))
    assert (refused.status_code, refused.json()["detail"]) == (401, "this key is unknown or revoked")
    [known] = api_keys.everyone(site.store.database)
    assert known.revoked_at is not None


def test_a_board_may_bar_a_partner(client: Client, site: Site) -> None:
    from index.store import api_keys

    barring = BOARDS["tasks"].terms.model_copy(update={"barred": ("Partner",)})
    declare(site.store.database, [BOARDS["tasks"].model_copy(update={"terms": barring}), BOARDS["errands"]])
    channels = ("operator", "feed", "api", "page")
    fill(site.store, {(gig.seq or 0, 0): (channels, gig) for gig in (made_up.LESSON, made_up.HOSTILE)})
    key = api_keys.add(site.store.database, "PARTNER", ["feeds", "api"], 0)
    assert len(site.snapshot()) == 4
    lines = site.client.get("/snapshot", headers=bearer(key)).text.splitlines()
    assert len(lines) == 2
    for address in (f"/gigs/{made_up.LESSON.id}", f"/gig/{made_up.LESSON.id}"):
        assert site.client.get(address).status_code == 200
        assert site.client.get(address, headers=bearer(key)).status_code == 404
    assert made_up.LESSON.title in site.client.get("/").text
    assert made_up.LESSON.title not in site.client.get("/", headers=bearer(key)).text
