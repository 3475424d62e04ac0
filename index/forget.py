"""Erasing words from everything that is stored, and keeping them out (`gigdex forget`); whole postings too
(index/takedown.py).

A rule is kept in the store and applied to every posting before ingest stores it, so that the next crawl brings
nothing back. Of plain text the rule keeps a keyed hash, not the words; a regular expression is kept as it is. One
process at a time works on the gigs, so the rule is written by whoever is asked and applied by whoever has the lease.
"""

import hashlib
import json
import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from index.normalize.text import plain_text
from index.posting import BadPosting, Posting, read_posting
from index.store import decisions, fingerprints, gigs, pages, postings
from index.store.db import Database
from index.store.inbox import Inbox, posting_json
from index.store.postings import Key, StoredPosting
from index.store.schema import forgotten, inbox_postings, matched_views, views
from index.store.schema import postings as postings_table
from index.store.store import Store

if TYPE_CHECKING:
    from index.ingest import Ingest

log = logging.getLogger(__name__)

REMOVED = "[removed]"
"""What stands in the place of forgotten words."""
BATCH = 500
MAX_WORDS = 50
CONTEXT = 30
"""Characters shown on both sides of a match."""
POSTING = "posting"
"""The kind of rule that knows a whole posting (index/takedown.py)."""
IDENTITY = ("board", "external_id")
LINKS = ("url", "apply_url")

# Letters and digits with their combining marks; an underscore parts words, as in jane_doe@example.org.
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_GAP = re.compile(r"[\W_]{1,8}")
"""What may stand between two words: a space, a comma and a space, `</`, `--`; not half a page."""


class BadPattern(ValueError):
    """A pattern that can't be forgotten; the message is one line."""


@dataclass(frozen=True)
class Rule:
    """What to forget: words one after another, in any case and with anything between them that is no word; or a
    regular expression, in any case."""

    kind: str
    """text, regex or POSTING"""
    pattern: str
    """Of a text or a posting's identity the keyed hash, as hex. In the store the identity stands as it is until the
    posting is removed, which is found by it."""
    words: int = 0
    length: int = 0
    key: bytes = b""
    id: int = 0
    posting: str = ""
    """The identity, while the posting has yet to be removed."""

    def names(self, board: str, external_id: str) -> bool:
        """Whether this posting as a whole is to be kept out."""
        return self.kind == POSTING and _hash_of_posting(board, external_id, self.key) == self.pattern

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it is in the text. What stands for forgotten words is never found."""
        if self.kind == "regex":
            found = [match.span() for match in re.finditer(self.pattern, text, re.IGNORECASE) if match.group()]
        else:
            found = list(self._words(text))
        removed = [match.span() for match in re.finditer(re.escape(REMOVED), text)] if found else []
        return [(start, end) for start, end in found if not any(s <= start and end <= e for s, e in removed)]

    def _words(self, text: str) -> Iterator[tuple[int, int]]:
        words = [(*match.span(), _fold(match.group())) for match in _WORD.finditer(text)]
        lengths = list(accumulate((len(word) for _, _, word in words), initial=0))
        letters = self.length - (self.words - 1)
        after = 0
        for first in range(len(words) - self.words + 1):
            if lengths[first + self.words] - lengths[first] != letters or words[first][0] < after:
                continue
            its = words[first : first + self.words]
            together = all(_GAP.fullmatch(text, left[1], right[0]) for left, right in pairwise(its))
            if together and hash_of(" ".join(word for _, _, word in its), self.key) == self.pattern:
                after = its[-1][1]
                yield its[0][0], after

    def finds(self, text: str) -> bool:
        """Whether the text has it: as it stands, percent-encoded as in links, or to whoever reads it as a page."""
        return any(self.spans(seen) for seen in _readings(text))

    def remove(self, text: str) -> str:
        """The text without it. Where only a reader would see it, between tags or encoded, the formatting goes too."""
        for reading in (_as_is, unquote, plain_text):
            seen = reading(text)
            if spans := self.spans(seen):
                for start, end in reversed(spans):
                    seen = seen[:start] + REMOVED + seen[end:]
                text = seen
        return text

    def redact(self, posting: Posting) -> Posting | None:
        """The posting without it, or the posting itself when it has nothing to forget. None when it is in the
        posting's own id, which can't be changed, or the posting as a whole is to be kept out."""
        if self.kind == POSTING:
            return None if self.names(posting.board, posting.external_id) else posting
        data = posting.model_dump(mode="json", exclude_none=True)
        found = list(self.fields(data))
        if not found:
            return posting
        if any(field in IDENTITY for field, _ in found):
            return None
        for link in LINKS:
            if data.get(link) and self.finds(data[link]):
                data[link] = _front_page(data[link])
        rest = {name: self._removed(value) for name, value in data.items() if name not in (*IDENTITY, *LINKS)}
        try:
            redacted, problems = read_posting(data | rest)
        except BadPosting:
            return None
        for problem in problems:
            log.warning("%s: %s", posting.key, problem)
        return redacted

    def _removed(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.remove(value)
        if isinstance(value, list):
            return [self._removed(item) for item in value]
        if isinstance(value, dict):
            return {self.remove(name): self._removed(item) for name, item in value.items()}
        return value

    def fields(self, value: Any, name: str = "") -> Iterator[tuple[str, str]]:
        """The fields of a JSON value that have it, as (dotted name, text)."""
        if isinstance(value, str):
            if self.finds(value):
                yield name, value
        elif isinstance(value, list):
            for item in value:
                yield from self.fields(item, name)
        elif isinstance(value, dict):
            for key, item in value.items():
                if self.finds(key):
                    yield name, key
                yield from self.fields(item, f"{name}.{key}" if name else key)


def _as_is(text: str) -> str:
    return text


def _readings(text: str) -> Iterator[str]:
    yield text
    if "%" in text:
        yield unquote(text)
    if "<" in text or "&" in text:
        yield plain_text(text)


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word.casefold())


def identity(board: str, external_id: str) -> str:
    """A posting's identity as text."""
    return f"{board}:{external_id}"


