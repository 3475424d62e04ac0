"""What the store knows of boards: their declaration, the operator's word, their last runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from index.store.db import Database
from index.store.gigs import take
from index.store.runs import Run, last_good_run, last_runs
from index.store.schema import boards, postings
from index.terms import CHANNELS, BoardInfo, ChannelLevels, Level

UNDECLARED = "no longer declared by any file of crawlers/boards or granting site"
NOTHING = ChannelLevels(page="none")


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

    def level(self, channel: str) -> Level:
        """What the channel may show of this board's postings; nothing while the board is off or stale."""
        level: Level = getattr(self.info.terms.channels, channel)
        return level if self.enabled and self.fresh else "none"

    def fingerprint(self) -> str:
        """Changes when what channels may see changes."""
        levels = " ".join(self.level(channel) for channel in CHANNELS)
        return f"{levels} {self.info.sample} {self.info.terms.attribution}"


@dataclass(frozen=True)
class BoardState(Standing):
    """A board with its history."""

    last_run: Run | None = None
    open_gigs: int = 0
    healthy: bool | None = None
    """None before the first run."""
    health: str = "never crawled"


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
        fresh = True
        if info.terms.max_age_s is not None:
            good = last_good_run(connection, info.id)
            fresh = good is not None and (now - good).total_seconds() <= info.terms.max_age_s
        found[info.id] = Standing(info, enabled, reason, row.evidence, fresh)
    return found


def states(connection: sa.Connection, now: datetime) -> list[BoardState]:
    """All declared boards with their history, by id."""
    query = (
        sa.select(postings.c.board, sa.func.count(postings.c.gig.distinct()))
        .where(postings.c.status == "open", postings.c.gig.is_not(None))
        .group_by(postings.c.board)
    )
    open_gigs: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    found = []
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
                last_run=last,
                open_gigs=open_gigs.get(board, 0),
                healthy=last.healthy if last else None,
                health=_health(last),
            )
        )
    return found


def _health(last: Run | None) -> str:
    """The last run in words."""
    if last is None:
        return "never crawled"
    if last.healthy and last.complete:
        return "good"
    return f"last run not complete: {last.error}" if last.healthy else last.error or f"last run {last.outcome}"
