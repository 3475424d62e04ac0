"""kill -9 at random moments: nothing is lost, nothing is doubled."""

import json
import multiprocessing
import random
import time
from pathlib import Path

import pytest

from index.instance import Instance
from index.settings import Settings
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.store import Store
from index.terms import OPERATOR
from tests.crawlers.loopback import crawl_samples
from tests.index.conftest import board, posting
from tests.run_gigdex import start_gigdex

pytestmark = pytest.mark.slow


def indexed(settings: Settings) -> tuple[set[str], int]:
    """Every posting that a search can show, and the number of gigs."""
    from datetime import UTC, datetime

    from index.query import SearchQuery

    instance = Instance(settings)
    walk = instance.search.walk(SearchQuery(risk=["all"]), OPERATOR, datetime.now(UTC))
    gigs = list(instance.store.views([key for keys in walk for key in keys], OPERATOR).values())
    instance.close()
    return {f"{source.board}:{source.external_id}" for gig in gigs for source in gig.sources}, len(gigs)


@pytest.mark.xdist_group("kill")
@pytest.mark.parametrize("seed", [1, 2])
def test_ingest_killed_again_and_again(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    settings = Settings(data=tmp_path / "data")
    store, inbox = Store.open(settings), Inbox.open(settings)
    declare(store.database, [board("alpha"), board("beta")])
    expected = set()
    for name in ("alpha", "beta"):
        run = inbox.start_run(name)
        rows = [
            posting(name, str(n), url=f"https://jobs.example/{n if n % 5 == 0 else name + str(n)}") for n in range(1500)
        ]
        expected |= {row.key for row in rows}
        for start in range(0, len(rows), 100):
            inbox.put(run, rows[start : start + 100])
        inbox.finish_run(run, True, "finished", {}, None)
    for _ in range(6):
        worker = start_gigdex(settings.data, "work")
        assert worker.stdout is not None
        worker.stdout.readline()  # it works now
        time.sleep(chance.uniform(0.02, 0.9))
        worker.kill()
        worker.communicate()
    instance = Instance(settings)
    with instance.working("test") as worker_here:
        worker_here.drain()
        assert instance.lag() == 0
    instance.close()
    found, gigs = indexed(settings)
    assert found == expected
    assert gigs == 3000 - 300
    assert store.count_gigs() == gigs
    [runs] = [state.last_run for state in store.boards() if state.info.id == "alpha"]
    assert runs is not None
    assert runs.complete
    store.close()
    inbox.close()


KILLS = 20
REQUESTS = 90
"""Somewhat fewer than a whole crawl makes, so that each is killed in its middle."""
CRAWLED = ["sample_bidbarrow", "sample_puddlejobs", "sample_taskfinch", "sample_wrenwire"]


def told(instance: Instance) -> dict[str, object]:
    """All that is said of gigs and postings, but for when they were seen, and but for what of a merged gig depends on
    which of its postings came first (docs/decisions.md)."""
    passing = {"id", "seq", "revision", "first_seen", "last_seen", "sources"}
    found: dict[str, object] = {}
    with instance.store.database.reading() as connection:
        keys = [(gig, view) for gig, view in connection.exec_driver_sql("SELECT gig, view FROM views WHERE view = 0")]
    for gig in instance.store.views(keys, OPERATOR).values():
        sources = sorted(f"{source.board}:{source.external_id}" for source in gig.sources)
        found[" ".join(sources)] = gig.model_dump(mode="json", exclude=passing) if len(sources) == 1 else gig.status
    with instance.store.database.reading() as connection:
        query = "SELECT board, external_id, content, kind, status, closed_reason FROM postings"
        for row in connection.exec_driver_sql(query):
            content = {name: value for name, value in json.loads(row.content).items() if name != "fetched_at"}
            found[f"{row.board}:{row.external_id} as posted"] = (content, row.kind, row.status, row.closed_reason)
    return found


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("kill")
def test_crawl_killed_again_and_again(tmp_path: Path) -> None:
    """Twenty crawls killed at any moment, some of them ingested, then one that is left in peace: the end is that of a
    crawl that never was disturbed."""
    from crawlers.board import spiders_of
    from crawlers.run import SAMPLE_SPIDERS, SAMPLE_URL, crawl
    from crawlers.sample_boards.server import SampleServer

    chance = random.Random(3)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.crawlers.loopback", "crawlers.run", "scrapy.crawler", "index.store.inbox"])
    disturbed, quiet = Settings(data=tmp_path / "disturbed"), Settings(data=tmp_path / "quiet")
    with SampleServer(0, slow_s=0) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv(SAMPLE_URL, server.url)
        infos = [spider.info() for spider in spiders_of(SAMPLE_SPIDERS).values()]
        instance = Instance(disturbed, infos)
        variables = {"GIGDEX_DATA": str(disturbed.data), SAMPLE_URL: server.url}
        for number in range(KILLS):
            before = len(server.requests)
            child = processes.Process(target=crawl_samples, args=(CRAWLED, variables))
            child.start()
            aim = before + chance.randrange(1, REQUESTS)
            while len(server.requests) < aim and child.is_alive():
                time.sleep(0.01)
            child.kill()
            child.join()
            child.close()
            if number % 5 == 4:
                with instance.working("test") as worker:
                    worker.drain()
        asked = len(server.requests)
        ended = crawl(CRAWLED, disturbed, sample_url=server.url)
        again = len(server.requests) - asked
        assert [one.outcome for one in ended] == ["finished"] * len(CRAWLED), ended
        with instance.working("test") as worker:
            worker.drain()
        asked = len(server.requests)
        crawl(CRAWLED, quiet, sample_url=server.url)
        assert again <= len(server.requests) - asked
    peaceful = Instance(quiet, infos)
    with peaceful.working("test") as worker:
        worker.drain()
    mine, theirs = told(instance), told(peaceful)
    assert mine.keys() == theirs.keys()
    assert {key: (value, theirs[key]) for key, value in mine.items() if value != theirs[key]} == {}
    states, others = ({state.info.id: state for state in one.store.boards()} for one in (instance, peaceful))
    for name in CRAWLED:
        assert states[name].state == "healthy", states[name].why()
        assert states[name].open_gigs == others[name].open_gigs > 10
    with instance.store.database.reading() as connection:
        query = "SELECT count(*), count(DISTINCT board || ':' || external_id), sum(status = 'open') FROM postings"
        rows = connection.exec_driver_sql(query).one()
        outcomes = {row[0] for row in connection.exec_driver_sql("SELECT outcome FROM runs")}
    assert rows[0] == rows[1] == rows[2]
    assert outcomes == {"finished", "lost"}
    for one in (instance, peaceful):
        one.close()
