"""The embedded engine: tantivy in this process, one folder, one writing process, any number of reading ones.

    <folder>/current          name of the subfolder that readers use; replaced atomically
    <folder>/v1-9f2c.../      one index; the number is ENGINE_SCHEMA_VERSION
    <folder>/writer.lock      held by the process that writes; the system frees it when the process dies
    <folder>/damaged          name of an index in which some process met damage, for the writer to see

A rebuild fills a new subfolder and then points `current` at it; readers notice that, as well as every commit, by the
two files' stat when they are next asked.
"""

import os
import secrets
import shutil
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypeVar

import filelock
import tantivy
from tantivy import FieldType, Occur, Query

from index.engine.base import (
    ENGINE_SCHEMA_VERSION,
    KEY_FIELDS,
    KEYWORD_FIELDS,
    MAX_VIEWS,
    NUMBER_FIELDS,
    TOKEN_FIELDS,
    And,
    Clause,
    Count,
    Counted,
    Document,
    EngineBusyError,
    EngineDamagedError,
    EngineError,
    EngineStaleError,
    Everything,
    Hit,
    Not,
    Nothing,
    Or,
    Phrase,
    Range,
    Refused,
    Term,
    Top,
)

T = TypeVar("T")

NO_FAULT_OF_THE_INDEX = (
    "No space left", "File too large", "quota", "Permission denied", "Read-only", "Too many open", "Cannot allocate",
)  # fmt: skip
"""Words of the system's reasons for a failure after which the index itself is sound."""

WRITER_HEAP = 30_000_000
"""Bytes of documents that the writer holds before it flushes a segment; tantivy wants 15 MB or more a thread."""
FEW_TERMS = 64
"""Up to so many values a union of terms is faster than tantivy's term set, which reads the whole dictionary once."""
MAX_BUCKETS = 65_000
"""Values that an aggregation collects in one segment before it cuts: tantivy's own limit."""

COMBINED = {
    "combined_pay": ("mode", "risk", "pay_status", "pay_state", "pay_unit"),
    "combined_board": ("board", "language"),
    "combined_category": ("category", "media"),
    "combined_country": ("country",),
}
"""Fast fields that hold a document's values of several keyword fields as one value. Counting the few thousand
combinations that exist takes one column of exactly one value a document instead of many columns of none or several:
a fifth of the time. Together in one column is what has few combinations."""
FIELD_MARK, VALUE_MARK = "\x1f", "\x1e"
"""Between the fields of a combination, and between the values of one."""
COMBINATIONS = 10_000
"""Combinations that a count may meet; beyond, the fields are counted one by one."""

SHOWN = (Term("status", ("open",)), Not(Term("risk", ("high",))))
"""What nearly every question asks besides its channel: the field `shown` has the channels of the documents that it
holds for, so that one list of documents is read instead of three."""

STEP_BITS = {"gig": 12, "key_newest": 45, "key_pay": 49, "key_hourly": 49}
"""A step holds the documents whose order shares all but so many low bits: 4,096 gigs, 4.5 hours of posting, 1/32 of an
octave of pay. The top of an order is looked for in its highest steps first."""
FIRST_STEPS = 1_000
"""Documents that the highest steps are to hold at first; then GROWTH times as many, then all others."""
GROWTH = 32


