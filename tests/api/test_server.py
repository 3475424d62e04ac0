"""Serving: the address that was taken, a port in use, a stop."""

import os
import signal
import socket
import threading
import urllib.request

import pytest
from fastapi import FastAPI

from search_api.server import CantListen, listen, serve


def test_it_serves_on_a_free_port_until_a_signal() -> None:
    app = FastAPI()

    @app.get("/")
    def hello() -> str:
        return "hello"

    seen: list[str] = []
    readers: list[threading.Thread] = []

    def read(address: str) -> None:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                seen.append(answer.read().decode())
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    def ready(address: str) -> None:
        seen.append(address)
        readers.append(threading.Thread(target=read, args=(address,)))
        readers[0].start()

    before = signal.getsignal(signal.SIGTERM)
    serve(app, listen("127.0.0.1", 0), ready)
    readers[0].join()
    assert signal.getsignal(signal.SIGTERM) is before
    address, body = seen
    assert address.startswith("http://127.0.0.1:")
    assert not address.endswith(":0")
    assert body == '"hello"'


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CantListen, match=f"port {port}.*another program") as error:
            listen("127.0.0.1", port)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("host", ["203.0.113.77", "no such host", "::g"])
def test_an_address_that_is_not_ours(host: str) -> None:
    with pytest.raises(CantListen, match="GIGDEX_HOST"):
        listen(host, 0)
