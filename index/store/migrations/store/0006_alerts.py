"""Saved searches and alerts: who saved what, what was told already, what is on its way."""

import sqlalchemy as sa
from alembic import op

from index.store.db import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True, comment="mail address; null for programs and feeds"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("subscribers_address", "subscribers", ["address"], unique=True)
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False, comment="SearchQuery without its defaults, JSON"),
        sa.Column("kind", sa.Text(), nullable=False, comment="email, webhook or feed"),
        sa.Column("url", sa.Text(), nullable=True, comment="of a webhook"),
        sa.Column("secret", sa.Text(), nullable=True, comment="that signs a webhook's messages"),
        sa.Column("old_secret", sa.Text(), nullable=True, comment="the one before, which signs them too for a while"),
        sa.Column("old_secret_until", Instant(), nullable=True),
        sa.Column("rhythm", sa.Text(), nullable=False, comment="instant, daily or weekly"),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False, comment="of the time zone database"),
        sa.Column("state", sa.Text(), nullable=False, comment="unconfirmed, active or paused"),
        sa.Column("why", sa.Text(), nullable=True, comment="why it was paused, where nobody asked for it"),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="revision after which gigs are news"),
        sa.Column("next_at", Instant(), nullable=False, comment="no digest before"),
        sa.Column("client", sa.Text(), nullable=True, comment="keyed hash of who signed it up"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("saved_searches_subscriber", "saved_searches", ["subscriber"], unique=False)
    op.create_index("saved_searches_due", "saved_searches", ["state", "next_at"], unique=False)
    op.create_index("saved_searches_client", "saved_searches", ["client", "created_at"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("gig", sa.BigInteger(), autoincrement=False, nullable=False, comment="seq"),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("outbox", sa.Text(), nullable=True, comment="the message that tells it; null while it waits for one"),
        sa.PrimaryKeyConstraint("search", "gig"),
    )
    op.create_index("alerts_outbox", "alerts", ["outbox"], unique=False)
    op.create_index("alerts_gig", "alerts", ["gig"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False, comment="the same however often it is sent"),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False, comment="digest, confirm or manage"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, sent or failed"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=False),
        sa.Column("leased_until", Instant(), nullable=True, comment="somebody sends it now"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("outbox_due", "outbox", ["state", "next_try_at"], unique=False)
    op.create_index("outbox_subscriber", "outbox", ["subscriber", "created_at"], unique=False)
    op.create_index("outbox_search", "outbox", ["search"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="key, manage, confirm, unsubscribe or feed"),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=True, comment="what it is for; null: all of the subscriber's"),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("tokens_subscriber", "tokens", ["subscriber"], unique=False)
    op.create_table(
        "matched_views",
        sa.Column("gig", sa.BigInteger(), autoincrement=False, nullable=False, comment="seq"),
        sa.Column("view", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="Gig, as saved searches saw it last"),
        sa.PrimaryKeyConstraint("gig", "view"),
    )
    op.bulk_insert(
        sa.table("counters", sa.column("name", sa.Text), sa.column("n", sa.BigInteger)),
        [{"name": "saved_searches", "n": 0}],
    )
