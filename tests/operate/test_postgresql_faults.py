"""PostgreSQL killed or hung while it is worked with: nothing is lost, nothing doubled, and the state in the end is that
of an undisturbed run."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from index import worker as working
from index.ingest import Ingest
from index.instance import Instance
from index.posting import Posting
from index.settings import Settings
from index.store import db, schema, silence
from index.store.db import StoreError
from index.store.inbox import Inbox
from index.store.store import Store
from index.terms import OPERATOR
from search_api.deps import Services
from tests import postgresql
from tests.api.conftest import Client
from tests.index.conftest import board, posting
from tests.operate.working import at_work
from tests.run_gigdex import gigdex

pytestmark = [*postgresql.OWN_MARKS, pytest.mark.timeout(300)]

GIGS = 120


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Server]:
    """One that may be killed: never the one that a setting names."""
    server = postgresql.Server()
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture
def settings(server: postgresql.Server, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", database_url=postgresql.Databases(server.url).fresh())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small steps, so that a fault falls between some of them, and short pauses."""
    monkeypatch.setattr(working, "RETRY_S", 0.2)
    real = Ingest.step
    monkeypatch.setattr(Ingest, "step", lambda self, limit=5: real(self, limit))


def rows(offset: int = 0) -> list[Posting]:
    return [
        posting(
            "alpha", str(n), f"Walk my dog, ${10 + (n + offset) % 40} an hour", url=f"https://jobs.example/{n // 2}"
        )
        for n in range(GIGS)
    ]


def crawl(inbox: Inbox, found: list[Posting]) -> None:
    run = inbox.start_run("alpha")
    inbox.put(run, found)
    inbox.finish_run(run, True, "finished", {}, None)


def opened(settings: Settings) -> Instance:
    return Instance(settings, [board("alpha")])


def until(true: Callable[[], bool], within_s: float = 120) -> None:
    end = time.monotonic() + within_s
    while True:
        try:
            if true():
                return
        except StoreError:
            pass
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def state(store: Store) -> Any:
    """All that is said of gigs, without numbers and moments that depend on how often it was tried."""
    with store.database.reading() as connection:
        seqs = connection.execute(sa.select(schema.gigs.c.seq).where(schema.gigs.c.moved_to.is_(None))).scalars().all()
        prints = connection.execute(sa.select(sa.func.count()).select_from(schema.fingerprints)).scalar_one()
        keys = connection.execute(sa.select(sa.func.count()).select_from(schema.keys)).scalar_one()
        links = connection.execute(sa.select(sa.func.count()).select_from(schema.links)).scalar_one()
    gigs = store.views([(seq, 0) for seq in seqs], OPERATOR).values()
    told = sorted((gig.id, gig.status, gig.pay.usd_max or 0, len(gig.sources)) for gig in gigs)
    return told, prints, links, keys > 0


def undisturbed(folder: Path, *crawls: list[Posting]) -> Any:
    with closing(opened(Settings(data=folder))) as instance, instance.working("test") as worker:
        for found in crawls:
            crawl(instance.inbox, found)
            worker.drain()
        return state(instance.store)


