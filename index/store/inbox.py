"""The inbox: postings fresh from crawlers, waiting for ingest. On SQLite a file of its own, so that crawlers never
wait for ingest's transactions."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from index.posting import Posting
from index.settings import Settings
from index.store.db import Database
from index.store.leases import Leases
from index.store.migrate import migrate
from index.store.pages import KeptPage
from index.store.pages import save as save_pages
from index.store.runs import Run, run_from
from index.store.schema import inbox_postings, inbox_runs

LOST_AFTER = timedelta(hours=6)
"""A run that said nothing for so long has died; what it brought is kept, but it closes nothing."""

IDS_OF_A_ROW = 100
UNCHANGED = '{"unchanged":'
"""How an inbox row begins that is no posting."""


@dataclass(frozen=True, slots=True)
class InboxPosting:
    id: int
    run: str
    received_at: datetime
    content: str
    """Posting as JSON, or `{"unchanged": ids, "board": ..., "page": ...}` (see Unchanged)."""
    lease: str = ""
    """Name of the lease of whoever ingests it."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Postings of a page that is as it was: they were seen, and need not be read again."""

    page: str
    """Its name, see index.store.pages."""
    ids: Sequence[str]

    def rows(self, board: str) -> Iterator[str]:
        """As inbox rows, each small enough for one batch of ingest."""
        for start in range(0, len(self.ids), IDS_OF_A_ROW):
            yield json.dumps({"unchanged": self.ids[start : start + IDS_OF_A_ROW], "board": board, "page": self.page})


_its_run = inbox_runs.c.id == inbox_postings.c.run
_lease_name = sa.literal("board:") + sa.func.coalesce(inbox_runs.c.board, inbox_postings.c.run)
"""Of an inbox row: `board_lease`, or that of a run that is no longer here."""


def board_lease(board: str) -> str:
    """Name of the lease of whoever ingests the board's postings."""
    return f"board:{board}"


