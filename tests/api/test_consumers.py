"""The examples of /docs, run as they stand there against a running server."""

import html
import queue
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.gig import Gig
from search_api.app import create_app
from search_api.consumers import EXAMPLES, fields
from search_api.server import listen, serve
from tests.api.conftest import Client, MakeClient

COMMANDS = {
    "curl": ["sh", "-e"],
    "Python": [sys.executable, "-"],
    "JavaScript": ["node", "--input-type=module", "-"],
}
NEEDS = {"curl": "curl", "Python": sys.executable, "JavaScript": "node"}
SAYS = {"curl": '<rss version="2.0"', "Python": "gigs", "JavaScript": "Gigs by Tidy Tasks"}


@pytest.fixture(scope="module")
def site(make_client: MakeClient) -> str:
    """Address of a running public instance; it ends with the process."""
    address: queue.Queue[str] = queue.Queue()
    app = create_app(make_client().services)
    threading.Thread(target=serve, args=(app, listen("127.0.0.1", 0), address.put), daemon=True).start()
    return address.get(timeout=30)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.language)
def test_the_examples_run(site: str, example: object, tmp_path: Path) -> None:
    language = example.language
    if shutil.which(NEEDS[language]) is None:
        pytest.skip(f"{NEEDS[language]} is not here")
    done = subprocess.run(
        COMMANDS[language],
        input=example.at(site),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert SAYS[language] in done.stdout
    if language == "curl":
        assert (tmp_path / "gigs.csv").read_text(encoding="utf-8").startswith("id,title,")


def test_the_page_has_the_examples_and_every_field(client: Client) -> None:
    page = client.page("/docs").text
    shown = [html.unescape(code) for code in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)]
    assert [code.strip() for code in shown] == [one.at("http://gigdex.example").strip() for one in EXAMPLES]
    for field in (*Gig.model_fields, "pay.usd_max", "places[].lat", "risk.signals[].why", "sources[].attribution"):
        if field != "last_seen":
            assert f"<code>{field}</code>" in page, field
    assert all(one.about and one.kind for one in fields(Gig))
