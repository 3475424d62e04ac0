"""When the next digest is due."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

Rhythm = Literal["instant", "daily", "weekly"]
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)


@cache
def zones() -> frozenset[str]:
    """Names of the time zone database."""
    return frozenset(available_timezones()) | {"UTC"}


def next_time(rhythm: Rhythm, hour: int, zone: str, now: datetime) -> datetime:
    """The first moment after `now` at which a digest of that rhythm goes out: at once, each day or each Monday at the
    full `hour` (0 to 23) on the clocks of `zone`.

    An hour that a change to summer time leaves out is the one after it, one that comes twice is the first.
    """
    if rhythm == "instant":
        return now
    today = now.astimezone(ZoneInfo(zone)).date()
    for days in range(9):
        day = today + timedelta(days=days)
        due = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if due > now and (rhythm == "daily" or day.weekday() == 0):
            return due
    raise AssertionError("nine days have a Monday")
