"""The fixtures of tests/index, and an instance on the same data folder."""

from collections.abc import Iterator

import pytest

from index.instance import Instance
from index.settings import Settings
from tests.index.conftest import board, clock, inbox, ingest, run_board, settings, store

__all__ = ["clock", "inbox", "ingest", "instance", "run_board", "settings", "store"]


@pytest.fixture
def instance(settings: Settings) -> Iterator[Instance]:
    instance = Instance(settings, [board("alpha"), board("beta"), board("gamma", "link_only"), board("delta", "none")])
    yield instance
    instance.close()
