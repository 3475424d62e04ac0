"""What an instance can say of itself in numbers, for monitoring (search_api shows them at /metrics).

Everything is read when it is asked for, from indexes and small tables: nothing here counts in the background, so the
numbers of `gigdex serve` and `gigdex work` on the same data folder agree.
"""

import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, get_args

import sqlalchemy as sa

from index.alerts.saved import State
from index.engine.base import EngineError
from index.lease import is_held
from index.settings import Settings
from index.store.boards import as_it_stands, healths, standings
from index.store.gigs import MATCHED, newest_revision
from index.store.inbox import Inbox
from index.store.leases import any_worker
from index.store.runs import Run, last_runs
from index.store.schema import gigs, meta, outbox, postings, saved_searches
from index.store.store import Store

Type = Literal["gauge", "counter"]
Samples = list[tuple[Mapping[str, str], float]]
"""Labels and value; a metric without labels has one sample with none."""


class Metric(NamedTuple):
    """One metric in the words of Prometheus. A metric that can't be known just now has no samples."""

    name: str
    help: str
    type: Type
    samples: Samples


class Measured(Protocol):
    """What is measured; index.instance.Instance is one."""

    settings: Settings
    store: Store
    inbox: Inbox

    def lag(self) -> int: ...
    def parked(self) -> int: ...
    def not_ready(self) -> str | None: ...


def collect(instance: Measured, now: datetime | None = None) -> list[Metric]:
    """All metrics of the instance. Raises StoreError when the database can't be read."""
    return [*_store(instance.store), *_inbox(instance.inbox), *_boards(instance.store, now), *_engine(instance),
            *_alerts(instance.store), *_machine(instance.settings, instance.store)]  # fmt: skip


def _one(name: str, help: str, value: float | None, type: Type = "gauge") -> Metric:
    return Metric(name, help, type, [] if value is None else [({}, float(value))])


