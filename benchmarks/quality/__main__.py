"""Quality and speed of the normalizer: `python -m benchmarks.quality [--only SET] [--differences FIELD]`.

Sets: `gold` (labelled postings of others, ../shared/data beside the checkout), `own` and `own-late` (made up for this,
tests/normalize/own_postings.toml), `blind` and `blind-sealed` (made up by an author who has not seen the rules,
tests/normalize/blind_postings.toml), `samples` (the sample boards'). Everything else runs when no set is picked.
"""

import argparse
from collections.abc import Callable

from benchmarks.quality import amounts, labelled, measures, scams, speed
from benchmarks.quality.baselines import keyword_category
from benchmarks.quality.labelled import SHARED, Labelled, Row
from index.normalize import normalize

SETS: dict[str, tuple[str, Callable[[], list[Labelled]]]] = {
    "gold": ("Labelled gold postings", lambda: labelled.read_gold(SHARED / "gold")),
    "own": ("Own postings, open part", lambda: labelled.read_made_up(labelled.OWN, "open")),
    "own-late": ("Own postings, late part", lambda: labelled.read_made_up(labelled.OWN, "late")),
    "blind": ("An independent author's postings, open part", lambda: labelled.read_made_up(labelled.BLIND, "open")),
    "blind-sealed": (
        "An independent author's postings, sealed part",
        lambda: labelled.read_made_up(labelled.BLIND, "sealed"),
    ),
    "samples": ("The sample boards' postings", labelled.read_samples),
}


def _baseline(rows: list[Row]) -> str:
    right = sum(keyword_category(row.posting) in row.label.categories for row in rows)
    return measures.share_line("Category right, by a plain keyword baseline", right, len(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--differences", choices=measures.MEASURES, help="list what is read differently from its label")
    parser.add_argument("--only", choices=SETS, help="one set of postings")
    arguments = parser.parse_args()
    if arguments.differences and (arguments.only is None or arguments.only == "blind-sealed"):
        parser.error("--differences: needs --only with a set that is not sealed")
    shared = SHARED.is_dir()
    if not shared:
        print(f"Without the data of others: put them at {SHARED}.")
    for name in [arguments.only] if arguments.only else SETS:
        if name == "gold" and not shared:
            continue
        title, read = SETS[name]
        rows = [Row(posting, label, normalize(posting)) for posting, label in read()]
        if arguments.differences:
            print("\n".join(measures.differences(rows, arguments.differences)))
            continue
        print(f"\n### {title}\n")
        print("\n".join([*measures.table(rows), _baseline(rows)]))
        if name == "gold":
            print("\nCategories, labelled (rows) and read (columns):\n")
            print("\n".join(measures.confusion(rows)))
    if arguments.only or arguments.differences or not shared:
        return
    pay = SHARED / "pay"
    print("\n### Pay suites\n")
    print("\n".join([*amounts.prices(pay), *amounts.salaries(pay), *amounts.points(pay)]))
    print("\n### Fraudulent adverts (EMSCAD)\n")
    print("\n".join(scams.emscad(SHARED / "scam")))
    print("\n### Adverts with flags that people set\n")
    print("\n".join(scams.flags(SHARED / "scam")))
    print("\n### Messages\n")
    print("\n".join(scams.messages(SHARED / "scam")))
    print("\n### Speed\n")
    postings = labelled.gold_postings(SHARED / "gold")
    alone, whole = speed.start_up()
    print(f"- {speed.postings_per_second(postings):,.0f} postings a second on one core, {len(postings)} gold postings")
    cold = speed.cold_per_second(SHARED / "gold" / "postings.ndjson")
    print(f"- {cold:,.0f} a second in a new process that reads each once")
    print(f"- start-up {alone:.2f} s (with pydantic and Posting {whole:.2f} s)")
    print(f"- {speed.memory_mb():.0f} MB at most")


if __name__ == "__main__":
    main()
