"""A real scrapyd: the project is deployed to it, it crawls a sample board, and the postings arrive in the inbox."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawlers.board import spiders_of
from crawlers.run import SAMPLE_SPIDERS, SAMPLE_URL
from crawlers.sample_boards.server import SampleServer
from index.settings import Settings
from index.store.inbox import Inbox
from tests.index.conftest import settings
from tests.run_gigdex import ROOT, environment, variables

__all__ = ["settings"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BIN = Path(sys.executable).parent
PROJECT = ROOT / "deploy" / "scrapyd"


class Scrapyd:
    """One on loopback."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port: int = listener.getsockname()[1]
        folder.mkdir()
        self._folder = folder
        self._variables = variables
        lines = ["[scrapyd]", "bind_address = 127.0.0.1", f"http_port = {self.port}", "poll_interval = 0.5"]
        lines += [f"{name}_dir = {folder / name}" for name in ("eggs", "logs", "dbs")]
        (folder / "scrapyd.conf").write_text("\n".join(lines) + "\n")
        with (folder / "out").open("wb") as out:
            self.process = subprocess.Popen(
                [BIN / "scrapyd"], cwd=folder, env=variables, stdout=out, stderr=subprocess.STDOUT
            )

    def ask(self, what: str, **data: str) -> Any:
        """An answer of its JSON API; with data by POST."""
        body = urllib.parse.urlencode(data).encode() if what in ("schedule", "cancel") else None
        query = "" if body else "?" + urllib.parse.urlencode(data)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{what}.json{query}", body, timeout=60) as answer:
            return json.load(answer)

    def wait(self) -> None:
        for _ in range(600):
            try:
                self.ask("daemonstatus")
            except (OSError, urllib.error.URLError):
                assert self.process.poll() is None, self.log()
                time.sleep(0.1)
            else:
                return

    def deploy(self, project: Path, name: str) -> None:
        cfg = project / "scrapy.cfg"
        cfg.write_text(cfg.read_text().replace(":6800/", f":{self.port}/"))
        command = [BIN / "scrapyd-deploy", "--project", name, "--version", "1"]
        done = subprocess.run(command, cwd=project, env=self._variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr + self.log()

    def log(self) -> str:
        logs = [self._folder / "out", *self._folder.glob("logs/**/*.log")]
        return "\n".join(path.read_text(errors="replace")[-3_000:] for path in logs)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture
def sample() -> Iterator[SampleServer]:
    with SampleServer() as server:
        yield server


@pytest.fixture
def scrapyd(settings: Settings, sample: SampleServer, tmp_path: Path) -> Iterator[Scrapyd]:
    its = environment(settings.data, **variables(settings)) | {SAMPLE_URL: sample.url}
    with closing(Scrapyd(tmp_path / "scrapyd", its)) as server:
        server.wait()
        yield server


def test_what_it_crawls_arrives_in_the_inbox(scrapyd: Scrapyd, settings: Settings, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    scrapyd.deploy(project, "gigdex")
    known = scrapyd.ask("listspiders", project="gigdex")["spiders"]
    assert "hackernews" in known

    # The sample boards are no boards of the project: one of the test's own names them.
    setup = project / "setup.py"
    setup.write_text(
        setup.read_text().replace("crawlers.settings", "sample").replace("py_modules=[]", "py_modules=['sample']")
    )
    (project / "sample.py").write_text(
        "from crawlers.settings import *\n"
        f"SPIDER_MODULES = ['{SAMPLE_SPIDERS}']\nSPIDER_LOADER_CLASS = 'scrapy.spiderloader.SpiderLoader'\n"
    )
    scrapyd.deploy(project, "sample")
    name = sorted(spiders_of(SAMPLE_SPIDERS))[0]
    job = scrapyd.ask("schedule", project="sample", spider=name)
    assert job["status"] == "ok", job
    end = time.monotonic() + 120
    while not any(one["id"] == job["jobid"] for one in scrapyd.ask("listjobs", project="sample")["finished"]):
        assert time.monotonic() < end, scrapyd.log()
        time.sleep(0.2)
    with closing(Inbox.open(settings)) as inbox:
        [run] = inbox.runs()
        assert (run.board, run.outcome, run.complete) == (name, "finished", True), scrapyd.log()
        assert inbox.size() == run.seen > 10
