"""Elasticsearch killed, full or overrun while it is worked with: nothing is lost, nothing doubled, and the state in the
end is that of an undisturbed run."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from index import follow
from index import rebuild as rebuilding
from index import worker as working
from index.engine import elastic_client
from index.engine.elastic import ElasticEngine
from index.instance import Instance
from index.posting import Posting
from index.query import SearchQuery
from index.reconcile import reconcile
from index.settings import Settings
from search_api.deps import Services
from tests import elasticsearch
from tests.api.conftest import Client
from tests.index.conftest import board, posting
from tests.operate.working import at_work
from tests.storm import Storm

pytestmark = [*elasticsearch.OWN_MARKS, pytest.mark.slow, pytest.mark.timeout(400)]

GIGS = 200
WORDS = ("dog", "cat", "garden", "parcel", "survey")


@pytest.fixture
def server(elasticsearch_server: elasticsearch.Server) -> Iterator[elasticsearch.Server]:
    yield elasticsearch_server
    if not elasticsearch_server.runs:
        elasticsearch_server.start()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small steps, so that a fault falls between some of them, and short pauses."""
    monkeypatch.setattr(follow, "BATCH", 10)
    monkeypatch.setattr(working, "RETRY_S", 0.3)
    monkeypatch.setattr(rebuilding, "PAUSE_S", 0.3)


def postings(offset: int = 0) -> list[Posting]:
    return [
        posting(
            "alpha", str(n), f"Walk my {WORDS[n % 5]}, ${10 + (n + offset) % 40} an hour", description=f"Number {n}."
        )
        for n in range(GIGS)
    ]


def crawl(instance: Instance, found: list[Posting]) -> None:
    run = instance.inbox.start_run("alpha")
    instance.inbox.put(run, found)
    instance.inbox.finish_run(run, True, "finished", {}, None)


def opened(data: Path, url: str | None) -> Instance:
    settings = Settings(data=data, elasticsearch_url=url, elasticsearch_index=f"test-{secrets.token_hex(4)}")
    return Instance(settings, [board("alpha")])


def client_of(instance: Instance) -> Client:
    services = Services(instance.search, instance.store, instance.stream, instance.settings, ready=instance.not_ready)
    return Client(services, "localhost")


def answers(instance: Instance) -> list[Any]:
    """What people see: totals, facets and the order of all gigs, for some queries."""
    if isinstance(instance.engine, ElasticEngine):
        instance.engine._watch.now()
    seen: list[Any] = []
    for q in ("", *WORDS):
        query: SearchQuery | None = SearchQuery(q=q, sort="pay", limit=100)
        while query is not None:
            page = instance.search.search(query, "operator", datetime.now(UTC))
            seen.append((page.total, page.facets | {"posted": {}}, [gig.id for gig in page.items]))
            query = query.model_copy(update={"cursor": page.next}) if page.next else None
    return seen


def undisturbed(folder: Path, *crawls: list[Posting]) -> list[Any]:
    with closing(opened(folder, None)) as instance, instance.working("test") as worker:
        for found in crawls:
            crawl(instance, found)
            worker.drain()
        return answers(instance)


def until(true: Callable[[], bool], within_s: float = 180) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def position(instance: Instance) -> int:
    found = [instance.store.get(f"engine:{name}") for name in follow.Follower.names(instance.store)]
    return max((int(one) for one in found if one), default=0)


def sound(instance: Instance) -> None:
    """Nothing differs, and nothing was doubled."""
    with instance.working("test") as worker:
        worker.follower.catch_up()
        found = reconcile(worker.follower, mend=False)
        assert not found.any, found
        assert worker.follower.engine.size() == found.compared == GIGS


