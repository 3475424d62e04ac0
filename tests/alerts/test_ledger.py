"""The ledger against a model: whatever happens in whatever order, each search is told of just what newly fits, once."""

import tempfile
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from index.alerts import saved
from index.alerts.matching import Matcher
from index.alerts.saved import Order
from index.gig import gig_id
from index.ingest import Ingest
from index.query import SearchQuery
from index.settings import Settings
from index.store import postings
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.schema import gigs
from index.store.store import Store
from tests import postgresql
from tests.alerts.conftest import HOOK, match, messages, told
from tests.index.conftest import Clock, board, posting

NUMBERS = st.integers(0, 2)
ANIMALS = ("dog", "cat")
QUERIES: dict[str, dict[str, Any]] = {
    "dogs": {"q": "dog"},
    "cats or dogs": {"q": "cat OR dog"},
    "rich": {"pay_min": 30},
    "rich cats": {"q": "cat", "pay_min": 30},
}


def fits(name: str, gig: tuple[str, int] | None) -> bool:
    """What a search means, said plainly; None is a gig that is closed or isn't there."""
    if gig is None:
        return False
    animal, pay = gig
    query = QUERIES[name]
    return animal in query.get("q", animal).split(" OR ") and pay >= query.get("pay_min", 0)


class Ledger(RuleBasedStateMachine):
    searches: Bundle[str] = Bundle("searches")
    databases: ClassVar[postgresql.Databases | None] = None
    """Where it is on PostgreSQL."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.url = None if self.databases is None else self.databases.fresh()
        settings = Settings(data=Path(self.folder.name), database_url=self.url)
        self.store, self.inbox = Store.open(settings), Inbox.open(settings)
        declare(self.store.database, [board("alpha")])
        self.ingest = Ingest(self.store, self.inbox, self.clock)
        self.matcher = Matcher(self.store, False, self.clock)
        self.now: dict[int, tuple[str, int] | None] = {}
        """Number of a posting -> the gig as it is."""
        self.matched: dict[int, tuple[str, int] | None] = {}
        """The same as it was matched last."""
        self.asks: dict[str, str] = {}
        self.active: dict[str, bool] = {}
        self.told: dict[str, set[int]] = {}

    def teardown(self) -> None:
        self.inbox.close()
        self.store.close()
        self.folder.cleanup()
        if self.databases is not None and self.url is not None:
            self.databases.drop(self.url)

    def settle(self) -> None:
        """Match what has changed, here and in the model."""
        match(self.matcher)
        for search, name in self.asks.items():
            if self.active[search]:
                news = {n for n, gig in self.now.items() if fits(name, gig) and not fits(name, self.matched.get(n))}
                self.told[search] |= news
        self.matched = dict(self.now)

    @rule(number=NUMBERS, animal=st.sampled_from(ANIMALS), pay=st.sampled_from([10, 40]), match_now=st.booleans())
    def crawl(self, number: int, animal: str, pay: int, match_now: bool) -> None:
        """A gig is new, or shows something else, or is open again."""
        self.now[number] = (animal, pay)
        run = self.inbox.start_run("alpha")
        text = f"Look after a {animal}, ${pay} an hour, job {number} {'abcd'[number] * 5}"
        self.inbox.put(run, [posting("alpha", str(number), text, description=f"{'wxyz'[number] * 6} house.")])
        self.inbox.finish_run(run, False, "finished", {"pages": 1}, None)
        self.ingest.drain()
        if match_now:
            self.settle()

    @rule(number=NUMBERS)
    def close(self, number: int) -> None:
        if self.now.get(number) is not None:
            self.now[number] = None
            self.ingest.settle(
                lambda connection: {
                    key: one.close("gone", self.clock())
                    for key, one in postings.load(connection, [("alpha", str(number))]).items()
                }
            )

    @rule(target=searches, name=st.sampled_from(sorted(QUERIES)))
    def save(self, name: str) -> str:
        self.settle()  # what was waiting belongs to those who asked before
        order = Order.of(SearchQuery.build(**QUERIES[name]), "webhook", url=HOOK, rhythm="instant")
        with self.store.database.writing() as connection:
            made = saved.make(connection, order, self.clock())
        self.asks[made.search.id], self.active[made.search.id], self.told[made.search.id] = name, True, set()
        return made.search.id

    @rule(search=searches, state=st.sampled_from(["active", "paused"]))
    def turn(self, search: str, state: Literal["active", "paused"]) -> None:
        self.settle()
        with self.store.database.writing() as connection:
            found = saved.load(connection, search)
            assert found is not None
            saved.change(connection, found, self.clock(), state=state)
        self.active[search] = state == "active"

    @rule(search=searches, name=st.sampled_from(sorted(QUERIES)))
    def ask(self, search: str, name: str) -> None:
        """Something else, or the same again."""
        self.settle()
        with self.store.database.writing() as connection:
            found = saved.load(connection, search)
            assert found is not None
            saved.change(connection, found, self.clock(), query=SearchQuery.build(**QUERIES[name]))
        self.asks[search] = name

    @rule()
    def work(self) -> None:
        self.settle()

    @rule()
    def restart(self) -> None:
        self.matcher = Matcher(self.store, False, self.clock)

    @invariant()
    def the_ledger_is_as_the_model(self) -> None:
        with self.store.database.reading() as connection:
            seqs = {row.seq: row.id for row in connection.execute(gigs.select())}
        ids = {gig_id("alpha", str(number)): number for number in range(3)}
        for search, numbers in self.told.items():
            assert {ids[seqs[seq]] for seq in told(self.store, search)} == numbers

    @invariant()
    def each_message_has_its_own_gigs(self) -> None:
        assert len(messages(self.store)) <= sum(map(len, self.told.values()))


TestLedger = Ledger.TestCase
TestLedger.settings = hypothesis_settings(max_examples=20, stateful_step_count=15, deadline=None)


@pytest.mark.postgresql
def test_the_ledger_on_postgresql(postgresql_databases: postgresql.Databases) -> None:
    class OnPostgreSQL(Ledger):
        databases = postgresql_databases

    few = hypothesis_settings(max_examples=5, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(OnPostgreSQL, settings=few)
