"""What has to be forgotten is gone from everything that is stored, and stays gone."""

import string

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from index import forget
from index.forget import REMOVED, BadPattern, Rule, find, make_rule, remember
from index.gig import gig_id
from index.ingest import Ingest
from index.instance import Instance
from index.posting import Posting
from index.settings import Settings
from index.store import schema
from index.store.inbox import Inbox
from index.store.store import Store
from index.terms import OPERATOR
from tests.index.conftest import Clock, RunBoard, posting
from tests.run_gigdex import gigdex, variables

NAME = "Jane Doe"
MAIL = "jane.doe@example.org"


def rule(text: str, regex: bool = False) -> Rule:
    """A rule without a store."""
    if regex:
        return Rule("regex", text)
    words = [forget._fold(word) for word in forget._WORD.findall(text)]
    joined = " ".join(words)
    return Rule("text", forget.hash_of(joined, b"key"), len(words), len(joined), b"key")


def everything(settings: Settings) -> bytes:
    """Every byte of the data folder: databases with their free pages and logs, the engine's segments; every row of a
    database elsewhere, whose files are its own."""
    found = [path.read_bytes() for path in settings.data.rglob("*") if path.is_file()]
    if settings.database_url:
        engine = sa.create_engine(settings.database_url)
        with engine.connect() as connection:
            for table in (*schema.store.sorted_tables, *schema.inbox.sorted_tables):
                found += [repr(row).encode() for row in connection.execute(sa.select(table))]
        engine.dispose()
    return b"\n".join(found).lower()


def erase(instance: Instance, pattern: str, regex: bool = False) -> int:
    number = remember(instance.store, make_rule(instance.store, pattern, regex))
    with instance.working("test") as worker:
        worker.forget()
    changed = forget.applied(instance.store, number)
    assert changed is not None
    return changed


def gig_of(store: Store, board: str, external_id: str):
    found = store.find(gig_id(board, external_id), OPERATOR)
    assert found is not None
    return found.gig


# --- a rule on a text ---


@pytest.mark.parametrize(
    "text",
    ["Call Jane Doe.", "JANE  DOE", "Jane-Doe", "<b>Jane</b> <i>Doe</i>", "Jane&nbsp;Doe", "jane_doe", "jane%20doe",
     "x Jane\nDoe y", "<a href='mailto:jane.doe@x.example'>me</a>", "Ask Jane, Doe"],
)  # fmt: skip
def test_words_are_found_however_they_are_written(text: str) -> None:
    one = rule(NAME)
    assert one.finds(text)
    cleaned = one.remove(text)
    assert REMOVED in cleaned
    assert not one.finds(cleaned)
    assert one.remove(cleaned) == cleaned


@pytest.mark.parametrize(
    "text", ["Jane Doering", "Mary-Jane, and then Doe", "Doe Jane", "Jane", "", REMOVED, "janedoe"]
)
def test_other_words_are_left_alone(text: str) -> None:
    assert not rule(NAME).finds(text)
    assert rule(NAME).remove(text) == text


def test_a_telephone_number_is_found_in_any_grouping() -> None:
    one = rule("+1 555 0100")
    assert one.remove("ring 1-555-0100 or (1) 555.0100!") == f"ring {REMOVED} or ({REMOVED}!"


def test_the_text_around_stays() -> None:
    assert rule(NAME).remove("<p>Ask <b>Jane Doe</b> at ten.</p>") == f"<p>Ask <b>{REMOVED}</b> at ten.</p>"


def test_a_regular_expression() -> None:
    one = rule(r"[\w.]+@example\.org", regex=True)
    assert one.remove(f"mail {MAIL.upper()} today") == f"mail {REMOVED} today"
    assert one.remove("mail bob&#64;example.org") == f"mail {REMOVED}"


@given(
    st.text(string.ascii_letters + " .,-<>/&;é_\n", max_size=60), st.text(string.ascii_letters + " <>/", max_size=30)
)
def test_nothing_is_found_after_removing(before: str, after: str) -> None:
    one = rule(NAME)
    cleaned = one.remove(f"{before} Jane <b>Doe</b> {after}")
    assert not one.spans(cleaned)
    assert not one.spans(forget.plain_text(cleaned))


@pytest.mark.parametrize("pattern", ["", "!?", "x " * 51])
def test_a_text_without_words_is_refused(store: Store, pattern: str) -> None:
    with pytest.raises(BadPattern, match="words"):
        make_rule(store, pattern)


