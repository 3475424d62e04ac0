"""Several writers at once, on PostgreSQL: each does its part, and the end is what one alone would have made."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from index import forget
from index import ingest as ingest_module
from index.family import Families
from index.gig import gig_id
from index.ingest import Ingest
from index.posting import Posting
from index.retention import Keep, sweep
from index.settings import Settings
from index.store import db, gigs, hosts, leases, postings, schema
from index.store.boards import decide, declare
from index.store.db import StoreError
from index.store.inbox import Inbox
from index.store.store import Store
from index.terms import OPERATOR
from tests import postgresql
from tests.index.conftest import POSTGRES, Clock, RunBoard, board, posting
from tests.run_gigdex import ROOT, environment, variables

pytestmark = [*postgresql.MARKS, pytest.mark.parametrize("settings", [POSTGRES], indirect=True)]


def crawled(inbox: Inbox, name: str, *rows: Posting, complete: bool = True) -> str:
    run = inbox.start_run(name)
    inbox.put(run, rows)
    inbox.finish_run(run, complete, "finished", {}, None)
    return run


@contextmanager
def before_writing(monkeypatch: pytest.MonkeyPatch, *actions: object) -> Iterator[None]:
    """Each action happens once, when the writer under test has computed and not yet written."""
    left = list(actions)
    acting = False
    real = Families.gather

    def gather(self, connection, changed, again=False):
        nonlocal acting
        family = real(self, connection, changed, again)
        if left and changed and not acting:
            acting = True
            left.pop(0)()
            acting = False
        return family

    with monkeypatch.context() as patch:
        patch.setattr(Families, "gather", gather)
        yield
    assert not left


# --- what another writer changed meanwhile is seen ---


def test_expiry_does_not_undo_what_a_crawl_brought_meanwhile(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = (clock.now + timedelta(days=1)).isoformat()
    later = (clock.now + timedelta(days=30)).isoformat()
    run_board("alpha", posting("alpha", "1", expires_at=soon))
    clock.pass_by(days=2)
    other = Ingest(store, inbox, clock)

    def crawl() -> None:
        crawled(inbox, "alpha", posting("alpha", "1", "Walk my dog, $30 an hour", expires_at=later))
        other.drain()

    with before_writing(monkeypatch, crawl):
        ingest.expire()
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert (found.gig.status, found.gig.pay.usd_max) == ("open", 30)


def test_retention_does_not_undo_what_a_crawl_brought_meanwhile(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"), posting("alpha", "3"))
    run_board("alpha", posting("alpha", "2"), posting("alpha", "3"))
    clock.pass_by(days=20)
    other = Ingest(store, inbox, clock)

    def crawl() -> None:
        crawled(inbox, "alpha", *(posting("alpha", str(n)) for n in (1, 2, 3)))
        other.drain()

    with before_writing(monkeypatch, crawl):
        sweep(ingest, Keep(raw_days=10))
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert (found.gig.status, found.gig.description) == ("open", "Two walks a day in the park.")


def test_a_renormalization_does_not_undo_what_a_crawl_brought_meanwhile(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_board("alpha", posting("alpha", "1"))
    other = Ingest(store, inbox, clock)

    def crawl() -> None:
        crawled(inbox, "alpha", posting("alpha", "1", "Walk my dog, $30 an hour"))
        other.drain()

    with before_writing(monkeypatch, crawl):
        ingest.renormalize()
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert found.gig.pay.usd_max == 30


def test_what_was_forgotten_meanwhile_is_not_stored(
    store: Store, inbox: Inbox, ingest: Ingest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawled(inbox, "alpha", posting("alpha", "1", description="Ask Jane Doe."))
    other = Ingest(store, inbox, clock)

    def erase() -> None:
        forget.remember(store, forget.make_rule(store, "Jane Doe"))
        forget.apply_pending(other, lambda: None)

    with before_writing(monkeypatch, erase):
        ingest.drain()
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert found.gig.description == f"Ask {forget.REMOVED}."


def test_a_board_that_was_switched_off_meanwhile_is_not_shown(
    store: Store, inbox: Inbox, ingest: Ingest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawled(inbox, "alpha", posting("alpha", "1"))
    other = Ingest(store, inbox, clock)

    def switch_off() -> None:
        decide(store.database, "alpha", False, None)
        other.follow_terms()

    with before_writing(monkeypatch, switch_off):
        ingest.drain()
    found = store.find(gig_id("alpha", "1"), "page")
    assert found is not None
    assert found.gig is None


def test_deleting_is_noticed_by_whoever_computes(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A posting joins a gig that retention deletes meanwhile: it must not be written into a gig without content."""
    link = "https://jobs.example/7"
    run_board("alpha", posting("alpha", "1", url=link), posting("alpha", "2"), posting("alpha", "3"))
    run_board("alpha", posting("alpha", "2"), posting("alpha", "3"))
    clock.pass_by(days=20)
    other = Ingest(store, inbox, clock)
    crawled(inbox, "beta", posting("beta", "1", url=link))
    with before_writing(monkeypatch, lambda: sweep(other, Keep(closed_days=10))):
        ingest.drain()
    with store.database.reading() as connection:
        [stored] = postings.load(connection, [("beta", "1")]).values()
        assert stored.gig is not None
        assert gigs.load_views(connection, [stored.gig])
        assert not postings.load(connection, [("alpha", "1")])
    assert store.find(gig_id("beta", "1"), OPERATOR) is not None


