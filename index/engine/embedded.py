"""The embedded engine: tantivy in this process, one folder, one writing process, any number of reading ones.

    <folder>/current          name of the subfolder that readers use; replaced atomically
    <folder>/v1-9f2c.../      one index; the number is ENGINE_SCHEMA_VERSION
    <folder>/writer.lock      held by the process that writes; the system frees it when the process dies

A rebuild fills a new subfolder and then points `current` at it; readers notice that, as well as every commit, by the
two files' stat when they are next asked.
"""

import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import filelock
import tantivy
from tantivy import FieldType, Occur, Query

from index.engine.base import (
    ENGINE_SCHEMA_VERSION,
    KEY_FIELDS,
    KEYWORD_FIELDS,
    NUMBER_FIELDS,
    TOKEN_FIELDS,
    And,
    Clause,
    Count,
    Counted,
    Document,
    EngineBusyError,
    EngineError,
    EngineStaleError,
    Everything,
    Hit,
    Not,
    Nothing,
    Or,
    Phrase,
    Range,
    Term,
    Top,
)

T = TypeVar("T")

WRITER_HEAP = 30_000_000
"""Bytes of documents that the writer holds before it flushes a segment; tantivy wants 15 MB or more a thread."""
FEW_TERMS = 64
"""Up to so many values a union of terms is faster than tantivy's term set, which reads the whole dictionary once."""
MAX_BUCKETS = 65_000
"""Values that an aggregation collects in one segment before it cuts: tantivy's own limit."""


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
        """The index in `folder`. A reader of a folder that has none yet answers with nothing until there is one.

        Raises EngineStaleError when the index has another schema version, is damaged or (for a writer) isn't there:
        rebuild it from the store into `create(folder)`. Raises EngineBusyError when another process writes it.
        """
        lock = _lock(folder) if writable else None
        engine = cls(folder, None, lock)
        try:
            if engine._snapshot() is _EMPTY and writable:
                raise EngineStaleError(f"there is no search index in {folder} yet")
            if writable:
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
        self._reader = _EMPTY

    # --- writing ---------------------------------------------------------------------------------------------

    def write(self, delete: Iterable[int], add: Iterable[Document]) -> None:
        with self._writing:
            if self._lock is None:
                raise EngineError(f"the search index in {self._folder} is open for reading only")
            documents = list(add)
            writer = self._writer or self._open_writer()
            try:
                with _errors(f"the search index in {self._folder} can't be written"):
                    for gig in {*delete, *(document.gig for document in documents)}:
                        writer.delete_documents_by_term("gig", gig)
                    for document in documents:
                        writer.add_document(_tantivy_document(document))
                    writer.commit()
            except BaseException:
                # After a failure tantivy's writer refuses everything; the next write starts from the last commit.
                self._writer = None
                raise

    def _open_writer(self) -> tantivy.IndexWriter:
        with _errors(f"the search index in {self._folder} can't be opened for writing"):
            self._writer = self._snapshot().index.writer(WRITER_HEAP, 1)
        return self._writer

    # --- reading ---------------------------------------------------------------------------------------------

    def search(self, tops: Sequence[Top]) -> list[list[Hit]]:
        return self._ask(lambda searcher: [_top(searcher, top) for top in tops], [[] for _ in tops])

    def count(self, counts: Sequence[Count]) -> list[Counted]:
        nothing = [Counted(0, {str(low): 0 for low in count.lows}) for count in counts]
        return self._ask(lambda searcher: _count(searcher, counts), nothing)

    def values(self, field: str) -> list[str]:
        return self._ask(lambda searcher: sorted(v for v, _ in searcher.terms_with_prefix(field, "")), [])

    def size(self) -> int:
        return self._ask(lambda searcher: searcher.num_docs, 0)

    def generation(self) -> int:
        self._snapshot()
        return self._generation

    def _ask(self, question: Callable[[tantivy.Searcher], T], nothing: T) -> T:
        reader = self._snapshot()
        if reader is _EMPTY:
            return nothing
        with _errors(f"the search index in {self._folder} is damaged: run 'gigdex rebuild'", EngineStaleError):
            return question(reader.searcher)

    def _snapshot(self) -> "_Reader":
        """The newest commit of the current index, opened anew only when it has changed."""
        with self._refreshing:
            for attempt in range(3):
                try:
                    self._refresh()
                except EngineStaleError:
                    # The writer may have swapped indexes between our reading the pointer and the index.
                    if attempt == 2:
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
            with _errors(f"the search index in {self._folder} is damaged: run 'gigdex rebuild'", EngineStaleError):
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
    try:
        return (folder / "current").read_text("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise EngineStaleError(f"the search index in {folder} can't be read ({error}): run 'gigdex rebuild'") from None


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
def _errors(what: str, kind: type[EngineError] = EngineError) -> Iterator[None]:
    """What goes wrong inside as one line that starts with `what`."""
    try:
        yield
    except EngineError:
        raise
    except BaseException as error:
        # What tantivy raises; its panics derive from BaseException alone. Anything else is a fault of ours: it passes.
        if not isinstance(error, ValueError | OSError) and type(error).__name__ != "PanicException":
            raise
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise kind(f"{what} ({reason})") from error


# --- translation ---------------------------------------------------------------------------------------------


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("gig", indexed=True, fast=True)
    builder.add_integer_field("view", fast=True)
    for name in (*NUMBER_FIELDS, *KEY_FIELDS):
        builder.add_integer_field(name, fast=True)
    for name in KEYWORD_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in TOKEN_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    return builder.build()


_SCHEMA = _schema()


def _empty() -> _Reader:
    index = tantivy.Index(_SCHEMA)
    return _Reader(None, None, "", None, index, index.searcher())


_EMPTY = _empty()
"""What is read where no index is."""


def _tantivy_document(document: Document) -> tantivy.Document:
    found = tantivy.Document()
    found.add_integer("gig", document.gig)
    found.add_integer("view", document.view)
    for name, values in document.keywords.items():
        for value in values:
            found.add_text(name, value)
    for name, text in document.tokens.items():
        found.add_text(name, text)
    for name, number in document.numbers.items():
        found.add_integer(name, number)
    return found


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
            return _intersection(clauses)
        case Or(clauses):
            return _union(_translate(part) for part in clauses)
        case Not():
            return _intersection((clause,))


def _union(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _intersection(clauses: Sequence[Clause]) -> Query:
    wanted = [(Occur.Must, _translate(clause)) for clause in clauses if not isinstance(clause, Not)]
    unwanted = [(Occur.MustNot, _translate(clause.clause)) for clause in clauses if isinstance(clause, Not)]
    # A tantivy query of exclusions alone matches nothing.
    return Query.boolean_query([*(wanted or [(Occur.Must, Query.all_query())]), *unwanted])


def _top(searcher: tantivy.Searcher, top: Top) -> list[Hit]:
    clause = top.clause
    if top.below is not None:
        clause = And((clause, Range(top.order, high=top.below - 1)))
    found = searcher.search(_translate(clause), limit=top.limit, count=False, order_by_field=top.order)
    addresses = [address for _, address in found.hits]
    gigs = searcher.fast_field_values("gig", addresses)
    views = searcher.fast_field_values("view", addresses)
    return [
        Hit(_integer(gig), _integer(view), _integer(key))
        for (key, _), gig, view in zip(found.hits, gigs, views, strict=True)
    ]


def _integer(value: Any) -> int:
    if not isinstance(value, int):
        raise EngineStaleError("a document of the search index has no number: run 'gigdex rebuild'")
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
        request = {str(number): _aggregation(counts[number]) for number in numbers if counts[number].field}
        answer = searcher.aggregate(_translate(clause), request | {"total": {"value_count": {"field": "gig"}}})
        total = int(answer["total"]["value"])
        for number in numbers:
            buckets = answer[str(number)]["buckets"] if counts[number].field else []
            answers[number] = Counted(total, _values(counts[number], buckets))
    return [answers[number] for number in range(len(counts))]


def _aggregation(count: Count) -> dict[str, Any]:
    if not count.lows:
        return {"terms": {"field": count.field, "size": count.size, "segment_size": MAX_BUCKETS}}
    # tantivy's ranges don't overlap: count between neighbours, add up in _values.
    bounds = [*sorted(set(count.lows)), None]
    ranges = [{"key": str(low), "from": low} | ({} if high is None else {"to": high}) for low, high in pairwise(bounds)]
    return {"range": {"field": count.field, "ranges": ranges}}


def _values(count: Count, buckets: Iterable[dict[str, Any]]) -> dict[str, int]:
    found = {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets}
    if count.lows:
        return {
            str(low): sum(found.get(str(other), 0) for other in set(count.lows) if other >= low) for low in count.lows
        }
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
