"""What processes of ours have in common that were started by one of ours."""

import os
import signal
import threading
import time

LOOK_S = 1.0
"""Between two looks at whether the parent still lives."""


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
