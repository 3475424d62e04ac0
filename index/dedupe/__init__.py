"""Which postings are one gig: pure functions. index/family.py uses them on the store.

read.py reads a text, traits.py makes of it what is compared, keys.py finds whom to compare with, verdict.py says same
or different, group.py makes gigs of it.
"""

from index.dedupe.group import Decisions, Group, Key, Node, Tie, group
from index.dedupe.links import canonical_link, canonical_links, is_tracking, says_nothing

__all__ = [
    "Decisions", "Group", "Key", "Node", "Tie", "canonical_link", "canonical_links", "group", "is_tracking",
    "says_nothing",
]  # fmt: skip
