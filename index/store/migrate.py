"""Bring a database to the newest schema. Migrations are forward only; `gigdex` runs them whenever it opens a store."""

from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from index.store import schema
from index.store.db import Database, StoreError

FOLDER = Path(__file__).parent / "migrations"
Which = Literal["store", "inbox"]
HEADS: dict[Which, str] = {"store": "0006", "inbox": "0003"}
"""Newest migration of each database: known without loading Alembic, which most starts don't need."""
MIGRATING = 4_719_063
"""Number of the lock that lets one process at a time migrate a PostgreSQL database; the others then find it done."""


def migrate(database: Database, which: Which) -> None:
    """Upgrade to HEADS[which]. Raises StoreError when the database was written by a newer Gigdex."""
    version_table = f"version_{which}"
    current = _version(database, version_table)
    if current == HEADS[which]:
        return
    if current is not None and current > HEADS[which]:
        raise StoreError(f"this data was written by a newer Gigdex (schema {current}); upgrade Gigdex to read it")

    from alembic import command
    from alembic.config import Config

    with database.writing() as connection:
        if not database.is_sqlite:  # where a transaction that writes keeps others from beginning
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.set_main_option("version_locations", str(FOLDER / which).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        config.attributes["connection"] = connection
        config.attributes["metadata"] = schema.store if which == "store" else schema.inbox
        config.attributes["version_table"] = version_table
        command.upgrade(config, "head")


def _version(database: Database, table: str) -> str | None:
    with database.reading() as connection:
        if not sa.inspect(connection).has_table(table):
            return None
        version: str | None = connection.execute(sa.text(f"SELECT version_num FROM {table}")).scalar()  # noqa: S608
        return version