# --- whoever is outrun gets through ---


def test_a_large_batch_gets_through_beside_many_small_ones(
    store: Store, inbox: Inbox, ingest: Ingest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else is faster each time that the batch was computed; more often than it is tried."""
    crawled(inbox, "alpha", *(posting("alpha", str(n)) for n in range(20)))
    other = Ingest(store, inbox, clock)
    other.follow_terms()
    numbers = iter(range(100))
    threads: list[threading.Thread] = []

    def small() -> None:
        def bring() -> None:
            one = posting("beta", str(next(numbers)))
            other._ingest({(one.board, one.external_id): ingest_module.Sighting(one, clock(), "r")}, last_rule=0)

        threads.append(threading.Thread(target=bring))
        threads[-1].start()
        threads[-1].join(0.5)  # done, or kept out by a writer that computes while it keeps all others out

    with before_writing(monkeypatch, *[small] * (ingest_module.MISSES + 1)):
        ingest.drain()
    for thread in threads:
        thread.join()
    assert store.count_gigs() == 20 + ingest_module.MISSES + 1


def test_what_was_only_seen_again_outruns_nobody(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    with store.database.reading() as connection:
        before = gigs.peek(connection, "regrouping")
    run_board("alpha", posting("alpha", "1"))
    with store.database.reading() as connection:
        assert gigs.peek(connection, "regrouping") == before
        seen = postings.load(connection, [("alpha", "1")])["alpha", "1"]
    assert seen.last_seen > seen.first_seen


# --- each batch has one worker ---


def test_two_workers_take_different_boards(store: Store, inbox: Inbox) -> None:
    for name in ("alpha", "beta"):
        crawled(inbox, name, *(posting(name, str(n)) for n in range(5)))
    one, other = leases.Leases(store.database), leases.Leases(store.database)
    mine, theirs = inbox.take(5, one), inbox.take(5, other)
    assert [len(mine), len(theirs)] == [5, 5]
    assert not {row.id for row in mine} & {row.id for row in theirs}
    assert len({row.run for row in mine}) == 1
    assert inbox.take(5, leases.Leases(store.database)) == []
    assert inbox.take(5, one) == mine, "they stay until they are removed"
    other.release()
    assert inbox.take(5, leases.Leases(store.database)) == theirs


def test_the_leases_of_a_worker_that_died_end(store: Store, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    crawled(inbox, "alpha", posting("alpha", "1"))
    dead, next_one = leases.Leases(store.database), leases.Leases(store.database)
    assert len(inbox.take(5, dead)) == 1
    assert inbox.take(5, next_one) == []
    with monkeypatch.context() as patch:
        patch.setattr(leases, "LEASE_S", -1.0)  # its time is over at once
        dead.claim(["board:alpha"])
    assert len(inbox.take(5, next_one)) == 1
    assert dead.claim(["board:alpha"]) == set(), "it may have been slow, and not dead"


def test_one_worker_ends_a_run(store: Store, inbox: Inbox) -> None:
    run = crawled(inbox, "alpha")
    now = datetime.now(UTC)
    one, other = leases.Leases(store.database), leases.Leases(store.database)
    assert [found.id for found in inbox.ended_runs(now, one)] == [run]
    assert inbox.ended_runs(now, other) == []


def test_several_claim_at_once(store: Store) -> None:
    """Each name goes to one of them, whoever comes when."""
    names = [f"board:{n}" for n in range(50)]
    got: list[set[str]] = []
    barrier = threading.Barrier(4)

    def claim(shuffled: list[str]) -> None:
        its = leases.Leases(store.database)
        barrier.wait(20)
        got.append(its.claim(shuffled))

    threads = [threading.Thread(target=claim, args=(names[n:] + names[:n],)) for n in (0, 10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name for its in got for name in its) == sorted(names)


def test_who_slept_too_long_does_not_bring_back_what_was(
    store: Store, inbox: Inbox, ingest: Ingest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker is paused with a batch in its hands; another one takes the board over and gets on to a newer run."""
    crawled(inbox, "alpha", *(posting("alpha", name) for name in "123"))
    other = Ingest(store, inbox, clock)

    def overtake() -> None:
        expire(store)
        other.drain()
        crawled(inbox, "alpha", posting("alpha", "1", "Walk my dog, $30 an hour"), posting("alpha", "3"))
        other.drain()

    with before_writing(monkeypatch, overtake), pytest.raises(StoreError, match="another worker has taken over"):
        ingest.step()
    ingest.drain()
    found = [store.find(gig_id("alpha", name), OPERATOR) for name in "12"]
    assert [one.gig and (one.gig.status, one.gig.pay.usd_max) for one in found if one] == [("open", 30), ("closed", 20)]


def test_who_slept_too_long_ends_no_run(
    store: Store, inbox: Inbox, ingest: Ingest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawled(inbox, "alpha")
    real = ingest.inbox.ended_runs
    other = Ingest(store, inbox, clock)

    def slowly(*arguments: object) -> object:
        found = real(*arguments)
        expire(store)
        monkeypatch.undo()
        other.drain()
        return found

    monkeypatch.setattr(ingest.inbox, "ended_runs", slowly)
    with pytest.raises(StoreError, match="another worker has taken over"):
        ingest.step()
    assert other.leases.claim(["board:alpha"]), "and whoever ended it holds on to nothing"


def test_what_was_ingested_meanwhile_is_not_taken(
    store: Store, inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking who has which board and claiming one, another worker does all of it."""
    crawled(inbox, "alpha", posting("alpha", "1"))
    crawled(inbox, "beta", posting("beta", "1"))
    mine, other = leases.Leases(store.database), Ingest(store, inbox, clock)
    real = mine.claim

    def slowly(names: object) -> set[str]:
        monkeypatch.undo()
        other.drain()
        return real(names)

    monkeypatch.setattr(mine, "claim", slowly)
    assert inbox.take(5, mine) == []


def test_two_runs_of_a_board_end_under_one_lease(store: Store, inbox: Inbox, ingest: Ingest) -> None:
    for _ in range(2):
        crawled(inbox, "alpha")
    ingest.step()
    assert inbox.runs() == []
    assert leases.Leases(store.database).claim(["board:alpha"]) == {"board:alpha"}


def expire(store: Store) -> None:
    """The time of all leases is over."""
    with store.database.writing() as connection:
        connection.execute(sa.update(schema.leases).values(until=sa.func.now() - timedelta(seconds=1)))


def test_hosts_are_leased_by_the_servers_clock(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose clock is ahead takes no host from another one, nor does one whose clock is behind keep it."""
    hosts.Hosts(inbox.database).take("board.example")
    ahead = hosts.Hosts(inbox.database)

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(hours=1)

    for module in (db, hosts):
        monkeypatch.setattr(module, "datetime", Ahead, raising=False)
    with pytest.raises(hosts.HostBusy):
        ahead.take("board.example")
    assert list(ahead.held()) == ["board.example"]


# --- readers ---


def test_readers_never_see_a_revision_before_an_earlier_one(store: Store, inbox: Inbox, clock: Clock) -> None:
    """Four writers, and a reader that looks all the time: what it sees has no gap, ever."""
    stop = threading.Event()
    gaps: list[tuple[int, int]] = []
    looks = 0

    def look() -> None:
        nonlocal looks
        while not stop.is_set():
            with store.database.reading() as connection:
                newest = gigs.newest_revision(connection)
                seen = connection.execute(sa.select(sa.func.count()).select_from(schema.gigs)).scalar_one()
            looks += 1
            if seen != newest:  # every revision here is a new gig, so that there are as many
                gaps.append((seen, newest))

    def write(name: str) -> None:
        for n in range(15):
            with store.database.writing() as connection:
                gigs.save(store.database, connection, [gigs.GigWrite(gig_id(name, str(n)), "closed", clock(), ())])

    reader = threading.Thread(target=look)
    reader.start()
    writers = [threading.Thread(target=write, args=(f"board{n}",)) for n in range(4)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert looks > 5
    assert gaps == []
    assert store.revision() == 60


# --- processes ---

WORK = """
import sys
from pathlib import Path
from index.ingest import Ingest
from index.settings import load_settings
from index.store.inbox import Inbox
from index.store.store import Store
settings = load_settings()
store, inbox = Store.open(settings), Inbox.open(settings)
ingest = Ingest(store, inbox)
print("ready", flush=True)
sys.stdin.readline()
while inbox.size():
    ingest.step(limit=20)
ingest.leases.release()
"""


def start(settings: Settings, data: Path, code: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(data, **variables(settings)),
        cwd=ROOT,
    )


@pytest.mark.slow
def test_processes_that_ingest_at_once_end_in_the_state_of_one(
    store: Store, inbox: Inbox, settings: Settings, tmp_path: Path
) -> None:
    """Three boards show the same jobs, so that each process merges into the others' gigs."""
    names = ("alpha", "beta", "gamma")
    declare(store.database, [board(name) for name in names])
    rows = {name: [posting(name, str(n), url=f"https://jobs.example/{n}") for n in range(100)] for name in names}
    for name in names:
        crawled(inbox, name, *rows[name])
    with ExitStack() as stack:
        workers = [stack.enter_context(start(settings, tmp_path, WORK)) for _ in range(3)]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            worker.communicate("go\n", timeout=120)
        assert [worker.returncode for worker in workers] == [0, 0, 0]

    alone = Settings(data=tmp_path / "alone")
    one, its_inbox = Store.open(alone), Inbox.open(alone)
    declare(one.database, [board(name) for name in names])
    for name in names:
        crawled(its_inbox, name, *rows[name])
    Ingest(one, its_inbox).drain()
    assert state(store) == state(one)
    assert store.count_gigs() == 100
    its_inbox.close()
    one.close()


def state(store: Store) -> dict[str, tuple[str, frozenset[str]]]:
    """Every gig's status and sources, by what it is called; ids depend on who came first."""
    with store.database.reading() as connection:
        live = sa.select(schema.gigs.c.seq).where(schema.gigs.c.moved_to.is_(None))
        seqs = connection.execute(live).scalars().all()
    found = store.views([(seq, 0) for seq in seqs], OPERATOR)
    return {
        min(source.url or "" for source in gig.sources): (
            gig.status,
            frozenset(f"{source.board}:{source.external_id}" for source in gig.sources),
        )
        for gig in found.values()
    }


def test_processes_that_start_at_once_migrate_once(
    postgresql_databases: postgresql.Databases, settings: Settings, tmp_path: Path
) -> None:
    url = postgresql_databases.empty()
    empty = settings.model_copy(update={"database_url": url})
    opened: list[Exception | None] = []

    def run() -> None:
        try:
            store, inbox = Store.open(empty), Inbox.open(empty)
            assert len(store.secret()) == 32
            inbox.close()
            store.close()
            opened.append(None)
        except Exception as error:
            opened.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [None] * 4
    postgresql_databases.drop(url)
