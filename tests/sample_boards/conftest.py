"""One server for the tests of this folder."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crawlers.sample_boards.server import SampleServer, SampleSite

NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)


@pytest.fixture(scope="session")
def server() -> Iterator[SampleServer]:
    with SampleServer(0, now=NOW, slow_s=0) as running:
        yield running


@pytest.fixture(scope="session")
def site(server: SampleServer) -> SampleSite:
    return server.site
