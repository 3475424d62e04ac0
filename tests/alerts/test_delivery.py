"""What is in the outbox arrives: at least once, under the same id, however often somebody is away or dies."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from pydantic import SecretStr

from index.alerts import delivery, saved, webhook
from index.alerts.delivery import Delivery
from index.alerts.digest import MAIL_GAP, MOST, MOST_GIGS, Message, compose
from index.alerts.matching import Matcher
from index.alerts.rhythm import next_time
from index.alerts.saved import Made
from index.alerts.webhook import NotTaken
from index.query import SearchQuery
from index.settings import Settings
from index.store.schema import tokens
from index.store.store import Store
from search_api.letters import Letters
from tests.alerts.conftest import Save, at, match, messages
from tests.alerts.servers import Mailbox, Receiver, free_port, mail_server
from tests.index.conftest import Clock, RunBoard, posting

DOGS = [posting("alpha", str(number), f"Walk dog number {number}, $20 an hour") for number in range(3)]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().serving() as receiver:
        yield receiver


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox, port = Mailbox(), free_port()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    with mail_server(mailbox, port):
        yield mailbox


class Post:
    """Delivery to the receivers of a test, by a clock that the test moves."""

    def __init__(self, store: Store, clock: Clock, receiver: Receiver | None, mailbox: Mailbox | None) -> None:
        allowed = "" if receiver is None else f"127.0.0.1:{receiver.port}"
        smtp = None if mailbox is None else SecretStr(mailbox.url)
        settings = Settings(
            host="0.0.0.0", webhook_allow=allowed, smtp_url=smtp, mail_from="gigs@gigdex.example",
            public_url="https://gigdex.example",
        )  # fmt: skip
        self.letters = Letters(settings, dict, clock, settings.home)
        self.delivery = Delivery(store, self.letters.ways(), private=False, clock=clock)

    def send(self) -> int:
        """One round; how many messages were tried."""
        return self.delivery.step()


def state_of(store: Store, made: Made) -> tuple[str, str | None]:
    with store.database.reading() as connection:
        found = saved.load(connection, made.search.id)
    assert found is not None
    return found.state, found.why


# --- webhooks ---


def test_a_webhook_is_signed_and_told_once(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    made = save(q="dog", url=receiver.url)
    assert made.webhook_secret is not None
    post = Post(store, clock, receiver, None)
    run_board("alpha", *DOGS)
    match(matcher)
    assert post.send() == 1
    assert post.send() == 0
    [message] = receiver.verified(made.webhook_secret)
    assert message["type"] == "gigs.matched"
    assert message["data"] | {"gigs": None} == {
        "search": made.search.id, "query": {"q": "dog"}, "total": 3, "more": 0, "gigs": None
    }  # fmt: skip
    first = message["data"]["gigs"][0]
    assert first["title"] == DOGS[2].title
    assert first["pay"]["min"] == 20
    assert first["sources"] == [{"board": "alpha", "url": DOGS[2].url, "attribution": "from alpha"}]
    assert first["url"] == f"https://gigdex.example/gig/{first['id']}"


def test_a_webhook_that_fails_is_asked_again_with_the_same_id_until_the_search_is_paused(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    made = save(q="dog", url=receiver.url)
    post = Post(store, clock, receiver, None)
    receiver.status = 302  # a redirect is no success
    receiver.headers = {"Location": "http://127.0.0.1:1/"}
    run_board("alpha", *DOGS)
    match(matcher)
    for pause in delivery.RETRIES_S:
        assert (post.send(), post.send()) == (1, 0)
        clock.pass_by(seconds=pause - 1)
        assert post.send() == 0
        clock.pass_by(seconds=2)
    assert state_of(store, made) == ("active", None)
    assert post.send() == 1
    assert state_of(store, made) == ("paused", "it was tried for days, at last: it answers 302")
    assert len(receiver.posts) == 10
    assert {headers["webhook-id"] for headers, _ in receiver.posts} == {messages(store)[0].id}


def test_a_receiver_that_asks_for_patience_gets_it(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    save(q="dog", url=receiver.url)
    post = Post(store, clock, receiver, None)
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}
    run_board("alpha", *DOGS)
    match(matcher)
    assert post.send() == 1
    receiver.status = 200
    clock.pass_by(seconds=3590)
    assert post.send() == 0
    clock.pass_by(seconds=20)
    assert post.send() == 1
    assert len(receiver.posts) == 2
    assert messages(store)[0].state == "sent"


def test_410_ends_it(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    made = save(q="dog", url=receiver.url)
    receiver.status = 410
    run_board("alpha", *DOGS)
    match(matcher)
    Post(store, clock, receiver, None).send()
    assert state_of(store, made) == ("paused", "the receiver answered 410: it wants no more")
    assert messages(store)[0].state == "failed"


def test_a_new_secret_signs_beside_the_former_for_a_day(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    made = save(q="dog", url=receiver.url)
    assert made.webhook_secret is not None
    with store.database.writing() as connection:
        new = saved.rotate(connection, made.search, clock())
    post = Post(store, clock, receiver, None)
    run_board("alpha", DOGS[0])
    match(matcher)
    post.send()
    assert receiver.verified(made.webhook_secret) == receiver.verified(new)
    receiver.posts.clear()
    clock.now = datetime.now(UTC) + timedelta(days=1, seconds=5)
    with store.database.reading() as connection:
        assert saved.webhook_secrets(connection, made.search.id, clock()) == [new]


def test_a_body_stays_small(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    made = save(q="dog", url=receiver.url)
    long = "very " * 150
    run_board("alpha", *[posting("alpha", str(n), f"Dog {n} {long}", organization=f"Org {n} {n}") for n in range(30)])
    match(matcher)
    Post(store, clock, receiver, None).send()
    [(_, body)] = receiver.posts
    assert made.webhook_secret is not None
    [message] = receiver.verified(made.webhook_secret)
    assert len(body) <= 20_000
    assert message["data"]["total"] == 30
    assert 5 < len(message["data"]["gigs"]) == 30 - message["data"]["more"] <= MOST_GIGS


# --- mail ---


def plain_text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_a_mail_says_what_pays_where_and_how_to_stop(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, mailbox: Mailbox
) -> None:
    made = save(kind="email", q="dog")
    post = Post(store, clock, None, mailbox)
    run_board("alpha", *DOGS[:2], posting("alpha", "9", "<b>Dog</b> & cat, Berlin", location="Berlin, Germany"))
    match(matcher)
    post.send()
    [mail] = [one for one in mailbox.mails if "new gig" in str(one["Subject"])]
    text = plain_text(mail)
    assert mail["Subject"] == "3 new gigs: Gigs: “dog”"
    assert mail["To"] == "me@example.org"
    assert mail["From"] == "Gigdex <gigs@gigdex.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = str(mail["List-Unsubscribe"])
    assert stop.startswith(f"<https://gigdex.example/saved-searches/{made.search.id}/unsubscribe?token=gdx_")
    assert stop.strip("<>") in text
    for said in (
        DOGS[0].title,
        "$20",
        "Berlin",
        DOGS[0].url,
        "from alpha",
        "https://gigdex.example/alerts/manage?token=",
    ):
        assert said in text
    assert "&lt;b&gt;" in html(mail) or "<b>" not in html(mail)
    assert mail["Message-ID"] == f"<{messages(store)[0].id}@gigdex.example>"


def test_a_mail_server_that_is_down_for_a_day_loses_nothing(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock
) -> None:
    mailbox, port = Mailbox(), free_port()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    save(kind="email", q="dog")
    post = Post(store, clock, None, mailbox)
    run_board("alpha", DOGS[0])
    match(matcher)
    for _ in range(24 * 4):
        post.send()
        clock.pass_by(minutes=15)
    run_board("alpha", DOGS[1], complete=False)
    match(matcher)
    with mail_server(mailbox, port):
        for _ in range(24 * 4):
            post.send()
            clock.pass_by(minutes=15)
    told = [one for one in mailbox.mails if "new gig" in str(one["Subject"])]
    assert sorted(title in "".join(map(plain_text, told)) for title in (DOGS[0].title, DOGS[1].title)) == [True, True]
    assert len(told) == 2
    assert {row.state for row in messages(store)} == {"sent"}


def test_an_address_that_bounces_pauses_its_searches_and_says_why(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, mailbox: Mailbox
) -> None:
    one, other = save(kind="email", q="dog"), save(kind="email", q="cat")
    post = Post(store, clock, None, mailbox)
    mailbox.refuse = "450 try later"
    run_board("alpha", DOGS[0])
    match(matcher)
    post.send()
    assert state_of(store, one) == ("active", None)
    mailbox.refuse = "550 no such user"
    clock.pass_by(minutes=1)
    post.send()
    assert state_of(store, one) == state_of(store, other) == ("paused", "the mail server refuses the address (550)")


@pytest.mark.parametrize(
    ("recipient", "content", "state"),
    [
        ("550 5.1.1 <me@example.org>: no such user", None, "paused"),
        ("553 me@example.org is none", None, "paused"),
        (None, "550 5.1.1 no mailbox me@example.org", "paused"),
        ("450 4.2.0 <me@example.org>: greylisted", None, "active"),
        ("554 5.7.1 <me@example.org>: relay access denied", None, "active"),  # it is we who may not
        ("552 5.2.2 the mailbox of me@example.org is full", None, "active"),
        (None, "554 5.7.1 this looks like spam to me@example.org", "active"),
    ],
)
def test_only_what_a_server_says_of_the_address_pauses_at_once_and_no_log_names_it(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture, recipient: str | None, content: str | None, state: str,
) -> None:  # fmt: skip
    made = save(kind="email", q="dog")
    mailbox.refuse, mailbox.refuse_content = recipient, content
    run_board("alpha", DOGS[0])
    match(matcher)
    Post(store, clock, None, mailbox).send()
    assert state_of(store, made)[0] == state
    [message] = messages(store)
    assert message.error
    for said in (caplog.text, message.error, str(state_of(store, made)[1])):
        assert "me@example.org" not in said


def test_our_own_mail_server_being_down_for_weeks_pauses_nobody(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox, port = Mailbox(), free_port()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    made = save(kind="email", q="dog")
    post = Post(store, clock, None, mailbox)
    run_board("alpha", DOGS[0])
    match(matcher)
    for _ in range(14):
        post.send()
        clock.pass_by(days=1)
    assert state_of(store, made) == ("active", None)
    assert caplog.text.count("mails can't be sent") == 1
    with store.database.reading() as connection:
        assert connection.execute(tokens.select()).all() == []  # of mails that never left
    with mail_server(mailbox, port):
        post.send()
        clock.pass_by(seconds=delivery.AWAY.total_seconds())
        post.send()
    assert any("new gig" in str(mail["Subject"]) for mail in mailbox.mails)


def test_a_mail_whose_fate_is_unknown_is_not_sent_again_for_ever(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, mailbox: Mailbox
) -> None:
    """The server hangs up on it, or takes longer than we wait: it may have arrived, and others must not wait for it."""
    made = save(kind="email", q="dog")
    other = save(kind="email", q="dog", address="you@example.org")
    mailbox.hang_up_on = "me@example.org"
    post = Post(store, clock, None, mailbox)
    run_board("alpha", DOGS[0])
    match(matcher)
    for _ in range(20):
        post.send()
        clock.pass_by(days=1)
    assert len(mailbox.mails) == len(delivery.RETRIES_S) + 2
    assert state_of(store, made)[0] == "paused"
    assert state_of(store, other) == ("active", None)


def test_what_has_no_way_waits_for_one(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, mailbox: Mailbox
) -> None:
    made = save(kind="email", q="dog")
    run_board("alpha", DOGS[0])
    match(matcher)
    for _ in range(20):
        Post(store, clock, None, None).send()
        clock.pass_by(days=1)
    assert state_of(store, made) == ("active", None)
    Post(store, clock, None, mailbox).send()
    assert len(mailbox.mails) == 1


def test_a_password_is_given_away_over_tls_alone(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("index.mail.LOOPBACK", ())
    mailbox.url = mailbox.url.replace("//", "//me:hunter22@")
    made = save(kind="email", q="dog")
    run_board("alpha", DOGS[0])
    match(matcher)
    Post(store, clock, None, mailbox).send()
    assert mailbox.mails == []
    assert "STARTTLS" in caplog.text
    assert "hunter22" not in caplog.text
    assert state_of(store, made) == ("active", None)


def test_the_address_that_ends_it_is_written_plainly(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, mailbox: Mailbox
) -> None:
    """As mail programs read it (RFC 8058); Python would fold it as encoded words, and its parser hide that."""
    save(kind="email", q="dog Спб " + "river " * 20)
    run_board("alpha", posting("alpha", "1", "dog Спб river"))
    match(matcher)
    Post(store, clock, None, mailbox).send()
    raw = mailbox.raw[-1].decode("ascii")
    assert re.search(
        r"^List-Unsubscribe: <https://gigdex\.example/saved-searches/\w+/unsubscribe\?token=gdx_[\w-]+>\r?$", raw, re.M
    )
    assert re.search(r"^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$", raw, re.M)
    assert re.search(r"^Message-ID: <msg_\w+@gigdex\.example>\r?$", raw, re.M)
    assert max(map(len, raw.splitlines())) < 998


# --- slow receivers ---


@pytest.mark.timeout(30)
def test_a_receiver_that_stretches_its_handshake_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A timeout of the socket's own begins anew with each byte."""
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.5)
    over = threading.Event()

    def stretch(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB begins
            while not over.wait(0.1):
                connection.sendall(b"\x02")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=stretch, args=(listener,), daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(NotTaken, match="longer than"):
            webhook.post(f"https://127.0.0.1:{port}/", b"{}", {}, frozenset({("127.0.0.1", port)}))
        over.set()
        thread.join()


def test_nobody_waits_for_the_slow(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock
) -> None:
    slow = {save(q="dog", url=f"https://slow.example/{number}").search.id for number in range(delivery.AT_ONCE - 1)}
    quick, mail = save(q="cat").search.id, save(kind="email", q="cat").search.id
    run_board("alpha", DOGS[0])
    match(matcher)
    stop, wake, done = threading.Event(), threading.Event(), threading.Semaphore(0)
    taken: list[str] = []

    def send(message: Message) -> None:
        assert message.search is not None
        if message.search.id in slow:
            wake.wait(20)
        taken.append(message.search.id)
        done.release()

    thread = threading.Thread(target=Delivery(store, {"email": send, "webhook": send}, False, clock).run, args=(stop,))
    thread.start()
    try:
        for number in range(2):  # while the slow ones still take their time
            run_board("alpha", DOGS[0], posting("alpha", f"cat{number}", f"Feed cat number {number}"))
            match(matcher)
            assert done.acquire(timeout=15)
            clock.pass_by(minutes=11)
        assert done.acquire(timeout=15)
        assert slow.isdisjoint(taken)
        assert {quick, mail} <= set(taken)
    finally:
        stop.set()
        wake.set()
        thread.join()


def test_who_lets_us_wait_takes_no_more_than_a_share(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MOST_LOOKED_AT", 10)
    greedy = save(q="dog").search.subscriber
    order = saved.Order.of(SearchQuery.build(q="dog"), "webhook", url="https://greedy.example/", rhythm="instant")
    with store.database.writing() as connection:
        for _ in range(20):
            saved.make(connection, order, clock(), subscriber=greedy)
    run_board("alpha", DOGS[0])
    match(matcher)
    clock.pass_by(seconds=1)
    modest = save(q="dog number 1").search.id
    run_board("alpha", *DOGS[:2])
    match(matcher)
    first, second = (Delivery(store, {"webhook": lambda _: None}, False, clock) for _ in range(2))
    assert len(first._lease("webhook", 8)) == delivery.SHARE
    [other] = second._lease("webhook", 8)
    assert {row.id: row.search for row in messages(store)}[other] == modest
    assert first._lease("webhook", 8) == []
    clock.pass_by(minutes=4)
    assert len(first._lease("webhook", 8)) == delivery.SHARE  # the leases have run out


# --- crashes ---


class Killed(BaseException):
    """As if the process had been killed: nothing after it runs."""


def test_who_dies_between_sending_and_noting_it_sends_it_again_under_the_same_id(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    save(q="dog", url=receiver.url)
    run_board("alpha", DOGS[0])
    match(matcher)
    post = Post(store, clock, receiver, None)

    def dies(id: str) -> None:
        raise Killed

    post.delivery._done = dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        post.send()
    again = Post(store, clock, receiver, None)
    assert again.send() == 0  # the lease still runs
    clock.pass_by(minutes=4)
    assert again.send() == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.posts}) == 1
    assert len(receiver.posts) == 2
    assert again.send() == 0


def test_ledger_and_outbox_are_one_transaction(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(q="dog")
    run_board("alpha", DOGS[0])
    monkeypatch.setattr("index.alerts.digest.put", dies_instead)
    with pytest.raises(Killed):
        match(matcher)
    monkeypatch.undo()
    assert messages(store) == []
    match(Matcher(store, False, clock))
    assert len(messages(store)) == 1


def dies_instead(*_: object) -> str:
    raise Killed


def test_what_closed_meanwhile_is_not_sent(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    save(q="dog", url=receiver.url)
    run_board("alpha", *DOGS)
    match(matcher)
    run_board("alpha", *DOGS[1:])  # a complete run without the first
    Post(store, clock, receiver, None).send()
    [(_, body)] = receiver.posts
    assert body.count(b'"title"') == 2
    run_board("alpha", posting("alpha", "9", "Walk one more dog"), complete=False)
    match(matcher)
    run_board("alpha", *DOGS[1:])
    post = Post(store, clock, receiver, None)
    assert post.send() == 1
    assert len(receiver.posts) == 1  # nothing was left to tell
    assert [row.state for row in messages(store)] == ["sent", "sent"]


# --- rhythms ---


@pytest.mark.parametrize(
    ("rhythm", "hour", "zone", "now", "due"),
    [
        ("daily", 8, "UTC", "2026-03-01T07:59:59+00:00", "2026-03-01T08:00:00+00:00"),
        ("daily", 8, "UTC", "2026-03-01T08:00:00+00:00", "2026-03-02T08:00:00+00:00"),
        ("daily", 8, "Europe/Berlin", "2026-03-28T12:00:00+00:00", "2026-03-29T06:00:00+00:00"),  # summer time begins
        ("daily", 2, "Europe/Berlin", "2026-03-28T12:00:00+00:00", "2026-03-29T01:00:00+00:00"),  # an hour left out
        ("daily", 2, "Europe/Berlin", "2026-10-24T12:00:00+00:00", "2026-10-25T00:00:00+00:00"),  # it comes twice
        ("daily", 2, "Europe/Berlin", "2026-10-25T00:30:00+00:00", "2026-10-26T01:00:00+00:00"),  # and counts once
        ("daily", 0, "Pacific/Kiritimati", "2026-03-01T09:00:00+00:00", "2026-03-01T10:00:00+00:00"),
        ("weekly", 9, "America/New_York", "2026-03-01T12:00:00+00:00", "2026-03-02T14:00:00+00:00"),
        ("weekly", 9, "America/New_York", "2026-03-02T14:00:00+00:00", "2026-03-09T13:00:00+00:00"),
    ],
)
def test_digests_come_at_the_hour_of_their_time_zone(rhythm: str, hour: int, zone: str, now: str, due: str) -> None:
    assert next_time(rhythm, hour, zone, at(now)) == at(due)  # type: ignore[arg-type]


def test_a_daily_digest_holds_the_day_and_a_quiet_day_has_none(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, receiver: Receiver
) -> None:
    clock.now = at("2026-11-27T10:00:00+00:00")
    save(q="dog", url=receiver.url, rhythm="daily", hour=18)
    post = Post(store, clock, receiver, None)

    def pass_hours(hours: int) -> None:
        for _ in range(hours):
            with store.database.writing() as connection:
                compose(connection, clock())
            post.send()
            clock.pass_by(hours=1)

    for dog in DOGS[:2]:
        run_board("alpha", dog, complete=False)
        match(matcher)
        assert post.send() == 0
    pass_hours(8)
    assert receiver.posts == []
    pass_hours(24)
    assert [body.count(b'"title"') for _, body in receiver.posts] == [2]
    run_board("alpha", DOGS[2], complete=False)
    match(matcher)
    pass_hours(24)
    assert [body.count(b'"title"') for _, body in receiver.posts] == [2, 1]
    pass_hours(72)
    assert len(receiver.posts) == 2


def test_a_digest_is_capped_and_says_how_many_more(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, mailbox: Mailbox
) -> None:
    save(kind="email", q="errand")
    words = ("apple", "river", "stone", "cloud", "tiger", "piano", "lemon", "candle", "forest", "window", "button")
    errands = [
        posting("alpha", str(n), f"Errand {words[n % 11]} {words[n // 11]}", description=f"Bring {words[n // 11]} {n}.")
        for n in range(62)
    ]
    run_board("alpha", *errands)
    match(matcher)
    Post(store, clock, None, mailbox).send()
    [mail] = [one for one in mailbox.mails if "new gig" in str(one["Subject"])]
    assert "62 new gigs" in str(mail["Subject"])
    assert "and 37 more: https://gigdex.example/?q=errand&sort=newest" in plain_text(mail)
    assert "and 37 more" in html(mail)
    assert plain_text(mail).count("  on alpha") == MOST_GIGS == 25


def test_instant_mails_keep_a_distance_and_a_recipient_is_never_flooded(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock
) -> None:
    made = save(kind="email", q="dog")
    run_board("alpha", DOGS[0])
    match(matcher)
    run_board("alpha", DOGS[1])
    match(matcher)
    assert len(messages(store)) == 1
    clock.pass_by(seconds=MAIL_GAP.total_seconds())
    with store.database.writing() as connection:
        assert compose(connection, clock()) == 1
        for _ in range(MOST["email"] - 2):
            saved.put(connection, "digest", made.search.subscriber, made.search.id, clock())
    clock.pass_by(seconds=MAIL_GAP.total_seconds())
    run_board("alpha", DOGS[2])
    match(matcher)
    assert len(messages(store)) == MOST["email"]
    clock.pass_by(hours=1)
    with store.database.writing() as connection:
        assert compose(connection, clock()) == 1


def test_a_feed_is_sent_to_nobody(store: Store, run_board: RunBoard, save: Save, matcher: Matcher) -> None:
    save(kind="feed", q="dog")
    run_board("alpha", DOGS[0])
    match(matcher)
    assert messages(store) == []


def test_who_sent_what_is_not_logged(
    store: Store, run_board: RunBoard, save: Save, matcher: Matcher, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(message: Message) -> None:
        raise OSError("nobody there")

    save(kind="email", q="dog")
    made = save(q="dog", url="https://receiver.example/secret-path")
    run_board("alpha", DOGS[0])
    match(matcher)
    Delivery(store, {"email": fails, "webhook": fails}, False, clock).step()
    assert "nobody there" in caplog.text
    for secret in ("me@example.org", "secret-path", made.webhook_secret or "", "gdx_"):
        assert secret not in caplog.text