def test_killed_during_ingest(server: postgresql.Server, settings: Settings, tmp_path: Path) -> None:
    with closing(opened(settings)) as instance:
        crawl(instance.inbox, rows())
        with at_work(instance):
            for left in (100, 60, 20):
                until(lambda left=left: instance.inbox.size() <= left)
                server.kill()
                assert instance.not_ready() is not None
                server.start()
            until(instance.is_up_to_date)
            crawl(instance.inbox, rows(offset=3))
            until(lambda: instance.inbox.size() < GIGS // 2)
            server.kill()
            server.start()
            until(instance.is_up_to_date)
        assert state(instance.store) == undisturbed(tmp_path / "b", rows(), rows(offset=3))
        assert instance.engine.size() == instance.store.count_gigs()
        assert instance.not_ready() is None


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Soon asks whether a silent server answers anybody, and doesn't wait long for it."""
    monkeypatch.setattr(silence, "FIRST_S", 0.2)
    monkeypatch.setitem(db.TO_A_SERVER, "connect_timeout", 2)  # the least that there is


@pytest.fixture
def hangs(server: postgresql.Server) -> Iterator[Callable[[], None]]:
    yield server.pause
    server.resume()


def test_hung_during_ingest(
    server: postgresql.Server,
    impatient: None,
    hangs: Callable[[], None],
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with closing(opened(settings)) as instance:
        crawl(instance.inbox, rows())
        with at_work(instance):
            for left in (90, 30):
                until(lambda left=left: instance.inbox.size() <= left)
                caplog.clear()
                hangs()
                until(lambda: f"{silence.SILENT}; trying again" in caplog.text)
                assert silence.SILENT in (instance.not_ready() or "")
                server.resume()
            until(instance.is_up_to_date)
        assert state(instance.store) == undisturbed(tmp_path / "b", rows())
        assert instance.engine.size() == instance.store.count_gigs()
        assert instance.not_ready() is None


def test_the_api_does_not_wait_for_one_that_hangs(
    server: postgresql.Server, impatient: None, hangs: Callable[[], None], settings: Settings
) -> None:
    with closing(opened(settings)) as instance:
        crawl(instance.inbox, rows()[:5])
        with instance.working("test") as worker:
            worker.drain()
        services = Services(
            instance.search, instance.store, instance.stream, instance.settings, ready=instance.not_ready
        )
        clients = [Client(services, "localhost") for _ in range(4)]
        total = clients[0].get("/gigs?q=dog").json()["total"]
        hangs()
        asked = [f"/gigs?q=dog&limit={n}" for n in range(1, 4)] + ["/health/ready"]
        with ThreadPoolExecutor(len(clients)) as pool:
            answers = list(pool.map(lambda client, path: client.get(path), clients, asked))
        assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 4
        assert silence.SILENT in answers[-1].json()["detail"]
        assert clients[0].get("/health/live").status_code == 200
        server.resume()
        until(lambda: clients[0].get("/health/ready").status_code == 200)
        assert clients[0].get("/gigs?q=dog").json()["total"] == total


def test_while_it_hangs_one_at_a_time_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answers = threading.Semaphore(0), threading.Event()

    def connect(*_: object, **__: object) -> None:
        asked.release()
        answers.wait(60)
        raise psycopg.errors.ConnectionTimeout

    monkeypatch.setattr(silence.Connection, "connect", connect)
    monkeypatch.setattr(silence, "AGAIN_S", 0)
    connector = silence.Connector()

    def ask() -> None:
        with pytest.raises(psycopg.OperationalError, match=silence.SILENT):
            connector(None, None, [], {})

    answers.set()
    ask()
    answers.clear()
    first = threading.Thread(target=ask)
    first.start()
    assert all(asked.acquire(timeout=60) for _ in range(2))
    ask()
    assert not asked.acquire(blocking=False), "told at once"
    answers.set()
    first.join()


def test_a_statement_that_takes_long_is_no_hung_server(impatient: None, settings: Settings) -> None:
    with closing(opened(settings)) as instance, instance.store.database.reading() as connection:
        assert connection.execute(sa.text("SELECT 1 FROM pg_sleep(1)")).scalar_one() == 1


def test_a_writer_that_stopped_does_not_keep_the_others_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a worker does that was paused or lost its network."""
    monkeypatch.setattr(silence, "IDLE_S", 1)
    with closing(opened(settings)) as stopped, closing(opened(settings)) as other:

        def stop() -> None:
            with stopped.store.regrouping() as connection:
                with other.store.regrouping():
                    pass
                stopped.store.database.now(connection)

        with pytest.raises(StoreError):
            stop()
        with stopped.store.database.snapshot() as connection:
            time.sleep(1.5)  # whoever takes a long result slowly may have it
            stopped.store.database.now(connection)


def test_the_api_says_so_and_comes_back(server: postgresql.Server, settings: Settings) -> None:
    with closing(opened(settings)) as instance:
        crawl(instance.inbox, rows())
        with instance.working("test") as worker:
            worker.drain()
        services = Services(
            instance.search, instance.store, instance.stream, instance.settings, ready=instance.not_ready
        )
        client = Client(services, "localhost")
        total = client.get("/gigs?q=dog").json()["total"]
        assert total == instance.store.count_gigs()
        server.kill()
        for path in ("/gigs?q=dog&limit=3", "/health/ready"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["Retry-After"] == "5"
        assert "database" in answer.json()["detail"]
        assert client.get("/health/live").status_code == 200
        server.start()
        assert client.get("/gigs?q=dog").json()["total"] == total, "no request fails for a connection that is dead"
        assert client.get("/health/ready").status_code == 200


def test_commands_say_so_in_one_line(server: postgresql.Server, settings: Settings) -> None:
    assert settings.database_url
    opened(settings).close()
    server.kill()
    try:
        done = gigdex(settings.data, "search", "dog", GIGDEX_DATABASE_URL=settings.database_url)
    finally:
        server.start()
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "database" in done.stderr
