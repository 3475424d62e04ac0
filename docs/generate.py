"""Write the generated parts of docs/: `make docs`. A test fails when they are out of date."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

import gigdex
from crawlers.board import boards
from crawlers.keys import variable
from crawlers.kinds import KINDS
from index.gig import Gig
from index.posting import Posting
from index.query import SearchQuery
from index.settings import Settings
from index.terms import CHANNELS

DOCS = Path(__file__).parent
SCHEMAS = {"posting": Posting, "gig": Gig, "search-query": SearchQuery}
NESTED = {
    "fields": "table: each field of a posting and the expression (JMESPath) that finds it in a row; "
    "`[source.fields.pay]` has min, max, currency, unit and text, `[source.fields.extra]` any names",
    "token": "table: `url`, `body`, `user` and `path` of a request that brings a bearer token first",
    "ignore": "dotted names of a row's fields that are known and of no use",
}
START, END = "<!-- generated: {} -->\n", "<!-- end -->\n"


def schemas() -> Iterator[tuple[Path, str]]:
    for name, model in SCHEMAS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
        yield DOCS / "schemas" / f"{name}.schema.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def settings_table() -> str:
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "the user's data folder" if name == "data" else field.default
        shown = "unset" if default in (None, "") else f"`{default}`" if name != "data" else default
        rows.append(f"| `GIGDEX_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows) + "\n"


def commands(command: Any, name: str = "gigdex") -> Iterator[str]:
    """One section a command: what it does, its arguments and options."""
    subcommands = getattr(command, "commands", {})
    if name != "gigdex":
        arguments = [
            f"{one.name.upper()}{'...' if one.nargs != 1 else ''}"
            for one in command.params
            if one.param_type_name == "argument"
        ]
        options = [one for one in command.params if one.param_type_name == "option"]
        yield f"### `{' '.join([name, *arguments])}`\n\n{(command.help or '').strip()}\n"
        if options:
            rows = [f"| `{'`, `'.join(one.opts)}` | {one.help or ''} |" for one in options]
            yield "\n".join(["| option | |", "|---|---|", *rows, ""])
    for sub in sorted(subcommands):
        yield from commands(subcommands[sub], f"{name} {sub}")


def with_part(path: Path, name: str, part: str) -> tuple[Path, str]:
    """The file with its generated part replaced."""
    text = path.read_text(encoding="utf-8")
    start = START.format(name)
    head, _, rest = text.partition(start)
    _, _, tail = rest.partition(END)
    return path, f"{head}{start}{part}{END}{tail}"


def hours(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"


def boards_table() -> str:
    rows = ["| id | board | kind | page | other channels | shortest interval |", "|---|---|---|---|---|---|"]
    for name, spider in boards().items():
        terms = spider.board.terms
        levels = {channel: getattr(terms.channels, channel) for channel in CHANNELS[1:]}
        others = ", ".join(f"{channel} {level}" for channel, level in levels.items() if level != "none") or "none"
        state = "**off**" if terms.off else f"{terms.channels.page}{', with a key' if spider.board.keys else ''}"
        shown = f"[{spider.board.name}]({spider.board.homepage})"
        rows.append(f"| `{name}` | {shown} | `{spider.shape}` | {state} | {others} | {hours(terms.min_interval_s)} |")
    return "\n".join(rows) + "\n"


def keys_table() -> str:
    rows = ["| variable | board | from |", "|---|---|---|"]
    for name, spider in boards().items():
        rows += [f"| `{variable(key)}` | `{name}` | <{spider.board.key_from}> |" for key in spider.board.keys]
    return "\n".join(rows) + "\n"


def permissions() -> str:
    """For every board that is off: why, and what would have to be asked of whom."""
    lines = [
        "# Permissions to ask for\n",
        "Boards that are declared but off, why, and what would have to be asked of whom; written by `make docs` from",
        "the boards' files. With a permission in hand: `gigdex boards enable ID --evidence TEXT`, or better, put it",
        "into the board's file as evidence and take out `off`.\n",
    ]
    for name, spider in boards().items():
        terms = spider.board.terms
        if not terms.off:
            continue
        lines += [f"## {spider.board.name} (`{name}`)\n", f"- Off: {terms.off}.", f"- Ask: {terms.ask}"]
        lines += [f"- Read {one.read.isoformat()}, {one.what}: {one.says}." for one in terms.evidence]
        lines += ["- Nothing of its owner was found."] if not terms.evidence else []
        lines.append("")
    return "\n".join(lines)


def kinds() -> Iterator[str]:
    """For each generic kind, what its table `[source]` takes."""
    for name, kind in KINDS.items():
        yield f"### `{name}`\n\n{(kind.__doc__ or '').strip()}\n"
        if kind.Source.model_fields:
            rows = ["| `[source]` | |", "|---|---|"]
            for field, about in kind.Source.model_fields.items():
                needed = " (required)" if about.is_required() else ""
                rows.append(f"| `{field}` | {about.description or NESTED[field]}{needed} |".replace("|n", "\\|n"))
            yield "\n".join([*rows, ""])


def everything() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text that it should have."""
    yield from schemas()
    yield with_part(DOCS / "configuration.md", "settings", settings_table())
    yield with_part(DOCS / "configuration.md", "keys", keys_table())
    yield with_part(DOCS / "boards.md", "boards", boards_table())
    yield with_part(DOCS / "boards.md", "kinds", "\n".join(kinds()))
    yield DOCS / "permissions.md", permissions()
    yield with_part(DOCS / "commands.md", "commands", "\n".join(commands(get_command(gigdex.app))))


def main() -> None:
    for path, text in everything():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
