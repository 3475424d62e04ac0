"""Fraudulent job adverts (EMSCAD): how well the risk score ranks them, beside a plain list of keywords; adverts with
flags that people set, and messages that people reported.

The adverts are corporate ones of 2012 to 2014 and many share a template, so that rows are no independent trials: of
each template (equal first words of the description) only the first row counts. Nothing is trained here; three patterns
were narrowed after a look at false alarms among these rows, so the precision is no estimate for unseen ones.
"""

import csv
import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.quality.baselines import keyword_risk
from benchmarks.quality.measures import share_line
from index.normalize import normalize
from index.posting import Posting

FIELDS = ("company_profile", "description", "requirements", "benefits")
TEMPLATE = 120
"""Letters of a description that two rows of one template share."""
ROUNDS = 400
PUBLISHED = (
    "Published figures are of classifiers trained on EMSCAD itself and tested on random splits, where rows of one",
    "template stand on both sides: a linear SVM reaches precision .95, recall .815, F1 .88 for the fraud class",
    "(github.com/edward62740/sc1015-project, README). Vidros and others (Future Internet 9(1):6, 2017,",
    "doi 10.3390/fi9010006), who published the data, call text and metadata only a stepping stone. Nothing here is",
    "trained on it.",
)
FLAGS = {
    "manual_flag1_sensitive_info": ("asks for sensitive data", {"personal_data"}),
    "manual_flag2_unrealistic_comp": ("unrealistic pay", {"too_good"}),
    "manual_flag3_pressure_tactics": ("pressure", {"too_good", "off_platform_contact"}),
    "manual_flag4_anon_employer": ("employer not named", set[str]()),
    "manual_flag5_req_role_mismatch": ("requirements don't fit the role", set[str]()),
    "manual_flag6_info_conflict": ("contradicts itself", set[str]()),
    "manual_flag7_vague_info": ("vague", {"vague"}),
    "manual_flag8_promo_template": ("promotional template", {"too_good", "pyramid"}),
}
"""The flags of human_flags_50.csv: what they say, and which of our signs mean the same."""


def _posting(row: dict[str, str]) -> Posting:
    text = "\n\n".join(row[name] for name in FIELDS if row.get(name))
    return Posting(
        board="example",
        external_id="1",
        url="https://jobs.example/1",
        title=row["title"].strip()[:2_000] or "-",
        description=text,
        location=row.get("location") or None,
    )


def _distinct(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    seen: set[str] = set()
    kept = []
    for row in rows:
        template = re.sub(r"[^a-z]", "", row["description"].lower())[:TEMPLATE]
        if template not in seen:
            seen.add(template)
            kept.append(row)
    return kept


def average_precision(scores: Sequence[float], wanted: Sequence[bool]) -> float:
    """Area under the curve of precision and recall; rows of equal score count together."""
    total = sum(wanted)
    if not total:
        return 0.0
    area = 0.0
    right = seen = 0
    for score in sorted(set(scores), reverse=True):
        here = [want for value, want in zip(scores, wanted, strict=True) if value == score]
        right += sum(here)
        seen += len(here)
        area += sum(here) / total * right / seen
    return area


def _interval(scores: Sequence[float], wanted: Sequence[bool]) -> tuple[float, float]:
    """95 % interval of the average precision, by bootstrap with a fixed seed."""
    chance = random.Random(5)  # repeatable; nothing secret
    rows = range(len(scores))
    areas = []
    for _ in range(ROUNDS):
        drawn = chance.choices(rows, k=len(rows))
        areas.append(average_precision([scores[i] for i in drawn], [wanted[i] for i in drawn]))
    areas.sort()
    return areas[int(0.025 * ROUNDS)], areas[int(0.975 * ROUNDS)]


def emscad(folder: Path) -> list[str]:
    csv.field_size_limit(sys.maxsize)
    with (folder / "emscad_natural_prior_536.csv").open(encoding="utf-8", newline="") as file:
        rows = _distinct(list(csv.DictReader(file)))
    wanted = [row["fraudulent"] in {"1", "t", "True"} for row in rows]
    postings = [_posting(row) for row in rows]
    risks = [normalize(posting).risk for posting in postings]
    scorers: dict[str, Callable[[int], float]] = {
        "risk score": lambda i: risks[i].score,
        "plain keywords": lambda i: keyword_risk(f"{postings[i].title} {postings[i].description}"),
        "chance": lambda i: 0.0,
    }
    lines = [f"{sum(wanted)} of {len(rows)} adverts of distinct templates are fraudulent.", ""]
    lines += ["| measure | value | 95 % interval | adverts |", "|---|---|---|---|"]
    for name, scorer in scorers.items():
        scores = [scorer(i) for i in range(len(rows))]
        low, high = _interval(scores, wanted)
        area = average_precision(scores, wanted)
        lines.append(f"| PR-AUC by {name} | {area:.3f} | {low:.3f} to {high:.3f} | {len(rows)} |")
    for level, levels in (("high", {"high"}), ("low or high", {"low", "high"})):
        flagged = [want for want, risk in zip(wanted, risks, strict=True) if risk.level in levels]
        lines.append(share_line(f"Precision at level {level}", sum(flagged), len(flagged)))
        lines.append(share_line(f"Recall at level {level}", sum(flagged), sum(wanted)))
    return [*lines, "", *PUBLISHED]


def flags(folder: Path) -> list[str]:
    """Which of the flags that people set our signs agree with. Most flags are about form, which we don't judge."""
    csv.field_size_limit(sys.maxsize)
    with (folder / "human_flags_50.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [{signal.code for signal in normalize(_posting(row)).risk.signals} for row in rows]
    lines = [
        "| flag of people | adverts | of these, our sign of that kind | any sign of ours | of the others, any sign |"
    ]
    lines.append("|---|---|---|---|---|")
    for name, (says, codes) in FLAGS.items():
        flagged = [codes_ for row, codes_ in zip(rows, found, strict=True) if row[name] == "1"]
        others = [codes_ for row, codes_ in zip(rows, found, strict=True) if row[name] != "1"]
        same = str(sum(bool(codes & codes_) for codes_ in flagged)) if codes else "no such sign"
        any_sign = f"{sum(map(bool, flagged))} | {sum(map(bool, others))} of {len(others)}"
        lines.append(f"| {says} | {len(flagged)} | {same} | {any_sign} |")
    return lines


def messages(folder: Path) -> list[str]:
    """How many reported scam messages are flagged, and how many of the wordings that authorities warn of."""
    lines = ["| texts | value | 95 % interval | number |", "|---|---|---|---|"]
    for file, field, name in (
        ("reported_scam_messages.jsonl", "text", "Reported scam messages"),
        ("ftc_wording.jsonl", "wording", "Phrases of scams that the FTC quotes (fragments)"),
    ):
        texts = [json.loads(line)[field] for line in (folder / file).read_text("utf-8").splitlines()]
        levels = [normalize(_message(text)).risk.level for text in texts]
        lines.append(share_line(f"{name}, flagged", sum(level != "none" for level in levels), len(levels)))
        lines.append(share_line(f"{name}, level high", levels.count("high"), len(levels)))
    return lines


def _message(text: str) -> Posting:
    return Posting(board="example", external_id="1", url="https://jobs.example/1", title="Message", description=text)