def test_killed_during_ingest_under_search_load(server: elasticsearch.Server, quick: None, tmp_path: Path) -> None:
    with closing(opened(tmp_path / "a", server.url)) as instance:
        crawl(instance, postings())
        with instance.working("test") as worker:
            worker.drain()
        clients = [client_of(instance) for _ in range(3)]
        seen: list[tuple[int, int | None, str | None]] = []
        stop = threading.Event()

        def ask(client: Client) -> None:
            while not stop.is_set():
                answer = client.get("/gigs?q=dog&limit=3")
                total = answer.json().get("total")
                seen.append((answer.status_code, total, answer.headers.get("Retry-After")))
                time.sleep(0.01)

        threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        crawl(instance, postings(offset=3))
        with at_work(instance):
            until(lambda: position(instance) > GIGS + 30)
            server.kill()
            assert not instance.is_up_to_date()
            crawl(instance, postings(offset=5))  # the board goes on meanwhile
            until(lambda: any(status == 503 for status, _, _ in seen))
            assert clients[0].get("/health/ready").status_code == 503
            server.start()
            until(instance.is_up_to_date)
            until(lambda: all(status == 200 for status, _, _ in seen[-10:]))
        stop.set()
        for thread in threads:
            thread.join()
        assert {(status, total, after) for status, total, after in seen} == {(200, GIGS // 5, None), (503, None, "5")}
        assert clients[0].get("/health/ready").status_code == 200
        sound(instance)
        assert answers(instance) == undisturbed(tmp_path / "b", postings(), postings(offset=3), postings(offset=5))


def test_killed_during_a_rebuild(server: elasticsearch.Server, quick: None, tmp_path: Path) -> None:
    with closing(opened(tmp_path / "a", server.url)) as instance:
        crawl(instance, postings())
        with instance.working("test") as worker:
            worker.drain()
        before, name = answers(instance), instance.engine.name
        steps: list[int] = []
        done: list[follow.Follower] = []
        with instance.working("test"):
            thread = threading.Thread(target=lambda: done.append(instance.rebuild_engine(steps.append)))
            thread.start()
            until(lambda: len(steps) > 5)
            server.kill()
            server.start()
            instance.engine._watch.now()  # type: ignore[attr-defined]
            if thread.is_alive():
                assert answers(instance) == before, "the old one answers"
            thread.join(150)
            assert len(done) == 1
            done[0].engine.close()
        assert answers(instance) == before
        assert instance.engine.name != name
        sound(instance)


def test_hung(server: elasticsearch.Server, quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes connections and answers nothing: everybody is told so, the later ones at once, and nobody waits on."""
    monkeypatch.setattr(elastic_client, "ANSWER_S", 3.0)
    with closing(opened(tmp_path / "a", server.url)) as instance:
        crawl(instance, postings()[:20])
        with instance.working("test") as worker:
            worker.drain()
        client = client_of(instance)
        assert client.get("/gigs?q=dog").json()["total"] == 4
        server.pause()
        try:
            until(lambda: client.get("/gigs?q=dog&limit=7").status_code == 503)
            answer = client.get("/health/ready")
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert "does not answer in time" in answer.json()["detail"]
        finally:
            server.resume()
        until(lambda: client.get("/health/ready").status_code == 200)
        assert client.get("/gigs?q=dog").json()["total"] == 4


def test_a_full_disk(
    server: elasticsearch.Server, quick: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Elasticsearch makes indexes read-only when a disk is fuller than its flood stage; here it thinks so."""
    with closing(opened(tmp_path / "a", server.url)) as instance:
        crawl(instance, postings())
        with instance.working("test") as worker:
            worker.drain()
        client = instance.engines.cluster.client()
        prefix = "cluster.routing.allocation.disk.watermark."
        names = [f"{prefix}{name}" for name in ("low", "high", "flood_stage")]
        tight: dict[str, str | None] = dict.fromkeys(names, "900tb")
        client.cluster.put_settings(persistent=tight)
        try:
            expected = undisturbed(tmp_path / "b", postings(), postings(offset=7))  # it takes a while to be noticed

            def blocked() -> bool:
                found = client.indices.get_settings(index=instance.settings.elasticsearch_index, flat_settings=True)
                return any("read_only_allow_delete" in str(one) for one in found.body.values())

            until(blocked)
            crawl(instance, postings(offset=7))
            with at_work(instance):
                until(lambda: "flood-stage watermark" in caplog.text)
                assert instance.search.facets(SearchQuery(), "operator", datetime.now(UTC)).total == GIGS, (
                    "it still answers"
                )
                assert not instance.is_up_to_date()
                client.cluster.put_settings(persistent=dict.fromkeys(tight))
                until(instance.is_up_to_date)
        finally:
            client.cluster.put_settings(persistent=dict.fromkeys(tight))
        client.close()
        sound(instance)
        assert answers(instance) == expected


def test_a_storm_of_429(server: elasticsearch.Server, quick: None, tmp_path: Path) -> None:
    with Storm(server.port) as storm, closing(opened(tmp_path / "a", storm.url)) as instance:
        crawl(instance, postings())
        with at_work(instance):
            until(instance.is_up_to_date)
            crawl(instance, postings(offset=5))
            until(instance.is_up_to_date)
        assert min(storm.made[kind] for kind in ("429", "503", "items", "lost")) > 3
        storm.on = False
        sound(instance)
        assert answers(instance) == undisturbed(tmp_path / "b", postings(), postings(offset=5))
