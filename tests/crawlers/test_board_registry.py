"""Boards: found by themselves, declared completely, and no file breaks the rules unseen."""

import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from scrapy import Request

import crawlers.boards
from crawlers.bases.json_api import JsonApiSpider
from crawlers.board import BadBoard, Board, BoardLoader, boards
from index.settings import Settings
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


def test_scrapy_knows_the_same_boards(tmp_path: Path) -> None:
    loader = BoardLoader.from_settings({"GIGDEX": Settings(data=tmp_path)})
    assert loader.list() == list(boards())
    assert loader.load("himalayas").name == "himalayas"
    assert loader.find_by_request(Request("https://himalayas.app/jobs")) == ["himalayas"]
    with pytest.raises(KeyError):
        loader.load("nosuch")


def test_cadence_below_the_terms_is_refused() -> None:
    with pytest.raises(ValidationError, match="below the terms"):
        Board(id="x", name="X", homepage="https://x.example", terms=OFF, cadence_s=60)


def test_a_whole_walk_fits_the_bounds_of_its_board() -> None:
    """A bound that cuts each run makes none complete: nothing is ever closed, and what has to be fresh never shown."""
    walks = {name: spider for name, spider in boards().items() if getattr(getattr(spider, "source", None), "most", 0)}
    assert len(walks) > 5
    for name, spider in walks.items():
        source: Any = spider.source  # type: ignore[attr-defined]
        board, walk_count = spider.board, len(source.each) or 1
        if source.size:
            pages = walk_count * -(-source.most // source.size) + bool(source.token)
            assert pages <= board.max_pages, name
        assert walk_count * source.most <= min(board.max_items, board.expect_max), name


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
