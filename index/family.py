"""The family of changed postings: everyone who has to be regrouped with them, read from the store.

A family is closed: whoever shares a gig, a link, a tie or a person's decision with one of it belongs to it as well.
Grouping it therefore gives what grouping everything at once would give. Ties are judged here, once, when one of their
two postings is new or says something else than before.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa

from index import dedupe
from index.ahead import Fingerprint, Learned
from index.dedupe.group import MAX_GROUP, Decisions, Tie
from index.dedupe.keys import Print, keys_of
from index.dedupe.match import KEY_CAP, Judge, ordered, tie
from index.dedupe.traits import Traits, pack, traits_of
from index.dedupe.verdict import says_the_same
from index.gig import Gig, gig_id
from index.store import decisions, fingerprints, gigs, postings
from index.store.fingerprints import Stored, StoredTie
from index.store.gigs import StoredGig, View
from index.store.postings import Key, StoredPosting
from index.store.schema import meta
from index.store.store import Store

log = logging.getLogger(__name__)

MAX_CANDIDATES = 64
"""Postings that a new one is compared with: those that share the most keys with it."""


@dataclass
class Family:
    """Postings that may share a gig with the changed ones, and the gigs that they are in now."""

    epoch: int
    """Of the store, when this was read; another writer's regrouping makes it stale."""
    postings: dict[Key, StoredPosting]
    links: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    void: set[str] = field(default_factory=set)
    """Links that say nothing."""
    gigs: dict[int, StoredGig] = field(default_factory=dict)
    views: dict[int, list[View]] = field(default_factory=dict)
    traits: dict[Key, Traits] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    decided: Decisions = field(default_factory=Decisions)

    fresh: dict[Key, bytes] = field(default_factory=dict)
    """Fingerprints to be written."""
    prints: dict[Key, Print] = field(default_factory=dict)
    """Their keys."""
    faded: dict[Key, bytes] = field(default_factory=dict)
    """Fingerprints of what is left of postings that lost their text; their ties stay."""
    before: dict[Key, Stored] = field(default_factory=dict)
    """Stored fingerprints of the changed postings."""
    gone: list[Stored] = field(default_factory=list)
    """Fingerprints of postings that are no offers any more."""
    new_ties: list[Tie] = field(default_factory=list)
    full_keys: set[int] = field(default_factory=set)
    capped: set[Key] = field(default_factory=set)
    """Postings that were not compared with all that share a key with them."""

    def usable_links(self, key: Key) -> list[str]:
        """Links of the posting that say something."""
        return [link for link in self.links[key] if link not in self.void]


