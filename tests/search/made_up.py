"""Made-up gigs, dense in the cases where engines could differ: ties, unknowns, shared words, several places."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from index.document import document
from index.engine.base import Document
from index.gig import Gig, MinimumPayout, Pay, Place, Risk, Source, gig_id
from index.search import Search
from index.store.gigs import GigWrite, View, save
from index.store.store import Store

NOW = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
SECRET = b"test secret"

TITLES = {
    "en": "clean cleaning cleaners house houses C++ C# .NET dog-walker walk don't driver's full-time data entry",
    "de": "Übersetzung Übersetzungen Haus Häuser Reinigung reinigen Straße Hunde Hund ausführen C++",
    "fr": "traduction traductions l'aide ménage expérimenté expérimentée chien promener d'entrée",
    "ru": "мой район ещё перевод переводы уборка",
    "ja": "翻訳の仕事 掃除 データ入力 犬",
    None: "clean houses menage haus データ entry survey surveys",
    "xx": "survey cleaning dog walks",
}
PLACES = [
    Place(text="Berlin", city="Berlin", country="DE", lat=52.52, lon=13.405),
    Place(text="Potsdam", city="Potsdam", country="DE", lat=52.39, lon=13.065),
    Place(text="Paris", city="Paris", country="FR", lat=48.8566, lon=2.3522),
    Place(text="Suva", country="FJ", lat=-18.1416, lon=178.4419),
    Place(text="Taveuni", country="FJ", lat=-16.9, lon=-179.95),
    Place(text="Alert", country="CA", lat=89.99, lon=-62.3),
    Place(text="Pole", lat=90.0, lon=0.0),
    Place(text="somewhere in Texas", region="Texas", country="US"),
]


def gigs(count: int, seed: int = 1, first: int = 1) -> list[Gig]:
    """The same gigs for the same arguments; seqs from `first`."""
    rng = random.Random(seed)
    return [_gig(rng, seq) for seq in range(first, first + count)]


def _gig(rng: random.Random, seq: int) -> Gig:
    language = rng.choice(list(TITLES))
    words = TITLES[language].split()
    status = rng.choice(["stated"] * 4 + ["negotiable", "unpaid", "unknown"])
    usd = rng.choice([None, 0.0, 0.004, 5.0, 20.0, 20.0, 19.99995, 25.5, 3_000_000.0]) if status == "stated" else None
    if status == "negotiable" and rng.random() < 0.5:
        usd = 20.0
    top = rng.choice([None, usd, usd * 2]) if usd is not None else None
    boards = rng.sample(["alpha", "beta", "gamma"], rng.choice([1, 1, 2]))
    return Gig(
        id=gig_id("alpha", str(seq)),
        seq=seq,
        title=" ".join(rng.choices(words, k=rng.choice([1, 2, 3]))),
        description=" ".join(rng.choices(words, k=rng.choice([0, 4, 9]))),
        organization=rng.choice([None, "Acme House", "ménage & co"]),
        language=language,
        category=rng.choice(["cleaning", "code", "pets"]),
        work_mode=rng.choice(["online", "in_person", "either", "unknown"]),
        places=rng.sample(PLACES, rng.choice([0, 0, 1, 1, 2, 3]))
        + rng.choices(_around_berlin(rng), k=rng.choice([0, 1])),
        pay=Pay(
            status=status,
            unit=rng.choice([None, "hour", "hour", "task", "word"]),
            usd_min=usd,
            usd_max=top,
            usd_per_hour_min=rng.choice([None, usd]),
            media=rng.sample(["paypal", "cash", "gift_card"], rng.choice([0, 1, 2])),
            minimum_payout=rng.choice([None, MinimumPayout(amount=10, usd=10.0), MinimumPayout(amount=50, usd=50.0)]),
        ),
        risk=Risk(level=rng.choice(["none", "none", "low", "high"])),
        status=rng.choice(["open", "open", "open", "closed"]),
        posted_at=rng.choice([None, NOW - timedelta(minutes=rng.choice([1, 60, 1_440, 5_000, 10_080, 50_000]))]),
        first_seen=rng.choice([None, NOW - timedelta(days=2)]),
        sources=[
            Source(board=board, external_id=str(seq), url="https://board.example/" + str(seq)) for board in boards
        ],
    )


def _around_berlin(rng: random.Random) -> list[Place]:
    lat, lon = 52.52 + rng.randrange(-30, 30) / 100, 13.4 + rng.randrange(-30, 30) / 100
    return [Place(text="a village", country="DE", lat=lat, lon=lon)]


class Shelf:
    """A store for tests: the gigs by view, and their documents.

    Every third gig shows its title alone on the feed and is kept from mails; the operator sees all.
    """

    def __init__(self, gigs: Iterable[Gig]) -> None:
        self.by_key: dict[tuple[int, int], Gig] = {}
        self.by_channel: dict[str, dict[int, Gig]] = {"page": {}, "feed": {}, "mail": {}, "operator": {}}
        self.put(gigs)

    def put(self, gigs: Iterable[Gig]) -> list[Document]:
        """Keep the gigs and give the documents to write."""
        documents = []
        for gig in gigs:
            assert gig.seq is not None
            for view, (shown, channels) in enumerate(_views(gig)):
                self.by_key[gig.seq, view] = shown
                for channel in channels:
                    self.by_channel[channel][gig.seq] = shown
                documents.append(document(shown, view, channels))
        return documents

    def documents(self) -> list[Document]:
        return self.put(list(self.by_channel["operator"].values()))

    def keep_in(self, store: Store) -> None:
        """Write the gigs into an empty store, which numbers them as they are numbered here."""
        writes = [
            GigWrite(
                gig.id,
                gig.status,
                gig.first_seen or NOW,
                tuple(View(tuple(channels), shown.model_copy(update={"seq": None})) for shown, channels in _views(gig)),
            )
            for gig in self.by_channel["operator"].values()
        ]
        with store.database.writing() as connection:
            assert list(save(store.database, connection, writes).values()) == list(self.by_channel["operator"])

    def views(self, keys: Sequence[tuple[int, int]], channel: str) -> dict[tuple[int, int], Gig]:
        return {key: self.by_key[key] for key in keys if key in self.by_key}


def _views(gig: Gig) -> Iterator[tuple[Gig, list[str]]]:
    if gig.seq is not None and gig.seq % 3:
        yield gig, ["page", "feed", "mail", "operator"]
    else:
        yield gig, ["page", "operator"]
        yield gig.model_copy(update={"description": "", "pay": Pay(), "places": []}), ["feed"]


def search_for(engine: object, shelf: Shelf) -> Search:
    return Search(engine, shelf, SECRET)  # type: ignore[arg-type]
