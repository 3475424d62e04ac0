"""The pipeline's bad days: an inbox that can't be written, a run that is stopped."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import DropItem

from crawlers.board import boards
from crawlers.pipelines import BATCH, InboxPipeline
from index.posting import Posting


class FakeInbox:
    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.put_sizes: list[int] = []
        self.finished: list[tuple[Any, ...]] = []

    def start_run(self, board: str) -> str:
        return f"run of {board}"

    def put(self, run: str, postings: Sequence[Posting]) -> None:
        if self.broken:
            raise OSError("no space left on device")
        self.put_sizes.append(len(postings))

    def finish_run(self, *result: Any) -> None:
        if self.broken:
            raise OSError("no space left on device")
        self.finished.append(result)


def pipeline(inbox: FakeInbox) -> InboxPipeline:
    spider = boards()["remotive"]()
    made = InboxPipeline(SimpleNamespace(spider=spider), inbox)  # type: ignore[arg-type]
    made.open_spider()
    return made


def item(number: int) -> dict[str, Any]:
    return {"board": "remotive", "external_id": str(number), "url": "https://x.example", "title": "T"}


def test_postings_are_handed_over_in_batches_and_at_the_end() -> None:
    inbox = FakeInbox()
    under_test = pipeline(inbox)
    for number in range(BATCH + 20):
        under_test.process_item(item(number))
    assert inbox.put_sizes == [BATCH]
    under_test.spider_closed("finished")
    assert inbox.put_sizes == [BATCH, 20]
    run, complete, outcome, counts, error = inbox.finished[0]
    assert (run, complete, outcome, counts["postings"], error) == (
        "run of remotive",
        True,
        "finished",
        BATCH + 20,
        None,
    )


def test_a_stopped_run_is_cancelled_and_not_complete() -> None:
    inbox = FakeInbox()
    under_test = pipeline(inbox)
    for number in range(10):
        under_test.process_item(item(number))
    under_test.spider_closed("shutdown")
    assert inbox.finished[0][1:3] == (False, "cancelled")


def test_a_full_disk_ends_the_run_without_raising(caplog: pytest.LogCaptureFixture) -> None:
    under_test = pipeline(FakeInbox(broken=True))
    for number in range(BATCH):
        under_test.process_item(item(number))
    assert under_test.spider.stopped
    assert not under_test.spider.tally.complete
    under_test.spider_closed("finished")
    assert "no space left on device" in caplog.text


def test_drops_are_counted() -> None:
    under_test = pipeline(FakeInbox())
    under_test.process_item(item(1))
    for bad in (item(1), item(2) | {"title": ""}, item(3) | {"url": "x" * 5000}):
        with pytest.raises(DropItem):
            under_test.process_item(bad)
    counts = under_test.spider.tally.counts
    assert (counts["postings"], counts["duplicates"], counts["untitled"], counts["bad_rows"]) == (1, 1, 1, 1)
