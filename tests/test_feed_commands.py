"""gigdex export, mirror, takedown and keys as people use them, beside a running server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import feedparser
import pytest

from crawlers.board import boards
from index.gig import gig_id
from index.settings import Settings
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.store import Store
from tests.index.conftest import posting
from tests.run_gigdex import gigdex, start_gigdex
from tests.test_command_line import ingest, one_line

PUBLIC = {"GIGDEX_PUBLIC_URL": "https://gigdex.example", "GIGDEX_PORT": "0"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three gigs."""
    folder = tmp_path_factory.mktemp("feeds") / "data"
    settings = Settings(data=folder)
    store, inbox = Store.open(settings), Inbox.open(settings)
    # As the commands will declare it: gigs whose board's terms change are made anew.
    declare(store.database, [boards()["arbeitnow"].info()])
    run = inbox.start_run("arbeitnow")
    rows = [posting("arbeitnow", str(n), title=f"Walk {n + 2} dogs, ${20 + n} an hour") for n in range(3)]
    inbox.put(run, rows)
    inbox.finish_run(run, True, "finished", {}, None)
    inbox.close()
    store.close()
    ingest(settings)
    return folder


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[str]:
    """Address of a running private server over it."""
    process = start_gigdex(data, "serve", GIGDEX_PORT="0")
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"Gigdex is at (\S+)", line):
            yield found[1]
            break
    process.terminate()
    process.communicate(timeout=30)


@pytest.mark.parametrize("format", ["csv", "parquet", "rss"])
def test_a_file_is_what_the_server_sends(data: Path, site: str, tmp_path: Path, format: str) -> None:
    port = site.rsplit(":", 1)[1]
    file = tmp_path / "gigs"
    done = gigdex(data, "export", format, "-o", str(file), GIGDEX_PORT=port)
    assert (done.returncode, one_line(done.stderr)) == (0, f"3 gigs in {file}")
    with urlopen(f"{site}/feeds/{format}") as answer:
        assert answer.read() == file.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["gigs"]


def test_takedown_removes_everywhere_and_a_mirror_follows(data: Path, site: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.ndjson"
    done = gigdex(data, "mirror", site, str(copy))
    assert (done.returncode, one_line(done.stderr)) == (0, f"3 gigs in {copy} (a new snapshot)")
    gone = gig_id("arbeitnow", "1")
    asked = gigdex(data, "takedown", "https://arbeitnow.example/1")
    assert (asked.returncode, asked.stdout.strip()) == (1, "arbeitnow:1")
    assert "--yes" in one_line(asked.stderr)
    done = gigdex(data, "takedown", f"{site}/gig/{gone}", "--yes")
    assert (done.returncode, done.stdout.strip()) == (0, "arbeitnow:1")
    done = gigdex(data, "mirror", site, str(copy))
    assert one_line(done.stderr) == f"2 gigs in {copy} (1 changed)"
    with urlopen(f"{site}/snapshot") as answer:
        held = copy.read_text(encoding="utf-8").splitlines()
        assert [json.loads(line) for line in answer] == [json.loads(line) for line in held]
    assert gone not in copy.read_text(encoding="utf-8")
    assert gone not in gigdex(data, "export", "ndjson").stdout
    assert not [entry for entry in feedparser.parse(f"{site}/feeds/rss").entries if gone in entry.link]
    again = gigdex(data, "takedown", "https://arbeitnow.example/1", "--yes")
    assert again.returncode == 2
    assert "there is no posting at" in one_line(again.stderr)


def test_keys_are_shown_once_and_can_be_revoked(data: Path, site: str) -> None:
    key = gigdex(data, "keys", "add", "Partner", "--rate-limit", "50").stdout.strip()
    listed = gigdex(data, "keys", "list").stdout
    assert key.startswith("gdp_")
    assert key not in listed
    [row] = map(json.loads, listed.splitlines())
    assert (row["name"], row["scopes"], row["rate_limit"], row["revoked_at"]) == ("Partner", ["feeds"], 50, None)
    with urlopen(Request(f"{site}/snapshot", headers={"Authorization": f"Bearer {key}"})) as answer:
        assert answer.status == 200
    assert gigdex(data, "keys", "revoke", "Partner").returncode == 0
    again = gigdex(data, "keys", "revoke", "Partner")
    assert again.returncode == 2
    assert "no key of 'Partner' works" in one_line(again.stderr)
    bad = gigdex(data, "keys", "add", "Partner", "--scope", "everything")
    assert (bad.returncode, "feeds, api" in one_line(bad.stderr)) == (2, True)


def test_mirror_says_in_one_line_what_is_wrong(data: Path, tmp_path: Path) -> None:
    for address in ("gigdex.example", "http://127.0.0.1:9"):
        done = gigdex(data, "mirror", address, str(tmp_path / "copy"))
        assert done.returncode == 1
        assert address in one_line(done.stderr)
