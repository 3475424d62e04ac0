"""The command line as people and scripts use it."""

import csv
import io
import json
from pathlib import Path

import pytest

from index.settings import Settings
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.store import Store
from tests.index.conftest import board, posting
from tests.run_gigdex import ROOT, gigdex


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a few gigs, ingested by a command."""
    folder = tmp_path_factory.mktemp("instance") / "data"
    settings = Settings(data=folder)
    store, inbox = Store.open(settings), Inbox.open(settings)
    declare(store.database, [board("alpha")])
    run = inbox.start_run("alpha")
    rows = [
        posting("alpha", "1", title="Dog walker wanted, $20 an hour", location="Austin, TX"),
        posting("alpha", "2", title="Logo for a bakery, budget $150", description="A simple logo."),
        posting("alpha", "3", title="=Translate a letter to German, 30 EUR", description="One page."),
    ]
    inbox.put(run, rows)
    inbox.finish_run(run, True, "finished", {}, None)
    inbox.close()
    store.close()
    assert gigdex(folder, "rebuild").returncode == 0
    work = list(gigdex(folder, "boards", "--json").stdout.splitlines())
    assert "alpha" in {json.loads(line)["id"] for line in work}
    ingest(settings)
    return folder


def ingest(settings: Settings) -> None:
    from index.instance import Instance

    instance = Instance(settings)
    with instance.working("test") as worker:
        worker.drain()
    instance.close()


def one_line(text: str) -> str:
    """The only line of stderr; a traceback would be many."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def test_help_lists_every_command() -> None:
    out = gigdex(ROOT, "--help").stdout
    for name in [
        "up",
        "crawl",
        "boards",
        "parse",
        "capture",
        "normalize",
        "dedupe",
        "search",
        "export",
        "rates",
        "rebuild",
        "serve",
        "work",
    ]:
        assert f" {name} " in out


