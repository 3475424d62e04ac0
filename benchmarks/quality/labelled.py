"""Postings with labels: of the gold set, our own in other words, by an independent author, of the sample boards."""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from index.gig import Gig
from index.posting import Posting

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
OWN = ROOT / "tests" / "normalize" / "own_postings.toml"
BLIND = ROOT / "tests" / "normalize" / "blind_postings.toml"
"""By an author who has not seen the rules."""


class LabelledPay(NamedTuple):
    """One accepted reading of the pay; amounts per `unit` in `currency`, both None where there are none."""

    status: str
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What a posting says, by a person who read it. Where readers differ there are several values, and any counts."""

    offer: bool
    category: str
    also: tuple[str, ...]
    modes: tuple[str, ...]
    pays: tuple[LabelledPay, ...]
    risks: tuple[str, ...]
    minimum_payout: tuple[float, str] | None = None
    """Amount and currency, or "points"."""
    media: frozenset[str] | None = None
    """How it pays, empty where nobody says; None where it wasn't labelled."""
    lookalike: bool = False
    """Harmless, but in words like those of risky postings."""

    @property
    def categories(self) -> tuple[str, ...]:
        return (self.category, *self.also)


class Row(NamedTuple):
    posting: Posting
    label: Label
    gig: Gig


Labelled = tuple[Posting, Label]


def _several(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


# ---- gold


def gold_postings(folder: Path) -> list[Posting]:
    """All gold postings, labelled or not."""
    lines = (folder / "postings.ndjson").read_text("utf-8").splitlines()
    return [Posting.model_validate_json(line) for line in lines]


def read_gold(folder: Path) -> list[Labelled]:
    """The labelled half of the gold postings (GUIDE.md there says how they were labelled)."""
    by_key = {posting.key: posting for posting in gold_postings(folder)}
    lines = (folder / "labels.dev.ndjson").read_text("utf-8").splitlines()
    labels = map(json.loads, lines)
    return [
        (posting, _gold_label(label, posting))
        for label in labels
        for posting in [by_key[f"{label['board']}:{label['external_id']}"]]
    ]


def _gold_label(label: dict[str, Any], posting: Posting) -> Label:
    pays = tuple(
        LabelledPay(pay["status"], pay["min"], pay["max"], pay["unit"], pay["currency"]) for pay in label["pay"]
    )
    if posting.pay is not None and "avg bid" in (posting.pay.text or "").lower():
        # Labelled both as stated and as negotiable; a lone average of bids is no pay by our data model.
        pays = (LabelledPay("negotiable"),)
    payout = label["minimum_payout"]
    return Label(
        offer=label["gig"],
        category=label["category"],
        also=tuple(label["category_also"]),
        modes=tuple(label["work_mode"]),
        pays=pays,
        risks=tuple(label["risk"]),
        minimum_payout=(payout["amount"], payout["currency"]) if payout else None,
        media=frozenset(label["media"]),
    )


# ---- our own


def read_made_up(file: Path, part: str) -> list[Labelled]:
    """Made-up postings of one part, `open` or `sealed` (own_postings.toml says what that is)."""
    rows = tomllib.loads(file.read_text("utf-8"))["posting"]
    return [
        (_made_up_posting(row, number), _made_up_label(row)) for number, row in enumerate(rows) if row["part"] == part
    ]


def _made_up_posting(row: dict[str, Any], number: int) -> Posting:
    names = ("title", "description", "location", "country", "remote", "tags", "organization", "employment_type")
    fields = {name: row[name] for name in names if name in row}
    return Posting(
        board=row.get("board", "example"),
        external_id=row.get("external_id", str(number)),
        url=row.get("url", f"https://jobs.example/{number}"),
        pay=row.get("pay_field"),
        **fields,
    )


def _made_up_pay(written: str) -> LabelledPay:
    status, *stated = written.split()
    if not stated:
        return LabelledPay(status)
    low, high, unit, currency = (None if word == "-" else word for word in stated)
    return LabelledPay(status, float(low) if low else None, float(high) if high else None, unit, currency)


def _made_up_label(row: dict[str, Any]) -> Label:
    payout = row["payout"].split() if "payout" in row else None
    return Label(
        offer=row.get("kind", "offer") == "offer",
        category=row["category"],
        also=tuple(row.get("also", ())),
        modes=_several(row["mode"]),
        pays=tuple(_made_up_pay(written) for written in _several(row["pay"])),
        risks=_several(row["risk"]),
        minimum_payout=(float(payout[0]), payout[1]) if payout else None,
        media=frozenset(row.get("media", ())) if "board" in row else None,
        lookalike=row.get("lookalike", False),
    )


# ---- the sample boards


def read_samples() -> list[Labelled]:
    """The sample boards' postings as their spiders read them, with what they were made from as labels."""
    from benchmarks.ingest import sample_texts
    from crawlers.sample_boards.postings import sample_postings

    made = {made.number: made for made in sample_postings()}
    return [
        (posting, _sample_label(made[int(number)]))
        for posting in sample_texts()
        for number in re.findall("[0-9]+", posting.external_id)[-1:]
    ]


def _sample_label(made: Any) -> Label:
    pay = made.pay
    units: Sequence[str | None] = ["item", "task"] if pay.unit in {"points", "gift_card"} else [pay.unit]
    pays = [LabelledPay(pay.status, pay.low, pay.high, unit, pay.currency) for unit in units]
    if made.label in {"scam", "innocent", "seeking", "discussion", "foreign", "hostile"} and pay.status == "unknown":
        pays = [LabelledPay(status) for status in ("unknown", "negotiable", "unpaid")]  # their texts may say more
    return Label(
        offer=made.label not in {"seeking", "discussion"},
        category=made.category,
        also=(),
        modes=(made.mode,),
        pays=tuple(pays),
        risks=("high",) if made.label == "scam" else ("none",),
    )
