"""The files for Docker, as far as they can be checked without one: their schemas, their lint, and what they name."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

import gigdex
from index.settings import Settings
from tests.run_gigdex import ROOT

COMPOSE = sorted(ROOT.glob("docker-compose*.yml"))
BIN = Path(sys.executable).parent
OWN = {"gigdex", "sample", "api", "worker", "schedule"}
"""Services of ours."""
ADDRESS = re.compile(r"\$\{(\w+):[?-]")


def services(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = YAML(typ="safe").load(file)["services"]
    return found


def test_there_are_two() -> None:
    assert [file.name for file in COMPOSE] == ["docker-compose.single.yml", "docker-compose.yml"]


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)
def test_a_compose_file_follows_the_specification(file: Path) -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)
def test_what_a_compose_file_names_exists(file: Path) -> None:
    settings = {f"GIGDEX_{name.upper()}" for name in Settings.model_fields}
    commands = set(get_command(gigdex.app).commands)  # type: ignore[attr-defined]
    its = services(file)
    volumes = set(YAML(typ="safe").load(file)["volumes"])
    for name, service in its.items():
        assert "mem_limit" in service, name
        assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= volumes
        assert set(service.get("depends_on", ())) <= its.keys()
        if name in OWN:
            assert service["environment"].keys() <= settings
            assert service["command"][0] == "gigdex"
            assert service["command"][1] in commands
            assert service["build"] == "."
            assert "image" not in service, "services that build one image at the same time fail"
        if name not in {"worker", "schedule"}:  # these answer nobody
            assert "healthcheck" in service, name
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), "nothing is open to the world by accident"


def test_the_example_of_settings_is_complete() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named == {name for file in COMPOSE for name in ADDRESS.findall(file.read_text())}
    assert not any(line.partition("=")[2] for line in lines if "PASSWORD=" in line), "no password is everybody's"


def test_passwords_must_be_set() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("POSTGRES_PASSWORD", "ELASTIC_PASSWORD"):
        found = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert found
        assert all(rest.startswith(":?") for rest in found)


def test_the_dockerfile_passes_its_lint() -> None:
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_without_rights_and_gets_all_it_needs() -> None:
    text = (ROOT / "Dockerfile").read_text()
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d*$", last, re.MULTILINE)
    assert "COPY --from=build" in last
    copied = {name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE) for name in line.split()}
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert copied == {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)
