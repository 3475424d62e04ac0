"""Secrets that open a subscriber's things without a password. The store keeps their hashes only."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from index.store.schema import tokens

Purpose = Literal["key", "read", "manage", "confirm", "unsubscribe", "feed"]
PREFIX = "gdx_"
"""Begins every secret, so that it is recognized where it should not be."""
SCOPES: dict[str, Purpose] = {"all": "key", "read": "read"}
"""Of programs' keys: for all, or to look only."""
LIVES: dict[Purpose, timedelta | None] = {
    "key": None,
    "read": None,
    "manage": timedelta(days=30),
    "confirm": timedelta(days=3),
    "unsubscribe": timedelta(days=365),
    "feed": None,
}
"""How long each is good for; None: until it is revoked."""
ONCE: frozenset[Purpose] = frozenset({"confirm"})
"""Good for one use. Unsubscribing is not among them: mail programs ask twice, and twice changes nothing."""


@dataclass(frozen=True)
class Granted:
    """What a secret opens."""

    subscriber: str
    search: str | None


def issue(connection: sa.Connection, purpose: Purpose, subscriber: str, search: str | None, now: datetime) -> str:
    """A new secret. It is not kept: who loses it gets another."""
    secret = PREFIX + secrets.token_urlsafe(32)
    life = LIVES[purpose]
    connection.execute(
        sa.insert(tokens).values(
            hash=_hash(secret),
            purpose=purpose,
            subscriber=subscriber,
            search=search,
            expires_at=None if life is None else now + life,
        )
    )
    return secret


def check(connection: sa.Connection, secret: str, purpose: Purpose, now: datetime) -> Granted | None:
    """What the secret opens; None for a wrong, used, revoked or expired one."""
    found = sa.select(tokens).where(tokens.c.hash == _hash(secret), tokens.c.purpose == purpose)
    row = connection.execute(found).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return Granted(row.subscriber, row.search)


def use(connection: sa.Connection, secret: str, purpose: Purpose, now: datetime) -> Granted | None:
    """As `check`, in a writing transaction; one that is good for one use is good no more."""
    granted = check(connection, secret, purpose, now)
    if granted is not None and purpose in ONCE:
        gone = connection.execute(sa.delete(tokens).where(tokens.c.hash == _hash(secret)))
        if gone.rowcount != 1:  # somebody else used it just now
            return None
    return granted


def revoke(connection: sa.Connection, subscriber: str, purpose: Purpose) -> None:
    """Make all the subscriber's secrets of that purpose worthless."""
    connection.execute(sa.delete(tokens).where(tokens.c.subscriber == subscriber, tokens.c.purpose == purpose))


def withdraw(connection: sa.Connection, issued: Iterable[str]) -> None:
    """Make secrets worthless that nobody was told."""
    connection.execute(sa.delete(tokens).where(tokens.c.hash.in_([_hash(secret) for secret in issued])))


def drop_expired(connection: sa.Connection, now: datetime) -> None:
    connection.execute(sa.delete(tokens).where(tokens.c.expires_at <= now))


def _hash(secret: str) -> str:
    """A secret of 256 random bits needs no salt and no slowness."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
