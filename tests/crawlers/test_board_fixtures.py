"""Every board and every kind has a fixture, and reads it as the reviewer accepted it."""

import json
from pathlib import Path

import pytest

from crawlers.board import boards
from crawlers.capture import as_json, capture, expected
from crawlers.declared import bare_kinds
from crawlers.parse import UnknownBoard, reader

FIXTURES = Path(__file__).resolve().parents[1] / "boards"
KINDS = FIXTURES.parent / "kinds"
READ = {name for name, spider in boards().items() if getattr(spider, "reads", True)}
"""Boards with a reader; the others are declared only."""


FOLDERS = [*(FIXTURES / name for name in sorted(READ)), *(KINDS / name for name in bare_kinds())]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_fixture(folder: Path) -> None:
    board = folder.name
    assert folder.is_dir(), f"{board} has no fixture: run `gigdex capture {board}` and check what it writes"
    meta = json.loads((folder / "meta.json").read_text())
    response = folder / meta["response"]
    assert meta["board"] == board
    found = expected(reader(board), response.read_bytes(), response.name, meta["url"])
    assert found["rows"], "a fixture must have rows"
    assert found == json.loads((folder / "expected.json").read_text())


def test_no_fixture_without_a_board() -> None:
    assert {folder.name for folder in FIXTURES.iterdir() if folder.is_dir()} == READ
    assert {folder.name for folder in KINDS.iterdir() if folder.is_dir()} == set(bare_kinds())


def test_capture_from_a_file_writes_the_fixture(tmp_path: Path) -> None:
    source = FIXTURES / "remotive" / "response.json"
    written = capture("remotive", tmp_path / "new", source, "https://remotive.com/api/remote-jobs")
    assert [file.name for file in written] == ["response.json", "meta.json", "expected.json"]
    assert written[0].read_bytes() == source.read_bytes()
    assert written[2].read_bytes() == (FIXTURES / "remotive" / "expected.json").read_bytes()
    assert as_json({"é": 1}) == b'{\n "\xc3\xa9": 1\n}\n'


def test_capture_of_an_unknown_board(tmp_path: Path) -> None:
    with pytest.raises(UnknownBoard, match="nosuch"):
        capture("nosuch", tmp_path, FIXTURES / "remotive" / "response.json")
