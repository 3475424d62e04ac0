"""Tally: what happened in one run of one board, counted and judged."""

from collections import Counter

MAX_NAMES = 100
"""Distinct names of counts that a run keeps: a hostile board could otherwise invent a field name a row."""

MAX_PROBLEMS = 20
"""Problems that a run keeps in words; the rest is in the counts."""


class Tally:
    """Counts of a run, and the problems that make it incomplete.

    Counts: `requests`, `retries`, `pages`, `not_modified` (pages that are as they were, by the board's word),
    `bad_pages`, `challenge_pages`, `bytes` (that came over the wire), `error:KIND` (requests that brought no page),
    `rows`, `bad_rows`, `untitled`, `postings`, `unread_postings` (on pages that are as they were), `closed_postings`
    (by their board's word), `duplicates`, `filled:FIELD` (open postings read in which it isn't empty),
    `unknown_field:NAME` (a field of a response that the spider doesn't know), `bad_field:NAME` (one of another type
    than expected), and whatever a spider leaves out on purpose, by name (`deleted`, `replies`...).
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.troubles = 0
        """Problems met, also those that are not kept in words."""
        self.skipped = False
        """Nothing was asked, because this is not the time for it."""

    def count(self, name: str, n: int = 1) -> None:
        if name not in self.counts and len(self.counts) >= MAX_NAMES:
            name = name.split(":")[0] + ":more" if ":" in name else name
        self.counts[name] += n

    def problem(self, message: str) -> None:
        """Something of the board was not read, so that absence from this run means nothing."""
        self.troubles += 1
        if len(self.problems) < MAX_PROBLEMS and message not in self.problems:
            self.problems.append(message)

    @property
    def complete(self) -> bool:
        """Every page was fetched and parsed, without an error and not cut by a bound."""
        return not self.problems

    @property
    def outcome(self) -> str:
        """One word for a run that ended by itself: `finished` (something came), `skipped` (nothing was asked: it is too
        early, or another process crawls the host), else `failed`."""
        if self.skipped and not self.counts["pages"]:
            return "skipped"
        return "finished" if self.complete or self.counts["postings"] else "failed"

    @property
    def error(self) -> str | None:
        """The first problem, and how many more there were; one line."""
        if not self.problems:
            return None
        more = len(self.problems) - 1
        return self.problems[0] + (f" (and {more} more)" if more else "")