@pytest.mark.parametrize("pattern", ["(", ".*", r"\w+", "removed", "x?"])
def test_a_regular_expression_that_says_nothing_is_refused(store: Store, pattern: str) -> None:
    with pytest.raises(BadPattern, match="regular expression"):
        make_rule(store, pattern, regex=True)


# --- a rule on a posting ---


def test_every_field_is_cleaned() -> None:
    its = posting(
        "alpha", "1", title=f"Help {NAME} move", organization=NAME, location=f"c/o {NAME}", tags=["moving", NAME],
        pay={"text": f"$20, {NAME} pays"}, extra={"contact": {"mail": MAIL, NAME: [1, None, NAME]}},
        url="https://alpha.example/u/jane-doe/1", apply_url=f"mailto:{MAIL}", description=f"I am <b>{NAME}</b>.",
    )  # fmt: skip
    kept = rule(NAME).redact(its)
    assert kept is not None
    assert "jane" not in kept.model_dump_json().lower()
    assert (kept.key, kept.url, kept.apply_url) == ("alpha:1", "https://alpha.example/", None)
    assert (kept.title, kept.tags) == (f"Help {REMOVED} move", ["moving", REMOVED])
    assert kept.description == f"I am <b>{REMOVED}</b>."
    assert rule(NAME).redact(kept) is kept


def test_a_posting_without_it_is_left_as_it_is() -> None:
    its = posting("alpha", "1")
    assert rule(NAME).redact(its) is its


def test_a_posting_whose_own_id_has_it_is_not_kept() -> None:
    assert rule(NAME).redact(posting("alpha", "jane-doe-7")) is None


# --- a rule on an instance ---

DESCRIPTION = f"<p>Two walks a day. Ask <b>{NAME}</b>, {MAIL}.</p>"


def test_it_is_gone_from_every_file_and_stays_gone(
    instance: Instance, settings: Settings, store: Store, inbox: Inbox, run_board: RunBoard
) -> None:
    hers = posting("alpha", "1", title="Walk the dog of Jane Doe, $20", description=DESCRIPTION)
    run_board("alpha", hers, posting("alpha", "2"))
    inbox.put(inbox.start_run("beta"), [posting("beta", "1", description=DESCRIPTION)])
    with instance.working("test") as worker:
        worker.follower.catch_up()
    assert b"jane" in everything(settings)
    assert {match.posting for match in find(store, inbox, make_rule(store, NAME))} == {"alpha:1", "beta:1"}
    revision = store.revision()

    assert erase(instance, NAME) == 2
    left = everything(settings)
    assert b"jane" not in left, "neither in a free page nor in a log, nor in the engine"
    gig = gig_of(store, "alpha", "1")
    assert gig.title == f"Walk the dog of {REMOVED}, $20"
    assert gig.description == f"Two walks a day. Ask {REMOVED}, {REMOVED}@example.org."
    assert store.revision() > revision, "readers follow"
    assert instance.lag() == 0
    assert list(find(store, inbox, make_rule(store, NAME))) == []

    revision = store.revision()
    run_board("alpha", hers, posting("alpha", "2"))  # the board still shows it
    assert gig_of(store, "alpha", "1").title == gig.title
    assert gig_of(store, "beta", "1").description == gig.description
    assert store.revision() == revision + 1, "beta's new gig, and nothing of alpha's"


def test_it_stays_forgotten_in_a_new_process(
    instance: Instance, settings: Settings, run_board: RunBoard, clock: Clock
) -> None:
    erase(instance, NAME)
    other = Instance(settings, [])
    run = other.inbox.start_run("alpha")
    other.inbox.put(run, [posting("alpha", "9", description=DESCRIPTION), posting("alpha", "jane-doe")])
    other.inbox.finish_run(run, True, "finished", {}, None)
    with other.working("test") as worker:
        worker.drain()
    assert REMOVED in gig_of(other.store, "alpha", "9").description
    assert other.store.find(gig_id("alpha", "jane-doe"), OPERATOR) is None
    [state] = [one for one in other.store.boards() if one.info.id == "alpha"]
    assert state.last_run is not None
    assert state.last_run.counts["forgotten"] == 1
    other.close()


def test_a_posting_that_goes_leaves_its_gig_to_the_others(
    instance: Instance, store: Store, run_board: RunBoard, settings: Settings
) -> None:
    link = "https://jobs.example/7"
    run_board("alpha", posting("alpha", "jane-doe", url=link), posting("alpha", "jane-doe-2"))
    run_board("beta", posting("beta", "1", url=link))
    assert erase(instance, NAME) == 2
    gig = gig_of(store, "alpha", "jane-doe")
    assert [source.board for source in gig.sources] == ["beta"]
    assert gig_of(store, "alpha", "jane-doe-2") is None
    assert b"jane" not in everything(settings)


