"""Pages that crawlers needn't read again: their validators and whose postings they hold. In the inbox's database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from index.store.db import Database
from index.store.schema import pages


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One page of one board as it was read last."""

    url: str
    etag: str | None
    last_modified: str | None
    reader: str
    """Stands for the code and the declarations that read it."""
    read_at: datetime
    ids: Sequence[str]
    """External ids of its postings."""


def load(database: Database, board: str, url: str) -> KeptPage | None:
    """The page, where it was kept."""
    columns = [pages.c[name] for name in KeptPage.__dataclass_fields__]
    with database.reading() as connection:
        row = connection.execute(sa.select(*columns).where(pages.c.board == board, pages.c.url == url)).first()
    return KeptPage(**row._mapping) if row else None


def save(database: Database, connection: sa.Connection, board: str, kept: Sequence[KeptPage]) -> None:
    """Keep pages of a board, instead of what was kept of them before."""
    rows = [{name: getattr(page, name) for name in KeptPage.__dataclass_fields__} | {"board": board} for page in kept]
    database.upsert(connection, pages, rows)


def drop(database: Database, board: str, urls: Iterable[str]) -> None:
    """These are to be read in full again."""
    with database.writing() as connection:
        for url in urls:
            connection.execute(sa.delete(pages).where(pages.c.board == board, pages.c.url == url))


def drop_holding(database: Database, board: str, external_ids: Iterable[str]) -> None:
    """Pages of the board that hold any of these postings are to be read in full again."""
    wanted = set(external_ids)
    with database.writing() as connection:
        held = connection.execute(sa.select(pages.c.url, pages.c.ids).where(pages.c.board == board))
        urls = [row.url for row in held if wanted.intersection(row.ids)]
        for url in urls:
            connection.execute(sa.delete(pages).where(pages.c.board == board, pages.c.url == url))


def drop_unread(database: Database, before: datetime) -> int:
    """Forget pages that were read last before this. Returns how many."""
    with database.writing() as connection:
        return connection.execute(sa.delete(pages).where(pages.c.read_at < before)).rowcount
