"""Shared fixtures."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import elasticsearch


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real captured responses, which lies beside a checkout; tests that need it skip without it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("shared data is not here")
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs an Elasticsearch where none is; `pytest_terminal_summary` says so once."""
    wanted, unwanted = [], []
    for item in items:
        mark = item.get_closest_marker("elasticsearch")
        out = mark is not None and elasticsearch.left_out(own=bool(mark.kwargs.get("own")))
        (unwanted if out else wanted).append(item)
    if unwanted:
        items[:] = wanted
        config.hook.pytest_deselected(items=unwanted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if reason := elasticsearch.left_out():
        terminalreporter.write_line(f"Tests on Elasticsearch were left out: {reason}.", yellow=True)
    elif reason := elasticsearch.left_out(own=True):
        terminalreporter.write_line(f"Tests that kill or secure an Elasticsearch were left out: {reason}.", yellow=True)


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """A running Elasticsearch: the one that GIGDEX_TEST_ELASTICSEARCH_URL names, or one started here.

    Tests that use it have the marks elasticsearch.MARKS.
    """
    if url := os.environ.get(elasticsearch.URL):
        yield url
        return
    server = elasticsearch.Server()
    try:
        yield server.start().url
    finally:
        server.close()
