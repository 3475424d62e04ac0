"""Inbox -> normalize -> dedupe -> store: the only writer of gigs (the engine follows, index/follow.py).

All computation happens between transactions; the write transaction only writes. On one machine one process at a time
ingests (index/lease.py). Where several do, each ingests boards of its own (index/store/leases.py), and each write of
gigs first takes the next number of the counter `regrouping`: its row orders them, and whoever finds that another one
took a number since reading begins anew, from what the store says then. Whoever was outrun a few times computes while
it keeps the others out.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from index import dedupe, forget, health, learn, lifecycle
from index.ahead import Id, ReadAhead
from index.channels import views_of
from index.family import Families, Family
from index.gig import ClosedReason, Gig, Kind, Status, gig_id
from index.normalize import normalize
from index.normalize.currency import last_day
from index.posting import BadPosting, Posting, read_posting
from index.store import fingerprints, gigs, pages, postings, runs, schema
from index.store.boards import Standing, comparable, note_health, standings
from index.store.gigs import GigWrite, StoredGig
from index.store.inbox import Inbox, InboxPosting, Unchanged, board_lease, posting_json, read_unchanged
from index.store.leases import Leases
from index.store.postings import Key, StoredPosting
from index.store.runs import Run
from index.store.store import Store, facts

MISSES = 3
"""How often a batch is computed anew because another writer was faster, before it is computed with the others kept
out."""
BATCH = 500
"""Postings of one transaction: large enough to make commits cheap, small enough that gigs show up at once."""

log = logging.getLogger(__name__)
Counts = Counter[str]


@dataclass(frozen=True)
class Sighting:
    """A posting that a run brought."""

    posting: Posting
    seen: datetime
    run: str


@dataclass(frozen=True)
class _Unread:
    """An unchanged page, with what the store has of it."""

    board: str
    page: Unchanged
    stored: Mapping[Key, StoredPosting]


@dataclass(frozen=True)
class Changes:
    """What is to be written of postings, by what the store says at one moment."""

    postings: Mapping[Key, StoredPosting]
    unchanged: Sequence[tuple[Key, datetime, str]] = ()
    """Postings that were only seen again: (key, when, run)."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(run, what became of a posting) -> how many."""


Evaluate = Callable[[sa.Connection], Mapping[Key, StoredPosting]]
"""Reads what has become of some postings. It is asked again when another writer was faster."""


class _Outrun(Exception):
    """Another writer regrouped since the family was read."""


