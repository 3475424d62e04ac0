"""Pictures for docs/: a dot for each of those that are compared, on a logarithmic axis."""

import math
from collections.abc import Mapping
from html import escape

COLOURS = ("#0b6", "#d60", "#06c", "#888")
LEFT, WIDTH, STEP, TOP = 250, 420, 26, 64


def dots(title: str, rows: Mapping[str, Mapping[str, float]]) -> str:
    """An SVG with one line for each of `rows` (its name -> who -> value, above zero), and a legend."""
    names = list(dict.fromkeys(name for values in rows.values() for name in values))
    everything = [value for values in rows.values() for value in values.values()]
    low = math.floor(math.log10(min(everything)))
    high = max(low + 1, math.ceil(math.log10(max(everything))))
    bottom = TOP + STEP * len(rows)

    def at(value: float) -> float:
        return round(LEFT + WIDTH * (math.log10(value) - low) / (high - low), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 40} {bottom + 30}" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="10" y="20" font-weight="bold">{escape(title)}</text>',
    ]
    for number, name in enumerate(names):
        x = 16 + number * 182
        parts.append(f'<circle cx="{x}" cy="40" r="5" fill="{COLOURS[number % len(COLOURS)]}"/>')
        parts.append(f'<text x="{x + 10}" y="44">{escape(name)}</text>')
    for power in range(low, high + 1):
        line = at(10**power)
        parts.append(f'<path d="M{line} {TOP - 6}V{bottom}" stroke="#ddd"/>')
        parts.append(f'<text x="{line}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>')
    for number, (row, values) in enumerate(rows.items()):
        y = TOP + 10 + number * STEP
        parts.append(f'<text x="10" y="{y + 4}">{escape(row)}</text>')
        parts.append(f'<path d="M{LEFT} {y}H{LEFT + WIDTH}" stroke="#eee"/>')
        for name, value in values.items():
            shown = f"<title>{escape(name)}: {value:,.1f}</title>"
            colour = COLOURS[names.index(name) % len(COLOURS)]
            parts.append(f'<circle cx="{at(value)}" cy="{y}" r="5" fill="{colour}">{shown}</circle>')
    return "\n".join([*parts, "</svg>"]) + "\n"
