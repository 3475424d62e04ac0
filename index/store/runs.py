"""Crawl runs: what one crawl of one board did."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from index.store.db import Database
from index.store.schema import runs


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl of one board. `complete`: every page was fetched and read, nothing was cut by a bound."""

    id: str
    board: str
    started_at: datetime
    finished_at: datetime | None
    complete: bool
    outcome: str
    """finished, failed, cancelled, lost: one word."""
    counts: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    seen: int = 0
    """Postings that the run brought."""
    healthy: bool = True
    """index/health.py's verdict, given when the run's postings are ingested."""


def run_from(row: sa.Row[Any]) -> Run:
    """A run from a row of either database."""
    values = row._mapping
    return Run(**{name: values[name] for name in Run.__dataclass_fields__ if name in values})


def save_run(database: Database, connection: sa.Connection, run: Run) -> None:
    database.upsert(connection, runs, [{name: getattr(run, name) for name in Run.__dataclass_fields__}])


def last_runs(connection: sa.Connection, board: str, limit: int = 10) -> list[Run]:
    """Newest first."""
    rows = connection.execute(
        sa.select(runs).where(runs.c.board == board).order_by(runs.c.started_at.desc()).limit(limit)
    )
    return [run_from(row) for row in rows]


def last_good_run(connection: sa.Connection, board: str) -> datetime | None:
    """When the board's last complete and healthy run ended."""
    query = sa.select(sa.func.max(runs.c.finished_at, type_=runs.c.finished_at.type))
    found: datetime | None = connection.execute(
        query.where(runs.c.board == board, runs.c.complete, runs.c.healthy)
    ).scalar()
    return found