class Ingest:
    """Takes postings out of the inbox and keeps the gigs up to date with them."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ahead: ReadAhead | None = None,
    ) -> None:
        """`ahead`: processes that read what comes next; without it everything is read in this one."""
        self.store = store
        self.inbox = inbox
        self.clock = clock
        self._counts: dict[str, Counts] = {}
        """What ingest did with the postings of each unfinished run."""
        self._remembered: dict[Id, Gig] = {}
        self._boards: Mapping[str, Standing] = {}
        self._ahead = ahead or ReadAhead(0)
        self._parsed: dict[int, tuple[Posting, list[str]]] = {}
        """Rows of the inbox that were read to have others read ahead, until they are taken."""
        self._families = Families(
            store,
            self._gig_of,
            lambda stored: self._ahead.fingerprint((*stored.key, stored.content_hash, stored.pay_day)),
        )
        self.leases = Leases(store.database)

    def step(self, limit: int = BATCH) -> int:
        """Ingest up to `limit` postings, then the ends of runs that are through. Returns how many postings it took
        out of the inbox. After a crash anywhere in here the same postings are taken again, with the same result.
        """
        waiting = self.inbox.take(limit, self.leases)
        parsed, self._parsed = self._parsed, {}
        self._read_ahead(waiting[-1].id if waiting else None, limit)
        rules = forget.rules(self.store) if waiting else ()
        unread = self._unread(waiting)
        sightings: dict[Key, Sighting] = {}
        for row in waiting:
            counts = self._counts.setdefault(row.run, Counter())
            if row.id in unread:
                self._see_unread(unread[row.id], row, sightings)
                continue
            try:
                posting, problems = parsed.get(row.id) or read_posting(posting_json(row.content))
            except BadPosting:
                counts["bad_posting"] += 1
                continue
            counts["bad_field"] += len(problems)
            try:
                kept = forget.redact(posting, rules)
            except Exception as error:  # what can't be cleaned is not stored
                log.error("posting %s can't be cleaned: %r; it is left out", posting.key, error)
                counts["unreadable"] += 1
                continue
            if kept is None:
                counts["forgotten"] += 1
                pages.drop_holding(self.inbox.database, posting.board, [posting.external_id])
                continue
            sightings[kept.board, kept.external_id] = Sighting(kept, row.received_at, row.run)
        if sightings:
            self.follow_terms()
            self._ingest(sightings, max((rule.id for rule in rules), default=0), {row.lease for row in waiting})
        if waiting:
            self.inbox.remove([row.id for row in waiting])
        if ended := self.inbox.ended_runs(self.clock(), self.leases):
            for run in ended:
                self._end(run)
            self.leases.release(board_lease(run.board) for run in ended)
        return len(waiting)

    def _unread(self, waiting: Sequence[InboxPosting]) -> dict[int, "_Unread"]:
        """What was not read because its page is unchanged, by inbox row."""
        shown_again = {row.id: unread for row in waiting if (unread := read_unchanged(row.content))}
        if not shown_again:
            return {}
        found: dict[int, _Unread] = {}
        with self.store.database.reading() as connection:
            for number, (board, page) in shown_again.items():
                keys = [(board, external_id) for external_id in page.ids]
                found[number] = _Unread(board, page, postings.load(connection, keys))
        return found

    def _see_unread(self, unread: "_Unread", row: InboxPosting, sightings: dict[Key, Sighting]) -> None:
        """As if the page had been read and had shown what it showed last. What is not in the store (which was restored,
        or deleted what had been closed for long) has to be read again."""
        for external_id in unread.page.ids:
            key = (unread.board, external_id)
            stored = unread.stored.get(key)
            if key in sightings:
                posting = sightings[key].posting
            elif stored is not None and not stored.blanked:
                posting = stored.posting
            else:
                self._counts[row.run]["to_be_read_again"] += 1
                pages.drop(self.inbox.database, unread.board, [unread.page.page])
                continue
            sightings[key] = Sighting(posting, row.received_at, row.run)

    @property
    def boards(self) -> Mapping[str, Standing]:
        """All declared boards, as their permissions were read last (`follow_terms`)."""
        return self._boards

    def drain(self, on_step: Callable[[int], None] = lambda _: None) -> int:
        """Ingest until the inbox is empty; `on_step` gets the number of postings of each step."""
        total = 0
        while count := self.step():
            total += count
            on_step(count)
        return total

    def expire(self) -> int:
        """Close postings whose time is over. Returns how many."""
        now = self.clock()

        def expired(connection: sa.Connection) -> dict[Key, StoredPosting]:
            over = postings.load(connection, lifecycle.expired(connection, now, limit=BATCH))
            return {key: stored.close("expired", now) for key, stored in over.items()}

        return self.settle(expired)

    def settle(self, evaluate: Evaluate) -> int:
        """Bring the gigs up to date with stored postings that something other than a crawl changed. Returns how many
        those were."""
        self.follow_terms()
        return len(self._settle(lambda connection: Changes(evaluate(connection))).postings)

    def renormalize(self, on_step: Callable[[int], None] = lambda _: None) -> int:
        """Make all gigs from their postings again, with today's rules and terms, and with what is learned anew of the
        boards' boilerplate. Returns the number of postings."""
        self.follow_terms()
        known = self.store.get("dedupe")
        again = learn.relearn(self.store) or known != learn.RULES
        if again:
            self.store.unset(["dedupe"])  # so that a rebuild that is interrupted is done again from the start
            learn.refingerprint(self.store, self._families, all_keys=known != learn.RULES)
        total = self._resettle(sa.true(), on_step, again)
        self.store.set("dedupe", learn.RULES)
        return total

    def follow_terms(self) -> None:
        """Read the boards' permissions, and remake the views of boards whose permissions changed: enabled or disabled,
        newly declared, gone stale. Views are only ever built with permissions that were read here, so that none is
        left behind which was built with others."""
        with self.store.database.reading() as connection:
            self._boards = standings(connection, self.clock())
            known = facts(connection, "terms:")
        for board, standing in self._boards.items():
            key, now = f"terms:{board}", standing.fingerprint()
            if known.get(key) != now:
                self.store.unset([key])  # so that it is done again if it is cut off, whatever the permissions are then
                self._resettle(schema.postings.c.board == board)
                self.store.set(key, now)

    def would_change(
        self, on_step: Callable[[int], None] = lambda _: None
    ) -> Iterator[tuple[str, Gig | None, Gig | None]]:
        """What `renormalize` would change, as (id, operator's view before, after); nothing is written, and no lease is
        needed. A gig that others write meanwhile may be compared with what it was; what boards' boilerplate would be
        learned anew is not foreseen."""
        with self.store.database.reading() as connection:
            self._boards = standings(connection, self.clock())
        told: set[str] = set()
        for keys in self._again(sa.true()):
            with self.store.database.reading() as connection:
                family = self._families.gather(connection, self._as_today(connection, keys))
            for write in self._regroup(family).writes:
                known = family.gigs[write.seq] if write.seq is not None else None
                if write.id in told or (known is not None and known.views_hash == write.views_hash()):
                    continue
                told.add(write.id)
                views = family.views.get(known.seq) if known is not None else None
                yield write.id, views[0].gig if views else None, write.views[0].gig if write.views else None
            on_step(len(keys))

    def _resettle(
        self,
        condition: sa.ColumnElement[bool],
        on_step: Callable[[int], None] = lambda _: None,
        again: bool = False,
    ) -> int:
        """Settle all postings that meet the condition again, batch by batch in the order of their keys. `again`: judge
        their ties anew."""
        total = 0
        for keys in self._again(condition):
            self._settle(partial(self._remade, keys), again)
            total += len(keys)
            on_step(len(keys))
        return total

    def _again(self, condition: sa.ColumnElement[bool]) -> Iterator[list[Key]]:
        """All postings that meet the condition, in batches by the order of their keys."""
        after: Key = ("", "")
        key_columns = sa.tuple_(schema.postings.c.board, schema.postings.c.external_id)
        while True:
            with self.store.database.reading() as connection:
                keys = postings.select_keys(connection, condition, key_columns > sa.tuple_(*after), limit=BATCH)
            if not keys:
                return
            after = keys[-1]
            yield keys

    def _as_today(self, connection: sa.Connection, keys: Sequence[Key]) -> dict[Key, StoredPosting]:
        """The postings as today's rules see them."""
        return {key: replace(one, kind=self._kind(one)) for key, one in postings.load(connection, keys).items()}

    def _remade(self, keys: Sequence[Key], connection: sa.Connection) -> Changes:
        return Changes(self._as_today(connection, keys))

    def _kind(self, stored: StoredPosting) -> Kind:
        """By today's rules; of a posting that lost its text, what it was found to be when it had one."""
        return stored.kind if stored.blanked else self._gig_of(stored).kind

    # --- one batch ---

    def _read_ahead(self, after: int | None, limit: int) -> None:
        """Have other processes read the postings behind that row of the inbox while this one goes on; those that say
        something new."""
        if after is None:
            self._ahead.rest()
        if after is None or not self._ahead.processes:
            return
        coming: dict[Key, tuple[Id, Posting]] = {}
        for row in self.inbox.peek(after, limit):
            with suppress(BadPosting):
                posting, _ = self._parsed[row.id] = read_posting(posting_json(row.content))
                day = _pay_day(row.received_at.date())
                key = (posting.board, posting.external_id)
                coming[key] = ((*key, posting.content_hash(), day), posting)
        with self.store.database.reading() as connection:
            known = postings.hashes(connection, coming)
        self._ahead.begin([one for key, one in coming.items() if known.get(key) != one[0][2]], self._families.learned())

    def _ingest(self, sightings: Mapping[Key, Sighting], last_rule: int, held: Collection[str] = ()) -> None:
        """`last_rule`: the newest rule to forget that the sightings were cleaned by. `held`: leases of their boards."""
        changes = self._settle(lambda connection: self._see(connection, sightings, last_rule), held=held)
        for (run, what), count in changes.counts.items():
            self._counts.setdefault(run, Counter())[what] += count

    def _see(self, connection: sa.Connection, sightings: Mapping[Key, Sighting], last_rule: int) -> Changes:
        """What the sightings change of what is stored."""
        newer = forget.newer_rules(connection, self.store, last_rule)
        known = postings.load(connection, sightings)
        changed: dict[Key, StoredPosting] = {}
        unchanged: list[tuple[Key, datetime, str]] = []
        counts: Counter[tuple[str, str]] = Counter()
        for key, sighting in sightings.items():
            before = known.get(key)
            if newer:
                cleaned = forget.redact(sighting.posting, newer)
                if cleaned is None:
                    counts[sighting.run, "forgotten"] += 1
                    continue
                sighting = replace(sighting, posting=cleaned)
            try:
                after = self._sight(before, sighting)
            except Exception as error:  # a fault of ours in one posting must not stop the others
                log.error("posting %s:%s can't be read: %r; it stays as it was", *key, error)
                counts[sighting.run, "unreadable"] += 1
                if before is not None:
                    unchanged.append((key, sighting.seen, sighting.run))
                continue
            if after is None:
                counts[sighting.run, "closed_at_first_sight"] += 1
            elif before is not None and _same(before, after):
                counts[sighting.run, "unchanged"] += 1
                unchanged.append((key, after.last_seen, sighting.run))
            else:
                counts[sighting.run, "new" if before is None else "changed"] += 1
                changed[key] = after
            if after is not None and after.kind != "offer":
                counts[sighting.run, f"not_an_offer_{after.kind}"] += 1
        return Changes(changed, unchanged, counts)

    def _sight(self, before: StoredPosting | None, sighting: Sighting) -> StoredPosting | None:
        """The stored posting after the sighting; None for an unknown one that is over already."""
        posting, seen = sighting.posting, sighting.seen
        over = lifecycle.closed_by_board(posting, seen)
        if before is None and over is not None:
            return None
        content_hash = posting.content_hash()
        reopened_without_text = before is not None and before.blanked and over is None
        if before is not None and before.content_hash == content_hash and not reopened_without_text:
            after = replace(before, last_seen=seen, last_run=sighting.run)
        else:
            kind, pay_day = self._read(before, posting, content_hash, seen.date())
            after = StoredPosting(
                posting,
                content_hash,
                kind,
                pay_day,
                first_seen=before.first_seen if before else seen,
                last_seen=seen,
                last_run=sighting.run,
                gig=before.gig if before else None,
            )
        if over is None:
            return replace(after, status="open", closed_reason=None, closed_at=None)
        if before is not None and before.status == "closed":
            return replace(after, status="closed", closed_reason=before.closed_reason, closed_at=before.closed_at)
        return after.close(over, seen)

    def _read(
        self, before: StoredPosting | None, posting: Posting, content_hash: str, today: date
    ) -> tuple[Kind, date]:
        """Kind of the posting, and the day of its exchange rate: the day on which this pay was seen first, or the last
        that has a rate yet, so that tomorrow's table changes nothing."""
        today = _pay_day(today)
        gig = self._normalize(posting, content_hash, today)
        if before is not None and _amounts(self._gig_of(before)) == _amounts(gig):
            return gig.kind, before.pay_day
        return gig.kind, today

    def _gig_of(self, stored: StoredPosting) -> Gig:
        content_hash = stored.posting.content_hash() if stored.blanked else stored.content_hash
        return self._normalize(stored.posting, content_hash, stored.pay_day)

    def _normalize(self, posting: Posting, content_hash: str, day: date) -> Gig:
        """`normalize`, remembered for a while: a batch needs the gig of a posting more than once."""
        key = (posting.board, posting.external_id, content_hash, day)
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) > 4 * BATCH:
                self._remembered.clear()
            found = self._remembered[key] = self._ahead.gig(key) or normalize(posting, day)
        return found

    def _settle(
        self, evaluate: Callable[[sa.Connection], Changes], again: bool = False, held: Collection[str] = ()
    ) -> Changes:
        """Bring the gigs up to date with what has changed, in one transaction. When another writer was faster, what was
        computed is thrown away and computed anew from what that one left. Returns what was written. `held`: leases
        without which nothing may be written; raises StoreError when one is lost."""
        self._families.secret  # noqa: B018  # read before a transaction begins: it may have to be made
        misses = 0
        while True:
            alone = misses == MISSES
            with self.store.regrouping() if alone else self.store.database.reading() as connection:
                terms_are_known = self._terms_are_known(connection)
                if terms_are_known:
                    changes = evaluate(connection)
                    family = self._families.gather(connection, changes.postings, again)
                    if alone:
                        self.leases.keep(connection, held)
                        regrouped = self._regroup(family)
                        self._write(connection, changes, family, regrouped)
            if not terms_are_known:
                self.follow_terms()
                continue
            if alone:
                break
            if not changes.postings:  # as in most crawls; `last_seen` is nothing that others compute with
                if changes.unchanged:
                    with self.store.database.writing() as connection:
                        self.leases.keep(connection, held)
                        postings.touch(connection, changes.unchanged)
                return changes
            regrouped = self._regroup(family)
            try:
                with self.store.regrouping() as connection:
                    if gigs.peek(connection, "regrouping") != family.epoch + 1:
                        raise _Outrun
                    self.leases.keep(connection, held)
                    self._write(connection, changes, family, regrouped)
                break
            except _Outrun:
                misses += 1
        self._count_capped(family, regrouped.refused)
        return changes

    def _terms_are_known(self, connection: sa.Connection) -> bool:
        """Whether the boards' permissions are still those that `follow_terms` has read."""
        now = standings(connection, self.clock())
        return now.keys() == self._boards.keys() and all(
            standing.fingerprint() == self._boards[board].fingerprint() for board, standing in now.items()
        )

    def _write(self, connection: sa.Connection, changes: Changes, family: Family, regrouped: "_Regrouped") -> None:
        """Write the family as it should be."""
        offers = (key for key, stored in family.postings.items() if stored.kind == "offer")
        now_in = {key: regrouped.membership.get(key) for key in offers}
        database, secret, known = self.store.database, self._families.secret, family.gigs
        ties = [(tie.a, tie.b, tie.score, "\n".join(tie.reasons)) for tie in family.new_ties]
        written = [
            write
            for write in regrouped.writes
            if write.seq is None or known[write.seq].views_hash != write.views_hash()
        ]
        seqs = {gig.id: gig.seq for gig in known.values()}
        seqs.update(gigs.save(database, connection, written))
        rows = []
        for key, stored in family.postings.items():
            owner = now_in.get(key)
            after = replace(stored, gig=seqs[owner] if owner else None)
            if key in changes.postings or after.gig != stored.gig:
                rows.append((after, family.links[key]))
        postings.save(database, connection, rows)
        postings.touch(connection, changes.unchanged)
        fingerprints.remove(connection, family.gone, secret)
        fingerprints.save(database, connection, family.fresh, family.before, secret, ties, prints=family.prints)
        fingerprints.save(database, connection, family.faded, family.before, secret, keep_ties=True)
        fingerprints.trim(connection, family.full_keys)

    def _count_capped(self, family: Family, refused: set[Key]) -> None:
        """Note in the runs that brought them which postings met a bound of dedupe."""
        for key in family.capped | (refused & family.fresh.keys()):
            counts = self._counts.get(family.postings[key].last_run or "")
            if counts is not None:
                counts["dedupe_capped"] += 1

    def _regroup(self, family: Family) -> "_Regrouped":
        """The gigs as they should be."""
        offers = {key: stored for key, stored in family.postings.items() if stored.kind == "offer"}
        normalized: dict[Key, Gig] = {key: self._gig_of(one) for key, one in offers.items()}
        nodes = {key: dedupe.Node(family.usable_links(key), family.traits.get(key)) for key in offers}
        groups, refused = dedupe.group(nodes, family.ties, family.decided)
        claims = _claims(groups, offers, family.gigs)
        writes: list[GigWrite] = []
        membership: dict[Key, str] = {}
        for number, group in enumerate(groups):
            members = [offers[key] for key in group.keys]
            first = min(members, key=lambda one: (one.first_seen, one.key))
            claimants = sorted(claims.get(number, ()))
            seq = claimants[0] if claimants else None
            owner = gig_id(*first.key) if seq is None else family.gigs[seq].id
            views = views_of(owner, members, self._boards, normalized)
            status: Status = "open" if any(one.status == "open" for one in members) else "closed"
            writes.append(GigWrite(owner, status, first.first_seen, views, seq))
            for other in claimants[1:]:
                gig = family.gigs[other]
                writes.append(GigWrite(gig.id, "closed", gig.first_seen, (), other, moved_to=seq))
            membership.update((key, owner) for key in group.keys)

        claimed = {seq for its in claims.values() for seq in its}
        for seq, gig in family.gigs.items():
            if seq not in claimed and gig.moved_to is None and (gig.status == "open" or family.views.get(seq)):
                # Its postings turned out to be no offers. Without any there is nothing that it may say: whatever they
                # come to permit, a takedown or a board's ban would not find it again.
                writes.append(GigWrite(gig.id, "closed", gig.first_seen, (), seq))
        return _Regrouped(writes, membership, refused)

    # --- end of a run ---

    def _end(self, run: Run) -> None:
        """Judge the run, close what it proves gone, and move it to the store. One that asked nothing is forgotten."""
        if run.outcome == "skipped":
            self._counts.pop(run.id, None)
            self.inbox.remove_run(run.id)
            return
        with self.store.database.reading() as connection:
            earlier = comparable(connection, run.board)
        self.follow_terms()
        board = self._boards.get(run.board)
        counts = Counter(run.counts) + self._counts.pop(run.id, Counter())
        changes_only = board is not None and board.info.changes_only
        run = health.judge(replace(run, counts=dict(counts)), earlier, may_be_few=changes_only)
        if health.may_close(run) and not changes_only:
            if board is None or board.info.absence_closes:
                run.counts["gone"] = self._close(run, lifecycle.absent, "gone")
            else:
                run.counts["unseen_for_long"] = self._close(run, lifecycle.forgotten, "expired")
        with self.store.database.writing() as connection:
            self.leases.keep(connection, [board_lease(run.board)])
            runs.save_run(self.store.database, connection, run)
            note_health(self.store.database, connection, run)
        self.inbox.remove_run(run.id)
        self.follow_terms()  # a good run makes a stale board fresh

    def _close(self, run: Run, over: Callable[[sa.Connection, Run, int], list[Key]], reason: ClosedReason) -> int:
        """Close the postings that are `over` by this run. Returns how many."""

        def evaluate(connection: sa.Connection) -> Changes:
            found = postings.load(connection, over(connection, run, BATCH))
            return Changes({key: stored.close(reason, self.clock()) for key, stored in found.items()})

        closed = 0
        while count := len(self._settle(evaluate, held=[board_lease(run.board)]).postings):
            closed += count
        return closed


