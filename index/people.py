"""What people say of duplicates, and what they are told (`gigdex dedupe --explain`, `--join`, `--split`).

A decision is written by whoever is asked and followed by whoever has the lease, at once or within a minute. It names
postings, not gigs: gigs come and go with the rules, postings stay what they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING

from index import dedupe
from index.dedupe.read import NUMBER_KINDS
from index.dedupe.traits import Traits, traits_of
from index.dedupe.verdict import Verdict, conflicts, judge
from index.family import Families
from index.normalize import normalize
from index.store import decisions, fingerprints, gigs, postings
from index.store.decisions import Word
from index.store.postings import Key, StoredPosting
from index.store.store import Store

if TYPE_CHECKING:
    from index.ingest import Ingest

MOST_PAIRS = 400
"""Of two gigs so many pairs of postings are looked at."""
MOST_REASONS = 20
DIFFERENCES = 12
"""Words that are shown of each kind of difference."""


class UnknownName(ValueError):
    """Neither a posting nor a gig; the message is one line."""


@dataclass(frozen=True)
class Explanation:
    """What dedupe thinks of two postings."""

    a: Key
    b: Key
    verdict: Verdict
    one_gig: bool
    decided: Word | None
    """What a person said of these two."""
    why: tuple[str, ...] = ()
    """What holds the two in one gig: why each of its postings belongs to it."""
    only: dict[str, list[str]] = field(default_factory=dict)
    """Names and numbers that only one of them has, by what they are: "names of A"."""
    gigs: tuple[str | None, str | None] = (None, None)
    """Ids of the gigs that they are in."""


def members(store: Store, name: str) -> dict[Key, StoredPosting]:
    """The posting "board:external_id", or all postings of a gig by its id. Raises UnknownName."""
    with store.database.reading() as connection:
        board, colon, external_id = name.partition(":")
        if colon:
            found = postings.load(connection, [(board, external_id)])
        else:
            gig = gigs.load_by_id(connection, [name]).get(name)
            while gig is not None and gig.moved_to is not None:
                gig = gigs.load(connection, [gig.moved_to])[gig.moved_to]
            found = postings.of_gigs(connection, [gig.seq]) if gig is not None else {}
    if not found:
        raise UnknownName(f"there is no posting and no gig {name!r} (a posting is BOARD:ID)")
    return found


# --- deciding ------------------------------------------------------------------------------------------------------


def join(store: Store, one: str, other: str) -> None:
    """These two are one gig, whatever the rules say. Takes back what was said to the contrary."""
    mine, theirs = members(store, one), members(store, other)
    if min(mine) == min(theirs):
        raise UnknownName(f"{one} and {other} are the same posting")
    for name, its in ((one, mine), (other, theirs)):
        if all(stored.kind != "offer" for stored in its.values()):
            raise UnknownName(f"{name} offers no paid work, so that it has no gig")
    # Of named gigs every posting is meant, and splits from any posting that shares their gigs would keep them apart.
    chain = [*sorted(mine), *sorted(theirs)]
    with store.database.writing() as connection:
        gathered = [postings.of_gigs(connection, {s.gig for s in its.values() if s.gig}) for its in (mine, theirs)]
        decisions.withdraw(connection, "split", product({**mine, **gathered[0]}, {**theirs, **gathered[1]}))
        decisions.decide(connection, "join", list(pairwise(chain)), datetime.now(UTC))


def split(store: Store, gig: str, posting: str) -> None:
    """The posting is not of that gig. Takes back what was said to the contrary."""
    group, (key, *more) = members(store, gig), members(store, posting)
    if more or ":" not in posting:
        raise UnknownName(f"{posting} is no posting; name one as BOARD:ID")
    if key not in group:
        raise UnknownName(f"{posting} is not in gig {gig}")
    pairs = [(key, other) for other in sorted(group) if other != key]
    if not pairs:
        raise UnknownName(f"{posting} is alone in gig {gig}")
    with store.database.writing() as connection:
        decisions.decide(connection, "split", pairs, datetime.now(UTC))


def apply_pending(ingest: "Ingest") -> int:
    """Let the gigs follow decisions that they don't follow yet. Needs the lease. Returns how many there were."""
    database = ingest.store.database
    with database.reading() as connection:
        pending = decisions.pending(connection)
    if not pending:
        return 0
    keys = {key for one in pending for key in (one.one, one.other)}
    ingest.settle(lambda connection: postings.load(connection, keys))
    with database.writing() as connection:
        decisions.applied(connection, [one.id for one in pending], ingest.clock())
    return len(pending)


