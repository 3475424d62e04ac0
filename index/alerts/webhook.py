"""Sending one webhook message as Standard Webhooks has it: signed, one try, no redirects, no proxies."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from standardwebhooks.webhooks import Webhook

from index.alerts.guard import Allowed, Target, resolve, target

TIMEOUT_S = 20.0
"""For the whole exchange; the specification advises 15 to 30."""
MAX_BYTES = 20_000
"""Of a body; the specification advises less than 20 kB."""


class Gone(Exception):
    """The receiver wants no more (410)."""


class NotTaken(Exception):
    """The receiver didn't take it; one line that says why. `retry_after_s`: it asks for so much patience."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def headers(message: str, body: bytes, secrets: list[str], now: datetime) -> dict[str, str]:
    """Its id, its time and a signature by each secret, parted by spaces."""
    signatures = [Webhook(secret).sign(message, now, body.decode()) for secret in secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
        "Content-Type": "application/json",
        "User-Agent": "Gigdex",
    }


def post(url: str, body: bytes, given: dict[str, str], allowed: Allowed) -> None:
    """Deliver. Raises Gone, NotTaken for any other answer than a 2xx, Forbidden, or OSError."""
    where = target(url, allowed)
    connection = _Pinned(where, resolve(where))
    watchdog = threading.Timer(TIMEOUT_S, connection.abort)  # a timeout of the socket's own begins anew with each byte
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", where.path, body, {"Host": where.authority, **given})
        answer = connection.getresponse()
        status, patience = answer.status, answer.headers.get("Retry-After")
    except (http.client.HTTPException, OSError) as error:
        if connection.is_over:
            raise NotTaken(f"it took longer than {TIMEOUT_S:g} s") from None
        if isinstance(error, OSError):
            raise
        raise NotTaken(f"its answer is no HTTP ({type(error).__name__})") from None
    finally:
        watchdog.cancel()
        connection.close()
    if status == 410:
        raise Gone
    if not 200 <= status < 300:
        raise NotTaken(f"it answers {status}", _seconds(patience) if status in (429, 503) else None)


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name resolves to by now; TLS checks the name."""

    def __init__(self, where: Target, address: str) -> None:
        super().__init__(where.host, where.port, timeout=TIMEOUT_S)
        self._where = where
        self._address = address
        self.is_over = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self._where.port), TIMEOUT_S)
        if self._where.tls:
            # `abort` must reach the handshake, too: a receiver may stretch it for days, byte by byte.
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self._where.host, do_handshake_on_connect=False
            )
        if self.is_over:
            raise TimeoutError
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def abort(self) -> None:
        self.is_over = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _seconds(value: str | None) -> float | None:
    """Of a header Retry-After: seconds, or a date."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
