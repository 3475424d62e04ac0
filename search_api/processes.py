"""Several processes that serve one address: Python runs one thread at a time, so that one process keeps one processor
busy, however many a machine has."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType

from index.processes import end_with

log = logging.getLogger(__name__)

PAUSE_S = 1.0
"""Before a process that died gets a successor, so that one which can't live costs little."""


def serve_in(count: int, serve: Callable[[int], None]) -> None:
    """Run `serve`, with numbers from 0 on, in `count` processes until SIGINT or SIGTERM, which is passed on. One that
    dies gets a successor.

    They are forked, so that all accept from the socket that is open here: the system hands a connection to whoever is
    free. Nothing that can't be shared (threads, connections to a database) may be open yet.
    """
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    fork = multiprocessing.get_context("fork")

    def start(number: int) -> BaseProcess:
        child = fork.Process(target=_child, args=(serve, number, os.getpid()))
        child.start()
        return child

    children = [start(number) for number in range(count)]
    try:
        while not stopping.is_set():
            wait([child.sentinel for child in children], timeout=PAUSE_S)
            for number, child in enumerate(children):
                if not child.is_alive() and not stopping.is_set():
                    log.error("a serving process ended with status %s; it gets a successor", child.exitcode)
                    time.sleep(PAUSE_S)
                    children[number] = start(number)
    finally:
        while alive := [child for child in children if child.is_alive()]:
            for child in alive:
                child.terminate()  # again: one that has just begun may have missed it
            wait([child.sentinel for child in alive], timeout=PAUSE_S)
        for signal_number, handler in before.items():
            signal.signal(signal_number, handler)


def _child(serve: Callable[[int], None], number: int, parent: int) -> None:
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, signal.SIG_DFL)
    end_with(parent)
    serve(number)
