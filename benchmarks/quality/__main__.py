"""Quality and speed of the normalizer: `python -m benchmarks.quality [--differences FIELD] [--only SET]`.

Sets: `gold` (labelled postings of others, ../shared/data beside the checkout), `own` and `sealed` (made up for this,
tests/normalize/own_postings.toml), `samples` (the sample boards').
"""

import argparse
from collections.abc import Callable

from benchmarks.quality import labelled, measures, speed
from benchmarks.quality.labelled import SHARED, Labelled, Row
from index.normalize import normalize

SETS: dict[str, tuple[str, Callable[[], list[Labelled]]]] = {
    "gold": ("Labelled gold postings", lambda: labelled.read_gold(SHARED / "gold")),
    "own": ("Own postings, open part", lambda: labelled.read_own("open")),
    "sealed": ("Own postings, sealed part", lambda: labelled.read_own("sealed")),
    "samples": ("The sample boards' postings", labelled.read_samples),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--differences", choices=measures.MEASURES, help="list what is read differently from its label")
    parser.add_argument("--only", choices=SETS, help="one set of postings")
    arguments = parser.parse_args()
    for name in [arguments.only] if arguments.only else SETS:
        title, read = SETS[name]
        rows = [Row(posting, label, normalize(posting)) for posting, label in read()]
        if arguments.differences:
            print("\n".join(measures.differences(rows, arguments.differences)))
            continue
        print(f"\n### {title}\n")
        print("\n".join(measures.table(rows)))


if __name__ == "__main__":
    main()
