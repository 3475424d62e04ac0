"""The parts of politeness that need no network."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import Response

from crawlers import settings as scrapy_settings
from crawlers.hosts import Host, HostBusy
from crawlers.politeness import instant, retry_after


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


def test_one_owner_a_host(tmp_path: Path) -> None:
    mine, theirs = Host(tmp_path, "x.example"), Host(tmp_path, "X.example")
    mine.hold()
    mine.hold()
    with pytest.raises(HostBusy, match="another process"):
        theirs.hold()
    mine.release()
    with pytest.raises(HostBusy):
        theirs.hold()
    mine.release()
    theirs.hold()
    theirs.release()


def test_facts_outlive_a_run_and_damage_is_forgotten(tmp_path: Path) -> None:
    host = Host(tmp_path, "x.example:8080")
    host.hold()
    host.keep("robots", {"text": "User-agent: *"})
    host.release()
    again = Host(tmp_path, "x.example:8080")
    again.hold()
    assert again.get("robots") == {"text": "User-agent: *"}
    again.release()
    for file in (tmp_path / "hosts").glob("*.json"):
        file.write_text("{damaged")
    again.hold()
    assert again.get("robots") is None
    again.release()


def test_safe_settings() -> None:
    assert scrapy_settings.DOWNLOAD_VERIFY_CERTIFICATES
    assert not scrapy_settings.TELNETCONSOLE_ENABLED
    assert not scrapy_settings.REMOTE_CONTROL_ENABLED
    assert set(scrapy_settings.DOWNLOAD_HANDLERS.values()) == {None}
    assert scrapy_settings.CONCURRENT_REQUESTS_PER_DOMAIN == 1
    assert scrapy_settings.DOWNLOAD_MAXSIZE <= 2**26
