"""The exchange rates of this instance: a newer table than the package's, fetched from the European Central Bank or
given as a file, checked, and kept in the data folder.

A newer table changes no gig: a gig's rate is that of the last day which the table had when its pay was first seen, and
a refresh only adds days.
"""

import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from index.backup import RATES
from index.normalize import currency
from index.normalize.currency import BadRates
from index.settings import Settings
from index.store import schema
from index.store.store import Store

ECB = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
"""All reference rates since 1999, about 700 kB; the bank writes it anew each working day at about 16:00 CET."""
MAX_BYTES = 20_000_000
TIMEOUT_S = 30.0
CHUNK = 1 << 16


class RatesError(RuntimeError):
    """Rates can't be had or kept; the message is one line that says why."""


def rates_file(settings: Settings) -> Path:
    """Where the refreshed table lies."""
    return settings.data / RATES


def use_refreshed(settings: Settings) -> None:
    """Read the data folder's table from now on, if there is one. One that is damaged or older than the package's is
    passed over when it is first needed, so that it stops nobody."""
    path = rates_file(settings)
    if path.is_file():
        currency.prefer_rates(path)


def refresh(settings: Settings, packed: bytes) -> tuple[date, date]:
    """Add the days that a table has after the one in use, keep the result in the data folder and use it; returns the
    last days before and after.

    The old file is replaced as a whole or not at all. Raises BadRates when the bytes are no table of rates, or one that
    doesn't go on from the one in use, RatesError when the file can't be written.
    """
    before = currency.last_day()
    packed = currency.extended(packed)
    _freeze(settings, before)
    path = rates_file(settings)
    part = path.parent / f"{path.name}.{os.getpid()}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise RatesError(f"can't write {path}: {error.strerror}") from None
    currency.prefer_rates(path)
    return before, currency.last_day()


def _freeze(settings: Settings, last: date) -> None:
    """Note of all stored postings whose pay was first seen after the table's last day that they have that day's rate.
    Ingest writes it so; stores of before it did don't say."""
    for one in (settings, settings.for_sample()):
        if one.database_url is None and not (one.data / "gigdex.db").exists():
            continue
        with closing(Store.open(one)) as store, store.database.writing() as connection:
            late = schema.postings.c.pay_day > last
            connection.execute(sa.update(schema.postings).where(late).values(pay_day=last))


def read_file(path: Path) -> bytes:
    """A table that somebody saved. Raises RatesError."""
    try:
        with path.open("rb") as file:
            packed = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RatesError(f"can't read {path}: {error.strerror}") from None
    return _bounded(packed, str(path))


def download(url: str, contact: str, on_bytes: Callable[[int], None] = lambda _: None) -> bytes:
    """The table at `url`, asked for once, by who we are. Raises RatesError.

    From the bank itself only by https, redirects included: the table decides what amounts are worth.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RatesError(f"{url} is no web address")
    headers = {"User-Agent": _agent(contact), "Accept": "application/zip"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # http and https only
    opener = urllib.request.build_opener(_SameScheme())
    try:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            packed = b""
            while len(packed) <= MAX_BYTES and (chunk := answer.read(CHUNK)):
                packed += chunk
                on_bytes(len(chunk))
            length = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        error.close()
        raise RatesError(f"{parts.hostname} answered {error.code} {' '.join(error.msg.split())}") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise RatesError(
            f"can't reach {parts.hostname}: {str(reason) or type(error).__name__}; `--from FILE` takes a saved copy"
        ) from None
    if length is not None and length.isdigit() and len(packed) < min(int(length), MAX_BYTES):
        raise RatesError(f"{parts.hostname} broke off after {len(packed)} of {length} bytes")
    return _bounded(packed, parts.hostname)


def _bounded(packed: bytes, where: str) -> bytes:
    if len(packed) > MAX_BYTES:
        raise BadRates(f"{where}: more than {MAX_BYTES // 1_000_000} MB, so this is no table of exchange rates")
    return packed


def _agent(contact: str) -> str:
    try:
        name = f"Gigdex/{version('gigdex')}"
    except PackageNotFoundError:
        name = "Gigdex"
    return f"{name} (+{contact})" if contact else name


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Redirects, but never to another scheme than the address has: those count as an answer, and as a bad one."""

    def redirect_request(  # type: ignore[no-untyped-def]  # the signature of the standard library
        self, req, fp, code, msg, headers, newurl
    ):
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
