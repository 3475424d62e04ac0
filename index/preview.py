"""What `gigdex rebuild --normalize` would change: every field of every gig, before and after. Nothing is written."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from index.gig import Gig

NESTED = frozenset({"eligible", "pay", "risk", "terms"})
"""Fields whose own fields are told apart."""
UNSTORED = frozenset({"seq", "revision", "last_seen"})
"""Fields that a stored view leaves to the store."""
EXAMPLES = 3
GONE = "gig"
"""Stands for a gig as a whole that appears, or goes because its postings are no offers by today's rules."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one gig, as JSON values."""

    gig: str
    field: str
    before: Any
    after: Any


@dataclass
class Tally:
    """How many gigs would change in each field, with examples."""

    gigs: int = 0
    """Gigs that would change in anything but the version of the rules."""
    fields: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Change]] = field(default_factory=dict)

    def add(self, changes: Iterable[Change]) -> None:
        """The changes of one gig."""
        more = False
        for change in changes:
            more = more or change.field != "normalizer_version"
            self.fields[change.field] += 1
            shown = self.examples.setdefault(change.field, [])
            if len(shown) < EXAMPLES:
                shown.append(change)
        self.gigs += more


def changes(id_: str, before: Gig | None, after: Gig | None) -> Iterator[Change]:
    """Fields that differ, in the order of the data model. `before` is None for a new gig."""
    if before is None or after is None:
        if before is not after:
            yield Change(id_, GONE, before and _brief(before), after and _brief(after))
        return
    old, new = _flat(before), _flat(after)
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Change(id_, name, old.get(name), new.get(name))


def _brief(gig: Gig) -> str:
    return f"{gig.status}: {gig.title}"


def _flat(gig: Gig) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in gig.model_dump(mode="json", exclude=set(UNSTORED)).items():
        if name in NESTED:
            flat |= {f"{name}.{inner}": content for inner, content in value.items()}
        elif name == "evidence":
            flat |= {f"evidence.{of}": cites for of, cites in value.items()}
        else:
            flat[name] = value
    return flat


MAX_WORDS = 60
"""Characters of a value that a table shows."""


def short(value: Any, most: int = MAX_WORDS) -> str:
    """A value in few words, for a table."""
    match value:
        case None | "" | []:
            return "-"
        case list():
            return _cut(", ".join(_item(item) for item in value), most)
        case dict():
            return _cut(", ".join(f"{name} {short(inner)}" for name, inner in value.items() if inner is not None), most)
    return _cut(str(value), most)


def _item(item: Any) -> str:
    """The words of a piece of evidence or a signal, the text of a place; anything else as it is."""
    if isinstance(item, dict):
        words = next((str(item[name]) for name in ("text", "url") if item.get(name)), None)
        return words or short(item)
    return str(item)


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
