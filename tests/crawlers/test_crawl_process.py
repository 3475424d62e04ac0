"""The crawling child process: what its parent is told, and that it never outlives its parent."""

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from crawlers.run import SAMPLE_URL, Progress, crawl
from crawlers.sample_boards.server import SampleServer
from index.settings import Settings
from index.store.inbox import Inbox
from tests.crawlers.loopback import Answer, Loopback

ROOT = Path(__file__).resolve().parents[2]


def test_an_unknown_board_ends_as_failed(tmp_path: Path) -> None:
    told: list[Progress] = []
    (ended,) = crawl(["nosuch"], Settings(data=tmp_path), told.append)
    assert (ended.board, ended.outcome, ended.error) == ("nosuch", "failed", "no board named nosuch")
    assert ended in told


class Stuck:
    """A host that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answer = threading.Event()
        self.host = Loopback(self.script)

    def script(self, path: str, before: int) -> Answer:
        self.asked.set()
        self.answer.wait(30)
        return 404, {}, b""


@pytest.fixture
def stuck() -> "Stuck":
    return Stuck()


def test_a_crawl_that_is_told_to_stop_ends_in_good_order(tmp_path: Path, stuck: Stuck) -> None:
    stop = threading.Event()

    def stop_when_asked() -> None:
        stuck.asked.wait(30)
        stop.set()
        stuck.answer.set()

    threading.Thread(target=stop_when_asked, daemon=True).start()
    board = sample_board()
    (ended,) = crawl([board], Settings(data=tmp_path), sample_url=stuck.host.url, stop=stop)
    stuck.host.close()
    assert not ended.complete
    assert ended.error


def test_the_child_dies_with_its_parent(tmp_path: Path, stuck: Stuck) -> None:
    program = (
        "import sys; from crawlers.run import main; from crawlers import run; from index.settings import Settings\n"
    )
    program += f"run.crawl([{sample_board()!r}], Settings(), sample_url={stuck.host.url!r})"
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"GIGDEX_DATA": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert stuck.asked.wait(60)
    (child,) = psutil.Process(parent.pid).children()
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    stuck.answer.set()
    child.wait(30)  # raises TimeoutExpired when it lives on
    stuck.host.close()


def test_two_processes_never_crawl_one_host(tmp_path: Path) -> None:
    """The second finds it taken while the first waits for an answer, and says by whom; after the first it may."""
    settings = Settings(data=tmp_path)
    with SampleServer(0, slow_s=0) as server:
        second_is_done = threading.Event()
        asked = threading.Event()

        def hold(target: str) -> None:
            if target == "/robots.txt":
                asked.set()
                second_is_done.wait(60)

        server.trouble = hold
        ends: list[Progress] = []
        first = threading.Thread(
            target=lambda: ends.extend(crawl(["sample_taskfinch"], settings, sample_url=server.url)), daemon=True
        )
        first.start()
        assert asked.wait(60)
        second, same = crawl(["sample_wrenwire", "sample_taskfinch"], settings, sample_url=server.url)
        with closing(Inbox.open(settings)) as inbox:
            outcomes = sorted(run.outcome for run in inbox.runs() if run.board == "sample_taskfinch")
        second_is_done.set()
        first.join(60)
        assert (second.outcome, second.complete) == (same.outcome, same.complete) == ("skipped", False)
        assert outcomes == ["running", "skipped"], "that of the first has not died"
        assert re.search(r"is being crawled by another process \(process \d+ of ", second.error or "")
        assert [one.outcome for one in ends] == ["finished"]
        assert not [target for target in server.requests if target.startswith("/wrenwire")]
        (again,) = crawl(["sample_wrenwire"], settings, sample_url=server.url)
        assert again.outcome == "finished"


def sample_board() -> str:
    os.environ.setdefault(SAMPLE_URL, "http://127.0.0.1:9")
    from crawlers.board import spiders_of
    from crawlers.run import SAMPLE_SPIDERS

    return next(iter(spiders_of(SAMPLE_SPIDERS)))
