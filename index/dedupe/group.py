"""Which postings are one gig. A pure function of the set of postings: the same set gives the same groups in whatever
order it came, and a part of it that nothing ties to the rest gives the same groups as within the whole.

Ties are tried from the strongest to the weakest: what people joined, the same link, then like texts, the most alike
first. A tie of texts is refused when it would put two postings into one gig that are different by the verdict: of a
chain A - B - C whose ends are two gigs, B stays with whom it is most like. What people parted is never put together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from index.dedupe.links import says_nothing
from index.dedupe.traits import Traits
from index.dedupe.verdict import apart, other_work

Key = tuple[str, str]
"""(board, external_id)"""

MAX_GROUP = 200
"""Postings that text ties into one gig at most. A gig that is posted more often goes on as the next one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Postings of one gig, sorted, with the reason why each belongs (none for a lone one)."""

    keys: tuple[Key, ...]
    why: Mapping[Key, str]


@dataclass(frozen=True, slots=True)
class Node:
    """A posting, as far as grouping looks at it."""

    links: Sequence[str] = ()
    traits: Traits | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """Two postings that were judged to be one gig; `a` is the lesser key."""

    a: Key
    b: Key
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Decisions:
    """What people said."""

    joined: Sequence[tuple[Key, Key]] = ()
    """In the order in which they were said."""
    parted: Sequence[tuple[Key, Key]] = ()


NOTHING = Decisions()


@dataclass
class _Clusters:
    """Disjoint sets of postings."""

    nodes: Mapping[Key, Node]
    parted: dict[Key, set[Key]]
    parent: dict[Key, Key] = field(default_factory=dict)
    members: dict[Key, list[Key]] = field(default_factory=dict)
    faces: dict[Key, dict[Traits, None]] = field(default_factory=dict)
    """Different traits of each set: a thousand copies are compared once."""
    strangers: dict[tuple[int, int], bool] = field(default_factory=dict)
    refused: set[Key] = field(default_factory=set)
    """Ends of ties that a full gig did not take."""

    def __post_init__(self) -> None:
        for key, node in self.nodes.items():
            self.parent[key] = key
            self.members[key] = [key]
            self.faces[key] = {} if node.traits is None else {node.traits: None}

    def root(self, key: Key) -> Key:
        while self.parent[key] != key:
            self.parent[key] = self.parent[self.parent[key]]
            key = self.parent[key]
        return key

    def join(self, one: Key, other: Key, by_text: bool = False, by_link: bool = False) -> bool:
        """Unite the sets of both, if nothing forbids it."""
        low, high = sorted((self.root(one), self.root(other)))
        if low == high:
            return True
        mine, theirs = self.members[low], self.members[high]
        if any(not self.parted[key].isdisjoint(theirs) for key in mine if key in self.parted):
            return False
        if by_text:
            if len(mine) + len(theirs) > MAX_GROUP:
                self.refused |= {one, other}
                return False
            if any(self._apart(a, b) for a in self.faces[low] for b in self.faces[high]):
                return False
        if by_link and any(other_work(a, b) for a in self.faces[low] for b in self.faces[high]):
            return False
        self.parent[high] = low
        mine += self.members.pop(high)
        self.faces[low] |= self.faces.pop(high)
        return True

    def _apart(self, a: Traits, b: Traits) -> bool:
        pair = (id(a), id(b)) if id(a) < id(b) else (id(b), id(a))
        found = self.strangers.get(pair)
        if found is None:
            found = self.strangers[pair] = a != b and apart(a, b)
        return found


def _parted(nodes: Mapping[Key, Node], decisions: Decisions) -> Iterator[tuple[Key, Key]]:
    """What people parted, and what repeats one of them: the same text under the same title on the same board."""
    copies: dict[object, list[Key]] = {}
    face: dict[Key, object] = {}
    if decisions.parted:
        for key, node in nodes.items():
            if node.traits is not None:
                face[key] = (key[0], node.traits.title, node.traits.words)
                copies.setdefault(face[key], []).append(key)
    for pair in decisions.parted:
        yield pair
        if pair[0] in face and pair[1] in face and face[pair[0]] != face[pair[1]]:
            for one, other in (pair, pair[::-1]):
                yield from ((copy, other) for copy in copies[face[one]] if copy != one)


def group(
    nodes: Mapping[Key, Node], ties: Iterable[Tie] = (), decisions: Decisions = NOTHING
) -> tuple[list[Group], set[Key]]:
    """Groups in the order of their first key, and which postings have a tie that was refused because a gig was full.

    Postings with the same link are one gig, unless one board uses that link for several ids, or they are other work:
    then it is a form or a landing page, and says nothing.
    """
    parted: dict[Key, set[Key]] = {}
    for one, other in _parted(nodes, decisions):
        parted.setdefault(one, set()).add(other)
        parted.setdefault(other, set()).add(one)
    clusters = _Clusters(nodes, parted)
    why: dict[Key, str] = {}

    def because(keys: Iterable[Key], reason: str) -> None:
        for key in keys:
            why.setdefault(key, reason)

    for one, other in decisions.joined:
        if one in nodes and other in nodes and clusters.join(one, other):
            because((one, other), "joined by a person")
    by_link: dict[str, list[Key]] = {}
    for key in sorted(nodes):
        for link in nodes[key].links:
            by_link.setdefault(link, []).append(key)
    for link, keys in sorted(by_link.items()):
        if len(keys) > 1 and not says_nothing(keys):
            for one, other in combinations(keys, 2):
                if clusters.join(one, other, by_link=True):
                    because((one, other), f"same link {link}")
    for tie in sorted(ties, key=lambda tie: (-tie.score, tie.a, tie.b)):
        if tie.a in nodes and tie.b in nodes and clusters.join(tie.a, tie.b, by_text=True):
            reason = ", ".join(tie.reasons)
            because((tie.a,), f"like {':'.join(tie.b)}: {reason}")
            because((tie.b,), f"like {':'.join(tie.a)}: {reason}")

    found = []
    for key in sorted(nodes):
        if clusters.root(key) == key:  # the least of its set, because the lesser root always wins
            its = tuple(sorted(clusters.members[key]))
            found.append(Group(its, {one: why[one] for one in its if one in why}))
    return found, clusters.refused