class Families:
    """Reads families. `normalize` gives the gig of one posting, `read_ahead` its fingerprint if it was made already."""

    def __init__(
        self,
        store: Store,
        normalize: Callable[[StoredPosting], Gig],
        read_ahead: Callable[[StoredPosting], Fingerprint | None] = lambda _: None,
    ) -> None:
        self.store = store
        self.normalize = normalize
        self.read_ahead = read_ahead
        self.ask = Judge()
        self._boilerplate: dict[str, frozenset[int]] = {}
        self._boilerplate_version: str | None = None

    @cached_property
    def secret(self) -> bytes:
        return self.store.secret()

    def traits(self, stored: StoredPosting) -> Traits:
        """What is compared of the posting, with the boilerplate that is known now."""
        its = self._boilerplate.get(stored.key[0], frozenset())
        return traits_of(stored.posting, self.normalize(stored), its, self.secret)

    def learned(self) -> Learned:
        """What others have to know to make the same fingerprints."""
        self.secret  # noqa: B018  # read before the transaction begins: it may have to be made
        with self.store.database.reading() as connection:
            self.read_boilerplate(connection)
        return Learned(self.secret, self._boilerplate_version, self._boilerplate)

    def read_boilerplate(self, connection: sa.Connection) -> None:
        version = connection.execute(sa.select(meta.c.value).where(meta.c.key == "boilerplate")).scalar()
        if version != self._boilerplate_version:
            self._boilerplate = fingerprints.load_boilerplate(connection)
            self._boilerplate_version = version

    def gather(self, connection: sa.Connection, changed: Mapping[Key, StoredPosting], again: bool = False) -> Family:
        """The family of the changed postings. `again`: judge all their ties anew, whatever changed."""
        family = Family(gigs.peek(connection, "regrouping"), dict(changed))
        if not changed:
            return family
        self.read_boilerplate(connection)
        family.before = fingerprints.load(connection, changed)
        self._look(family, again)
        self._match(connection, family, again)
        self._close(connection, family)
        self._complete(connection, family)
        return family

    def _look(self, family: Family, again: bool) -> None:
        """Which of the changed postings say something else than before."""
        for key, stored in family.postings.items():
            before = family.before.get(key)
            if stored.kind != "offer":
                if before is not None:
                    family.gone.append(before)
            else:
                try:
                    family.traits[key], packed, keys = self._fingerprint(stored)
                except Exception as error:  # a fault of ours in one posting must not stop the others
                    log.error("posting %s:%s can't be compared: %r; it stays by itself", *key, error)
                    continue
                if stored.blanked:  # it can't be judged any more, and stays tied to what it was tied to
                    if before is not None and before.packed != packed:
                        family.faded[key] = packed
                elif again or before is None or before.packed != packed:
                    family.fresh[key] = packed
                    family.prints[key] = keys if keys is not None else keys_of(family.traits[key], self.secret)

    def _fingerprint(self, stored: StoredPosting) -> tuple[Traits, bytes, Print | None]:
        """Traits of the posting, packed, and its keys if they are known."""
        ready = None if stored.blanked else self.read_ahead(stored)
        if ready is not None and ready.boilerplate == self._boilerplate_version:
            traits = fingerprints.read_traits(ready.packed)
            if traits is not None:
                return traits, ready.packed, ready.keys
        traits = self.traits(stored)
        return traits, pack(traits), None

    def _match(self, connection: sa.Connection, family: Family, again: bool) -> None:
        """Ties of what is fresh, among itself and with what is stored."""
        if not family.fresh:
            return
        prints = family.prints
        held = fingerprints.holders(connection, (one for its in prints.values() for one in its))
        own = {family.before[key].number: key for key in family.fresh if key in family.before}
        stale = own.keys() | {stored.number for stored in family.gone}
        for one, numbers in held.items():
            held[one] = [number for number in numbers if number not in stale]

        candidates: dict[Key, dict[int, None]] = {}
        pairs: dict[tuple[Key, Key], None] = {}
        arrived: dict[int, list[Key]] = {}
        for key, its in prints.items():
            stored_votes: Counter[int] = Counter()
            batch_votes: Counter[Key] = Counter()
            for one in its:
                old, new = held.get(one), arrived.setdefault(one, [])
                if old or new:  # most keys are nobody else's
                    old = old or []
                    is_full = len(old) + len(new) >= KEY_CAP
                    if is_full:
                        family.full_keys.add(one)
                    if not (is_full and one & 1):
                        batch_votes.update(new[-KEY_CAP:])
                        stored_votes.update(old[-max(0, KEY_CAP - len(new)) :] if len(new) < KEY_CAP else ())
                        if is_full:
                            family.capped.add(key)
                new.append(key)
            if len(batch_votes) + len(stored_votes) > MAX_CANDIDATES:
                family.capped.add(key)
            nearest = sorted(batch_votes, key=lambda other: -batch_votes[other])[:MAX_CANDIDATES]
            pairs.update(((key, other), None) for other in nearest)
            ranked = sorted(stored_votes, key=lambda number: (-stored_votes[number], -number))
            candidates[key] = dict.fromkeys(ranked[: MAX_CANDIDATES - len(nearest)])
        tied: dict[tuple[Key, int], StoredTie] = {}
        for stored_tie in fingerprints.ties_of(connection, own):
            a, b = own.get(stored_tie.a), own.get(stored_tie.b)
            if a is not None and b is not None:
                if (b, a) not in pairs:
                    pairs[a, b] = None
            elif a is not None and stored_tie.b not in stale:
                candidates[a][stored_tie.b] = None
                tied[a, stored_tie.b] = stored_tie
            elif b is not None and stored_tie.a not in stale:
                candidates[b][stored_tie.a] = None
                tied[b, stored_tie.a] = stored_tie

        known = fingerprints.by_number(connection, (number for its in candidates.values() for number in its))
        full = _full(connection, known.values())
        for key, other in pairs:
            self._judge(family, key, family.traits[key], other, family.traits[other])
        for key, chosen in candidates.items():
            for number in chosen:
                stored = known.get(number)
                if stored is None:
                    continue
                if stored.gig in full and stored.gig != family.postings[key].gig:
                    family.capped.add(key)
                elif (traits := stored.traits) is None or stored.blanked:  # can't be judged now
                    before_tie = tied.get((key, number))
                    if before_tie and (again or says_the_same(family.before[key].traits, family.traits[key])):
                        low, high = sorted((key, stored.key))
                        family.new_ties.append(Tie(low, high, before_tie.score, before_tie.lines))
                else:
                    self._judge(family, key, family.traits[key], stored.key, traits)

    def _judge(self, family: Family, key: Key, traits: Traits, other: Key, others: Traits) -> None:
        verdict = self.ask(*ordered(traits, others, key < other))
        if verdict.answer == "same":
            family.new_ties.append(tie(key, other, verdict))

    def _close(self, connection: sa.Connection, family: Family) -> None:
        """Read on until nobody new turns up.

        A link that the unchanged postings alone already use for several ids of one board said nothing before and says
        nothing now: it pulls in nobody, or one application form would pull in its whole board each time. Nor does a
        tie with a gig that is full.
        """
        changed = dict(family.postings)
        superseded = family.fresh.keys() | {stored.key for stored in family.gone}
        tied: dict[Key, set[Key]] = {}
        for one in family.new_ties:
            tied.setdefault(one.a, set()).add(one.b)
            tied.setdefault(one.b, set()).add(one.a)
        kept: dict[tuple[Key, Key], Tie] = {}
        decided: dict[int, decisions.Decision] = {}
        family.links = {key: dedupe.canonical_links(stored.posting) for key, stored in changed.items()}
        wanted = {link for its in family.links.values() for link in its} | postings.links_of(connection, changed)
        prints = dict(family.before)
        fresh = list(changed)
        seqs: set[int] = set()
        while fresh:
            new_seqs = {seq for key in fresh if (seq := family.postings[key].gig) is not None}
            # A gig may go on without the posting that its id is made of, which is no offer any more.
            its_own = gigs.load_by_id(connection, (gig_id(*key) for key in fresh)).values()
            family.gigs.update((gig.seq, gig) for gig in its_own)
            new_seqs = (new_seqs | {gig.seq for gig in its_own if gig.moved_to is None}) - seqs
            seqs |= new_seqs
            others: set[Key] = set()
            for link, keys in postings.sharing(connection, wanted).items():
                if dedupe.says_nothing(keys - changed.keys()):
                    family.void.add(link)
                else:
                    others |= keys
            others |= {other for key in fresh for other in tied.get(key, ())}
            others |= self._stored_ties(connection, [prints[key] for key in fresh if key in prints], superseded, kept)
            for decision in decisions.of(connection, fresh):
                decided[decision.id] = decision
                others |= {decision.one, decision.other}
            found = postings.of_gigs(connection, new_seqs)
            found |= postings.load(connection, others - found.keys() - family.postings.keys())
            fresh = [key for key in found if key not in family.postings]
            for key in fresh:
                family.postings[key] = found[key]
                family.links[key] = dedupe.canonical_links(found[key].posting)
            prints |= fingerprints.load(connection, fresh)
            wanted = {link for key in fresh for link in family.links[key]}
        for key, stored in prints.items():
            if key not in family.traits and key not in superseded and (traits := stored.traits) is not None:
                family.traits[key] = traits
        family.ties = [*family.new_ties, *kept.values()]
        family.decided = decisions.grouped(decided[number] for number in sorted(decided))
        family.gigs |= gigs.load(connection, seqs - family.gigs.keys())

    def _stored_ties(
        self,
        connection: sa.Connection,
        stored: Iterable[Stored],
        superseded: Iterable[Key],
        kept: dict[tuple[Key, Key], Tie],
    ) -> set[Key]:
        """Whom stored ties lead to from these fingerprints. Ties that still hold are added to `kept`."""
        found = fingerprints.ties_of(connection, (one.number for one in stored))
        ends = fingerprints.by_number(connection, {number for one in found for number in (one.a, one.b)})
        full = _full(connection, ends.values())
        superseded = set(superseded)
        others: set[Key] = set()
        for one in found:
            a, b = ends.get(one.a), ends.get(one.b)
            if a is None or b is None or (a.gig != b.gig and (a.gig in full or b.gig in full)):
                continue
            others |= {a.key, b.key}
            if a.key not in superseded and b.key not in superseded:
                low, high = sorted((a.key, b.key))
                kept[low, high] = Tie(low, high, one.score, one.lines)
        return others

    def _complete(self, connection: sa.Connection, family: Family) -> None:
        family.views = gigs.load_views(connection, family.gigs)


def _full(connection: sa.Connection, stored: Iterable[Stored]) -> set[int]:
    """Gigs that take nobody in any more."""
    sizes = fingerprints.gig_sizes(connection, {one.gig for one in stored if one.gig is not None})
    return {seq for seq, size in sizes.items() if size >= MAX_GROUP}
