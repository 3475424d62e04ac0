"""Backup and restore: consistent while others write, complete or not there at all, never over what is good."""

import json
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from index import backup as backups
from index.backup import STAGING, BackupError, backup, restore
from index.instance import Instance
from index.settings import Settings
from index.store.inbox import Inbox
from index.store.store import Store
from index.terms import OPERATOR
from tests.index.conftest import RunBoard, board, posting
from tests.run_gigdex import ROOT, environment

RUN = """
import sys
from pathlib import Path
from index import backup
from index.settings import Settings
settings, file = Settings(data=Path(sys.argv[2])), Path(sys.argv[3])
def say(part):
    print(part, flush=True)
getattr(backup, sys.argv[1])(settings, file, on_step=say)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data folder alone: a database server is backed up with its own tools."""
    return Settings(data=tmp_path)


@pytest.fixture
def archive(settings: Settings, store: Store, inbox: Inbox, run_board: RunBoard, tmp_path: Path) -> Path:
    """A backup of two gigs, one waiting posting and one site."""
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2", title="Paint a fence, $90"))
    inbox.put(inbox.start_run("beta"), [posting("beta", "1")])
    (settings.data / "sites").mkdir()
    (settings.data / "sites" / "jobs.example.org.json").write_text('{"grant": null}')
    file = tmp_path / "backups" / "gigdex.zip"
    backup(settings, file)
    return file


def ids(data: Path) -> set[str]:
    """Every gig that a search of the folder finds, after the engine was made by itself."""
    from datetime import UTC, datetime

    from index.query import SearchQuery

    instance = Instance(Settings(data=data), [board("alpha"), board("beta")])
    try:
        with instance.working("test") as worker:
            worker.drain()
        return {gig.title for gig in instance.search.search(SearchQuery(), OPERATOR, datetime.now(UTC)).items}
    finally:
        instance.close()


def test_what_was_backed_up_works_in_an_empty_folder(archive: Path, tmp_path: Path) -> None:
    there = Settings(data=tmp_path / "elsewhere" / "data")
    manifest = restore(there, archive)
    assert {entry.name for entry in manifest.files} == {"gigdex.db", "inbox.db", "sites/jobs.example.org.json"}
    assert {path.name for path in there.data.iterdir()} == {"gigdex.db", "inbox.db", "sites"}
    assert (there.data / "sites" / "jobs.example.org.json").read_text() == '{"grant": null}'
    assert ids(there.data) == {"Walk my dog, $20 an hour", "Paint a fence, $90"}
    again = Store.open(there)
    assert again.count_gigs() == 3  # the waiting one was ingested
    again.close()


def test_an_empty_folder_that_exists_will_do(archive: Path, tmp_path: Path) -> None:
    data = tmp_path / "volume"
    (data / "lost+found").mkdir(parents=True)
    restore(Settings(data=data), archive)
    assert (data / "gigdex.db").exists()
    assert not (data / STAGING).exists()


def test_no_secret_of_the_environment_is_in_it(
    settings: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGDEX_ADMIN_KEY", "correct-horse-battery")
    file = tmp_path / "b.zip"
    backup(Settings(data=settings.data), file)
    with zipfile.ZipFile(file) as found:
        assert not any(b"correct-horse-battery" in found.read(name) for name in found.namelist())
    assert file.stat().st_mode & 0o077 == 0


def test_it_refuses_to_overwrite_without_force(archive: Path, settings: Settings) -> None:
    before = archive.read_bytes()
    with pytest.raises(BackupError, match="--force"):
        backup(settings, archive)
    assert archive.read_bytes() == before
    backup(settings, archive, force=True)
    assert archive.read_bytes() != before
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]