class EmbeddedEngine:
    """Open it with `open` or `create`; an engine.base.Engine."""

    def __init__(self, folder: Path, name: str | None, lock: filelock.BaseFileLock | None) -> None:
        self._folder = folder
        self._pointer = str(folder / "current")
        self._pinned = name
        self._lock = lock
        self._writing = threading.Lock()
        self._refreshing = threading.Lock()
        self._writer: tantivy.IndexWriter | None = None
        self._reader: _Reader = _EMPTY
        self._generation = 0

    # --- life ------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, folder: Path, *, writable: bool = False) -> "EmbeddedEngine":
        """The index in `folder`. A reader always opens; it raises when it is asked while there is no index, or one that
        can't be read.

        A writer raises EngineStaleError when the index has another schema version, is damaged, was found to be damaged
        by any reader, or isn't there: rebuild it from the store into `create(folder)`. Raises EngineBusyError when
        another process writes it.
        """
        if not writable:
            return cls(folder, None, None)
        engine = cls(folder, None, _lock(folder))
        try:
            if engine._snapshot() is _EMPTY:
                raise EngineStaleError(f"there is no search index in {folder} yet")
            if engine.damaged():
                raise EngineDamagedError(f"the search index in {folder} is damaged")
            engine._sweep()
            engine._open_writer()
        except BaseException:
            engine.close()
            raise
        return engine

    @classmethod
    def create(cls, folder: Path) -> "EmbeddedEngine":
        """An empty index beside the current one, for a rebuild: write to it, then `publish` it.

        Readers stay on the current index until then; `close` without `publish` throws the new one away. Raises
        EngineBusyError when another process writes, EngineError when the folder can't be written.
        """
        lock = _lock(folder)
        name = f"v{ENGINE_SCHEMA_VERSION}-{secrets.token_hex(8)}"
        engine = cls(folder, name, lock)
        try:
            with _errors(f"the search index in {folder} can't be created"):
                (folder / name).mkdir()
                tantivy.Index(_SCHEMA, path=str(folder / name))
            engine._open_writer()
        except BaseException:
            engine.close()
            raise
        return engine

    @property
    def name(self) -> str | None:
        """Identity of the index: another one after every rebuild, None while there is none. Whoever remembers how far
        an index has followed the store remembers this with it."""
        return self._pinned or _pointed(self._folder)

    def publish(self) -> None:
        """Make this index the current one, for every process at once, and remove all others."""
        if self._pinned is None or self._lock is None:
            raise EngineError("only an index that was made by create() can be published")
        pointer = self._folder / "current"
        fresh = pointer.with_suffix(".new")
        with _errors(f"the search index in {self._folder} can't be replaced"):
            with fresh.open("w") as file:
                file.write(self._pinned)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(pointer)
            (self._folder / "damaged").unlink(missing_ok=True)
        self._pinned = None
        self._sweep()

    def _sweep(self) -> None:
        """Remove what isn't current: the index before this one, and what a killed rebuild left."""
        current = _pointed(self._folder)
        for path in self._folder.glob("v*-*"):
            if path.name != current:
                shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        with self._writing:
            self._writer = None  # dropping it ends its thread and frees tantivy's lock
            if self._pinned is not None:
                shutil.rmtree(self._folder / self._pinned, ignore_errors=True)
            if self._lock is not None:
                self._lock.release()
                self._lock = None
        with self._refreshing:
            self._reader = _EMPTY

    # --- writing ---------------------------------------------------------------------------------------------

    def write(
        self, delete: Iterable[int], add: Iterable[Document], revisions: Mapping[int, int] | None = None
    ) -> Sequence[Refused]:
        revisions = revisions or {}
        with self._writing:
            if self._lock is None:
                raise EngineError(f"the search index in {self._folder} is open for reading only")
            documents = list(add)
            writer = self._writer or self._open_writer()
            try:
                cant_be_written = f"the search index in {self._folder} can't be written"
                with _errors(cant_be_written, damage=cant_be_written):
                    for gig in {*delete, *(document.gig for document in documents)}:
                        writer.delete_documents_by_term("gig", gig)
                    for document in documents:
                        writer.add_document(_tantivy_document(document, revisions.get(document.gig, 0)))
                    writer.commit()
            except BaseException as error:
                # After a failure tantivy's writer refuses everything; the next write starts from the last commit.
                self._writer = None
                if isinstance(error, EngineDamagedError):
                    self._report_damage()
                raise
        return ()

    def _open_writer(self) -> tantivy.IndexWriter:
        with _errors(f"the search index in {self._folder} can't be opened for writing"):
            self._writer = self._snapshot().index.writer(WRITER_HEAP, 1)
        return self._writer

    # --- reading ---------------------------------------------------------------------------------------------

    def search(self, tops: Sequence[Top]) -> list[list[Hit]]:
        return self._ask(lambda reader: [_top(reader, top) for top in tops])

    def count(self, counts: Sequence[Count]) -> list[Counted]:
        return self._ask(lambda reader: _count(reader.searcher, counts))

    def values(self, field: str) -> list[str]:
        return self._ask(lambda reader: sorted(v for v, _ in reader.searcher.terms_with_prefix(field, "")))

    def words(self, prefix: str, most: int) -> dict[str, int]:
        return self._ask(lambda reader: dict(reader.searcher.terms_with_prefix("title", prefix, limit=most)))

    def held(self, low: int, high: int) -> dict[tuple[int, int], int]:
        return self._ask(lambda reader: _held(reader.searcher, low, high))

    def newest(self) -> int:
        return self._ask(
            lambda reader: max((hit.key for hit in _search(reader.searcher, Everything(), "revision", 1)), default=0)
        )

    def size(self) -> int:
        return self._ask(lambda reader: reader.searcher.num_docs)

    def generation(self) -> int:
        self._snapshot()
        return self._generation

    def _ask(self, question: "Callable[[_Reader], T]") -> T:
        reader = self._snapshot()
        if reader is _EMPTY:
            raise EngineStaleError(
                f"there is no search index in {self._folder} yet; gigdex up, work or rebuild makes it"
            )
        try:
            with _reading(self._folder):
                return question(reader)
        except EngineDamagedError:
            self._report_damage()
            raise

    def _report_damage(self) -> None:
        """Tell the writing process, whichever it is, that this index has to be rebuilt."""
        with suppress(OSError, EngineError):
            (self._folder / "damaged").write_text(self.name or "", "ascii")

    def damaged(self) -> bool:
        """Whether any process met damage in the current index since it was made."""
        try:
            return (self._folder / "damaged").read_text("ascii") == self.name
        except (OSError, UnicodeDecodeError):
            return False

    def _snapshot(self) -> "_Reader":
        """The newest commit of the current index, opened anew only when it has changed."""
        with self._refreshing:
            for attempt in range(3):
                try:
                    self._refresh()
                except EngineStaleError as error:
                    # The writer may have swapped indexes between our reading the pointer and the index.
                    if attempt == 2:
                        if isinstance(error, EngineDamagedError):
                            self._report_damage()
                        raise
                else:
                    break
            return self._reader

    def _refresh(self) -> None:
        reader, pointer = self._reader, None if self._pinned else _stamp(self._pointer)
        if reader is _EMPTY and pointer is None and not self._pinned:
            return
        if reader is not _EMPTY and pointer == reader.pointer and _stamp(reader.meta) == reader.commit:
            return
        name = self.name
        if name is None:
            self._reader = _EMPTY
        elif not name.startswith(f"v{ENGINE_SCHEMA_VERSION}-"):
            raise EngineStaleError(f"the search index in {self._folder} is of another version: run 'gigdex rebuild'")
        else:
            with _reading(self._folder):
                self._reader = _read(self._folder / name, pointer, reader)
        self._generation += 1


