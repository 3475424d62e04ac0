"""Each thing that can be wrong is found, said in one line with one line of what to do, and nothing is changed."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from index import doctor
from index.doctor import Finding, check_names, check_settings, examine_instance
from index.forget import make_rule, remember
from index.instance import Instance
from index.lease import Lease
from index.settings import Settings
from index.store import schema
from index.store.inbox import Inbox
from index.store.store import Store
from tests.index.conftest import RunBoard, only_sqlite, posting
from tests.run_gigdex import gigdex, variables

CONTACT = "ops@example.org"


@pytest.fixture
def well(settings: Settings, instance: Instance, store: Store, inbox: Inbox, run_board: RunBoard) -> Settings:
    """An instance with which nothing is wrong."""
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"))
    with instance.working("test") as worker:
        worker.drain()
    return settings.model_copy(update={"contact": CONTACT})


def problems(settings: Settings, **later: float) -> dict[str, Finding]:
    now = datetime.now(UTC) + timedelta(**later)
    return {one.check: one for one in examine_instance(settings, now) if one.level == "problem"}


def only(found: dict[str, Finding], check: str, what: str, todo: str) -> None:
    assert list(found) == [check]
    assert what in found[check].what
    assert todo in found[check].todo
    assert "\n" not in found[check].what + found[check].todo


def test_nothing_is_found_where_nothing_is_wrong(well: Settings) -> None:
    before = {path: path.stat().st_mtime_ns for path in well.data.rglob("*") if path.suffix in (".db", ".json")}
    assert examine_instance(well) == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "none", contact=CONTACT)
    [finding] = examine_instance(settings)
    assert (finding.level, finding.check) == ("advice", "data")
    assert not settings.data.exists()


def test_a_folder_that_can_not_be_written(well: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    only(problems(well), "data", "Permission denied", "right to write")


def test_a_full_disk(well: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(well.data)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    only(problems(well), "disk", "only 1 MB are free", "Make room")


def close(well: Settings, store: Store, inbox: Inbox, instance: Instance) -> None:
    for one in (store, inbox, instance):
        one.close()


@only_sqlite
def test_a_damaged_store(well: Settings, store: Store, inbox: Inbox, instance: Instance) -> None:
    store.database.truncate_log()
    close(well, store, inbox, instance)
    file = well.data / "gigdex.db"
    data = file.read_bytes()
    file.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))
    only(problems(well), "database", "gigdex.db is damaged", "restore a backup")
    file.write_text("hello")
    only(problems(well), "database", "gigdex.db is damaged", "restore a backup")


@only_sqlite
def test_a_damaged_inbox(well: Settings, store: Store, inbox: Inbox, instance: Instance) -> None:
    close(well, store, inbox, instance)
    (well.data / "inbox.db").write_text("hello")
    only(problems(well), "database", "inbox.db is damaged", "the next crawls bring")


def test_data_of_a_newer_version(well: Settings, store: Store) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE version_store SET version_num = '9999'")
    only(problems(well), "version", "newer Gigdex (schema 9999", "Upgrade Gigdex")


def test_a_missing_a_damaged_and_an_incomplete_index(well: Settings, instance: Instance, store: Store) -> None:
    engine = well.data / "engine"
    with store.database.writing() as connection:
        connection.execute(sa.delete(schema.views).where(schema.views.c.gig == 1))
    only(problems(well), "search index", "holds 2 documents, the store 1 views", "gigdex rebuild")
    [meta] = engine.glob("v*/meta.json")
    meta.write_text("{")
    only(problems(well), "search index", "damaged", "gigdex rebuild")
    (engine / "current").write_text("v0-old")
    only(problems(well), "search index", "another version", "gigdex rebuild")
    shutil.rmtree(engine)
    only(problems(well), "search index", "no search index", "gigdex rebuild")


def test_an_index_that_lags_with_nobody_at_work(well: Settings, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"), posting("alpha", "3"))
    only(problems(well), "search index", "lacks the last 1 changes", "gigdex work")
    with Lease(well.data, "gigdex up"):
        assert problems(well) == {}, "whoever works will follow"


def test_postings_that_nobody_ingests(well: Settings, inbox: Inbox) -> None:
    run = inbox.start_run("beta")
    inbox.put(run, [posting("beta", "1")])
    inbox.finish_run(run, True, "finished", {}, None)
    assert problems(well) == {}
    only(
        problems(well, minutes=40), "inbox", "1 postings wait to be ingested, the oldest for 40 minutes", "gigdex work"
    )
    with Lease(well.data, "gigdex up"):
        only(problems(well, minutes=40), "inbox", "`gigdex up` (process", "log of")


def test_a_run_that_never_ended(well: Settings, inbox: Inbox) -> None:
    inbox.start_run("beta")
    found = examine_instance(well, datetime.now(UTC) + timedelta(hours=7))
    assert [(one.level, one.check) for one in found] == [("advice", "inbox")]


def test_a_rule_that_nobody_applies(well: Settings, store: Store) -> None:
    remember(store, make_rule(store, "Jane Doe"))
    only(problems(well), "forget", "1 rules to forget", "gigdex work")


def test_a_failing_and_a_shrunken_board(well: Settings, run_board: RunBoard, instance: Instance) -> None:
    def follow() -> None:
        with instance.working("test") as worker:
            worker.drain()

    run_board("alpha", outcome="failed", complete=False)
    follow()
    only(problems(well), "board", "alpha: run failed", "gigdex crawl alpha")
    run_board("alpha", *[posting("alpha", str(n)) for n in range(10)])
    run_board("alpha", *[posting("alpha", str(n)) for n in range(10)])
    follow()
    assert problems(well) == {}
    run_board("alpha", posting("alpha", "1"))
    only(problems(well), "board", "only 1 postings", "gigdex crawl alpha")


def test_boards_that_nothing_crawls_any_more(well: Settings) -> None:
    assert problems(well, hours=23) == {}
    only(problems(well, days=3), "schedule", "alpha (3 days)", "gigdex up")


def test_a_board_past_its_freshness(well: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    real = Store.boards
    monkeypatch.setattr(
        Store, "boards", lambda self: [replace(one, fresh=one.info.id != "alpha") for one in real(self)]
    )
    only(problems(well), "board", "its gigs are hidden", "gigdex crawl alpha")


def test_a_wrong_clock(well: Settings) -> None:
    assert "in the future" in problems(well, hours=-2)["clock"].what
    [long_ago] = doctor.check_clock(datetime(1970, 1, 2, tzinfo=UTC))
    assert (long_ago.level, "believes it is 1970-01-02" in long_ago.what) == ("problem", True)


def test_a_restore_that_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / ".restore").mkdir()
    only(problems(Settings(data=tmp_path)), "restore", "cut off", "gigdex restore FILE")


def test_a_database_server_that_can_not_be_reached(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url="postgresql+psycopg://gigdex:hunter22@127.0.0.1:1/gigdex")
    found = problems(settings)
    assert list(found) == ["database"]
    assert "hunter22" not in str(found)


@pytest.mark.parametrize(
    ("values", "level", "check"),
    [
        ({"contact": ""}, "advice", "contact"),
        ({"host": "0.0.0.0", "public_url": "https://gigs.example"}, "problem", "admin key"),
        ({"host": "0.0.0.0", "admin_key": "x" * 32}, "advice", "public address"),
        ({"public_url": "http://gigs.example", "admin_key": "x" * 32}, "advice", "public address"),
    ],
)
def test_settings_that_work_but_not_well(values: dict, level: str, check: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, **({"contact": CONTACT} | values))
    assert [(one.level, one.check) for one in check_settings(settings)] == [(level, check)]
    good = Settings(data=tmp_path, contact=CONTACT, public_url="https://gigs.example", admin_key="x" * 32)
    assert list(check_settings(good)) == []


def test_a_variable_that_is_no_setting() -> None:
    [finding] = check_names({"GIGDEX_CONTCAT": "x", "GIGDEX_CONTACT": "x", "GIGDEX_TRACEBACK": "1", "PATH": "/bin"})
    assert "GIGDEX_CONTCAT" in finding.what
    assert "GIGDEX_CONTACT" in finding.todo


# --- the command ---


def test_the_command(well: Settings, inbox: Inbox, store: Store) -> None:
    good = gigdex(well.data, "doctor", GIGDEX_CONTACT=CONTACT, **variables(well))
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "No problem found.\n")
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE version_store SET version_num = '9999'")
    bad = gigdex(well.data, "doctor", **variables(well))
    assert bad.returncode == 1
    assert "problem: " in bad.stdout
    assert "advice: " in bad.stdout
    rows = [json.loads(line) for line in gigdex(well.data, "doctor", "--json", **variables(well)).stdout.splitlines()]
    assert {row["check"] for row in rows} == {"version", "contact"}
    assert set(rows[0]) == {"level", "check", "what", "todo"}


def test_the_command_with_a_setting_that_can_not_work(tmp_path: Path) -> None:
    done = gigdex(tmp_path / "data", "doctor", GIGDEX_PORT="http")
    assert done.returncode == 1
    assert "problem: GIGDEX_PORT" in done.stdout