def test_nothing_to_back_up_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="nothing to back up"):
        backup(Settings(data=tmp_path / "none"), tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_a_database_server_is_backed_up_with_its_own_tools(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url="postgresql+psycopg://gigdex@localhost/gigdex")
    with pytest.raises(BackupError, match="pg_dump"):
        backup(settings, tmp_path / "b.zip")
    with pytest.raises(BackupError, match="GIGDEX_DATABASE_URL"):
        restore(settings, tmp_path / "b.zip")


def test_a_damaged_store_is_not_backed_up_as_if_it_were_good(archive: Path, settings: Settings, store: Store) -> None:
    store.close()
    file = settings.data / "gigdex.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(file.read_bytes())
    data[4096 * 3 :] = b"\xff" * (len(data) - 4096 * 3)
    file.write_bytes(data)
    before = archive.read_bytes()
    with pytest.raises(BackupError, match=r"damaged|malformed"):
        backup(settings, archive, force=True)
    assert archive.read_bytes() == before


def test_a_full_disk_leaves_the_older_backup(
    archive: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = archive.read_bytes()
    monkeypatch.setattr(backups, "_add", full)
    with pytest.raises(BackupError, match="No space left"):
        backup(settings, archive, force=True)
    assert archive.read_bytes() == before
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]


def test_a_second_backup_to_the_same_file_is_told_so(archive: Path, settings: Settings) -> None:
    def again(part: str) -> None:
        with pytest.raises(BackupError, match="another backup"):
            backup(settings, archive, force=True)

    backup(settings, archive, force=True, on_step=again)


def test_it_is_one_moment_of_a_store_that_others_write(settings: Settings, store: Store, tmp_path: Path) -> None:
    """The writer adds the same number to two counters in each transaction: a torn copy would differ."""
    code = """
import sys
from pathlib import Path
from index.settings import Settings
from index.store import gigs
from index.store.store import Store
store = Store.open(Settings(data=Path(sys.argv[1])))
print("writing", flush=True)
while True:
    with store.database.writing() as connection:
        gigs.take(connection, "revision", 1)
        gigs.take(connection, "seq", 1)
"""
    writer = subprocess.Popen([sys.executable, "-c", code, str(settings.data)], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        seen = []
        for number in range(3):
            file = tmp_path / f"{number}.zip"
            backup(settings, file)
            restore(Settings(data=tmp_path / f"data{number}"), file)
            with sqlite3.connect(tmp_path / f"data{number}" / "gigdex.db") as connection:
                both = "SELECT n FROM counters WHERE name IN ('revision', 'seq')"
                [(one,), (other,)] = connection.execute(both).fetchall()
            connection.close()
            assert one == other
            seen.append(one)
        assert writer.poll() is None, "the writer went on"
    finally:
        writer.kill()
        writer.communicate()
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]


# --- what can't be restored ---


def refused(settings: Settings, file: Path, match: str) -> None:
    with pytest.raises(BackupError, match=match):
        restore(settings, file)
    assert not settings.data.exists()


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "empty")


def test_a_folder_that_holds_anything_is_left_alone(archive: Path, settings: Settings) -> None:
    before = (settings.data / "gigdex.db").read_bytes()
    with pytest.raises(BackupError, match="not empty"):
        restore(settings, archive)
    assert (settings.data / "gigdex.db").read_bytes() == before


