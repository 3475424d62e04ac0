"""An instance whose search index is elsewhere: rebuilt while it answers, reconciled, waited for. And the embedded one,
where the same holds for it."""

import socket
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import elastic_transport
import pytest
import sqlalchemy as sa
from elasticsearch import Elasticsearch
from pydantic import SecretStr

from index import follow
from index.doctor import check_settings, examine_instance
from index.engine.base import Document, EngineError
from index.engine.elastic import ElasticEngine
from index.instance import Instance
from index.metrics import collect
from index.query import SearchQuery
from index.rebuild import likeness
from index.reconcile import reconcile
from index.settings import BadSettings, Settings, load_settings
from index.store import schema
from index.store.boards import decide
from index.store.inbox import Inbox
from index.store.store import Store
from search_api.deps import Services
from tests import elasticsearch, postgresql
from tests.api.conftest import Client
from tests.index.conftest import RunBoard, board, posting
from tests.run_gigdex import gigdex

ELASTIC = pytest.param("elastic", marks=elasticsearch.MARKS)
on_both = pytest.mark.parametrize("where", ["embedded", ELASTIC])
on_elastic = pytest.mark.parametrize("where", [ELASTIC])


@pytest.fixture
def settings(request: pytest.FixtureRequest, where: str, tmp_path: Path) -> Iterator[Settings]:
    if where == "embedded":
        yield Settings(data=tmp_path)
        return
    url = request.getfixturevalue("elasticsearch_url")
    with elasticsearch.own_cluster(url) as cluster:
        yield Settings(data=tmp_path, elasticsearch_url=url, elasticsearch_index=cluster.alias)


@pytest.fixture
def filled(instance: Instance, run_board: RunBoard) -> Instance:
    """With thirty gigs, in store and index."""
    run_board("alpha", *[posting("alpha", str(n)) for n in range(30)])
    with instance.working("test") as worker:
        worker.drain()
    return instance


def total(instance: Instance) -> int:
    return instance.search.facets(SearchQuery(), "operator", datetime.now(UTC)).total


@on_both
def test_it_follows_what_is_ingested(filled: Instance, run_board: RunBoard) -> None:
    filled.search.generation()
    assert total(filled) == 30
    run_board("alpha", *[posting("alpha", str(n)) for n in range(1, 31)])
    with filled.working("test") as worker:
        worker.drain()
        size = worker.follower.engine.size()
    if isinstance(filled.engine, ElasticEngine):
        filled.engine._watch.now()
    assert total(filled) == 30
    assert size == filled.engine.size()
    assert filled.not_ready() is None
    assert filled.is_up_to_date()
    assert filled.lag() == 0


@on_both
def test_searches_never_fail_nor_come_back_empty_during_a_rebuild(filled: Instance) -> None:
    wrong: list[Any] = []
    stop = threading.Event()
    answered = threading.Semaphore(0)

    def ask() -> None:
        while not stop.is_set():
            try:
                counts = filled.search.search(SearchQuery(q="dog", limit=5), "operator", datetime.now(UTC))
                if counts.total != 30 or len(counts.items) != 5:
                    wrong.append(counts)
            except Exception as error:
                wrong.append(error)
            answered.release()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        before = filled.engine.name
        with filled.working("test"):
            filled.rebuild_engine().engine.close()
        for _ in range(4):
            assert answered.acquire(timeout=60)
        if isinstance(filled.engine, ElasticEngine):
            filled.engine._watch.now()
        assert filled.engine.name != before
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(follow.Follower.names(filled.store)) == 1


