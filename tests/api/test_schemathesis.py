"""What /openapi.json promises holds: schemathesis asks everything that it can think of, with all its checks."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.hooks import HookContext

from search_api.feeds import dialects
from tests.api.conftest import KEY, MakeClient

CONFIG = f"""
seed = 4
continue-on-failure = true
[generation]
max-examples = 8
database = "none"
[phases.stateful]
max-steps = 3
[[operations]]
include-path = "/metrics"
headers = {{ Authorization = "Bearer {KEY}" }}
[[operations]]
include-path-regex = "^/saved-searches"
enabled = false
"""
AFTER: list[str] = []
"""A cursor that /changes takes."""
COMPLETE = {name for name, dialect in dialects().items() if not dialect.paged}
POINT = re.compile(r"-?[0-9]{1,2}(\.[0-9]+)?,-?[0-9]{1,2}(\.[0-9]+)?")


def what_no_schema_can_say(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Valid values stay valid together: a place that exists, bounds in order, no cursor that was never given."""
    query = case.query
    if not query or case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    query.pop("cursor", None)
    if case.operation.path == "/changes":  # a cursor belongs to its filters
        query.clear()
        query["after"] = AFTER[-1]
    if case.operation.path == "/feeds/{format}" and case.path_parameters.get("format") in COMPLETE:
        for name in ("limit", "sort"):
            query.pop(name, None)
    distance = query.get("sort") == "distance"
    if ("near" in query and not POINT.fullmatch(str(query["near"]))) or (distance and "near" not in query):
        query["near"] = "Berlin"
    bounds = [float(query[name]) for name in ("pay_min", "pay_max") if query.get(name) not in (None, "")]
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        query["pay_min"], query["pay_max"] = query["pay_max"], query["pay_min"]


@pytest.fixture
def hook() -> Iterator[None]:
    schemathesis.hook("before_call")(what_no_schema_can_say)
    yield
    schemathesis.hooks.unregister(what_no_schema_can_say)


@pytest.mark.slow
@pytest.mark.usefixtures("hook")
def test_every_answer_is_as_promised(make_client: MakeClient) -> None:
    """Of a public instance; without a quota, which would answer 429 to almost all of this."""
    client = make_client(settings={"rate_limit": 0})
    app = client.app
    AFTER.append(json.loads(client.get("/snapshot").text.splitlines()[0])["snapshot"]["cursor"])
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=SchemathesisConfig.from_str(CONFIG))
    wrong, checks, asked = [], 0, set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong.append(str(event))
        if isinstance(event, events.ScenarioFinished):
            asked.add(event.recorder.label)
            for check in (check for its in event.recorder.checks.values() for check in its):
                checks += 1
                if check.failure_info:
                    wrong.append(f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample[:500]}")
    assert not wrong, "\n\n".join(dict.fromkeys(wrong))
    # Saved searches need a database, and what a query may hold no schema says: tests/alerts/test_promises.py.
    assert asked >= {f"GET {path}" for path in app.openapi()["paths"] if not path.startswith("/saved-searches")}
    assert checks > 1_000
