"""Mails that came back: a report of a mail server (RFC 3464) pauses what goes to the address that is none any more."""

import email
import email.policy
import re
from datetime import datetime
from email.message import Message

import sqlalchemy as sa

from index.alerts.saved import of_subscriber, pause_for
from index.store.db import Database
from index.store.schema import outbox

MESSAGE = re.compile(r"<(msg_[0-9a-f]{24})@")
FOR_GOOD = re.compile(r"5\.[12]\.\d{1,3}\b")
"""Statuses (RFC 3463) of an address or a mailbox; others say nothing of the receiver."""


class NoBounce(ValueError):
    """It is no report of a mail of ours that failed for good; the message is one line."""


def take_back(database: Database, raw: bytes, now: datetime) -> int:
    """Pause the searches that go to where the mail could not be delivered to. Returns how many. Raises NoBounce.

    A report names our mail by its Message-ID, which nobody knows but whoever got it: nobody else's report counts.
    """
    message, status = read(raw)
    with database.writing() as connection:
        subscriber = connection.execute(sa.select(outbox.c.subscriber).where(outbox.c.id == message)).scalar()
        if subscriber is None:
            raise NoBounce("the mail that it tells of is not known, or no longer")
        its = [one for one in of_subscriber(connection, subscriber) if one.kind == "email" and one.state == "active"]
        pause_for(connection, its, f"a mail came back: there is no such mailbox ({status})", now)
    return len(its)


def read(raw: bytes) -> tuple[str, str]:
    """The id of our message that failed, and why. Raises NoBounce."""
    parts = list(email.message_from_bytes(raw, policy=email.policy.compat32).walk())
    failed = [
        str(part["Status"]).strip()
        for part in parts
        if str(part.get("Action", "")).strip().lower() == "failed" and part["Status"]
    ]
    status = next((one for one in failed if FOR_GOOD.match(one)), None)
    if status is None:
        raise NoBounce("it is no report that an address or a mailbox is gone (RFC 3464)")
    message = next((found[1] for part in parts[1:] if (found := MESSAGE.search(_message_id(part)))), None)
    if message is None:
        raise NoBounce("it does not say which mail of ours it tells of")
    return message, status.partition(" ")[0]


def _message_id(part: Message) -> str:
    """Of the mail that a part holds, whole or as its headers alone."""
    if part.get_content_type() == "text/rfc822-headers":
        part = email.message_from_string(str(part.get_payload()))
    return str(part.get("Message-ID", ""))