@lru_cache(maxsize=8)
def _hash_of_posting(board: str, external_id: str, key: bytes) -> str:
    """Each posting is compared with all rules, of which there may be many."""
    return hash_of(identity(board, external_id), key)


def hash_of(text: str, key: bytes) -> str:
    """A text that only the holder of the key can recognize, as hex."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), key=key, digest_size=20).hexdigest()


def _front_page(link: str) -> str | None:
    """What is left of a link that names somebody: its site."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc and parts.scheme in ("http", "https") else None


# --- rules ---------------------------------------------------------------------------------------------------


def make_rule(store: Store, pattern: str, regex: bool = False) -> Rule:
    """A rule that is not kept yet. Raises BadPattern."""
    if not regex:
        words = [_fold(match.group()) for match in _WORD.finditer(pattern)]
        if not 1 <= len(words) <= MAX_WORDS:
            raise BadPattern(f"the text to forget must have 1 to {MAX_WORDS} words")
        text = " ".join(words)
        key = store.secret()
        return Rule("text", hash_of(text, key), len(words), len(text), key)
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise BadPattern(f"this is no regular expression: {error}") from None
    if compiled.search("") or compiled.search(REMOVED):
        raise BadPattern(f"this regular expression matches nothing at all, or {REMOVED!r}: make it say more")
    return Rule("regex", pattern)


def remember(store: Store, rule: Rule) -> int:
    """Keep the rule: from now on it keeps new postings clean. Returns its id. `apply_pending` cleans what is stored."""
    values = {"kind": rule.kind, "pattern": rule.pattern, "words": rule.words, "length": rule.length, "changed": 0}
    with store.regrouping() as connection:  # whoever has not applied it to what is about to be stored begins anew
        insert = sa.insert(forgotten).values(**values, created_at=datetime.now(UTC)).returning(forgotten.c.id)
        number: int = connection.execute(insert).scalar_one()
    return number


def rules(store: Store, *conditions: sa.ColumnElement[bool]) -> list[Rule]:
    """The rules, oldest first: the order in which they are applied everywhere."""
    with store.database.reading() as connection:
        return _rules(connection, store, *conditions)


def newer_rules(connection: sa.Connection, store: Store, last: int) -> list[Rule]:
    """The rules that were added after the one whose id is `last`."""
    return _rules(connection, store, forgotten.c.id > last)