class _Regrouped(NamedTuple):
    writes: list[GigWrite]
    membership: dict[Key, str]
    """Which posting is in which gig, by its id."""
    refused: set[Key]
    """Postings that a full gig refused."""


def _claims(
    groups: Sequence[dedupe.Group], offers: Mapping[Key, StoredPosting], known: Mapping[int, StoredGig]
) -> dict[int, list[int]]:
    """Which existing gigs (seq) go on in which group (number). A gig goes where its first posting is, whose identity
    its id was made of; without that posting, where most of its others are."""
    place = {key: number for number, group in enumerate(groups) for key in group.keys}
    firsts = {gig_id(*key): key for key in offers}
    claims: dict[int, list[int]] = {}
    for seq, gig in known.items():
        if gig.id in firsts:
            claims.setdefault(place[firsts[gig.id]], []).append(seq)
        elif gig.moved_to is None:
            heirs = Counter(place[key] for key, stored in offers.items() if stored.gig == seq)
            if heirs:
                claims.setdefault(min(heirs, key=lambda number: (-heirs[number], number)), []).append(seq)
    return claims


def _pay_day(today: date) -> date:
    """The day of the exchange rates that a posting of today gets: the last that has any."""
    return min(today, last_day())


def _same(before: StoredPosting, after: StoredPosting) -> bool:
    return before.content_hash == after.content_hash and before.status == after.status


def _amounts(gig: Gig) -> tuple[object, ...]:
    return (gig.pay.status, gig.pay.unit, gig.pay.min, gig.pay.max, gig.pay.currency)
