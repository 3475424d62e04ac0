"""Dedupe by text on the store: the same set of postings gives the same gigs, whatever the order and the batches."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from index import people
from index.dedupe.match import group_postings
from index.family import Families
from index.gig import gig_id
from index.ingest import Ingest
from index.normalize import normalize
from index.posting import Posting
from index.retention import blank
from index.settings import Settings
from index.store import fingerprints, postings, schema
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.postings import Key, StoredPosting
from index.store.store import Store
from tests.index.conftest import Clock, RunBoard, board, posting
from tests.index.dedupe_pairs import PAIRS_BY_NAME
from tests.index.test_ingest import all_gigs, counts, gig_of

Groups = frozenset[frozenset[str]]


def groups_of(store: Store) -> Groups:
    return frozenset(frozenset(f"{s.board}:{s.external_id}" for s in gig.sources) for gig in all_gigs(store))


def made_of(names: list[str]) -> list[Posting]:
    """The postings of the pairs, each under an id of its own; the first of each ad once."""
    rows: dict[str, Posting] = {}
    for number, name in enumerate(names):
        pair = PAIRS_BY_NAME[name]
        for side, one in (("a", pair.a), ("b", pair.b)):
            its_id = f"{one.external_id}-{side}{number if side == 'b' else ''}"
            update = {"external_id": its_id, "url": f"https://{one.board}.example/{its_id}"}
            rows[its_id] = one.model_copy(update=update)
    return list(rows.values())


class Fresh:
    """A store of its own."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.store, self.inbox = Store.open(Settings(data=folder)), Inbox.open(Settings(data=folder))
        declare(self.store.database, [board("one"), board("two")])
        self.ingest = Ingest(self.store, self.inbox, clock)

    def take(self, rows: list[Posting]) -> None:
        self.inbox.put(self.inbox.start_run("one"), rows)
        self.ingest.drain()


SAMPLE = [name for name in PAIRS_BY_NAME if name.startswith(("nanny", "logo", "menage", "short"))]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    return lambda: tmp_path_factory.mktemp("store")


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(SAMPLE), min_size=2, max_size=7, unique=True), st.randoms(), st.integers(1, 9))
def test_any_order_and_any_batches_give_the_same_gigs(folders, names: list[str], random, size: int) -> None:
    rows = made_of(names)
    at_once = Fresh(folders(), Clock())
    at_once.take(rows)
    expected = groups_of(at_once.store)

    random.shuffle(rows)
    piecemeal = Fresh(folders(), Clock())
    for start in range(0, len(rows), size):
        piecemeal.take(rows[start : start + size])
    assert groups_of(piecemeal.store) == expected

    pure, _ = group_postings((row, normalize(row)) for row in rows)
    offers = {row.key for row in rows if normalize(row).kind == "offer"}
    by_key = frozenset(frozenset(":".join(key) for key in group.keys) for group in pure)
    assert {its for its in by_key if its & offers} == expected

    revision = piecemeal.store.revision()
    piecemeal.take(rows)
    piecemeal.ingest.renormalize()
    assert (groups_of(piecemeal.store), piecemeal.store.revision()) == (expected, revision)


NANNY = PAIRS_BY_NAME["nanny: cut"]


def nanny(name: str, external_id: str, **more: object) -> Posting:
    data = {"title": NANNY.a.title, "description": NANNY.a.description, "location": NANNY.a.location} | more
    return posting(name, external_id, **data)  # type: ignore[arg-type]


