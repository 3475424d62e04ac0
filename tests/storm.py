"""A proxy before Elasticsearch that makes trouble: turns requests away, takes parts of a bulk only, loses answers."""

import http.client
import json
import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Storm:
    """`with Storm(port, seed) as proxy:`; while `on`, a share of the requests meets trouble, counted in `made`."""

    def __init__(self, port: int, seed: int = 1, share: float = 0.5) -> None:
        self.on = True
        self.share = share
        self.made: Counter[str] = Counter()
        self._rng = random.Random(seed)
        storm = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                trouble = storm._choose(self.path)
                if trouble in ("429", "503"):
                    storm._send(self, int(trouble), json.dumps({"error": {"type": "es_rejected_execution_exception"}}))
                    return
                refused: list[int] = []
                if trouble == "items":
                    body, refused = storm._take_part(body)
                status, kind, answer = storm._forward(port, self, body)
                if trouble == "lost":
                    self.close_connection = True
                    return
                if refused:
                    answer = storm._with_refused(answer, refused)
                storm._send(self, status, answer, kind)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815  # as the library calls them

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Storm":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _choose(self, path: str) -> str | None:
        is_bulk = "_bulk" in path
        if not self.on or not (is_bulk or "_msearch" in path) or self._rng.random() > self.share:
            return None
        trouble = self._rng.choice(["429", "503", "items", "items", "lost"] if is_bulk else ["429"])
        self.made[trouble] += 1
        return trouble

    def _take_part(self, body: bytes) -> tuple[bytes, list[int]]:
        """The operations that are let through, and the numbers of the others. A deletion has no second line."""
        lines = body.decode().splitlines()
        kept: list[str] = []
        refused: list[int] = []
        number = at = 0
        while at < len(lines):
            length = 1 if lines[at].startswith('{"delete"') else 2
            if self._rng.random() < 0.5 or (not kept and at + length >= len(lines)):  # never an empty request
                kept += lines[at : at + length]
            else:
                refused.append(number)
            at, number = at + length, number + 1
        return "".join(f"{line}\n" for line in kept).encode(), refused

    @staticmethod
    def _with_refused(answer: bytes, refused: list[int]) -> bytes:
        found: dict[str, Any] = json.loads(answer)
        error = {"type": "es_rejected_execution_exception", "reason": "a storm"}
        for number in refused:
            found["items"].insert(number, {"index": {"status": 429, "error": error}})
        return json.dumps(found).encode()

    @staticmethod
    def _forward(port: int, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {name: value for name, value in asked.headers.items() if name.lower() in ("content-type", "accept")}
        connection.request(asked.command, asked.path, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.headers.get("Content-Type", "application/json"), answer.read()
        connection.close()
        return found

    @staticmethod
    def _send(asked: BaseHTTPRequestHandler, status: int, body: str | bytes, kind: str = "application/json") -> None:
        data = body.encode() if isinstance(body, str) else body
        asked.send_response(status)
        asked.send_header("X-Elastic-Product", "Elasticsearch")
        asked.send_header("Content-Type", kind)
        asked.send_header("Content-Length", str(len(data)))
        asked.end_headers()
        if asked.command != "HEAD":
            asked.wfile.write(data)
