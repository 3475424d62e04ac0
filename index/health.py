"""Verdict on a crawl run: may what it did not see be taken as gone, and what is to be said of its board?"""

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from statistics import median
from typing import Literal, NamedTuple

from index.store.runs import Run

SHRINK = 0.5
"""A board that shows less than this part of what it usually shows has a fault, not a clearance."""
BASELINE = 5
"""Good runs that "usually" means."""
FELL = 0.5
"""A field that is filled in less than this part of the postings in which it usually is has fallen."""
FEWEST_READ = 10
"""Postings that a run must have read before its fields are compared."""
NAMED = 3
"""New fields that are named as where a fallen one may have gone."""
FALLEN = "fallen_fields"
"""The count of a run's fallen fields: such a run doesn't say what is usual."""
SHRUNK = "usual_postings"
"""A count of a run that brought too few."""
KINDS = {"robots": "robots.txt forbids it", "too_large": "an answer that is too large", "refused": "left alone"}
"""Kinds of errors (crawlers/tally.py) in words."""

State = Literal["healthy", "degraded", "failing"]


class Verdict(NamedTuple):
    """What to say of a board after a run, and why where it isn't healthy."""

    state: State
    why: str | None
    public: str | None
    """The same without what is only for the operator: addresses, which may hold a key, and what libraries say."""


def judge(run: Run, earlier: Sequence[Run], may_be_few: bool = False) -> Run:
    """The run with its verdict, and its reason in `error` where it isn't healthy. `earlier` is newest first; runs that
    the operator no longer wants compared are left out of it. `may_be_few`: how many postings a run of the board brings
    says nothing."""
    good = [one for one in earlier if one.complete and one.healthy]
    usual = median([one.seen for one in good[:BASELINE]]) if good else 0
    if run.outcome != "finished":
        return replace(run, healthy=False, error=run.error or f"run {run.outcome}")
    if usual and run.seen < SHRINK * usual and not may_be_few:
        run = replace(run, counts=dict(run.counts) | {SHRUNK: round(usual)})
        reason = f"only {run.seen} postings where about {usual:g} are usual; nothing was closed"
        return replace(run, healthy=False, error=f"{reason} ({run.error})" if run.error else reason)
    if run.seen == 0 and not run.complete:
        return replace(run, healthy=False, error=run.error or "brought nothing")
    fallen = fallen_fields(run, good)
    counts = dict(run.counts) | ({FALLEN: len(fallen)} if fallen else {})
    if "external_id" in fallen:
        # Ids would be made of links and titles, all old postings be absent and all new ones new.
        reason = f"{_in_words(run, good, fallen)}; nothing was closed"
        return replace(run, healthy=False, error=run.error or reason, counts=counts)
    error = run.error or (_in_words(run, good, fallen) if fallen else None)
    return replace(run, healthy=True, error=error, counts=counts)


def verdict(run: Run) -> Verdict | None:
    """Of a judged run; None when it says nothing of its board, because somebody stopped it."""
    if run.outcome == "cancelled":
        return None
    if not run.healthy:
        return Verdict("failing", run.error, _public(run))
    if not run.complete:
        return Verdict("degraded", f"not read completely: {run.error}", f"not read completely: {_public(run)}")
    if run.counts.get(FALLEN):
        return Verdict("degraded", run.error, run.error)
    return Verdict("healthy", None, None)


def may_close(run: Run) -> bool:
    """Absence means gone only after a complete and healthy run."""
    return run.complete and run.healthy


def fallen_fields(run: Run, good: Sequence[Run]) -> dict[str, tuple[float, float]]:
    """Fields that are filled in much fewer of the run's postings than usual: share now, usual share.

    Postings on pages that are as they were aren't read again, closed ones are often told without their fields: they
    count on neither side. A field falls when that is no
    accident of few postings: by more than three standard deviations of the usual share.
    """
    read = _read(run)
    if read < FEWEST_READ:
        return {}
    others = [one for one in good if _read(one) >= FEWEST_READ and not one.counts.get(FALLEN)][:BASELINE]
    found = {}
    for name in sorted({name for one in others for name in one.counts if name.startswith("filled:")}):
        usual = median(one.counts.get(name, 0) / _read(one) for one in others)
        filled, expected = run.counts.get(name, 0), usual * read
        if filled < FELL * expected and expected - filled > 3 * sqrt(expected * (1 - min(usual, 1))) + 1:
            found[name.removeprefix("filled:")] = (filled / read, usual)
    return found


def _public(run: Run) -> str:
    counts = run.counts
    parts = [f"{counts['challenge_pages']} login or challenge pages"] if counts.get("challenge_pages") else []
    for name, number in sorted(counts.items()):
        kind, colon, what = name.partition(":")
        if kind == "error" and colon:
            words = KINDS.get(what) or (f"answers {what[5:]}" if what.startswith("http_") else "no answer")
            parts.append(words if number == 1 else f"{words} ({number} times)")
    if counts.get(SHRUNK):
        parts.append(f"{run.seen} postings where about {counts[SHRUNK]} are usual")
    if run.outcome == "lost":
        parts.append("the crawl was interrupted")
    if not parts and (counts.get("bad_pages") or counts.get("bad_rows")):
        parts.append("answers that can't be read")
    if not parts and run.seen == 0 and run.counts.get("pages"):
        parts.append("it brought nothing")
    return "; ".join(parts) or "see the operator's log"


def _read(run: Run) -> int:
    """Postings whose fields were counted."""
    return run.counts.get("postings", 0) - run.counts.get("unread_postings", 0) - run.counts.get("closed_postings", 0)


def _in_words(run: Run, good: Sequence[Run], fallen: dict[str, tuple[float, float]]) -> str:
    parts = [f"{name} in {now:.0%} of the postings, usually in {usual:.0%}" for name, (now, usual) in fallen.items()]
    known = {name for one in good for name in one.counts}
    fresh = [name.partition(":")[2] for name in run.counts if name.startswith("unknown_field:") and name not in known]
    hint = f" (new fields that nobody reads: {', '.join(sorted(fresh)[:NAMED])})" if fresh else ""
    return "; ".join(parts) + hint
