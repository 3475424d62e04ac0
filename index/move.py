"""Moving an instance from its data folder's SQLite files into PostgreSQL (`gigdex move`).

All tables of the store and of the inbox are copied in one transaction: whatever goes wrong, the server holds nothing
of it, and the files stay what they were. What the search index has followed is copied too, so that it goes on.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index.lease import Lease
from index.settings import Settings
from index.store import schema
from index.store.db import Database, StoreError
from index.store.inbox import Inbox
from index.store.store import Store

STEP = 1_000
"""Rows that are read at once."""
NOT_MOVED = {schema.leases}
"""They say who works now."""
SIGNS_OF_LIFE = (schema.gigs, schema.postings, schema.runs, schema.inbox_postings)
"""A database where one of these has rows is somebody's. Others get some by themselves, such as boards."""


class MoveError(RuntimeError):
    """Nothing was moved; the message is one line that says what to do."""


@dataclass(frozen=True)
class Moved:
    gigs: int
    """Rows, merged and deleted ones included."""
    postings: int
    waiting: int
    """Postings in the inbox."""


def move(settings: Settings, on_step: Callable[[str, int], None] = lambda _table, _rows: None) -> Moved:
    """Copy what the data folder's files hold into the empty database that GIGDEX_DATABASE_URL names. `on_step` gets a
    table's name and how many rows of it were copied since the last time.

    Takes the data folder's lease, so that nobody ingests meanwhile; crawls have to wait, too. Raises MoveError,
    StoreError, LeaseTaken.
    """
    if not settings.database_url or sa.make_url(settings.database_url).get_backend_name() != "postgresql":
        raise MoveError("GIGDEX_DATABASE_URL must name the PostgreSQL database to move to (postgresql+psycopg://...)")
    files = settings.model_copy(update={"database_url": None})
    if not (settings.data / "gigdex.db").exists():
        raise MoveError(f"there is nothing to move: {settings.data} holds no gigdex.db (GIGDEX_DATA says where it is)")
    with ExitStack() as stack:
        stack.enter_context(Lease(settings.data, "gigdex move"))
        here = stack.enter_context(closing(Store.open(files)))
        inbox = stack.enter_context(closing(Inbox.open(files)))
        there = stack.enter_context(closing(Store.open(settings))).database
        stack.enter_context(closing(Inbox.open(settings)))  # makes its tables
        sources = [(here.database, schema.store), (inbox.database, schema.inbox)]
        with there.writing() as target:
            target.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")  # counting files may take long
            _refuse_unless_empty(target)
            counts: dict[sa.Table, int] = {}
            for database, metadata in sources:
                with database.reading() as source:
                    for table in metadata.sorted_tables:
                        if table not in NOT_MOVED:
                            counts[table] = _copy(table, source, target, on_step)
            _verify(sources, target, counts)
    return Moved(counts[schema.gigs], counts[schema.postings], counts[schema.inbox_postings])


def _refuse_unless_empty(target: sa.Connection) -> None:
    for table in SIGNS_OF_LIFE:
        if target.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise MoveError(f"the database is not empty (there are {table.name}): name an empty one, nothing was moved")


def _copy(table: sa.Table, source: sa.Connection, target: sa.Connection, on_step: Callable[[str, int], None]) -> int:
    """Replace the table's rows; returns how many there are."""
    target.execute(sa.delete(table))
    count = 0
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor: Any = target.connection.cursor()  # past SQLAlchemy, which knows no COPY, in the same transaction
    try:
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for rows in _rows(table, source):
                for row in rows:
                    copy.write_row(row)
                count += len(rows)
                on_step(table.name, len(rows))
    except target.dialect.dbapi.Error as error:  # type: ignore[union-attr]
        raise StoreError(f"{table.name} can't be copied: {str(error).splitlines()[0]}") from error
    finally:
        cursor.close()
    for column in table.primary_key:
        if column.autoincrement is True and count:
            last = sa.select(sa.func.max(column)).scalar_subquery()
            target.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, column.name), last)))
    return count


def _rows(table: sa.Table, source: sa.Connection) -> Iterator[list[tuple[Any, ...]]]:
    as_json = [isinstance(column.type, sa.JSON) for column in table.columns]
    result = source.execution_options(yield_per=STEP).execute(sa.select(table))
    for part in result.partitions():
        yield [
            tuple(
                json.dumps(value) if is_json and value is not None else value
                for value, is_json in zip(row, as_json, strict=True)
            )
            for row in part
        ]


def _verify(sources: list[tuple[Database, sa.MetaData]], target: sa.Connection, counts: dict[sa.Table, int]) -> None:
    """As many rows in both, now that all is copied."""
    for database, metadata in sources:
        with database.reading() as source:
            for table in counts.keys() & set(metadata.tables.values()):
                query = sa.select(sa.func.count()).select_from(table)
                before, after = source.execute(query).scalar_one(), target.execute(query).scalar_one()
                if before != after:
                    raise MoveError(
                        f"{table.name} changed meanwhile ({before:,} rows, {after:,} copied), so nothing was moved: "
                        "stop crawls and try again"
                    )
