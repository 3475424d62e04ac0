"""The outbox is emptied: at least once, each message under the same id however often it is sent.

A message is leased before it is sent, so that several processes share the work; whoever dies with it leaves a lease
that runs out, and another one sends it again. It is noted as sent only after the receiver has taken it.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from index.alerts import digest, keys
from index.alerts.digest import Message
from index.alerts.guard import Forbidden
from index.alerts.saved import drop_unconfirmed, load, of_subscriber, pause_for
from index.alerts.webhook import Gone, NotTaken
from index.mail import MailNotTaken, MailRefused, MailServerAway
from index.store.db import StoreError
from index.store.schema import outbox, saved_searches
from index.store.store import Store

RETRIES_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Pauses after each failed try (Standard Webhooks): more than three days in all."""
LEASE = timedelta(minutes=3)
"""Longer than one try may take."""
AT_ONCE = 8
"""Messages of one kind that one process sends at the same time."""
SHARE = 2
"""Of these to one subscriber: whoever lets us wait has others wait no longer than that."""
AWAY = timedelta(minutes=1)
"""How long no mail is tried after the mail server could not be used. No mail has failed by that."""
KEEP = timedelta(days=30)
"""How long it is known what was sent."""
IDLE_S = 0.5
RETRY_S = 5.0
SWEEP = timedelta(hours=1)
MOST_PATIENCE_S = 86_400.0
MOST_LOOKED_AT = 100
"""Messages that are looked at to find some of different subscribers."""
WAYS = ("email", "webhook")
"""Each has a lane of its own, so that neither waits for the other's slow receivers."""

log = logging.getLogger(__name__)

Way = Callable[[Message], None]
"""Sends one message; raises when it was not taken."""


