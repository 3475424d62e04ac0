"""What crawlers remember between runs: the hosts that they ask, and the pages that need not be read again."""

import sqlalchemy as sa
from alembic import op

from index.store.db import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text(), nullable=False, comment="with its port, where that isn't the scheme's own"),
        sa.Column("holder", sa.Text(), nullable=True, comment="the process that crawls it"),
        sa.Column("machine", sa.Text(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False, comment="robots.txt, pauses, failures"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "pages",
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("reader", sa.Text(), nullable=False, comment="of the code and declarations that read it"),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False, comment="external ids of its postings"),
        sa.PrimaryKeyConstraint("board", "url"),
    )
