"""What of the interface will change its meaning or end: told by headers of every answer concerned (RFC 9745, RFC 8594)
and on the page /docs, at least NOTICE before (docs/feeds.md, Changes and deprecation)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

NOTICE = timedelta(days=180)


@dataclass(frozen=True)
class Deprecation:
    """One announcement."""

    addresses: tuple[str, ...]
    """How the addresses concerned begin."""
    since: date
    until: date
    about: str
    """What ends, and what to use instead; one line."""

    def __post_init__(self) -> None:
        if self.until - self.since < NOTICE:
            raise ValueError(f"{self.about}: consumers have {NOTICE.days} days to follow")

    @property
    def headers(self) -> list[tuple[str, str]]:
        since, until = (datetime.combine(day, time(), UTC) for day in (self.since, self.until))
        return [
            ("Deprecation", f"@{int(since.timestamp())}"),
            ("Sunset", format_datetime(until, usegmt=True)),
            ("Link", '</docs#deprecated>; rel="deprecation"; type="text/html"'),
        ]


DEPRECATIONS: tuple[Deprecation, ...] = ()


def headers_for(path: str) -> list[tuple[str, str]]:
    """Of an answer to this address: of the announcement that ends first."""
    told = [one for one in DEPRECATIONS if path.startswith(one.addresses)]
    return min(told, key=lambda one: one.until).headers if told else []
