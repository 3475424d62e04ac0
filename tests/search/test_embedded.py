"""The embedded engine's folder: one writer, many readers, rebuilds, damage, death."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.engine import embedded
from index.engine.base import (
    KEY_FIELDS,
    Count,
    Document,
    EngineBusyError,
    EngineError,
    EngineStaleError,
    Everything,
    Top,
)
from index.engine.embedded import EmbeddedEngine


def doc(gig: int, text: str = "") -> Document:
    return Document(gig, 0, {"board": ("x",)}, {"text": text}, dict.fromkeys(KEY_FIELDS, gig))


def build(folder: Path, *gigs: int) -> EmbeddedEngine:
    engine = EmbeddedEngine.create(folder)
    engine.write([], map(doc, gigs))
    engine.publish()
    return engine


def gigs(engine: EmbeddedEngine) -> list[int]:
    [hits] = engine.search([Top(Everything(), "gig", 10_000)])
    return sorted(hit.gig for hit in hits)


def current(folder: Path) -> Path:
    return folder / (folder / "current").read_text()


def test_a_reader_waits_for_an_index_and_follows_it(tmp_path: Path) -> None:
    reader, other = EmbeddedEngine.open(tmp_path), EmbeddedEngine.open(tmp_path / "not" / "there")
    assert reader.name is None
    with pytest.raises(EngineStaleError, match="no search index"):
        gigs(reader)
    writer = EmbeddedEngine.create(tmp_path)
    writer.write([], [doc(1)])
    with pytest.raises(EngineStaleError, match="no search index"):
        reader.count([Count(Everything(), "board")])
    assert gigs(writer) == [1]
    writer.publish()
    seen = reader.generation()
    assert gigs(reader) == [1]
    writer.write([1], [doc(2)])
    assert gigs(reader) == [2]
    assert reader.generation() != seen
    with pytest.raises(EngineStaleError, match="no search index"):
        other.size()


def test_a_newer_index_is_not_reported_as_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of the version before, which nobody has stopped yet, must not make the new one's worker rebuild."""
    monkeypatch.setattr(embedded, "ENGINE_SCHEMA_VERSION", 9_999)
    writer = build(tmp_path, 1)
    monkeypatch.undo()
    with pytest.raises(EngineStaleError, match="another version"):
        EmbeddedEngine.open(tmp_path).size()
    assert not writer.damaged()
    writer.close()


def test_a_reader_without_file_handles_reports_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = build(tmp_path, 1)
    reader = EmbeddedEngine.open(tmp_path)

    def refused(*_: object) -> None:
        raise ValueError("IoError: Too many open files (os error 24)")

    monkeypatch.setattr(embedded, "_read", refused)
    with pytest.raises(EngineError, match=r"can't be read .*Too many open files") as caught:
        reader.size()
    assert not isinstance(caught.value, EngineStaleError)
    assert not writer.damaged()
    monkeypatch.undo()
    assert reader.size() == 1
    writer.close()


def test_a_rebuild_swaps_under_readers_and_removes_what_was(tmp_path: Path) -> None:
    build(tmp_path, 1).close()
    readers = [EmbeddedEngine.open(tmp_path) for _ in range(2)]
    names = {reader.name for reader in readers}
    fresh = EmbeddedEngine.create(tmp_path)
    fresh.write([], [doc(5)])
    assert [gigs(reader) for reader in readers] == [[1], [1]]
    fresh.publish()
    assert [gigs(reader) for reader in readers] == [[5], [5]]
    assert names != {reader.name for reader in readers} == {fresh.name}
    fresh.write([], [doc(6)])
    assert [gigs(reader) for reader in readers] == [[5, 6], [5, 6]]
    assert [path.name for path in tmp_path.glob("v*")] == [fresh.name]


def test_a_rebuild_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    build(tmp_path, 1).close()
    EmbeddedEngine.create(tmp_path).close()
    with EmbeddedEngine_open(tmp_path) as writer:
        assert gigs(writer) == [1]
        assert len(list(tmp_path.glob("v*"))) == 1


class EmbeddedEngine_open:  # noqa: N801  # reads as the call that it wraps
    def __init__(self, folder: Path) -> None:
        self.engine = EmbeddedEngine.open(folder, writable=True)

    def __enter__(self) -> EmbeddedEngine:
        return self.engine

    def __exit__(self, *_: object) -> None:
        self.engine.close()


def test_one_writer_at_a_time_with_a_clear_word(tmp_path: Path) -> None:
    writer = build(tmp_path, 1)
    for attempt in (lambda: EmbeddedEngine.open(tmp_path, writable=True), lambda: EmbeddedEngine.create(tmp_path)):
        with pytest.raises(EngineBusyError, match="another process writes"):
            attempt()
    writer.close()
    with EmbeddedEngine_open(tmp_path) as again:
        again.write([], [doc(2)])
        assert gigs(again) == [1, 2]


def test_readers_cannot_write(tmp_path: Path) -> None:
    build(tmp_path, 1).close()
    reader = EmbeddedEngine.open(tmp_path)
    with pytest.raises(EngineError, match="reading only"):
        reader.write([], [doc(2)])
    with pytest.raises(EngineError, match="create"):
        reader.publish()


