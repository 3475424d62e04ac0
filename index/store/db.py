"""One database: connections, transactions, upserts. SQLite by default, PostgreSQL by URL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

CONNECT_S = 5
"""How long a server may take to answer at first, and how long one waits for a free connection to it."""
TO_A_SERVER = {
    "connect_timeout": CONNECT_S,
    # A peer that is gone without a word is noticed within a minute.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""How one connects, where the address says nothing else."""
BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for another process's transaction; ours last milliseconds."""


class StoreError(RuntimeError):
    """The database can't be used; the message is one line that says what to do."""


class Instant(sa.TypeDecorator[datetime]):
    """A moment in UTC; SQLite would forget the offset."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Connections to one database. Reading and writing transactions are asked for by name, because on SQLite a
    transaction that first reads and then writes loses updates or deadlocks unless it begins IMMEDIATE."""

    def __init__(self, url: str, connections: int = 20) -> None:
        """`connections`: as many to a server at most; whoever wants one more waits for it."""
        try:
            self.url = sa.make_url(url)
        except SQLAlchemyError:
            raise StoreError("GIGDEX_DATABASE_URL is not a database address such as postgresql+psycopg://...") from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        try:
            if self.is_sqlite:
                self.engine = sa.create_engine(self.url)
            else:
                from index.store.silence import Connector  # loads the driver

                self.engine = sa.create_engine(
                    self.url,
                    pool_size=connections,
                    max_overflow=0,
                    pool_timeout=CONNECT_S,
                    pool_pre_ping=True,  # one that the server has closed, as by its restart, is replaced
                    connect_args={name: value for name, value in TO_A_SERVER.items() if name not in self.url.query},
                )
                sa.event.listen(self.engine, "do_connect", Connector())
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise StoreError(f"GIGDEX_DATABASE_URL can't be used: {error}") from None
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        sa.event.listen(self.engine, "begin", self._begin)

    @classmethod
    def file(cls, path: Path) -> "Database":
        """An SQLite file, made with its folder when it is not there."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"can't make the data folder {path.parent}: {error.strerror}") from None
        return cls(f"sqlite:///{path}")

    def _begin(self, connection: sa.Connection) -> None:
        if self.is_sqlite:
            writing = connection.get_execution_options().get("writing", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one moment of the database."""
        with self._errors(), self.engine.connect() as connection:
            if not self.is_sqlite:  # where each statement would see a moment of its own
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A reading transaction for long results: they come as they are taken, and it may take long to take them."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._errors(), self.engine.connect() as connection:
            connection = connection.execution_options(**options)
            with connection.begin():
                if not self.is_sqlite:
                    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                yield connection.execution_options(stream_results=True)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that may write; it commits at the end, or changes nothing when an exception leaves it."""
        with self._errors(), self.engine.connect().execution_options(writing=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            where = self.url.database if self.is_sqlite else self.url.render_as_string(hide_password=True)
            raise StoreError(f"database {where}: {_explain(str(error.orig))}") from error
        except PoolTimeout:
            where = self.url.render_as_string(hide_password=True)
            raise StoreError(
                f"database {where}: all connections of this process are in use; raise GIGDEX_DATABASE_CONNECTIONS"
            ) from None

    def now(self, connection: sa.Connection) -> datetime:
        """The time by the server's clock, since machines' clocks differ; of a file, by this machine's."""
        if self.is_sqlite:
            return datetime.now(UTC)
        now: datetime = connection.execute(sa.select(sa.func.now())).scalar_one()
        return now

    def upsert(self, connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        """Insert rows, or replace the other columns of rows whose primary key exists. All rows have equal keys."""
        if not rows:
            return
        insert = sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)
        key = [column.name for column in table.primary_key]
        changes = {name: insert.excluded[name] for name in rows[0] if name not in key}
        on_conflict = (
            insert.on_conflict_do_update(index_elements=key, set_=changes)
            if changes
            else insert.on_conflict_do_nothing(index_elements=key)
        )
        connection.execute(on_conflict, rows)

    def insert_new(self, connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        """Insert rows, but none whose primary key exists."""
        if rows:
            insert = sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)
            connection.execute(insert.on_conflict_do_nothing(index_elements=list(table.primary_key)), rows)

    def insert_numbers(self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[int, ...]]) -> None:
        """As `insert_new`, with the columns in the table's order; in a quarter of the time for thousands of rows,
        because nothing has to be made of plain numbers."""
        if rows:
            names = ", ".join(column.name for column in table.columns)
            marks = ", ".join(("?" if self.is_sqlite else "%s",) * len(table.columns))
            insert = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608  # our names
            connection.exec_driver_sql(insert, list(rows))

    def truncate_log(self) -> None:
        """Empty SQLite's write-ahead log, where old content stays until it is overwritten; as far as readers let us."""
        if self.is_sqlite:
            with self._errors(), self.engine.connect() as connection:
                cursor = connection.connection.cursor()  # past SQLAlchemy, which would begin a transaction
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                cursor.close()

    def close(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the "begin" event above begins transactions, not the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL may lose a commit when the power goes
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what was deleted or forgotten leaves no trace in free pages
    cursor.close()


def _explain(text: str) -> str:
    hints = {
        "full": "the disk is full; make room and start again, nothing that was committed is lost",
        "malformed": "the file is damaged; restore it from a backup",
        "not a database": "the file is not a Gigdex database; move it away or set GIGDEX_DATA to another folder",
        "locked": "another process held it for too long; try again",
        "readonly": "it can't be written; check the permissions of the data folder",
        "unable to open": "it can't be opened; check that the data folder exists and can be written",
    }
    line = text.strip().splitlines()[0] if text.strip() else "the connection was lost"
    return next((f"{line} ({hint})" for sign, hint in hints.items() if sign in text), line)