class Delivery:
    """Sends what is in the outbox of one store."""

    def __init__(
        self,
        store: Store,
        ways: Mapping[str, Way],
        private: bool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`ways`: how `email` and `webhook` are sent; what has no way waits for one. `private`: what is sent is seen by
        the operator alone."""
        self.store = store
        self.ways = ways
        self.private = private
        self.clock = clock
        self._swept_at: datetime | None = None
        self._away_until: datetime | None = None
        """When the mail server is tried again; None while it works."""

    def step(self) -> int:
        """Send what is due, some at once, and wait for it. Returns how many messages were tried."""
        self._sweep()
        leased = [message for way in WAYS for message in self._lease(way, AT_ONCE)]
        if leased:
            with ThreadPoolExecutor(len(leased), "alerts") as pool:
                list(pool.map(self._deliver, leased))
        return len(leased)

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set. A failure of the database is logged in one line, and tried again."""
        busy: dict[str, set[Future[None]]] = {way: set() for way in WAYS}
        with ThreadPoolExecutor(AT_ONCE * len(WAYS), "alerts") as pool:
            while not stop.is_set():
                try:
                    self._sweep()
                    for way in WAYS:
                        busy[way] = {one for one in busy[way] if not one.done()}
                        leased = self._lease(way, AT_ONCE - len(busy[way]))
                        busy[way] |= {pool.submit(self._try, message) for message in leased}
                except Exception as error:  # the database, or a fault of ours: neither must end deliveries for good
                    _log_fault(error)
                    stop.wait(RETRY_S)
                if sending := set().union(*busy.values()):
                    wait(sending, IDLE_S, FIRST_COMPLETED)  # there is a place as soon as one of them is through
                else:
                    stop.wait(IDLE_S)

    def _try(self, id: str) -> None:
        """`_deliver` on a thread of its own; after a fault the message's lease runs out, and it is tried again."""
        try:
            self._deliver(id)
        except Exception as error:
            _log_fault(error)

    def _lease(self, way: str, most: int) -> list[str]:
        """Up to `most` messages that are due and go that way."""
        now = self.clock()
        is_away = way == "email" and self._away_until is not None and now < self._away_until
        if most <= 0 or way not in self.ways or is_away:
            return []
        free = sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)
        is_webhook = sa.exists().where(saved_searches.c.id == outbox.c.search, saved_searches.c.kind == "webhook")
        goes = is_webhook if way == "webhook" else ~is_webhook
        sending = sa.select(outbox.c.subscriber).where(outbox.c.state == "waiting", outbox.c.leased_until > now)
        sated = sending.group_by(outbox.c.subscriber).having(sa.func.count() >= SHARE)
        due = sa.select(outbox.c.id, outbox.c.subscriber).where(
            outbox.c.state == "waiting", outbox.c.next_try_at <= now, free, goes, outbox.c.subscriber.not_in(sated)
        )
        with self.store.database.reading() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        with self.store.database.writing() as connection:
            order = due.order_by(outbox.c.next_try_at, outbox.c.id).limit(MOST_LOOKED_AT)
            shares = Counter(connection.execute(sending).scalars())
            ids: list[str] = []
            for message, subscriber in connection.execute(order.with_for_update(skip_locked=True, of=outbox)):
                if shares[subscriber] < SHARE and len(ids) < most:
                    shares[subscriber] += 1
                    ids.append(message)
            connection.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(leased_until=now + LEASE))
        return ids

    def _deliver(self, id: str) -> None:
        """One try."""
        now = self.clock()
        with self.store.database.writing() as connection:
            message = digest.read(connection, id, self.private, now)
        if message is None:
            return
        state = message.search.state if message.search is not None else None
        idle = message.what == "digest" and (state != "active" or not message.total)
        if idle or (message.what == "confirm" and state != "unconfirmed"):
            self._done(id)  # nothing is left to be told, or nobody to be told
            return
        try:
            self.ways[message.way](message)
        except Gone:
            self._give_up(message, "the receiver answered 410: it wants no more")
        except (MailRefused, Forbidden) as error:
            self._give_up(message, str(error))
        except MailServerAway as error:
            self._wait_for_server(message, error)
        except Exception as error:  # the net, a server, a fault of ours: tried again
            self._again(message, error)
        else:
            if message.way == "email":
                self._away_until = None
            self._done(id)

    def _done(self, id: str) -> None:
        with self.store.database.writing() as connection:
            values = {"state": "sent", "leased_until": None, "error": None}
            connection.execute(sa.update(outbox).where(outbox.c.id == id).values(values))

    def _again(self, message: Message, error: Exception) -> None:
        reason = _line(error)
        with self.store.database.writing() as connection:
            tries = connection.execute(sa.select(outbox.c.tries).where(outbox.c.id == message.id)).scalar()
            if tries is not None and tries < len(RETRIES_S):
                asked = error.retry_after_s if isinstance(error, NotTaken) else None
                pause = max(RETRIES_S[tries], min(asked or 0.0, MOST_PATIENCE_S))
                next_try = self.clock() + timedelta(seconds=pause)
                values = {"tries": tries + 1, "next_try_at": next_try, "leased_until": None, "error": reason}
                connection.execute(sa.update(outbox).where(outbox.c.id == message.id).values(values))
                log.warning("alert %s was not taken (%s); trying again in %g s", message.id, reason, pause)
                return
        self._give_up(message, f"it was tried for days, at last: {reason}")

    def _wait_for_server(self, message: Message, error: Exception) -> None:
        """No try of this message: no receiver is to be paused because our own mail server is down, however long."""
        now = self.clock()
        if self._away_until is None:
            log.error("mails can't be sent: %s; trying again every %d s", error, AWAY.total_seconds())
        self._away_until = now + AWAY
        with self.store.database.writing() as connection:
            values = {"next_try_at": now + AWAY, "leased_until": None, "error": str(error)}
            connection.execute(sa.update(outbox).where(outbox.c.id == message.id).values(values))
            keys.withdraw(connection, message.links.values())

    def _give_up(self, message: Message, why: str) -> None:
        """Pause what can't be delivered: a webhook's search, or all that goes to an address that takes nothing."""
        now = self.clock()
        with self.store.database.writing() as connection:
            if message.way == "email":
                searches = [one for one in of_subscriber(connection, message.subscriber) if one.kind == "email"]
            else:
                found = load(connection, message.search.id) if message.search is not None else None
                searches = [found] if found is not None else []
            pause_for(connection, [one for one in searches if one.state == "active"], why, now)
            values = {"state": "failed", "leased_until": None, "error": why}
            connection.execute(sa.update(outbox).where(outbox.c.id == message.id).values(values))
        log.warning("alert %s can't be delivered: %s; its saved search is paused", message.id, why)

    def _sweep(self) -> None:
        """Forget what is over."""
        now = self.clock()
        if self._swept_at is not None and now - self._swept_at < SWEEP:
            return
        with self.store.database.writing() as connection:
            keys.drop_expired(connection, now)
            drop_unconfirmed(connection, now)
            old = sa.and_(outbox.c.state != "waiting", outbox.c.created_at < now - KEEP)
            connection.execute(sa.delete(outbox).where(old))
        self._swept_at = now


def _log_fault(error: Exception) -> None:
    reason = str(error) if isinstance(error, StoreError) else repr(error)
    log.error("alerts can't be delivered: %s; trying again", reason)


def _line(error: Exception) -> str:
    """For the log, and for the page of whoever is not reached. Of an unexpected error only its kind: its text may hold
    an address."""
    if isinstance(error, OSError):
        text = f"{type(error).__name__}: {error}"
    else:
        text = str(error) if isinstance(error, NotTaken | MailNotTaken) else type(error).__name__
    return " ".join(text.split())[:200]