def test_a_writer_wants_an_index_and_says_that_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(EngineStaleError, match="no search index"):
        EmbeddedEngine.open(tmp_path, writable=True)
    build(tmp_path, 1).close()  # the refusal has kept no lock


def test_an_index_of_another_version_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, 1).close()
    monkeypatch.setattr(embedded, "ENGINE_SCHEMA_VERSION", 99)
    for writable in (False, True):
        with pytest.raises(EngineStaleError, match="another version"):
            EmbeddedEngine.open(tmp_path, writable=writable).size()
    build(tmp_path, 2).close()
    assert gigs(EmbeddedEngine.open(tmp_path)) == [2]


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def remove_segments(index: Path) -> None:
    for path in index.glob("*.*"):
        if path.suffix in (".fast", ".term", ".idx"):
            path.unlink()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "meta cut": lambda folder: truncate(current(folder) / "meta.json"),
    "meta gone": lambda folder: (current(folder) / "meta.json").unlink(),
    "meta garbage": lambda folder: (current(folder) / "meta.json").write_bytes(b"\xff\x00{{{"),
    "segments gone": lambda folder: remove_segments(current(folder)),
    "segments cut": lambda folder: [truncate(path) for path in current(folder).glob("*.fast")],
    "folder gone": lambda folder: current(folder).rename(folder / "elsewhere"),
    "pointer garbage": lambda folder: (folder / "current").write_bytes(b"\xff\xfe\x00"),
    "pointer empty": lambda folder: (folder / "current").write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("writable", [False, True])
def test_a_damaged_index_is_stale_and_can_be_rebuilt(tmp_path: Path, damage: str, writable: bool) -> None:
    build(tmp_path, 1, 2, 3).close()
    DAMAGES[damage](tmp_path)
    with pytest.raises(EngineStaleError) as caught:
        EmbeddedEngine.open(tmp_path, writable=writable).size()
    assert "\n" not in str(caught.value)
    assert "rebuild" in str(caught.value)
    build(tmp_path, 4).close()
    assert gigs(EmbeddedEngine.open(tmp_path)) == [4]


def test_damage_under_a_running_reader_is_said_and_healed_by_a_rebuild(tmp_path: Path) -> None:
    build(tmp_path, 1).close()
    reader = EmbeddedEngine.open(tmp_path)
    (current(tmp_path) / "meta.json").write_bytes(b"{")
    with pytest.raises(EngineStaleError, match="damaged"):
        reader.size()
    build(tmp_path, 9).close()
    assert gigs(reader) == [9]


WRITER = """
import sys
from pathlib import Path
from index.engine.embedded import EmbeddedEngine
from tests.search.test_embedded import doc
engine = EmbeddedEngine.open(Path(sys.argv[1]), writable=True)
batch = 0
while True:
    batch += 1
    engine.write([], [doc(batch * 100 + n, "word " * 50) for n in range(100)])
    print(batch, flush=True)
"""


@pytest.mark.parametrize("batches", [1, 2, 5])
def test_a_killed_writer_leaves_whole_batches_and_no_lock(tmp_path: Path, batches: int) -> None:
    build(tmp_path).close()
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    reader = EmbeddedEngine.open(tmp_path)
    for expected in range(1, batches + 1):
        assert int(process.stdout.readline()) == expected
        assert reader.size() >= expected * 100, "a write that has returned is seen by every process"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with EmbeddedEngine_open(tmp_path) as writer:
        kept = gigs(writer)
        whole = len(kept) // 100
        assert whole >= batches
        assert kept == list(range(100, whole * 100 + 100))
        writer.write([], [doc(n) for n in range(100, 200)])  # a replay
        assert gigs(writer) == kept


FULL_DISK = """
import resource, sys
from pathlib import Path
from index.engine.base import EngineError
from index.engine.embedded import EmbeddedEngine
from tests.search.test_embedded import doc, gigs
engine = EmbeddedEngine.open(Path(sys.argv[1]), writable=True)
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, unlimited[1]))
try:
    engine.write([], [doc(n, f"word{n} " * 500) for n in range(2, 300)])
except EngineError as error:
    assert "can't be written" in str(error) and "\\n" not in str(error), error
else:
    sys.exit("the write did not fail")
resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
assert gigs(engine) == [1], gigs(engine)
engine.write([], [doc(7)])
assert gigs(engine) == [1, 7], gigs(engine)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limit here")
def test_a_full_disk_is_one_line_and_the_next_write_works(tmp_path: Path) -> None:
    """A file size limit fails writes as a full disk does."""
    build(tmp_path, 1).close()
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2_000:]


def test_many_commits_leave_few_files(tmp_path: Path) -> None:
    engine = build(tmp_path)
    for gig in range(60):
        engine.write([], [doc(gig)])
    engine.close()
    with EmbeddedEngine_open(tmp_path) as again:
        again.write([], [doc(60)])
        assert again.size() == 61
    assert len(list(current(tmp_path).iterdir())) < 300
