"""A loopback server with scripted answers, and the crawl of it: run as a program it is the crawling process."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
Script = Callable[[str, int], Answer]
"""(path, how many requests for this path came before) -> status, headers, body."""


class Dripping(bytes):
    """A body that is sent a byte at a time, five a second."""


class Loopback:
    """One host. `requests` lists the paths in the order in which they were asked."""

    def __init__(self, script: Script) -> None:
        self.requests: list[str] = []
        self.agents: set[str] = set()
        self.sent: list[tuple[str, str]] = []
        """(header Authorization, body) of each request."""
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                loopback.sent.append((self.headers.get("Authorization", ""), body))
                before = loopback.requests.count(self.path)
                loopback.requests.append(self.path)
                loopback.agents.add(self.headers.get("User-Agent", ""))
                status, headers, body = script(self.path, before)
                if status == 0:  # no answer at all
                    self.connection.close()
                    return
                with suppress(ConnectionError):  # the crawler may have given up by now
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    pieces = [bytes((byte,)) for byte in body] if isinstance(body, Dripping) else [body]
                    for piece in pieces:
                        self.wfile.write(piece)
                        if piece is not body:
                            time.sleep(0.2)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def crawl_all(plan: list[dict[str, Any]]) -> None:
    """Crawl each scenario `{id, kind, url, bounds, class, source}` as a board of its own, here; events to stdout."""
    from dataclasses import asdict

    from crawlers.parse import readers
    from crawlers.run import run_here

    known = readers()
    spiders = []
    for scenario in plan:
        base = known[scenario["kind"]]
        bounds = {"delay_s": 0, "expect_min": 0, "sample": scenario.get("sample", False)} | scenario.get("bounds", {})
        board = base.board.model_copy(update={"id": scenario["id"]} | bounds)
        if "source" in scenario:
            spiders.append(base.declared(board, scenario["source"]))  # type: ignore[attr-defined]  # of a kind
            continue
        body = {"board": board, "base_url": scenario["url"]} | scenario.get("class", {})
        spiders.append(type("Scenario", (base,), body))
    confirmed = [scenario["id"] for scenario in plan if scenario.get("confirmed", True)]
    overrides = {"BACKOFF_FIRST_S": 0.02, "BACKOFF_PATIENCE_S": 2, "GIGDEX_CONFIRMED": confirmed}
    run_here(spiders, lambda progress: print(json.dumps(asdict(progress)), flush=True), overrides)


def crawl_samples(boards: list[str], environment: dict[str, str]) -> None:
    """Crawl sample boards in this process, as the child of a fork server: starting Python anew takes longer than these
    crawls."""
    os.environ.update(environment)
    from crawlers.board import spiders_of
    from crawlers.run import SAMPLE_SPIDERS, run_here

    spiders = spiders_of(SAMPLE_SPIDERS)
    run_here([spiders[board] for board in boards], lambda progress: None)


if __name__ == "__main__":
    crawl_all(json.load(sys.stdin))
