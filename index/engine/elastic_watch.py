"""Which index is the current one, and whether it has changed: asked once a second, so that questions needn't."""

import threading
from collections.abc import Callable
from typing import NamedTuple

from index.engine.base import EngineError

EVERY_S = 1.0


class Look(NamedTuple):
    """What is seen of the index behind the alias. Two that differ may give different answers."""

    name: str
    uuid: str
    refreshes: int
    """How often its shards have shown something new since they were started."""
    written: int
    """Highest sequence numbers of its shards."""
    documents: int


class Watch:
    """Looks once a second from the first question on, in a thread of its own, until it is closed.

    While the cluster doesn't answer, questions fail at once instead of waiting for it one by one.
    """

    def __init__(self, look: Callable[[], Look | None]) -> None:
        self._look = look
        self._looking = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen: Look | EngineError | None = None
        self._generation = 0

    def now(self) -> Look | None:
        """Look at once; None where no index is. Raises EngineError."""
        with self._looking:
            try:
                seen: Look | EngineError | None = self._look()
            except EngineError as error:
                seen = error
            if seen != self._seen or isinstance(seen, EngineError):
                self._generation += 1
                self._seen = seen
        return self._answer(seen)

    def last(self) -> Look | None:
        """What was seen at the last look, a second ago at most. Raises EngineError."""
        if self._thread is None:
            seen = self.now()
            with self._looking:
                if self._thread is None and not self._closed.is_set():
                    self._thread = threading.Thread(target=self._run, name="elasticsearch watch", daemon=True)
                    self._thread.start()
            return seen
        return self._answer(self._seen)

    def generation(self) -> int:
        """Changes with what is seen. Raises EngineError while nothing can be seen."""
        self.last()
        return self._generation

    @staticmethod
    def _answer(seen: Look | EngineError | None) -> Look | None:
        if isinstance(seen, EngineError):
            raise type(seen)(str(seen))
        return seen

    def _run(self) -> None:
        while not self._closed.wait(EVERY_S):
            try:
                self.now()
            except EngineError:
                continue  # whoever asks is told
            except Exception as error:  # a fault of ours must not end the looking and leave old answers for new
                if self._closed.is_set():
                    return
                self._generation += 1
                self._seen = EngineError(f"what Elasticsearch says of its index can't be read: {error!r}")

    def close(self) -> None:
        self._closed.set()
