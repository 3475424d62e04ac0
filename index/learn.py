"""Learning what boards put on many postings (`gigdex rebuild --normalize`), and making fingerprints anew with it.

The table changes only there: between two rebuilds the same postings give the same groups.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from index.dedupe import keys, traits, verdict
from index.dedupe.passages import SAMPLE, learn
from index.dedupe.traits import pack
from index.family import Families
from index.normalize.text import one_line, plain_text
from index.store import fingerprints, postings, schema
from index.store.postings import Key, StoredPosting
from index.store.schema import meta
from index.store.store import Store

RULES = f"{traits.VERSION}.{keys.VERSION}.{verdict.VERSION}"
"""Version of what is compared, and how."""
BATCH = 500


def relearn(store: Store) -> bool:
    """Learn every board's boilerplate from what is stored. Returns whether anything changed since the last time."""
    secret = store.secret()
    with store.database.reading() as connection:
        boards = connection.execute(sa.select(schema.postings.c.board).distinct()).scalars().all()
        known = fingerprints.load_boilerplate(connection)
    learned = {}
    for board in sorted(boards):
        if its := learn(_texts(store, board), secret):
            learned[board] = its
    if learned == known:
        return False
    with store.database.writing() as connection:
        fingerprints.save_boilerplate(connection, learned)
        before = connection.execute(sa.select(meta.c.value).where(meta.c.key == "boilerplate")).scalar()
        store.database.upsert(connection, meta, [{"key": "boilerplate", "value": str(int(before or 0) + 1)}])
    return True


def _texts(store: Store, board: str) -> Iterator[tuple[str, str]]:
    """Title and text of the board's postings, up to SAMPLE of them."""
    for batch in _batches(store, schema.postings.c.board == board, ~schema.postings.c.blanked, limit=SAMPLE):
        for stored in batch.values():
            yield one_line(stored.posting.title), plain_text(stored.posting.description or "")


def refingerprint(store: Store, families: Families, all_keys: bool) -> None:
    """Make all fingerprints anew. Ties stay until their postings are judged again: after a crash in here nothing is
    split. `all_keys`: write the keys of all, because other rules made those that are there."""
    if all_keys:
        with store.database.writing() as connection:
            fingerprints.wipe_keys(connection)
    for batch in _batches(store, schema.postings.c.kind == "offer"):
        families.secret  # noqa: B018  # read before the transaction begins: it may have to be made
        with store.regrouping() as connection:
            families.read_boilerplate(connection)
            batch = {key: one for key, one in postings.load(connection, batch).items() if one.kind == "offer"}
            before = fingerprints.load(connection, batch)
            fresh = {key: pack(families.traits(stored)) for key, stored in batch.items()}
            changed = {
                key: its for key, its in fresh.items() if all_keys or key not in before or before[key].packed != its
            }
            fingerprints.save(store.database, connection, changed, before, families.secret, keep_ties=True)


def _batches(
    store: Store, *conditions: sa.ColumnElement[bool], limit: int | None = None
) -> Iterator[dict[Key, StoredPosting]]:
    key_columns = sa.tuple_(schema.postings.c.board, schema.postings.c.external_id)
    after: Key = ("", "")
    seen = 0
    while limit is None or seen < limit:
        with store.database.reading() as connection:
            keys = postings.select_keys(connection, *conditions, key_columns > sa.tuple_(*after), limit=BATCH)
            batch = postings.load(connection, keys)
        if not keys:
            return
        after = keys[-1]
        seen += len(keys)
        yield batch
