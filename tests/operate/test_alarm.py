"""The operator is told once a change, by every way that is set, and nothing that fails there reaches the crawl."""

import json
import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from index import alarm
from index.alarm import Alarm, Change
from index.instance import Instance
from index.settings import BadSettings, Settings, load_settings
from index.store.boards import decide, declare
from index.store.leases import Leases
from index.store.store import Store
from index.worker import CHORES
from tests.index.conftest import POSTGRES, Clock, RunBoard, board, posting

ROWS = [posting("alpha", str(number)) for number in range(10)]


class Told:
    """A way that remembers, and fails while it is broken."""

    def __init__(self) -> None:
        self.changes: list[tuple[str, str, str]] = []
        self.broken = False

    def __call__(self, changes: Sequence[Change]) -> None:
        if self.broken:
            raise OSError("nobody there")
        self.changes += [(change.board, change.before, change.state) for change in changes]


def test_each_change_is_told_once_also_after_a_restart(store: Store, run_board: RunBoard, clock: Clock) -> None:
    told = Told()
    run_board("alpha", *ROWS)
    Alarm(store, {"test": told}, clock).tell()
    assert told.changes == []  # that a new board works is what one expects
    for _ in range(3):
        run_board("alpha")
        for _ in range(2):
            Alarm(store, {"test": told}, clock).tell()
    assert told.changes == [("alpha", "healthy", "failing")]
    run_board("alpha", *ROWS)
    Alarm(store, {"test": told}, clock).tell()
    assert told.changes[1:] == [("alpha", "failing", "healthy")]
    decide(store.database, "alpha", False, None)
    Alarm(store, {"test": told}, clock).tell()
    assert told.changes[2:] == [("alpha", "healthy", "off")]


def test_a_board_that_is_hidden_for_want_of_crawls_is_told(store: Store, run_board: RunBoard, clock: Clock) -> None:
    declare(store.database, [board("alpha", max_age_s=3600)])
    told = Told()
    run_board("alpha", *ROWS)
    under_test = Alarm(store, {"test": told}, clock)
    under_test.tell()
    clock.pass_by(hours=2)
    for _ in range(2):
        under_test.tell()
    assert told.changes == [("alpha", "healthy", "failing")]


def test_a_new_board_that_fails_is_told(store: Store, run_board: RunBoard) -> None:
    told = Told()
    run_board("alpha", outcome="failed", complete=False)
    Alarm(store, {"test": told}).tell()
    assert told.changes == [("alpha", "new", "failing")]


def test_a_way_that_fails_is_tried_again_and_keeps_no_other_from_telling(
    store: Store, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1000.0
    monkeypatch.setattr(alarm.time, "monotonic", lambda: now)
    broken, sound = Told(), Told()
    broken.broken = True
    under_test = Alarm(store, {"broken": broken, "sound": sound})
    run_board("alpha", outcome="failed", complete=False)
    under_test.tell()
    assert sound.changes == [("alpha", "new", "failing")]
    assert "can't be told by broken (OSError: nobody there); trying again in 60 s" in caplog.text
    broken.broken = False
    under_test.tell()
    assert broken.changes == []  # not yet
    now += 61
    under_test.tell()
    assert broken.changes == sound.changes


@pytest.mark.parametrize("settings", [POSTGRES], indirect=True)
def test_of_several_workers_one_tells(instance: Instance, run_board: RunBoard) -> None:
    told = Told()
    run_board("alpha", outcome="failed", complete=False)
    other = Leases(instance.store.database)
    assert other.claim([CHORES])
    with instance.working("gigdex crawl") as worker:
        worker.alarm.ways["test"] = told
        worker.drain()
        assert told.changes == []  # the other one will
        other.release()
        worker.drain()
    assert told.changes == [("alpha", "new", "failing")]


def test_a_crawl_is_ingested_though_nobody_can_be_told(instance: Instance, run_board: RunBoard) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        update = {"alarm_webhook": f"http://127.0.0.1:{port}/", "alarm_mail": "me@example.org"}
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{port}", **update)
        run_board("alpha", outcome="failed", complete=False)
        instance.settings = settings.model_copy(update={"data": instance.settings.data})
        with instance.working("test") as worker:
            worker.drain()
    assert next(state.state for state in instance.store.boards() if state.info.id == "alpha") == "failing"


def test_the_log_tells_without_any_setting(store: Store, run_board: RunBoard, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    run_board("alpha", outcome="failed", complete=False)
    Alarm.of(store, Settings()).tell()
    assert "board alpha is failing since" in caplog.text


# --- the ways ------------------------------------------------------------------------------------------------------

CHANGE = Change("alpha", "failing", "healthy", "2026-11-27T02:00:00+00:00", "answers 503")


class Receiver(HTTPServer):
    status = 204

    def __init__(self) -> None:
        self.got: list[Any] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.headers["Content-Type"], json.loads(body)))
                self.send_response(receiver.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


def test_a_webhook_gets_json(receiver: Receiver) -> None:
    alarm.to_webhook([CHANGE], f"http://127.0.0.1:{receiver.server_port}/hook")
    [(kind, body)] = receiver.got
    assert kind == "application/json"
    assert body == {
        "event": "boards.changed",
        "changes": [
            {
                "board": "alpha",
                "state": "failing",
                "before": "healthy",
                "since": "2026-11-27T02:00:00+00:00",
                "why": "answers 503",
            }
        ],
    }


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_answer_is_a_failure(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(OSError, match=str(status)):
        alarm.to_webhook([CHANGE], f"http://127.0.0.1:{receiver.server_port}/hook")
    assert len(receiver.got) == 1


class Mails(Message):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.got.append(message)


def test_a_mail_is_sent() -> None:
    mails = Mails()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mails, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings = Settings(
            alarm_mail="me@example.org", mail_from="gigdex@example.org", smtp_url=f"smtp://127.0.0.1:{port}"
        )
        alarm.to_mail([CHANGE], settings)
    finally:
        server.stop()
    [mail] = mails.got
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "gigdex@example.org",
        "me@example.org",
        "Gigdex: alpha failing",
    )
    assert "alpha is failing since 2026-11-27T02:00:00+00:00 (was healthy): answers 503" in mail.get_payload()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SMTP_URL", "http://mail.example", "GIGDEX_SMTP_URL: it is smtp://USER:PASSWORD@HOST:PORT"),
        ("SMTP_URL", "smtp://mail.example:99999", "GIGDEX_SMTP_URL: it is"),
        ("ALARM_MAIL", "me@example.org", "GIGDEX_ALARM_MAIL: it needs GIGDEX_SMTP_URL, too"),
        ("ALARM_MAIL", "me\n@example.org", "GIGDEX_ALARM_MAIL: it is no mail address"),
        ("ALARM_WEBHOOK", "ftp://x.example", "GIGDEX_ALARM_WEBHOOK: "),
    ],
)
def test_settings_that_cannot_work(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(f"GIGDEX_{name}", value)
    with pytest.raises(BadSettings) as refused:
        load_settings()
    assert str(refused.value).startswith(words)