def test_a_gig_that_turned_out_to_be_no_offer_is_cleaned_too(
    instance: Instance, store: Store, run_board: RunBoard, settings: Settings
) -> None:
    run_board("alpha", posting("alpha", "1", title="Walk the dog of Jane Doe, $20"))
    run_board("alpha", posting("alpha", "1", title="SEEKING WORK: nanny", description="I am looking for work."))
    assert gig_of(store, "alpha", "1") is None
    erase(instance, NAME)
    assert b"jane" not in everything(settings)


def test_rules_add_up_in_the_same_order_everywhere(instance: Instance, store: Store, run_board: RunBoard) -> None:
    hers = posting("alpha", "1", description=DESCRIPTION)
    run_board("alpha", hers)
    erase(instance, NAME)
    erase(instance, r"\S+@example\.org", regex=True)
    revision = store.revision()
    run_board("alpha", hers)
    assert store.revision() == revision
    assert "example.org" not in gig_of(store, "alpha", "1").description


def test_a_crash_in_the_middle_is_gone_through_again(
    instance: Instance, store: Store, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    run_board("alpha", posting("alpha", "jane-doe", url="https://jobs.example/7"))
    run_board("beta", posting("beta", "1", url="https://jobs.example/7", description=DESCRIPTION))
    number = remember(store, make_rule(store, NAME))
    for step in ("_clean_gigs", "_clean_batch"):
        with monkeypatch.context() as patch:
            patch.setattr(forget, step, lambda *_: 1 / 0)
            with instance.working("test") as worker, pytest.raises(ZeroDivisionError):
                worker.forget()
        assert forget.applied(store, number) is None
    with instance.working("test") as worker:
        worker.step()  # whoever works next does it
    assert forget.applied(store, number) is not None
    assert forget.pending(store) == []
    assert b"jane" not in everything(settings)


def test_plain_text_is_not_kept_and_a_regular_expression_is(instance: Instance, settings: Settings) -> None:
    erase(instance, NAME)
    assert b"jane" not in everything(settings)
    erase(instance, "jane.{1,5}doe", regex=True)
    assert b"jane.{1,5}doe" in everything(settings)


def test_a_posting_that_can_not_be_cleaned_is_not_stored(
    ingest: Ingest, store: Store, run_board: RunBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Rule.redact

    def redact(self: Rule, its: Posting) -> Posting | None:
        if its.external_id == "bad":
            raise RecursionError
        return real(self, its)

    remember(store, make_rule(store, NAME))
    monkeypatch.setattr(Rule, "redact", redact)
    run_board("alpha", posting("alpha", "bad", description=DESCRIPTION), posting("alpha", "2"))
    assert store.count_gigs() == 1
    with store.database.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM postings")).scalar() == 1


# --- the command ---


def test_the_command_lists_asks_and_erases(instance: Instance, settings: Settings, run_board: RunBoard) -> None:
    run_board("alpha", posting("alpha", "1", description=DESCRIPTION))
    asked = gigdex(settings.data, "forget", NAME, **variables(settings))
    assert asked.returncode == 1
    assert "alpha:1 description:" in asked.stdout
    assert "nothing was erased" in asked.stderr
    assert forget.rules(instance.store) == []
    done = gigdex(settings.data, "forget", NAME, "--yes", **variables(settings))
    assert done.returncode == 0, done.stderr
    assert "1 posting changed" in done.stderr
    assert b"jane" not in everything(settings)
    bad = gigdex(settings.data, "forget", "(", "--regex", "--yes", **variables(settings))
    assert (bad.returncode, "no regular expression" in bad.stderr) == (2, True)


def test_the_command_leaves_the_work_to_whoever_has_the_lease(
    instance: Instance, settings: Settings, run_board: RunBoard
) -> None:
    import threading

    run_board("alpha", posting("alpha", "1", description=DESCRIPTION))
    stop = threading.Event()
    with instance.working("gigdex up") as worker:
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        try:
            done = gigdex(settings.data, "forget", NAME, "--yes", **variables(settings))
        finally:
            stop.set()
            thread.join()
    assert done.returncode == 0, done.stderr
    assert "`gigdex up` (process" in done.stderr
    assert gig_of(instance.store, "alpha", "1").description.count(REMOVED) == 2
