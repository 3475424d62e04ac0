"""A store, an inbox and an ingest on an empty data folder, with a clock that the test moves."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from index.ingest import Ingest
from index.posting import Posting
from index.settings import Settings
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.store import Store
from index.terms import BoardInfo, BoardTerms, ChannelLevels, Level, TermsEvidence
from tests import postgresql

EVIDENCE = TermsEvidence(what="https://board.example/terms", read=date(2026, 11, 1), says="may be shown")


def board(name: str, level: Level = "full", **more: object) -> BoardInfo:
    """A board whose terms give every channel the same level."""
    levels = ChannelLevels(page=level, api=level, feed=level, mail=level, jsonld=level)
    terms = {"attribution": f"from {name}", "min_interval_s": 60, "channels": levels, "evidence": (EVIDENCE,)}
    terms |= {key: more.pop(key) for key in ("max_age_s", "off", "duties") if key in more}
    return BoardInfo(id=name, name=name.title(), homepage="https://board.example", shape="json_api",
                     terms=BoardTerms.model_validate(terms), **more)  # fmt: skip


def posting(name: str, external_id: str, title: str = "Walk my dog, $20 an hour", **more: object) -> Posting:
    """A plain offer with a page of its own."""
    data = {"url": f"https://{name}.example/{external_id}", "description": "Two walks a day in the park."} | more
    return Posting.model_validate({"board": name, "external_id": external_id, "title": title} | data)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


SQLITE = pytest.param("sqlite", id="sqlite")
POSTGRES = pytest.param("postgres", id="postgres", marks=postgresql.MARKS)
only_sqlite = pytest.mark.parametrize("settings", [SQLITE], indirect=True)
"""Of tests about what only a data folder has."""


@pytest.fixture(params=[SQLITE, POSTGRES])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An empty instance on each database."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgres" else None
    return Settings(data=tmp_path, database_url=url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store.open(settings)
    declare(store.database, [board("alpha"), board("beta"), board("gamma", "link_only"), board("delta", "none")])
    yield store
    store.close()


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    inbox = Inbox.open(settings)
    yield inbox
    inbox.close()


@pytest.fixture
def ingest(store: Store, inbox: Inbox, clock: Clock) -> Ingest:
    ingest = Ingest(store, inbox, clock)
    ingest.follow_terms()
    return ingest


RunBoard = Callable[..., str]


@pytest.fixture
def run_board(ingest: Ingest, inbox: Inbox) -> RunBoard:
    """Crawl and ingest: run_board("alpha", posting, ..., complete=True)."""

    def run(name: str, *postings: Posting, complete: bool = True, outcome: str = "finished") -> str:
        run_id = inbox.start_run(name)
        inbox.put(run_id, postings)
        inbox.finish_run(run_id, complete, outcome, {"pages": 1}, None)
        ingest.drain()
        return run_id

    return run
