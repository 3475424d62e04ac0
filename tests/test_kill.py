"""kill -9 at random moments: nothing is lost, nothing is doubled."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.instance import Instance
from index.settings import Settings
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.store import Store
from index.terms import OPERATOR
from tests.index.conftest import board, posting
from tests.run_gigdex import ROOT, environment, start_gigdex

pytestmark = pytest.mark.slow


def indexed(settings: Settings) -> tuple[set[str], int]:
    """Every posting that a search can show, and the number of gigs."""
    from datetime import UTC, datetime

    from index.query import SearchQuery

    instance = Instance(settings)
    walk = instance.search.walk(SearchQuery(risk=["all"]), OPERATOR, datetime.now(UTC))
    gigs = list(instance.store.views([key for keys in walk for key in keys]).values())
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


@pytest.mark.xdist_group("kill")
def test_crawl_killed_again_and_again(tmp_path: Path) -> None:
    from crawlers.board import spiders_of
    from crawlers.run import SAMPLE_SPIDERS, SAMPLE_URL, crawl
    from crawlers.sample_boards.server import SampleServer

    chance = random.Random(3)
    settings = Settings(data=tmp_path / "data")
    boards = sorted(spiders_of(SAMPLE_SPIDERS))[:3]
    with SampleServer() as server:
        variables = environment(settings.data) | {SAMPLE_URL: server.url}
        for _ in range(3):
            child = subprocess.Popen(
                [sys.executable, "-m", "crawlers.run", *boards],
                env=variables,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(chance.uniform(0.8, 3))
            child.kill()
            child.communicate()
        ended = crawl(boards, settings, sample_url=server.url)
    assert [one.outcome for one in ended] == ["finished"] * len(boards), ended
    instance = Instance(settings, [spider.info() for spider in spiders_of(SAMPLE_SPIDERS).values()])
    with instance.working("test") as worker:
        worker.drain()
    states = {state.info.id: state for state in instance.store.boards() if state.info.id in boards}
    for one in ended:
        run = states[one.board].last_run
        assert run is not None
        assert run.seen == one.counts["postings"]
        assert states[one.board].open_gigs > 10
    with instance.store.database.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT count(*), count(DISTINCT board || ':' || external_id) FROM postings"
        ).one()
        outcomes = [row[0] for row in connection.exec_driver_sql("SELECT outcome FROM runs")]
    assert rows[0] == rows[1]
    assert set(outcomes) <= {"finished", "lost"}
    instance.close()
