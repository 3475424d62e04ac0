"""What is announced to end is told by headers and on /docs, in time."""

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

import pytest

from search_api import deprecation
from search_api.deprecation import Deprecation
from tests.api.conftest import MakeClient

OLD = Deprecation(("/feeds/rss",), date(2027, 1, 1), date(2027, 7, 1), "rss ends: use atom")


def test_answers_say_that_they_will_end(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client()
    monkeypatch.setattr(deprecation, "DEPRECATIONS", (OLD,))
    first = client.get("/feeds/rss")
    for answer in (first, client.get("/feeds/rss", headers={"If-None-Match": first.headers["ETag"]})):
        assert int(answer.headers["Deprecation"].removeprefix("@")) == datetime(2027, 1, 1, tzinfo=UTC).timestamp()
        assert parsedate_to_datetime(answer.headers["Sunset"]) == datetime(2027, 7, 1, tzinfo=UTC)
        assert answer.headers["Link"] == '</docs#deprecated>; rel="deprecation"; type="text/html"'
        assert "Sunset" in answer.headers["Access-Control-Expose-Headers"]
    assert "Sunset" not in client.get("/feeds/atom").headers
    assert "2027-07-01: rss ends: use atom" in client.page("/docs").text


def test_nothing_is_announced_now(make_client: MakeClient) -> None:
    assert "Nothing is announced now." in make_client().page("/docs").text


def test_nothing_ends_sooner_than_promised() -> None:
    with pytest.raises(ValueError, match="180 days"):
        Deprecation(("/feeds/rss",), date(2027, 1, 1), date(2027, 6, 1), "rss ends")
