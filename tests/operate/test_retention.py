"""What is over loses its text, then goes; engine and readers follow; what comes back comes back whole."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from index import retention
from index.gig import gig_id
from index.ingest import Ingest
from index.instance import Instance
from index.retention import Keep, sweep
from index.settings import Settings, load_settings
from index.store import schema
from index.store.boards import decide, declare
from index.store.store import Store
from index.terms import OPERATOR
from tests.index.conftest import Clock, RunBoard, board, posting
from tests.run_gigdex import gigdex

TEXT = "Two walks a day in the park."


def contents(store: Store) -> str:
    """All that the store keeps of postings and gigs."""
    with store.database.reading() as connection:
        rows = [*connection.execute(sa.select(schema.postings.c.content, schema.postings.c.external_id))]
        rows += connection.execute(sa.select(schema.views.c.content, schema.views.c.channels))
        rows += connection.execute(sa.select(schema.links.c.link, schema.links.c.board))
    return "\n".join(f"{row[0]} {row[1]}" for row in rows)


def sweep_all(ingest: Ingest, keep: Keep) -> int:
    total = 0
    while count := sweep(ingest, keep):
        total += count
    return total


def test_a_closed_gig_goes_after_its_time_and_leaves_its_id(
    store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard
) -> None:
    run_board("alpha", posting("alpha", "1", title="Paint a fence, $90"), posting("alpha", "2"))
    run_board("alpha", posting("alpha", "2"))
    keep = Keep(closed_days=10)
    clock.pass_by(days=9)
    assert sweep_all(ingest, keep) == 0
    assert "fence" in contents(store)
    before = store.revision()
    clock.pass_by(days=2)
    assert sweep_all(ingest, keep) > 0
    assert "fence" not in contents(store)
    assert "alpha.example/1" not in contents(store)
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert (found.gig, found.moved_to, found.closed) == (None, None, True)
    assert store.revision() == before + 1
    assert sweep_all(ingest, keep) == 0
    other = store.find(gig_id("alpha", "2"), OPERATOR)
    assert other is not None
    assert other.gig is not None, "an open one stays, however old"


def test_the_engine_follows(instance: Instance, run_board: RunBoard, clock: Clock, ingest: Ingest) -> None:
    run_board("alpha", posting("alpha", "1", title="Paint a fence, $90"), posting("alpha", "2"))
    run_board("alpha", posting("alpha", "2"))
    with instance.working("test") as worker:
        worker.drain()
        worker.follower.catch_up()
        before = instance.engine.size()
        clock.pass_by(days=11)
        sweep_all(ingest, Keep(closed_days=10))
        worker.follower.catch_up()
        assert instance.engine.size() == before - 1
        assert instance.lag() == 0
    rebuilt = instance.rebuild_engine()
    assert rebuilt.engine.size() == before - 1, "a rebuild knows nothing of it either"
    rebuilt.engine.close()


def test_the_worker_sweeps_by_the_settings(settings: Settings, run_board: RunBoard, store: Store) -> None:
    run_board("alpha", posting("alpha", "1", title="Paint a fence, $90"), posting("alpha", "2"))
    run_board("alpha", posting("alpha", "2"))
    long_ago = {"closed_at": Clock()() - timedelta(days=8)}
    with store.database.writing() as connection:
        for table in (schema.gigs, schema.postings):
            connection.execute(sa.update(table).where(table.c.closed_at.is_not(None)).values(**long_ago))
    instance = Instance(settings.model_copy(update={"keep_closed_days": 7}), [])
    with instance.working("test") as worker:
        worker.step()
        assert instance.lag() == 0
    instance.close()
    assert "fence" not in contents(store)


def test_a_gig_of_two_postings_goes_when_both_are_over(
    store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard
) -> None:
    link = "https://jobs.example/7"
    over = {"url": link, "extra": {"status": "filled"}}
    run_board("alpha", posting("alpha", "1", url=link))
    run_board("beta", posting("beta", "1", url=link))
    run_board("alpha", posting("alpha", "1", **over))
    clock.pass_by(days=20)
    run_board("beta", posting("beta", "1", url=link))
    sweep_all(ingest, Keep(closed_days=10))
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert [source.board for source in found.gig.sources] == ["beta", "alpha"]
    run_board("beta", posting("beta", "1", **over))
    clock.pass_by(days=11)
    sweep_all(ingest, Keep(closed_days=10))
    assert contents(store) == ""


def test_what_comes_back_is_the_same_gig_again(store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"))
    first = store.find(gig_id("alpha", "1"), OPERATOR)
    run_board("alpha", posting("alpha", "2"))
    clock.pass_by(days=11)
    sweep_all(ingest, Keep(closed_days=10))
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"))
    again = store.find(gig_id("alpha", "1"), OPERATOR)
    assert first is not None and first.gig is not None  # noqa: PT018
    assert again is not None and again.gig is not None  # noqa: PT018
    assert again.gig.status == "open"
    assert (again.gig.id, again.gig.seq) == (first.gig.id, first.gig.seq)


def test_postings_that_are_no_offers_go_too(store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard) -> None:
    run_board(
        "alpha", posting("alpha", "1", title="SEEKING WORK: nanny", description="I am looking for work."),
        posting("alpha", "2"),
    )  # fmt: skip
    run_board("alpha", posting("alpha", "2"))
    assert "nanny" in contents(store)
    clock.pass_by(days=11)
    sweep_all(ingest, Keep(closed_days=10))
    assert "nanny" not in contents(store)


def test_a_gig_that_turned_out_to_be_no_offer_goes_at_once(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1", title="Paint a fence, $90"))
    run_board("alpha", posting("alpha", "1", title="SEEKING WORK: nanny", description="I am looking for work."))
    assert "fence" not in contents(store)


def test_text_goes_before_the_gig(store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard) -> None:
    its = posting("alpha", "1", extra={"poster": "Dana"})
    run_board("alpha", its, posting("alpha", "2", description="Stays."))
    run_board("alpha", posting("alpha", "2", description="Stays."))
    keep = Keep(raw_days=5)
    assert sweep_all(ingest, keep) == 0
    clock.pass_by(days=6)
    assert sweep_all(ingest, keep) == 1
    assert TEXT not in contents(store)
    assert "Dana" not in contents(store)
    assert "Stays." in contents(store)
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert (found.gig.title, found.gig.description, found.gig.pay.unit) == (its.title, "", "hour")
    assert sweep_all(ingest, keep) == 0
    revision = store.revision()
    ingest.renormalize()
    assert store.revision() == revision, "the gig stays what it was without its text"


def test_a_blanked_posting_that_opens_again_has_its_text_again(
    store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard
) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"))
    run_board("alpha", posting("alpha", "2"))
    clock.pass_by(days=6)
    sweep_all(ingest, Keep(raw_days=5))
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"))
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert (found.gig.status, found.gig.description) == ("open", TEXT)


def test_a_blanked_posting_that_its_board_still_shows_as_over_makes_no_more_work(
    store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard
) -> None:
    over = posting("alpha", "1", extra={"status": "filled"})
    run_board("alpha", posting("alpha", "1"))
    run_board("alpha", over)
    clock.pass_by(days=6)
    sweep_all(ingest, Keep(raw_days=5))
    revision = store.revision()
    run_board("alpha", over)
    assert sweep_all(ingest, Keep(raw_days=5)) == 0
    assert store.revision() == revision
    assert TEXT not in contents(store)


def test_nothing_goes_when_it_is_kept_for_ever(store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    run_board("alpha", posting("alpha", "2"))
    clock.pass_by(days=10_000)
    before = contents(store)
    assert sweep(ingest, Keep()) == 0
    assert contents(store) == before


def test_a_sweep_is_bounded_and_the_next_goes_on(
    store: Store, ingest: Ingest, clock: Clock, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BATCHES", 2)
    run_board("alpha", *[posting("alpha", str(n)) for n in range(8)])
    run_board("alpha", *[posting("alpha", str(n), extra={"status": "filled"}) for n in range(8)])
    with store.database.reading() as connection:
        query = sa.select(sa.func.count()).where(schema.gigs.c.closed_at.is_not(None))
        assert connection.execute(query).scalar_one() == 8
    clock.pass_by(days=11)
    assert sweep(ingest, Keep(closed_days=10)) == 2 * (2 + 2)
    sweep_all(ingest, Keep(closed_days=10))
    with store.database.reading() as connection:
        assert connection.execute(query).scalar_one() == 0


@pytest.mark.parametrize(("value", "days"), [("30", 30), ("", None)])
def test_settings(value: str, days: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGDEX_KEEP_CLOSED_DAYS", value)
    assert Keep.of(load_settings()).closed_days == days


def test_a_setting_that_can_not_work_is_said_so(tmp_path) -> None:
    done = gigdex(tmp_path / "data", "search", "x", GIGDEX_KEEP_CLOSED_DAYS="0")
    assert done.returncode == 2
    assert "GIGDEX_KEEP_CLOSED_DAYS" in done.stderr


# --- boards whose owners want it gone at once ----------------------------------------------------------------------


@pytest.fixture
def hasty(store: Store) -> None:
    declare(store.database, [board("alpha", duties=("delete_at_once",)), board("beta")])


@pytest.mark.usefixtures("hasty")
def test_what_is_closed_goes_at_once_with_its_gig(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    fence, dog = posting("alpha", "1", title="Paint a fence, $90"), posting("alpha", "2")
    run_board("alpha", fence, dog)
    assert retention.delete_at_once(ingest) == 0
    run_board("alpha", dog)
    assert retention.delete_at_once(ingest) == 1
    assert "fence" not in contents(store)
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert (found.gig, found.closed) == (None, True)
    run_board("alpha", fence, dog)
    back = store.find(gig_id("alpha", "1"), OPERATOR)
    assert back is not None
    assert back.gig is not None
    assert back.gig.status == "open"


@pytest.mark.usefixtures("hasty")
def test_a_gig_that_another_board_shows_lives_on_without_it(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    shared = "https://jobs.example/1"
    run_board("alpha", posting("alpha", "1", "Paint a fence, $90 at Alpha's", url=shared), posting("alpha", "2"))
    run_board("beta", posting("beta", "1", "Paint a fence, $80", url=shared))
    [state] = [one for one in store.boards() if one.info.id == "beta"]
    assert state.open_gigs == 1
    assert store.count_gigs() == 2
    run_board("alpha", posting("alpha", "2"))
    assert retention.delete_at_once(ingest) == 1
    assert "Alpha's" not in contents(store)
    found = store.find(gig_id("alpha", "1"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert (found.gig.title, [source.board for source in found.gig.sources]) == ("Paint a fence, $80", ["beta"])
    assert found.gig.status == "open"


@pytest.mark.usefixtures("hasty")
def test_other_boards_keep_what_is_closed(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("beta", posting("beta", "1", title="Paint a fence, $90"), posting("beta", "2"))
    run_board("beta", posting("beta", "2"))
    assert retention.delete_at_once(ingest) == 0
    assert "fence" in contents(store)


def test_of_a_board_whose_owner_wants_it_nothing_is_kept_once_it_is_off(
    store: Store, ingest: Ingest, run_board: RunBoard
) -> None:
    link = "https://jobs.example/7"
    declare(store.database, [board("alpha", duties=("purge_at_end",)), board("beta")])
    run_board("alpha", posting("alpha", "1", title="Paint a fence, $90"), posting("alpha", "2", url=link))
    run_board("beta", posting("beta", "2", url=link))
    assert retention.delete_at_once(ingest) == 0
    decide(store.database, "alpha", False, None)
    decide(store.database, "beta", False, None)
    ingest.follow_terms()
    assert retention.delete_at_once(ingest) == 2
    assert "alpha" not in contents(store)
    found = store.find(gig_id("beta", "2"), OPERATOR) or store.find(gig_id("alpha", "2"), OPERATOR)
    assert found is not None
    assert found.gig is not None
    assert [source.board for source in found.gig.sources] == ["beta"]
    assert retention.delete_at_once(ingest) == 0


def test_the_worker_deletes_at_once(instance: Instance, run_board: RunBoard) -> None:
    declare(instance.store.database, [board("alpha", duties=("delete_at_once",))])
    run_board("alpha", posting("alpha", "1", title="Paint a fence, $90"), posting("alpha", "2"))
    run_board("alpha", posting("alpha", "2"))
    with instance.working("test") as worker:
        worker.step()
        assert instance.lag() == 0
    assert "fence" not in contents(instance.store)
