"""What an engine is: a folder of flat documents that answers trees of clauses.

The query model is compiled once (index/compile.py) into a tree of these clauses; an engine only translates the
tree into its own query language, so that two engines can't disagree on what a filter means. No clause scores:
an order is a number stored with the document, descending.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

from index.terms import CHANNELS

ENGINE_SCHEMA_VERSION = 4
"""Of the fields below, of the tokens that fill them, and of what an engine makes of them. An index of another version
is rebuilt from the store."""

# --- documents -----------------------------------------------------------------------------------------------

KEYWORD_FIELDS = (
    "channel", "category", "mode", "country", "cell", "pay_status", "pay_state", "pay_unit",
    "media", "board", "risk", "language", "status",
)  # fmt: skip
"""Exact values, several allowed; each can be counted."""
TOKEN_FIELDS = ("title", "text", "title_stem", "text_stem")
"""Space-separated tokens made by index/tokens.py; engines only split at spaces. `text*` include the title."""
NUMBER_FIELDS = ("posted", "usd_top", "hourly_top", "payout_usd")
"""Signed 63-bit integers: `posted` in seconds since 1970, money in ten-thousandths of a US dollar, so that pay by
the word or the item keeps its order."""
KEY_FIELDS = ("key_newest", "key_pay", "key_hourly")
"""Non-negative 63-bit integers, always present, unique within a channel (index/document.py makes them)."""

MAX_VIEWS = len(CHANNELS) + 1
"""Views of one gig, numbered from 0: each is seen by one or more channels, or by the operator."""


@dataclass(frozen=True, slots=True)
class Document:
    """One view of one gig. Equal views of several channels are one document that lists the channels."""

    gig: int
    """The gig's `seq`: what a document is deleted by."""
    view: int
    """Number of the view within the gig."""
    keywords: Mapping[str, Sequence[str]]
    tokens: Mapping[str, str]
    numbers: Mapping[str, int]
    """Of NUMBER_FIELDS (a missing one is unknown and matches no range) and KEY_FIELDS (all present)."""


# --- clauses -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Everything:
    pass


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(frozen=True, slots=True)
class Term:
    """The keyword or token field holds one of the values; without values nothing matches."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """The token field holds these tokens one after another; at least one token."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """low <= number <= high; None is unbounded. Documents without the number don't match."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All match; an empty one is Everything."""

    clauses: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One or more match; an empty one is Nothing."""

    clauses: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class Not:
    clause: "Clause"


Clause: TypeAlias = Everything | Nothing | Term | Phrase | Range | And | Or | Not

# --- asking --------------------------------------------------------------------------------------------------

Order = Literal["gig", "key_newest", "key_pay", "key_hourly"]
"""All descending. `gig` is the seq."""


@dataclass(frozen=True, slots=True)
class Top:
    """The first `limit` (at least 1) documents of a clause in descending order, of those below `below`."""

    clause: Clause
    order: Order
    limit: int
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    gig: int
    view: int
    key: int
    """The value it was ordered by: what `below` takes for the next page."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many documents a clause has, and how they spread over a field."""

    clause: Clause
    field: str | None = None
    """A keyword field: count each of its values. A number field: count those at or above each of `lows`."""
    size: int = 1_000
    """So many values of the keyword field at most, the most frequent."""
    lows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    total: int
    values: dict[str, int]
    """Of the keyword field, most frequent first, equals by value; of `lows` in their order, written as decimals."""


class Refused(NamedTuple):
    """A document that the engine will never take as it is; everything else of the write was done."""

    gig: int
    view: int
    reason: str
    """One line."""


class Engine(Protocol):
    """A search engine. Every method may raise EngineError with one clear line. Safe to call from several threads."""

    @property
    def name(self) -> str | None:
        """Identity of the index: another one after every rebuild, None while there is none."""

    def write(
        self, delete: Iterable[int], add: Iterable[Document], revisions: Mapping[int, int] | None = None
    ) -> Sequence[Refused]:
        """Remove all documents of the gigs in `delete` and of the gigs in `add`, then add; durable, and visible to
        every reader that asks after it returns. Idempotent; what a failed write has done is seen by nobody, or is
        put right when it is repeated.

        `revisions` has that of every gig in `delete` and `add`. Where several processes write at once, an older
        revision never replaces a newer one. Without it, the last write wins.
        """

    def search(self, tops: Sequence[Top]) -> list[list[Hit]]:
        """The documents of each request, all of one moment (engines elsewhere: unless a write gets between)."""

    def count(self, counts: Sequence[Count]) -> list[Counted]:
        """The counts of each request, all of one moment (engines elsewhere: unless a write gets between). Requests of
        equal clauses cost little more than one."""

    def values(self, field: str) -> list[str]:
        """All values of a keyword field, sorted; may include values no longer used."""

    def words(self, prefix: str, most: int) -> dict[str, int]:
        """The tokens of `title` that start with `prefix` (not empty), at most `most` of the most frequent, with roughly
        the number of documents that hold each, on whatever channel; equals by token."""

    def held(self, low: int, high: int) -> dict[tuple[int, int], int]:
        """(gig, view) -> revision of all documents whose gig is within low..high; few thousands at most."""

    def newest(self) -> int:
        """The highest revision of its documents; 0 without any."""

    def generation(self) -> int:
        """Changes whenever answers may change: a key for caches within one process. Never waits long: an engine
        elsewhere may take a second to notice what other processes wrote."""

    def size(self) -> int:
        """Number of documents."""

    def damaged(self) -> bool:
        """Whether any process met damage that a rebuild would heal."""

    def publish(self) -> None:
        """Make an index that was made by `create` the one that everybody reads, at once, and remove the others."""

    def close(self) -> None:
        """Give up files, locks and connections; the engine can't be used afterwards. Discards an index that was
        created and never published."""


class EngineError(RuntimeError):
    """The engine can't answer or write; the message says what to do."""


class EngineStaleError(EngineError):
    """There is no index, or one of another version, or a damaged one: rebuild it from the store."""


class EngineDamagedError(EngineStaleError):
    """The index is there, of this version, and can't be read or written: it has to be rebuilt."""


class TooLongError(EngineError):
    """The question takes more time than one question may; the message says what would take less."""

    def __init__(self, message: str = "this search takes too long here; fewer words or a smaller circle take less"):
        super().__init__(message)


class EngineBusyError(EngineError):
    """Another process writes this index."""
