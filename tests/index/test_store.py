"""Store, inbox, lease: transactions, migrations, several processes."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from index.lease import Lease, LeaseTaken
from index.settings import Settings
from index.store import gigs, schema
from index.store.db import Database, StoreError
from index.store.inbox import Inbox
from index.store.migrate import HEADS, migrate
from index.store.store import Store
from tests.index.conftest import only_sqlite, posting


@pytest.mark.parametrize("which", ["store", "inbox"])
def test_migrations_end_at_the_schema(tmp_path: Path, which: str) -> None:
    database = Database.file(tmp_path / "x.db")
    migrate(database, which)
    metadata = {"store": schema.store, "inbox": schema.inbox}[which]
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": f"version_{which}"})
        assert compare_metadata(context, metadata) == []
        assert connection.exec_driver_sql(f"SELECT version_num FROM version_{which}").scalar() == HEADS[which]
    migrate(database, which)  # a second time does nothing


def test_data_of_a_newer_version_is_refused(tmp_path: Path, settings: Settings) -> None:
    store = Store.open(settings)
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE version_store SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer Gigdex"):
        Store.open(settings)


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "gigdex.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(Settings(data=tmp_path))


def test_a_data_folder_that_can_not_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't make the data folder"):
        Store.open(Settings(data=tmp_path / "file" / "data"))


@pytest.mark.parametrize("url", ["nonsense", "oracle://x/y"])
def test_a_bad_database_address_is_said_so(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="GIGDEX_DATABASE_URL"):
        Store.open(Settings(data=tmp_path, database_url=url))


def test_counters_lose_nothing_under_contention(store: Store) -> None:
    taken: list[int] = []
    lock = threading.Lock()

    def take() -> None:
        for _ in range(20):
            with store.database.writing() as connection:
                first = gigs.take(connection, "revision", 3)
            with lock:
                taken.extend(range(first, first + 3))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 4 * 20 * 3 + 1))


def test_an_exception_leaves_a_transaction_without_effect(store: Store) -> None:
    def fail() -> None:
        with store.database.writing() as connection:
            gigs.take(connection, "seq", 5)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.database.writing() as connection:
        assert gigs.take(connection, "seq", 1) == 1


@only_sqlite
def test_a_full_disk_is_one_clear_line_and_loses_nothing(inbox: Inbox) -> None:
    run = inbox.start_run("alpha")
    inbox.put(run, [posting("alpha", "1")])

    def no_room(connection, _record) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    sa.event.listen(inbox.database.engine, "connect", no_room)
    inbox.database.engine.dispose()
    with pytest.raises(StoreError, match="disk is full"):
        inbox.put(run, [posting("alpha", str(n), description="x" * 50_000) for n in range(5)])
    sa.event.remove(inbox.database.engine, "connect", no_room)
    inbox.database.engine.dispose()
    assert inbox.size() == 1


def test_secret_is_made_once(store: Store, settings: Settings) -> None:
    assert store.secret() == Store.open(settings).secret()
    assert len(store.secret()) == 32


# --- inbox ---


def test_postings_stay_until_they_are_removed(inbox: Inbox) -> None:
    run = inbox.start_run("alpha")
    inbox.put(run, [posting("alpha", str(n)) for n in range(5)])
    inbox.finish_run(run, True, "finished", {"pages": 2}, None)
    assert inbox.ended_runs(_now()) == []  # its postings still wait
    taken = inbox.take(3)
    assert [row.id for row in taken] == [row.id for row in inbox.take(3)]
    inbox.remove([row.id for row in taken])
    inbox.remove([row.id for row in inbox.take(3)])
    [ended] = inbox.ended_runs(_now())
    assert (ended.id, ended.seen, ended.complete, ended.counts) == (run, 5, True, {"pages": 2})


def test_a_run_that_died_counts_as_ended_and_incomplete(inbox: Inbox) -> None:
    inbox.start_run("alpha")
    assert inbox.ended_runs(_now()) == []
    [lost] = inbox.ended_runs(_now(hours=7))
    assert (lost.outcome, lost.complete) == ("lost", False)


def test_a_run_of_days_has_not_died_while_it_brings_something(inbox: Inbox) -> None:
    run = inbox.start_run("alpha")
    began = {"started_at": _now(hours=-30)}
    with inbox.database.writing() as connection:
        connection.execute(sa.update(schema.inbox_runs).values(began | {"heard_at": _now(hours=-1)}))
    assert inbox.ended_runs(_now()) == inbox.silent_runs(_now()) == []
    inbox.put(run, [posting("alpha", "1")])
    inbox.remove([row.id for row in inbox.take(9)])
    assert inbox.ended_runs(_now(hours=5)) == []
    [silent] = inbox.silent_runs(_now(hours=7))
    assert [silent.id] == [run.id for run in inbox.ended_runs(_now(hours=7))] == [run]


def test_the_owner_of_the_host_ends_the_dead_run_before_it(inbox: Inbox) -> None:
    dead = inbox.start_run("alpha")
    inbox.start_run("beta")
    alive = inbox.start_run("alpha")
    assert inbox.ended_runs(_now()) == []  # either may be the one that lives
    inbox.outlive(alive, "alpha")
    assert [run.id for run in inbox.ended_runs(_now())] == [dead]


def _now(**later: float):
    from datetime import UTC, datetime, timedelta

    return datetime.now(UTC) + timedelta(**later)


# --- lease ---

HOLD = """
import pathlib, sys, time
from index.lease import Lease
lease = Lease(pathlib.Path(sys.argv[1]), "gigdex up")
lease.take()
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_holder_is_told_who_is_first_and_gets_it_when_that_one_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        lease = Lease(tmp_path, "gigdex crawl")
        with pytest.raises(LeaseTaken, match=rf"`gigdex up` \(process {other.pid}"):
            lease.take()
        other.kill()
        other.wait()
    lease.take(wait_s=5)
    assert "gigdex crawl" in lease.holder()
    lease.release()
