"""Boards: found by themselves, declared completely, and no file breaks the rules unseen."""

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

import crawlers.boards
from crawlers.bases.json_api import JsonApiSpider
from crawlers.board import BadBoard, Board, boards
from index.terms import BoardTerms

OFF = BoardTerms(attribution="X", min_interval_s=3600, off="a test")


def test_every_file_is_a_board_of_its_name() -> None:
    folder = Path(crawlers.boards.__path__[0])
    files = [file.stem for file in folder.iterdir() if file.suffix in (".py", ".toml") and file.stem != "__init__"]
    assert list(boards()) == sorted(files)
    assert len(boards()) >= 30
    for name, spider in boards().items():
        assert spider.name == spider.board.id == spider.info().id == name
        assert spider.base_url.startswith("https://")


def test_cadence_below_the_terms_is_refused() -> None:
    with pytest.raises(ValidationError, match="below the terms"):
        Board(id="x", name="X", homepage="https://x.example", terms=OFF, cadence_s=60)


def test_a_spider_without_an_address_is_refused() -> None:
    with pytest.raises(BadBoard, match="no http address"):
        type("S", (JsonApiSpider,), {"board": Board(id="x", name="X", homepage="https://x.example", terms=OFF)})


def test_a_file_of_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(crawlers.boards.__path__[0]) / "remotive.py"
    (tmp_path / "misnamed.py").write_text(source.read_text())
    monkeypatch.setattr(crawlers.boards, "__path__", [str(tmp_path)])
    try:
        with pytest.raises(BadBoard, match="'misnamed', found: remotive"):
            boards()
    finally:
        sys.modules.pop("crawlers.boards.misnamed", None)
