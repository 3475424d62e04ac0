"""When a run was heard of last: a crawl of a large site takes longer than the time after which a silent one is dead."""

import sqlalchemy as sa
from alembic import op

from index.store.db import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "inbox_runs",
        sa.Column("heard_at", Instant(), nullable=True, comment="when it brought something last; null: not yet"),
    )
