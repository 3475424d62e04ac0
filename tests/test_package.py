"""The wheel: builds, installs into an empty environment, and works there, data files included."""

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.run_gigdex import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT], check=True, capture_output=True
    )
    [found] = folder.glob("*.whl")
    return found


def test_it_holds_every_data_file_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for package in ("crawlers", "index", "search_api"):
        for file in (ROOT / package).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert file.relative_to(ROOT).as_posix() in names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"crawlers", "index", "search_api", "gigdex.py"}


def test_it_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel]
    subprocess.run(install, check=True, capture_output=True)

    def gigdex(*arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [tmp_path / "venv" / "bin" / "gigdex", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", "GIGDEX_DATA": str(tmp_path / "data")},
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    row = {
        "board": "a",
        "external_id": "1",
        "url": "https://a.example/1",
        "title": "Nanny wanted in Berlin, 18 EUR an hour",
    }
    gig = json.loads(gigdex("normalize", stdin=json.dumps(row)))
    assert (gig["category"], gig["pay"]["unit"], gig["places"][0]["country"]) == ("babysitting", "hour", "DE")
    assert gig["pay"]["usd_max"] > 15
    gigdex("crawl", "--sample")
    found = gigdex("search", "--sample", "--json", "--limit", "100").splitlines()
    assert len(found) == 100
    page = "import search_api.app, search_api.templating"
    subprocess.run([python, "-c", page], check=True, cwd=tmp_path)