def test_copies_become_one_gig_and_part_when_the_text_changes(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("beta", nanny("beta", "1"))
    gig = gig_of(store, "alpha", "1")
    assert {source.board for source in gig.sources} == {"alpha", "beta"}
    run_board("beta", nanny("beta", "1", title="Paint our fence", description="Two coats of green paint. " * 5))
    assert [source.board for source in gig_of(store, "alpha", "1").sources] == ["alpha"]
    assert gig_of(store, "beta", "1").title == "Paint our fence"
    run_board("beta", nanny("beta", "1"))
    assert store.count_gigs() == 1
    moved = store.find(gig_id("beta", "1"), "operator")
    assert moved is not None
    assert moved.moved_to == gig_id("alpha", "1")


def test_closing_one_source_keeps_the_gig_open(store: Store, run_board: RunBoard) -> None:
    other = posting("alpha", "2", title="Wash my car")
    run_board("alpha", nanny("alpha", "1"), other, posting("alpha", "3", title="Carry my piano"))
    run_board("beta", nanny("beta", "1"))
    run_board("alpha", other, posting("alpha", "3", title="Carry my piano"))
    gig = gig_of(store, "alpha", "1")
    assert gig.status == "open"
    assert {source.board: source.status for source in gig.sources} == {"alpha": "closed", "beta": "open"}


def test_reasons_are_kept_with_the_tie(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("beta", nanny("beta", "1"))
    with store.database.reading() as connection:
        [row] = connection.execute(sa.select(schema.ties)).all()
    assert row.score == 1
    assert "same title" in row.reasons


def blanked(connection: sa.Connection, keys: list[Key]) -> dict[Key, StoredPosting]:
    return {key: blank(stored) for key, stored in postings.load(connection, keys).items()}


def test_a_blanked_posting_keeps_its_group(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("beta", nanny("beta", "1"))
    ingest.settle(partial(blanked, keys=[("beta", "1")]))
    ingest.renormalize()
    assert store.count_gigs() == 1
    store.set("dedupe", "rules of long ago")
    ingest.renormalize()
    assert store.count_gigs() == 1
    run_board("alpha", nanny("alpha", "9"))
    assert store.count_gigs() == 1


def test_a_blanked_posting_leaves_none_of_its_words_behind(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("beta", nanny("beta", "1", title="Help at home"))
    with store.database.reading() as connection:
        keys_before = connection.execute(sa.select(schema.keys)).all()
    ingest.settle(partial(blanked, keys=[("beta", "1")]))
    with store.database.reading() as connection:
        [left] = fingerprints.load(connection, [("beta", "1")]).values()
        keys_after = connection.execute(sa.select(schema.keys)).all()
    assert left.traits is not None
    assert not left.traits.words
    assert not left.traits.names
    assert keys_before
    assert not keys_after


def test_fingerprints_of_older_rules_hold_their_ties_until_a_rebuild(
    store: Store, ingest: Ingest, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("index.dedupe.traits.VERSION", -1)
        run_board("alpha", nanny("alpha", "1"))
        run_board("beta", nanny("beta", "1"))
        store.set("dedupe", "older")
    fingerprints.read_traits.cache_clear()
    run_board("beta", nanny("beta", "2"), complete=False)  # finds nobody that it can be compared with
    assert store.count_gigs() == 2
    assert {source.board for source in gig_of(store, "alpha", "1").sources} == {"alpha", "beta"}
    ingest.renormalize()
    assert store.count_gigs() == 1
    with store.database.reading() as connection:
        found = fingerprints.load(connection, [("alpha", "1"), ("beta", "1"), ("beta", "2")])
        held = connection.execute(sa.select(schema.keys.c.number, sa.func.count()).group_by(schema.keys.c.number)).all()
    assert all(one.traits is not None for one in found.values())
    assert {number for number, _ in held} == {one.number for one in found.values()}
    assert len({count for _, count in held}) == 1


def test_a_posting_that_is_no_offer_any_more_loses_its_fingerprint(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("alpha", posting("alpha", "1", title="SEEKING WORK: nanny looking for a family", description="For hire."))
    with store.database.reading() as connection:
        assert fingerprints.load(connection, [("alpha", "1")]) == {}
        assert connection.execute(sa.select(schema.keys)).all() == []


# --- people ---


def test_a_person_parts_and_no_rule_puts_together_again(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("beta", nanny("beta", "1"))
    gig = gig_of(store, "alpha", "1").id
    people.split(store, gig, "beta:1")
    assert not people.is_applied(store)
    assert people.apply_pending(ingest) == 1
    assert people.is_applied(store)
    assert store.count_gigs() == 2
    run_board("beta", nanny("beta", "1", tags=["children"]))
    ingest.renormalize()
    assert store.count_gigs() == 2
    told = people.explain(store, "alpha:1", "beta:1")
    assert (told.verdict.answer, told.one_gig, told.decided) == ("same", False, "split")
    people.join(store, "alpha:1", "beta:1")
    people.apply_pending(ingest)
    assert store.count_gigs() == 1


def test_a_person_joins_what_no_rule_would(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("beta", posting("beta", "1", title="Paint our fence"))
    people.join(store, gig_id("alpha", "1"), gig_id("beta", "1"))
    people.apply_pending(ingest)
    assert store.count_gigs() == 1
    ingest.renormalize()
    run_board("beta", posting("beta", "1", title="Paint our green fence"))
    assert store.count_gigs() == 1
    told = people.explain(store, "alpha:1", "beta:1")
    assert (told.verdict.answer, told.one_gig, told.decided) != ("same", False, None)


def test_what_people_parted_stays_apart_when_it_is_posted_again(
    store: Store, ingest: Ingest, run_board: RunBoard
) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("beta", nanny("beta", "1"))
    people.split(store, gig_of(store, "alpha", "1").id, "beta:1")
    people.apply_pending(ingest)
    run_board("beta", nanny("beta", "1"), nanny("beta", "2"))
    assert groups_of(store) == {frozenset({"alpha:1"}), frozenset({"beta:1", "beta:2"})}


def test_an_explanation_says_what_holds_a_gig_together(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("beta", nanny("beta", "1"))
    told = people.explain(store, "alpha:1", "beta:1")
    assert [line.partition(": ")[0] for line in told.why] == ["alpha:1", "beta:1"]
    assert "like beta:1: text 1.00" in told.why[0]
    ingest.settle(partial(blanked, keys=[("beta", "1")]))
    told = people.explain(store, "alpha:1", "beta:1")
    assert told.one_gig
    assert told.why[1].endswith("(its text is gone)")


def test_a_small_edit_does_not_part_a_gig_from_a_partner_whose_text_is_gone(
    store: Store, ingest: Ingest, run_board: RunBoard
) -> None:
    run_board("alpha", nanny("alpha", "1"))
    run_board("beta", nanny("beta", "1"))
    ingest.settle(partial(blanked, keys=[("alpha", "1")]))
    run_board("beta", nanny("beta", "1", description=f"{NANNY.a.description} Thank you!"))
    assert store.count_gigs() == 1
    run_board("beta", nanny("beta", "1", title="Paint our fence", description="Two coats of green paint. " * 5))
    assert store.count_gigs() == 2


def test_a_form_that_two_boards_link_to_makes_no_gig_of_two_works(store: Store, run_board: RunBoard) -> None:
    form = {"apply_url": "https://bigcorp.example/careers"}
    cook = "We need a cook for a busy kitchen, evenings and weekends, with a year at the grill. Meals are free."
    till = "A cashier for the gift shop in the arrivals hall, quick with numbers. Parking is paid, uniform given."
    run_board("alpha", posting("alpha", "1", title="Cook", description=cook, location="Boise, ID", **form))
    run_board("beta", posting("beta", "1", title="Cashier", description=till, location="Miami, FL", **form))
    assert store.count_gigs() == 2
    run_board("gamma", posting("gamma", "1", title="Line cook", description=cook, location="Boise, ID", **form))
    assert store.count_gigs() == 2


@pytest.mark.parametrize("name", ["nobody", "alpha:nothing"])
def test_unknown_names_are_said(store: Store, name: str) -> None:
    with pytest.raises(people.UnknownName, match=name):
        people.members(store, name)


# --- boilerplate ---


def test_boilerplate_is_learned_by_a_rebuild_and_only_there(store: Store, ingest: Ingest, run_board: RunBoard) -> None:
    notice = " ".join(f"Rule {word} of this board must be kept by everybody here." for word in "abcdefghijklmnopqrst")
    rows = [
        posting(
            "alpha", str(n), title=f"Task {chr(97 + n)}", description=f"Please do the thing {chr(97 + n)}. {notice}"
        )
        for n in range(25)
    ]
    run_board("alpha", *rows)
    with store.database.reading() as connection:
        assert fingerprints.load_boilerplate(connection) == {}
    ingest.renormalize()
    with store.database.reading() as connection:
        learned = fingerprints.load_boilerplate(connection)
    assert len(learned["alpha"]) == 20
    assert store.get("boilerplate") == "1"
    assert store.count_gigs() == 25
    revision = store.revision()
    ingest.renormalize()
    assert (store.get("boilerplate"), store.revision()) == ("1", revision)


# --- bounds, writers ---


def test_spam_is_counted_and_bounded(store: Store, run_board: RunBoard, ingest: Ingest) -> None:
    rows = [nanny("alpha", str(n)) for n in range(450)]
    run_board("alpha", *rows)
    assert counts(store, "alpha")["dedupe_capped"] > 400
    sizes = sorted(len(gig.sources) for gig in all_gigs(store))
    assert max(sizes) <= 200
    assert len(sizes) <= 12
    with store.database.reading() as connection:
        query = sa.select(sa.func.count()).select_from(schema.keys).group_by(schema.keys.c.key)
        assert max(connection.execute(query).scalars()) <= 32
    revision = store.revision()
    run_board("alpha", *rows)
    assert store.revision() == revision


def test_two_writers_end_in_one_state(
    store: Store, inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read before either writes; who comes second finds out and begins anew."""
    first, second = Ingest(store, inbox, clock), Ingest(store, inbox, clock)
    for one in (first, second):
        one.follow_terms()
    barrier = threading.Barrier(2, timeout=20)
    real = Families.gather
    waited = threading.local()

    def together(self, connection, changed, again=False):
        family = real(self, connection, changed, again)
        if not getattr(waited, "once", False):
            waited.once = True
            barrier.wait()
        return family

    monkeypatch.setattr(Families, "gather", together)

    def bring(ingest: Ingest, one: Posting) -> None:
        from index.ingest import Sighting

        ingest._ingest({(one.board, one.external_id): Sighting(one, clock(), "run")}, last_rule=0)

    threads = [
        threading.Thread(target=bring, args=(first, nanny("alpha", "1"))),
        threading.Thread(target=bring, args=(second, nanny("beta", "1"))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count_gigs() == 1
    assert {len(gig.sources) for gig in all_gigs(store)} == {2}


def test_a_person_may_think_again(store: Store, run_board: RunBoard, ingest: Ingest) -> None:
    """Joins a-b and b-c, parts c from the gig, and then wants a and c together all the same."""
    for name in ("alpha", "beta", "gamma"):
        run_board(name, posting(name, "1", f"Paint a fence in colour {name}"))
    people.join(store, "alpha:1", "beta:1")
    people.join(store, "beta:1", "gamma:1")
    people.apply_pending(ingest)
    people.split(store, gig_id("alpha", "1"), "gamma:1")
    people.apply_pending(ingest)
    assert groups_of(store) == {frozenset({"alpha:1", "beta:1"}), frozenset({"gamma:1"})}
    people.join(store, "alpha:1", "gamma:1")
    people.apply_pending(ingest)
    assert groups_of(store) == {frozenset({"alpha:1", "beta:1", "gamma:1"})}


def test_what_offers_no_work_has_no_gig_to_join(store: Store, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2", "[For Hire] I walk dogs, looking for clients"))
    with pytest.raises(people.UnknownName, match="no paid work"):
        people.join(store, "alpha:1", "alpha:2")
