"""Alerts as a person runs them: by command, in processes that are killed."""

import json
import re
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.alerts import saved
from index.alerts.delivery import Delivery
from index.alerts.matching import Matcher
from index.alerts.saved import Order
from index.forget import apply_pending, make_rule, remember
from index.ingest import Ingest
from index.instance import Instance
from index.query import SearchQuery
from index.settings import Settings
from index.store.schema import alerts, outbox
from index.store.store import Store
from index.worker import Worker
from search_api.letters import Letters
from tests.alerts.conftest import Save, match, messages, told
from tests.alerts.servers import Receiver
from tests.index.conftest import RunBoard, board, posting
from tests.run_gigdex import environment, gigdex

PATIENCE_S = 60.0


def until(what: str, true: object, patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def crawl(settings: Settings, first: int, count: int) -> None:
    """Put postings into the inbox, as a crawl does."""
    instance = Instance(settings, [board("alpha")])
    run = instance.inbox.start_run("alpha")
    rows = [posting("alpha", str(n), f"Walk dog number {n}, ${n + 5} an hour") for n in range(first, first + count)]
    instance.inbox.put(run, rows)
    instance.inbox.finish_run(run, False, "finished", {"pages": 1}, None)
    instance.close()


@pytest.mark.slow
def test_killed_between_any_two_steps_it_tells_each_gig_once(tmp_path: Path) -> None:
    with Receiver().serving() as receiver:
        settings = Settings(data=tmp_path / "data", webhook_allow=f"127.0.0.1:{receiver.port}")
        order = Order.of(SearchQuery.build(q="dog"), "webhook", url=receiver.url, rhythm="instant")
        instance = Instance(settings, [board("alpha")])
        made = saved.accept(instance.store.database, settings, order, datetime.now(UTC))
        instance.close()
        more = {"GIGDEX_WEBHOOK_ALLOW": settings.webhook_allow}
        for number in range(6):
            crawl(settings, first=10 * number, count=10)
            process = subprocess.Popen(
                [sys.executable, "-m", "gigdex", "work"], env=environment(settings.data, **more),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            reached = len(receiver.posts)
            # Killed at another point each time: by the ledger, by the outbox, by the receiver, and a while after.
            steps = (
                lambda: count(settings, "gigs") > 0,
                lambda: count(settings, "alerts") > 0,
                lambda: count(settings, "outbox") > 0,
                lambda reached=reached: len(receiver.posts) > reached,
                # A lease is short, and may be over when we look.
                lambda reached=reached: (
                    count(settings, "outbox WHERE leased_until IS NOT NULL") > 0 or len(receiver.posts) > reached
                ),
                lambda reached=reached: len(receiver.posts) > reached,
            )
            until(f"step {number}", steps[number])
            process.kill()
            process.wait()
        instance = Instance(settings, None)
        with instance.working("test") as worker:
            worker.drain()
        later = datetime.now(UTC) + timedelta(minutes=10)  # the leases of the dead have run out
        letters = Letters(settings, dict, lambda: datetime.now(UTC), settings.home)
        delivery = Delivery(instance.store, letters.ways(), True, lambda: later)
        while delivery.step():
            pass
        assert len(told(instance.store, made.search.id)) == 60
        assert {row.state for row in messages(instance.store)} == {"sent"}
        instance.close()
        assert made.webhook_secret is not None
        totals: dict[str, int] = {}
        shown: dict[str, set[str]] = {}
        for (headers, _), message in zip(receiver.posts, receiver.verified(made.webhook_secret), strict=True):
            totals[headers["webhook-id"]] = message["data"]["total"]
            shown.setdefault(headers["webhook-id"], set()).update(gig["id"] for gig in message["data"]["gigs"])
        assert sum(totals.values()) == 60
        assert sum(map(len, shown.values())) == len(set().union(*shown.values())) >= 25  # no gig in two messages


def count(settings: Settings, table: str) -> int:
    try:
        with sqlite3.connect(settings.data / "gigdex.db", timeout=30) as connection:
            found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            return found
    except sqlite3.OperationalError:
        return 0


@pytest.mark.slow
def test_the_command_saves_lists_pauses_and_deletes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    crawl(Settings(data=data), 0, 3)
    mail = {"GIGDEX_SMTP_URL": "smtp://127.0.0.1:1"}

    def run(*arguments: str, status: int = 0, stdin: str = "") -> str:
        done = gigdex(data, "alerts", *arguments, stdin=stdin, **mail)
        assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
        return done.stdout if status == 0 else done.stderr

    made = json.loads(run("add", "dog", "--pay-min", "10", "--rhythm", "weekly", "--zone", "Europe/Berlin"))
    assert re.fullmatch(r"http://127.0.0.1:8000/saved-searches/\w+/feed\?token=gdx_\S+", made["feed_url"])
    shown = json.loads(run("list"))
    assert (shown["id"], shown["query"], shown["state"]) == (made["id"], {"q": "dog", "pay_min": 10.0}, "active")
    run("pause", made["id"])
    assert json.loads(run("list"))["state"] == "paused"
    run("delete", made["id"])
    assert run("list") == ""
    run("add", "dog", "--mail", "me@example.org")
    for arguments, said in [
        (("add",), "query: it is empty"),
        (("add", "dog", "--webhook", "https://127.0.0.1/"), "url: its name leads to an address that is not"),
        (("pause", made["id"]), "there is no saved search"),
        (("pause", "you@example.org"), "there is no saved search"),
    ]:
        assert said in run(*arguments, status=2)
    assert "has not confirmed it yet" in run("pause", "me@example.org", status=1)
    assert "nothing is paused: it is no report" in run("bounced", status=1, stdin="Subject: hello")
    run("delete", "ME@example.org")
    assert run("list") == ""


def test_adding_by_command_says_first_what_it_would_have_told(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    crawl(settings, 0, 3)
    instance = Instance(settings, [board("alpha")])
    with instance.working("test") as worker:
        worker.drain()
    instance.close()
    done = gigdex(settings.data, "alerts", "add", "dog", "--pay-min", "6")
    assert done.returncode == 0
    assert done.stderr == "2 gigs of the last 7 days would have been told.\n"


def test_forgotten_words_are_not_kept_by_matching_either(
    store: Store, ingest: Ingest, run_board: RunBoard, save: Save
) -> None:
    save(q="dog")
    run_board("alpha", posting("alpha", "1", "Walk the dog of Jane Roe-Smythe"))
    match_all(store)
    assert "Roe-Smythe" not in seen(store)
    run_board("alpha", posting("alpha", "1", "Walk the old dog"))  # kept as it was until that is matched
    assert "Roe-Smythe" in seen(store)
    remember(store, make_rule(store, "Jane Roe-Smythe"))
    apply_pending(ingest, lambda: None)
    assert "Roe-Smythe" not in seen(store)
    assert "dog" in seen(store)


def match_all(store: Store) -> None:
    match(Matcher(store, False))


def seen(store: Store) -> str:
    with store.database.reading() as connection:
        return str(connection.exec_driver_sql("SELECT content FROM matched_views").all())


def test_a_fault_of_matching_does_not_stop_ingest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data=tmp_path / "data")
    crawl(settings, 0, 3)
    instance = Instance(settings, [board("alpha")])

    def fails() -> int:
        raise ValueError("a fault of ours")

    with instance.working("test") as worker:
        assert isinstance(worker, Worker)
        monkeypatch.setattr(worker.alerts, "step", fails)
        assert worker.drain() == 3
    instance.close()
    assert "saved searches can't be matched: ValueError('a fault of ours')" in caplog.text


def test_nothing_is_kept_for_matching_before_somebody_saves_a_search(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    match_all(store)
    assert seen(store) == "[]"
    with store.database.reading() as connection:
        assert connection.execute(alerts.select()).all() == connection.execute(outbox.select()).all() == []
