"""Retention and erasure: when a gig was closed, which postings lost their text, what must stay forgotten."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from index.store.db import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="text or regex"),
        sa.Column("pattern", sa.Text(), nullable=False, comment="a keyed hash of the text, or the regular expression"),
        sa.Column("words", sa.Integer(), nullable=False, comment="words of the text; 0 for a regex"),
        sa.Column("length", sa.Integer(), nullable=False, comment="characters of the text, so that few are hashed"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("applied_at", Instant(), nullable=True, comment="when all that was stored had been gone through"),
        sa.Column("changed", sa.Integer(), nullable=False, comment="postings that it changed then"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.add_column(
        "postings",
        sa.Column(
            "blanked", sa.Boolean(), server_default=sa.false(), nullable=False, comment="retention dropped its text"
        ),
    )
    op.create_index("postings_closed", "postings", ["blanked", "closed_at"], unique=False)
    op.add_column(
        "gigs", sa.Column("closed_at", Instant(), nullable=True, comment="null: open, merged, or its content is gone")
    )
    op.create_index("gigs_closed", "gigs", ["closed_at"], unique=False)

    gigs = sa.table("gigs", sa.column("seq"), sa.column("status"), sa.column("moved_to"), sa.column("closed_at"))
    postings = sa.table("postings", sa.column("gig"), sa.column("closed_at"))
    last_closed = sa.select(sa.func.max(postings.c.closed_at)).where(postings.c.gig == gigs.c.seq).scalar_subquery()
    # A closed gig without postings is one that turned out to be no offer; nobody noted when.
    now = sa.literal(datetime.now(UTC), Instant())
    op.execute(
        sa.update(gigs)
        .where(gigs.c.status == "closed", gigs.c.moved_to.is_(None))
        .values(closed_at=sa.func.coalesce(last_closed, now))
    )
