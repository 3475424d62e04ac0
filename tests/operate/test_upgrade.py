"""A data folder that an older version made is opened and used by today's code.

`made_by_0001/` is what the first version (schemas 0001) left behind, as SQL: a gig of two postings, a single one, one
that is gone, a posting that is no offer, an operator's word on a board, and a posting that waits in the inbox.
"""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from index.backup import backup, restore
from index.doctor import examine_instance
from index.gig import gig_id
from index.instance import Instance
from index.query import SearchQuery
from index.retention import Keep, sweep
from index.settings import Settings
from index.store import schema
from index.store.migrate import HEADS
from index.terms import OPERATOR
from tests.index.conftest import board, posting

MADE = Path(__file__).parent / "made_by_0001"
BOARDS = [board("alpha"), board("beta"), board("delta", "none")]


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    data = tmp_path / "old"
    data.mkdir()
    for dump, name in (("store", "gigdex.db"), ("inbox", "inbox.db")):
        connection = sqlite3.connect(data / name)
        connection.executescript((MADE / f"{dump}.sql").read_text(encoding="utf-8"))
        connection.close()
    return Settings(data=data, keep_closed_days=None, keep_raw_days=None)


def titles(instance: Instance, **filters: object) -> set[str]:
    query = SearchQuery.model_validate(filters)
    return {gig.title for gig in instance.search.search(query, OPERATOR, datetime.now(UTC)).items}


def check(settings: Settings) -> None:
    """Everything that the folder holds is still there, and it can be worked with."""
    instance = Instance(settings, BOARDS)
    with instance.working("test") as worker:
        worker.drain()
        assert instance.lag() == 0
    assert titles(instance) == {"Walk my dog, $20 an hour", "Paint a fence, $90", "Wash a car, $30"}
    assert titles(instance, status="closed") == {"Type a list, $12 an hour"}
    merged = instance.store.find(gig_id("alpha", "1"), OPERATOR)
    assert merged is not None
    assert merged.gig is not None
    assert {source.board for source in merged.gig.sources} == {"alpha", "beta"}
    states = {state.info.id: state for state in instance.store.boards()}
    assert states["delta"].evidence == "asked by mail on 2026-11-02"
    assert states["alpha"].last_run is not None
    with instance.store.database.reading() as connection:
        for which in ("store", "inbox"):
            database = instance.store.database if which == "store" else instance.inbox.database
            with database.reading() as its:
                assert its.exec_driver_sql(f"SELECT version_num FROM version_{which}").scalar() == HEADS[which]
        gone = sa.select(schema.gigs.c.id).where(schema.gigs.c.closed_at.is_not(None))
        assert connection.execute(gone).scalars().all() == [gig_id("alpha", "3")]
    instance.close()


def test_it_is_upgraded_and_used(old: Settings) -> None:
    check(old)
    check(old)  # a second start finds nothing to upgrade


def test_retention_knows_when_old_gigs_were_closed(old: Settings) -> None:
    instance = Instance(old, BOARDS)
    with instance.working("test") as worker:
        worker.drain()
        worker.ingest.clock = lambda: datetime(2026, 11, 30, tzinfo=UTC)
        sweep(worker.ingest, Keep(closed_days=10))
        assert titles(instance, status="closed") == {"Type a list, $12 an hour"}
        worker.ingest.clock = lambda: datetime.now(UTC) + timedelta(days=400)
        sweep(worker.ingest, Keep(closed_days=10))
        worker.follower.catch_up()
    assert titles(instance, status="closed") == set()
    instance.close()


def test_a_crawl_goes_on_where_the_older_version_was(old: Settings) -> None:
    instance = Instance(old, BOARDS)
    run = instance.inbox.start_run("alpha")
    instance.inbox.put(run, [posting("alpha", "1", url="https://jobs.example/7"), posting("alpha", "4")])
    instance.inbox.finish_run(run, True, "finished", {}, None)
    with instance.working("test") as worker:
        worker.drain()
    fence = instance.store.find(gig_id("alpha", "2"), OPERATOR)
    assert fence is not None
    assert fence.closed, "absent from a complete, healthy run"
    instance.close()


def test_an_old_backup_is_restored_and_upgraded(old: Settings, tmp_path: Path) -> None:
    manifest = backup(old, tmp_path / "old.zip")
    assert manifest.schemas == {"inbox": "0001", "store": "0001"}
    there = old.model_copy(update={"data": tmp_path / "there"})
    restore(there, tmp_path / "old.zip")
    check(there)


def test_the_doctor_tells_of_the_upgrade_and_changes_nothing(old: Settings) -> None:
    before = (old.data / "gigdex.db").read_bytes()
    found = [finding for finding in examine_instance(old) if finding.check == "version"]
    assert [finding.level for finding in found] == ["advice", "advice"]  # store and inbox
    assert "older Gigdex" in found[0].what
    assert (old.data / "gigdex.db").read_bytes() == before
