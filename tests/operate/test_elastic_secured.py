"""A cluster with passwords and a certificate of its own, as it should be run: API key, CA file, rights, refusals."""

import datetime as dt
import ipaddress
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from index.engine.base import EngineError
from index.engine.choice import Engines
from index.settings import Settings
from tests import elasticsearch
from tests.search.test_engine import doc

pytestmark = [*elasticsearch.OWN_MARKS, pytest.mark.slow, pytest.mark.timeout(400)]

RIGHTS = {
    "searching-and-writing": {
        "cluster": ["monitor", "manage_index_templates"],
        "indices": [{"names": ["gigs", "gigs-v*"], "privileges": ["read", "write", "monitor", "manage"]}],
    }
}
"""What docs/scaling.md says a key needs."""
READING = {
    "searching": {
        "cluster": ["monitor"],
        "indices": [{"names": ["gigs", "gigs-v*"], "privileges": ["read", "monitor", "view_index_metadata"]}],
    }
}


def certificate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gigdex tests")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM), private


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address with the administrator's password, and the CA file."""
    made = certificate()
    file = tmp_path_factory.mktemp("ca") / "ca.crt"
    file.write_bytes(made[0])
    server = elasticsearch.Server(certificate=made, hasty=True)
    try:
        url = server.start().url
        yield url.replace("://", f"://{elasticsearch.ADMIN}:{elasticsearch.PASSWORD}@"), file
    finally:
        server.close()


def settings(tmp_path: Path, url: str, ca: Path | None, key: str | None = None) -> Settings:
    return Settings(
        data=tmp_path,
        elasticsearch_url=url,
        elasticsearch_ca_file=ca,
        elasticsearch_api_key=SecretStr(key) if key else None,
        elasticsearch_index="gigs",
    )


def api_key(administrator: Settings, rights: dict[str, object]) -> str:
    client = Engines(administrator).cluster.client()
    encoded: str = client.security.create_api_key(name=secrets.token_hex(4), role_descriptors=rights)["encoded"]
    client.close()
    return encoded


def test_keys_passwords_and_certificates(secured: tuple[str, Path], tmp_path: Path) -> None:
    url, ca = secured
    bare = url.replace(f"{elasticsearch.ADMIN}:{elasticsearch.PASSWORD}@", "")
    administrator = settings(tmp_path, url, ca)
    key, reading_key = api_key(administrator, RIGHTS), api_key(administrator, READING)

    writing = Engines(settings(tmp_path, bare, ca, key))
    for _ in range(2):  # the second takes the place of the first
        engine = writing.create()
        engine.write([], [doc(1), doc(2)], {1: 1, 2: 2})
        engine.publish()
        engine.close()
    engine = writing.open(writable=True)
    engine.write([1], [doc(3)], {1: 3, 3: 4})
    assert engine.size() == 2
    writing.discard(["gigs-v0-gone"])
    engine.close()

    reader = Engines(settings(tmp_path, bare, ca, reading_key)).open()
    reader.generation()
    assert reader.size() == 2
    assert reader.name
    with pytest.raises(EngineError, match="permits our key too little") as caught:
        Engines(settings(tmp_path, bare, ca, reading_key)).create()
    assert reading_key not in str(caught.value)
    reader.close()

    wrong = "d3JvbmcxMjM0NTY3ODkwOndyb25nMTIzNDU2Nzg5MDEy"
    for odd, why in (
        (settings(tmp_path, bare, ca, wrong), "doesn't accept our key"),
        (settings(tmp_path, bare, ca), "doesn't accept our key"),
        (settings(tmp_path, bare, None, key), "CA_FILE"),
        (settings(tmp_path, bare.replace("https", "http"), None, key), "can't be reached"),
    ):
        reader = Engines(odd).open()
        with pytest.raises(EngineError, match=why) as caught:
            reader.generation()
        assert key not in str(caught.value)
        assert wrong not in str(caught.value)
        reader.close()
