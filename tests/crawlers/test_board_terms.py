"""Terms as code: each board opens what the evidence says and nothing else, and says why when it is off."""

from datetime import date
from typing import Any

import pytest

from crawlers.board import boards
from crawlers.parse import readers
from index.settings import Settings
from index.terms import CHANNELS

ALL = "full full full full full"
PAGE = "full none none none none"
LINK = "link_only none none none none"

ON = {
    "adzuna": PAGE,
    "clinicaltrials": LINK,
    "empllo": PAGE,
    "francetravail": PAGE,
    "github": LINK,
    "hackernews": LINK,
    "himalayas": PAGE,
    "jobicy": PAGE,
    "jobtech": ALL,
    "jooble": PAGE,
    "lever": LINK,
    "mpsv": ALL,
    "nav": PAGE,
    "remoteok": PAGE,
    "remotive": PAGE,
    "solidjobs": LINK,
    "usajobs": ALL,
}
"""Levels of the channels page, api, feed, mail and jsonld of the boards that evidence lets us read."""
KEYED = {"adzuna", "francetravail", "jooble", "usajobs", "reed", "reddit", "themuse"}
DUTIES: dict[str, Any] = {
    "remotive": {"no_email_wall"},
    "empllo": {"no_email_wall"},
    "adzuna": {"label", "purge_at_end"},
    "themuse": {"no_logo", "purge_at_end"},
    "jobtech": {"no_personal_names"},
    "ted": {"no_personal_names"},
    "remoteok": {"follow_link", "no_logo"},
    "jobicy": {"apply_link_unchanged"},
    "nav": {"delete_at_once", "apply_link_unchanged"},
    "francetravail": {"delete_at_once", "refresh_daily", "apply_link_unchanged"},
    "hackernews": {"delete_at_once"},
    "github": {"delete_at_once", "no_personal_names"},
    "usajobs": {"no_logo"},
}
INTERVALS = {
    "remotive": 6 * 3600,  # at most four calls a day
    "jobicy": 3600,
    "himalayas": 24 * 3600,  # the data is refreshed once a day
    "adzuna": 20 * 1080,  # a run's twenty requests, of 2,500 a month
    "mpsv": 24 * 3600,
    "solidjobs": 3600,
}
BARRED = {
    "remotive": {"Google Jobs", "Jooble", "Neuvoo", "LinkedIn Jobs"},
    "empllo": {"Google Jobs", "Jooble", "Neuvoo", "LinkedIn Jobs"},
    "jobicy": {"Google Jobs", "LinkedIn", "Jooble"},
    "himalayas": {"Google Jobs", "LinkedIn", "Jooble"},
    "remoteok": {"Google Jobs"},
}


def test_these_and_no_others_are_on_by_their_terms() -> None:
    assert {name for name, spider in boards().items() if spider.board.terms.off is None} == set(ON)


@pytest.mark.parametrize(("board", "levels"), ON.items())
def test_channels(board: str, levels: str) -> None:
    terms = boards()[board].board.terms
    assert " ".join(getattr(terms.channels, channel) for channel in CHANNELS) == levels


def test_a_board_that_is_off_opens_no_channel_but_says_why_and_what_to_ask() -> None:
    off = {name: spider.board.terms for name, spider in boards().items() if spider.board.terms.off}
    assert len(off) >= 20
    for name, terms in off.items():
        assert {getattr(terms.channels, channel) for channel in CHANNELS[1:]} == {"none"}, name
        assert terms.channels.page == "link_only", name
        assert terms.off, name
        assert terms.ask, name


def test_a_board_that_is_on_needs_to_ask_nobody() -> None:
    assert not [name for name in ON if boards()[name].board.terms.ask]


def test_evidence_names_a_document_and_a_day() -> None:
    for name, spider in boards().items():
        for evidence in spider.board.terms.evidence:
            assert len(evidence.what) > 5, name
            assert date(2012, 1, 1) < evidence.read <= date.today(), name  # noqa: DTZ011 - a day is enough
            assert len(evidence.says) > 5, name


@pytest.mark.parametrize(("board", "duties"), DUTIES.items())
def test_duties(board: str, duties: set[str]) -> None:
    assert duties <= set(boards()[board].board.terms.duties)


@pytest.mark.parametrize(("board", "seconds"), INTERVALS.items())
def test_intervals(board: str, seconds: int) -> None:
    assert boards()[board].board.terms.min_interval_s >= seconds


@pytest.mark.parametrize(("board", "partners"), BARRED.items())
def test_barred_partners(board: str, partners: set[str]) -> None:
    assert set(boards()[board].board.terms.barred) == partners
    assert boards()[board].board.terms.channels.jsonld == "none"


@pytest.mark.parametrize(
    ("board", "hours"), [("francetravail", 24), ("nav", 24), ("freelancer", 24), ("clinicaltrials", 48)]
)
def test_freshness_duties(board: str, hours: int) -> None:
    """A board that is paused past this is not shown."""
    assert boards()[board].board.terms.max_age_s == hours * 3600


# Keys.


def test_a_board_without_its_keys_is_off_and_says_which(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGDEX_KEY_JOOBLE", "secret")
    monkeypatch.delenv("GIGDEX_KEY_ADZUNA_APP_ID", raising=False)
    monkeypatch.setenv("GIGDEX_KEY_ADZUNA_APP_KEY", "  ")
    found = boards(Settings(data=tmp_path))
    reason = "it needs GIGDEX_KEY_ADZUNA_APP_ID and GIGDEX_KEY_ADZUNA_APP_KEY; get them at https://developer.adzuna.com"
    assert found["adzuna"].board.terms.off == reason
    assert found["jooble"].board.terms.off is None
    assert boards()["adzuna"].board.terms.off is None, "the declaration itself stays as it is"


def test_boards_with_keys_say_where_to_get_them() -> None:
    keyed = {name: spider.board for name, spider in boards().items() if spider.board.keys}
    assert set(keyed) == KEYED
    assert all((board.key_from or "").startswith("https://") for board in keyed.values())


def test_a_key_of_no_board_is_told(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GIGDEX_KEY_ADZUNNA", "secret")
    boards(Settings(data=tmp_path))
    assert "GIGDEX_KEY_ADZUNNA is set, but no board asks for it" in caplog.text
    assert "secret" not in caplog.text


# People.

NAMED = {
    "jobtech": "Påhittad",
    "francetravail": "Inventée",
    "mpsv": "Vymyšlená",
    "github": "somebody",
    "reddit": "somebody",
    "jobspresso": "dc:creator",
    "euremotejobs": "Somebody",
}
"""Boards, and a made-up person whom their fixtures name."""


@pytest.mark.parametrize(("board", "name"), NAMED.items())
def test_people_are_not_taken(board: str, name: str) -> None:
    from tests.crawlers.test_board_fixtures import FIXTURES

    (response,) = (FIXTURES / board).glob("response.*")
    assert name in response.read_text()
    assert name not in (FIXTURES / board / "expected.json").read_text()
    assert board in readers()
