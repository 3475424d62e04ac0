"""Shared fixtures."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests import elasticsearch, postgresql


@dataclass(frozen=True)
class Service:
    """A server that some tests need."""

    title: str
    left_out: Callable[..., str | None]
    """Why tests can't run here; None where they can. `own=True`: with servers that they start and kill."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real captured responses, which lies beside a checkout; tests that need it skip without it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("shared data is not here")
    return folder


SERVICES: dict[str, Service] = {
    "elasticsearch": Service("Elasticsearch", elasticsearch.left_out),
    "postgresql": Service("PostgreSQL", postgresql.left_out),
}
"""By the name of the mark that tests have which need one."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a service that is not here; `pytest_terminal_summary` says so once."""
    wanted, unwanted = [], []
    for item in items:
        out = any(
            service.left_out(own=bool(mark.kwargs.get("own")))
            for name, service in SERVICES.items()
            for mark in item.iter_markers(name)
        )
        (unwanted if out else wanted).append(item)
    if unwanted:
        items[:] = wanted
        config.hook.pytest_deselected(items=unwanted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for service in SERVICES.values():
        if reason := service.left_out():
            terminalreporter.write_line(f"Tests on {service.title} were left out: {reason}.", yellow=True)
        elif reason := service.left_out(own=True):
            line = f"Tests that need a {service.title} of their own were left out: {reason}."
            terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[elasticsearch.Server]:
    """An Elasticsearch started here, which may be killed, as long as it is started again.

    Tests that use it have the marks elasticsearch.OWN_MARKS.
    """
    server = elasticsearch.Server(hasty=True)
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture(scope="session")
def elasticsearch_url(request: pytest.FixtureRequest) -> str:
    """A running Elasticsearch: the one that GIGDEX_TEST_ELASTICSEARCH_URL names, or one started here.

    Tests that use it have the marks elasticsearch.MARKS.
    """
    url: str = os.environ.get(elasticsearch.URL) or request.getfixturevalue("elasticsearch_server").url
    return url


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[postgresql.Databases]:
    """Fresh databases on a running PostgreSQL: the one that GIGDEX_TEST_POSTGRESQL_URL names, or one started here.

    Tests that use it have the marks postgresql.MARKS.
    """
    if url := os.environ.get(postgresql.URL):
        databases = postgresql.Databases(url)
        yield databases
        databases.close()
        return
    server = postgresql.Server()
    try:
        yield postgresql.Databases(server.start().url)
    finally:
        server.close()


@pytest.fixture
def postgresql_url(postgresql_databases: postgresql.Databases) -> Iterator[str]:
    """A fresh database with Gigdex's tables. Connections that a test leaves open are closed, or psycopg would warn."""
    opened: list[Any] = []

    def remember(connection: Any, _record: object) -> None:
        opened.append(connection)

    url = postgresql_databases.fresh()
    sa.event.listen(sa.Pool, "connect", remember)
    yield url
    sa.event.remove(sa.Pool, "connect", remember)
    for connection in opened:
        connection.close()
    postgresql_databases.drop(url)
