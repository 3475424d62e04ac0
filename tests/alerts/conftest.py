"""A store with ingest on an empty data folder (tests/index/conftest.py), and saved searches on it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from index.alerts import saved
from index.alerts.matching import Matcher
from index.alerts.saved import Made, Order
from index.query import SearchQuery
from index.store.schema import alerts, outbox
from index.store.store import Store
from tests.index.conftest import Clock, clock, inbox, ingest, run_board, settings, store

__all__ = ["clock", "inbox", "ingest", "run_board", "settings", "store"]

HOOK = "https://receiver.example/hook"
Save = Callable[..., Made]


@pytest.fixture
def save(store: Store, clock: Clock) -> Save:
    """save(q="dog", kind="email", ...): save a search and confirm it."""

    def make(kind: str = "webhook", rhythm: str = "instant", confirm: bool = True, **query: Any) -> Made:
        more: dict[str, Any] = {"rhythm": rhythm}
        for name in ("hour", "zone", "address", "url"):
            if name in query:
                more[name] = query.pop(name)
        if kind == "email":
            more.setdefault("address", "me@example.org")
        if kind == "webhook":
            more.setdefault("url", HOOK)
        order = Order.of(SearchQuery.build(**query), kind, **more)
        with store.database.writing() as connection:
            made = saved.make(connection, order, clock())
            if kind == "email" and confirm:
                saved.change(connection, made.search, clock(), state="active")
        return made

    return make


@pytest.fixture
def matcher(store: Store, clock: Clock) -> Matcher:
    return Matcher(store, private=False, clock=clock)


def match(matcher: Matcher) -> None:
    while matcher.step():
        pass


def told(store: Store, search: str) -> list[int]:
    """The gigs of a search in the ledger, by seq."""
    with store.database.reading() as connection:
        rows = connection.execute(alerts.select().where(alerts.c.search == search).order_by(alerts.c.gig))
        return [row.gig for row in rows]


def messages(store: Store, what: str = "digest") -> list[Any]:
    """The rows of the outbox, oldest first."""
    with store.database.reading() as connection:
        rows = connection.execute(outbox.select().where(outbox.c.what == what).order_by(outbox.c.created_at))
        return list(rows)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
