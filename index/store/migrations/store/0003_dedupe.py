"""Dedupe by text: what is compared of each posting, keys to find it by, ties, people's decisions, boilerplate."""

import sqlalchemy as sa
from alembic import op

from index.store.db import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("traits", sa.LargeBinary(), nullable=False, comment="Traits, packed; words as keyed hashes"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("fingerprints_posting", "fingerprints", ["board", "external_id"], unique=True)
    op.create_table(
        "keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False, comment="of the fingerprint"),
        sa.PrimaryKeyConstraint("key", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ties",
        sa.Column("a", sa.BigInteger(), autoincrement=False, nullable=False, comment="number of a fingerprint"),
        sa.Column("b", sa.BigInteger(), autoincrement=False, nullable=False, comment="number of a later one"),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False, comment="one a line"),
        sa.PrimaryKeyConstraint("a", "b"),
    )
    op.create_index("ties_b", "ties", ["b"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("word", sa.Text(), nullable=False, comment="join or split"),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("other_board", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("applied_at", Instant(), nullable=True, comment="when the gigs had followed it"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_posting", "decisions", ["board", "external_id"], unique=False)
    op.create_index("decisions_other", "decisions", ["other_board", "other_id"], unique=False)
    op.create_table(
        "boilerplate",
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("passage", sa.BigInteger(), autoincrement=False, nullable=False, comment="keyed hash of its words"),
        sa.PrimaryKeyConstraint("board", "passage"),
    )
    op.bulk_insert(
        sa.table("counters", sa.column("name", sa.Text), sa.column("n", sa.BigInteger)),
        [{"name": "fingerprint", "n": 0}, {"name": "regrouping", "n": 0}],
    )
