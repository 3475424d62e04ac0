"""The parts as processes of their own on PostgreSQL and Elasticsearch, as docker-compose.yml starts them."""

import json
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from index.instance import Instance
from index.reconcile import reconcile
from index.settings import Settings
from index.store import schema
from tests import elasticsearch, postgresql
from tests.index.conftest import posting
from tests.run_gigdex import start_gigdex

pytestmark = [*elasticsearch.MARKS, *postgresql.MARKS, pytest.mark.slow, pytest.mark.timeout(400)]

BOARDS = ("hackernews", "remoteok", "remotive", "weworkremotely")
EACH = 150


@pytest.fixture
def settings(tmp_path: Path, elasticsearch_url: str, postgresql_url: str) -> Iterator[Settings]:
    with elasticsearch.own_cluster(elasticsearch_url) as cluster:
        yield Settings(
            data=tmp_path / "data",
            database_url=postgresql_url,
            elasticsearch_url=elasticsearch_url,
            elasticsearch_index=cluster.alias,
        )


class Part:
    """A `gigdex` process; what it says is read all the time, so that it never waits for us."""

    def __init__(self, settings: Settings, *command: str) -> None:
        assert settings.database_url
        assert settings.elasticsearch_url
        self.process = start_gigdex(
            settings.data,
            *command,
            GIGDEX_PORT="0",
            GIGDEX_DATABASE_URL=settings.database_url,
            GIGDEX_ELASTICSEARCH_URL=settings.elasticsearch_url,
            GIGDEX_ELASTICSEARCH_INDEX=settings.elasticsearch_index,
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said += iter(self.process.stdout.readline, "")

    def address(self) -> str:
        found: list[str] = []
        until(lambda: bool(found.extend(re.findall(r"http://[\d.:]+", "".join(self.said))) or found))
        return found[0]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


def until(true: Callable[[], bool], within_s: float = 240) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def ask(address: str, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(address + path, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_two_workers_one_of_which_is_killed(settings: Settings) -> None:
    """All four boards show the same jobs: every gig has four sources in the end, whoever ingested what."""
    parts = [Part(settings, "serve"), Part(settings, "work"), Part(settings, "work")]
    try:
        address = parts[0].address()
        with closing(Instance(settings)) as instance:
            inbox = instance.inbox
            for name in BOARDS:
                run = inbox.start_run(name)
                inbox.put(run, [posting(name, str(n), url=f"https://jobs.example/{n}") for n in range(EACH)])
                inbox.finish_run(run, True, "finished", {}, None)
            until(lambda: inbox.size() < len(BOARDS) * EACH)
            parts[1].process.kill()
            with instance.store.database.writing() as connection:  # as if a minute passed, which leases last
                connection.execute(sa.update(schema.leases).values(until=sa.func.now()))
            parts.append(Part(settings, "work"))
            until(instance.is_up_to_date)
            assert instance.store.count_gigs() == EACH
            until(lambda: ask(address, "/health/ready")[0] == 200)
            status, body = ask(address, "/gigs?limit=100&sort=newest")
            assert (status, body["total"]) == (200, EACH)
            assert all(len(gig["sources"]) == len(BOARDS) for gig in body["items"])
            runs = {state.info.id: state.last_run for state in instance.store.boards() if state.info.id in BOARDS}
            assert all(run is not None and run.healthy for run in runs.values())
            with instance.working("test") as worker:
                worker.follower.catch_up()
                found = reconcile(worker.follower, mend=False)
            assert not found.any, found
        for part in parts[2:]:
            assert part.process.poll() is None, "".join(part.said)
    finally:
        for part in parts:
            part.close()
