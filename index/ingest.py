"""Inbox -> normalize -> dedupe -> store: the only writer of gigs (the engine follows, index/follow.py).

All computation happens between transactions; the write transaction only writes. That is safe because one process
at a time ingests (index/lease.py).
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import sqlalchemy as sa

from index import dedupe, forget, health, lifecycle
from index.channels import views_of
from index.gig import Gig, Kind, Status, gig_id
from index.normalize import normalize
from index.normalize.currency import last_day
from index.posting import BadPosting, Posting, read_posting
from index.store import gigs, postings, runs, schema
from index.store.boards import Standing, standings
from index.store.gigs import GigWrite, StoredGig, View
from index.store.inbox import Inbox, posting_json
from index.store.postings import Key, StoredPosting
from index.store.runs import Run
from index.store.store import Store, facts

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


@dataclass
class _Family:
    """Postings that may share a gig with the changed ones, and the gigs that they are in now."""

    postings: dict[Key, StoredPosting]
    links: dict[Key, tuple[str, ...]]
    void: set[str]
    """Links that say nothing."""
    gigs: dict[int, StoredGig]
    views: dict[int, list[View]]


class Ingest:
    """Takes postings out of the inbox and keeps the gigs up to date with them."""

    def __init__(self, store: Store, inbox: Inbox, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store = store
        self.inbox = inbox
        self.clock = clock
        self._counts: dict[str, Counts] = {}
        """What ingest did with the postings of each unfinished run."""
        self._remembered: dict[tuple[str, str, str, date], Gig] = {}
        self._boards: Mapping[str, Standing] = {}

    def step(self, limit: int = BATCH) -> int:
        """Ingest up to `limit` postings, then the ends of runs that are through. Returns how many postings it took
        out of the inbox. After a crash anywhere in here the same postings are taken again, with the same result.
        """
        waiting = self.inbox.take(limit)
        rules = forget.rules(self.store) if waiting else ()
        sightings: dict[Key, Sighting] = {}
        for row in waiting:
            counts = self._counts.setdefault(row.run, Counter())
            try:
                posting, problems = read_posting(posting_json(row.content))
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
                continue
            sightings[kept.board, kept.external_id] = Sighting(kept, row.received_at, row.run)
        if sightings:
            self.follow_terms()
            self._ingest(sightings)
        if waiting:
            self.inbox.remove([row.id for row in waiting])
        for run in self.inbox.ended_runs(self.clock()):
            self._end(run)
        return len(waiting)

    def drain(self, on_step: Callable[[int], None] = lambda _: None) -> int:
        """Ingest until the inbox is empty; `on_step` gets the number of postings of each step."""
        total = 0
        while count := self.step():
            total += count
            on_step(count)
        return total

    def expire(self) -> int:
        """Close postings whose time is over. Returns how many."""
        self.follow_terms()
        now = self.clock()
        with self.store.database.reading() as connection:
            over = postings.load(connection, lifecycle.expired(connection, now, limit=BATCH))
        self._settle({key: stored.close("expired", now) for key, stored in over.items()})
        return len(over)

    def settle(self, changed: Mapping[Key, StoredPosting]) -> None:
        """Bring the gigs up to date with stored postings that something other than a crawl changed."""
        self.follow_terms()
        self._settle(changed)

    def renormalize(self, on_step: Callable[[int], None] = lambda _: None) -> int:
        """Make all gigs from their postings again, with today's rules and terms. Returns the number of postings."""
        self.follow_terms()
        return self._resettle(sa.true(), on_step)

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
                self._resettle(schema.postings.c.board == board)
                self.store.set(key, now)

    def would_change(
        self, on_step: Callable[[int], None] = lambda _: None
    ) -> Iterator[tuple[str, Gig | None, Gig | None]]:
        """What `renormalize` would change, as (id, operator's view before, after); nothing is written, and no lease is
        needed. A gig that others write meanwhile may be compared with what it was."""
        with self.store.database.reading() as connection:
            self._boards = standings(connection, self.clock())
        told: set[str] = set()
        for batch in self._again(sa.true()):
            family = self._family(batch)
            for write in self._regroup(family)[0]:
                known = family.gigs[write.seq] if write.seq is not None else None
                if write.id in told or (known is not None and known.views_hash == write.views_hash()):
                    continue
                told.add(write.id)
                views = family.views.get(known.seq) if known is not None else None
                yield write.id, views[0].gig if views else None, write.views[0].gig if write.views else None
            on_step(len(batch))

    def _resettle(self, condition: sa.ColumnElement[bool], on_step: Callable[[int], None] = lambda _: None) -> int:
        """Settle all postings that meet the condition again. Returns how many."""
        total = 0
        for batch in self._again(condition):
            self._settle(batch)
            total += len(batch)
            on_step(len(batch))
        return total

    def _again(self, condition: sa.ColumnElement[bool]) -> Iterator[dict[Key, StoredPosting]]:
        """All postings that meet the condition as today's rules see them, in batches by the order of their keys."""
        after: Key = ("", "")
        key_columns = sa.tuple_(schema.postings.c.board, schema.postings.c.external_id)
        while True:
            with self.store.database.reading() as connection:
                keys = postings.select_keys(connection, condition, key_columns > sa.tuple_(*after), limit=BATCH)
                batch = postings.load(connection, keys)
            if not keys:
                return
            after = keys[-1]
            yield {key: replace(stored, kind=self._kind(stored)) for key, stored in batch.items()}

    def _kind(self, stored: StoredPosting) -> Kind:
        """By today's rules; of a posting that lost its text, what it was found to be when it had one."""
        return stored.kind if stored.blanked else self._normalize(stored.posting, stored.pay_day).kind

    # --- one batch ---

    def _ingest(self, sightings: Mapping[Key, Sighting]) -> None:
        with self.store.database.reading() as connection:
            known = postings.load(connection, sightings)
        changed: dict[Key, StoredPosting] = {}
        unchanged: list[tuple[Key, datetime, str]] = []
        for key, sighting in sightings.items():
            counts = self._counts.setdefault(sighting.run, Counter())
            before = known.get(key)
            try:
                after = self._sight(before, sighting)
            except Exception as error:  # a fault of ours in one posting must not stop the others
                log.error("posting %s:%s can't be read: %r; it stays as it was", *key, error)
                counts["unreadable"] += 1
                if before is not None:
                    unchanged.append((key, sighting.seen, sighting.run))
                continue
            if after is None:
                counts["closed_at_first_sight"] += 1
            elif before is not None and _same(before, after):
                counts["unchanged"] += 1
                unchanged.append((key, after.last_seen, sighting.run))
            else:
                counts["new" if before is None else "changed"] += 1
                changed[key] = after
            if after is not None and after.kind != "offer":
                counts[f"not_an_offer_{after.kind}"] += 1
        self._settle(changed, unchanged)

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
            kind, pay_day = self._read(before, posting, seen.date())
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

    def _read(self, before: StoredPosting | None, posting: Posting, today: date) -> tuple[Kind, date]:
        """Kind of the posting, and the day of its exchange rate: the day on which this pay was seen first, or the last
        that has a rate yet, so that tomorrow's table changes nothing."""
        today = min(today, last_day())
        gig = self._normalize(posting, today)
        if before is not None and _amounts(self._normalize(before.posting, before.pay_day)) == _amounts(gig):
            return gig.kind, before.pay_day
        return gig.kind, today

    def _normalize(self, posting: Posting, day: date) -> Gig:
        """`normalize`, remembered for a while: a batch needs the gig of a posting more than once."""
        key = (posting.board, posting.external_id, posting.content_hash(), day)
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) > 4 * BATCH:
                self._remembered.clear()
            found = self._remembered[key] = normalize(posting, day)
        return found

    def _settle(
        self, changed: Mapping[Key, StoredPosting], unchanged: Iterable[tuple[Key, datetime, str]] = ()
    ) -> None:
        """Bring the gigs up to date with the changed postings, in one transaction."""
        family = self._family(changed)
        writes, membership = self._regroup(family)
        now_in = {key: membership.get(key) for key, stored in family.postings.items() if stored.kind == "offer"}
        with self.store.database.writing() as connection:
            known = family.gigs
            written = [
                write for write in writes if write.seq is None or known[write.seq].views_hash != write.views_hash()
            ]
            seqs = {gig.id: gig.seq for gig in known.values()}
            seqs.update(gigs.save(self.store.database, connection, written))
            rows = []
            for key, stored in family.postings.items():
                owner = now_in.get(key)
                after = replace(stored, gig=seqs[owner] if owner else None)
                if key in changed or after.gig != stored.gig:
                    rows.append((after, family.links[key]))
            postings.save(self.store.database, connection, rows)
            postings.touch(connection, unchanged)

    def _family(self, changed: Mapping[Key, StoredPosting]) -> _Family:
        """The changed postings with all that may have to be regrouped with them: whoever is in one of their gigs now
        or shares a link with one of them, new or old, and so on until nobody new turns up.

        A link that the unchanged postings alone already use for several ids of one board said nothing before and says
        nothing now: it pulls in nobody, or one application form would pull in its whole board each time.
        """
        members = dict(changed)
        links = {key: dedupe.canonical_links(stored.posting) for key, stored in changed.items()}
        void: set[str] = set()
        fresh = list(changed)
        seqs: set[int] = set()
        with self.store.database.reading() as connection:
            wanted = {link for its in links.values() for link in its} | postings.links_of(connection, changed)
            while fresh:
                new_seqs = {seq for key in fresh if (seq := members[key].gig) is not None} - seqs
                seqs |= new_seqs
                sharing: set[Key] = set()
                for link, keys in postings.sharing(connection, wanted).items():
                    if dedupe.says_nothing(keys - changed.keys()):
                        void.add(link)
                    else:
                        sharing |= keys
                found = postings.of_gigs(connection, new_seqs)
                found |= postings.load(connection, sharing - found.keys() - members.keys())
                fresh = [key for key in found if key not in members]
                for key in fresh:
                    members[key] = found[key]
                    links[key] = dedupe.canonical_links(found[key].posting)
                wanted = {link for key in fresh for link in links[key]}
            known = gigs.load(connection, seqs)
            own = gigs.load_by_id(connection, (gig_id(*key) for key in members))
            known.update((gig.seq, gig) for gig in own.values())
            views = gigs.load_views(connection, known)
        return _Family(members, links, void, known, views)

    def _regroup(self, family: _Family) -> tuple[list[GigWrite], dict[Key, str]]:
        """The gigs as they should be, and which posting is in which gig (by id)."""
        offers = {key: stored for key, stored in family.postings.items() if stored.kind == "offer"}
        normalized: dict[Key, Gig] = {key: self._normalize(one.posting, one.pay_day) for key, one in offers.items()}
        groups = dedupe.group({key: [link for link in family.links[key] if link not in family.void] for key in offers})
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
            if seq not in claimed and gig.moved_to is None and gig.status == "open":
                views = tuple(_removed(view, self.clock()) for view in family.views.get(seq, ()))
                writes.append(GigWrite(gig.id, "closed", gig.first_seen, views, seq))
        return writes, membership

    # --- end of a run ---

    def _end(self, run: Run) -> None:
        """Judge the run, close what it proves gone, and move it to the store."""
        with self.store.database.reading() as connection:
            earlier = runs.last_runs(connection, run.board)
        self.follow_terms()
        board = self._boards.get(run.board)
        counts = Counter(run.counts) + self._counts.pop(run.id, Counter())
        run = health.judge(replace(run, counts=dict(counts)), earlier)
        if health.may_close(run) and (board is None or board.info.absence_closes):
            run.counts["gone"] = self._close_absent(run)
        with self.store.database.writing() as connection:
            runs.save_run(connection, run)
        self.inbox.remove_run(run.id)
        self.follow_terms()  # a good run makes a stale board fresh

    def _close_absent(self, run: Run) -> int:
        closed = 0
        while True:
            with self.store.database.reading() as connection:
                absent = postings.load(connection, lifecycle.absent(connection, run, limit=BATCH))
            if not absent:
                return closed
            self._settle({key: stored.close("gone", self.clock()) for key, stored in absent.items()})
            closed += len(absent)


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


def _same(before: StoredPosting, after: StoredPosting) -> bool:
    return before.content_hash == after.content_hash and before.status == after.status


def _amounts(gig: Gig) -> tuple[object, ...]:
    return (gig.pay.status, gig.pay.unit, gig.pay.min, gig.pay.max, gig.pay.currency)


def _removed(view: View, now: datetime) -> View:
    """The view of a gig whose postings turned out not to be offers."""
    if view.gig.status == "closed":
        return view
    update = {"status": "closed", "closed_reason": "removed", "closed_at": now}
    return View(view.channels, view.gig.model_copy(update=update))
