"""Shares with intervals: what of the labelled postings is read as a person reads it."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.quality.labelled import Label, LabelledPay, Row
from index.gig import Gig, Pay
from index.taxonomy import CATEGORIES


def wilson(hits: int, total: int) -> tuple[float, float]:
    """95 % interval of a share, by Wilson's score."""
    if total == 0:
        return 0.0, 1.0
    z = 1.959964
    share = hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def share_line(name: str, hits: int, total: int) -> str:
    """One row of a table: name, share, interval, count."""
    if total == 0:
        return f"| {name} | - | - | 0 |"
    low, high = wilson(hits, total)
    return f"| {name} | {hits / total:.3f} | {low:.3f} to {high:.3f} | {total} |"


def f1(right: int, found: int, wanted: int) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean."""
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


@dataclass(frozen=True, slots=True)
class Measure:
    """The share of `right` rows among those that `counts` picks."""

    name: str
    counts: Callable[[Row], bool]
    right: Callable[[Row], bool]
    wanted: Callable[[Label], object]  # for lists of what is read differently
    found: Callable[[Gig], object]
    lower_is_better: bool = False


def same_pay(pay: Pay, wanted: LabelledPay) -> bool:
    """Amounts, unit and currency all as labelled."""

    def same(ours: float | None, theirs: float | None) -> bool:
        return ours == theirs or (ours is not None and theirs is not None and math.isclose(ours, theirs, rel_tol=1e-4))

    return (
        same(pay.min, wanted.low)
        and same(pay.max, wanted.high)
        and pay.unit == wanted.unit
        and pay.currency == wanted.currency
    )


def _all_stated(label: Label) -> bool:
    return all(pay.status == "stated" for pay in label.pays)


def _minimum_payout(gig: Gig) -> tuple[float, str | None] | None:
    found = gig.pay.minimum_payout
    return (found.amount, found.currency) if found is not None else None


def _pay(gig: Gig) -> object:
    pay = gig.pay
    return pay.status, pay.min, pay.max, pay.unit, pay.currency, [cite.text for cite in gig.evidence.get("pay", [])]


def _everything(row: Row) -> bool:
    return True


MEASURES: dict[str, Measure] = {
    "category": Measure(
        "Category right",
        _everything,
        lambda row: row.gig.category in row.label.categories,
        lambda label: label.categories,
        lambda gig: (gig.categories, [cite.text for cite in gig.evidence.get("category", [])]),
    ),
    "mode": Measure(
        "Work mode right",
        _everything,
        lambda row: row.gig.work_mode in row.label.modes,
        lambda label: label.modes,
        lambda gig: (gig.work_mode, gig.category, [cite.text for cite in gig.evidence.get("work_mode", [])]),
    ),
    "status": Measure(
        "Pay status right",
        _everything,
        lambda row: row.gig.pay.status in {pay.status for pay in row.label.pays},
        lambda label: label.pays,
        _pay,
    ),
    "triple": Measure(
        "Amount, unit and currency right, of stated",
        lambda row: _all_stated(row.label),
        lambda row: any(same_pay(row.gig.pay, pay) for pay in row.label.pays),
        lambda label: label.pays,
        _pay,
    ),
    "invented": Measure(
        "Pay invented, of those without (lower is better)",
        lambda row: all(pay.status != "stated" for pay in row.label.pays),
        lambda row: row.gig.pay.min is not None or row.gig.pay.max is not None,
        lambda label: label.pays,
        _pay,
        lower_is_better=True,
    ),
    "payout": Measure(
        "Minimum pay-out right, of those that state one",
        lambda row: row.label.minimum_payout is not None,
        lambda row: _minimum_payout(row.gig) == row.label.minimum_payout,
        lambda label: label.minimum_payout,
        _minimum_payout,
    ),
    "media": Measure(
        "Media of payment, exactly those said",
        lambda row: bool(row.label.media),
        lambda row: frozenset[str](row.gig.pay.media) == row.label.media,
        lambda label: label.media,
        lambda gig: (gig.pay.media, [cite.text for cite in gig.evidence.get("pay.media", [])]),
    ),
    "no-media": Measure(
        "Media of payment invented (lower is better)",
        lambda row: row.label.media is not None and not row.label.media,
        lambda row: bool(row.gig.pay.media),
        lambda label: label.media,
        lambda gig: (gig.pay.media, [cite.text for cite in gig.evidence.get("pay.media", [])]),
        lower_is_better=True,
    ),
    "kind": Measure(
        "Offer or not, right",
        _everything,
        lambda row: (row.gig.kind == "offer") == row.label.offer,
        lambda label: "offer" if label.offer else "no offer",
        lambda gig: (gig.kind, [cite.text for cite in gig.evidence.get("kind", [])]),
    ),
    "risk": Measure(
        "Risk level right",
        _everything,
        lambda row: row.gig.risk.level in row.label.risks,
        lambda label: label.risks,
        lambda gig: (gig.risk.level, [(signal.code, signal.text) for signal in gig.risk.signals]),
    ),
}


def macro_f1(rows: Sequence[Row]) -> float:
    """Mean F1 over the categories that occur as a label; an accepted second category counts as the first."""
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row in rows:
        said = row.gig.category if row.gig.category in row.label.categories else row.label.category
        wanted[said] += 1
        found[row.gig.category] += 1
        right[said] += said == row.gig.category
    return sum(f1(right[id_], found[id_], wanted[id_])[2] for id_ in wanted) / max(len(wanted), 1)


def table(rows: Sequence[Row]) -> list[str]:
    """All measures of one set of postings as a markdown table."""
    lines = ["| measure | value | 95 % interval | postings |", "|---|---|---|---|"]
    for name in ("category", "mode", "status", "triple", "invented", "payout", "media", "no-media"):
        measure = MEASURES[name]
        counted = [row for row in rows if measure.counts(row)]
        lines.append(share_line(measure.name, sum(map(measure.right, counted)), len(counted)))
        if name == "category":
            lines.append(f"| Category, macro-F1 | {macro_f1(rows):.3f} | | {len(rows)} |")
    return lines + _offers(rows) + _risks(rows)


def _offers(rows: Sequence[Row]) -> list[str]:
    wanted = sum(row.label.offer for row in rows)
    found = sum(row.gig.kind == "offer" for row in rows)
    both = sum(row.label.offer and row.gig.kind == "offer" for row in rows)
    precision, recall, mean = f1(both, found, wanted)
    lost = [row for row in rows if row.gig.kind != "offer"]
    return [
        f"| Offer or not, F1 (precision {precision:.3f}, recall {recall:.3f}) | {mean:.3f} | | {len(rows)} |",
        share_line("Read as no offer, rightly", sum(not row.label.offer for row in lost), len(lost)),
    ]


def _risks(rows: Sequence[Row]) -> list[str]:
    sure = [row for row in rows if len({level == "none" for level in row.label.risks}) == 1]
    risky = [row for row in sure if row.label.risks[0] != "none"]
    flagged = [row for row in sure if row.gig.risk.level != "none"]
    both = sum(row.label.risks[0] != "none" for row in flagged)
    high = [row for row in rows if row.gig.risk.level == "high"]
    alike = [row for row in rows if row.label.lookalike]
    said_high = [row for row in rows if "high" in row.label.risks]
    return [
        share_line("Risk flagged at all, precision", both, len(flagged)),
        share_line("Risk flagged at all, recall", both, len(risky)),
        share_line("Risk high, precision", sum("high" in row.label.risks for row in high), len(high)),
        share_line("Risk high or low, of those labelled high", _flagged(said_high), len(said_high)),
        share_line("Risk high on postings without risk (lower is better)", *_false_alarms(rows)),
        share_line("Risk seen in harmless look-alikes (lower is better)", _flagged(alike), len(alike)),
    ]


def _flagged(rows: Sequence[Row]) -> int:
    return sum(row.gig.risk.level != "none" for row in rows)


def _false_alarms(rows: Sequence[Row]) -> tuple[int, int]:
    harmless = [row for row in rows if row.label.risks == ("none",)]
    return sum(row.gig.risk.level == "high" for row in harmless), len(harmless)


def confusion(rows: Sequence[Row]) -> list[str]:
    """Categories by label (rows) and by our reading (columns), as a markdown table of those that occur."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        said = row.gig.category if row.gig.category in row.label.categories else row.label.category
        counts[said, row.gig.category] += 1
    ids = [id_ for id_ in CATEGORIES if any(id_ in pair for pair in counts)]
    lines = ["| labelled \\ read | " + " | ".join(ids) + " |", "|---" * (len(ids) + 1) + "|"]
    for said in ids:
        cells = " | ".join(str(counts[said, read] or "") for read in ids)
        lines.append(f"| {said} | {cells} |")
    return lines


def differences(rows: Sequence[Row], name: str) -> list[str]:
    """One line for each posting that is read differently from its label."""
    measure = MEASURES[name]
    return [
        f"{row.posting.key} | {row.posting.title[:80]} | {measure.wanted(row.label)} read {measure.found(row.gig)}"
        for row in rows
        if measure.counts(row) and measure.right(row) == measure.lower_is_better
    ]
