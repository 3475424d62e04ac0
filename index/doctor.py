"""What is wrong with an instance, and what to do about it (`gigdex doctor`).

Looking changes nothing: no folder is made, no database is migrated, no board is asked. Each check gives findings of
two lines: what is, and what to do.
"""

import difflib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import sqlalchemy as sa

from index import forget
from index.backup import DATABASES, STAGING, BackupError, connect, integrity, schema_of, store_file
from index.engine.base import EngineError, EngineStaleError
from index.engine.choice import Engines
from index.follow import Follower
from index.learn import RULES
from index.lease import Lease, is_held
from index.metrics import sizes
from index.settings import FOR_TESTS, BadSettings, Settings, load_settings, nodes
from index.store.boards import STALE, BoardState
from index.store.db import Database, StoreError
from index.store.inbox import Inbox
from index.store.leases import any_worker
from index.store.migrate import HEADS, Which
from index.store.schema import fingerprints, inbox_postings, runs, views
from index.store.schema import postings as postings_table
from index.store.store import Store

Level = Literal["problem", "advice"]

NOT_SETTINGS = frozenset({"GIGDEX_TRACEBACK", "GIGDEX_SAMPLE_URL"})
"""GIGDEX_ variables that are no settings (docs/configuration.md)."""
LEAST_ROOM = 500_000_000
"""Free bytes below which the next crawl or rebuild may fill the disk."""
WAITING = timedelta(minutes=15)
"""A posting that waits longer in the inbox waits for a worker that isn't there or has failed."""
OVERDUE = 3
"""A board not crawled for so many of its intervals, and for a day, is one that nothing crawls."""
DAY = timedelta(days=1)
SKEW = timedelta(minutes=5)
"""Clocks of machines that work together differ by less."""
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No correct clock shows an earlier day."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (a problem) or could be better (advice)."""

    level: Level
    check: str
    what: str
    todo: str


def examine(sample: bool = False, environment: Mapping[str, str] | None = None) -> list[Finding]:
    """Everything, from the environment's settings on. The exit status of `gigdex doctor` is 1 when one is a problem."""
    found = list(check_names(os.environ if environment is None else environment))
    try:
        settings = load_settings()
    except BadSettings as error:
        todo = "Correct the variable; docs/configuration.md lists what it may hold. Nothing else could be looked at."
        return [*found, Finding("problem", "settings", str(error), todo)]
    return found + examine_instance(settings.for_sample() if sample else settings, sample=sample)


def examine_instance(settings: Settings, now: datetime | None = None, sample: bool = False) -> list[Finding]:
    """Everything about an instance whose settings could be read."""
    now = now or datetime.now(UTC)
    found = [] if sample else list(check_settings(settings))
    found += check_clock(now)
    if not settings.data.exists() and not settings.database_url:
        todo = "`gigdex up` makes it; if there should be data, let GIGDEX_DATA name its folder."
        return [*found, Finding("advice", "data", f"there is no data folder yet at {settings.data}", todo)]
    found += check_folder(settings)
    databases = list(check_databases(settings))
    found += databases
    if not databases:  # otherwise opening them would fail, or upgrade them
        found += check_instance(settings, now)
    return found


# --- environment -----------------------------------------------------------------------------------------------


