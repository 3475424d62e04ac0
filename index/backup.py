"""Backup of a data folder into one file, and its way back.

The file is a zip: `gigdex.db`, `inbox.db`, `sites/*.json`, `rates.zip` and, last, `manifest.json` with versions, sizes
and checksums. The search index is left out because it is made from the store. Nothing of the environment is in it, so
no key and no password.
"""

import hashlib
import os
import re
import secrets
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import make_url

from index.settings import Settings
from index.store.migrate import HEADS, Which
from index.stream import EPOCH

FORMAT = 1
MANIFEST = "manifest.json"
MAX_MANIFEST = 10_000_000
"""Bytes."""
STAGING = ".restore"
"""Folder inside the data folder that holds what is being restored; its presence marks a restore that was cut off."""
CHUNK = 1 << 20
DATABASES: dict[Which, str] = {"inbox": "inbox.db", "store": "gigdex.db"}
"""In the order in which they are copied. A posting goes from the inbox into the store: whoever copies the inbox first
has it twice at worst, which ingest doesn't mind; the other way round it could be in neither."""
SITES = "sites"
RATES = "rates.zip"
"""The exchange rates that gigs were read with (index/rates.py); with older ones a rebuild would change gigs."""
_NAME = re.compile(r"^(gigdex\.db|inbox\.db|rates\.zip|sites/[a-z0-9][a-z0-9.-]*\.json)\Z")


class BackupError(RuntimeError):
    """A backup can't be made or restored; the message is one line that says what to do."""


class Entry(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(pattern=_NAME)]
    size: int = Field(ge=0, description="bytes")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(frozen=True)

    format: int
    gigdex: str = Field(description="version that made it")
    made_at: datetime
    schemas: dict[Literal["store", "inbox"], str] = Field(description="newest migration of each database")
    files: tuple[Entry, ...]


# --- backup --------------------------------------------------------------------------------------------------


def backup(
    settings: Settings, target: Path, force: bool = False, on_step: Callable[[str], None] = lambda _: None
) -> Manifest:
    """Write all that is worth keeping into `target`, while others read and write. The file appears under its name only
    when it is complete; `on_step` gets the name of each part as it begins. Raises BackupError.

    Needs room for one more copy of the store beside `target` while it works.
    """
    store = store_file(settings)
    if not store.is_file():
        raise BackupError(f"there is nothing to back up: {store} is not there (GIGDEX_DATA says where the data is)")
    if target.is_dir():
        raise BackupError(f"{target} is a folder; name a file")
    if target.exists() and not force:
        raise BackupError(f"{target} exists; name another file, or give --force to overwrite it")
    part = target.with_name(target.name + ".part")
    try:
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(part / "lock", timeout=0):
            manifest = _write(settings, store, part, on_step)
            (part / "backup").replace(target)
            _sync(target.parent)
    except Timeout:
        raise BackupError(f"another backup to {target} is being written") from None
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise BackupError(f"can't back up to {target}: {error}") from None
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    shutil.rmtree(part, ignore_errors=True)
    return manifest


def store_file(settings: Settings) -> Path:
    """Where the store's SQLite file is. Raises BackupError where the store is elsewhere."""
    if not settings.database_url:
        return settings.data / DATABASES["store"]
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError("the store is in a database server: back it up with the server's own tools, such as pg_dump")
    return Path(url.database)


