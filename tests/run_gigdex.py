"""Run the command line as a person does: a process of its own, with a data folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

from index.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment without anybody's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIGDEX_")}
    return kept | {"GIGDEX_DATA": str(data), "PYTHONPATH": str(ROOT), "COLUMNS": "160"} | more


def variables(settings: Settings) -> dict[str, str]:
    """Settings other than the data folder's, for a process that shall work on the same instance."""
    return {"GIGDEX_DATABASE_URL": settings.database_url} if settings.database_url else {}


def gigdex(
    data: Path, *arguments: str, stdin: str | bytes = b"", timeout: float = 120, **settings: str
) -> "subprocess.CompletedProcess[str]":
    """Run to the end. Output is text; bytes that are no UTF-8 come as surrogates."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "gigdex", *arguments],
        input=given,
        capture_output=True,
        env=environment(data, **settings),
        cwd=data.parent,
        timeout=timeout,
        check=False,
    )
    out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def start_gigdex(data: Path, *arguments: str, **settings: str) -> "subprocess.Popen[str]":
    """Start and leave running; stdout and stderr come as one stream of lines."""
    return subprocess.Popen(
        [sys.executable, "-m", "gigdex", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(data, **settings),
        cwd=data.parent,
    )