class Inbox:
    """Written by crawlers, emptied by ingest. A posting leaves only after the store has committed it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        migrate(database, "inbox")

    @classmethod
    def open(cls, settings: Settings) -> "Inbox":
        """Of these settings: `inbox.db` in the data folder, or tables beside the store's in PostgreSQL."""
        if settings.database_url and not settings.database_url.startswith("sqlite"):
            return cls(Database(settings.database_url, settings.database_connections))
        return cls(Database.file(settings.data / "inbox.db"))

    # --- for crawlers ---

    def start_run(self, board: str) -> str:
        """Begin a run of the board and return its id."""
        run = uuid4().hex
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            connection.execute(
                sa.insert(inbox_runs).values(
                    id=run, board=board, started_at=now, complete=False, outcome="running", seen=0, counts={}
                )
            )
        return run

    def outlive(self, run: str, board: str) -> None:
        """Older runs of the board that never ended have died: to be called once this one owns the board's host, for
        until then another crawler may be at it."""
        others = (inbox_runs.c.board == board) & (inbox_runs.c.id != run) & inbox_runs.c.finished_at.is_(None)
        with self.database.writing() as connection:
            connection.execute(sa.update(inbox_runs).where(others).values(**_died()))

    def put(
        self,
        run: str,
        postings: Sequence[Posting],
        board: str = "",
        kept: Sequence[KeptPage] = (),
        unchanged: Sequence[Unchanged] = (),
    ) -> None:
        """Add what the run brought, all or none: postings, what the next run need not read again (`kept`), and what
        this one need not read."""
        now = datetime.now(UTC)
        texts = [posting.model_dump_json(exclude_none=True) for posting in postings]
        texts += [as_text for page in unchanged for as_text in page.rows(board)]
        rows = [{"run": run, "received_at": now, "content": text} for text in texts]
        count = len(postings) + sum(len(page.ids) for page in unchanged)
        if not rows and not kept:
            return
        with self.database.writing() as connection:
            if rows:
                connection.execute(sa.insert(inbox_postings), rows)
            connection.execute(
                sa.update(inbox_runs).where(inbox_runs.c.id == run).values(seen=inbox_runs.c.seen + count, heard_at=now)
            )
            save_pages(self.database, connection, board, kept)

    def finish_run(self, run: str, complete: bool, outcome: str, counts: dict[str, int], error: str | None) -> None:
        """End the run. `outcome` is one word: finished, failed or cancelled."""
        with self.database.writing() as connection:
            connection.execute(
                sa.update(inbox_runs)
                .where(inbox_runs.c.id == run)
                .values(finished_at=datetime.now(UTC), complete=complete, outcome=outcome, counts=counts, error=error)
            )

    # --- for ingest ---

    def take(self, limit: int, leases: Leases | None = None) -> list[InboxPosting]:
        """The oldest postings; they stay until `remove`. With `leases`: of boards that no other worker ingests now, so
        that a board's postings are ingested in the order in which they came; from then on the boards are ours."""
        query = sa.select(inbox_postings, _lease_name.label("lease")).outerjoin(inbox_runs, _its_run)
        query = query.order_by(inbox_postings.c.id).limit(limit)
        shared = leases if not self.database.is_sqlite else None
        while True:
            mine = self._claim(limit, shared) if shared else set()
            if mine is None:
                return []
            # Read after they were claimed: whoever had them until now may have removed what was there before.
            with self.database.reading() as connection:
                rows = connection.execute(query.where(_lease_name.in_(mine)) if shared else query).all()
            if rows or not shared:
                return [InboxPosting(**row._mapping) for row in rows]

    def _claim(self, limit: int, leases: Leases) -> set[str] | None:
        """Leases of the oldest postings that no other worker has, or had just taken; None when there are none."""
        others = leases.others()
        names = sa.select(_lease_name).select_from(inbox_postings.outerjoin(inbox_runs, _its_run))
        names = names.order_by(inbox_postings.c.id).limit(limit)
        with self.database.reading() as connection:
            found = set(connection.execute(names.where(_lease_name.not_in(others)) if others else names).scalars())
        return leases.claim(found) if found else None

    def peek(self, after: int, limit: int) -> list[InboxPosting]:
        """The next postings behind the row `after`, which are likely to be taken next."""
        query = sa.select(inbox_postings).where(inbox_postings.c.id > after).order_by(inbox_postings.c.id).limit(limit)
        with self.database.reading() as connection:
            return [InboxPosting(**row._mapping) for row in connection.execute(query)]

    def remove(self, ids: Sequence[int]) -> None:
        with self.database.writing() as connection:
            for start in range(0, len(ids), 500):
                chunk = ids[start : start + 500]
                connection.execute(sa.delete(inbox_postings).where(inbox_postings.c.id.in_(chunk)))

    def ended_runs(self, now: datetime, leases: Leases | None = None) -> list[Run]:
        """Ended runs whose postings have all been taken out, oldest first. Runs that died count as ended. With
        `leases`: of boards that no other worker ingests now."""
        waiting = sa.exists().where(inbox_postings.c.run == inbox_runs.c.id)
        with self.database.writing() as connection:
            connection.execute(sa.update(inbox_runs).where(_is_silent(now)).values(**_died(now)))
            rows = connection.execute(
                sa.select(inbox_runs)
                .where(inbox_runs.c.finished_at.is_not(None), ~waiting)
                .order_by(inbox_runs.c.finished_at)
            )
            found = [run_from(row) for row in rows]
        if leases is None or not found:
            return found
        mine = leases.claim(board_lease(run.board) for run in found)
        found = [run for run in found if board_lease(run.board) in mine]
        with self.database.reading() as connection:  # whoever had the lease until now may have ended them
            here = set(connection.execute(sa.select(inbox_runs.c.id)).scalars())
        return [run for run in found if run.id in here]

    def silent_runs(self, now: datetime) -> list[Run]:
        """Runs that have died, as far as can be told."""
        with self.database.reading() as connection:
            return [run_from(row) for row in connection.execute(sa.select(inbox_runs).where(_is_silent(now)))]

    def remove_run(self, run: str) -> None:
        with self.database.writing() as connection:
            connection.execute(sa.delete(inbox_runs).where(inbox_runs.c.id == run))

    def runs(self) -> list[Run]:
        """Runs that are still here: running, or waiting for ingest."""
        with self.database.reading() as connection:
            return [run_from(row) for row in connection.execute(sa.select(inbox_runs))]

    def size(self) -> int:
        """Postings that wait."""
        with self.database.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(inbox_postings)).scalar_one()

    def close(self) -> None:
        self.database.close()


def _is_silent(now: datetime) -> sa.ColumnElement[bool]:
    heard_at = sa.func.coalesce(inbox_runs.c.heard_at, inbox_runs.c.started_at, type_=inbox_runs.c.heard_at.type)
    return inbox_runs.c.finished_at.is_(None) & (heard_at < now - LOST_AFTER)


def _died(now: datetime | None = None) -> dict[str, object]:
    """What is written of a run whose crawler died."""
    return {"finished_at": now or datetime.now(UTC), "outcome": "lost", "error": "the crawler died"}


def read_unchanged(content: str) -> tuple[str, Unchanged] | None:
    """Board and page, where an inbox row stands for an unchanged page."""
    if not content.startswith(UNCHANGED):
        return None
    value = posting_json(content)
    if not isinstance(value, dict) or not isinstance(value.get("unchanged"), list):
        return None
    return str(value.get("board")), Unchanged(str(value.get("page")), [str(one) for one in value["unchanged"]])


def posting_json(content: str) -> object:
    """The JSON of an inbox row; None when it can't be read (a crawler of another version, a damaged page)."""
    try:
        return json.loads(content)
    except ValueError:
        return None