def check_names(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that look like settings and are none, so that they do nothing."""
    known = {f"GIGDEX_{name.upper()}" for name in Settings.model_fields} | NOT_SETTINGS
    for name in sorted(environment):
        if name.startswith("GIGDEX_") and not name.startswith(FOR_TESTS) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"It may be meant as {close[0]}." if close else "docs/configuration.md lists the settings."
            yield Finding("advice", "settings", f"{name} is set, but is not a setting", f"{hint} Unset or rename it.")


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Settings that work, but not well."""
    key = settings.admin_key.get_secret_value() if settings.admin_key else ""
    if not settings.private and not key:
        yield Finding(
            "problem", "admin key", "this instance is public and has no operator's key",
            "Set GIGDEX_ADMIN_KEY to a long random text; without it nobody can see what terms keep back.",
        )  # fmt: skip
    if not settings.private and settings.public_url is None:
        yield Finding(
            "advice", "public address", f"others can reach {settings.host}, but GIGDEX_PUBLIC_URL is unset",
            "Set it to the address under which they do: links in feeds and pages are made with it.",
        )  # fmt: skip
    if settings.public_url is not None and settings.public_url.scheme != "https":
        yield Finding(
            "advice", "public address", f"{settings.public_url} is not https, so the operator's key travels readable",
            "Put a server with a certificate in front and set GIGDEX_PUBLIC_URL to its https address.",
        )  # fmt: skip
    for node in map(urlsplit, nodes(settings.elasticsearch_url)):
        secret = settings.elasticsearch_api_key is not None or node.password is not None
        if node.scheme == "http" and secret and node.hostname not in ("localhost", "127.0.0.1", "::1"):
            yield Finding(
                "advice", "elasticsearch", f"the key for Elasticsearch travels readable to {node.hostname}",
                "Let the nodes answer by https and name them so in GIGDEX_ELASTICSEARCH_URL.",
            )  # fmt: skip
            break
    if not settings.contact:
        yield Finding(
            "advice", "contact", "GIGDEX_CONTACT is unset, so boards can't tell who crawls them",
            "Set it to a mail address or page of yours; a board with a question asks before it blocks.",
        )  # fmt: skip


def check_clock(now: datetime) -> Iterator[Finding]:
    if now < RELEASED:
        yield Finding(
            "problem", "clock", f"this machine believes it is {now:%Y-%m-%d}",
            "Set its clock (NTP): gigs would expire, and boards be crawled, at the wrong times.",
        )  # fmt: skip


# --- folder and databases --------------------------------------------------------------------------------------


def check_folder(settings: Settings) -> Iterator[Finding]:
    data = settings.data
    if not data.is_dir():
        yield Finding("problem", "data", f"{data} is not a folder", "Let GIGDEX_DATA name a folder.")
        return
    try:
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        yield Finding(
            "problem", "data", f"{data} can't be written: {error.strerror}",
            "Give the user that runs Gigdex the right to write there, or let GIGDEX_DATA name another folder.",
        )  # fmt: skip
    if (data / STAGING).exists():
        yield Finding(
            "problem", "restore", f"a restore into {data} was cut off",
            f"Delete {data / STAGING}." if (data / DATABASES["store"]).exists() else "Run `gigdex restore FILE` again.",
        )  # fmt: skip
    free, needed = shutil.disk_usage(data).free, max(LEAST_ROOM, sizes(data).get("engine", 0))
    if free < needed:
        yield Finding(
            "problem", "disk", f"only {free / 1e6:,.0f} MB are free on the disk of {data}",
            f"Make room: a rebuild of the search index and the next crawls may need {needed / 1e6:,.0f} MB.",
        )  # fmt: skip


def check_databases(settings: Settings) -> Iterator[Finding]:
    """Whether each database can be opened, is sound and is of this version."""
    files: dict[Which, Path] = {"inbox": settings.data / DATABASES["inbox"]}
    try:
        files["store"] = store_file(settings)
    except BackupError:
        yield from _check_server(settings)
        files = {}
    for which, file in files.items():
        if not file.exists():
            if which == "store":
                yield Finding("advice", "data", f"there are no gigs yet: {file} is not there", "`gigdex up` makes it.")
            continue
        try:
            with closing(connect(file)) as connection:
                fault = integrity(connection)
            schema = schema_of(file, which)
        except sqlite3.Error as error:
            fault, schema = str(error), None
        if fault:
            todo = "Stop Gigdex, move the file away and restore a backup (docs/operating.md)."
            if which == "inbox":
                todo = "Stop Gigdex and move the file away; the next crawls bring the postings again."
            yield Finding("problem", "database", f"{file} is damaged: {fault}", todo)
        elif schema is not None:
            yield from _check_schema(schema, which, str(file))


def _check_server(settings: Settings) -> Iterator[Finding]:
    try:
        database = Database(settings.database_url or "")
        with closing(database), database.reading() as connection:
            found = connection.execute(sa.text("SELECT version_num FROM version_store")).scalar()
    except StoreError as error:
        yield Finding(
            "problem", "database", str(error), "Check GIGDEX_DATABASE_URL and that the server runs and lets you in."
        )
    else:
        yield from _check_schema(str(found), "store", "the database")


def _check_schema(schema: str, which: Which, where: str) -> Iterator[Finding]:
    if schema > HEADS[which]:
        yield Finding(
            "problem", "version", f"{where} was written by a newer Gigdex (schema {schema}, known is {HEADS[which]})",
            "Upgrade Gigdex, or restore a backup that this version made.",
        )  # fmt: skip
    elif schema < HEADS[which]:
        yield Finding(
            "advice", "version", f"{where} was written by an older Gigdex (schema {schema}, newest is {HEADS[which]})",
            "Make a backup; the next start upgrades it by itself, and the older Gigdex can't read it any more.",
        )  # fmt: skip


# --- at work -----------------------------------------------------------------------------------------------------


def check_instance(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Worker, inbox, engine, boards. Only for databases of this version, which opening leaves as they are."""
    try:
        with closing(Store.open(settings)) as store:
            working = is_held(settings.data) or any_worker(store.database)
            if settings.database_url or (settings.data / DATABASES["inbox"]).exists():
                with closing(Inbox.open(settings)) as inbox:
                    yield from check_inbox(inbox, settings, now, working)
            yield from check_rules(store, working)
            yield from check_engine(store, settings, working)
            yield from check_boards(store.boards(), now, working)
            yield from check_times(store, now)
    except StoreError as error:
        yield Finding("problem", "database", str(error), "See docs/operating.md.")


START = "Start `gigdex up`, or `gigdex work` beside `gigdex serve`."


def check_inbox(inbox: Inbox, settings: Settings, now: datetime, working: bool) -> Iterator[Finding]:
    """Postings that nobody ingests, and runs that never end."""
    with inbox.database.reading() as connection:
        oldest = sa.func.min(inbox_postings.c.received_at, type_=inbox_postings.c.received_at.type)
        count, since = connection.execute(sa.select(sa.func.count(), oldest)).one()
    if since is not None and now - since > WAITING:
        holder = Lease(settings.data, "").holder()
        waiting = f"{count:,} postings wait to be ingested, the oldest for {_span(now - since)}"
        yield Finding(
            "problem", "inbox", f"{waiting}, and {holder + ' does not get on' if working else 'nobody is working'}",
            f"Look into the log of {holder} for its errors; stop and start it." if working else START,
        )  # fmt: skip
    for run in inbox.silent_runs(now):
        yield Finding(
            "advice", "inbox", f"the crawl of {run.board} began {_span(now - run.started_at)} ago and never ended",
            "Nothing: it counts as lost, closes no gigs, and the next crawl replaces it.",
        )  # fmt: skip


def check_rules(store: Store, working: bool) -> Iterator[Finding]:
    if not working and (left := forget.pending(store)):
        yield Finding(
            "problem", "forget", f"{len(left)} rules to forget have not been applied to what is stored",
            START,
        )  # fmt: skip
    table, prints = postings_table, fingerprints
    same = (prints.c.board == table.c.board) & (prints.c.external_id == table.c.external_id)
    missing = sa.select(table.c.board).outerjoin(prints, same).where(table.c.kind == "offer", prints.c.number.is_(None))
    with store.database.reading() as connection:
        unread = connection.execute(missing.where(~table.c.blanked).limit(1)).first() is not None
    outdated = store.get("dedupe") not in (None, RULES)
    if unread or outdated:
        yield Finding(
            "advice", "duplicates", "postings were stored by an older Gigdex and are not compared by text with others",
            "Run `gigdex rebuild --normalize` when it suits you.",
        )  # fmt: skip


def check_engine(store: Store, settings: Settings, working: bool) -> Iterator[Finding]:
    """Whether the engine is there, sound, and has what the store has."""
    newest = store.revision()
    if not newest:
        return
    engines = Engines(settings)
    elsewhere = "Check that Elasticsearch runs, and the settings GIGDEX_ELASTICSEARCH_...; ingest waits until then."
    parked: dict[int, str] = {}
    try:
        with closing(engines.open()) as engine:
            engine.generation()
            if engine.name is None:
                yield Finding("problem", "search index", "there is no search index", _by_itself(working))
                return
            follower = Follower(store, engine)
            lag, parked = newest - follower.position(), follower.parked()
            size = engine.size()
        if engines.elsewhere:
            yield from check_cluster(engines)
    except EngineStaleError as error:
        yield Finding("problem", "search index", str(error), _by_itself(working))
        return
    except EngineError as error:
        todo = elsewhere if engines.elsewhere else "Check the permissions of the data folder."
        yield Finding("problem", "search index", str(error), todo)
        return
    if parked:
        seq, why = min(parked.items())
        yield Finding(
            "problem", "search index", f"the search index refuses {len(parked):,} gigs, such as number {seq}: {why}",
            "They are stored, but can't be found. Report it please; `gigdex reconcile` tries them again.",
        )  # fmt: skip
    if lag > 0 and not working:
        yield Finding(
            "problem", "search index", f"the search index lacks the last {lag:,} changes, and nobody is working", START
        )
    with store.database.reading() as connection:
        stored: int = connection.execute(sa.select(sa.func.count()).select_from(views)).scalar_one()
    if lag == 0 and size != stored and not parked and store.revision() == newest:
        yield Finding(
            "problem", "search index", f"the search index holds {size:,} documents, the store {stored:,} views",
            "Run `gigdex rebuild`, and report it please: this should not happen.",
        )  # fmt: skip


def check_cluster(engines: Engines) -> Iterator[Finding]:
    """What the cluster itself complains of. Raises EngineError."""
    from index.engine.elastic_health import complaints

    for is_problem, what, todo in complaints(engines.cluster):
        yield Finding("problem" if is_problem else "advice", "search index", what, todo)


def _by_itself(working: bool) -> str:
    return "Wait: it is being made." if working else "Run `gigdex rebuild`; `gigdex up` and `gigdex work` do it too."


def check_boards(boards: Iterable[BoardState], now: datetime, working: bool) -> Iterator[Finding]:
    """Boards that failed, are unhealthy, stale, or are no longer crawled."""
    on = [board for board in boards if board.enabled]
    overdue = []
    for board in on:
        run, name = board.last_run, board.info.id
        if run is None:
            continue
        if board.state == "failing" and board.reading.why != STALE:
            yield Finding(
                "problem", "board", f"{name}: {board.reading.why} (since {board.reading.since:%Y-%m-%d %H:%M} UTC)",
                f"`gigdex crawl {name}` tries again when it is due. If it goes on: the board may have changed "
                f"(`gigdex capture {name}` shows what it answers) or refuse you. If it is right as it is: "
                f"`gigdex boards accept {name}`.",
            )  # fmt: skip
        elif board.state == "degraded" and not run.complete:
            yield Finding(
                "advice", "board", f"{name}: its last crawl was not complete: {run.error or 'cut by a bound'}",
                "Nothing at once: what it brought is shown, but no gig of it is closed for being absent.",
            )  # fmt: skip
        elif board.state == "degraded":
            yield Finding(
                "advice", "board", f"{name}: {board.reading.why}",
                f"Look whether it calls these fields otherwise now (`gigdex capture {name}`). If it is right as it is: "
                f"`gigdex boards accept {name}`.",
            )  # fmt: skip
        if not board.fresh:
            yield Finding(
                "problem", "board", f"{name}: its terms ask for a good crawl every "
                f"{_span(timedelta(seconds=board.info.terms.freshness_s or 0))}, so its gigs are hidden now",
                f"Get a crawl through: `gigdex crawl {name}`.",
            )  # fmt: skip
        if now - run.started_at > max(DAY, OVERDUE * timedelta(seconds=board.info.terms.min_interval_s)):
            overdue.append(f"{name} ({_span(now - run.started_at)})")
    if overdue:
        yield Finding(
            "problem", "schedule", f"not crawled for long: {', '.join(overdue)}",
            "Keep `gigdex up` running, or run `gigdex crawl` from a timer." if not working else
            "`gigdex work` does not crawl: run `gigdex up`, or `gigdex crawl` from a timer.",
        )  # fmt: skip


def check_times(store: Store, now: datetime) -> Iterator[Finding]:
    """Times in the store that have not come yet: the clock was wrong then, or is now."""
    with store.database.reading() as connection:
        seen = (
            connection.execute(sa.select(sa.func.max(runs.c.finished_at, type_=runs.c.finished_at.type))).scalar()
            or connection.execute(
                sa.select(sa.func.max(postings_table.c.first_seen, type_=postings_table.c.first_seen.type))
            ).scalar()
        )
    if seen is not None and seen - now > SKEW:
        yield Finding(
            "problem", "clock", f"the store's newest entry is {_span(seen - now)} in the future",
            "Check the clock of this machine (NTP). If it is right, the clock was wrong when the entry was made: "
            "boards are crawled again once their times have passed.",
        )  # fmt: skip


def _span(span: timedelta) -> str:
    """A length of time in one unit."""
    seconds = span.total_seconds()
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
