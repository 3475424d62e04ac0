"""How fast saved searches are matched: all of them with one batch of changed gigs, against asking the engine for each.
And how long it takes from a posting in the inbox to a webhook.

    python -m benchmarks.alerts [SEARCHES...]        default: 10000 100000

Prints Markdown: seconds of one core for a batch of 500 gigs, each as it is and as it was (1,000 documents). The first
batch after a start has to read and compile the searches; the later ones find them compiled. The peer asks an engine of
the batch for each search, as one would without a matcher, for a sample of the searches.
"""

import platform
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.generate import NOW, gigs
from benchmarks.search import Shelf
from index.alerts import saved
from index.alerts.delivery import Delivery
from index.alerts.questions import Asked, Questions
from index.alerts.saved import Order, query_json
from index.document import document
from index.engine.embedded import EmbeddedEngine
from index.instance import Instance
from index.query import SearchQuery
from index.search import Search
from index.settings import Settings
from search_api.letters import Letters
from tests.alerts.servers import Receiver
from tests.index.conftest import board, posting

BATCH = 500
SAMPLE = 300
CHANNELS = ("mail", "api", "feed")
PLACES = ("Berlin", "Austin, Texas", "Paris", "Madrid", "52.52,13.40", "40.7,-74.0", "30.27,-97.74", "51.5,-0.12")


def questions(count: int, words: Sequence[str], seed: int = 5) -> list[Asked]:
    """As people ask: one to three words, often a filter or two; nearly all of them different."""
    rng = random.Random(seed)
    asked = []
    for _ in range(count):
        data: dict[str, object] = {"q": " ".join(rng.sample(words, rng.choice([1, 2, 2, 3])))}
        if rng.random() < 0.3:
            data["pay_min"] = rng.randrange(5, 200)
        if rng.random() < 0.3:
            data["mode"] = [rng.choice(["online", "in_person"])]
        if rng.random() < 0.2:
            data |= {"near": rng.choice(PLACES), "radius_km": rng.choice([10, 25, 50])}
        if rng.random() < 0.2:
            data["category"] = [rng.choice(["cleaning", "pet_care", "writing", "data_entry"])]
        if rng.random() < 0.1:
            data["posted_within"] = rng.choice(["24h", "7d"])
        asked.append(Asked(rng.choice(CHANNELS), query_json(SearchQuery.model_validate(data))))
    return asked


def main() -> None:
    counts = [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]
    made = list(gigs(2 * BATCH, seed=7))
    vocabulary = sorted({word for gig in made for word in gig.title.split() if len(word) > 2})
    first, second = made[:BATCH], made[BATCH:]
    batches = [[document(gig, view, CHANNELS) for view in (0, 1) for gig in half] for half in (first, second)]
    print(f"{platform.machine()}, Python {platform.python_version()}; {len(vocabulary)} words, {BATCH} gigs a batch\n")
    print("| saved searches | different | first batch | later batches | matches | asking an engine for each |")
    print("|---:|---:|---:|---:|---:|---:|")
    for count in counts:
        asked = questions(count, vocabulary)
        different = list(dict.fromkeys(asked))
        matcher = Questions()
        seconds, matches = [], 0
        for batch in (*batches, batches[0]):
            start = time.process_time()
            found = matcher.match(batch, different, NOW)
            seconds.append(time.process_time() - start)
            matches = sum(len(hits) for hits in found.values())
        peer = one_by_one(different[:SAMPLE]) / min(SAMPLE, len(different)) * len(different)
        print(
            f"| {count:,} | {len(different):,} | {seconds[0]:.2f} s | {max(seconds[1:]):.2f} s | {matches:,} "
            f"| {peer:.1f} s (from {SAMPLE}) |"
        )

    taken = to_a_receiver()
    print(
        f"\nFrom the inbox to a webhook: {statistics.median(taken):.2f} s (median), {max(taken):.2f} s (longest of 10)."
    )


def to_a_receiver(tries: int = 10) -> list[float]:
    """Seconds from putting a posting into the inbox to the webhook, with the pauses of `gigdex up`."""
    taken = []
    with tempfile.TemporaryDirectory() as folder, Receiver().serving() as receiver:
        settings = Settings(data=Path(folder), webhook_allow=f"127.0.0.1:{receiver.port}")
        order = Order.of(SearchQuery(q="dog"), "webhook", url=receiver.url, rhythm="instant")
        with closing(Instance(settings, [board("alpha")])) as instance, instance.working("benchmark") as worker:
            saved.accept(instance.store.database, settings, order, datetime.now(UTC))
            letters = Letters(settings, dict, lambda: datetime.now(UTC), settings.home)
            delivery = Delivery(instance.store, letters.ways(), settings.private)
            stop = threading.Event()
            threads = [threading.Thread(target=work, args=(stop,)) for work in (worker.run, delivery.run)]
            for thread in threads:
                thread.start()
            for number in range(tries):
                time.sleep(random.Random(number).random())  # anywhere in the pauses
                run = instance.inbox.start_run("alpha")
                instance.inbox.put(run, [posting("alpha", str(number), f"Walk dog number {number}, $20 an hour")])
                instance.inbox.finish_run(run, False, "finished", {"pages": 1}, None)
                start = time.monotonic()
                while len(receiver.posts) <= number:
                    time.sleep(0.005)
                taken.append(time.monotonic() - start)
            stop.set()
            for thread in threads:
                thread.join()
    return taken


def one_by_one(asked: Sequence[Asked]) -> float:
    """Seconds to ask an engine that holds the batch for each."""
    kept = {(gig.seq or 0, 0): gig for gig in list(gigs(2 * BATCH, seed=7))[:BATCH]}
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine.create(Path(folder))
        engine.write([], [document(gig, 0, CHANNELS) for gig in kept.values()])
        engine.publish()
        search = Search(engine, Shelf(kept), b"benchmark")
        start = time.process_time()
        for one in asked:
            search.first(SearchQuery.model_validate_json(one.query), one.channel, NOW)
        seconds = time.process_time() - start
        engine.close()
    return seconds


if __name__ == "__main__":
    main()
