"""News becomes messages: when a search is due, what waits in the ledger goes into one message of the outbox."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from index.alerts import keys
from index.alerts.keys import Purpose
from index.alerts.rhythm import next_time
from index.alerts.saved import CHANNELS, SavedSearch, address_of, load, put, webhook_secrets
from index.gig import Gig
from index.store import gigs
from index.store.postings import chunks
from index.store.schema import alerts, outbox, saved_searches
from index.terms import OPERATOR

MOST_GIGS = 25
"""Gigs that one message shows; of the others it says how many they are."""
MAIL_GAP = timedelta(minutes=10)
"""Shortest time between two instant mails of one search: what comes meanwhile waits for the next."""
MOST = {"email": 20, "webhook": 600}
"""Digests that one recipient gets an hour, from all searches; what comes beyond waits, and comes together."""
AT_ONCE = 500
"""Searches of one transaction: thousands are due at the same full hour, and others want to write."""


def compose(connection: sa.Connection, now: datetime, among: Collection[str] | None = None) -> int:
    """Put a message into the outbox for each search that is due and has news; nothing for one without. Returns how
    many.

    `among`: ids of instant searches that have news just now, in whose transaction this is; None looks at the next
    AT_ONCE of all.
    """
    if among is None:
        rows = connection.execute(due(now).limit(AT_ONCE)).all()
    else:
        instant = due(now).where(saved_searches.c.rhythm == "instant")
        ids = chunks(among)
        rows = [row for chunk in ids for row in connection.execute(instant.where(saved_searches.c.id.in_(chunk)))]
    composed = 0
    for row in rows:
        next_at = next_time(row.rhythm, row.hour, row.zone, now)
        if row.has_news:
            if _told_lately(connection, row.subscriber, now) >= MOST[row.kind]:
                next_at = now + MAIL_GAP
            else:
                message = put(connection, "digest", row.subscriber, row.id, now)
                told = sa.update(alerts).where(alerts.c.search == row.id, alerts.c.outbox.is_(None))
                connection.execute(told.values(outbox=message))
                composed += 1
                if row.kind == "email" and row.rhythm == "instant":
                    next_at = now + MAIL_GAP
        if next_at != now:
            moved = sa.update(saved_searches).where(saved_searches.c.id == row.id)
            connection.execute(moved.values(next_at=next_at))
    return composed


def due(now: datetime) -> sa.Select[Any]:
    """Searches whose time has come, with whether they have news; an instant one's time comes with the news."""
    news = saved_searches.c.id.in_(sa.select(alerts.c.search).where(alerts.c.outbox.is_(None)))
    return sa.select(saved_searches, news.label("has_news")).where(
        saved_searches.c.state == "active",
        saved_searches.c.kind != "feed",
        saved_searches.c.next_at <= now,
        sa.or_(saved_searches.c.rhythm != "instant", news),
    )


def _told_lately(connection: sa.Connection, subscriber: str, now: datetime) -> int:
    query = sa.select(sa.func.count()).select_from(outbox).where(
        outbox.c.subscriber == subscriber, outbox.c.what == "digest", outbox.c.created_at > now - timedelta(hours=1)
    )  # fmt: skip
    return connection.execute(query).scalar_one()


@dataclass(frozen=True)
class Message:
    """One message of the outbox with what it says now: gigs that closed, or that their boards no longer permit on this
    channel, have left it."""

    id: str
    what: str
    """digest, confirm or manage"""
    created_at: datetime
    subscriber: str
    address: str | None
    search: SavedSearch | None
    gigs: list[Gig] = field(default_factory=list)
    """Newest first, at most MOST_GIGS."""
    total: int = 0
    """All gigs that it is about."""
    secrets: list[str] = field(default_factory=list)
    """What a webhook's message is signed with, newest first."""
    links: dict[Purpose, str] = field(default_factory=dict)
    """Secrets for the links in a mail."""

    @property
    def way(self) -> str:
        """The kind of channel that it goes by."""
        return self.search.kind if self.what == "digest" and self.search is not None else "email"


def read(connection: sa.Connection, message: str, private: bool, now: datetime) -> Message | None:
    """A message as it is to be sent; None when it was erased. In a writing transaction: its links are made here."""
    row = connection.execute(sa.select(outbox).where(outbox.c.id == message)).one_or_none()
    if row is None:
        return None
    saved = load(connection, row.search) if row.search is not None else None
    links: dict[Purpose, str] = {}
    found: list[Gig] = []
    if row.what == "manage":
        links["manage"] = keys.issue(connection, "manage", row.subscriber, None, now)
    elif saved is not None and row.what == "confirm":
        links["confirm"] = keys.issue(connection, "confirm", row.subscriber, saved.id, now)
    elif saved is not None:
        seqs = connection.execute(sa.select(alerts.c.gig).where(alerts.c.outbox == message)).scalars().all()
        found = visible(connection, seqs, OPERATOR if private else CHANNELS[saved.kind])
        if saved.kind == "email" and found:
            links["unsubscribe"] = keys.issue(connection, "unsubscribe", row.subscriber, saved.id, now)
            links["manage"] = keys.issue(connection, "manage", row.subscriber, None, now)
    return Message(
        id=row.id,
        what=row.what,
        created_at=row.created_at,
        subscriber=row.subscriber,
        address=address_of(connection, row.subscriber),
        search=saved,
        gigs=found[:MOST_GIGS],
        total=len(found),
        secrets=webhook_secrets(connection, saved.id, now) if saved is not None else [],
        links=links,
    )


def visible(connection: sa.Connection, seqs: Collection[int], channel: str) -> list[Gig]:
    """The open ones of these gigs as a channel may see them, newest first."""
    views = gigs.load_views(connection, seqs)
    return [
        view.gig.model_copy(update={"seq": seq})
        for seq in sorted(views, reverse=True)
        for view in views[seq]
        if channel in view.channels and view.gig.status == "open"
    ]


def of_feed(connection: sa.Connection, search: SavedSearch, channel: str, most: int) -> list[tuple[Gig, datetime]]:
    """The last gigs that a saved search told of, with when; newest first."""
    query = sa.select(alerts.c.gig, alerts.c.found_at).where(alerts.c.search == search.id)
    rows = connection.execute(query.order_by(alerts.c.found_at.desc(), alerts.c.gig.desc()).limit(most)).all()
    found_at = {row.gig: row.found_at for row in rows}
    told = visible(connection, list(found_at), channel)
    return sorted(((gig, found_at[gig.seq or 0]) for gig in told), key=lambda one: one[1], reverse=True)
