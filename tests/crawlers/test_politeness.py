"""The parts of politeness that need no network."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import Response
from scrapy.settings import Settings as ScrapySettings

from crawlers.backoff import retry_after
from crawlers.hosts import BREAK_AFTER, BREAK_FIRST_S, BREAK_MOST_S, Host, HostBusy
from crawlers.politeness import instant
from crawlers.safety import Unsafe, check
from index.settings import Settings
from index.store import schema
from index.store.db import Database
from index.store.hosts import LEASE_S, Hosts
from index.store.inbox import Inbox
from tests.index.conftest import POSTGRES, SQLITE


def answer(value: str | None) -> Response:
    headers = {} if value is None else {"Retry-After": value}
    return Response("https://x.example", status=429, headers=headers)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        ("0", 0),
        ("soon", None),
        ("-5", None),
        ("1e999", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_in_seconds(value: str | None, seconds: float | None) -> None:
    assert retry_after(answer(value)) == seconds


def test_retry_after_as_a_date() -> None:
    future = datetime.now(UTC) + timedelta(hours=1)
    assert 3500 < (retry_after(answer(format_datetime(future, usegmt=True))) or 0) <= 3600
    assert retry_after(answer("Wed, 21 Oct 2015 07:28:00 GMT")) == 0


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30))
def test_retry_after_never_raises(value: str) -> None:
    assert (retry_after(answer(value)) or 0) >= 0


@settings(deadline=None)
@given(st.floats())
def test_instants_never_raise(value: float) -> None:
    assert instant(value)


@pytest.fixture(params=[SQLITE, POSTGRES])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """As one machine has it, and as several share it."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgres" else None
    inbox = Inbox.open(Settings(data=tmp_path, database_url=url))
    yield inbox.database
    inbox.close()


def test_one_owner_a_host(database: Database) -> None:
    mine, theirs = Host(Hosts(database), "x.example"), Host(Hosts(database), "X.example")
    mine.hold()
    mine.hold()
    with pytest.raises(HostBusy, match="another process"):
        theirs.hold()
    mine.release()
    with pytest.raises(HostBusy):
        theirs.hold()
    mine.release()
    theirs.hold()
    assert theirs.is_ours()
    theirs.release()
    assert not theirs.is_ours()


def test_of_many_that_want_a_host_at_once_one_gets_it(database: Database) -> None:
    wanting = [Host(Hosts(database), "x.example") for _ in range(8)]
    together = threading.Barrier(len(wanting))

    def hold(host: Host) -> bool:
        together.wait(30)
        try:
            host.hold()
        except HostBusy:
            return False
        return True

    with ThreadPoolExecutor(len(wanting)) as pool:
        assert sorted(pool.map(hold, wanting)) == [False] * 7 + [True]


def test_a_host_of_a_dead_process_is_free_at_once_of_a_dead_machine_after_a_while(database: Database) -> None:
    died, next_owner = Hosts(database), Hosts(database)
    died.take("x.example")
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with database.writing() as connection:
        connection.execute(sa.update(schema.hosts).values(pid=child.pid))
    next_owner.take("x.example")
    assert died.renew(["x.example"]) == set()
    with database.writing() as connection:  # the same number on another machine means nothing
        connection.execute(sa.update(schema.hosts).values(pid=child.pid, machine="elsewhere/1"))
    with pytest.raises(HostBusy, match="of elsewhere"):
        died.take("x.example")
    with database.writing() as connection:
        connection.execute(sa.update(schema.hosts).values(held_until=datetime.now(UTC)))
    died.take("x.example")


def test_an_owner_that_slept_too_long_notices(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    slept, other = Host(Hosts(database), "x.example"), Hosts(database)
    slept.hold()
    with database.writing() as connection:
        connection.execute(sa.update(schema.hosts).values(held_until=datetime.now(UTC)))
    other.take("x.example")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + LEASE_S)
    assert not slept.is_ours()
    slept.keep(robots={"text": "not ours to say"})
    assert "robots" not in other.take("x.example")


def test_facts_outlive_a_run(database: Database) -> None:
    host = Host(Hosts(database), "x.example:8080")
    host.hold()
    host.keep(robots={"text": "User-agent: *"})
    host.release()
    again = Host(Hosts(database), "x.example:8080")
    again.hold()
    assert again.get("robots") == {"text": "User-agent: *"}


def test_the_breaker_leaves_a_host_alone_longer_each_time_until_it_answers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    host = Host(Hosts(database), "x.example")
    host.hold()
    for _ in range(BREAK_AFTER - 1):
        host.failed("answers 503")
        assert host.left_alone()[0] < now
    pauses = []
    for _ in range(12):
        host.failed("answers 503")  # after the first pause one failure is enough
        until, why = host.left_alone()
        assert "failed 5 times in a row (answers 503)" in why
        pauses.append(until - now)
        now = until
    assert BREAK_FIRST_S <= pauses[0] <= BREAK_FIRST_S * 1.1
    assert all(1.8 <= later / earlier <= 2.2 for earlier, later in pairwise(pauses[:6]))
    assert BREAK_MOST_S <= pauses[-1] <= BREAK_MOST_S * 1.1
    host.worked()
    host.failed("answers 503")
    assert host.left_alone()[0] <= now


def scrapy_settings(**more: Any) -> ScrapySettings:
    """As a crawl has them."""
    found = ScrapySettings()
    found.setmodule("crawlers.settings", priority="project")
    found.setdict(more, priority="cmdline")
    return found


def test_our_settings_are_safe_and_scrapys_are_not() -> None:
    check(scrapy_settings())
    with pytest.raises(Unsafe) as refused:
        check(ScrapySettings())
    for name in (
        "TELNETCONSOLE_ENABLED",
        "REMOTE_CONTROL_ENABLED",
        "DOWNLOAD_VERIFY_CERTIFICATES",
        "DOWNLOAD_MAXSIZE",
        "None for data, file",
        "PolitenessMiddleware",
        "BackoffMiddleware",
        "USER_AGENT",
    ):
        assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_setting_that_overrules_ours_by_an_older_name_is_found_too() -> None:
    with pytest.raises(Unsafe, match="DOWNLOAD_DELAY_JITTER"):
        check(scrapy_settings(RANDOMIZE_DOWNLOAD_DELAY=True))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELNETCONSOLE_ENABLED", True),
        ("REMOTE_CONTROL_ENABLED", "1"),
        ("HTTPPROXY_ENABLED", True),
        ("COOKIES_ENABLED", True),
        ("DOWNLOAD_DELAY_JITTER", 0.5),
        ("DOWNLOAD_VERIFY_CERTIFICATES", False),
        ("DOWNLOAD_MAXSIZE", 0),
        ("DOWNLOAD_MAXSIZE", 2**30),
        ("CONCURRENT_REQUESTS", 8),
        ("USER_AGENT", "Mozilla/5.0"),
        ("DOWNLOAD_HANDLERS", {"file": "scrapy.core.downloader.handlers.file.FileDownloadHandler"}),
        ("DOWNLOADER_MIDDLEWARES", {"crawlers.politeness.PolitenessMiddleware": None}),
    ],
)
def test_one_open_setting_is_enough_to_refuse(name: str, value: Any) -> None:
    with pytest.raises(Unsafe, match=name):
        check(scrapy_settings(**{name: value}))
