"""An instance heals: damaged, foreign and outdated search indexes are rebuilt by the worker."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index.engine.base import EngineError
from index.engine.embedded import EmbeddedEngine
from index.ingest import Ingest
from index.instance import Instance
from index.settings import Settings
from index.store.boards import declare
from index.store.store import Store
from tests.index.conftest import RunBoard, board, only_sqlite, posting


@pytest.fixture
def instance(settings: Settings, store: Store, run_board: RunBoard) -> Instance:
    """With three gigs, in store and index."""
    run_board("alpha", *[posting("alpha", str(n)) for n in range(3)])
    instance = Instance(settings)
    with instance.working("test") as worker:
        worker.drain()
    assert instance.engine.size() == 3
    return instance


def current(settings: Settings) -> Path:
    return settings.data / "engine" / (settings.data / "engine" / "current").read_text()


def cut_segments(settings: Settings) -> None:
    for file in current(settings).glob("*.store"):
        file.write_bytes(file.read_bytes()[:10])


def garble_segments(settings: Settings) -> None:
    for file in current(settings).iterdir():
        if file.suffix in (".term", ".fast", ".idx", ".pos", ".store"):
            size = file.stat().st_size
            with file.open("r+b") as opened:
                opened.write(b"\xaa" * max(0, size - 120))


def other_version(settings: Settings) -> None:
    (settings.data / "engine" / "current").write_text("v0-0123")


@pytest.mark.parametrize("damage", [cut_segments, garble_segments, other_version])
def test_the_next_worker_rebuilds_what_is_damaged(
    settings: Settings, instance: Instance, store: Store, run_board: RunBoard, damage: Callable[[Settings], None]
) -> None:
    instance.close()
    damage(settings)
    run_board("alpha", *[posting("alpha", str(n)) for n in range(4)])
    again = Instance(settings)
    with again.working("test") as worker:
        for _ in range(3):
            try:
                worker.drain()
                break
            except EngineError:
                continue  # what `Worker.run` does, after a pause
    assert again.engine.size() == 4
    assert again.not_ready() is None
    again.close()


def test_a_reader_tells_the_worker_of_damage(instance: Instance, settings: Settings) -> None:
    with instance.working("test") as worker:
        worker.step()
        instance.engine._report_damage()
        worker._opened_at -= 1_000
        name = instance.engine.name
        worker.step()
        assert instance.engine.name != name
        assert not instance.engine.damaged()
        assert instance.engine.size() == 3


@only_sqlite
def test_an_index_of_another_store_is_not_taken_for_ours(instance: Instance, settings: Settings) -> None:
    instance.close()
    for file in settings.data.glob("gigdex.db*"):
        file.unlink()
    again = Instance(settings)
    with again.working("test") as worker:
        worker.drain()
    assert again.engine.size() == 0
    again.close()


def test_ready_says_why_not(settings: Settings, instance: Instance) -> None:
    assert instance.not_ready() is None
    empty = Instance(settings.model_copy(update={"data": settings.data / "new"}))
    assert "there is no search index" in (empty.not_ready() or "")
    empty.close()


def test_a_board_that_is_no_longer_declared_is_off(store: Store, run_board: RunBoard, ingest: Ingest) -> None:
    run_board("alpha", posting("alpha", "1"))
    declare(store.database, [board("beta")])
    states = {state.info.id: state for state in store.boards()}
    assert not states["alpha"].enabled
    assert "no longer declared" in (states["alpha"].off_reason or "")
    assert states["beta"].enabled
    declare(store.database, [board("alpha"), board("beta")])
    assert {state.info.id: state.enabled for state in store.boards()}["alpha"]


def test_readers_open_whatever_is_there(settings: Settings, instance: Instance) -> None:
    other_version(settings)
    reader = EmbeddedEngine.open(settings.data / "engine")
    with pytest.raises(EngineError, match="another version"):
        reader.size()
