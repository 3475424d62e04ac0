"""What /openapi.json promises of saved searches holds, whatever is sent (the rest: tests/api/test_schemathesis.py)."""

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
            checks = (check for its in event.recorder.checks.values() for check in its)
            failures = [(check.name, check.failure_info) for check in checks if check.failure_info]
            wrong += [f"{name}: {one.failure}\n{one.code_sample[:500]}" for name, one in failures]
    assert not wrong, "\n\n".join(dict.fromkeys(wrong))
    assert {
        "POST /saved-searches",
        "PATCH /saved-searches/{search_id}",
        "GET /saved-searches/{search_id}/feed",
    } <= asked
