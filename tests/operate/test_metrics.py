"""The numbers that an instance tells of itself."""

import re
import shutil

from index.instance import Instance
from index.lease import Lease, is_held
from index.metrics import collect
from index.settings import Settings
from index.store.inbox import Inbox
from tests.index.conftest import RunBoard, posting


def numbers(instance: Instance) -> dict[str, float]:
    """`name{label=value}` to its value."""
    return {
        metric.name + "".join(f"{{{key}={label}}}" for key, label in sorted(labels.items())): value
        for metric in collect(instance)
        for labels, value in metric.samples
    }


def test_numbers_of_an_instance(instance: Instance, run_board: RunBoard, inbox: Inbox) -> None:
    run_board("alpha", posting("alpha", "1"), posting("alpha", "2"))
    run_board("alpha", posting("alpha", "1"))
    with instance.working("test") as worker:
        worker.drain()
        inbox.put(inbox.start_run("beta"), [posting("beta", "1")])
        found = numbers(instance)
        assert found["gigdex_worker_running"] == 1
    wanted = {
        "gigdex_gigs{status=open}": 1, "gigdex_gigs{status=closed}": 1, "gigdex_gigs{status=deleted}": 0,
        "gigdex_postings{board=alpha}{status=open}": 1, "gigdex_inbox_postings": 1, "gigdex_engine_ready": 1,
        "gigdex_engine_lag_revisions": 0, "gigdex_revision": 3, "gigdex_board_enabled{board=alpha}": 1,
        "gigdex_board_last_run_healthy{board=alpha}": 1, "gigdex_board_last_run_postings{board=alpha}": 1,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted
    assert instance.settings.database_url or found["gigdex_data_bytes{part=store}"] > 10_000
    assert numbers(instance)["gigdex_worker_running"] == 0


def test_names_and_kinds_suit_prometheus(instance: Instance) -> None:
    names = [metric.name for metric in collect(instance)]
    assert len(set(names)) == len(names)
    for metric in collect(instance):
        assert re.fullmatch(r"gigdex_[a-z_]+", metric.name)
        assert metric.type in ("gauge", "counter")
        assert metric.help.endswith(".")
        assert all(isinstance(value, float) for _, value in metric.samples)


def test_without_an_index_its_numbers_are_missing_and_the_rest_is_there(
    instance: Instance, run_board: RunBoard, settings: Settings
) -> None:
    run_board("alpha", posting("alpha", "1"))
    shutil.rmtree(settings.data / "engine", ignore_errors=True)
    found = numbers(instance)
    assert found["gigdex_engine_ready"] == 0
    assert "gigdex_engine_lag_revisions" not in found
    assert found["gigdex_gigs{status=open}"] == 1


def test_asking_for_the_lease_takes_it_from_nobody(settings: Settings) -> None:
    assert not is_held(settings.data)
    with Lease(settings.data, "gigdex up"):
        assert is_held(settings.data)
    assert not is_held(settings.data)
    Lease(settings.data, "gigdex work").take()
