"""Write TOML, as much of it as a board's file has."""

import json
import re
from collections.abc import Mapping
from typing import Any


def as_toml(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """A table as TOML: values first, then the tables in it."""
    lines: list[str] = []
    inner: list[str] = []
    for name, value in table.items():
        key = name if re.fullmatch(r"[\w-]+", name, re.ASCII) else json.dumps(name)
        at = (*path, key)
        if isinstance(value, Mapping):
            inner.append(f"\n[{'.'.join(at)}]\n{as_toml(value, at)}")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            inner += [f"\n[[{'.'.join(at)}]]\n{as_toml(item, at)}" for item in value]
        else:
            lines.append(f"{key} = {toml_value(value)}\n")
    return "".join(lines) + "".join(inner)


def toml_value(value: Any) -> str:
    """Texts as JSON writes them, which TOML reads alike."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    if isinstance(value, bool | int | float | str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)
