"""Tables of the store and of the inbox, as the newest migration leaves them (a test compares the two)."""

import sqlalchemy as sa

from index.store.db import Instant

store = sa.MetaData()

meta = sa.Table(
    "meta",
    store,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

counters = sa.Table(
    "counters",
    store,
    sa.Column("name", sa.Text, primary_key=True, comment="revision, seq, fingerprint, regrouping, saved_searches"),
    sa.Column("n", sa.BigInteger, nullable=False),
)

boards = sa.Table(
    "boards",
    store,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("info", sa.Text, nullable=False, comment="BoardInfo as the crawlers declare it"),
    sa.Column("enabled", sa.Boolean, comment="the operator's word; null leaves it to the declared terms"),
    sa.Column("evidence", sa.Text, comment="the permission that the operator confirmed"),
    sa.Column("decided_at", Instant),
)

postings = sa.Table(
    "postings",
    store,
    sa.Column("board", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    sa.Column("content", sa.Text, nullable=False, comment="Posting, verbatim"),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="only an offer has a gig"),
    sa.Column("pay_day", sa.Date, nullable=False, comment="the day this pay was first seen: its exchange rate"),
    sa.Column("gig", sa.BigInteger, comment="seq"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("closed_reason", sa.Text),
    sa.Column("closed_at", Instant),
    sa.Column("expires_at", Instant),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("last_seen", Instant, nullable=False),
    sa.Column("last_run", sa.Text, comment="the run that saw it last"),
    sa.Column("blanked", sa.Boolean, nullable=False, server_default=sa.false(), comment="retention dropped its text"),
    sa.Index("postings_gig", "gig"),
    sa.Index("postings_open", "board", "status", "last_run"),
    sa.Index("postings_expiry", "status", "expires_at"),
    sa.Index("postings_closed", "blanked", "closed_at"),
)

links = sa.Table(
    "links",
    store,
    sa.Column("link", sa.Text, primary_key=True, comment="canonical"),
    sa.Column("board", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    sa.Index("links_posting", "board", "external_id"),
)

gigs = sa.Table(
    "gigs",
    store,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("revision", sa.BigInteger, nullable=False, unique=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("moved_to", sa.BigInteger, comment="seq of the gig it was merged into"),
    sa.Column("views_hash", sa.Text, nullable=False, comment="equal while nothing that readers see changes"),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("closed_at", Instant, comment="null: open, merged, or its content is gone"),
    sa.Column("changed_at", Instant, comment="of its revision"),
    sa.Column("filter_keys", sa.Text, comment="JSON, of the last view that feeds had"),
    sa.Index("gigs_closed", "closed_at"),
)

views = sa.Table(
    "views",
    store,
    sa.Column("gig", sa.BigInteger, primary_key=True, autoincrement=False, comment="seq"),
    sa.Column("view", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("channels", sa.Text, nullable=False, comment="space-separated channels that see this view"),
    sa.Column("content", sa.Text, nullable=False, comment="Gig without seq, revision, last_seen"),
)

api_keys = sa.Table(
    "api_keys",
    store,
    sa.Column("name", sa.Text, primary_key=True, comment="of the partner"),
    sa.Column("hash", sa.Text, nullable=False, comment="SHA-256 of the key, as hex"),
    sa.Column("scopes", sa.Text, nullable=False, comment="space-separated"),
    sa.Column("rate_limit", sa.Integer, nullable=False, comment="requests a minute; 0: any number"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.Index("api_keys_hash", "hash", unique=True),
)

runs = sa.Table(
    "runs",
    store,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("board", sa.Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False, comment="every page was fetched and read"),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("healthy", sa.Boolean, nullable=False),
    sa.Column("seen", sa.Integer, nullable=False, comment="postings of the run"),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("error", sa.Text),
    sa.Index("runs_board", "board", "started_at"),
)

forgotten = sa.Table(
    "forgotten",
    store,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("kind", sa.Text, nullable=False, comment="text, regex or posting"),
    sa.Column(
        "pattern", sa.Text, nullable=False, comment="a keyed hash of the text or identity, or the regular expression"
    ),
    sa.Column("words", sa.Integer, nullable=False, comment="words of the text; 0 for a regex"),
    sa.Column("length", sa.Integer, nullable=False, comment="characters of the text, so that few are hashed"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("applied_at", Instant, comment="when all that was stored had been gone through"),
    sa.Column("changed", sa.Integer, nullable=False, comment="postings that it changed then"),
    sqlite_autoincrement=True,
)

fingerprints = sa.Table(
    "fingerprints",
    store,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("board", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("traits", sa.LargeBinary, nullable=False, comment="Traits, packed; words as keyed hashes"),
    sa.Index("fingerprints_posting", "board", "external_id", unique=True),
)

keys = sa.Table(
    "keys",
    store,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False, comment="of the fingerprint"),
    sqlite_with_rowid=False,
)

ties = sa.Table(
    "ties",
    store,
    sa.Column("a", sa.BigInteger, primary_key=True, autoincrement=False, comment="number of a fingerprint"),
    sa.Column("b", sa.BigInteger, primary_key=True, autoincrement=False, comment="number of a later one"),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False, comment="one a line"),
    sa.Index("ties_b", "b"),
)

decisions = sa.Table(
    "decisions",
    store,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("word", sa.Text, nullable=False, comment="join or split"),
    sa.Column("board", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("other_board", sa.Text, nullable=False),
    sa.Column("other_id", sa.Text, nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("applied_at", Instant, comment="when the gigs had followed it"),
    sa.Index("decisions_posting", "board", "external_id"),
    sa.Index("decisions_other", "other_board", "other_id"),
    sqlite_autoincrement=True,
)

boilerplate = sa.Table(
    "boilerplate",
    store,
    sa.Column("board", sa.Text, primary_key=True),
    sa.Column("passage", sa.BigInteger, primary_key=True, autoincrement=False, comment="keyed hash of its words"),
)

leases = sa.Table(
    "leases",
    store,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", Instant, nullable=False),
)

subscribers = sa.Table(
    "subscribers",
    store,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, comment="mail address; null for programs and feeds"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("subscribers_address", "address", unique=True),
)

saved_searches = sa.Table(
    "saved_searches",
    store,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("subscriber", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False, comment="SearchQuery without its defaults, JSON"),
    sa.Column("kind", sa.Text, nullable=False, comment="email, webhook or feed"),
    sa.Column("url", sa.Text, comment="of a webhook"),
    sa.Column("secret", sa.Text, comment="that signs a webhook's messages"),
    sa.Column("old_secret", sa.Text, comment="the one before, which signs them too for a while"),
    sa.Column("old_secret_until", Instant),
    sa.Column("rhythm", sa.Text, nullable=False, comment="instant, daily or weekly"),
    sa.Column("hour", sa.Integer, nullable=False),
    sa.Column("zone", sa.Text, nullable=False, comment="of the time zone database"),
    sa.Column("state", sa.Text, nullable=False, comment="unconfirmed, active or paused"),
    sa.Column("why", sa.Text, comment="why it was paused, where nobody asked for it"),
    sa.Column("since", sa.BigInteger, nullable=False, comment="revision after which gigs are news"),
    sa.Column("next_at", Instant, nullable=False, comment="no digest before"),
    sa.Column("client", sa.Text, comment="keyed hash of who signed it up"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("saved_searches_subscriber", "subscriber"),
    sa.Index("saved_searches_due", "state", "next_at"),
    sa.Index("saved_searches_client", "client", "created_at"),
)

alerts = sa.Table(
    "alerts",
    store,
    sa.Column("search", sa.Text, primary_key=True),
    sa.Column("gig", sa.BigInteger, primary_key=True, autoincrement=False, comment="seq"),
    sa.Column("found_at", Instant, nullable=False),
    sa.Column("outbox", sa.Text, comment="the message that tells it; null while it waits for one"),
    sa.Index("alerts_outbox", "outbox"),
    sa.Index("alerts_gig", "gig"),
)

outbox = sa.Table(
    "outbox",
    store,
    sa.Column("id", sa.Text, primary_key=True, comment="the same however often it is sent"),
    sa.Column("subscriber", sa.Text, nullable=False),
    sa.Column("search", sa.Text),
    sa.Column("what", sa.Text, nullable=False, comment="digest, confirm or manage"),
    sa.Column("state", sa.Text, nullable=False, comment="waiting, sent or failed"),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_try_at", Instant, nullable=False),
    sa.Column("leased_until", Instant, comment="somebody sends it now"),
    sa.Column("error", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("outbox_due", "state", "next_try_at"),
    sa.Index("outbox_subscriber", "subscriber", "created_at"),
    sa.Index("outbox_search", "search"),
)

tokens = sa.Table(
    "tokens",
    store,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False, comment="key, manage, confirm, unsubscribe or feed"),
    sa.Column("subscriber", sa.Text, nullable=False),
    sa.Column("search", sa.Text, comment="what it is for; null: all of the subscriber's"),
    sa.Column("expires_at", Instant),
    sa.Index("tokens_subscriber", "subscriber"),
)

matched_views = sa.Table(
    "matched_views",
    store,
    sa.Column("gig", sa.BigInteger, primary_key=True, autoincrement=False, comment="seq"),
    sa.Column("view", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("channels", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False, comment="Gig, as saved searches saw it last"),
)

inbox = sa.MetaData()

inbox_runs = sa.Table(
    "inbox_runs",
    inbox,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("board", sa.Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("seen", sa.Integer, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("heard_at", Instant, comment="when it brought something last; null: not yet"),
)

inbox_postings = sa.Table(
    "inbox_postings",
    inbox,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("content", sa.Text, nullable=False, comment="Posting"),
    sa.Index("inbox_postings_run", "run"),
    sqlite_autoincrement=True,
)

hosts = sa.Table(
    "hosts",
    inbox,
    sa.Column("name", sa.Text, primary_key=True, comment="with its port, where that isn't the scheme's own"),
    sa.Column("holder", sa.Text, comment="the process that crawls it"),
    sa.Column("machine", sa.Text),
    sa.Column("pid", sa.Integer),
    sa.Column("held_until", Instant),
    sa.Column("facts", sa.JSON, nullable=False, comment="robots.txt, pauses, failures"),
)

pages = sa.Table(
    "pages",
    inbox,
    sa.Column("board", sa.Text, primary_key=True),
    sa.Column("page", sa.Text, primary_key=True, comment="hash of its address, which may hold a key"),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("reader", sa.Text, nullable=False, comment="of the code and declarations that read it"),
    sa.Column("read_at", Instant, nullable=False),
    sa.Column("ids", sa.JSON, nullable=False, comment="external ids of its postings"),
)
