"""What the store knows of boards: their declaration, the operator's word, their last runs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from index.health import verdict
from index.store.db import Database
from index.store.gigs import take
from index.store.runs import Run, last_good_run, last_runs
from index.store.schema import boards, meta, postings
from index.terms import CHANNELS, BoardInfo, ChannelLevels, Level

UNDECLARED = "no longer declared by any file of crawlers/boards or granting site"
NOTHING = ChannelLevels(page="none")
HEALTH = "health:"
ACCEPTED = "accepted:"
"""Small facts, one a board."""
RUNS = 50
"""Runs that are looked through for good ones: a board that fails for days must not forget what is usual."""


@dataclass(frozen=True)
class Standing:
    """A board as this instance runs it."""

    info: BoardInfo
    enabled: bool
    off_reason: str | None
    evidence: str | None = None
    """The permission that the operator confirmed."""
    fresh: bool = True
    """False once the last good run is older than the board's terms allow."""
    stale_since: datetime | None = None
    """When it became so; None where it is fresh or never had a good run."""

    def level(self, channel: str) -> Level:
        """What the channel may show of this board's postings; nothing while the board is off or stale."""
        level: Level = getattr(self.info.terms.channels, channel)
        return level if self.enabled and self.fresh else "none"

    def fingerprint(self) -> str:
        """Changes when what channels may see changes."""
        levels = " ".join(self.level(channel) for channel in CHANNELS)
        return f"{levels} {self.info.sample} {self.info.terms.attribution}"


@dataclass(frozen=True)
class Health:
    """What is known of how reading a board goes."""

    state: Literal["new", "healthy", "degraded", "failing"] = "new"
    since: datetime | None = None
    """When the first run ended after which that was said."""
    why: str | None = None
    """Of the last run."""
    public: str | None = None
    """The same for everybody."""


STALE = "not shown: the last good crawl is too old for its terms"


def as_it_stands(standing: Standing, reading: Health) -> Health:
    """The same, but that a board which may no longer be shown fails, however well it was read last."""
    if standing.stale_since is None or reading.state not in ("healthy", "degraded"):
        return reading
    return Health("failing", standing.stale_since, STALE, STALE)


@dataclass(frozen=True)
class BoardState(Standing):
    """A board with its history."""

    last_run: Run | None = None
    open_gigs: int = 0
    reading: Health = Health()

    @property
    def state(self) -> Literal["off", "new", "healthy", "degraded", "failing"]:
        """In one word."""
        return self.reading.state if self.enabled else "off"

    @property
    def healthy(self) -> bool | None:
        """Whether what it brings can be relied on; None before the first run."""
        return None if self.reading.state == "new" else self.reading.state != "failing"

    def why(self, public: bool = False) -> str | None:
        """What is wrong: why it is off, what fails or fell; None where nothing is. `public`: without what is only for
        the operator."""
        if not self.enabled:
            return self.off_reason
        stale = None if self.fresh or self.last_run is None else STALE
        said = self.reading.public if public else self.reading.why
        return "; ".join(dict.fromkeys(part for part in (said, stale) if part)) or None


def declare(database: Database, infos: Iterable[BoardInfo]) -> None:
    """Write what the crawlers declare; the operator's word stays as it is, but a board that is no longer declared is
    off whatever it was."""
    wanted = {info.id: info.model_dump_json() for info in infos}
    with database.reading() as connection:
        known = {row.id: row.info for row in connection.execute(sa.select(boards.c.id, boards.c.info))}
    for board in known.keys() - wanted.keys():
        info = BoardInfo.model_validate_json(known[board])
        terms = info.terms.model_copy(update={"off": UNDECLARED, "channels": NOTHING})
        wanted[board] = info.model_copy(update={"terms": terms}).model_dump_json()
    changed = [{"id": board, "info": info} for board, info in wanted.items() if known.get(board) != info]
    if changed:
        with database.writing() as connection:
            take(connection, "regrouping", 1)  # gigs that are about to be written by the terms before are made anew
            database.upsert(connection, boards, changed)


