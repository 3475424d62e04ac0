"""Writing many documents: what the cluster is too busy for is sent again, what it will never take is reported."""

import json
import logging
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import elastic_transport
from elasticsearch import ApiError, Elasticsearch

from index.engine.base import EngineError, Refused
from index.engine.elastic_client import BULK_S, BUSY, Cluster, explained, explained_status, reason
from index.engine.elastic_query import Json, identity

log = logging.getLogger(__name__)

CHUNK_BYTES = 4_000_000
"""Of one request; Elasticsearch advises a few MB and refuses 100."""
CHUNK_ACTIONS = 4_000
PATIENCE_S = 20.0
"""How long one tries without any progress; then the caller is told, who tries again later."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
SYSTEMATIC = 20
"""So many documents, and all of them refused, are no fault of the documents."""
DOCUMENT_FAULTS = frozenset(
    {"document_parsing_exception", "mapper_parsing_exception", "strict_dynamic_mapping_exception",
     "illegal_argument_exception", "max_bytes_length_exceeded_exception"}
)  # fmt: skip
"""Types of errors that the document itself causes."""


@dataclass(frozen=True, slots=True)
class Action:
    """A document to put in the place of an older one, or to delete."""

    gig: int
    view: int
    version: int | None
    """The gig's revision: an action of a lower one than the document has changes nothing. None always wins."""
    source: Json | None
    """None deletes."""

    def lines(self) -> bytes:
        meta: Json = {"_id": identity(self.gig, self.view)}
        if self.version is not None:
            # Equal versions win, so that a write can be repeated.
            meta |= {"version": self.version, "version_type": "external_gte"}
        head = json.dumps({"delete" if self.source is None else "index": meta})
        if self.source is None:
            return head.encode()
        # A lone surrogate can't be sent; no token has one.
        return f"{head}\n{json.dumps(self.source, ensure_ascii=False)}".encode("utf-8", "replace")


class Bulk:
    """Sends actions to one index."""

    def __init__(self, client: Elasticsearch, cluster: Cluster, index: str) -> None:
        self._client = client.options(request_timeout=BULK_S)
        self._cluster = cluster
        self._index = index

    def send(self, actions: Iterable[Action]) -> list[Refused]:
        """Do all of them, and say which documents will never be taken. Raises EngineError after PATIENCE_S without
        progress; all may be sent again."""
        refused: list[Refused] = []
        for chunk in _chunks(actions):
            refused += self._send(chunk)
        return refused

    def _send(self, chunk: "Sequence[_Ready]") -> list[Refused]:
        waiting = list(chunk)
        refused: list[Refused] = []
        pause, since = FIRST_PAUSE_S, time.monotonic()
        while True:
            lines: list[Any] = [one.lines for one in waiting]
            failure: EngineError | None
            try:
                answer = self._client.bulk(
                    operations=lines,
                    index=self._index,
                    filter_path=["items.*.status", "items.*.error.type", "items.*.error.reason"],
                )
            except (ApiError, elastic_transport.TransportError) as error:
                if _too_large(error) and len(waiting) > 1:
                    half = len(waiting) // 2
                    return refused + self._send(waiting[:half]) + self._send(waiting[half:])
                if _too_large(error):
                    return [*refused, Refused(waiting[0].action.gig, waiting[0].action.view, "it is too large")]
                failure = explained(error, self._cluster)
                if not _passes(error):
                    raise failure from None
            else:
                before = len(waiting)
                waiting, gone, failure = self._sort_out(waiting, answer["items"])
                refused += gone
                if len(gone) > SYSTEMATIC and len(gone) == sum(one.action.source is not None for one in chunk):
                    raise EngineError(f"{self._cluster.where} refuses every document ({gone[0].reason})")
                if failure is None:
                    return refused
                if len(waiting) < before:
                    pause, since = FIRST_PAUSE_S, time.monotonic()
            if time.monotonic() - since > PATIENCE_S:
                raise failure
            log.info("%s; sending %d documents again", failure, len(waiting))
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311  # so that many writers don't come back at once
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _sort_out(
        self, sent: "Sequence[_Ready]", items: Sequence[Json]
    ) -> "tuple[list[_Ready], list[Refused], EngineError | None]":
        """What has to be sent again, what was refused for good, and why the former."""
        again: list[_Ready] = []
        refused: list[Refused] = []
        failure: EngineError | None = None
        for one, item in zip(sent, items, strict=True):
            [result] = item.values()
            status, error = result["status"], result.get("error")
            # 409: a newer revision is there already. 404 without an error: there was nothing to delete.
            if error is None or status == 409:
                continue
            why = reason(error)
            if status in BUSY or status >= 500:
                again.append(one)
                failure = explained_status(status, why, self._cluster)
            elif error.get("type") in DOCUMENT_FAULTS:
                refused.append(Refused(one.action.gig, one.action.view, why))
            else:
                raise explained_status(status, why, self._cluster)
        return again, refused, failure


@dataclass(frozen=True, slots=True)
class _Ready:
    action: Action
    lines: bytes


def _chunks(actions: Iterable[Action]) -> Iterator[list[_Ready]]:
    chunk: list[_Ready] = []
    size = 0
    for action in actions:
        lines = action.lines()
        if chunk and (size + len(lines) > CHUNK_BYTES or len(chunk) == CHUNK_ACTIONS):
            yield chunk
            chunk, size = [], 0
        chunk.append(_Ready(action, lines))
        size += len(lines)
    if chunk:
        yield chunk


def _passes(error: Exception) -> bool:
    """Whether the same request may succeed in a moment."""
    if isinstance(error, ApiError):
        return error.meta.status in BUSY
    return isinstance(
        error, elastic_transport.ConnectionError | elastic_transport.ConnectionTimeout
    ) and not isinstance(error, elastic_transport.TlsError)


def _too_large(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.meta.status == 413