_Stamp: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True)
class _Reader:
    """One commit of one index."""

    path: Path | None
    pointer: _Stamp | None
    """Of `current` when it was read."""
    meta: str
    commit: _Stamp | None
    """Of the file `meta`, which tantivy replaces with every commit."""
    index: tantivy.Index
    searcher: tantivy.Searcher
    steps: "dict[str, list[_Step]]" = field(default_factory=dict)
    """By order, once they were needed."""


class _Step(NamedTuple):
    """The documents whose order shares its high bits."""

    low: int
    """Least order of the step."""
    term: str
    documents: int


def _read(path: Path, pointer: _Stamp | None, before: _Reader) -> _Reader:
    """The newest commit of the index in `path`, which may be the one read `before`."""
    meta = str(path / "meta.json")
    commit = _stamp(meta)
    if commit is None:
        raise FileNotFoundError("meta.json is missing")
    if before.path == path:
        index = before.index
        index.reload()
    else:
        index = tantivy.Index(_SCHEMA, path=str(path))
        index.config_reader("manual")
    return _Reader(path, pointer, meta, commit, index, index.searcher())


def _pointed(folder: Path) -> str | None:
    """The name that `current` holds; None without such a file."""
    with _reading(folder):
        try:
            return (folder / "current").read_text("ascii").strip()
        except FileNotFoundError:
            return None


