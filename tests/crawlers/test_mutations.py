"""Documents of every kind and board, damaged in ways that nobody thought of: nothing is raised, the good rows stay."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.parse import readers
from crawlers.row import BadRow
from crawlers.tally import Tally
from index.posting import Posting
from tests.crawlers.test_board_fixtures import FOLDERS

QUIET = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
DOCUMENTS = {folder.name: next(folder.glob("response.*")) for folder in FOLDERS}
JSON = [name for name, file in DOCUMENTS.items() if file.suffix == ".json"]
XML = [name for name, file in DOCUMENTS.items() if file.suffix == ".xml"]
ODD: list[Any] = [
    *(None, True, 0, -1, 1e308, "", " ", "\x00\ud800", "<p>", "NaN", "9999-12-31"),
    *([], {}, [[]], [None], {"a": {"b": []}}),
]
RUBBISH = [
    *(b"", b"\x00", b"<", b">", b"&", b"&amp;amp;", b"]]>", b"\xff\xfe", b"<![CDATA[", b"<item>"),
    *(b'"', b"{", b"}", b"]", b","),
]


def read(name: str, data: bytes) -> list[Posting | BadRow]:
    """Reads to the end; every row is a posting or one line."""
    tally = Tally()
    rows = []
    for draft in readers()[name].read_page(page(name, data), tally):
        if isinstance(draft, BadRow):
            assert draft.message
            assert "\n" not in draft.message
            rows.append(draft)
            continue
        from index.posting import BadPosting, read_posting

        try:
            rows.append(read_posting(draft)[0])
        except BadPosting as error:
            rows.append(BadRow(0, str(error)))
    assert not [problem for problem in tally.problems if "bug" in problem]
    return rows


def page(name: str, data: bytes) -> Any:
    from crawlers.page import Page

    return Page(data, "f", "https://example.org/p", "https://example.org/p")


def places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything in a JSON document."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        keys = list(item) if isinstance(item, dict) else range(len(item)) if isinstance(item, list) else ()
        for key in keys:
            found.append((item, key))
            waiting.append(item[key])
    return found


def damaged(value: Any, chance: random.Random, times: int) -> Any:
    """A JSON document with some values exchanged, dropped, renamed or doubled."""
    document = {"": json.loads(json.dumps(value))}
    for _ in range(times):
        container, key = chance.choice(places(document))
        change = chance.randrange(4)
        if change == 0:
            container[key] = deepcopy(chance.choice(ODD))
        elif change == 1 and isinstance(container, dict) and key != "":
            del container[key]
        elif change == 2 and isinstance(container, dict) and key != "":
            container["odd_" + str(key)] = container.pop(key)
        elif isinstance(container, list):
            container.append(deepcopy(container[key]))
    return document[""]


@pytest.mark.parametrize("name", JSON)
def test_json_damaged_anywhere(name: str) -> None:
    original = json.loads(DOCUMENTS[name].read_text())

    @QUIET
    @given(st.randoms(use_true_random=False), st.integers(1, 12))
    def check(chance: random.Random, times: int) -> None:
        read(name, json.dumps(damaged(original, chance, times)).encode())

    check()


@pytest.mark.parametrize("name", [name for name in JSON if name != "json_api"])  # guessed from all rows together
def test_one_bad_row_costs_no_other(name: str) -> None:
    """Beside rows of which anything may be wrong, a good one is read as if it stood alone."""
    original = json.loads(DOCUMENTS[name].read_text())
    good = [row for row in read(name, json.dumps(original).encode()) if isinstance(row, Posting)]
    rows, put = list_of_rows(original)

    @QUIET
    @given(st.randoms(use_true_random=False), st.integers(1, 6))
    def check(chance: random.Random, times: int) -> None:
        bad = [deepcopy(chance.choice(ODD)), damaged(rows[0], chance, times), damaged(rows[-1], chance, times)]
        found = [plain(row) for row in read(name, json.dumps(put([*rows, *bad])).encode())]
        for posting in good:
            assert plain(posting) in found

    check()


def plain(row: Posting | BadRow) -> object:
    """A row, to compare; a made-up id and link depend on where it stands."""
    return row.model_dump(exclude={"external_id", "url"}) if isinstance(row, Posting) else row


def list_of_rows(document: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The document's rows, and how to make it with others."""
    if isinstance(document, list):
        return document, lambda rows: rows
    best: tuple[Any, Any] | None = None
    for container, key in places(document):
        value = container[key]
        is_list = isinstance(value, list) and value and isinstance(value[0], dict)
        if is_list and (best is None or len(json.dumps(value)) > len(json.dumps(best[0][best[1]]))):
            best = (container, key)
    assert best is not None
    container, key = best
    rows = container[key]

    def put(others: list[Any]) -> Any:
        container[key] = others
        made = json.loads(json.dumps(document))
        container[key] = rows
        return made

    return rows, put


@pytest.mark.parametrize("name", [*XML, "jobposting"])
def test_markup_damaged_anywhere(name: str) -> None:
    original = DOCUMENTS[name].read_bytes()

    @QUIET
    @given(st.lists(st.tuples(st.integers(0, len(original)), st.integers(0, 40), st.sampled_from(RUBBISH)), max_size=6))
    def check(cuts: list[tuple[int, int, bytes]]) -> None:
        data = original
        for at, length, rubbish in cuts:
            data = data[:at] + rubbish + data[at + length :]
        read(name, data)

    check()


@pytest.mark.parametrize("name", XML)
def test_what_follows_the_items_costs_none_of_them(name: str) -> None:
    original = DOCUMENTS[name].read_bytes()
    good = [row.title for row in read(name, original) if isinstance(row, Posting)]
    end = max(original.rfind(mark) + len(mark) for mark in (b"</item>", b"</job>"))

    @QUIET
    @given(st.binary(max_size=60))
    def check(tail: bytes) -> None:
        assert [row.title for row in read(name, original[:end] + tail) if isinstance(row, Posting)][: len(good)] == good

    check()


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_a_cut_anywhere(name: str) -> None:
    original = DOCUMENTS[name].read_bytes()

    @QUIET
    @given(st.integers(0, len(original)))
    def check(length: int) -> None:
        read(name, original[:length])

    check()
