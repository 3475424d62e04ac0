"""A newcomer's first minutes: fresh clone, `make run`, gigs on the page; then the memory of an idle `gigdex up`.

Uses the package cache of this machine; run it twice for the figures with a warm one. Without a network the sample
boards answer, as they would for the newcomer.

    python -m benchmarks.first_run
"""

import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
GIGS = 250


def total(address: str) -> int:
    with urllib.request.urlopen(f"{address}/gigs") as answer:
        found: int = json.load(answer)["total"]
        return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "gigdex"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        environment = os.environ | {"GIGDEX_DATA": f"{folder}/data", "GIGDEX_PORT": "0"}
        started = time.perf_counter()
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            assert process.stderr is not None
            line = next(line for line in process.stderr if "Gigdex is at http" in line)
            address = line.split(" at ")[1].split()[0]
            print(f"- address printed after {time.perf_counter() - started:.0f} s")
            while total(address) == 0:
                time.sleep(0.2)
            print(f"- first gigs after {time.perf_counter() - started:.0f} s")
            while total(address) < GIGS:
                time.sleep(0.2)
            print(f"- {GIGS} gigs after {time.perf_counter() - started:.0f} s")
            time.sleep(30)
            family = psutil.Process(process.pid).children(recursive=True)
            up = max(family, key=lambda one: one.memory_info().rss)
            print(f"- `gigdex up`, idle with {total(address)} gigs: {up.memory_info().rss >> 20} MB resident")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate()


if __name__ == "__main__":
    main()
