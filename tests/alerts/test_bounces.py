"""Mails that come back pause what goes to their address, and nobody else's report does."""

import pytest

from index.alerts import saved
from index.alerts.bounces import NoBounce, take_back
from index.alerts.matching import Matcher
from index.store.store import Store
from tests.alerts.conftest import Save, match, messages
from tests.index.conftest import Clock, RunBoard, posting

REPORT = """\
From: MAILER-DAEMON@mx.example
To: gigs@gigdex.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Fri, 27 Nov 2026 05:00:00 +0000

Final-Recipient: rfc822; me@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: {kind}

{lead}Message-ID: <{message}@gigdex.example>
Subject: 1 new gig

--b--
"""


def report(message: str, action: str = "failed", status: str = "5.1.1", whole: bool = True) -> bytes:
    kind, lead = ("message/rfc822", "From: gigs@gigdex.example\n") if whole else ("text/rfc822-headers", "")
    return REPORT.format(message=message, action=action, status=status, kind=kind, lead=lead).encode()


@pytest.mark.parametrize("whole", [True, False])
def test_a_mail_that_comes_back_pauses_all_that_goes_there(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, whole: bool
) -> None:
    one, other = save(kind="email", q="dog").search.id, save(kind="email", q="cat").search.id
    stranger = save(kind="email", q="dog", address="you@example.org").search.id
    run_board("alpha", posting("alpha", "1"))
    match(matcher)
    message = next(row.id for row in messages(store) if row.search == one)
    for bad in (
        b"", b"Subject: hello\n\nhow are you?", b"\xff\x00" * 50, report("msg_" + "0" * 24), report("nothing"),
        report(message, action="delayed"), report(message, status="5.7.1"), report(message, status="4.1.1"),
    ):  # fmt: skip
        with pytest.raises(NoBounce):
            take_back(store.database, bad, clock())
    assert take_back(store.database, report(message, whole=whole), clock()) == 2
    with store.database.reading() as connection:
        states = [saved.load(connection, search) for search in (one, other, stranger)]
    assert [(state.state, state.why) for state in states if state is not None] == [
        *[("paused", "a mail came back: there is no such mailbox (5.1.1)")] * 2,
        ("active", None),
    ]
