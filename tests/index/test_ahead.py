"""Reading ahead in other processes changes nothing but the time it takes."""

import os
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psutil
import pytest

from index import ahead, ingest
from index.ahead import Id, Learned, ReadAhead
from index.dedupe.keys import keys_of
from index.dedupe.traits import pack, traits_of
from index.ingest import Ingest
from index.normalize import normalize
from index.posting import Posting
from index.settings import Settings
from index.store import fingerprints
from index.store.boards import declare
from index.store.inbox import Inbox
from index.store.store import Store
from tests.index.conftest import Clock, board, posting
from tests.index.dedupe_pairs import PAIRS_BY_NAME
from tests.index.test_dedupe_store import groups_of, made_of

DAY = date(2026, 3, 2)
LEARNED = Learned(b"secret", None, {})


@pytest.fixture(scope="module")
def reading() -> Iterator[ReadAhead]:
    reading = ReadAhead(1)
    yield reading
    reading.close()


def known_by(one: Posting) -> Id:
    return one.board, one.external_id, one.content_hash(), DAY


def test_the_same_gigs_and_fingerprints(reading: ReadAhead) -> None:
    rows = [pair.b.model_copy(update={"external_id": name}) for name, pair in PAIRS_BY_NAME.items()][::9]
    rows += [posting("alpha", "1", title="SEEKING WORK: nanny", description="For hire.")]
    reading.begin([(known_by(row), row) for row in rows], LEARNED)
    answers = [reading._tasks[known_by(row)].answers for row in rows]
    for answer in answers:  # or those that nobody began with would be left to us
        answer.result(60)
    for row in rows:
        gig = normalize(row, DAY)
        assert reading.gig(known_by(row)) == gig
        traits = traits_of(row, gig, (), b"secret")
        found = reading.fingerprint(known_by(row))
        if gig.kind == "offer":
            assert found is not None
            assert (found.packed, found.keys) == (pack(traits), keys_of(traits, b"secret"))
        else:
            assert found is None
    assert reading.gig(known_by(rows[0])) is None


def test_what_was_not_asked_for_is_given_up(reading: ReadAhead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "KEPT", 5)
    rows = [posting("alpha", str(number)) for number in range(12)]
    for row in rows:
        reading.begin([(known_by(row), row)], LEARNED)
    assert reading.gig(known_by(rows[0])) is None
    assert len(reading._tasks) <= 5


def test_ingest_with_it_ends_in_the_same_state(tmp_path: Path, reading: ReadAhead) -> None:
    rows = made_of([name for name in PAIRS_BY_NAME if name.startswith(("nanny", "logo", "short"))])
    states = []
    for name, helper in (("without", None), ("with", reading)):
        store, inbox = Store.open(Settings(data=tmp_path / name)), Inbox.open(Settings(data=tmp_path / name))
        declare(store.database, [board("one"), board("two")])
        inbox.put(inbox.start_run("one"), rows)
        ingest = Ingest(store, inbox, Clock(), helper)
        while ingest.step(5):
            if helper is not None:
                for task in list(helper._tasks.values()):
                    task.answers.exception(60)
        with store.database.reading() as connection:
            packed = fingerprints.load(connection, [(row.board, row.external_id) for row in rows])
        states.append((groups_of(store), {key: one.traits is None for key, one in packed.items()}))
        inbox.close()
        store.close()
    assert states[0] == states[1]


def test_a_reader_that_dies_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_here = []
    monkeypatch.setattr(ingest, "normalize", lambda *given: read_here.append(given[0].key) or normalize(*given))
    store, inbox = Store.open(Settings(data=tmp_path)), Inbox.open(Settings(data=tmp_path))
    declare(store.database, [board("alpha")])
    helper = ReadAhead(1)
    ingest_ = Ingest(store, inbox, Clock(), helper)
    inbox.put(inbox.start_run("alpha"), [posting("alpha", str(number)) for number in range(30)])
    ingest_.step(10)
    [child] = [one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())][-1:]
    os.kill(child.pid, signal.SIGKILL)
    ingest_.drain()
    helper.close()
    assert store.count_gigs() == 30
    assert read_here
    inbox.close()
    store.close()
