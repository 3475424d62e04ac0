"""Which addresses a webhook may reach: nothing inside the operator's network, whatever a name resolves to.

The name is resolved once, and the address that was looked at is the one that is connected to, so that a second answer
of its owner's name server (DNS rebinding) changes nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = frozenset({443, 8443})
EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""NAT64 (RFC 6052) and the deprecated compatible form (RFC 4291): the last 32 bits are an IPv4 address."""
OTHERS = (
    ipaddress.ip_network("168.63.129.16/32"),  # Azure's inner service, a public address by its looks
    ipaddress.ip_network("192.0.0.0/24"),  # protocol assignments (RFC 6890)
    ipaddress.ip_network("192.88.99.0/24"),  # 6to4 relays (RFC 7526)
    ipaddress.ip_network("64:ff9b:1::/48"),  # NAT64 of a network's own (RFC 8215)
    ipaddress.ip_network("fec0::/10"),  # site-local (RFC 3879)
)

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Allowed = frozenset[tuple[str, int]]
"""Hosts and ports that the operator permits past all of this (GIGDEX_WEBHOOK_ALLOW)."""


class Forbidden(ValueError):
    """An address that no webhook may have; the message is one line."""


@dataclass(frozen=True)
class Target:
    """A webhook's address, taken apart."""

    host: str
    port: int
    tls: bool
    path: str
    """With its query."""
    allowed: bool
    """The operator permits it, whatever it is."""

    @property
    def authority(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def target(url: str, allowed: Allowed) -> Target:
    """What the address says, without resolving it. Raises Forbidden."""
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > 2_000:
        raise Forbidden("it is no web address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Forbidden("it is no web address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Forbidden("it is no web address that begins with https")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("it must not hold a user name or a password")
    port = port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Target(host, port, parts.scheme == "https", path, (host, port) in allowed)
    if not found.allowed:
        if not found.tls:
            raise Forbidden("it has to begin with https")
        if port not in PORTS:
            raise Forbidden("its port has to be 443 or 8443")
    return found


def resolve(where: Target) -> str:
    """The address to connect to. Raises Forbidden when any of the name's addresses is none of the public internet, and
    OSError when it has none."""
    found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    if not where.allowed:
        for address in addresses:
            if not is_public(address):
                raise Forbidden("its name leads to an address that is not of the public internet")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also the one that it wraps."""
    ip: IPAddress = ipaddress.ip_address(address.partition("%")[0])
    return all(_is_public(one) for one in (ip, *_wrapped(ip)))


def _is_public(ip: IPAddress) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in OTHERS if net.version == ip.version)


def _wrapped(ip: IPAddress) -> list[IPAddress]:
    """IPv4 addresses that an IPv6 address stands for."""
    if ip.version == 4:
        return []
    assert isinstance(ip, ipaddress.IPv6Address)
    found: list[IPAddress | None] = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in net for net in EMBEDDING):
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [one for one in found if one is not None]
