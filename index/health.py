"""Verdict on a crawl run: may what it did not see be taken as gone?"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from index.store.runs import Run

SHRINK = 0.5
"""A board that shows less than this part of what it usually shows has a fault, not a clearance."""
BASELINE = 5
"""Good runs that "usually" means."""


def judge(run: Run, earlier: Sequence[Run]) -> Run:
    """The run with its verdict, and its reason in `error` where it isn't healthy. `earlier` is newest first."""
    good = [one.seen for one in earlier if one.complete and one.healthy][:BASELINE]
    usual = median(good) if good else 0
    if run.outcome != "finished":
        return replace(run, healthy=False, error=run.error or f"run {run.outcome}")
    if usual and run.seen < SHRINK * usual:
        reason = f"only {run.seen} postings where about {usual:g} are usual; nothing was closed"
        return replace(run, healthy=False, error=run.error or reason)
    if run.seen == 0 and not run.complete:
        return replace(run, healthy=False, error=run.error or "brought nothing")
    return replace(run, healthy=True)


def may_close(run: Run) -> bool:
    """Absence means gone only after a complete and healthy run."""
    return run.complete and run.healthy
