"""Public suites of pay and prices: amounts and currencies beside price-parser, Australian pay fields, points tables."""

import json
import math
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from benchmarks.quality.measures import share_line
from index.normalize import money, normalize
from index.normalize.evidence import lower
from index.posting import Posting, PostingPay


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _ours(text: str) -> tuple[float | None, str | None]:
    """First amount and sign of a short text, as the normalizer reads a pay field."""
    for mention in money.mentions(lower(text), bare=True):
        return mention.low, mention.sign
    return None, None


def _theirs(text: str, hint: str | None = None) -> tuple[float | None, str | None]:
    from price_parser import Price

    price = Price.fromstring(text, currency_hint=hint)
    return (float(price.amount) if price.amount is not None else None), price.currency


def _same_amount(found: float | None, wanted: object) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return math.isclose(found, float(Decimal(str(wanted))), rel_tol=1e-6)


def _same_currency(found: str | None, wanted: object) -> bool:
    """The same sign, or signs of the same currency."""
    if not found or not wanted or wanted == "null":
        return not found and (not wanted or wanted == "null")
    if found.strip(". ").lower() == str(wanted).strip(". ").lower():
        return True
    ours, theirs = money.currency_code(found, None), money.currency_code(str(wanted), None)
    return ours is not None and ours == theirs


def prices(folder: Path) -> list[str]:
    """price-parser's own examples, most of them prices of shops: its home ground."""
    examples = [row for row in _rows(folder / "price_parser_examples.jsonl") if not row["xfail"]]
    signs = _rows(folder / "price_parser_currency_eval.jsonl")
    lines = ["| suite | value | 95 % interval | texts |", "|---|---|---|---|"]
    for name, read in (("normalizer", _ours), ("price-parser", _theirs)):
        right = sum(_same_amount(read(str(row["text"]))[0], row["amount"]) for row in examples)
        lines.append(share_line(f"price-parser's examples, amount, by {name}", right, len(examples)))
        right = sum(_same_currency(read(str(row["text"]))[1], row["currency"]) for row in examples)
        lines.append(share_line(f"price-parser's examples, currency, by {name}", right, len(examples)))
        right = sum(_same_currency(read(str(row["string"]))[1], row["currency"]) for row in signs)
        lines.append(share_line(f"price-parser's currency suite, by {name}", right, len(signs)))
    return lines


def _pay_of(text: str) -> tuple[float | None, float | None, str | None]:
    pay = PostingPay(text=text)
    posting = Posting(
        board="example", external_id="1", url="https://jobs.example/1", title="Clerk", country="AU", pay=pay
    )
    found = normalize(posting).pay
    return found.min, found.max, found.unit


def _bounds(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """As the suite writes them: a single amount is a bottom, and zero is none."""
    values = sorted({value for value in (low, high) if value})
    return (values[0] if values else None), (values[-1] if len(values) > 1 else None)


def salaries(folder: Path) -> list[str]:
    """Australian pay fields: bounds, and the unit where the field says one. price-parser reads one amount at most."""
    rows = _rows(folder / "au_salary_strings.jsonl")
    bounds = units = units_said = peer = 0
    for row in rows:
        low, high, unit = _pay_of(str(row["text"]))
        wanted = _bounds(_number(row["min"]), _number(row["max"]))
        bounds += _bounds(low, high) == wanted
        if row["unit"] is not None:
            units_said += 1
            units += unit == str(row["unit"]).lower()
        amount = _theirs(str(row["text"]))[0]
        peer += _bounds(amount, amount) == wanted
    return [
        share_line("Australian pay fields, both bounds, by normalizer", bounds, len(rows)),
        share_line("Australian pay fields, both bounds, by price-parser", peer, len(rows)),
        share_line("Australian pay fields, unit, by normalizer", units, units_said),
    ]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def points(folder: Path) -> list[str]:
    """Rates of reward sites, put into a sentence as their posts say them: are 500 points worth what the table says?"""
    table = json.loads((folder / "beermoney_points_conversion.json").read_text("utf-8"))
    rates = [rate for site in _sites(table) if (rate := _number(site.get("conversion")))]
    right = 0
    for rate in rates:
        text = f"You earn 500 points for each survey. {rate:g} points = $1."
        posting = Posting(
            board="example", external_id="1", url="https://a.example", title="Survey panel", description=text
        )
        worth = normalize(posting).pay.points
        right += worth is not None and worth.usd is not None and math.isclose(worth.usd, 500 / rate, abs_tol=1e-4)
    return [share_line("Points at the rates of reward sites, in dollars, by normalizer", right, len(rates))]


def _sites(table: object) -> Iterable[dict[str, object]]:
    values = table.values() if isinstance(table, dict) else table if isinstance(table, list) else ()
    return [value for value in values if isinstance(value, dict)]
