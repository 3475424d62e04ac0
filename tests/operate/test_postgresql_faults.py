"""PostgreSQL killed while it is worked with: nothing is lost, nothing doubled, and the state in the end is that of an
undisturbed run."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from index import worker as working
from index.ingest import Ingest
from index.instance import Instance
from index.posting import Posting
from index.settings import Settings
from index.store import schema
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