@on_both
def test_a_new_index_that_lacks_too_much_is_not_taken(filled: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    put = follow.Follower.put
    before = filled.engine.name

    def lose(self: follow.Follower, revisions: dict[int, int], views: dict[int, Any]) -> None:
        put(self, revisions, {seq: its for seq, its in views.items() if seq % 20})

    monkeypatch.setattr(follow.Follower, "put", lose)
    with filled.working("test"), pytest.raises(EngineError, match=r"only 9[67]\.\d% of what the store has"):
        filled.rebuild_engine()
    assert filled.engine.name == before
    assert total(filled) == 30


@on_both
def test_outdated_documents_are_noticed_before_an_index_is_taken(
    filled: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = follow.Follower.put
    monkeypatch.setattr(
        follow.Follower,
        "put",
        lambda self, revisions, views: put(self, {s: r + 1 for s, r in revisions.items()}, views),
    )
    with filled.working("test"), pytest.raises(EngineError, match=r"only 0\.0%"):
        filled.rebuild_engine()


@on_both
def test_reconciling_finds_and_mends_what_differs(filled: Instance, store: Store) -> None:
    with filled.working("test") as worker:
        follower = worker.follower
        assert not reconcile(follower).any
        engine = follower.engine
        some = Document(7, 0, {"channel": ("operator",)}, {}, dict.fromkeys(("key_newest", "key_pay", "key_hourly"), 7))
        stray = Document(5_000, 1, {}, {}, some.numbers)
        engine.write([5, 6], [])
        engine.write([], [some, stray])
        checked = reconcile(follower, mend=False)
        assert (checked.missing, checked.surplus, checked.outdated) == (2, 1, 1)
        found = reconcile(follower)
        assert (found.compared, found.missing, found.surplus, found.outdated) == (31, 2, 1, 1)
        assert not reconcile(follower).any
        assert engine.size() == 30


@on_both
def test_what_another_worker_writes_while_it_is_compared_is_no_difference(
    filled: Instance, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled.working("test") as worker:
        follower = worker.follower
        real = follower.engine.held

        def held(low: int, high: int) -> dict[tuple[int, int], int]:
            found = real(low, high)
            monkeypatch.undo()
            run_board("alpha", posting("alpha", "1", "Walk my dog, $30 an hour"))
            decide(filled.store.database, "alpha", False, None)
            worker.step()  # some gigs change, and some documents go
            return found

        monkeypatch.setattr(follower.engine, "held", held)
        found = reconcile(follower, mend=False)
    assert (found.compared, found.any) == (30, False)
    assert follower.position() > 60


@on_both
def test_the_command_reconciles(filled: Instance, settings: Settings) -> None:
    more = {"GIGDEX_ELASTICSEARCH_INDEX": settings.elasticsearch_index}
    if settings.elasticsearch_url:
        more["GIGDEX_ELASTICSEARCH_URL"] = settings.elasticsearch_url
    with filled.working("test") as worker:
        worker.follower.engine.write([3], [])
    assert gigdex(settings.data, "reconcile", "--check", **more).returncode == 1
    done = gigdex(settings.data, "reconcile", **more)
    assert (done.returncode, done.stderr) == (
        0,
        "30 documents compared: 1 missing, 0 too many, 0 outdated; mended.\n",
    )
    assert gigdex(settings.data, "reconcile", "--check", **more).returncode == 0


@on_elastic
def test_what_the_index_refuses_is_parked_told_and_tried_again(
    instance: Instance, settings: Settings, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = follow.document

    def odd(gig: Any, view: int, channels: Any) -> Document:
        made = real(gig, view, channels)
        return made if gig.seq != 2 else Document(2, view, {"nonsense": ("x",)}, {}, made.numbers)

    with monkeypatch.context() as patched:
        patched.setattr(follow, "document", odd)
        run_board("alpha", *[posting("alpha", str(n)) for n in range(40)])
        with instance.working("test") as worker:
            worker.drain()
            assert set(worker.follower.parked()) == {2}
            assert likeness(worker.follower) == 1, "one odd gig must not keep the others from being found"
            assert worker.follower.engine.size() == 39, "the rest went on"
    told = [one for one in examine_instance(settings) if one.check == "search index"]
    assert ["refuses 1 gigs, such as number 2" in one.what for one in told] == [True]
    assert {metric.name: metric.samples for metric in collect(instance)}["gigdex_engine_parked_gigs"] == [({}, 1.0)]
    with instance.working("test") as worker:
        found = reconcile(worker.follower)
        assert (found.missing, found.refused) == (1, {})
        assert worker.follower.engine.size() == 40
        worker.follower.store.set(f"{worker.follower._parked}2", "for the next test")
        worker.close()
        assert instance.rebuild_engine().parked() == {}
    assert [one for one in examine_instance(settings) if one.check == "search index"] == []


@on_both
def test_an_index_that_is_newer_than_its_store_is_made_anew(filled: Instance) -> None:
    """As after a backup of the store was restored."""
    before = filled.engine.name
    with filled.working("test") as worker:
        assert worker.follower.engine.newest() == 30
        stray = Document(99, 0, {}, {}, dict.fromkeys(("key_newest", "key_pay", "key_hourly"), 99))
        worker.follower.engine.write([], [stray], {99: 31})
    with filled.working("test") as worker:
        assert worker.follower.engine.name != before
        assert (worker.follower.engine.newest(), worker.follower.engine.size()) == (30, 30)


@pytest.mark.parametrize("where", [pytest.param("embedded", marks=postgresql.MARKS)])
def test_folders_that_follow_one_store_leave_each_other_alone(
    settings: Settings, tmp_path: Path, postgresql_url: str
) -> None:
    boards = [board("alpha")]
    folders = [Instance(Settings(data=tmp_path / name, database_url=postgresql_url), boards) for name in "ab"]
    run = folders[0].inbox.start_run("alpha")
    folders[0].inbox.put(run, [posting("alpha", "1")])
    for instance in folders:
        with instance.working("test") as worker:
            worker.drain()
    name = folders[1].engine.name
    with folders[0].working("test"):
        folders[0].rebuild_engine().engine.close()
    with folders[1].working("test") as worker:
        worker.step()
    assert (folders[1].engine.name, folders[1].lag()) == (name, 0)
    for instance in folders:
        instance.close()


@on_elastic
def test_a_killed_rebuild_leaves_nothing_behind(filled: Instance, settings: Settings) -> None:
    left = filled.engines.create()
    follow.Follower(filled.store, left).begin()
    with filled.working("test"):
        filled.rebuild_engine().engine.close()
    client = filled.engines.cluster.client()
    assert len(client.indices.get(index=f"{settings.elasticsearch_index}-v*").body) == 1
    client.close()
    left.close()


@on_elastic
def test_an_index_that_was_taken_stays_though_nobody_was_told(
    filled: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to the swap of the alias is lost: the rebuild fails, and searches must not lose the new index."""
    before = filled.engine.name
    indices = type(Elasticsearch("http://es.example:9200").indices)
    real = indices.update_aliases

    def lost(self: Any, **arguments: Any) -> Any:
        real(self, **arguments)
        raise elastic_transport.ConnectionTimeout("lost")

    with filled.working("test"), monkeypatch.context() as patched:
        patched.setattr(indices, "update_aliases", lost)
        with pytest.raises(EngineError, match="does not answer in time"):
            filled.rebuild_engine()
    filled.engine._watch.now()  # type: ignore[attr-defined]
    assert total(filled) == 30
    assert filled.engine.name != before
    with filled.working("test") as worker:
        assert worker.follower.engine.name == filled.engine.name


@on_elastic
def test_an_index_of_another_store_is_made_anew(filled: Instance, settings: Settings, tmp_path: Path) -> None:
    before = filled.engine.name
    other = Instance(settings.model_copy(update={"data": tmp_path / "other"}))
    with other.working("test") as worker:
        worker.drain()
    assert other.engine.size() == 0
    assert other.engine.name != before
    other.close()


@on_elastic
def test_the_doctor_sees_a_blocked_index(filled: Instance, settings: Settings) -> None:
    client = filled.engines.cluster.client()
    block = "index.blocks.read_only_allow_delete"
    client.indices.put_settings(index=settings.elasticsearch_index, settings={block: True})
    [finding] = [one for one in examine_instance(settings) if one.check == "search index"]
    assert "full" in finding.what
    client.indices.put_settings(index=settings.elasticsearch_index, settings={block: None})
    client.close()


# --- away ---


def away(settings: Settings) -> Settings:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return settings.model_copy(update={"elasticsearch_url": f"http://127.0.0.1:{listener.getsockname()[1]}"})


@pytest.mark.parametrize("where", ["embedded"])
def test_while_it_is_away_the_api_says_503_and_when_to_come_back(
    settings: Settings, store: Store, inbox: Inbox
) -> None:
    instance = Instance(away(settings))
    client = Client(
        Services(instance.search, instance.store, instance.stream, instance.settings, ready=instance.not_ready),
        "localhost",
    )
    for path in ("/gigs", "/gigs/facets", "/health/ready", "/suggest?q=do"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert "can't be reached" in client.get("/health/ready").json()["detail"]
    assert client.page("/").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert {metric.name: metric.samples for metric in collect(instance)}["gigdex_engine_ready"] == [({}, 0.0)]
    instance.close()


@pytest.mark.parametrize("where", ["embedded"])
def test_while_it_is_away_ingest_waits_and_nothing_is_lost(settings: Settings, inbox: Inbox, store: Store) -> None:
    run = inbox.start_run("alpha")
    inbox.put(run, [posting("alpha", "1"), posting("alpha", "2")])
    inbox.finish_run(run, True, "finished", {}, None)
    instance = Instance(away(settings))
    with instance.working("test") as worker, pytest.raises(EngineError, match="can't be reached"):
        worker.step()
    assert inbox.size() == 2
    instance.close()
    found = [one for one in examine_instance(away(settings)) if one.check == "search index"]
    assert found == []
    back = Instance(settings)
    with back.working("test") as worker:
        worker.drain()
    assert back.engine.size() == 2
    back.close()
    [finding] = [one for one in examine_instance(away(settings)) if one.check == "search index"]
    assert "can't be reached" in finding.what
    assert "GIGDEX_ELASTICSEARCH" in finding.todo
    with store.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.gigs)).scalar() == 2


@pytest.mark.parametrize("where", ["embedded"])
def test_a_command_says_it_in_one_line(settings: Settings) -> None:
    Store.open(settings).close()
    url = away(settings).elasticsearch_url or ""
    done = gigdex(settings.data, "search", "dog", GIGDEX_ELASTICSEARCH_URL=url)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "can't be reached" in done.stderr


# --- settings ---


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"URL": "es:9200"}, "URL"),
        ({"URL": "http://es:port"}, "URL"),
        ({"URL": "https://es1:9200,http://es2:9200"}, "URL"),
        ({"API_KEY": "abcdefghij"}, "API_KEY"),
        ({"URL": "http://es:9200", "API_KEY": "abc def ghi"}, "API_KEY"),
        ({"URL": "http://es:9200", "CA_FILE": "/etc/hostname"}, "CA_FILE"),
        ({"URL": "https://es:9200", "CA_FILE": "/no/such/file"}, "CA_FILE"),
        ({"URL": "https://es:9200", "CA_FILE": "/etc/hostname"}, "CA_FILE"),
        ({"INDEX": "Gigs"}, "INDEX"),
        ({"INDEX": "gigs-v2"}, "INDEX"),
        ({"SHARDS": "0"}, "SHARDS"),
    ],
)
def test_settings_that_can_not_work_are_named(
    values: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"GIGDEX_ELASTICSEARCH_{name}", value)
    with pytest.raises(BadSettings, match=f"^GIGDEX_ELASTICSEARCH_{named}: ") as caught:
        load_settings()
    assert values.get("API_KEY", "no key") not in str(caught.value)


def test_without_the_client_the_start_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "index.engine.elastic_client", None)
    with pytest.raises(EngineError, match=r"pip install 'gigdex\[elasticsearch\]'"):
        Instance(Settings(data=tmp_path, elasticsearch_url="http://es.example:9200"))
    Instance(Settings(data=tmp_path)).close()


def test_a_key_that_travels_readable_is_told(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        contact="a@example.org",
        elasticsearch_url="http://es.example:9200",
        elasticsearch_api_key=SecretStr("abcdefghij"),
    )
    assert [one.check for one in check_settings(settings)] == ["elasticsearch"]


def test_sample_gigs_stay_in_their_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, elasticsearch_url="http://es.example:9200")
    assert settings.for_sample().elasticsearch_url is None
