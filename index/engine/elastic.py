"""The engine on a cluster: Elasticsearch, one index behind an alias, any number of writing and reading processes.

    <alias>                    what readers ask
    <alias>-v4-9f2c...         one index; the number is ENGINE_SCHEMA_VERSION
    <alias>-v4                 the template that such indexes are made from

A rebuild fills a new index and then points the alias at it, in one call. The index shows what was written only when a
writer says so (`refresh_interval` is off), so that readers see whole batches. Documents carry their gig's revision as
an external version: a write that comes late never replaces a newer one.
"""

import random
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from elastic_transport import ConnectionTimeout
from elasticsearch import ApiError, NotFoundError

from index.engine import elastic_query as q
from index.engine.base import (
    ENGINE_SCHEMA_VERSION,
    MAX_VIEWS,
    Clause,
    Count,
    Counted,
    Document,
    EngineError,
    EngineStaleError,
    Everything,
    Hit,
    Refused,
    TooLongError,
    Top,
)
from index.engine.elastic_bulk import Action, Bulk
from index.engine.elastic_client import BULK_S, BUSY, Cluster, error_types, errors, explained_status, reason
from index.engine.elastic_watch import Look, Watch

Json = q.Json

TRIES = 4
"""How often a question is asked that a busy cluster turns away, or whose index was just replaced."""
TRY_PAUSE_S = 0.05
SEARCH_S = 8
"""After so long a shard gives up a search; less than the client waits (elastic_client.ANSWER_S)."""
LOOK_FIELDS = [
    "indices.*.uuid",
    "indices.*.total.refresh.external_total",
    "indices.*.primaries.docs.count",
    "indices.*.shards.*.seq_no.max_seq_no",
]
MERGE_S = 900.0
HELD_AT_ONCE = 10_000
"""Hits of one search (index.max_result_window)."""


