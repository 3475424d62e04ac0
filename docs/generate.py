"""Write the generated parts of docs/: `make docs`. A test fails when they are out of date."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

import gigdex
from index.gig import Gig
from index.posting import Posting
from index.query import SearchQuery
from index.settings import Settings

DOCS = Path(__file__).parent
SCHEMAS = {"posting": Posting, "gig": Gig, "search-query": SearchQuery}
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


def everything() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text that it should have."""
    yield from schemas()
    yield with_part(DOCS / "configuration.md", "settings", settings_table())
    yield with_part(DOCS / "commands.md", "commands", "\n".join(commands(get_command(gigdex.app))))


def main() -> None:
    for path, text in everything():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
