"""Made-up gigs by the hundred thousand for the benchmarks: the same for the same seed, copied from nobody.

Words follow a Zipf-like law over a vocabulary of 20,000, the rest the rough shape of a real index: most gigs online, a
quarter in one of 3,000 towns, half with stated pay.

    python -m benchmarks.generate 1000 > gigs.ndjson
"""

import itertools
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from index.gig import Gig, MinimumPayout, Pay, Place, Risk, Source, gig_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VOCABULARY = 20_000
TOWNS = 3_000
BOARDS = tuple(f"board{n:02d}" for n in range(40))
CATEGORIES = (
    "data_entry", "transcription", "translation", "surveys", "design", "writing", "software", "testing", "delivery",
    "cleaning", "moving", "pets", "tutoring", "audits", "photography", "other",
)  # fmt: skip
SKILLS = ("clean", "translate", "record", "check", "photograph", "walk", "write", "test", "label", "survey")
ENDINGS = ("", "s", "ing", "er", "ed")
COUNTRIES = ("US", "GB", "DE", "FR", "IN", "CA", "AU", "ES", "BR", "JP")


def gigs(count: int, seed: int = 1, first: int = 1) -> Iterator[Gig]:
    """`count` gigs with seqs from `first`, all of them open offers seen within the last 60 days before NOW. Words and
    towns depend on the seed alone, so that processes can make parts of one index."""
    rng = random.Random(seed)
    vocabulary = _vocabulary(rng)
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    towns = [_town(rng, number) for number in range(TOWNS)]
    town_weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(TOWNS)))
    if first > 1:
        rng = random.Random(f"{seed} {first}")
    for seq in range(first, first + count):

        def text(words: int) -> str:
            return " ".join(rng.choices(vocabulary, cum_weights=weights, k=words))

        board, seen = rng.choice(BOARDS), NOW - timedelta(seconds=rng.randrange(60 * 86_400))
        in_person = rng.random() < 0.25
        yield Gig(
            id=gig_id(board, str(seq)),
            seq=seq,
            revision=seq,
            title=f"{rng.choice(SKILLS)}{rng.choice(ENDINGS)} {text(rng.randrange(2, 7))}".capitalize(),
            description=f"{text(rng.randrange(20, 90)).capitalize()}.",
            organization=rng.choice((None, text(2).title())),
            language=rng.choices(("en", "de", "es", "fr", None), (80, 6, 5, 5, 4))[0],
            category=rng.choice(CATEGORIES),
            work_mode="in_person" if in_person else rng.choices(("online", "either", "unknown"), (80, 5, 15))[0],
            places=rng.choices(towns, cum_weights=town_weights, k=rng.choice((1, 1, 1, 2))) if in_person else [],
            pay=_pay(rng),
            risk=Risk(level=rng.choices(("none", "low", "high"), (90, 7, 3))[0]),
            posted_at=rng.choice((None, seen)),
            first_seen=seen,
            last_seen=NOW,
            sources=[Source(board=board, external_id=str(seq), url=f"https://{board}.example/gigs/{seq}")],
        )


def _pay(rng: random.Random) -> Pay:
    if rng.random() < 0.5:
        return Pay(status=rng.choice(("unknown", "unknown", "negotiable", "unpaid")))
    unit = rng.choices(("hour", "task", "item", "month", "word"), (40, 35, 15, 7, 3))[0]
    low = round(rng.lognormvariate(3, 0.8) * {"month": 150, "word": 0.002, "item": 0.1}.get(unit, 1), 4)
    high = round(low * rng.choice((1, 1, 1.5, 2)), 4)
    hourly = (low, high) if unit == "hour" else (None, None)
    return Pay(
        status="stated",
        unit=unit,
        min=low,
        max=high,
        currency="USD",
        usd_min=low,
        usd_max=high,
        usd_per_hour_min=hourly[0],
        usd_per_hour_max=hourly[1],
        basis="stated" if unit == "hour" else None,
        media=rng.choice(([], ["paypal"], ["bank_transfer", "paypal"], ["gift_card"])),
        minimum_payout=rng.choice((None, None, None, MinimumPayout(amount=10, currency="USD", usd=10))),
    )


def _vocabulary(rng: random.Random) -> list[str]:
    """Pronounceable made-up words, the short ones first, as in any language."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(rng.choices(syllables, k=rng.choice((1, 2, 2, 3, 3, 4)) if len(words) > 50 else 1))] = None
    return list(words)


def _town(rng: random.Random, number: int) -> Place:
    """Half of them around Berlin, so that circles there are full; the rest anywhere people live."""
    if number % 2:
        lat, lon, country = rng.gauss(52.52, 1.5), rng.gauss(13.4, 2.0), "DE"
    else:
        lat, lon, country = rng.uniform(-45, 65), rng.uniform(-179, 179), rng.choice(COUNTRIES)
    name = f"Town {number}"
    return Place(text=name, city=name, country=country, lat=round(lat, 4), lon=round(lon, 4))


if __name__ == "__main__":
    for made in gigs(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000):
        print(made.model_dump_json(exclude_none=True))
