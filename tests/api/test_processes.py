"""`gigdex serve` with several processes: they share one address, die and are born again, and end with their parent."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.run_gigdex import ROOT, start_gigdex

PATIENCE_S = 30


class Serving:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        self.address = found.group()

    @property
    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def answers(self) -> bool:
        with urllib.request.urlopen(f"{self.address}/health/live", timeout=PATIENCE_S) as answer:
            return bool(answer.status == 200)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    process = start_gigdex(tmp_path / "data", "serve", GIGDEX_PORT="0", GIGDEX_PROCESSES="2")
    yield Serving(process)
    for child in psutil.Process(process.pid).children() if process.poll() is None else []:
        child.kill()
    process.kill()
    process.communicate()


def until(what: str, true: object) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_a_process_that_dies_gets_a_successor_and_all_end_when_told_to(serving: Serving) -> None:
    until("two processes", lambda: len(serving.children) == 2)
    victim, other = serving.children
    victim.kill()
    until("a successor", lambda: len({child.pid for child in serving.children} - {victim.pid}) == 2)
    assert other.pid in {child.pid for child in serving.children}
    assert serving.answers()
    children = serving.children
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(PATIENCE_S) == 0
    assert not any(child.is_running() for child in children)


def test_none_is_left_behind_by_a_parent_that_was_killed(serving: Serving) -> None:
    assert serving.answers()
    children = serving.children
    os.kill(serving.process.pid, signal.SIGKILL)
    serving.process.wait(PATIENCE_S)
    until("the children end", lambda: not any(child.is_running() for child in children))


MISSES = """
import signal, sys, time
from search_api.processes import serve_in

def serve(number):
    told = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit() if told else told.append(True))
    print("ready", flush=True)
    while True:
        time.sleep(0.1)

serve_in(2, serve)
"""


def test_one_that_misses_the_signal_because_it_has_just_begun_is_told_again() -> None:
    with subprocess.Popen([sys.executable, "-c", MISSES], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["ready\n"] * 2
        children = psutil.Process(process.pid).children()
        process.terminate()
        try:
            assert process.wait(PATIENCE_S) == 0
        finally:
            for child in children:
                if child.is_running():
                    child.kill()
