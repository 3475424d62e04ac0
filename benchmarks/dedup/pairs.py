"""Labelled pairs: precision, recall and F1 with their intervals, by how alike the texts are, beside two peers.

The peers see the same texts in the same run: *exact* calls two postings one gig when title and text are the same after
folding, *minhash* when datasketch's MinHash (128 permutations over the same three-word shingles) estimates at least
THRESHOLD of them in common.
"""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasketch import MinHash  # type: ignore[import-untyped]

from index.dedupe.match import group_postings
from index.dedupe.traits import Traits, shingles, traits_of
from index.dedupe.verdict import compare_texts, judge
from index.gig import Gig
from index.normalize import normalize
from index.posting import Posting, read_posting

GOLD = Path(__file__).parents[3] / "shared" / "data" / "gold"
THRESHOLD = 0.8
BINS = (0.2, 0.4, 0.6, 0.8, 0.95, 1.01)
Labelled = tuple[Posting, Posting, bool]
Answer = Callable[[Posting, Posting], bool]


@dataclass
class Score:
    """Right and wrong answers."""

    hit: int = 0
    false: int = 0
    missed: int = 0
    right: int = 0

    def add(self, same: bool, answer: bool) -> None:
        self.hit += same and answer
        self.false += answer and not same
        self.missed += same and not answer
        self.right += not same and not answer

    def line(self) -> str:
        precision, recall = _share(self.hit, self.hit + self.false), _share(self.hit, self.hit + self.missed)
        f1 = 2 * self.hit / max(1, 2 * self.hit + self.false + self.missed)
        return f"{precision} | {recall} | {f1:.2f} | {self.false} | {self.missed}"


def _share(count: int, of: int) -> str:
    low, high = wilson(count, of)
    return f"{count / of:.2f} ({low:.2f} to {high:.2f})" if of else "none"


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, count / of
    middle = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - reach) / (1 + z * z / of)), min(1.0, (middle + reach) / (1 + z * z / of))


def gold(folder: Path = GOLD) -> tuple[dict[str, Posting], list[tuple[str, str, bool]]]:
    """The labelled half: postings by id, and pairs."""
    postings = {}
    for line in (folder / "dedup-postings.ndjson").read_text(encoding="utf-8").strip().split("\n"):
        posting, _ = read_posting(json.loads(line))
        postings[posting.external_id] = posting
    pairs = (folder / "dedup-pairs.dev.ndjson").read_text(encoding="utf-8").strip().split("\n")
    rows = [json.loads(line) for line in pairs]
    return postings, [(row["a"], row["b"], row["label"] == "same") for row in rows]


class Bench:
    """Answers of ours and of the peers, each posting read once."""

    def __init__(self, postings: Iterable[Posting]) -> None:
        self.gigs: dict[str, tuple[Posting, Gig]] = {posting.key: (posting, normalize(posting)) for posting in postings}
        self.traits: dict[str, Traits] = {key: traits_of(*one) for key, one in self.gigs.items()}
        self.hashes = {key: _minhash(traits) for key, traits in self.traits.items()}
        groups, _ = group_postings(self.gigs.values())
        self.group = {":".join(key): number for number, group in enumerate(groups) for key in group.keys}

    def verdict(self, a: Posting, b: Posting) -> bool:
        return judge(self.traits[a.key], self.traits[b.key]).answer == "same"

    def grouped(self, a: Posting, b: Posting) -> bool:
        return self.group[a.key] == self.group[b.key]

    def exact(self, a: Posting, b: Posting) -> bool:
        one, other = self.traits[a.key], self.traits[b.key]
        return (one.title, one.words) == (other.title, other.words)

    def minhash(self, a: Posting, b: Posting) -> bool:
        return bool(self.hashes[a.key].jaccard(self.hashes[b.key]) >= THRESHOLD)

    def alike(self, a: Posting, b: Posting) -> float:
        return compare_texts(self.traits[a.key], self.traits[b.key]).jaccard

    def answers(self) -> dict[str, Answer]:
        return {
            "Gigdex, grouped": self.grouped,
            "Gigdex, the verdict alone": self.verdict,
            "exact text": self.exact,
            f"MinHash >= {THRESHOLD}": self.minhash,
        }


def _minhash(traits: Traits) -> MinHash:
    found = MinHash(num_perm=128)
    found.update_batch([repr(shingle).encode() for shingle in shingles(traits)])
    return found


def report(name: str, bench: Bench, labelled: Sequence[Labelled]) -> None:
    same = sum(one[2] for one in labelled)
    print(f"\n{name}: {len(labelled)} pairs, {same} of them one gig\n")
    print("| | precision (95 %) | recall (95 %) | F1 | false merges | missed |\n|---|--:|--:|--:|--:|--:|")
    for who, answer in bench.answers().items():
        score = Score()
        for a, b, is_same in labelled:
            score.add(is_same, answer(a, b))
        print(f"| {who} | {score.line()} |")
    print("\n| shingles in common | pairs | one gig | found | false merges | MinHash found | false |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    low = 0.0
    for high in BINS:
        inside = [one for one in labelled if low <= bench.alike(one[0], one[1]) < high]
        ours, peer = Score(), Score()
        for a, b, is_same in inside:
            ours.add(is_same, bench.grouped(a, b))
            peer.add(is_same, bench.minhash(a, b))
        both = ours.hit + ours.missed
        cells = (len(inside), both, ours.hit, ours.false, peer.hit, peer.false)
        print(f"| {low} to {min(high, 1.0)} | {' | '.join(map(str, cells))} |")
        low = high


def main() -> None:
    from tests.index.dedupe_pairs import blind_pairs, pairs

    if (GOLD / "dedup-postings.ndjson").exists():
        postings, rows = gold()
        bench = Bench(postings.values())
        report("Labelled half of real ads", bench, [(postings[a], postings[b], same) for a, b, same in rows])
    else:
        print(f"{GOLD} is not there: only the made-up pairs.")
    for name, its in (
        ("Made-up pairs (tests/index/dedupe_pairs.py)", pairs()),
        ("Pairs by an author who had not seen the rules (tests/index/dedupe_blind_pairs.ndjson)", blind_pairs()),
    ):
        made = []
        for number, pair in enumerate(its):
            a = pair.a.model_copy(update={"external_id": f"{number}a"})
            made.append((a, pair.b.model_copy(update={"external_id": f"{number}b"}), pair.same))
        report(name, Bench([one for row in made for one in row[:2]]), made)
