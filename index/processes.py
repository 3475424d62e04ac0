"""What processes of ours have in common."""

import gc
import os
import signal
import threading
import time

LOOK_S = 1.0
"""Between two looks at whether the parent still lives."""


def keep_what_is_here() -> None:
    """What is in memory now (the tables of words and towns above all) stays: not looking through it again and again for
    garbage spares pauses of 50 ms, and three quarters of the time that reading a gig takes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end_with(parent: int) -> None:
    """End this process when its parent is gone: one that was killed outright stops nobody."""

    def follow() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, daemon=True).start()