def decide(database: Database, board: str, enabled: bool, evidence: str | None) -> None:
    """Keep the operator's word on a board, with the permission that it rests on."""
    with database.writing() as connection:
        take(connection, "regrouping", 1)  # as in `declare`
        connection.execute(
            sa.update(boards)
            .where(boards.c.id == board)
            .values(enabled=enabled, evidence=evidence, decided_at=datetime.now(UTC))
        )


def standings(connection: sa.Connection, now: datetime) -> dict[str, Standing]:
    """All declared boards by id."""
    found: dict[str, Standing] = {}
    for row in connection.execute(sa.select(boards).order_by(boards.c.id)):
        info = BoardInfo.model_validate_json(row.info)
        enabled = info.terms.off is None if row.enabled is None else row.enabled
        if info.terms.off == UNDECLARED:
            enabled = False
        reason = None if enabled else info.terms.off or "switched off by the operator"
        fresh, since = True, None
        if info.terms.freshness_s is not None:
            good = last_good_run(connection, info.id)
            ends = good + timedelta(seconds=info.terms.freshness_s) if good else None
            fresh = ends is not None and now <= ends
            since = None if fresh else ends
        found[info.id] = Standing(info, enabled, reason, row.evidence, fresh, since)
    return found


def stale(connection: sa.Connection, now: datetime) -> frozenset[str]:
    """Boards whose terms forbid to show anything of them until they have been read again."""
    return frozenset(board for board, standing in standings(connection, now).items() if not standing.fresh)


def states(connection: sa.Connection, now: datetime) -> list[BoardState]:
    """All declared boards with their history, by id."""
    query = (
        sa.select(postings.c.board, sa.func.count(postings.c.gig.distinct()))
        .where(postings.c.status == "open", postings.c.gig.is_not(None))
        .group_by(postings.c.board)
    )
    open_gigs: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    found = []
    reading = healths(connection)
    for board, standing in standings(connection, now).items():
        runs = last_runs(connection, board, limit=1)
        last = runs[0] if runs else None
        found.append(
            BoardState(
                standing.info,
                standing.enabled,
                standing.off_reason,
                standing.evidence,
                standing.fresh,
                standing.stale_since,
                last_run=last,
                open_gigs=open_gigs.get(board, 0),
                reading=as_it_stands(standing, reading.get(board) or _said_of(last)),
            )
        )
    return found


def note_health(database: Database, connection: sa.Connection, run: Run) -> None:
    """Keep what a judged run says of its board; the time only where it says something else than the run before."""
    said = verdict(run)
    if said is None:
        return
    before = healths(connection).get(run.board, Health())
    since = before.since if before.state == said.state else run.finished_at
    value = {"state": said.state, "since": since.isoformat() if since else None, "why": said.why}
    value |= {"public": said.public}
    database.upsert(connection, meta, [{"key": f"{HEALTH}{run.board}", "value": json.dumps(value)}])


def healths(connection: sa.Connection) -> dict[str, Health]:
    """What is known of each board."""
    found = {}
    for row in connection.execute(sa.select(meta).where(meta.c.key.startswith(HEALTH, autoescape=True))):
        value = json.loads(row.value)
        since = datetime.fromisoformat(value["since"]) if value["since"] else None
        found[row.key.removeprefix(HEALTH)] = Health(value["state"], since, value["why"], value["public"])
    return found


def _said_of(last: Run | None) -> Health:
    """Of a board whose runs were judged before this was kept."""
    said = verdict(last) if last else None
    return Health(said.state, last.finished_at, said.why, said.public) if last and said else Health()


def accept(database: Database, board: str, now: datetime) -> None:
    """Take the board as it is: runs up to now no longer say what is usual."""
    with database.writing() as connection:
        database.upsert(connection, meta, [{"key": f"{ACCEPTED}{board}", "value": now.isoformat()}])


def comparable(connection: sa.Connection, board: str) -> list[Run]:
    """The board's last runs that say what is usual, newest first."""
    value = connection.execute(sa.select(meta.c.value).where(meta.c.key == f"{ACCEPTED}{board}")).scalar()
    since = datetime.fromisoformat(value) if value else None
    return [run for run in last_runs(connection, board, limit=RUNS) if since is None or run.started_at >= since]
