"""Tells the operator when a board's state changes: in the log always, by webhook and by mail where they are set.

Once a change and way. What was told is kept in the store, so that a restart repeats nothing, and a way that fails is
tried again later with what is true then. No failure here reaches a crawl or ingest.
"""

import json
import logging
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

from index.mail import send_mail
from index.settings import Settings
from index.store.boards import Health, as_it_stands, healths, standings
from index.store.store import Store, facts

TIMEOUT_S = 10.0
RETRY_S = 60.0
RETRY_MOST_S = 3600.0
TOLD = "told:"
"""Small facts, one a way and board: the state that was told last."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """A board whose state is another one than the operator knows."""

    board: str
    state: str
    """off, healthy, degraded or failing"""
    before: str
    since: str | None
    """ISO 8601"""
    why: str | None

    def __str__(self) -> str:
        since = f" since {self.since}" if self.since else ""
        return f"{self.board} is {self.state}{since} (was {self.before}){': ' + self.why if self.why else ''}"


Way = Callable[[Sequence[Change]], None]
"""Tells the changes; raises when it can't."""


class Alarm:
    """One store's changes, and the ways by which they are told."""

    def __init__(
        self, store: Store, ways: Mapping[str, Way], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.store = store
        self.ways = {"log": to_log} | dict(ways)
        self.clock = clock
        self._pauses: dict[str, float] = {}
        self._next_try: dict[str, float] = {}

    @classmethod
    def of(cls, store: Store, settings: Settings) -> "Alarm":
        """With the ways that the settings name."""
        ways: dict[str, Way] = {}
        if settings.alarm_webhook is not None:
            url = str(settings.alarm_webhook)
            ways["webhook"] = lambda changes: to_webhook(changes, url)
        if settings.alarm_mail is not None:
            ways["mail"] = lambda changes: to_mail(changes, settings)
        return cls(store, ways)

    def tell(self) -> int:
        """Tell what changed. Never raises. Returns the number of changes that were told by some way."""
        try:
            return sum(self._tell(name, way) for name, way in self.ways.items())
        except Exception as error:  # the database is away: it will be told
            log.error("whether boards changed can't be looked up: %s", error)
            return 0

    def _tell(self, name: str, way: Way) -> int:
        if time.monotonic() < self._next_try.get(name, 0):
            return 0
        changes = self._changes(name)
        loud = [change for change in changes if (change.before, change.state) not in QUIET]
        if loud:
            try:
                way(loud)
            except Exception as error:  # whatever it was, a crawl goes on
                pause = self._pauses[name] = min(2 * self._pauses.get(name, RETRY_S / 2), RETRY_MOST_S)
                self._next_try[name] = time.monotonic() + pause
                log.error("the operator can't be told by %s (%s); trying again in %.0f s", name, _short(error), pause)
                return 0
            self._pauses.pop(name, None)
        for change in changes:
            self.store.set(f"{TOLD}{name}:{change.board}", change.state)
        return len(loud)

    def _changes(self, name: str) -> list[Change]:
        with self.store.database.reading() as connection:
            boards = standings(connection, self.clock())
            reading = healths(connection)
            told = facts(connection, f"{TOLD}{name}:")
        found = []
        for board, standing in boards.items():
            health = as_it_stands(standing, reading.get(board, Health()))
            state = health.state if standing.enabled else "off"
            before = told.get(f"{TOLD}{name}:{board}", "new")
            if state == before:
                continue
            since = health.since.isoformat(timespec="seconds") if standing.enabled and health.since else None
            why = health.why if standing.enabled else standing.off_reason
            found.append(Change(board, state, before, since, why))
        return found


QUIET = {
    ("new", "healthy"),
    ("new", "off"),
    ("off", "new"),
    ("healthy", "new"),
    ("degraded", "new"),
    ("failing", "new"),
}
"""From and to: what an operator expects when boards are added, and switched on again."""


def to_log(changes: Sequence[Change]) -> None:
    for change in changes:
        log.log(logging.INFO if change.state == "healthy" else logging.WARNING, "board %s", change)


def to_webhook(changes: Sequence[Change], url: str) -> None:
    """POST `{"event": "boards.changed", "changes": [...]}`. Raises OSError on anything but a 2xx answer, a redirect
    included."""
    body = json.dumps({"event": "boards.changed", "changes": [asdict(change) for change in changes]}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Gigdex"}
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - http(s) by its setting
    with urllib.request.build_opener(_NoRedirects()).open(request, timeout=TIMEOUT_S):
        pass


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def to_mail(changes: Sequence[Change], settings: Settings) -> None:
    """One mail. Raises what index.mail.send_mail raises."""
    assert settings.alarm_mail is not None
    message = EmailMessage()
    message["From"] = settings.mail_from or settings.alarm_mail
    message["To"] = settings.alarm_mail
    boards = ", ".join(f"{change.board} {change.state}" for change in changes)
    message["Subject"] = f"Gigdex: {boards}"[:200]
    message.set_content("\n".join(str(change) for change in changes) + "\n\n`gigdex boards` shows all of them.\n")
    send_mail(message, settings)


def _short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
