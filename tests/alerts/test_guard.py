"""No webhook reaches the operator's own network, however its address is written."""

import socket
from typing import Any

import pytest

from index.alerts import guard, webhook
from index.alerts.guard import Forbidden, is_public, resolve, target
from index.settings import BadSettings, Settings, load_settings

NOBODY: guard.Allowed = frozenset()

INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "fe80::1", "fe80::1%eth0", "fec0::1",
    "fc00::1", "fd00:ec2::254", "ff02::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_inner_addresses_and_what_wraps_them_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/", "ftp://receiver.example/", "//receiver.example/", "receiver.example", "",
        "https://", "https://receiver.example:22/", "https://receiver.example:80/", "https://receiver.example:99999/",
        "https://user:pass@receiver.example/", "https://user@127.0.0.1/", "https://receiver.example/\r\nHost: x",
        "https://receiver.example/ x", "https://receiver.example/\x7f",
        "https://exämple.example/", "file:///etc/passwd", "gopher://127.0.0.1:70/",
        "https://[::1/", "https://receiver.example/" + "a" * 2_000,
    ],
)  # fmt: skip
def test_only_plain_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(Forbidden):
        target(url, NOBODY)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://localhost/",
        "https://169.254.169.254/latest/meta-data/", "https://0/", "https://[fe80::1]:8443/",
    ],
)  # fmt: skip
def test_inner_addresses_are_refused_in_every_form(url: str) -> None:
    with pytest.raises(Forbidden, match="not of the public internet"):
        resolve(target(url, NOBODY))


def answers(*addresses: str) -> Any:
    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return getaddrinfo


def test_one_bad_answer_of_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("8.8.8.8", "10.0.0.1"))
    with pytest.raises(Forbidden):
        resolve(target("https://receiver.example/", NOBODY))


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: the name's second answer is an inner address, and nobody asks for it."""
    asked, connected = [], []

    def getaddrinfo(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        found: list[Any] = answers("8.8.8.8" if len(asked) == 1 else "127.0.0.1")(host, port)
        return found

    def create_connection(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise OSError("no net in tests")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(OSError, match="no net in tests"):
        webhook.post("https://receiver.example/hook", b"{}", {}, NOBODY)
    assert asked == ["receiver.example"]
    assert connected == [("8.8.8.8", 443)]


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = []

    def create_connection(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise OSError("no net in tests")

    monkeypatch.setattr(socket, "getaddrinfo", answers("8.8.8.8"))
    monkeypatch.setattr(socket, "create_connection", create_connection)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    with pytest.raises(OSError, match="no net in tests"):
        webhook.post("https://receiver.example/", b"{}", {}, NOBODY)
    assert connected == [("8.8.8.8", 443)]


def test_the_operator_permits_single_hosts_and_ports() -> None:
    allowed = Settings(webhook_allow="127.0.0.1:9000, [::1]:9001").allowed_receivers
    assert allowed == {("127.0.0.1", 9000), ("::1", 9001)}
    assert resolve(target("http://127.0.0.1:9000/hook", allowed)) == "127.0.0.1"
    for url in ("http://127.0.0.1:9002/hook", "http://localhost:9000/", "http://127.0.0.1/"):
        with pytest.raises(Forbidden):
            resolve(target(url, allowed))


def test_a_list_that_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGDEX_WEBHOOK_ALLOW", "http://127.0.0.1:9000")
    with pytest.raises(BadSettings, match=r"GIGDEX_WEBHOOK_ALLOW: 'http://127\.0\.0\.1:9000' is not HOST:PORT"):
        load_settings()