def test_version() -> None:
    assert gigdex(ROOT, "--version").stdout.startswith("gigdex ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["search", "--mode", "nowhere"], "mode: 'nowhere' is not one of online"),
        (["search", "--pay-min", "many"], "pay_min"),
        (["search", "--near", "Nowhereville Upon Nothing"], "near"),
        (["search", "--cursor", "forged"], "cursor"),
        (["parse", "nosuchboard", "x.json"], "no board named 'nosuchboard'"),
        (["crawl", "nosuchboard"], "no board named 'nosuchboard'"),
        (["boards", "enable", "nosuchboard", "--evidence", "x"], "no board named 'nosuchboard'"),
        (["boards", "enable", "freelancer", "--evidence", " "], "--evidence"),
        (["boards", "accept", "nosuchboard"], "no board named 'nosuchboard'"),
        (["export", "pdf"], "no format 'pdf'"),
        (["dedupe", "--explain", "nobody", "alpha:1"], "there is no posting and no gig 'nobody'"),
        (["dedupe", "--join", "a:1", "a:2", "--split", "x", "a:1"], "one at a time"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line_and_status_2(data: Path, arguments: list[str], says: str) -> None:
    done = gigdex(data, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in one_line(done.stderr)


@pytest.mark.parametrize("setting", ["GIGDEX_PORT", "GIGDEX_PUBLIC_URL"])
def test_settings_that_can_not_work_fail_at_once(data: Path, setting: str) -> None:
    done = gigdex(data, "serve", **{setting: "not this"})
    assert done.returncode == 2
    assert setting in one_line(done.stderr)


def test_a_board_that_is_off_is_not_crawled(data: Path) -> None:
    done = gigdex(data, "crawl", "freelancer")
    assert done.returncode == 1
    assert "freelancer is off" in one_line(done.stderr)


def test_the_operator_switches_boards(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert gigdex(folder, "boards", "enable", "freelancer", "--evidence", "mail of 1 May").returncode == 0
    states = {row["id"]: row for row in map(json.loads, gigdex(folder, "boards", "--json").stdout.splitlines())}
    assert states["freelancer"]["enabled"]
    assert states["remotive"]["enabled"]
    assert not states["weworkremotely"]["enabled"]
    assert gigdex(folder, "boards", "disable", "remotive").returncode == 0
    table = gigdex(folder, "boards").stdout
    assert "switched off by the operator" in " ".join(table.split())
    assert "not compared with those before" in one_line(gigdex(folder, "boards", "accept", "remotive").stderr)


def test_search_finds_and_filters(data: Path) -> None:
    done = gigdex(data, "search", "dog", "--json")
    [gig] = map(json.loads, done.stdout.splitlines())
    assert gig["title"].startswith("Dog walker")
    assert gig["pay"]["unit"] == "hour"
    assert gigdex(data, "search", "--pay_min", "1000", "--json").stdout == ""
    table = gigdex(data, "search", "logo").stdout
    assert "Logo for a bakery" in table
    assert "$150" in table


@pytest.mark.parametrize("words", ['"', "((", "id:a", "-x", "\x01", "w " * 9000, "OR", "-", '"a'])
def test_hostile_words_are_words(data: Path, words: str) -> None:
    done = gigdex(data, "search", "--json", "--", words)
    assert done.returncode == 0, done.stderr


def test_export(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "gigs.ndjson"
    assert gigdex(data, "export", "ndjson", "-o", str(file)).returncode == 0
    gigs = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(gigs) == 3
    rows = list(csv.DictReader(io.StringIO(gigdex(data, "export", "csv").stdout)))
    assert {row["id"] for row in rows} == {gig["id"] for gig in gigs}
    assert any(row["title"].startswith("'=") for row in rows)
    done = gigdex(data, "export", "csv", "--limit", "5")
    assert done.returncode == 2


def test_normalize_is_one_for_one_and_goes_on_after_bad_lines(tmp_path: Path) -> None:
    good = '{"board": "a", "external_id": "%d", "url": "https://a.example/%d", "title": "Mow my lawn for $40"}'
    lines = [good % (1, 1), "{", good % (2, 2), "[]", '{"board": "a"}', "\ufeff", good % (3, 3)]
    done = gigdex(tmp_path / "data", "normalize", stdin="\n".join(lines))
    gigs = [json.loads(line) for line in done.stdout.splitlines()]
    assert [gig["sources"][0]["external_id"] for gig in gigs] == ["1", "2", "3"]
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "line 2",
        "line 4",
        "line 5",
        "line 6",
        "gigdex",
    ]
    assert not (tmp_path / "data").exists()
    assert (gigs[0]["seq"], gigs[0]["revision"], gigs[0]["first_seen"]) == (None, None, None)


def test_dedupe_is_one_for_one_with_reasons(tmp_path: Path) -> None:
    row = '{"board": "%s", "external_id": "%s", "url": "%s", "title": "t"}'
    lines = [
        row % ("a", "1", "https://x.example/1"),
        row % ("b", "1", "https://x.example/1?utm_source=b"),
        row % ("b", "2", "https://x.example/2"),
    ]
    done = gigdex(tmp_path / "data", "dedupe", stdin="\n".join(lines))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["posting"] for one in rows] == ["a:1", "b:1", "b:2"]
    assert rows[0]["gig"] == rows[1]["gig"] != rows[2]["gig"]
    assert "x.example/1" in rows[1]["why"]
    assert rows[2]["why"] is None
    assert done.returncode == 0


TEXT = (
    "We are three students who share a kitchen and want it cleaned from floor to ceiling before our landlord comes. "
    "Bring your own gloves, everything else is under the sink. It will take a morning, and we make coffee."
)


def test_dedupe_explains_and_people_decide(tmp_path: Path) -> None:
    from index.instance import Instance
    from tests.index.conftest import posting

    data = tmp_path / "data"
    instance = Instance(Settings(data=data), [board("alpha"), board("beta")])
    for name in ("alpha", "beta"):
        instance.inbox.put(
            instance.inbox.start_run(name), [posting(name, "1", title="Clean our kitchen", description=TEXT)]
        )
    with instance.working("test") as worker:
        worker.drain()
    instance.close()
    told = gigdex(data, "dedupe", "--explain", "alpha:1", "beta:1")
    assert "verdict: same, score 1.00" in told.stdout
    assert "one gig" in told.stdout
    gig = json.loads(gigdex(data, "dedupe", "--explain", "alpha:1", "beta:1", "--json").stdout)["gigs"][0]
    assert "follow the decision" in gigdex(data, "dedupe", "--split", gig, "beta:1").stderr
    told = gigdex(data, "dedupe", "--explain", "alpha:1", "beta:1")
    assert "two gigs" in told.stdout
    assert "a person decided: split" in told.stdout
    assert gigdex(data, "dedupe", "--join", "alpha:1", "beta:1").returncode == 0
    assert "one gig" in gigdex(data, "dedupe", "--explain", gig, "beta:1").stdout


def test_parse_names_what_it_can_not_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "broken.json").write_text('{"jobs": [')
    (tmp_path / "good.json").write_text('[{"id": 1, "url": "https://remotive.com/x", "title": "T"}]')
    done = gigdex(data, "parse", "remotive", "missing.json", "broken.json", "good.json")
    assert done.returncode == 1
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == ["T"]
    assert "missing.json" in done.stderr
    assert "broken.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_scrapy_users_find_what_they_expect(tmp_path: Path) -> None:
    import subprocess
    import sys

    from tests.run_gigdex import environment

    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"remotive", "remoteok", "jobicy", "hackernews", "weworkremotely", "freelancer"} <= set(
        listed.stdout.split()
    )


def test_export_leaves_pipes_and_links_what_they_are(data: Path, tmp_path: Path) -> None:
    real = tmp_path / "real.ndjson"
    real.write_text("old")
    link = tmp_path / "link.ndjson"
    link.symlink_to(real)
    assert gigdex(data, "export", "ndjson", "-o", str(link)).returncode == 0
    assert link.is_symlink()
    assert len(real.read_text().splitlines()) == 3
    assert gigdex(data, "export", "ndjson", "-o", "/dev/null").returncode == 0
    assert not Path("/dev/null").is_file()
    done = gigdex(data, "export", "ndjson", "-o", str(tmp_path))
    assert done.returncode == 1
    one_line(done.stderr)


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    done = gigdex(tmp_path / "data", "boards", GIGDEX_PROT="1")
    assert done.returncode == 2
    assert "GIGDEX_PROT" in one_line(done.stderr)


def test_a_port_in_use_asks_no_board(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = gigdex(tmp_path / "data", "up", "--sample", GIGDEX_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "another program" in one_line(done.stderr)
    assert not (tmp_path / "data").exists()


def test_crawl_takes_over_when_the_holder_of_the_lease_dies(tmp_path: Path) -> None:
    import os
    import signal

    from tests.run_gigdex import start_gigdex

    folder = tmp_path / "data"
    work = start_gigdex(folder, "work", "--sample")
    assert work.stdout is not None
    work.stdout.readline()
    os.kill(work.pid, signal.SIGSTOP)
    crawl = start_gigdex(folder, "crawl", "--sample", "sample_bidbarrow")
    assert crawl.stdout is not None
    for line in crawl.stdout:
        if "it ingests what was crawled" in line:
            break
    work.kill()
    work.communicate()
    crawl.communicate(timeout=60)
    assert crawl.returncode == 0
    assert gigdex(folder, "search", "--sample", "--json").stdout


@pytest.mark.parametrize("command", [("search", "dog"), ("show", "a" * 16), ("export", "csv"), ("rebuild",)])
def test_a_mistyped_folder_does_not_become_one(tmp_path: Path, command: tuple[str, ...]) -> None:
    folder = tmp_path / "typo"
    done = gigdex(folder, *command)
    assert done.returncode == 1
    assert "there are no gigs in" in done.stderr
    assert not folder.exists()
