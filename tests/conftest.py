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


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """A running Elasticsearch: the one that GIGDEX_TEST_ELASTICSEARCH_URL names, or one started here.

    Tests that use it are in the group "elasticsearch", so that one process of pytest-xdist runs them all.
    """
    if url := os.environ.get(elasticsearch.URL):
        yield url
        return
    if reason := elasticsearch.missing():
        pytest.skip(f"{reason}: {elasticsearch.HOW}")
    server = elasticsearch.Server()
    try:
        yield server.start().url
    finally:
        server.close()
