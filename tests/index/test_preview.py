"""What a rebuild would change, told without writing."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import index.ingest as ingest_module
from index.gig import Gig, gig_id
from index.ingest import Ingest
from index.posting import Posting
from index.preview import Change, Tally, changes, short
from index.settings import Settings
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.store import Store
from tests.index.conftest import RunBoard, board, only_sqlite, posting
from tests.run_gigdex import gigdex


def everything(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables of a database."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}


def test_nothing_changes_by_the_same_rules(ingest: Ingest, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2", title="Logo for a bakery, $150"))
    assert list(ingest.would_change()) == []


@only_sqlite
def test_what_it_tells_is_what_happens(
    settings: Settings, store: Store, ingest: Ingest, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2", title="Logo, $150"), posting("alpha", "3"))
    real = ingest_module.normalize

    def other_rules(given: Posting, day: Any) -> Gig:
        gig = real(given, day)
        if given.external_id == "1":
            gig.category, gig.pay.max = "errands", 21.0
        if given.external_id == "2":
            gig.kind = "other"
        return gig

    monkeypatch.setattr(ingest_module, "normalize", other_rules)
    ingest._remembered.clear()
    before = everything(settings.data / "gigdex.db")
    told = {id_: (old, new) for id_, old, new in ingest.would_change()}
    assert everything(settings.data / "gigdex.db") == before
    assert told.keys() == {gig_id("alpha", "1"), gig_id("alpha", "2")}

    found = list(changes(gig_id("alpha", "1"), *told[gig_id("alpha", "1")]))
    assert [(one.field, one.before, one.after) for one in found if one.field != "sources"] == [
        ("category", "pet_care", "errands"),
        ("pay.max", 20.0, 21.0),
    ]
    [gone] = changes("x", *told[gig_id("alpha", "2")])
    assert (gone.field, gone.before, gone.after) == ("gig", "open: Logo, $150", None)

    ingest.renormalize()
    for id_, (_, after) in told.items():
        found_gig = store.find(id_, "operator")
        assert found_gig is not None
        drop = {"seq", "revision", "last_seen", "closed_at", "sources"}
        found = found_gig.gig and found_gig.gig.model_dump(exclude=drop)
        assert found == (after and after.model_dump(exclude=drop))
    assert list(ingest.would_change()) == []


def test_a_posting_that_turns_out_an_offer_is_a_new_gig(
    ingest: Ingest, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ingest_module.normalize

    def strict(given: Posting, day: Any) -> Gig:
        gig = real(given, day)
        gig.kind = "other"
        return gig

    monkeypatch.setattr(ingest_module, "normalize", strict)
    run_board("alpha", posting("alpha", "1"))
    monkeypatch.setattr(ingest_module, "normalize", real)
    ingest._remembered.clear()
    [(id_, before, after)] = ingest.would_change()
    [change] = changes(id_, before, after)
    assert (change.field, change.before) == ("gig", None)
    assert change.after == "open: Walk my dog, $20 an hour"


def test_a_tally_counts_gigs_not_versions() -> None:
    tally = Tally()
    tally.add([Change("a", "normalizer_version", 2, 3)])
    tally.add([Change("b", "normalizer_version", 2, 3), Change("b", "category", "other", "web")])
    for number in range(5):
        tally.add([Change(str(number), "pay.unit", "task", "item")])
    assert tally.gigs == 6
    assert tally.fields == {"normalizer_version": 2, "category": 1, "pay.unit": 5}
    assert len(tally.examples["pay.unit"]) == 3


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        ([], "-"),
        (0.5, "0.5"),
        (["a", "b"], "a, b"),
        ([{"source": "title", "text": "20 an hour"}], "20 an hour"),
        ({"amount": 5, "usd": None}, "amount 5"),
        ("a\nb " * 50, "a b " * 14 + "a b…"),
    ],
)
def test_values_in_few_words(value: Any, shown: str) -> None:
    assert short(value) == shown


@pytest.mark.parametrize("sample", [False, True])
def test_the_command(tmp_path: Path, sample: bool) -> None:
    data = tmp_path / "data"
    settings = Settings(data=data).for_sample() if sample else Settings(data=data)
    store, inbox = Store.open(settings), Inbox.open(settings)
    declare(store.database, [board("alpha")])
    run = inbox.start_run("alpha")
    inbox.put(run, [posting("alpha", "1"), posting("alpha", "2", title="Logo for a bakery, budget $150")])
    inbox.finish_run(run, True, "finished", {}, None)
    ingest = Ingest(store, inbox)
    ingest.drain()
    with store.database.writing() as connection:  # as other rules had read it
        connection.exec_driver_sql("""UPDATE views SET content = replace(content, '"pet_care"', '"other"')""")
        connection.exec_driver_sql("UPDATE gigs SET views_hash = 'old' WHERE seq = 1")
    inbox.close()
    store.close()
    options = ["rebuild", "--normalize", "--dry-run", *(["--sample"] if sample else [])]
    before = everything(settings.data / "gigdex.db")

    done = gigdex(data, *options)
    assert done.returncode == 0
    assert "1 of 2 gigs would change" in done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["field", "gigs", "for", "example"]
    row = next(line for line in lines if line.startswith("category "))
    assert row.split() == ["category", "1", f"{gig_id('alpha', '1')}:", "other", "->", "pet_care"]
    rows = [json.loads(line) for line in gigdex(data, *options, "--json").stdout.splitlines()]
    assert {"gig": gig_id("alpha", "1"), "field": "category", "before": "other", "after": "pet_care"} in rows
    assert everything(settings.data / "gigdex.db") == before
    assert not (settings.data / "engine").exists()


@pytest.mark.parametrize("options", [["--dry-run"], ["--normalize", "--json"]])
def test_options_that_belong_together(tmp_path: Path, options: list[str]) -> None:
    done = gigdex(tmp_path / "data", "rebuild", *options)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
