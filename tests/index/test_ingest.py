"""Ingest: what becomes of postings that crawlers bring."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from index import ingest as ingest_module
from index.forget import make_rule, remember
from index.gig import gig_id
from index.ingest import Ingest
from index.instance import Instance
from index.posting import Posting
from index.query import SearchQuery
from index.settings import Settings
from index.store import schema
from index.store.boards import declare
from index.store.inbox import Inbox, Unchanged
from index.store.pages import KeptPage, load
from index.store.runs import last_runs
from index.store.store import Store
from index.stream import Stream
from index.terms import OPERATOR
from tests.index.conftest import Clock, RunBoard, board, posting


def gig_of(store: Store, name: str, external_id: str, channel: str = "operator"):
    found = store.find(gig_id(name, external_id), channel)
    assert found is not None
    return found.gig


def counts(store: Store, name: str) -> dict[str, int]:
    with store.database.reading() as connection:
        return last_runs(connection, name)[0].counts


def test_a_posting_becomes_a_gig_with_its_source(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    gig = gig_of(store, "alpha", "1")
    assert (gig.seq, gig.revision, gig.status, gig.sample) == (1, 1, "open", False)
    assert gig.pay.unit == "hour"
    assert gig.pay.usd_max == 20
    [source] = gig.sources
    assert (source.board, source.external_id, source.attribution) == ("alpha", "1", "from alpha")
    assert gig.last_seen == source.last_seen is not None


def test_an_unchanged_posting_writes_only_last_seen(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    before = gig_of(store, "alpha", "1")
    run_board("alpha", posting("alpha", "1", fetched_at="2026-11-23T10:00:00Z"))
    after = gig_of(store, "alpha", "1")
    assert after.revision == before.revision == store.revision()
    assert after.last_seen > before.last_seen
    assert counts(store, "alpha")["unchanged"] == 1


def test_a_changed_posting_makes_the_next_revision(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    run_board("alpha", posting("alpha", "1", title="Walk my two dogs, $30 an hour"))
    gig = gig_of(store, "alpha", "1")
    assert (gig.seq, gig.revision, gig.pay.usd_max) == (1, 2, 30)
    assert counts(store, "alpha")["changed"] == 1


def test_exchange_rate_stays_at_the_day_the_pay_was_first_seen(
    store: Store, ingest: Ingest, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = []
    real = ingest_module.normalize
    monkeypatch.setattr(ingest_module, "normalize", lambda p, day: days.append(day) or real(p, day))
    run_board("alpha", posting("alpha", "1", title="Walk my dog, 20 EUR an hour"))
    first = gig_of(store, "alpha", "1").pay
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE postings SET pay_day = '2020-03-02'")
    ingest._remembered.clear()
    run_board("alpha", posting("alpha", "1", title="Walk my dog, 20 EUR an hour", tags=["pets"]))
    same_pay = gig_of(store, "alpha", "1").pay
    assert same_pay.rate_date is not None
    assert first.rate_date is not None
    assert same_pay.rate_date.year == 2020 < first.rate_date.year
    run_board("alpha", posting("alpha", "1", title="Walk my dog, 25 EUR an hour"))
    assert gig_of(store, "alpha", "1").pay.rate_date == first.rate_date


def test_only_offers_become_gigs(store: Store, run_board: RunBoard) -> None:
    seeking = posting(
        "alpha",
        "1",
        title="SEEKING WORK: experienced nanny looking for a family",
        description="I am available for hire.",
    )
    run_board("alpha", seeking, posting("alpha", "2"))
    assert store.count_gigs() == 1
    assert store.find(gig_id("alpha", "1"), "operator") is None
    assert any(name.startswith("not_an_offer") for name in counts(store, "alpha"))


def test_a_posting_that_turns_out_no_offer_closes_its_gig(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    run_board(
        "alpha",
        posting(
            "alpha",
            "1",
            title="SEEKING WORK: experienced nanny looking for a family",
            description="I am available for hire.",
        ),
    )
    gone = store.find(gig_id("alpha", "1"), OPERATOR)
    assert gone is not None
    assert (gone.gig, gone.closed) == (None, True)
    run_board("alpha", posting("alpha", "1"))
    assert gig_of(store, "alpha", "1").status == "open"


def test_a_gig_lives_on_without_its_first_posting_whatever_that_says_next(store: Store, run_board: RunBoard) -> None:
    text = "Walk two friendly dogs around the lake every weekday morning at eight, leads and treats are provided."
    run_board("alpha", posting("alpha", "1", description=text))
    run_board("beta", posting("beta", "1", description=text))
    assert len(gig_of(store, "alpha", "1").sources) == 2
    seeking = {"title": "SEEKING WORK: experienced nanny looking for a family", "description": "I am for hire."}
    run_board("alpha", posting("alpha", "1", **seeking))
    run_board("alpha", posting("alpha", "1", **(seeking | {"description": "I am still for hire."})))
    gig = gig_of(store, "alpha", "1")
    assert (gig.status, [source.board for source in gig.sources]) == ("open", ["beta"])


# --- dedupe and merge ---


def test_the_same_link_on_two_boards_is_one_gig(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1", url="https://www.jobs.example/7?utm_source=alpha"))
    run_board("beta", posting("beta", "9", url="http://jobs.example/7/", title="Walk my dog, $25 an hour"))
    assert store.count_gigs() == 1
    gig = gig_of(store, "alpha", "1")
    assert [source.board for source in gig.sources] == ["beta", "alpha"]  # the best-paying one first
    assert gig.pay.usd_max == 25


def test_gigs_that_turn_out_to_be_one_merge_into_the_oldest(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"))
    run_board("beta", posting("beta", "9"))
    assert store.count_gigs() == 2
    run_board("beta", posting("beta", "9", url="https://alpha.example/1"))
    assert store.count_gigs() == 1
    moved = store.find(gig_id("beta", "9"), "operator")
    assert moved is not None
    assert moved.moved_to == gig_id("alpha", "1")
    assert len(gig_of(store, "alpha", "1").sources) == 2


def test_a_link_that_one_board_uses_twice_merges_nothing_and_splits_what_it_merged(
    store: Store, run_board: RunBoard
) -> None:
    form = "https://forms.example/apply"
    run_board("alpha", posting("alpha", "1", apply_url=form))
    run_board("beta", posting("beta", "1", apply_url=form))
    assert store.count_gigs() == 1
    run_board("beta", posting("beta", "1", apply_url=form), posting("beta", "2", apply_url=form))
    assert store.count_gigs() == 3
    assert [source.board for source in gig_of(store, "alpha", "1").sources] == ["alpha"]
    assert gig_of(store, "beta", "1").status == "open"


def test_a_link_that_one_board_no_longer_uses_twice_merges(store: Store, run_board: RunBoard) -> None:
    form = "https://forms.example/apply"
    run_board("alpha", posting("alpha", "1", apply_url=form), posting("alpha", "2", apply_url=form))
    run_board("beta", posting("beta", "1", apply_url=form))
    assert store.count_gigs() == 3
    run_board("alpha", posting("alpha", "1", apply_url=form), posting("alpha", "2"))
    assert store.count_gigs() == 2
    assert {source.board for source in gig_of(store, "alpha", "1").sources} == {"alpha", "beta"}


def test_a_form_shared_by_a_whole_board_does_not_pull_it_in(
    store: Store, ingest: Ingest, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = "https://forms.example/apply"
    run_board("alpha", *[posting("alpha", str(n), apply_url=form) for n in range(30)])
    sizes = []
    real = Ingest._regroup
    monkeypatch.setattr(
        Ingest, "_regroup", lambda self, family: sizes.append(len(family.postings)) or real(self, family)
    )
    run_board("beta", posting("beta", "1", apply_url=form))
    assert sizes == [1]
    assert store.count_gigs() == 31


def test_a_gig_lives_on_in_its_other_postings_when_the_first_is_no_offer(store: Store, run_board: RunBoard) -> None:
    link = "https://jobs.example/7"
    run_board("alpha", posting("alpha", "1", url=link))
    run_board("beta", posting("beta", "1", url=link))
    seeking = posting("alpha", "1", url=link, title="SEEKING WORK: nanny looking for a family", description="For hire.")
    run_board("alpha", seeking)
    gig = gig_of(store, "alpha", "1")
    assert (gig.status, [source.board for source in gig.sources]) == ("open", ["beta"])
    assert store.count_gigs() == 1


def test_arrival_order_does_not_change_the_groups(tmp_path, clock: Clock) -> None:
    from index.settings import Settings

    rows = [
        posting("alpha", "1", url="https://x.example/1", apply_url="https://x.example/a"),
        posting("beta", "1", url="https://x.example/a"),
        posting("gamma", "1", url="https://x.example/1", apply_url="https://x.example/b"),
        posting("delta", "1", url="https://x.example/b"),
        posting("delta", "2", url="https://x.example/c"),
    ]
    outcomes = set()
    for number, order in enumerate([rows, rows[::-1], [rows[3], rows[0], rows[4], rows[2], rows[1]]]):
        settings = Settings(data=tmp_path / str(number))
        store, inbox = Store.open(settings), Inbox.open(settings)
        declare(store.database, [board(name) for name in ("alpha", "beta", "gamma", "delta")])
        ingest = Ingest(store, inbox, clock)
        for row in order:
            inbox.put(inbox.start_run(row.board), [row])
            ingest.drain()
        groups = {frozenset(s.board + s.external_id for s in gig.sources) for gig in all_gigs(store)}
        outcomes.add(frozenset(groups))
    assert len(outcomes) == 1
    assert {len(group) for group in outcomes.pop()} == {1, 4}


def all_gigs(store: Store):
    with store.database.reading() as connection:
        keys = [tuple(row) for row in connection.exec_driver_sql("SELECT gig, view FROM views WHERE view = 0")]
    return list(store.views(keys, OPERATOR).values())


# --- life ---


def test_absence_closes_after_a_complete_run_only(store: Store, run_board: RunBoard) -> None:
    rows = [posting("alpha", str(n)) for n in range(4)]
    run_board("alpha", *rows)
    run_board("alpha", *rows[:3], complete=False)
    assert gig_of(store, "alpha", "3").status == "open"
    run_board("alpha", *rows[:3])
    gone = gig_of(store, "alpha", "3")
    assert (gone.status, gone.closed_reason) == ("closed", "gone")
    assert counts(store, "alpha")["gone"] == 1
    run_board("alpha", *rows)
    assert gig_of(store, "alpha", "3").status == "open"


@pytest.mark.parametrize("outcome", ["failed", "lost", "cancelled"])
def test_a_run_that_did_not_finish_closes_nothing(store: Store, run_board: RunBoard, outcome: str) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"))
    run_board("alpha", posting("alpha", "1"), outcome=outcome)
    assert gig_of(store, "alpha", "2").status == "open"


def test_a_board_that_shrinks_by_more_than_half_closes_nothing(store: Store, run_board: RunBoard) -> None:
    rows = [posting("alpha", str(n)) for n in range(10)]
    run_board("alpha", *rows)
    run_board("alpha", *rows[:4])
    assert all(gig_of(store, "alpha", str(n)).status == "open" for n in range(10))
    [state] = [state for state in store.boards() if state.info.id == "alpha"]
    assert state.state == "failing"
    assert "only 4 postings" in str(state.why())
    run_board("alpha")
    assert gig_of(store, "alpha", "0").status == "open"
    run_board("alpha", *rows[:6])
    assert gig_of(store, "alpha", "9").status == "closed"


def test_a_board_whose_absence_means_nothing_closes_nothing(store: Store, run_board: RunBoard) -> None:
    declare(store.database, [board("alpha", absence_closes=False)])
    rows = [posting("alpha", str(n)) for n in range(4)]
    run_board("alpha", *rows)
    run_board("alpha", *rows[:3])
    assert gig_of(store, "alpha", "3").status == "open"


def age(store: Store, external_id: str, days: int) -> None:
    """As if the posting of alpha had been seen last so long ago."""
    table = schema.postings
    with store.database.writing() as connection:
        seen = {"last_seen": datetime.now(UTC) - timedelta(days=days)}
        connection.execute(sa.update(table).where(table.c.external_id == external_id).values(seen))


def test_where_absence_means_nothing_a_posting_without_an_end_is_over_after_a_month(
    store: Store, run_board: RunBoard, clock: Clock
) -> None:
    declare(store.database, [board("alpha", absence_closes=False)])
    end = (clock.now + timedelta(days=90)).isoformat()
    rows = [posting("alpha", str(n)) for n in range(4)]
    run_board("alpha", *rows, posting("alpha", "ends", expires_at=end))
    for old in ("1", "2", "ends"):
        age(store, old, 31)
    age(store, "3", 29)
    run_board("alpha", *rows[:2], complete=False)
    assert gig_of(store, "alpha", "2").status == "open"
    run_board("alpha", *rows[:2], posting("alpha", "new"))
    assert {n: gig_of(store, "alpha", n).closed_reason for n in ("0", "1", "2", "3", "ends")} == {
        "0": None, "1": None, "2": "expired", "3": None, "ends": None,
    }  # fmt: skip
    assert counts(store, "alpha")["unseen_for_long"] == 1


def test_a_board_that_tells_changes_only_closes_nothing_and_may_have_a_quiet_night(
    store: Store, run_board: RunBoard
) -> None:
    declare(store.database, [board("alpha", absence_closes=False, changes_only=True)])
    run_board("alpha", *(posting("alpha", str(n)) for n in range(20)))
    age(store, "1", 40)
    run_board("alpha")
    assert gig_of(store, "alpha", "1").status == "open"
    [state] = [state for state in store.boards() if state.info.id == "alpha"]
    assert (state.state, state.why()) == ("healthy", None)


def test_expiry_closes(store: Store, ingest: Ingest, run_board: RunBoard, clock: Clock) -> None:
    end = clock.now + timedelta(days=1)
    run_board("alpha", posting("alpha", "1", expires_at=end.isoformat()), posting("alpha", "2"))
    assert ingest.expire() == 0
    clock.pass_by(days=2)
    assert ingest.expire() == 1
    gig = gig_of(store, "alpha", "1")
    assert (gig.status, gig.closed_reason, gig.closed_at) == ("closed", "expired", clock.now)
    assert gig_of(store, "alpha", "2").status == "open"


def test_a_posting_that_is_over_at_first_sight_is_dropped_and_counted(store: Store, run_board: RunBoard) -> None:
    run_board(
        "alpha",
        posting("alpha", "1", extra={"status": "frozen"}),
        posting("alpha", "2", expires_at="2020-01-01T00:00:00Z"),
        posting("alpha", "3", extra={"status": "active"}),
    )
    assert store.count_gigs() == 1
    assert counts(store, "alpha")["closed_at_first_sight"] == 2


def test_a_gig_closes_when_its_last_source_does(store: Store, run_board: RunBoard) -> None:
    link = "https://jobs.example/7"
    run_board("alpha", posting("alpha", "1", url=link), posting("alpha", "2"))
    run_board("beta", posting("beta", "1", url=link), posting("beta", "2"))
    run_board("alpha", posting("alpha", "2"))
    gig = gig_of(store, "alpha", "1")
    assert gig.status == "open"
    assert {source.board: source.status for source in gig.sources} == {"alpha": "closed", "beta": "open"}
    run_board("beta", posting("beta", "1", url=link, extra={"status": "filled"}), posting("beta", "2"))
    gig = gig_of(store, "alpha", "1")
    assert (gig.status, gig.closed_reason) == ("closed", "filled")


# --- terms ---


def test_channels_see_what_terms_permit(store: Store, run_board: RunBoard) -> None:
    run_board("gamma", posting("gamma", "1", organization="Smith family", location="Boston, MA"))
    run_board("delta", posting("delta", "1"))
    page = gig_of(store, "gamma", "1", "page")
    assert page.title.startswith("Walk my dog")
    assert (page.description, page.organization, page.places) == ("", None, [])
    assert page.sources[0].attribution == "from gamma"
    assert gig_of(store, "gamma", "1").description
    assert gig_of(store, "delta", "1", "page") is None
    assert gig_of(store, "delta", "1") is not None


def test_what_leaves_is_built_from_the_postings_that_permit_it(store: Store, run_board: RunBoard) -> None:
    link = "https://jobs.example/7"
    run_board("alpha", posting("alpha", "1", url=link))
    run_board("delta", posting("delta", "1", url=link, title="Walk my dog, $99 an hour", location="Paris, France"))
    feed, operator = gig_of(store, "alpha", "1", "feed"), gig_of(store, "alpha", "1")
    assert [source.board for source in feed.sources] == ["alpha"]
    assert (feed.pay.usd_max, feed.places) == (20, [])
    assert (operator.pay.usd_max, len(operator.sources)) == (99, 2)


def test_views_follow_the_operators_word(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    from index.store.boards import decide

    run_board("alpha", posting("alpha", "1"))
    decide(store.database, "alpha", False, None)
    ingest.follow_terms()
    assert gig_of(store, "alpha", "1", "page") is None
    decide(store.database, "alpha", True, "mail of 1 November")
    ingest.follow_terms()
    assert gig_of(store, "alpha", "1", "page") is not None


@pytest.mark.parametrize(("terms", "hours"), [({"max_age_s": 3600}, 2), ({"duties": ("refresh_daily",)}, 25)])
def test_a_stale_board_with_a_freshness_duty_is_not_shown(
    store: Store, ingest: Ingest, run_board: RunBoard, clock: Clock, terms: dict[str, object], hours: int
) -> None:
    declare(store.database, [board("alpha", **terms)])
    run_board("alpha", posting("alpha", "1"))
    ingest.follow_terms()
    assert gig_of(store, "alpha", "1", "page") is not None
    clock.pass_by(hours=hours)
    ingest.follow_terms()
    assert gig_of(store, "alpha", "1", "page") is None
    assert gig_of(store, "alpha", "1") is not None
    run_board("alpha", outcome="failed", complete=False)
    assert gig_of(store, "alpha", "1", "page") is None


def test_while_no_worker_is_at_work_a_stale_board_is_not_shown_either(
    settings: Settings, store: Store, run_board: RunBoard
) -> None:
    """Gigs, their pages, snapshot and changes, asked for beside a crawl that has stopped; the operator sees them."""
    declare(store.database, [board("alpha", max_age_s=3600), board("beta")])
    link = "https://jobs.example/7"
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2", url=link))
    run_board("beta", posting("beta", "1", "Paint my fence, $90"), posting("beta", "2", url=link))
    with closing(Instance(settings)) as instance, instance.working("test") as worker:
        worker.drain()
    runs = schema.runs
    with store.database.writing() as connection:
        connection.execute(sa.update(runs).values(finished_at=datetime.now(UTC) - timedelta(hours=2)))
    with closing(Instance(settings)) as instance:
        found = {
            channel: {item.title for item in instance.search.search(SearchQuery(), channel, datetime.now(UTC)).items}
            for channel in ("page", OPERATOR)
        }
        assert found == {"page": {"Paint my fence, $90"}, OPERATOR: {"Paint my fence, $90", "Walk my dog, $20 an hour"}}
        facets = instance.search.facets(SearchQuery(), "page", datetime.now(UTC))
        assert (facets.total, facets.facets["board"]) == (1, {"beta": 1})
        assert gig_of(instance.store, "alpha", "1", "page") is None
        assert gig_of(instance.store, "alpha", "1") is not None
        lines = list(Stream(instance.store).snapshot(SearchQuery(), "feed", datetime.now(UTC)))
        assert len(lines) == 3
        assert instance.store.hidden() == {"alpha"}


# --- faults ---


def test_bad_rows_stop_nothing(store: Store, inbox: Inbox, ingest: Ingest) -> None:
    run = inbox.start_run("alpha")
    inbox.put(run, [posting("alpha", "1"), posting("alpha", "2")])
    with inbox.database.writing() as connection:
        connection.exec_driver_sql("UPDATE inbox_postings SET content = '{' WHERE id = 1")
    inbox.finish_run(run, True, "finished", {}, None)
    ingest.drain()
    assert store.count_gigs() == 1
    assert counts(store, "alpha")["bad_posting"] == 1
    assert inbox.size() == 0


def test_a_fault_of_the_normalizer_costs_one_posting(
    store: Store, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ingest_module.normalize

    def faulty(one: Posting, day):
        if one.external_id == "1":
            raise RuntimeError("boom")
        return real(one, day)

    monkeypatch.setattr(ingest_module, "normalize", faulty)
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"))
    assert store.count_gigs() == 1
    assert counts(store, "alpha")["unreadable"] == 1


def test_after_a_crash_before_the_inbox_is_emptied_nothing_is_lost_or_doubled(
    store: Store, inbox: Inbox, ingest: Ingest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = inbox.start_run("alpha")
    inbox.put(run, [posting("alpha", str(n)) for n in range(20)])
    inbox.finish_run(run, True, "finished", {}, None)

    def crash(_ids):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "remove", crash)
        with pytest.raises(KeyboardInterrupt):
            ingest.step()
    assert (store.count_gigs(), inbox.size()) == (20, 20)
    revision = store.revision()
    ingest.leases.release()  # those of a worker that died end by themselves
    Ingest(store, inbox, clock).drain()
    assert (store.count_gigs(), inbox.size(), store.revision()) == (20, 0, revision)


def test_renormalize_changes_nothing_while_the_rules_are_the_same(
    store: Store, ingest: Ingest, run_board: RunBoard
) -> None:
    run_board("alpha", *[posting("alpha", str(n)) for n in range(7)])
    run_board("beta", posting("beta", "1", url="https://alpha.example/3"))
    revision = store.revision()
    assert ingest.renormalize() == 8
    assert store.revision() == revision


# --- pages that are as they were ---------------------------------------------------------------------------------


def keep_page(inbox: Inbox, *ids: str) -> KeptPage:
    """Keep a page of alpha with these postings, as the crawl that read it does."""
    page = KeptPage("https://alpha.example/list", '"1"', None, "reader", datetime.now(UTC), list(ids))
    inbox.put(inbox.start_run("alpha"), [], "alpha", [page])
    return page


def run_unchanged(ingest: Ingest, inbox: Inbox, *ids: str) -> str:
    """A crawl in which the page answers 304."""
    run = inbox.start_run("alpha")
    inbox.put(run, [], "alpha", unchanged=[Unchanged("https://alpha.example/list", ids)])
    inbox.finish_run(run, True, "finished", {"pages": 1, "not_modified": 1}, None)
    ingest.drain()
    return run


def test_postings_of_an_unchanged_page_are_seen_and_cost_no_revision(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard, clock: Clock
) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2", "Paint my fence, $90"))
    before, revision = gig_of(store, "alpha", "1"), store.revision()
    run_unchanged(ingest, inbox, "1")
    after = gig_of(store, "alpha", "1")
    assert (after.status, after.last_seen > before.last_seen) == ("open", True)
    assert gig_of(store, "alpha", "2").closed_reason == "gone"
    assert store.revision() == revision + 1  # of the one that is gone
    assert counts(store, "alpha")["unchanged"] == 1
    assert counts(store, "alpha")["gone"] == 1
    [state] = [state for state in store.boards() if state.info.id == "alpha"]
    assert state.last_run.seen == 1


def test_an_unchanged_page_reopens_what_was_closed_as_absent(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard
) -> None:
    rows = [posting("alpha", str(number)) for number in range(3)]
    run_board("alpha", *rows)
    run_board("alpha", *rows[1:])
    assert gig_of(store, "alpha", "0").status == "closed"
    run_unchanged(ingest, inbox, "0", "1", "2")
    assert gig_of(store, "alpha", "0").status == "open"


def test_what_a_later_page_says_is_newer_than_what_the_store_has(store: Store, inbox: Inbox, ingest: Ingest,
                                                                 run_board: RunBoard) -> None:  # fmt: skip
    """A crawl that changed a posting and one that found it unchanged wait in the inbox together."""
    run_board("alpha", posting("alpha", "1", "Walk my dog, $20 an hour"))
    run = inbox.start_run("alpha")
    inbox.put(run, [posting("alpha", "1", "Walk my dog, $30 an hour")])
    inbox.finish_run(run, True, "finished", {}, None)
    run_unchanged(ingest, inbox, "1")
    assert gig_of(store, "alpha", "1").pay.usd_max == 30


def test_a_page_is_read_again_when_the_store_lacks_what_it_holds(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard
) -> None:
    page = keep_page(inbox, "1", "lost")
    run_board("alpha", posting("alpha", "1"))
    assert load(inbox.database, "alpha", page.page) == page
    run_unchanged(ingest, inbox, "1", "lost")
    assert counts(store, "alpha")["to_be_read_again"] == 1
    assert load(inbox.database, "alpha", page.page) is None
    assert gig_of(store, "alpha", "1").status == "open"


def test_a_page_keeps_no_id_of_a_posting_that_is_to_be_forgotten(
    store: Store, inbox: Inbox, ingest: Ingest, run_board: RunBoard
) -> None:
    page = keep_page(inbox, "1", "jane-doe-42")
    remember(store, make_rule(store, "Jane Doe"))
    run_board("alpha", posting("alpha", "1"), posting("alpha", "jane-doe-42"))
    assert counts(store, "alpha")["forgotten"] == 1
    assert load(inbox.database, "alpha", page.page) is None