def _stamp(path: str) -> _Stamp | None:
    """Changes whenever the file is replaced; None without the file."""
    try:
        status = os.stat(path)  # noqa: PTH116  # several times a query: Path costs more than the call
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _lock(folder: Path) -> filelock.BaseFileLock:
    lock = filelock.FileLock(folder / "writer.lock", thread_local=False)
    with _errors(f"the folder of the search index {folder} can't be written"):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            raise EngineBusyError(f"another process writes the search index in {folder}; stop it first") from None
    return lock


@contextmanager
def _errors(what: str, damage: str | None = None) -> Iterator[None]:
    """What goes wrong inside as one line that starts with `what`; with `damage` as EngineDamagedError and starting with
    that, unless the index has no part in it."""
    try:
        yield
    except EngineError:
        raise
    except BaseException as error:
        # What tantivy raises; its panics derive from BaseException alone. Anything else is a fault of ours: it passes.
        if not isinstance(error, ValueError | OSError) and type(error).__name__ != "PanicException":
            raise
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        if damage is None or any(sign in str(error) for sign in NO_FAULT_OF_THE_INDEX):
            raise EngineError(f"{what} ({reason})") from error
        raise EngineDamagedError(f"{damage} ({reason})") from error


def _reading(folder: Path) -> AbstractContextManager[None]:
    """What goes wrong while an index is read."""
    index = f"the search index in {folder}"
    return _errors(f"{index} can't be read", damage=f"{index} is damaged: run 'gigdex rebuild'")


# --- translation ---------------------------------------------------------------------------------------------


COMBINED_IN = {field: combined for combined, fields in COMBINED.items() for field in fields}
TOTAL_FROM = "combined_board"
"""The combined field that is counted where only the total is asked for."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("gig", indexed=True, fast=True)
    builder.add_integer_field("view", fast=True)
    builder.add_integer_field("revision", fast=True)
    for name in (*NUMBER_FIELDS, *KEY_FIELDS):
        builder.add_integer_field(name, fast=True)
    for name in KEYWORD_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in COMBINED:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("shown", tokenizer_name="raw", index_option="basic")
    for name in STEP_BITS:
        builder.add_text_field(f"step_{name}", tokenizer_name="raw", index_option="basic")
    for name in TOKEN_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    return builder.build()


_SCHEMA = _schema()


def _empty() -> _Reader:
    index = tantivy.Index(_SCHEMA)
    return _Reader(None, None, "", None, index, index.searcher())


_EMPTY = _empty()
"""What is read where no index is."""


def _tantivy_document(document: Document, revision: int) -> tantivy.Document:
    found = tantivy.Document()
    found.add_integer("gig", document.gig)
    found.add_integer("view", document.view)
    found.add_integer("revision", revision)
    for name, values in document.keywords.items():
        for value in values:
            found.add_text(name, value)
    for name, text in document.tokens.items():
        found.add_text(name, text)
    for name, number in document.numbers.items():
        found.add_integer(name, number)
    for name, fields in COMBINED.items():
        found.add_text(name, combined(document, fields))
    if "open" in document.keywords.get("status", ()) and "high" not in document.keywords.get("risk", ()):
        for channel in document.keywords.get("channel", ()):
            found.add_text("shown", channel)
    for name, bits in STEP_BITS.items():
        found.add_text(f"step_{name}", f"{(document.gig if name == 'gig' else document.numbers[name]) >> bits:016x}")
    return found


def combined(document: Document, fields: Sequence[str]) -> str:
    """The document's values of several fields as one."""
    return FIELD_MARK.join(VALUE_MARK.join(document.keywords.get(one, ())) for one in fields)


