"""The pipeline's bad days: an inbox that can't be written, a run that is stopped."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import DropItem

from crawlers.board import boards
from crawlers.kept import ReadPage
from crawlers.pipelines import BATCH, InboxPipeline
from index.posting import Posting
from index.store.inbox import Unchanged


class FakeInbox:
    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.put_sizes: list[int] = []
        self.kept: list[str] = []
        self.unchanged: list[tuple[str, list[str]]] = []
        self.finished: list[tuple[Any, ...]] = []

    def start_run(self, board: str) -> str:
        return f"run of {board}"

    def put(self, run: str, postings: Sequence[Posting], board: str, kept: Any, unchanged: Any) -> None:
        if self.broken:
            raise OSError("no space left on device")
        self.put_sizes.append(len(postings))
        self.kept += [page.url for page in kept]
        self.unchanged += [(page.url, list(page.ids)) for page in unchanged]

    def finish_run(self, *result: Any) -> None:
        if self.broken:
            raise OSError("no space left on device")
        self.finished.append(result)


def pipeline(inbox: FakeInbox) -> InboxPipeline:
    spider = boards()["remotive"]()
    made = InboxPipeline(SimpleNamespace(spider=spider, stats=None), inbox)  # type: ignore[arg-type]
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


def test_a_page_is_kept_with_its_postings_only(caplog: pytest.LogCaptureFixture) -> None:
    inbox = FakeInbox()
    under_test = pipeline(inbox)
    under_test.process_item(item(1))
    for page in (
        ReadPage("https://x.example/whole", '"1"', None, ["1"], "reader"),
        ReadPage("https://x.example/lost", '"2"', None, ["1", "2"], "reader"),
    ):
        with pytest.raises(DropItem):
            under_test.process_item(page)
    under_test.spider_closed("finished")
    assert inbox.kept == ["https://x.example/whole"]


def test_unchanged_postings_count_as_seen_once() -> None:
    inbox = FakeInbox()
    under_test = pipeline(inbox)
    under_test.process_item(item(1))
    with pytest.raises(DropItem):
        under_test.process_item(Unchanged("https://x.example/page", ["1", "2", "3"]))
    under_test.spider_closed("finished")
    counts = inbox.finished[0][3]
    assert (counts["postings"], counts["unread_postings"], counts["duplicates"]) == (3, 2, 1)
    assert inbox.unchanged == [("https://x.example/page", ["2", "3"])]


def test_people_are_left_out_where_the_owner_bars_them() -> None:
    under_test = pipeline(FakeInbox())
    board = under_test.spider.board
    terms = board.terms.model_copy(update={"duties": ("no_personal_names",)})
    under_test.spider.board = board.model_copy(update={"terms": terms})  # type: ignore[misc]
    row = item(1) | {"description": "Ask Jane Doe (jane@x.example)", "extra": {"contact_name": "Jane Doe"}}
    posting = under_test.process_item(row)
    assert "Jane" not in str(posting)
    assert under_test.waiting[0].description == "Ask [removed] ([removed])"