def test_a_cut_off_file_is_refused(archive: Path, empty: Settings) -> None:
    data = archive.read_bytes()
    for size in (0, 1, 100, len(data) // 2, len(data) - 30, len(data) - 1):
        archive.write_bytes(data[:size])
        refused(empty, archive, "no backup of Gigdex|damaged")


def test_a_damaged_file_is_refused(archive: Path, empty: Settings) -> None:
    data = archive.read_bytes()
    for start in range(0, len(data) - 40, len(data) // 12):
        damaged = bytes(byte ^ 0xFF for byte in data[start : start + 40])
        archive.write_bytes(data[:start] + damaged + data[start + 40 :])
        refused(empty, archive, "damaged|no backup")


def rewrite(archive: Path, change: dict[str, bytes | None], more: dict[str, bytes] | None = None) -> None:
    """The archive with other files in it, as somebody else's tool would pack them."""
    with zipfile.ZipFile(archive) as found:
        files = {name: found.read(name) for name in found.namelist()}
    files = {name: change.get(name, data) for name, data in files.items()} | (more or {})
    with zipfile.ZipFile(archive, "w") as out:
        for name, data in files.items():
            if data is not None:
                out.writestr(name, data)


def manifest_of(archive: Path) -> dict:
    with zipfile.ZipFile(archive) as found:
        return json.loads(found.read("manifest.json"))


def test_a_file_with_another_content_than_its_checksum_is_refused(archive: Path, empty: Settings) -> None:
    with zipfile.ZipFile(archive) as found:
        data = found.read("inbox.db")
    rewrite(archive, {"inbox.db": data[:-1] + bytes([data[-1] ^ 1])})
    refused(empty, archive, "checksum of inbox.db")


def test_a_missing_or_additional_file_is_refused(archive: Path, empty: Settings) -> None:
    rewrite(archive, {}, {"../../evil": b"x"})
    refused(empty, archive, "doesn't hold what its manifest lists")
    rewrite(archive, {"../../evil": None, "inbox.db": None})
    refused(empty, archive, "doesn't hold what its manifest lists")


def test_a_name_that_leads_out_of_the_folder_is_refused(archive: Path, empty: Settings) -> None:
    manifest = manifest_of(archive)
    manifest["files"].append({"name": "sites/../../evil.json", "size": 1, "sha256": "0" * 64})
    rewrite(archive, {"manifest.json": json.dumps(manifest).encode()}, {"sites/../../evil.json": b"x"})
    refused(empty, archive, "no usable manifest")


def test_a_backup_of_a_newer_version_is_refused(archive: Path, empty: Settings) -> None:
    manifest = manifest_of(archive)
    rewrite(archive, {"manifest.json": json.dumps(manifest | {"schemas": {"store": "9999"}}).encode()})
    refused(empty, archive, "newer Gigdex")
    rewrite(archive, {"manifest.json": json.dumps(manifest | {"format": 2}).encode()})
    refused(empty, archive, "newer Gigdex")


def test_any_other_file_is_refused(tmp_path: Path, empty: Settings) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    refused(empty, tmp_path / "notes.txt", "no backup of Gigdex")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as out:
        out.writestr("a", "b")
    refused(empty, tmp_path / "other.zip", "no usable manifest")
    refused(empty, tmp_path / "missing.zip", "No such file")


# --- killed in the middle ---


def killed_at(part: str, what: str, data: Path, file: Path) -> None:
    """Run backup or restore in a process of its own and kill it when it begins with this part."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, what, str(data), str(file)],
        cwd=ROOT,
        env=environment(data),
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() == part:
                child.kill()
        child.wait()
        assert child.returncode == -9


def grow(data: Path) -> None:
    """Make the store large enough that copying it takes longer than killing does."""
    with sqlite3.connect(data / "gigdex.db") as connection:
        connection.execute("CREATE TABLE ballast AS SELECT randomblob(10000000) AS x")
    connection.close()


def test_a_backup_that_is_killed_leaves_the_older_one_and_the_next_works(
    archive: Path, settings: Settings, tmp_path: Path
) -> None:
    grow(settings.data)
    before = archive.read_bytes()
    archive.rename(tmp_path / "older.zip")
    killed_at("gigdex.db", "backup", settings.data, archive)
    assert not archive.exists()
    assert (tmp_path / "older.zip").read_bytes() == before
    backup(settings, archive)
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]
    restore(Settings(data=tmp_path / "there"), archive)


@pytest.mark.parametrize("part", ["inbox.db", "gigdex.db"])
def test_a_restore_that_is_killed_is_simply_run_again(
    archive: Path, settings: Settings, tmp_path: Path, part: str
) -> None:
    grow(settings.data)
    backup(settings, archive, force=True)
    there = tmp_path / "there"
    killed_at(part, "restore", there, archive)
    if not (there / "gigdex.db").exists():  # it may have come to its end before the signal did
        restore(Settings(data=there), archive)
    assert (there / "gigdex.db").exists()
    assert ids(there) == {"Walk my dog, $20 an hour", "Paint a fence, $90"}


def test_a_restore_that_fails_leaves_the_folder_as_it_was(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "volume"
    data.mkdir()
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.name == "gigdex.db":
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(BackupError, match="Input/output"):
        restore(Settings(data=data), archive)
    assert list(data.iterdir()) == []
    monkeypatch.undo()
    restore(Settings(data=data), archive)
    assert time.time() - (data / "gigdex.db").stat().st_mtime < 600