class ElasticEngine:
    """Open it with `open` or `create`; an engine.base.Engine."""

    def __init__(self, cluster: Cluster, name: str | None, *, published: bool) -> None:
        """`name`: the index that is written to; None for reading only."""
        self._cluster = cluster
        self._client = cluster.client()
        self._name = name
        self._published = published
        self._unseen = False
        """Something was written to an unpublished index that it doesn't show yet."""
        self._views: dict[int, int] = {}
        """Of an unpublished index: highest number of a gig's views, of gigs with several."""
        self._watch = Watch(self._look)

    # --- life ------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, cluster: Cluster, *, writable: bool = False) -> "ElasticEngine":
        """The index behind the alias. A reader always opens; it raises when it is asked while there is no index, or the
        cluster can't be reached.

        A writer raises EngineStaleError when there is no index, or one of another version: rebuild it from the store
        into `create(cluster)`.
        """
        engine = cls(cluster, None, published=True)
        if writable:
            try:
                look = engine._watch.now()
                if look is None:
                    raise EngineStaleError(f"there is no search index at {cluster.where} yet")
                engine._check(look)
                engine._name = look.name
                with errors(cluster):  # a writer before us may have died before it showed what it wrote
                    engine._client.indices.refresh(index=look.name)
            except BaseException:
                engine.close()
                raise
        return engine

    @classmethod
    def create(cls, cluster: Cluster) -> "ElasticEngine":
        """An empty index beside the current one, for a rebuild: write to it, then `publish` it.

        Readers stay on the current index until then; `close` without `publish` throws the new one away.
        """
        name = f"{cluster.alias}-v{ENGINE_SCHEMA_VERSION}-{secrets.token_hex(8)}"
        engine = cls(cluster, name, published=False)
        try:
            with errors(cluster):
                engine._put_template()
                engine._client.options(request_timeout=BULK_S).indices.create(index=name)
        except BaseException:
            engine.close()
            raise
        return engine

    def _put_template(self) -> None:
        """What indexes of this version are made from. An operator's own template of a higher priority wins."""
        version = f"{self._cluster.alias}-v{ENGINE_SCHEMA_VERSION}"
        settings = {
            "number_of_shards": self._cluster.shards,
            # One copy as soon as there is a second node.
            "auto_expand_replicas": "0-1",
            "refresh_interval": "-1",
            # How long it is remembered that a document was deleted, so that an older write can't bring it back.
            "gc_deletes": "1h",
        }
        self._client.indices.put_index_template(
            name=version,
            index_patterns=[f"{version}-*"],
            priority=100,
            version=ENGINE_SCHEMA_VERSION,
            allow_auto_create=False,  # a write to an index that is gone must fail
            template={"settings": {"index": settings}, "mappings": q.mapping()},
        )

    @property
    def name(self) -> str | None:
        if self._name is not None:
            return self._name
        look = self._watch.last()
        return None if look is None else look.name

    def publish(self) -> None:
        if self._name is None or self._published:
            raise EngineError("only an index that was made by create() can be published")
        alias, ours = self._cluster.alias, f"{self._cluster.alias}-v*-*"
        with errors(self._cluster):
            client = self._client.options(request_timeout=BULK_S)
            # One segment a shard: a third of the room, and quicker. A merge that takes longer than this goes on anyway.
            with suppress(ConnectionTimeout):
                self._client.options(request_timeout=MERGE_S, max_retries=0).indices.forcemerge(
                    index=self._name, max_num_segments=1
                )
            client.indices.refresh(index=self._name)
            old = [name for name in self._aliased() if name != self._name]
            remove = {"remove": {"index": ours, "alias": alias, "must_exist": False}}
            client.indices.update_aliases(actions=[remove, {"add": {"index": self._name, "alias": alias}}])
            self._published = True
            self._views.clear()
            for name in old:
                client.indices.delete(index=name, ignore_unavailable=True)
        self._watch.now()

    def _aliased(self) -> list[str]:
        """The indexes behind the alias: one, or none."""
        try:
            return list(self._client.indices.get_alias(name=self._cluster.alias).body)
        except NotFoundError:
            return []

    def discard(self, names: Iterable[str]) -> None:
        """Delete indexes that rebuilds left which were killed; the current one is never among them."""
        with errors(self._cluster):
            for name in set(names) - {self._name} - set(self._aliased()):
                if name.startswith(f"{self._cluster.alias}-v"):
                    self._client.indices.delete(index=name, ignore_unavailable=True)

    def close(self) -> None:
        self._watch.close()
        if self._name is not None and not self._published:
            with suppress(EngineError), errors(self._cluster):
                if self._name not in self._aliased():  # the answer to `publish` may have been lost on its way
                    self._client.indices.delete(index=self._name, ignore_unavailable=True)
        self._client.close()

    # --- writing ---------------------------------------------------------------------------------------------

    def write(
        self, delete: Iterable[int], add: Iterable[Document], revisions: Mapping[int, int] | None = None
    ) -> Sequence[Refused]:
        if self._name is None:
            raise EngineError(f"the search index at {self._cluster.where} is open for reading only")
        documents = list(add)
        bulk = Bulk(self._client, self._cluster, self._name)
        actions = [*self._additions(documents, revisions), *self._deletions(delete, documents, revisions)]
        if not actions:
            return ()
        refused = bulk.send(actions)
        if refused:
            # What is there of an older revision isn't true any more.
            bulk.send([Action(one.gig, one.view, _version(revisions, one.gig), None) for one in refused])
        if self._published:
            with errors(self._cluster):
                self._client.options(request_timeout=BULK_S).indices.refresh(index=self._name)
            self._watch.now()
        else:
            self._unseen = True
        return refused

    @staticmethod
    def _additions(documents: Iterable[Document], revisions: Mapping[int, int] | None) -> Iterable[Action]:
        for one in documents:
            version = _version(revisions, one.gig)
            yield Action(one.gig, one.view, version, q.source(one, version or 0))

    def _deletions(
        self, delete: Iterable[int], documents: Iterable[Document], revisions: Mapping[int, int] | None
    ) -> Iterable[Action]:
        """All views that the gigs don't have any more: each deletion, too, has the revision, so that one which another
        writer is late with isn't taken for new."""
        views: dict[int, set[int]] = {gig: set() for gig in delete}
        for one in documents:
            views.setdefault(one.gig, set()).add(one.view)
        for gig, its in views.items():
            if self._published:
                end = MAX_VIEWS
            else:  # nobody else writes here, and we know what we wrote
                end = self._views.get(gig, -1) + 1
                self._note(gig, its)
            for view in range(end):
                if view not in its:
                    yield Action(gig, view, _version(revisions, gig), None)

    def _note(self, gig: int, views: set[int]) -> None:
        highest = max(views, default=-1)
        if highest >= 0:
            self._views[gig] = max(highest, self._views.get(gig, -1))

    def _settle(self) -> None:
        """Let an unpublished index show what was written to it."""
        if self._unseen:
            with errors(self._cluster):
                self._client.options(request_timeout=BULK_S).indices.refresh(index=self._index)
            self._unseen = False

    # --- reading ---------------------------------------------------------------------------------------------

    @property
    def _index(self) -> str:
        """What is asked: the alias, or the index that was created and isn't published yet."""
        return self._cluster.alias if self._published else str(self._name)

    def search(self, tops: Sequence[Top]) -> list[list[Hit]]:
        return [q.hits(answer) for answer in self._ask([q.top(one) for one in tops])]

    def count(self, counts: Sequence[Count]) -> list[Counted]:
        groups: dict[Clause, list[Count]] = {}
        for count in counts:
            groups.setdefault(count.clause, []).append(count)
        found: dict[Count, Counted] = {}
        for apart in (False, True):
            answers = self._ask([q.counting(clause, its, apart=apart) for clause, its in groups.items()])
            for (clause, its), answer in zip(list(groups.items()), answers, strict=True):
                if (counted := q.counted(answer, its)) is not None:
                    found.update(zip(its, counted, strict=True))
                    del groups[clause]
        return [found[count] for count in counts]

    def values(self, field: str) -> list[str]:
        parts = 1
        while True:
            answers = self._ask([q.values(field, part, parts) for part in range(parts)])
            found = [list(q.buckets(answer)) for answer in answers]
            if all(len(part) < q.MAX_TERMS for part in found):
                return sorted(value for part in found for value in part)
            parts *= 4

    def words(self, prefix: str, most: int) -> dict[str, int]:
        [answer] = self._ask([q.words(prefix, most)])
        return dict(q.buckets(answer))

    def held(self, low: int, high: int) -> dict[tuple[int, int], int]:
        [answer] = self._ask([q.held(low, high, HELD_AT_ONCE)])
        found = q.held_hits(answer)
        if len(found) < HELD_AT_ONCE:
            return found
        middle = (low + high) // 2
        return self.held(low, middle) | self.held(middle + 1, high)

    def newest(self) -> int:
        [answer] = self._ask([q.NEWEST])
        return q.newest(answer)

    def size(self) -> int:
        [counted] = self.count([Count(Everything())])
        return counted.total

    def generation(self) -> int:
        generation = self._watch.generation()
        look = self._watch.last()
        if look is not None and self._published:
            self._check(look)
        return generation

    def damaged(self) -> bool:
        return False  # a cluster mends itself, or says what it lacks whenever it is asked

    def _check(self, look: Look) -> None:
        if not look.name.startswith(f"{self._cluster.alias}-v{ENGINE_SCHEMA_VERSION}-"):
            raise EngineStaleError(
                f"the search index at {self._cluster.where} is of another version: run 'gigdex rebuild'"
            )

    def _look(self) -> Look | None:
        with errors(self._cluster):
            try:
                answer = self._client.indices.stats(
                    index=self._index, metric=["docs", "refresh"], level="shards", filter_path=LOOK_FIELDS
                )
            except NotFoundError:
                return None
        for name, index in answer.get("indices", {}).items():
            copies = [copy for shard in index.get("shards", {}).values() for copy in shard]
            return Look(
                name,
                index["uuid"],
                index.get("total", {}).get("refresh", {}).get("external_total", 0),
                sum(copy["seq_no"]["max_seq_no"] for copy in copies if "seq_no" in copy),
                index.get("primaries", {}).get("docs", {}).get("count", 0),
            )
        return None

    def _ask(self, bodies: Sequence[Json]) -> list[Json]:
        """The answers to searches, complete ones only. Raises EngineStaleError where there is no index."""
        self._settle()
        if not bodies:
            return []
        head = {"allow_partial_search_results": False}
        searches = [line for body in bodies for line in (head, {**body, "timeout": f"{SEARCH_S}s"})]
        failure: EngineError | None = None
        for attempt in range(1, TRIES + 1):
            try:
                with errors(self._cluster):
                    answers: list[Json] = self._msearch(searches)
                failure = self._failure(answers)
            except _Busy as busy:
                failure = busy.failure
            if failure is None:
                return answers
            if isinstance(failure, EngineStaleError) and self._published and not self._exists():
                raise EngineStaleError(
                    f"there is no search index at {self._cluster.where} yet; gigdex work or rebuild makes it"
                )
            if attempt < TRIES:
                time.sleep(TRY_PAUSE_S * 2**attempt * random.uniform(0.5, 1))  # noqa: S311  # not all at once again
        assert failure is not None
        raise failure

    def _msearch(self, searches: Sequence[Json]) -> list[Json]:
        try:
            answer: Any = self._client.msearch(index=self._index, searches=searches)
        except ApiError as error:
            if error.meta.status in BUSY:
                raise _Busy(explained_status(error.meta.status, reason(error.body), self._cluster)) from None
            raise
        responses: list[Json] = answer.body["responses"]
        return responses

    def _failure(self, answers: Iterable[Json]) -> EngineError | None:
        """Why one of the answers isn't a complete one. Raises it where asking again is no use."""
        for answer in answers:
            if answer.get("timed_out") or "search_timeout_exception" in error_types(answer):
                raise TooLongError  # which it would be the next time, too
            if "error" in answer:
                status, why = int(answer.get("status", 500)), reason(answer)
                failure = explained_status(status, why, self._cluster)
                if status == 404 or status in BUSY:
                    return failure
                raise failure
            if answer["_shards"]["failed"]:
                return EngineError(f"{self._cluster.where} does not answer in time")
        return None

    def _exists(self) -> bool:
        """Whether there is an index behind the alias. A search that had the old one when it was replaced fails once."""
        with errors(self._cluster):
            return bool(self._client.indices.exists(index=self._cluster.alias))


class _Busy(Exception):
    """The cluster turned a whole request away."""

    def __init__(self, failure: EngineError) -> None:
        super().__init__(str(failure))
        self.failure = failure


def _version(revisions: Mapping[int, int] | None, gig: int) -> int | None:
    return None if revisions is None else revisions[gig]
