"""Keys of partners: higher quotas for sites that take feeds. Only a key's hash is kept, so it is shown once."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

import sqlalchemy as sa

from index.query import BadQuery
from index.store.db import Database
from index.store.schema import api_keys

Scope = Literal["feeds", "api"]
"""`feeds`: /feeds, /snapshot, /changes; `api`: everything else."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "gdp_"
"""Begins every key, so that programs that look for leaked secrets know it."""


@dataclass(frozen=True)
class ApiKey:
    """What is known of a partner's key."""

    name: str
    scopes: tuple[str, ...]
    rate_limit: int
    """Requests a minute; 0: any number."""
    created_at: datetime
    revoked_at: datetime | None


def add(database: Database, name: str, scopes: Sequence[str], rate_limit: int) -> str:
    """Make a key for a partner and return it: it can't be read again. A partner's earlier key stops working. Raises
    BadQuery for a name or scope that can't be used."""
    name = name.strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise BadQuery("name", "is empty, too long or not printable: it says whose key it is, in up to 80 characters")
    for scope in scopes:
        if scope not in SCOPES:
            raise BadQuery("scope", f"{scope[:40]!r} is not one of {', '.join(SCOPES)}")
    if not 0 <= rate_limit <= 1_000_000:
        raise BadQuery("rate_limit", "is not within 0..1,000,000 requests a minute (0: any number)")
    key = PREFIX + secrets.token_urlsafe(32)
    row = {
        "name": name,
        "hash": _hash(key),
        "scopes": " ".join(dict.fromkeys(scopes)),
        "rate_limit": rate_limit,
        "created_at": datetime.now(UTC),
        "revoked_at": None,
    }
    with database.writing() as connection:
        database.upsert(connection, api_keys, [row])
    return key


def find(database: Database, key: str) -> ApiKey | None:
    """Whose key it is; None for one that is unknown or revoked."""
    query = sa.select(api_keys).where(api_keys.c.hash == _hash(key), api_keys.c.revoked_at.is_(None))
    with database.reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def everyone(database: Database) -> list[ApiKey]:
    """All partners by name, those whose keys were revoked included."""
    with database.reading() as connection:
        return [_read(row) for row in connection.execute(sa.select(api_keys).order_by(api_keys.c.name))]


def revoke(database: Database, name: str) -> bool:
    """Stop a partner's key from working. Returns whether there was one that did."""
    its = (api_keys.c.name == name.strip()) & api_keys.c.revoked_at.is_(None)
    with database.writing() as connection:
        return connection.execute(sa.update(api_keys).where(its).values(revoked_at=datetime.now(UTC))).rowcount > 0


def _read(row: "sa.Row[tuple[object, ...]]") -> ApiKey:
    its = row._mapping
    return ApiKey(its["name"], tuple(its["scopes"].split()), its["rate_limit"], its["created_at"], its["revoked_at"])


def _hash(key: str) -> str:
    # A key is 256 random bits, which nobody guesses: a slow hash, as for passwords, would protect nothing more.
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
