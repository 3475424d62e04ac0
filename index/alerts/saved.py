"""Saved searches and who saved them: made, changed, exported, erased.

Every function works inside the caller's transaction. Whatever changes what is to be matched takes the next number of
the counter `saved_searches`, by which matching notices (index/alerts/matching.py).
"""

import hashlib
import hmac
import json
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import sqlalchemy as sa

from index import grammar
from index.alerts import guard, keys
from index.alerts.rhythm import RHYTHMS, Rhythm, next_time, zones
from index.query import BadQuery, SearchQuery
from index.search import Search
from index.settings import Settings
from index.store.db import Database
from index.store.gigs import MATCHED, newest_revision, take
from index.store.postings import chunks
from index.store.schema import (
    alerts,
    meta,
    outbox,
    saved_searches,
    subscribers,
    tokens,
)

Kind = Literal["email", "webhook", "feed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["unconfirmed", "active", "paused"]
CHANNELS: dict[Kind, str] = {"email": "mail", "webhook": "api", "feed": "feed"}
"""The channel of the boards' terms by which each kind leaves the house."""

PAGING = ("sort", "limit", "cursor")
"""What of a query is about showing it, not about what it finds."""
MOST_SEARCHES = 100
"""Saved searches of one subscriber."""
MOST_LETTERS = 3
"""Confirmation mails that one address gets a day, whoever asks for them."""
MOST_SIGN_UPS = 20
"""Saved searches that one client of a public instance may sign up an hour."""
ROTATION = timedelta(days=1)
"""How long a webhook's former secret signs along."""
MAILBOX = re.compile(r"[^\s@<>,;:\"\\()\[\]]{1,64}@[^\s@<>,;:\"\\()\[\]]{1,190}")


class TooMany(ValueError):
    """A bound on sign-ups is met; the message is one line."""


@dataclass(frozen=True)
class SavedSearch:
    id: str
    subscriber: str
    query: SearchQuery
    kind: Kind
    rhythm: Rhythm
    hour: int
    zone: str
    state: State
    why: str | None
    created_at: datetime
    next_at: datetime
    url: str | None = None


@dataclass(frozen=True)
class Order:
    """What somebody asks to be told, how and when. `of` checks it."""

    query: SearchQuery
    kind: Kind
    rhythm: Rhythm = "daily"
    hour: int = 8
    zone: str = "UTC"
    address: str | None = None
    url: str | None = None

    @classmethod
    def of(cls, query: SearchQuery, kind: str, **more: Any) -> "Order":
        """Raises BadQuery naming what can't be used. The webhook's address is checked where it is connected to."""
        if kind not in KINDS:
            raise BadQuery("kind", f"{kind[:40]!r} is not one of {', '.join(KINDS)}")
        order = cls(worth_saving(query), kind, **{name: value for name, value in more.items() if value is not None})
        check_rhythm(order.rhythm, order.hour, order.zone)
        if kind == "email":
            address = (order.address or "").strip()
            if not MAILBOX.fullmatch(address) or not address.isascii() or not address.isprintable():
                raise BadQuery("address", "it is no mail address such as me@example.org")
            order = replace(order, address=address)
        elif order.address is not None:
            raise BadQuery("address", f"a {kind} has none")
        if kind != "webhook" and order.url is not None:
            raise BadQuery("url", "only a webhook has one")
        return order


def check_rhythm(rhythm: str, hour: int, zone: str) -> None:
    """Raises BadQuery naming what can't be used."""
    if rhythm not in RHYTHMS:
        raise BadQuery("rhythm", f"{rhythm[:40]!r} is not one of {', '.join(RHYTHMS)}")
    if not 0 <= hour <= 23:
        raise BadQuery("hour", "it is a full hour from 0 to 23")
    if zone not in zones():
        raise BadQuery("zone", f"{zone[:40]!r} is no time zone such as Europe/Berlin")


def worth_saving(query: SearchQuery) -> SearchQuery:
    """The query as it is saved: without what is about pages, and without likely scams unless it asks for them.

    Raises BadQuery for one that finds everything, and for one that finds nothing new.
    """
    if query.status != ["open"]:
        raise BadQuery("status", "a saved search tells of open gigs; leave it out")
    if grammar.parse(query.q) == grammar.Parsed():  # such as "?!", which asks for nothing
        query = query.model_copy(update={"q": ""})
    if query.pay_unknown == query.model_copy(update={"pay_unknown": None}).unknown_pay:  # as it is without saying so
        query = query.model_copy(update={"pay_unknown": None})
    asked = query.model_dump(exclude_defaults=True, exclude={*PAGING, "risk", "currency", "radius_km"})
    if not asked:
        raise BadQuery("query", "it is empty: say what to look for, or choose a filter")
    risk = list(query.risk)
    if all(value.startswith("!") for value in risk):
        risk.append("hide_high")
    return query.model_copy(update={"sort": None, "limit": 20, "cursor": None, "risk": risk})


def query_json(query: SearchQuery) -> str:
    """The same text for equal queries."""
    return json.dumps(query.model_dump(exclude_defaults=True, mode="json"), sort_keys=True, ensure_ascii=False)


# --- making --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """A new saved search, and the secrets that are told once."""

    search: SavedSearch
    key: str | None = None
    """Manages all of the subscriber's; for a new subscriber without an address."""
    webhook_secret: str | None = None
    feed_token: str | None = None


def make(
    connection: sa.Connection,
    order: Order,
    now: datetime,
    *,
    subscriber: str | None = None,
    client: str | None = None,
) -> Made:
    """Save a search. One by mail waits for its confirmation, which is put into the outbox along with it.

    `subscriber` is whoever proved to be that; `client` (a keyed hash) is whose sign-ups are counted. Raises TooMany.
    """
    _within_bounds(connection, subscriber, client, now)
    begin(connection)
    key = None
    if order.kind == "email":
        if _letters(connection, str(order.address), now) >= MOST_LETTERS:
            raise TooMany("this address has been sent enough mails to confirm; try again tomorrow")
        subscriber = _subscriber_of(connection, str(order.address), now)
        _within_bounds(connection, subscriber, None, now)
    elif subscriber is None:
        subscriber = secrets.token_hex(8)
        connection.execute(sa.insert(subscribers).values(id=subscriber, address=None, created_at=now))
        key = keys.issue(connection, "key", subscriber, None, now)
    secret = new_webhook_secret() if order.kind == "webhook" else None
    search = SavedSearch(
        id=secrets.token_hex(8),
        subscriber=subscriber,
        query=order.query,
        kind=order.kind,
        rhythm=order.rhythm,
        hour=order.hour,
        zone=order.zone,
        state="unconfirmed" if order.kind == "email" else "active",
        why=None,
        created_at=now,
        next_at=next_time(order.rhythm, order.hour, order.zone, now),
        url=order.url,
    )
    row = {name: getattr(search, name) for name in SavedSearch.__dataclass_fields__}
    row |= {"query": query_json(order.query), "since": newest_revision(connection), "client": client, "secret": secret}
    connection.execute(sa.insert(saved_searches).values(row))
    take(connection, "saved_searches", 1)
    if order.kind == "email":
        put(connection, "confirm", subscriber, search.id, now)
    token = keys.issue(connection, "feed", subscriber, search.id, now) if order.kind == "feed" else None
    return Made(search, key, secret, token)


def accept(
    database: Database,
    settings: Settings,
    order: Order,
    now: datetime,
    *,
    subscriber: str | None = None,
    client: str | None = None,
) -> Made:
    """`make` in a transaction of its own, where this instance can tell what is ordered. Raises BadQuery and TooMany."""
    if order.kind == "email" and not settings.sends_mail:
        raise BadQuery("channel", "this instance sends no mail: set GIGDEX_SMTP_URL and GIGDEX_MAIL_FROM")
    if order.kind == "webhook":
        check_receiver(order.url or "", settings)
    with database.writing() as connection:
        return make(connection, order, now, subscriber=subscriber, client=client)


def last_week(search: Search, query: SearchQuery, channel: str, now: datetime) -> int:
    """How many of the gigs of the last 7 days a query finds. Raises as `Search.search` does."""
    week = SearchQuery(posted_within="7d")
    if query.within is None or (week.within is not None and query.within > week.within):
        query = query.model_copy(update={"posted_within": week.posted_within})
    [found] = search.totals([query], channel, now)
    return found


def check_receiver(url: str, settings: Settings) -> None:
    """Raises BadQuery for an address that no message would ever be sent to. A name without an address may get one."""
    try:
        guard.resolve(guard.target(url, settings.allowed_receivers))
    except guard.Forbidden as error:
        raise BadQuery("url", str(error)) from None
    except (OSError, UnicodeError):
        pass


def begin(connection: sa.Connection) -> None:
    """From the first saved search on, gigs are kept as they were before a change that is yet to be matched."""
    if connection.execute(sa.select(meta.c.value).where(meta.c.key == MATCHED)).scalar() is None:
        take(connection, "regrouping", 1)  # whoever writes gigs just now is waited for, and begins anew
        connection.execute(sa.insert(meta).values(key=MATCHED, value=str(newest_revision(connection))))


def put(connection: sa.Connection, what: str, subscriber: str, search: str | None, now: datetime) -> str:
    """A message into the outbox. Returns its id, which stays the same however often it is sent."""
    message = f"msg_{secrets.token_hex(12)}"
    connection.execute(
        sa.insert(outbox).values(
            id=message, subscriber=subscriber, search=search, what=what, state="waiting", tries=0, next_try_at=now,
            created_at=now,
        )
    )  # fmt: skip
    return message


def ask_for_link(connection: sa.Connection, address: str, now: datetime) -> None:
    """Send an address the private link to its searches. Whether it has any stays between it and us."""
    address = address.strip()
    subscriber = connection.execute(_by_address(address)).scalar()
    if subscriber is not None and _letters(connection, address, now) < MOST_LETTERS:
        put(connection, "manage", subscriber, None, now)


def new_webhook_secret() -> str:
    """As the Standard Webhooks specification has it: `whsec_` and 24 to 64 random bytes."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def client_hash(secret: bytes, client: str) -> str:
    """What is kept of a client's network address."""
    return hmac.new(secret, f"client:{client}".encode(), hashlib.sha256).hexdigest()[:32]


def _within_bounds(connection: sa.Connection, subscriber: str | None, client: str | None, now: datetime) -> None:
    count = sa.select(sa.func.count()).select_from(saved_searches)
    if client is not None:
        lately = count.where(saved_searches.c.client == client, saved_searches.c.created_at > now - timedelta(hours=1))
        if connection.execute(lately).scalar_one() >= MOST_SIGN_UPS:
            raise TooMany(f"more than {MOST_SIGN_UPS} searches saved in an hour; try again later")
    if subscriber is not None:
        its = count.where(saved_searches.c.subscriber == subscriber)
        if connection.execute(its).scalar_one() >= MOST_SEARCHES:
            raise TooMany(f"there are {MOST_SEARCHES} saved searches already; delete one first")


def _by_address(address: str) -> sa.Select[Any]:
    return sa.select(subscribers.c.id).where(subscribers.c.address == address.lower())


def _subscriber_of(connection: sa.Connection, address: str, now: datetime) -> str:
    """The subscriber with that address, a new one if there is none. Names may know case (RFC 5321), but where are two
    people told apart by it? Taken for several, one mailbox could be sent several times as many mails."""
    known: str | None = connection.execute(_by_address(address)).scalar()
    if known is not None:
        return known
    new = secrets.token_hex(8)
    row = {"id": new, "address": address.lower(), "created_at": now}
    connection.execute(sa.insert(subscribers).values(row))
    return new


def _letters(connection: sa.Connection, address: str, now: datetime) -> int:
    """Mails of the last day that others than its owner may have asked for; `me+anything@` is the mailbox `me@`."""
    name, _, domain = address.lower().rpartition("@")
    name = name.partition("+")[0] or name
    one_mailbox = sa.or_(
        subscribers.c.address == f"{name}@{domain}",
        sa.and_(
            subscribers.c.address.startswith(f"{name}+", autoescape=True),
            subscribers.c.address.endswith(f"@{domain}", autoescape=True),
        ),
    )
    query = sa.select(sa.func.count()).select_from(outbox.join(subscribers, subscribers.c.id == outbox.c.subscriber))
    lately = outbox.c.created_at > now - timedelta(days=1)
    return connection.execute(query.where(one_mailbox, outbox.c.what != "digest", lately)).scalar_one()


# --- looking and changing --------------------------------------------------------------------------------------


def load(connection: sa.Connection, search: str) -> SavedSearch | None:
    row = connection.execute(sa.select(saved_searches).where(saved_searches.c.id == search)).one_or_none()
    return None if row is None else _from(row)


def named(connection: sa.Connection, name: str) -> list[SavedSearch]:
    """The one with that id, or all that go to that mail address."""
    if "@" not in name:
        found = load(connection, name)
        return [] if found is None else [found]
    subscriber = connection.execute(_by_address(name.strip())).scalar()
    return [] if subscriber is None else of_subscriber(connection, subscriber)


def of_subscriber(connection: sa.Connection, subscriber: str | None) -> list[SavedSearch]:
    """A subscriber's saved searches, oldest first; everybody's for None."""
    query = sa.select(saved_searches).order_by(saved_searches.c.created_at, saved_searches.c.id)
    if subscriber is not None:
        query = query.where(saved_searches.c.subscriber == subscriber)
    return [_from(row) for row in connection.execute(query)]


def address_of(connection: sa.Connection, subscriber: str) -> str | None:
    query = sa.select(subscribers.c.address).where(subscribers.c.id == subscriber)
    return connection.execute(query).scalar()


def change(
    connection: sa.Connection,
    search: SavedSearch,
    now: datetime,
    *,
    query: SearchQuery | None = None,
    state: State | None = None,
    rhythm: Rhythm | None = None,
    hour: int | None = None,
    zone: str | None = None,
    why: str | None = None,
) -> SavedSearch:
    """The search with what is not None changed. One that goes on, or asks for something else, tells of what comes from
    now on. Raises BadQuery."""
    changed = replace(
        search,
        query=search.query if query is None else worth_saving(query),
        state=state or search.state,
        why=why if state is not None else search.why,
        rhythm=rhythm or search.rhythm,
        hour=search.hour if hour is None else hour,
        zone=zone or search.zone,
    )
    check_rhythm(changed.rhythm, changed.hour, changed.zone)
    names = ("state", "why", "rhythm", "hour", "zone")
    # What stays is not written: somebody else may be changing it, such as the click that ends all of it.
    values = {name: getattr(changed, name) for name in names if getattr(changed, name) != getattr(search, name)}
    if (changed.rhythm, changed.hour, changed.zone) != (search.rhythm, search.hour, search.zone):
        changed = replace(changed, next_at=next_time(changed.rhythm, changed.hour, changed.zone, now))
        values["next_at"] = changed.next_at
    if changed.query != search.query:
        values["query"] = query_json(changed.query)
    if changed.query != search.query or (changed.state == "active" and search.state != "active"):
        values["since"] = newest_revision(connection)
        waits = sa.and_(alerts.c.search == search.id, alerts.c.outbox.is_(None))
        connection.execute(sa.delete(alerts).where(waits))  # it was not told, and is not asked for any more
    if values:
        connection.execute(sa.update(saved_searches).where(saved_searches.c.id == search.id).values(values))
        take(connection, "saved_searches", 1)
    return changed


def rotate(connection: sa.Connection, search: SavedSearch, now: datetime) -> str:
    """A new secret for a webhook; the former one signs along for ROTATION."""
    secret = new_webhook_secret()
    values = {"secret": secret, "old_secret": saved_searches.c.secret, "old_secret_until": now + ROTATION}
    connection.execute(sa.update(saved_searches).where(saved_searches.c.id == search.id).values(values))
    return secret


def webhook_secrets(connection: sa.Connection, search: str, now: datetime) -> list[str]:
    """What its messages are signed with, newest first."""
    row = connection.execute(sa.select(saved_searches).where(saved_searches.c.id == search)).one_or_none()
    if row is None or row.secret is None:
        return []
    rotating = row.old_secret is not None and row.old_secret_until is not None and row.old_secret_until > now
    return [row.secret, row.old_secret] if rotating else [row.secret]


def pause_for(connection: sa.Connection, searches: Iterable[SavedSearch], why: str, now: datetime) -> None:
    """Pause what can't be delivered, and keep the reason for its page."""
    for search in searches:
        change(connection, search, now, state="paused", why=why)


def delete(connection: sa.Connection, search: SavedSearch) -> None:
    """With all that was told or is on its way. A subscriber without any is nobody, and erased."""
    # The search goes first: whoever tells it something just now is waited for, or finds it gone.
    connection.execute(sa.delete(saved_searches).where(saved_searches.c.id == search.id))
    for table in (alerts, outbox, tokens):
        connection.execute(sa.delete(table).where(table.c.search == search.id))
    take(connection, "saved_searches", 1)
    if not of_subscriber(connection, search.subscriber):
        erase(connection, search.subscriber)


def erase(connection: sa.Connection, subscriber: str) -> None:
    """Everything of a subscriber: the address is nowhere afterwards."""
    its = [search.id for search in of_subscriber(connection, subscriber)]
    connection.execute(sa.delete(saved_searches).where(saved_searches.c.subscriber == subscriber))
    for chunk in chunks(its):
        connection.execute(sa.delete(alerts).where(alerts.c.search.in_(chunk)))
    for table in (outbox, tokens):
        connection.execute(sa.delete(table).where(table.c.subscriber == subscriber))
    connection.execute(sa.delete(subscribers).where(subscribers.c.id == subscriber))
    take(connection, "saved_searches", 1)


def drop_unconfirmed(connection: sa.Connection, now: datetime) -> None:
    """Delete what nobody can confirm any more, and with it the address of who never agreed to be kept."""
    link = sa.exists().where(
        tokens.c.search == saved_searches.c.id, tokens.c.purpose == "confirm", tokens.c.expires_at > now
    )
    letter = sa.exists().where(outbox.c.search == saved_searches.c.id, outbox.c.state == "waiting")
    over = sa.select(saved_searches).where(saved_searches.c.state == "unconfirmed", ~link, ~letter)
    for row in connection.execute(over).all():
        delete(connection, _from(row))


def export(connection: sa.Connection, subscriber: str) -> dict[str, Any]:
    """All that is kept of a subscriber, secrets aside."""
    searches = of_subscriber(connection, subscriber)
    told = sa.select(alerts).where(alerts.c.search.in_([search.id for search in searches])).order_by(alerts.c.found_at)
    return {
        "address": address_of(connection, subscriber),
        "saved_searches": [
            {"id": one.id, "query": json.loads(query_json(one.query)), "kind": one.kind, "url": one.url,
             "rhythm": one.rhythm, "hour": one.hour, "zone": one.zone, "state": one.state, "why": one.why,
             "created_at": one.created_at.isoformat()}
            for one in searches
        ],
        "told": [
            {"search": row.search, "gig": row.gig, "found_at": row.found_at.isoformat()}
            for row in connection.execute(told)
        ],
    }  # fmt: skip


def _from(row: sa.Row[Any]) -> SavedSearch:
    fields = {name: row._mapping[name] for name in SavedSearch.__dataclass_fields__}
    return SavedSearch(**fields | {"query": SearchQuery.model_validate_json(row.query)})
