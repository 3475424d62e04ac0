"""python -m benchmarks.dedup [pairs | made COUNT | curve COUNT]"""

import sys

from benchmarks.dedup import made, pairs


def main(words: list[str]) -> None:
    what = words[0] if words else "pairs"
    count = int(words[1]) if len(words) > 1 else None
    if what == "made":
        made.main(count or 100_000)
    elif what == "curve":
        made.curve(count or 1_000_000)
    else:
        pairs.main()


main(sys.argv[1:])
