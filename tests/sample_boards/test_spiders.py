"""The sample boards read by the real boards' spiders: nothing lost, nothing unknown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawlers.bases.spider import Draft
from crawlers.board import spiders_of
from crawlers.run import SAMPLE_SPIDERS, SAMPLE_URL, crawl
from crawlers.sample_boards.base import URL_VARIABLE
from crawlers.sample_boards.postings import BOARDS, FIELD_UNITS, online_places
from crawlers.sample_boards.server import SampleServer, SampleSite
from crawlers.tally import Tally
from index.dedupe import canonical_link
from index.posting import Posting, read_posting
from index.settings import Settings

SPIDERS = spiders_of(SAMPLE_SPIDERS)
EXPECTED_COUNTS = {
    "taskfinch": {"bad_field:publication_date"},
    "hedgerow": {"bad_field:validThrough"},
    "plinth": {"deleted", "replies"},
}
TROUBLES = ("cut-off", "gone", "/drafts/")


def read(site: SampleSite, board: str) -> tuple[list[Draft], Tally]:
    """All that the board's spider reads, asking just what it asks for in a crawl; troubles of single pages left out."""
    spider = SPIDERS[f"sample_{board}"]()
    waiting = list(spider.first_requests())
    drafts: list[Draft] = []
    while waiting:
        request = waiting.pop(0)
        target = request.url.removeprefix(site.base)
        if any(trouble in target for trouble in TROUBLES):
            continue
        answer = site.answer(target)
        assert answer.status == 200, target
        headers = {"Content-Type": answer.content_type}
        response = HtmlResponse(request.url, body=answer.body, headers=headers, request=request)
        for result in spider.answered(response, **request.cb_kwargs):
            if isinstance(result, Request):
                waiting.append(result)
            else:
                drafts.append(result)
    return drafts, spider.tally


@pytest.fixture(autouse=True, scope="module")
def _address(site: SampleSite) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(URL_VARIABLE, site.base)
        yield


@pytest.fixture(scope="module")
def postings(site: SampleSite) -> dict[int, Posting]:
    """All postings by number, as the real spiders read them."""
    found: dict[int, Posting] = {}
    for board in BOARDS:
        for draft in read(site, board)[0]:
            if draft.get("title"):
                posting, problems = read_posting(draft)
                assert not problems
                found[int(posting.external_id.removeprefix("wrenwire-"))] = posting
    return found


def test_there_is_a_spider_for_each_board_and_no_other() -> None:
    assert set(SPIDERS) == {f"sample_{board}" for board in BOARDS}
    assert SAMPLE_URL == URL_VARIABLE


@pytest.mark.parametrize("board", BOARDS)
def test_every_row_is_read_and_every_field_known(site: SampleSite, board: str) -> None:
    drafts, tally = read(site, board)
    ids = {draft["external_id"] for draft in drafts if draft.get("title")}
    expected = {str(posting.number) for posting in site.boards[board]}
    assert {text.removeprefix("wrenwire-") for text in ids} >= expected
    odd = {name for name in tally.counts if name not in ("requests", "pages", "rows", "drafts")}
    assert odd == EXPECTED_COUNTS.get(board, set())
    assert not tally.problems


def test_titles_organizations_and_dates_come_through(site: SampleSite, postings: dict[int, Posting]) -> None:
    for board, mine in site.boards.items():
        for posting in mine:
            made = postings[posting.number]
            assert made.board == f"sample_{board}"
            assert made.description
            if board not in ("lanternwork", "plinth", "wrenwire", "bidbarrow"):  # these write titles in their own way
                assert made.title == posting.title.strip()
                assert made.organization == posting.organization
            dated = made.posted_at
            if dated is None:
                assert posting is site.boards["taskfinch"][3], "only the row of the year 9999 has no date"
            elif board not in ("hedgerow", "puddlejobs"):  # these say the day only, at times
                assert dated == site.writer.posted(posting)


def test_pay_fields_say_what_was_made_up(site: SampleSite, postings: dict[int, Posting]) -> None:
    checked = 0
    for board, mine in site.boards.items():
        for posting in mine:
            pay = postings[posting.number].pay
            if board == "taskfinch" and posting.pay.text:
                assert pay is not None
                assert pay.text == posting.pay.text
            elif posting.pay.unit in FIELD_UNITS[board] and posting.pay.status == "stated":
                if board == "lanternwork" and posting.pay.currency != "USD":
                    assert pay is None, "that field is in US dollars"
                    continue
                assert pay is not None, posting
                assert (pay.unit, pay.currency) == (posting.pay.unit, posting.pay.currency)
                assert (pay.max or pay.min) == (posting.pay.high or posting.pay.low)
                checked += 1
            else:
                assert pay is None or (pay.min is None and pay.max is None)
    assert checked > 80


def test_work_in_person_is_not_called_remote(site: SampleSite, postings: dict[int, Posting]) -> None:
    for mine in site.boards.values():
        for posting in mine:
            if posting.mode == "in_person":
                assert not postings[posting.number].remote, posting.title
    taskfinch = [(posting, postings[posting.number]) for posting in site.boards["taskfinch"]]
    assert {made.remote for _, made in taskfinch} >= {True, False}
    assert all(made.remote for posting, made in taskfinch if posting.place in online_places())


def test_copies_share_their_canonical_link(site: SampleSite, postings: dict[int, Posting]) -> None:
    copies = [posting for mine in site.boards.values() for posting in mine if posting.label == "copy"]
    for copy in copies:
        original = postings[copy.twin or 0]
        assert canonical_link(postings[copy.number].url) == canonical_link(original.url)
        assert postings[copy.number].board != original.board
    assert len(copies) >= 35


def test_closed_projects_are_told_apart(site: SampleSite, postings: dict[int, Posting]) -> None:
    for posting in site.boards["bidbarrow"]:
        status = postings[posting.number].extra["status"]
        assert status == ("closed" if posting.label == "closed" else "open")
        expiry = postings[posting.number].expires_at
        assert expiry is not None
        assert expiry > site.now


def test_the_boards_permit_everything_and_link_to_the_server(site: SampleSite) -> None:
    for name, spider in SPIDERS.items():
        info = spider.info()
        assert info.sample
        assert info.homepage == f"{site.base}/{name.removeprefix('sample_')}/"
        assert set(info.terms.channels.model_dump().values()) == {"full"}
        assert info.terms.off is None
        assert spider.board.interval_s == 60


@pytest.mark.slow
def test_a_crawl_gets_over_every_trouble(server: SampleServer, tmp_path: Path) -> None:
    asked = len(server.requests)
    boards = ["sample_bidbarrow", "sample_hedgerow"]
    bids, hedgerow = crawl(boards, Settings(data=tmp_path), sample_url=server.url)
    assert bids.counts["retries"] == 1
    assert bids.counts["postings"] == len(server.site.boards["bidbarrow"])
    assert bids.complete
    assert hedgerow.counts["postings"] == len(server.site.boards["hedgerow"])
    assert hedgerow.counts["gone_pages"] == 1
    assert hedgerow.counts["bad_rows"] == 1
    assert not hedgerow.complete, "a broken page and a forbidden one: absence means nothing"
    assert not [target for target in server.requests[asked:] if "/drafts/" in target], "robots.txt is obeyed"
