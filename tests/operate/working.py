"""A worker at work while a test breaks something under it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from index.instance import Instance


@contextmanager
def at_work(instance: Instance) -> Iterator[None]:
    stop = threading.Event()
    with instance.working("test") as worker:
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
