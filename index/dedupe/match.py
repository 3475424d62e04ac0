"""Pairs of postings worth a verdict, and the ties that the verdicts give, without a store: for `gigdex dedupe`, tests
and benchmarks. index/family.py does the same on the store's tables."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from index.dedupe.group import NOTHING, Decisions, Group, Key, Node, Tie, group
from index.dedupe.keys import Print, keys_of
from index.dedupe.links import canonical_links
from index.dedupe.traits import Traits, traits_of
from index.dedupe.verdict import Verdict, judge
from index.gig import Gig
from index.posting import Posting

KEY_CAP = 32
"""Of the postings that share a key a new one is compared with the newest so many."""


class Judge:
    """Verdicts, remembered for a while: among copies of copies the same question comes again and again."""

    LIMIT = 10_000

    def __init__(self) -> None:
        self._known: dict[tuple[Traits, Traits], Verdict] = {}

    def __call__(self, a: Traits, b: Traits) -> Verdict:
        found = self._known.get((a, b))
        if found is None:
            if len(self._known) > self.LIMIT:
                self._known.clear()
            found = self._known[a, b] = judge(a, b)
        return found


def tie(one: Key, other: Key, verdict: Verdict) -> Tie:
    low, high = sorted((one, other))
    return Tie(low, high, verdict.score, verdict.reasons)


@dataclass(frozen=True)
class Matched:
    ties: list[Tie]
    verdicts: int
    capped: int
    """Postings of which a key was full."""


def ties_of(prints: Mapping[Key, tuple[Traits, Print]]) -> Matched:
    """Ties among the postings, found by their keys. Doesn't depend on their order while no key is full."""
    holders: dict[int, list[Key]] = {}
    ask = Judge()
    ties: list[Tie] = []
    verdicts = capped = 0
    for key, (traits, its_keys) in prints.items():
        others: dict[Key, None] = {}
        full = False
        for one in its_keys:
            held = holders.setdefault(one, [])
            if len(held) < KEY_CAP or not one & 1:
                full = full or len(held) >= KEY_CAP
                others.update(dict.fromkeys(held[-KEY_CAP:]))
            held.append(key)
            if len(held) > 2 * KEY_CAP:
                del held[:KEY_CAP]
        capped += full
        for other in others:
            verdict = ask(*ordered(traits, prints[other][0], key < other))
            verdicts += 1
            if verdict.answer == "same":
                ties.append(tie(key, other, verdict))
    return Matched(ties, verdicts, capped)


def ordered(one: Traits, other: Traits, first: bool) -> tuple[Traits, Traits]:
    return (one, other) if first else (other, one)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's collector of cycles, which walks over all that is kept again and again, a fifth of the time:
    what dedupe makes has no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def group_postings(
    postings: Iterable[tuple[Posting, Gig]], decisions: Decisions = NOTHING
) -> tuple[list[Group], Matched]:
    """Groups of postings at hand, each with the gig that was read from it; of several with the same key the last one
    counts. Only offers are compared by text: whatever else boards carry is no gig."""
    with uncollected():
        return _group_postings(postings, decisions)


def _group_postings(postings: Iterable[tuple[Posting, Gig]], decisions: Decisions) -> tuple[list[Group], Matched]:
    latest = {(posting.board, posting.external_id): (posting, gig) for posting, gig in postings}
    prints: dict[Key, tuple[Traits, Print]] = {}
    for key in sorted(latest):
        posting, gig = latest[key]
        if gig.kind == "offer":
            traits = traits_of(posting, gig)
            prints[key] = (traits, keys_of(traits))
    matched = ties_of(prints)
    nodes = {
        key: Node(canonical_links(posting), prints[key][0] if key in prints else None)
        for key, (posting, _) in latest.items()
    }
    return group(nodes, matched.ties, decisions)[0], matched
