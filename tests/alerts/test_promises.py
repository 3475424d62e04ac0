"""What /openapi.json promises of saved searches holds, whatever is sent (tests/api/test_schemathesis.py has the rest)."""

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.alerts.test_routes import HOOK, MakeWorld, engine, make_world
from tests.index.conftest import only_sqlite

__all__ = ["engine", "make_world"]

CONFIG = """
seed = 4
continue-on-failure = true
headers = {{ Authorization = "Bearer {key}" }}
[generation]
max-examples = 10
database = "none"
[phases.stateful]
max-steps = 3
[checks.positive_data_acceptance]
enabled = false  # what a query and an address may be, no schema says
[checks.ignored_auth]
enabled = false  # saving the first search needs no key
[checks.allow_header_conformance]
enabled = false  # `key` might be a search's id, to the router
"""


@pytest.mark.slow
@only_sqlite
def test_every_answer_is_as_promised(make_world: MakeWorld) -> None:
    world = make_world()
    key = world.save(HOOK).json()["key"]
    config = SchemathesisConfig.from_str(CONFIG.format(key=key))
    schema = schemathesis.openapi.from_asgi("/openapi.json", world.client.app, config=config)
    wrong, asked = [], set()
    for event in from_schema(schema.include(path_regex="^/saved-searches")).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong.append(str(event))
        if isinstance(event, events.ScenarioFinished):
            asked.add(event.recorder.label)
            for check in (check for its in event.recorder.checks.values() for check in its):
                if check.failure_info:
                    wrong.append(f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample[:500]}")
    assert not wrong, "\n\n".join(dict.fromkeys(wrong))
    assert {"POST /saved-searches", "PATCH /saved-searches/{search_id}", "GET /saved-searches/{search_id}/feed"} <= asked