def _translate(clause: Clause) -> Query:
    match clause:
        case Everything():
            return Query.all_query()
        case Nothing() | Term(values=()) | Or(clauses=()):
            return Query.empty_query()
        case Term(field, (value,)) | Phrase(field, (value,)):
            return Query.term_query(_SCHEMA, field, value, index_option="basic")
        case Term(field, values) if len(values) <= FEW_TERMS:
            return _union(Query.term_query(_SCHEMA, field, value, index_option="basic") for value in values)
        case Term(field, values):
            return Query.term_set_query(_SCHEMA, field, values)
        case Phrase(field, words):
            return Query.phrase_query(_SCHEMA, field, list(words))
        case Range(field, None, None):
            return Query.exists_query(field)
        case Range(field, low, high):
            return Query.range_query(_SCHEMA, field, FieldType.Integer, low, high)
        case And(clauses):
            return _intersection(_shortened(clauses))
        case Or(clauses):
            return _union(_translate(part) for part in clauses)
        case Not():
            return _intersection((clause,))


def _shortened(clauses: Sequence[Clause]) -> Sequence[Clause]:
    """The same with SHOWN and the channel as one term, where all of them are asked."""
    channel = next((clause for clause in clauses if isinstance(clause, Term) and clause.field == "channel"), None)
    if channel is None or not all(clause in clauses for clause in SHOWN):
        return clauses
    others = [clause for clause in clauses if clause is not channel and clause not in SHOWN]
    return [Term("shown", channel.values), *others]


