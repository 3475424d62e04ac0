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
    files = {file.stem for file in Path(crawlers.boards.__path__[0]).glob("[!_]*.py")}
    assert set(boards()) == files
    for name, spider in boards().items():
        assert spider.name == spider.board.id == spider.info().id == name
        assert spider.base_url.startswith("https://")


def test_boards_that_are_off_by_their_terms() -> None:
    off = {name for name, spider in boards().items() if spider.board.terms.off}
    assert off == {"weworkremotely", "freelancer", "jobposting"}


def test_no_channel_is_open_without_evidence() -> None:
    for spider in boards().values():
        terms = spider.board.terms
        assert (terms.channels.api, terms.channels.feed, terms.channels.jsonld, terms.channels.mail) == ("none",) * 4
        if terms.channels.page == "full":
            assert terms.evidence
            assert not terms.off


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
