"""`gigdex move`: a data folder's files into PostgreSQL, all or nothing."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from index import move as moving
from index.forget import make_rule, remember
from index.instance import Instance
from index.lease import Lease, LeaseTaken
from index.move import MoveError, move
from index.people import split
from index.query import SearchQuery
from index.settings import Settings
from index.store import schema
from index.store.boards import decide
from index.store.inbox import Inbox
from index.store.store import Store
from index.terms import OPERATOR
from tests import postgresql
from tests.index.conftest import SQLITE, RunBoard, board, posting
from tests.run_gigdex import gigdex

pytestmark = [*postgresql.MARKS, pytest.mark.parametrize("settings", [SQLITE], indirect=True)]
LONG = """Two walks a day in the park behind the old mill, for a friendly brown dog that pulls a little on the leash and
likes other dogs; bring bags and water, and be back before the children come home from school at four."""
BOARDS = [board("alpha"), board("beta"), board("gamma", "link_only"), board("delta", "none")]


@pytest.fixture
def full(settings: Settings, store: Store, inbox: Inbox, run_board: RunBoard) -> Settings:
    """Something in every table that people fill, and postings that wait."""
    link = "https://jobs.example/7"
    run_board("alpha", posting("alpha", "1", url=link), posting("alpha", "2", description=LONG), posting("alpha", "3é"))
    run_board("beta", posting("beta", "1", url=link), posting("beta", "2", location="Paris, France"))
    run_board("alpha", posting("alpha", "1", url=link), posting("alpha", "3é", "Walk my dog, $30 an hour"))
    found = store.find(str(next(iter(gigs(store)))), OPERATOR)
    assert found is not None
    assert found.gig is not None
    split(store, found.gig.id, "beta:1")
    decide(store.database, "beta", True, "asked by mail")
    remember(store, make_rule(store, "Jane Doe"))
    inbox.put(inbox.start_run("gamma"), [posting("gamma", str(n)) for n in range(3)])
    with closing(Instance(settings, BOARDS)) as instance, instance.working("test") as worker:
        worker.follower.catch_up()
    return settings


def gigs(store: Store) -> Iterator[str]:
    with store.database.reading() as connection:
        query = sa.select(schema.gigs.c.id).where(schema.gigs.c.moved_to.is_(None)).order_by(schema.gigs.c.seq)
        yield from connection.execute(query).scalars()


@pytest.fixture
def there(settings: Settings, postgresql_url: str) -> Settings:
    return settings.model_copy(update={"database_url": postgresql_url})


def everything(settings: Settings) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    with closing(Store.open(settings)) as store, closing(Inbox.open(settings)) as inbox:
        for database, metadata in ((store.database, schema.store), (inbox.database, schema.inbox)):
            with database.reading() as connection:
                for table in metadata.sorted_tables:
                    rows = connection.execute(sa.select(table)).all()
                    found[table.name] = sorted(map(repr, rows))
    return found


def test_everything_is_there_and_goes_on(full: Settings, there: Settings) -> None:
    before = everything(full)
    moved = move(there)
    assert (moved.gigs, moved.postings, moved.waiting) == (
        len(before["gigs"]), len(before["postings"]), len(before["inbox_postings"]),
    )  # fmt: skip
    assert everything(there) == before == everything(full)
    filled = {name for name, rows in before.items() if rows}
    assert filled >= {"gigs", "views", "postings", "links", "runs", "decisions", "forgotten", "inbox_runs", "keys"}
    with closing(Instance(there, BOARDS)) as instance:
        name = instance.engine.name
        assert instance.lag() == 0, "nor does the search index have to be made anew"
        with instance.working("test") as worker:
            worker.drain()
        remember(instance.store, make_rule(instance.store, "John Doe"))  # numbers go on where they were
        instance.inbox.put(instance.inbox.start_run("gamma"), [posting("gamma", "9", "Paint a wall, $80")])
        with instance.working("test") as worker:
            worker.drain()
        found = instance.search.search(SearchQuery(q="wall"), OPERATOR, datetime.now(UTC))
        assert found.total == 1
        assert name is not None


def test_an_index_that_followed_the_files_follows_the_database(full: Settings, there: Settings) -> None:
    with closing(Instance(full)) as before:
        total = before.search.search(SearchQuery(), OPERATOR, datetime.now(UTC)).total
    move(there)
    with closing(Instance(there)) as after:
        assert after.search.search(SearchQuery(), OPERATOR, datetime.now(UTC)).total == total > 0


def test_a_database_in_use_is_refused(full: Settings, there: Settings) -> None:
    move(there)
    with pytest.raises(MoveError, match="not empty"):
        move(there)


def test_one_that_was_only_started_on_is_not_in_use(full: Settings, there: Settings) -> None:
    Instance(there, BOARDS).close()
    with closing(Store.open(there)) as store:
        store.secret()
    move(there)
    assert everything(there) == everything(full)


def test_what_goes_wrong_leaves_nothing(full: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = everything(there)

    def crawled_meanwhile(table: str, _: int) -> None:
        if table == "inbox_postings":
            with closing(Inbox.open(full)) as inbox:
                inbox.put("run", [posting("alpha", "9")])

    with pytest.raises(MoveError, match="inbox_postings changed meanwhile"):
        move(there, crawled_meanwhile)
    assert everything(there) == empty

    def interrupted(table: str, _: int) -> None:
        if table == "views":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(there, interrupted)
    assert everything(there) == empty
    monkeypatch.setattr(moving, "STEP", 2)
    move(there)
    assert everything(there) == everything(full)


def test_nobody_works_meanwhile(full: Settings, there: Settings) -> None:
    with Lease(full.data, "gigdex up"), pytest.raises(LeaseTaken, match="gigdex up"):
        move(there)


def test_settings_that_can_not_work(full: Settings, there: Settings, tmp_path: Path) -> None:
    with pytest.raises(MoveError, match="GIGDEX_DATABASE_URL must name"):
        move(full)
    with pytest.raises(MoveError, match="GIGDEX_DATABASE_URL must name"):
        move(full.model_copy(update={"database_url": f"sqlite:///{tmp_path}/other.db"}))
    with pytest.raises(MoveError, match="nothing to move"):
        move(there.model_copy(update={"data": tmp_path / "nothing"}))


def test_the_command(full: Settings, there: Settings) -> None:
    assert there.database_url
    done = gigdex(full.data, "move", GIGDEX_DATABASE_URL=there.database_url)
    assert done.returncode == 0, done.stderr
    assert "5 postings and 3 waiting ones moved" in done.stderr
    again = gigdex(full.data, "move", GIGDEX_DATABASE_URL=there.database_url)
    assert again.returncode == 1
    assert again.stderr.startswith("gigdex: the database is not empty")
    assert len(again.stderr.splitlines()) == 1