def _rules(connection: sa.Connection, store: Store, *conditions: sa.ColumnElement[bool]) -> list[Rule]:
    rows = connection.execute(sa.select(forgotten).where(*conditions).order_by(forgotten.c.id)).all()
    if not rows:
        return []
    key = store.secret()
    return [_read(row, key) for row in rows]


def _read(row: sa.Row[Any], key: bytes) -> Rule:
    pattern, posting = row.pattern, ""
    if row.kind == POSTING and row.applied_at is None:
        pattern, posting = hash_of(row.pattern, key), row.pattern
    return Rule(row.kind, pattern, row.words, row.length, key, row.id, posting)


def pending(store: Store) -> list[Rule]:
    """Rules that have not been applied to what was stored before them."""
    return rules(store, forgotten.c.applied_at.is_(None))


def applied(store: Store, number: int) -> int | None:
    """How many postings applying the rule changed; None while that isn't done."""
    with store.database.reading() as connection:
        row = connection.execute(sa.select(forgotten).where(forgotten.c.id == number)).one_or_none()
    return row.changed if row is not None and row.applied_at is not None else None


def redact(posting: Posting, its_rules: Iterable[Rule]) -> Posting | None:
    """The posting after all rules; None when its own id has to be forgotten."""
    for rule in its_rules:
        kept = rule.redact(posting)
        if kept is None:
            return None
        posting = kept
    return posting


# --- looking -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """Where something to forget was found."""

    posting: str
    """board:external_id"""
    field: str
    text: str
    """The words with a little of what stands around them."""
    waiting: bool = False
    """In the inbox, not in the store."""


def find(store: Store, inbox: Inbox, rule: Rule) -> Iterator[Match]:
    """What the rule finds in the raw postings of the store and of the inbox."""
    for _, content in _stored(store.database):
        yield from _matches(rule, json.loads(content), False)
    for _, content in _waiting(inbox.database):
        yield from _matches(rule, posting_json(content), True)


def _matches(rule: Rule, data: Any, waiting: bool) -> Iterator[Match]:
    if not isinstance(data, dict):
        return
    for field, text in rule.fields(data):
        for reading in _readings(text):
            if spans := rule.spans(reading):
                start, end = spans[0]
                shown = " ".join(reading[max(0, start - CONTEXT) : end + CONTEXT].split())
                yield Match(f"{data.get('board')}:{data.get('external_id')}", field, shown, waiting)
                break


def _stored(database: Database) -> Iterator[tuple[Key, str]]:
    """Key and content of all stored postings, in the order of their keys, in short transactions."""
    key_columns = (postings_table.c.board, postings_table.c.external_id)
    after: Key = ("", "")
    while True:
        query = sa.select(*key_columns, postings_table.c.content).order_by(*key_columns).limit(BATCH)
        with database.reading() as connection:
            rows = connection.execute(query.where(sa.tuple_(*key_columns) > sa.tuple_(*after))).all()
        for row in rows:
            yield (row.board, row.external_id), row.content
        if not rows:
            return
        after = (rows[-1].board, rows[-1].external_id)


def _waiting(database: Database) -> Iterator[tuple[int, str]]:
    after = 0
    while True:
        query = sa.select(inbox_postings.c.id, inbox_postings.c.content).order_by(inbox_postings.c.id).limit(BATCH)
        with database.reading() as connection:
            rows = connection.execute(query.where(inbox_postings.c.id > after)).all()
        for row in rows:
            yield row.id, row.content
        if not rows:
            return
        after = rows[-1].id


def _views(database: Database, views: sa.Table = views) -> Iterator[tuple[int, str]]:
    """Seq and content of all views, in the order of the gigs."""
    after = (0, -1)
    while True:
        query = sa.select(views).order_by(views.c.gig, views.c.view).limit(BATCH)
        with database.reading() as connection:
            rows = connection.execute(query.where(sa.tuple_(views.c.gig, views.c.view) > sa.tuple_(*after))).all()
        for row in rows:
            yield row.gig, row.content
        if not rows:
            return
        after = (rows[-1].gig, rows[-1].view)


# --- forgetting ----------------------------------------------------------------------------------------------


