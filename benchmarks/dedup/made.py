"""A made-up set of postings with known copies: how many different gigs are merged, how many copies found, how fast.

Of COUNT postings 70 % are gigs of their own. 15 % are copies of one of them: edited, with a board's notice added, with
numbers written another way, or posted again. 15 % are other gigs made from the same template: in another town, for
another pay, at another street number, for another role.

Times are process time (CPU), because the machine is shared; nothing is normalized, since ingest has done it before.
"""

import itertools
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from benchmarks.generate import VOCABULARY
from benchmarks.generate import gigs as made_gigs
from index import dedupe
from index.dedupe.keys import Print, keys_of
from index.dedupe.match import ties_of, uncollected
from index.dedupe.traits import Traits, pack, traits_of
from index.family import Families
from index.gig import Gig, Pay, Place
from index.posting import Posting
from index.settings import Settings
from index.store import fingerprints, schema
from index.store import postings as stored_postings
from index.store.gigs import take
from index.store.postings import Key, StoredPosting
from index.store.store import Store

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOTICE = "This advertisement was checked by our team. Never pay for a job. Report what looks wrong to the board."
BATCH = 500
FILL = 20_000
RECENT = 20_000
"""Gigs that copies are made of: ads are copied while they are new."""
ROLES = ("server", "cook", "plumber", "driver", "painter", "tutor", "gardener", "typist", "guard", "tailor")
Row = tuple[Posting, Gig, int]
"""Posting, the gig read from it, and the number of the gig that it really is."""


def rows(count: int, seed: int = 7) -> Iterator[Row]:
    """`count` postings, made one after another: a million need no memory."""
    rng = random.Random(seed)
    fresh = made_gigs(count, seed)
    recent: list[tuple[Gig, dict[str, str], int]] = []
    changed: dict[tuple[int, str, str], int] = {}
    for number in range(count):
        draw = rng.random()
        if not recent or draw < 0.7:
            gig, slots, truth, how = next(fresh), _slots(rng), number, "new"
            recent.append((gig, slots, truth))
            if len(recent) > RECENT:
                recent[rng.randrange(RECENT)] = recent.pop()
        else:
            gig, slots, truth_of = rng.choice(recent)
            truth = truth_of
            how = rng.choice(("edited", "notice", "numbers", "again"))
            if draw < 0.85:
                name, how = rng.choice(("town", "pay", "street", "role")), "other"
                other = slots[name]
                while other == slots[name]:
                    other = _slots(rng)[name]
                slots = slots | {name: other}
                truth = changed.setdefault((truth_of, name, other), number)  # the same change is the same gig
        yield (*_posting(rng, number, gig, slots, how), truth)


def _slots(rng: random.Random) -> dict[str, str]:
    return {
        "town": f"{_name(rng)}",
        "pay": str(rng.randrange(12, 2_000)),
        "street": str(rng.randrange(1, 999)),
        "role": rng.choice(ROLES),
        "name": _name(rng),
    }


def _name(rng: random.Random) -> str:
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(4)).capitalize()


