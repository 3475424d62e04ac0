"""The change stream: when each gig changed last, by what filtered readers know one that is gone; partners' keys."""

import json

import sqlalchemy as sa
from alembic import op

from index.store.db import Instant

revision = "0005"
down_revision = "0004"
BATCH = 1_000


def upgrade() -> None:
    op.add_column("gigs", sa.Column("changed_at", Instant(), nullable=True, comment="of its revision"))
    op.add_column(
        "gigs", sa.Column("filter_keys", sa.Text(), nullable=True, comment="JSON, of the last view that feeds had")
    )
    op.create_table(
        "api_keys",
        sa.Column("name", sa.Text(), nullable=False, comment="of the partner"),
        sa.Column("hash", sa.Text(), nullable=False, comment="SHA-256 of the key, as hex"),
        sa.Column("scopes", sa.Text(), nullable=False, comment="space-separated"),
        sa.Column("rate_limit", sa.Integer(), nullable=False, comment="requests a minute; 0: any number"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("api_keys_hash", "api_keys", ["hash"], unique=True)
    _fill()


def _fill() -> None:
    """Gigs that are there already: their keys from what feeds see of them, the time as well as it is known."""
    gigs = sa.table("gigs", *map(sa.column, ("seq", "changed_at", "filter_keys", "closed_at", "first_seen")))
    views = sa.table("views", *map(sa.column, ("gig", "view", "channels", "content")))
    connection = op.get_bind()
    connection.execute(sa.update(gigs).values(changed_at=sa.func.coalesce(gigs.c.closed_at, gigs.c.first_seen)))
    after = 0
    while True:
        query = sa.select(views).where(views.c.gig > after).order_by(views.c.gig, views.c.view).limit(BATCH)
        rows = connection.execute(query).all()
        if not rows:
            return
        found = [{"g": row.gig, "k": _keys(json.loads(row.content))} for row in rows if "feed" in row.channels.split()]
        if found:
            update = sa.update(gigs).where(gigs.c.seq == sa.bindparam("g")).values(filter_keys=sa.bindparam("k"))
            connection.execute(update, found)
        after = rows[-1].gig - (len(rows) == BATCH)  # the views of the last gig may go on in the next batch


def _keys(gig: dict[str, object]) -> str:
    places = gig.get("places") or []
    countries = dict.fromkeys(place.get("country") for place in places)  # type: ignore[attr-defined]
    keys = {"category": gig.get("category"), "mode": gig.get("work_mode"), "countries": [c for c in countries if c]}
    return json.dumps(keys, separators=(",", ":"))