def apply_pending(
    ingest: "Ingest", remake_engine: Callable[[], None], on_step: Callable[[int], None] = lambda _: None
) -> int:
    """Apply the rules that haven't been applied to what is stored: raw postings, gigs made of them, inbox. Needs the
    lease. Returns the number of postings changed. After a crash anywhere in here it is done again from the start.

    `remake_engine` makes the engine anew: an index keeps the words of deleted documents until it happens to merge
    them away. `on_step` gets the number of postings read at each step.
    """
    from index.takedown import take_down

    total = 0
    for rule in pending(ingest.store):
        changed = _clean_inbox(ingest.inbox, rule)
        if rule.kind == POSTING:
            changed += take_down(ingest, rule)
        else:
            changed += _clean_postings(ingest, rule, on_step)
            if _clean_gigs(ingest, rule) + changed:
                remake_engine()
        for database in (ingest.store.database, ingest.inbox.database):
            database.truncate_log()
        with ingest.store.database.writing() as connection:
            done = {"applied_at": datetime.now(UTC), "changed": changed, "pattern": rule.pattern}
            connection.execute(sa.update(forgotten).where(forgotten.c.id == rule.id).values(**done))
        log.info("rule %d to forget was applied: %d postings changed", rule.id, changed)
        total += changed
    return total


def _clean_inbox(inbox: Inbox, rule: Rule) -> int:
    count = 0
    for number, content in _waiting(inbox.database):
        try:
            posting, _ = read_posting(posting_json(content))
        except BadPosting:
            continue  # ingest throws it away
        kept = rule.redact(posting)
        if kept is posting:
            continue
        its = inbox_postings.c.id == number
        with inbox.database.writing() as connection:
            if kept is None:
                connection.execute(sa.delete(inbox_postings).where(its))
            else:
                text = kept.model_dump_json(exclude_none=True)
                connection.execute(sa.update(inbox_postings).where(its).values(content=text))
        count += 1
    return count


def _clean_postings(ingest: "Ingest", rule: Rule, on_step: Callable[[int], None]) -> int:
    count = 0
    batch: list[Key] = []
    for number, (key, content) in enumerate(_stored(ingest.store.database), 1):
        if any(rule.fields(json.loads(content))):
            batch.append(key)
        if len(batch) >= BATCH:
            count += _clean_batch(ingest, rule, batch)
            batch = []
        if number % BATCH == 0:
            on_step(BATCH)
    return count + _clean_batch(ingest, rule, batch)


def _clean_batch(ingest: "Ingest", rule: Rule, keys: Sequence[Key]) -> int:
    secret = ingest.store.secret()
    with ingest.store.regrouping() as connection:
        batch = postings.load(connection, keys)
        if gone := [key for key, stored in batch.items() if rule.redact(stored.posting) is None]:
            fingerprints.remove_of(connection, gone, secret)
            decisions.forget(connection, gone)
            postings.delete(connection, gone)  # _clean_gigs finds the gigs that they were in
        for board, ids in postings.by_board(gone).items():
            pages.drop_holding(ingest.inbox.database, board, ids)

    def redacted(connection: sa.Connection) -> dict[Key, StoredPosting]:
        found = postings.load(connection, keys)
        cleaned = {key: rule.redact(stored.posting) for key, stored in found.items()}
        return {key: _redacted(found[key], posting) for key, posting in cleaned.items() if posting is not None}

    ingest.settle(redacted)
    return len(batch)


def _redacted(stored: StoredPosting, posting: Posting) -> StoredPosting:
    """With the hash that the posting will have when the board shows it again and it is redacted on its way in."""
    content_hash = stored.content_hash if stored.blanked else posting.content_hash()
    return replace(stored, posting=posting, content_hash=content_hash)


def _clean_gigs(ingest: "Ingest", rule: Rule) -> int:
    """Gigs that still have it: made of a posting that was deleted, or of one that is no longer an offer."""
    database = ingest.store.database
    found = {seq for seq, content in _views(database) if any(rule.fields(json.loads(content)))}
    for chunk in postings.chunks(sorted(found)):
        ingest.settle(partial(postings.of_gigs, seqs=chunk))
        with ingest.store.regrouping() as connection:
            members = postings.of_gigs(connection, chunk)
            gigs.bury(database, connection, set(chunk) - {stored.gig for stored in members.values()})
    seen = {seq for seq, content in _views(database, matched_views) if any(rule.fields(json.loads(content)))}
    with database.writing() as connection:
        gigs.forget_as_matched(connection, seen)
    return len(found)