def is_applied(store: Store) -> bool:
    """Whether the gigs follow everything that was decided."""
    with store.database.reading() as connection:
        return not decisions.pending(connection)


# --- explaining ----------------------------------------------------------------------------------------------------


def explain(store: Store, one: str, other: str) -> Explanation:
    """What dedupe thinks of two postings; of gigs, of those two of their postings that are most alike."""
    mine, theirs = members(store, one), members(store, other)
    secret = store.secret()
    with store.database.reading() as connection:
        learned = fingerprints.load_boilerplate(connection)
        seqs = {its.gig for its in (*mine.values(), *theirs.values()) if its.gig is not None}
        ids = {gig.seq: gig.id for gig in gigs.load(connection, seqs).values()}
        decided = decisions.of(connection, [*mine, *theirs])
    words: dict[int, str] = {}
    traits: dict[Key, Traits] = {}
    for key, its in (mine | theirs).items():
        gig = normalize(its.posting, its.pay_day)
        traits[key] = traits_of(its.posting, gig, learned.get(key[0], frozenset()), secret, words)
    pairs = [pair for pair in islice(product(sorted(mine), sorted(theirs)), MOST_PAIRS) if pair[0] != pair[1]]
    if not pairs:
        raise UnknownName(f"{one} and {other} are the same posting")
    judged = {pair: judge(traits[min(pair)], traits[max(pair)]) for pair in pairs}
    order = {"same": 2, "unsure": 1, "different": 0}
    a, b = max(pairs, key=lambda pair: (order[judged[pair].answer], judged[pair].score))
    verdict = judged[a, b]
    if verdict.answer == "different":  # every reason, not only the first
        verdict = Verdict("different", verdict.score, tuple(conflicts(traits[min(a, b)], traits[max(a, b)])))
    said = next((row.word for row in decided if {row.one, row.other} == {a, b}), None)
    seq_a, seq_b = mine[a].gig, theirs[b].gig
    return Explanation(
        a,
        b,
        verdict,
        one_gig=seq_a is not None and seq_a == seq_b,
        decided=said,
        why=_held_together(store, {a: mine[a], b: theirs[b]}) if seq_a is not None and seq_a == seq_b else (),
        only=dict(_only(traits[a], traits[b], words)),
        gigs=(ids.get(seq_a or 0), ids.get(seq_b or 0)),
    )


def _held_together(store: Store, pair: dict[Key, StoredPosting]) -> tuple[str, ...]:
    """Why the postings of a gig belong to it, one line each."""
    families = Families(store, lambda stored: normalize(stored.posting, stored.pay_day))
    with store.database.reading() as connection:
        family = families.gather(connection, pair)
    nodes = {key: dedupe.Node(family.usable_links(key), family.traits.get(key)) for key in family.postings}
    groups, _ = dedupe.group(nodes, family.ties, family.decided)
    return tuple(
        f"{':'.join(key)}: {why}" + (" (its text is gone)" if family.postings[key].blanked else "")
        for group in groups
        if not pair.keys().isdisjoint(group.keys)
        for key, why in sorted(group.why.items())
    )[:MOST_REASONS]


def _only(a: Traits, b: Traits, words: dict[int, str]) -> Iterator[tuple[str, list[str]]]:
    for name, one, other in (("A", a, b), ("B", b, a)):
        every = frozenset(other.words) | other.title
        found = {"names": one.names - every, "title": one.title - every}
        for kind, number in one.numbers - other.numbers:
            found.setdefault(f"{NUMBER_KINDS[kind]} numbers", frozenset())
            found[f"{NUMBER_KINDS[kind]} numbers"] |= {number}
        for what in sorted(found):
            spelled = sorted(words[number] for number in found[what] if number in words)
            if spelled:
                yield f"{what} of {name}", spelled[:DIFFERENCES]