def _union(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _intersection(clauses: Sequence[Clause]) -> Query:
    wanted = [(Occur.Must, _translate(clause)) for clause in clauses if not isinstance(clause, Not)]
    unwanted = [(Occur.MustNot, _translate(clause.clause)) for clause in clauses if isinstance(clause, Not)]
    # A tantivy query of exclusions alone matches nothing.
    return Query.boolean_query([*(wanted or [(Occur.Must, Query.all_query())]), *unwanted])


def _top(reader: _Reader, top: Top) -> list[Hit]:
    """The highest documents are looked for in the highest steps of the order, so that of a clause that matches a
    million only some thousand are compared."""
    hits: list[Hit] = []
    below = top.below
    for steps in _climb_down(reader, top.order, below):
        clauses = [top.clause]
        if steps:
            clauses.append(Term(f"step_{top.order}", tuple(step.term for step in steps)))
        if below is not None:
            clauses.append(Range(top.order, high=below - 1))
        hits += _search(reader.searcher, And(tuple(clauses)), top.order, top.limit - len(hits))
        if len(hits) == top.limit:
            break
        below = steps[-1].low if steps else None
    return hits


def _climb_down(reader: _Reader, order: str, below: int | None) -> Iterator[list[_Step]]:
    """Runs of steps, highest first, that begin with what is below `below`; the last run, of all others, is empty."""
    steps = reader.steps.get(order)
    if steps is None:
        found = reader.searcher.terms_with_prefix(f"step_{order}", "")
        steps = [_Step(int(term, 16) << STEP_BITS[order], term, documents) for term, documents in found]
        reader.steps[order] = steps = sorted(steps, reverse=True)
    left = deque(step for step in steps if below is None or step.low < below)
    for room in (FIRST_STEPS, FIRST_STEPS * GROWTH):
        run: list[_Step] = []
        while left and room > 0:
            run.append(left.popleft())
            room -= run[-1].documents
        if run:
            yield run
    if left:
        yield []


def _search(searcher: tantivy.Searcher, clause: Clause, order: str, limit: int) -> list[Hit]:
    found = searcher.search(_translate(clause), limit=limit, count=False, order_by_field=order)
    addresses = [address for _, address in found.hits]
    gigs = searcher.fast_field_values("gig", addresses)
    views = searcher.fast_field_values("view", addresses)
    return [
        Hit(_integer(gig), _integer(view), _integer(key))
        for (key, _), gig, view in zip(found.hits, gigs, views, strict=True)
    ]


def _held(searcher: tantivy.Searcher, low: int, high: int) -> dict[tuple[int, int], int]:
    found = searcher.search(_translate(Range("gig", low, high)), limit=(high - low + 1) * MAX_VIEWS, count=False)
    addresses = [address for _, address in found.hits]
    columns = (map(_integer, searcher.fast_field_values(name, addresses)) for name in ("gig", "view", "revision"))
    return {(gig, view): revision for gig, view, revision in zip(*columns, strict=True)}


def _integer(value: Any) -> int:
    if not isinstance(value, int):
        raise EngineDamagedError("a document of the search index has no number: run 'gigdex rebuild'")
    return value


def _count(searcher: tantivy.Searcher, counts: Sequence[Count]) -> list[Counted]:
    """One pass over the documents of each distinct clause, whatever the number of fields counted.

    By aggregations: a search would score, or sort, the documents just to count them.
    """
    answers: dict[int, Counted] = {}
    groups: dict[Clause, list[int]] = {}
    for number, count in enumerate(counts):
        groups.setdefault(count.clause, []).append(number)
    for clause, numbers in groups.items():
        asked = [counts[number] for number in numbers]
        answers.update(zip(numbers, _count_clause(searcher, _translate(clause), asked), strict=True))
    return [answers[number] for number in range(len(counts))]


def _count_clause(searcher: tantivy.Searcher, query: Query, asked: Sequence[Count]) -> list[Counted]:
    # Every document has one value in each combined field, so that any of them gives the total, too.
    together = {COMBINED_IN[count.field] for count in asked if count.field in COMBINED_IN} or {TOTAL_FROM}
    request = {name: _terms(name, COMBINATIONS) for name in together}
    for number, count in enumerate(asked):
        if count.field is not None and count.field not in COMBINED_IN:
            request[str(number)] = _lows(count) if count.lows else _terms(count.field, count.size)
    answer = searcher.aggregate(query, request)
    total, spread = 0, dict[str, Counter[str]]()
    for name in together:
        found, rest = answer[name]["buckets"], int(answer[name].get("sum_other_doc_count") or 0)
        total = rest + sum(int(bucket["doc_count"]) for bucket in found)
        spread |= _one_by_one(searcher, query, COMBINED[name]) if rest else take_apart(COMBINED[name], found)
    answers = []
    for number, count in enumerate(asked):
        if count.field is None:
            values: dict[str, int] = {}
        elif count.field in COMBINED_IN:
            values = most_frequent(spread[count.field], count.size)
        else:
            found = {bucket["key"]: int(bucket["doc_count"]) for bucket in answer[str(number)]["buckets"]}
            values = _add_up(count, found) if count.lows else most_frequent(found, count.size)
        answers.append(Counted(total, values))
    return answers


def _terms(name: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": name, "size": size, "segment_size": MAX_BUCKETS}}


def _lows(count: Count) -> dict[str, Any]:
    # tantivy's ranges don't overlap: count between neighbours, add up afterwards.
    bounds = [*sorted(set(count.lows)), None]
    ranges = [{"key": str(low), "from": low} | ({} if high is None else {"to": high}) for low, high in pairwise(bounds)]
    return {"range": {"field": count.field, "ranges": ranges}}


def _add_up(count: Count, found: Mapping[str, int]) -> dict[str, int]:
    return {str(low): sum(found.get(str(other), 0) for other in set(count.lows) if other >= low) for low in count.lows}


def take_apart(fields: Sequence[str], found: Iterable[dict[str, Any]]) -> dict[str, Counter[str]]:
    """The counts of combinations as those of each field's values."""
    spread: dict[str, Counter[str]] = {field: Counter() for field in fields}
    counters = list(spread.values())
    for bucket in found:
        documents = int(bucket["doc_count"])
        for counter, values in zip(counters, _parts(bucket["key"]), strict=True):
            for value in values:
                counter[value] += documents
    return spread


@lru_cache(maxsize=100_000)
def _parts(combination: str) -> tuple[tuple[str, ...], ...]:
    """Each field's values."""
    return tuple(tuple(part.split(VALUE_MARK)) if part else () for part in combination.split(FIELD_MARK))


def _one_by_one(searcher: tantivy.Searcher, query: Query, fields: Sequence[str]) -> dict[str, Counter[str]]:
    """The same from each field's own column."""
    answer = searcher.aggregate(query, {field: _terms(field, MAX_BUCKETS // len(fields)) for field in fields})
    return {
        field: Counter({bucket["key"]: int(bucket["doc_count"]) for bucket in answer[field]["buckets"]})
        for field in fields
    }


def most_frequent(found: Mapping[str, int], size: int) -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:size])
