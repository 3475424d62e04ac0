"""What the page /docs tells sites and programs that take our gigs: formats, fields, examples that tests run."""

import types
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from index.gig import Gig
from index.stream import Change, Owner


@dataclass(frozen=True)
class Example:
    """A program of one file; BASE stands for the address of this Gigdex."""

    title: str
    language: str
    code: str

    def at(self, base: str) -> str:
        """Ready to run."""
        return self.code.replace("BASE", base)


EXAMPLES = (
    Example(
        "A search as RSS, and as a table",
        "curl",
        """\
curl --fail --silent 'BASE/feeds/rss?q=data&mode=online'
curl --fail --silent --compressed 'BASE/feeds/csv?country=DE' --output gigs.csv
""",
    ),
    Example(
        "Keep a copy up to date",
        "Python",
        """\
import json, time
from urllib.error import HTTPError
from urllib.request import urlopen

def snapshot():
    gigs = {}
    for line in urlopen("BASE/snapshot"):
        row = json.loads(line)
        if "snapshot" in row:
            cursor = row["snapshot"]["cursor"]
        elif "end" in row:
            assert row["end"]["gigs"] == len(gigs)
            return gigs, cursor
        else:
            gigs[row["id"]] = row
    raise EOFError("the snapshot was cut off; try again")

def follow(gigs, cursor):
    page = json.load(urlopen(f"BASE/changes?after={cursor}"))
    for item in page["items"]:
        if item["removed"]:
            gigs.pop(item["id"], None)  # merged ones say "moved_to"
        else:
            gigs[item["id"]] = item["gig"]
    return page["next"], page["more"]  # keep `next` together with the gigs

gigs, cursor = snapshot()
more = True
while more:  # a service goes on for ever, with &wait=25
    try:
        cursor, more = follow(gigs, cursor)
    except HTTPError as error:
        if error.code != 410:
            raise
        gigs, cursor = snapshot()  # slept for too long
print(len(gigs), "gigs")
""",
    ),
    Example(
        "Show the newest gigs, with the boards' lines",
        "JavaScript",
        """\
const answer = await fetch('BASE/feeds/jsonfeed?limit=5');
if (!answer.ok) throw new Error((await answer.json()).detail);
const feed = await answer.json();
for (const item of feed.items) {
  console.log(item.title, item.url, item._gigdex.attribution.join('; '));
}
""",
    ),
)


@dataclass(frozen=True)
class FieldInfo:
    name: str
    kind: str
    about: str


def fields(model: type[BaseModel], prefix: str = "") -> list[FieldInfo]:
    """All fields of a model's JSON, with those of the models within it by dotted names."""
    found = []
    for name, info in model.model_fields.items():
        found.append(FieldInfo(f"{prefix}{name}", _kind(info.annotation), info.description or ""))
        inner = _model(info.annotation)
        if inner is not None and inner is not Gig and not (prefix and inner.__name__ == "Pay"):
            found += fields(inner, f"{prefix}{name}{'[]' if _is_list(info.annotation) else ''}.")
    return found


def tables() -> list[tuple[str, list[FieldInfo]]]:
    """Each kind of object with its fields."""
    return [
        ("A gig", [one for one in fields(Gig) if not one.name.endswith("last_seen")]),
        ("A change", fields(Change)),
        ("A board in a head", fields(Owner)),
    ]


def _parts(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _is_list(annotation: Any) -> bool:
    return any(get_origin(part) is list for part in _parts(annotation))


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, one or a list or a table of them."""
    for part in _parts(annotation):
        for one in (part, *get_args(part), *(inner for arg in get_args(part) for inner in get_args(arg))):
            if isinstance(one, type) and issubclass(one, BaseModel):
                return one
    return None


def _kind(annotation: Any) -> str:
    names = []
    for part in _parts(annotation):
        if part is type(None):
            continue
        origin = get_origin(part)
        if origin is list:
            names.append("list")
        elif origin is dict:
            names.append("object")
        elif origin is not None:  # Literal
            names.append(" ".join(str(value) for arg in get_args(part) for value in (get_args(arg) or (arg,))))
        elif isinstance(part, type) and issubclass(part, BaseModel):
            names.append("object")
        else:
            names.append(
                {"str": "text", "float": "number", "int": "integer", "bool": "true or false"}.get(
                    part.__name__, part.__name__
                )
            )
    return ", ".join(names)