def _posting(rng: random.Random, number: int, gig: Gig, slots: dict[str, str], how: str) -> tuple[Posting, Gig]:
    pay = slots["pay"]
    written = f"{int(pay):,}.00" if how == "numbers" else pay
    words = gig.description.rstrip(".").split()
    if how == "edited":
        for _ in range(max(1, len(words) // 25)):
            del words[rng.randrange(len(words))]
        words.insert(rng.randrange(len(words)), "really")
    text = (
        f"{slots['name']} needs a {slots['role']}. {' '.join(words)}. The place is {slots['street']} {slots['name']} "
        f"Street in {slots['town']}. The pay is ${written} for the whole job."
    )
    if how == "notice":
        text = f"{text}\n{NOTICE}"
    title = f"{slots['role'].capitalize()} for {gig.title.lower()}"
    amount = float(pay)
    board = f"board{number % 40:02d}"
    posting = Posting(board=board, external_id=str(number), url=f"https://{board}.example/{number}", title=title)
    place = Place(text=slots["town"], city=slots["town"], country="US")
    made = gig.model_copy(
        update={
            "title": title,
            "description": text,
            "organization": None,
            "work_mode": "in_person",
            "places": [place],
            "pay": Pay(
                status="stated", unit="task", min=amount, max=amount, currency="USD", usd_min=amount, usd_max=amount
            ),
        }
    )
    return posting, made


def main(count: int) -> None:
    """The pure part, in memory: quality and speed on `count` postings."""
    with uncollected():
        _main(count)


def _main(count: int) -> None:
    prints: dict[Key, tuple[Traits, Print]] = {}
    truth: dict[Key, int] = {}
    reading = 0.0
    for posting, gig, number in rows(count):
        began = time.process_time()
        traits = traits_of(posting, gig)
        prints[posting.board, posting.external_id] = (traits, keys_of(traits))
        reading += time.process_time() - began
        truth[posting.board, posting.external_id] = number
    started = time.process_time()
    matched = ties_of(prints)
    compared = time.process_time()
    groups, _ = dedupe.group({key: dedupe.Node((), traits) for key, (traits, _) in prints.items()}, matched.ties)
    grouped = time.process_time()
    gigs = len(set(truth.values()))
    print(f"{count:,} postings, {gigs:,} gigs -> {len(groups):,} groups, {matched.verdicts:,} verdicts\n")
    report(truth, [group.keys for group in groups])
    total = reading + grouped - started
    print("\n| CPU time of one core | s | ms a posting |\n|---|--:|--:|")
    for name, seconds in (
        ("fingerprints and keys", reading),
        ("candidates and verdicts", compared - started),
        ("groups", grouped - compared),
        ("all", total),
    ):
        print(f"| {name} | {seconds:.1f} | {seconds / count * 1000:.2f} |")
    print(f"\nmost memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def report(truth: dict[Key, int], groups: list[tuple[Key, ...]]) -> None:
    wrong = sum(len({truth[key] for key in keys}) - 1 for keys in groups)
    gigs = len(set(truth.values()))
    pairs_there = sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())
    pairs_found = sum(n * (n - 1) // 2 for keys in groups for n in Counter(truth[key] for key in keys).values())
    print(f"gigs falsely merged: {wrong} of {gigs:,} ({wrong / gigs:.3%}); pairs of copies found: {pairs_found:,} of "
          f"{pairs_there:,} ({pairs_found / max(1, pairs_there):.1%})")  # fmt: skip


# --- growth --------------------------------------------------------------------------------------------------------


class Filled:
    """A store that is filled with fingerprints, and into which batches are ingested as ingest does it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(Settings(data=folder))
        self.gigs: dict[Key, Gig] = {}
        self.families = Families(self.store, lambda stored: self.gigs[stored.key])
        self.seq = 0
        self.rng = random.Random(1)
        self.vocabulary = [int.from_bytes(self.rng.randbytes(4), "little") for _ in range(VOCABULARY)]
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        posting, gig, _ = next(rows(1))
        self.pattern = traits_of(posting, gig, key=self.families.secret)

    def stored(self, posting: Posting) -> StoredPosting:
        return StoredPosting(posting, "", "offer", date(2026, 3, 1), NOW, NOW)

    def fill(self, count: int) -> None:
        """Bring in postings without comparing them: what is there before the measurement. Their words are drawn as
        those of `rows` are, but as numbers, which is quicker to make."""
        secret, rng = self.families.secret, self.rng
        fresh: dict[Key, bytes] = {}
        prints: dict[Key, tuple[int, ...]] = {}
        table = []
        for _ in range(count):
            self.seq += 1
            key = ("filled", str(self.seq))
            drawn = rng.choices(self.vocabulary, cum_weights=self.weights, k=rng.randrange(40, 110))
            town, street = rng.getrandbits(32), rng.getrandbits(32)
            traits = replace(
                self.pattern,
                title=frozenset(drawn[:4]),
                words=tuple(drawn),
                names=frozenset((town, street)),
                places=(replace(self.pattern.places[0], name=town),),
                size=len(set(drawn)),
            )
            fresh[key], prints[key] = pack(traits), keys_of(traits, secret)
            table.append(
                {"board": key[0], "external_id": key[1], "content": "{}", "content_hash": "", "kind": "offer"}
                | {"pay_day": NOW.date(), "gig": self.seq, "status": "open", "first_seen": NOW, "last_seen": NOW}
            )
        with self.store.database.writing() as connection:
            connection.execute(sa.insert(schema.postings), table)
            fingerprints.save(self.store.database, connection, fresh, {}, secret, prints=prints)

    def ingest(self, batch: list[Row]) -> float:
        """Dedupe a batch on the store; returns the CPU seconds of it, without writing the postings themselves."""
        self.gigs = {(posting.board, posting.external_id): gig for posting, gig, _ in batch}
        changed = {key: self.stored(posting) for key, (posting, _, _) in zip(self.gigs, batch, strict=True)}
        started = time.process_time()
        with self.store.database.reading() as connection:
            family = self.families.gather(connection, changed)
        nodes = {key: dedupe.Node(family.links[key], family.traits.get(key)) for key in family.postings}
        groups, _ = dedupe.group(nodes, family.ties, family.decided)
        spent = time.process_time() - started
        ties = [(tie.a, tie.b, tie.score, "\n".join(tie.reasons)) for tie in family.new_ties]
        with self.store.database.writing() as connection:
            take(connection, "regrouping", 1)
            save: list[tuple[StoredPosting, Sequence[str]]] = []
            for group in groups:
                seqs = [seq for key in group.keys if (seq := family.postings[key].gig) is not None]
                self.seq += not seqs
                seq = min(seqs, default=self.seq)
                for key in group.keys:
                    stored = family.postings[key]
                    if stored.gig != seq:
                        save.append((replace(stored, gig=seq), ()))
            stored_postings.save(self.store.database, connection, save)
            started = time.process_time()
            fingerprints.save(
                self.store.database,
                connection,
                family.fresh,
                family.before,
                self.families.secret,
                ties,
                prints=family.prints,
            )
            fingerprints.trim(connection, family.full_keys)
            spent += time.process_time() - started
        return spent


def curve(most: int) -> None:
    """Cost of a posting while the store grows, on SQLite, in multiples of reading its text, because the machine is more
    busy at one time than at another; writes docs/dedupe-curve.svg."""
    points: list[tuple[int, float]] = []
    steps = [n for n in (10_000, 30_000, 100_000, 300_000, 1_000_000) if n <= most]
    print("| postings stored | CPU ms a posting | reading its text alone | times that | most memory, MB | store, MB |")
    print("|--:|--:|--:|--:|--:|--:|", flush=True)
    measured = 4_000
    with tempfile.TemporaryDirectory() as name:
        filled = Filled(Path(name))
        source = rows(measured * len(steps))
        for step in steps:
            while filled.seq < step - measured:
                filled.fill(min(FILL, step - measured - filled.seq))
            spent = yardstick = 0.0
            for _ in range(measured // BATCH):
                batch = list(itertools.islice(source, BATCH))
                yardstick += reading(batch)
                spent += filled.ingest(batch)
            points.append((step, spent / yardstick))
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            size = sum(path.stat().st_size for path in Path(name).glob("gigdex.db*")) / 1e6
            cost, alone = spent / measured * 1000, yardstick / measured * 1000
            cells = (
                f"{step:,}",
                f"{cost:.2f}",
                f"{alone:.2f}",
                f"{spent / yardstick:.2f}",
                f"{memory:,.0f}",
                f"{size:,.0f}",
            )
            print(f"| {' | '.join(cells)} |", flush=True)
            picture_file = Path(__file__).parents[2] / "docs" / "dedupe-curve.svg"
            picture_file.write_text(picture(points), encoding="utf-8")
        filled.store.close()
    print(f"\n{points[-1][1] / points[0][1]:.2f} times the cost at {points[-1][0] / points[0][0]:.0f} times the size")


def reading(batch: list[Row]) -> float:
    """CPU seconds of reading the texts alone, which costs the same however many postings are stored: the measure for
    how busy the machine is just now."""
    started = time.process_time()
    for posting, gig, _ in batch:
        traits_of(posting, gig)
    return time.process_time() - started


def picture(points: list[tuple[int, float]]) -> str:
    """The curve as SVG: postings on a logarithmic axis, cost on a linear one that begins at zero."""
    import math

    left, top, width, height = 60, 20, 520, 220
    first, last = math.log10(points[0][0]), math.log10(max(points[-1][0], points[0][0] * 10))
    highest = max(3.0 * points[0][1], max(ms for _, ms in points))

    def at(n: float, ms: float) -> tuple[float, float]:
        x = left + width * (math.log10(n) - first) / max(1e-9, last - first)
        return round(x, 1), round(top + height * (1 - ms / highest), 1)

    line = " ".join(f"{x},{y}" for x, y in (at(n, ms) for n, ms in points))
    twice = at(points[0][0], 2 * points[0][1])[1]
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 300" font-family="sans-serif" font-size="12">',
        '<rect width="620" height="300" fill="#fff"/>',
        f'<path d="M{left} {top}V{top + height}H{left + width}" fill="none" stroke="#333"/>',
        f'<path d="M{left} {twice}H{left + width}" stroke="#b00" stroke-dasharray="5 4"/>',
        f'<text x="{left + 6}" y="{twice - 5}" fill="#b00">twice the cost at {points[0][0]:,}</text>',
        f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="2"/>',
    ]
    for n, ms in points:
        x, y = at(n, ms)
        parts.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="#06c"/>')
        parts.append(f'<text x="{x}" y="{y - 9}" text-anchor="middle">{ms:.2f}</text>')
        parts.append(f'<text x="{x}" y="{top + height + 18}" text-anchor="middle">{n:,}</text>')
    parts.append(f'<text x="{left + width / 2}" y="{top + height + 42}" text-anchor="middle">postings stored</text>')
    parts.append(f'<text x="16" y="{top + height / 2}" transform="rotate(-90 16 {top + height / 2})" '
                 'text-anchor="middle">CPU time, reading the text = 1</text></svg>')  # fmt: skip
    return "\n".join(parts) + "\n"