def _each(name: str, help: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(name, help, "gauge", [({label: key}, float(value)) for key, value in values.items()])


def _store(store: Store) -> Iterable[Metric]:
    live, state = gigs.c.moved_to.is_(None), (postings.c.board, postings.c.status)
    with store.database.reading() as connection:
        groups = connection.execute(sa.select(gigs.c.status, sa.func.count()).where(live).group_by(gigs.c.status))
        count = {status: number for status, number in groups}  # noqa: C416  # rows are no pairs to mypy
        gone = live & (gigs.c.status == "closed") & gigs.c.closed_at.is_(None)
        deleted = connection.execute(sa.select(sa.func.count()).select_from(gigs).where(gone)).scalar_one()
        per_board = connection.execute(sa.select(*state, sa.func.count()).group_by(*state)).all()
    closed = count.get("closed", 0) - deleted
    yield _each("gigdex_gigs", "Gigs in the store that were not merged into others.", "status",
                {"open": count.get("open", 0), "closed": closed, "deleted": deleted})  # fmt: skip
    samples: Samples = [({"board": board, "status": status}, float(number)) for board, status, number in per_board]
    yield Metric("gigdex_postings", "Postings in the store.", "gauge", samples)
    yield _one("gigdex_revision", "Newest revision: changes of gigs so far.", store.revision(), "counter")


def _inbox(inbox: Inbox) -> Iterable[Metric]:
    yield _one("gigdex_inbox_postings", "Postings that crawlers brought and ingest has not taken yet.", inbox.size())


def _boards(store: Store, now: datetime | None) -> Iterable[Metric]:
    with store.database.reading() as connection:
        boards = standings(connection, now or datetime.now(UTC))
        runs = {board: run for board in boards for run in last_runs(connection, board, limit=1)}
        known = healths(connection)
    reading = {board: as_it_stands(boards[board], health) for board, health in known.items() if board in boards}
    ended = {board: run.finished_at.timestamp() for board, run in runs.items() if run.finished_at}
    yield _each("gigdex_board_enabled", "1 where the board is crawled and shown.", "board",
                {board: one.enabled for board, one in boards.items()})  # fmt: skip
    yield _each("gigdex_board_fresh", "0 where the last good run is older than the board's terms allow.", "board",
                {board: one.fresh for board, one in boards.items()})  # fmt: skip
    said = {board: reading[board].state if board in reading else "new" for board in boards}
    states: Samples = [({"board": board, "state": said[board] if one.enabled else "off"}, 1.0)
                       for board, one in boards.items()]  # fmt: skip
    yield Metric("gigdex_board_state", "1: healthy, degraded, failing, new or off.", "gauge", states)
    since = {board: one.since.timestamp() for board, one in reading.items() if one.since}
    yield _each("gigdex_board_state_since_timestamp_seconds", "Since when it is healthy, degraded or failing.", "board",
                since)  # fmt: skip
    counted: Samples = [({"board": board, "what": what}, float(number))
                        for board, run in runs.items() for what, number in _counted(run).items()]  # fmt: skip
    yield Metric("gigdex_board_last_run", "What the last run met, by kind.", "gauge", counted)
    yield _each("gigdex_board_last_run_healthy", "1 where the last run was healthy.", "board",
                {board: run.healthy for board, run in runs.items()})  # fmt: skip
    yield _each("gigdex_board_last_run_complete", "1 where the last run fetched and read every page.", "board",
                {board: run.complete for board, run in runs.items()})  # fmt: skip
    yield _each("gigdex_board_last_run_postings", "Postings that the last run brought.", "board",
                {board: run.seen for board, run in runs.items()})  # fmt: skip
    yield _each("gigdex_board_last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.", "board",
                ended)  # fmt: skip


COUNTED = ("pages", "not_modified", "bytes", "postings", "new", "changed", "unchanged", "gone", "duplicates",
           "bad_pages", "bad_rows", "challenge_pages")  # fmt: skip
SUMMED = {"error:": "errors", "unknown_field:": "unknown_fields", "bad_field:": "bad_fields"}


def _counted(run: Run) -> dict[str, int]:
    """A run's counts with few names: a board could invent field names, and each would be a series of its own."""
    found = {name: run.counts.get(name, 0) for name in COUNTED} | dict.fromkeys(SUMMED.values(), 0)
    for name, number in run.counts.items():
        kind, colon, _ = name.partition(":")
        if kind + colon in SUMMED:
            found[SUMMED[kind + colon]] += number
    return found


def _engine(instance: Measured) -> Iterable[Metric]:
    try:
        ready = instance.not_ready() is None
        lag, parked = (instance.lag(), instance.parked()) if ready else (None, None)
    except EngineError:
        ready, lag, parked = False, None, None
    yield _one("gigdex_engine_ready", "1 where searches can be answered.", ready)
    yield _one("gigdex_engine_lag_revisions", "Revisions that the search index has yet to follow.", lag)
    yield _one("gigdex_engine_parked_gigs", "Gigs that the search index refuses, so that they can't be found.", parked)


def _alerts(store: Store) -> Iterable[Metric]:
    with store.database.reading() as connection:
        grouped = sa.select(saved_searches.c.state, sa.func.count()).group_by(saved_searches.c.state)
        states = {state: number for state, number in connection.execute(grouped)}  # noqa: C416  # as above
        waits = outbox.c.state == "waiting"
        waiting = connection.execute(sa.select(sa.func.count()).select_from(outbox).where(waits)).scalar_one()
        matched = connection.execute(sa.select(meta.c.value).where(meta.c.key == MATCHED)).scalar()
        behind = 0 if matched is None else newest_revision(connection) - int(matched)
    yield _each("gigdex_saved_searches", "Saved searches.", "state",
                {state: states.get(state, 0) for state in get_args(State)})  # fmt: skip
    yield _one("gigdex_alerts_waiting", "Mails and webhooks that are yet to be sent.", waiting)
    yield _one("gigdex_alerts_lag_revisions", "Revisions that saved searches have yet to be matched with.", behind)


def _machine(settings: Settings, store: Store) -> Iterable[Metric]:
    yield _one(
        "gigdex_worker_running",
        "1 where a process ingests: it holds the lease, or one of them.",
        is_held(settings.data) or any_worker(store.database),
    )
    yield _each("gigdex_data_bytes", "Size of what lies in the data folder.", "part", sizes(settings.data))
    try:
        free: int | None = shutil.disk_usage(settings.data).free
    except OSError:
        free = None
    yield _one("gigdex_disk_free_bytes", "Free room on the disk of the data folder.", free)


def sizes(data: Path) -> dict[str, int]:
    """Bytes of the store, the inbox and the engine, write-ahead logs included; what isn't there is left out."""
    found = {}
    for part, pattern in (("store", "gigdex.db*"), ("inbox", "inbox.db*"), ("engine", "engine/**/*")):
        files = [size for path in data.glob(pattern) if (size := _size(path)) is not None]
        if files:
            found[part] = sum(files)
    return found


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:  # tantivy merges segments away while we look
        return None
