"""First schema of the store."""

import sqlalchemy as sa
from alembic import op

from index.store.db import Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("info", sa.Text(), nullable=False, comment="BoardInfo as the crawlers declare it"),
        sa.Column(
            "enabled", sa.Boolean(), nullable=True, comment="the operator's word; null leaves it to the declared terms"
        ),
        sa.Column("evidence", sa.Text(), nullable=True, comment="the permission that the operator confirmed"),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False, comment="revision, seq"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "gigs",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.BigInteger(), nullable=True, comment="seq of the gig it was merged into"),
        sa.Column("views_hash", sa.Text(), nullable=False, comment="equal while nothing that readers see changes"),
        sa.Column("first_seen", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("revision"),
    )
    op.create_table(
        "links",
        sa.Column("link", sa.Text(), nullable=False, comment="canonical"),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("link", "board", "external_id"),
    )
    op.create_index("links_posting", "links", ["board", "external_id"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "postings",
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="Posting, verbatim"),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="only an offer has a gig"),
        sa.Column("pay_day", sa.Date(), nullable=False, comment="the day this pay was first seen: its exchange rate"),
        sa.Column("gig", sa.BigInteger(), nullable=True, comment="seq"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("first_seen", Instant(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.Column("last_run", sa.Text(), nullable=True, comment="the run that saw it last"),
        sa.PrimaryKeyConstraint("board", "external_id"),
    )
    op.create_index("postings_expiry", "postings", ["status", "expires_at"], unique=False)
    op.create_index("postings_gig", "postings", ["gig"], unique=False)
    op.create_index("postings_open", "postings", ["board", "status", "last_run"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False, comment="every page was fetched and read"),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("healthy", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False, comment="postings of the run"),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("runs_board", "runs", ["board", "started_at"], unique=False)
    op.create_table(
        "views",
        sa.Column("gig", sa.BigInteger(), autoincrement=False, nullable=False, comment="seq"),
        sa.Column("view", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channels", sa.Text(), nullable=False, comment="space-separated channels that see this view"),
        sa.Column("content", sa.Text(), nullable=False, comment="Gig without seq, revision, last_seen"),
        sa.PrimaryKeyConstraint("gig", "view"),
    )
    op.bulk_insert(
        sa.table("counters", sa.column("name", sa.Text), sa.column("n", sa.BigInteger)),
        [{"name": "revision", "n": 0}, {"name": "seq", "n": 0}],
    )