def _write(settings: Settings, store: Path, part: Path, on_step: Callable[[str], None]) -> Manifest:
    """The archive as `part`/backup, with everything on the disk when this returns."""
    sources: dict[Which, Path] = {"inbox": settings.data / DATABASES["inbox"], "store": store}
    entries: list[Entry] = []
    schemas: dict[Literal["store", "inbox"], str] = {}
    descriptor = os.open(part / "backup", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for which, name in DATABASES.items():
                if not sources[which].is_file():
                    continue
                on_step(name)
                copy = part / name
                copy_database(sources[which], copy)
                schemas[which] = schema_of(copy, which) or "0000"
                entries.append(_add(archive, name, copy))
                copy.unlink()
            sites = sorted((settings.data / SITES).glob("*.json"))
            named = ((f"{SITES}/{site.name}", site) for site in sites)
            entries.extend(_add(archive, name, site) for name, site in named if _NAME.fullmatch(name))
            if (settings.data / RATES).is_file():
                entries.append(_add(archive, RATES, settings.data / RATES))
            manifest = Manifest(
                format=FORMAT, gigdex=_version(), made_at=datetime.now(UTC), schemas=schemas, files=tuple(entries)
            )
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def copy_database(source: Path, copy: Path) -> None:
    """One moment of a database that others write meanwhile. Raises BackupError when it is damaged."""
    copy.unlink(missing_ok=True)
    with closing(connect(source)) as there, closing(sqlite3.connect(copy)) as here:
        there.backup(here)  # all pages in one step: in write-ahead mode writers go on, and nothing starts over
        here.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
        if fault := integrity(here):
            raise BackupError(f"{source} is damaged ({fault}); restore it from an older backup")


def connect(file: Path) -> sqlite3.Connection:
    """Read-only, and without making the file. Waits for whoever locks it."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)


def integrity(connection: sqlite3.Connection) -> str | None:
    """The first fault that SQLite's quick check finds; None for a sound database."""
    try:
        [[first]] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if first == "ok" else str(first).strip().splitlines()[-1]


def schema_of(file: Path, which: Which) -> str | None:
    """Newest migration of a database file; None when it has none."""
    with closing(connect(file)) as connection:
        try:
            row = connection.execute(f"SELECT version_num FROM version_{which}").fetchone()  # noqa: S608  # a Literal
        except sqlite3.DatabaseError:
            return None
    return str(row[0]) if row else None


def _add(archive: zipfile.ZipFile, name: str, file: Path) -> Entry:
    digest = hashlib.sha256()
    size = 0
    info = zipfile.ZipInfo.from_file(file, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED
    with file.open("rb") as source, archive.open(info, "w", force_zip64=True) as out:
        while data := source.read(CHUNK):
            digest.update(data)
            size += len(data)
            out.write(data)
    return Entry(name=name, size=size, sha256=digest.hexdigest())


def _version() -> str:
    try:
        return version("gigdex")
    except PackageNotFoundError:  # run from a checkout that isn't installed
        return "0"


def _sync(folder: Path) -> None:
    """What was renamed in the folder stays renamed when the power goes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- restore -------------------------------------------------------------------------------------------------


def restore(settings: Settings, source: Path, on_step: Callable[[str], None] = lambda _: None) -> Manifest:
    """Bring a backup into the data folder, which must be empty. Versions and checksums are verified before anything
    appears there under its name, the store appears last. Raises BackupError; the folder is then as it was.

    Cut off halfway, it is simply run again.
    """
    if settings.database_url:
        raise BackupError("a backup is restored into the data folder: unset GIGDEX_DATABASE_URL first")
    data = settings.data
    _refuse_unless_empty(data)
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = read_manifest(archive)
            existed = data.exists()
            try:
                _unpack(archive, manifest, data, on_step)
            except BaseException:
                _clear(data)
                if not existed:
                    shutil.rmtree(data, ignore_errors=True)
                raise
    except BackupError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise BackupError(f"{source} is no backup of Gigdex, or a damaged one ({error}); use another") from None
    except OSError as error:
        raise BackupError(f"can't restore {source}: {error}") from None
    return manifest


def _refuse_unless_empty(data: Path) -> None:
    if not data.exists():
        return
    if not data.is_dir():
        raise BackupError(f"{data} is not a folder")
    found = {entry.name for entry in data.iterdir()} - {"lost+found"}
    if STAGING in found and DATABASES["store"] not in found:
        found -= {STAGING, DATABASES["inbox"], SITES, RATES}  # of a restore that was cut off
    if found:
        raise BackupError(f"{data} is not empty: restore into a folder of its own, named by GIGDEX_DATA")


def _clear(data: Path) -> None:
    """Remove what a restore that was cut off has left."""
    if not (data / DATABASES["store"]).exists():
        (data / DATABASES["inbox"]).unlink(missing_ok=True)
        (data / RATES).unlink(missing_ok=True)
        shutil.rmtree(data / SITES, ignore_errors=True)
    shutil.rmtree(data / STAGING, ignore_errors=True)


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an archive that holds what it lists and nothing else. Raises BackupError."""
    name = archive.filename
    try:
        if archive.getinfo(MANIFEST).file_size > MAX_MANIFEST:
            raise KeyError
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except (KeyError, ValidationError):
        raise BackupError(f"{name} is no backup of Gigdex: it has no usable manifest") from None
    newer = [which for which, schema in manifest.schemas.items() if schema > HEADS[which]]
    if manifest.format > FORMAT or newer:
        raise BackupError(f"{name} was made by a newer Gigdex ({manifest.gigdex}); upgrade Gigdex to restore it")
    listed = sorted([*(entry.name for entry in manifest.files), MANIFEST])
    if listed != sorted(archive.namelist()) or DATABASES["store"] not in listed:
        raise BackupError(f"{name} is damaged: it doesn't hold what its manifest lists; use another")
    return manifest


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, data: Path, on_step: Callable[[str], None]) -> None:
    staging = data / STAGING
    data.mkdir(parents=True, exist_ok=True)
    _clear(data)
    (staging / SITES).mkdir(parents=True)
    room = shutil.disk_usage(data).free
    needed = sum(entry.size for entry in manifest.files)
    if needed > room:
        raise BackupError(f"{data} has too little room: {needed:,} bytes are needed, {room:,} are free")
    for entry in manifest.files:
        on_step(entry.name)
        _extract(archive, entry, staging / entry.name)
    for which, name in DATABASES.items():
        if (staging / name).exists():
            with closing(connect(staging / name)) as connection:
                fault = integrity(connection)
            if fault or schema_of(staging / name, which) != manifest.schemas.get(which):
                raise BackupError(f"{archive.filename} is damaged: {name} can't be used; use another backup")
    _begin_epoch(staging / DATABASES["store"])
    for name in (SITES, RATES, *DATABASES.values()):
        if (staging / name).exists():
            (staging / name).replace(data / name)
    _sync(data)
    staging.rmdir()


def _begin_epoch(store: Path) -> None:
    """Tell readers of the change stream that the revisions they know are of another future (index/stream.py)."""
    with closing(sqlite3.connect(store)) as connection:
        row = (EPOCH, str(secrets.randbelow(2**31)))
        connection.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", row)
        connection.commit()


def _extract(archive: zipfile.ZipFile, entry: Entry, target: Path) -> None:
    digest = hashlib.sha256()
    size = 0
    with archive.open(entry.name) as source, target.open("xb") as out:
        while data := source.read(min(CHUNK, entry.size - size + 1)):  # one more, to notice too much
            digest.update(data)
            size += len(data)
            if size > entry.size:
                break
            out.write(data)
        out.flush()
        os.fsync(out.fileno())
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise BackupError(f"{archive.filename} is damaged: the checksum of {entry.name} is wrong; use another backup")
