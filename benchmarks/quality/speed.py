"""Postings a second, start-up and memory of the normalizer."""

import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from index.normalize import normalize
from index.posting import Posting

STARTS = 5


_COLD = """
import sys, time
from pathlib import Path
from index.normalize import normalize
from index.posting import Posting
postings = [Posting.model_validate_json(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
start = time.process_time()
for posting in postings:
    normalize(posting)
print(len(postings) / (time.process_time() - start))
"""


def cold_per_second(postings: Path) -> float:
    """Postings a second of a file that a new process reads once: patterns are compiled and tables are read on the way.
    The median of five processes."""
    runs = sorted(
        float(subprocess.check_output([sys.executable, "-c", _COLD, str(postings)], text=True)) for _ in range(STARTS)
    )
    return runs[STARTS // 2]


def postings_per_second(postings: Sequence[Posting], seconds: float = 4.0) -> float:
    """On one core, warm, by processor time, so that other processes hardly disturb it; the best of the rounds."""
    best = float("inf")
    spent = 0.0
    while spent < seconds:
        start = time.process_time()
        for posting in postings:
            normalize(posting)
        took = time.process_time() - start
        best = min(best, took)
        spent += took
    return len(postings) / best


_START = """
import time
start = time.process_time()
from index.posting import Posting
loaded = time.process_time()
from index.normalize import normalize
normalize(Posting(board="a", external_id="1", url="https://a.example", title="Dog walker in Boston, $20 an hour"))
print(time.process_time() - loaded, time.process_time() - start)
"""


def start_up() -> tuple[float, float]:
    """Seconds of processor time from import to the first gig, in a process of its own: without and with Posting's
    module and pydantic, which whoever calls has loaded anyway. The median of five starts."""
    runs = sorted(
        tuple(map(float, subprocess.check_output([sys.executable, "-c", _START], text=True).split()))
        for _ in range(STARTS)
    )
    return runs[STARTS // 2][0], runs[STARTS // 2][1]


def memory_mb() -> float:
    """Most memory that this process ever had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
