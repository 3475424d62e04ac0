"""Parquet: the columns of CSV with their types, for analysis. Needs pyarrow (`pip install gigdex[parquet]`)."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from index.store.stream import Row
from search_api.feeds.base import Dialect, Head
from search_api.feeds.columns import COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 2_000
"""Gigs of one row group: what is in memory at once."""


class _Pieces:
    """A file that gives away what was written to it."""

    closed = False
    mode = "wb"

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        piece = bytes(data)
        self._written.append(piece)
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self._written = b"".join(self._written), []
        return taken


def write(head: Head, rows: Iterable[Row]) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "text": pa.string(),
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "moment": pa.timestamp("ms", tz="UTC"),
        "list": pa.list_(pa.string()),
    }
    said = {
        "title": head.title,
        "rights": head.rights,
        "boards": [owner.model_dump() for owner in head.owners],
        "schema_version": head.schema_version,
    }
    schema = pa.schema(
        [pa.field(column.name, types[column.kind], metadata={"about": column.about}) for column in COLUMNS],
        metadata={"gigdex": json.dumps(said, ensure_ascii=False)},
    )
    pieces = _Pieces()
    waiting = iter(rows)
    with pq.ParquetWriter(pieces, schema, compression="zstd") as writer:
        while group := list(islice(waiting, GROUP)):
            writer.write_table(_table(head, group, schema))
            yield pieces.take()
    yield pieces.take()


def _table(head: Head, group: list[Row], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    columns = {column.name: [column.value(head, row) for row in group] for column in COLUMNS}
    return pa.table(columns, schema=schema)


DIALECT = Dialect(
    "parquet", "application/vnd.apache.parquet", "a typed table for analysis, complete", write, needs="pyarrow"
)
