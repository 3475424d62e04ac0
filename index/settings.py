"""Settings: environment variables GIGDEX_..., each with a working default (docs/configuration.md lists them)."""

import ipaddress
import os
import re
import ssl
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import (
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict


class BadSettings(ValueError):
    """The environment holds a setting that can't work; the message names it."""


NO_SETTINGS = {"GIGDEX_TRACEBACK", "GIGDEX_SAMPLE_URL", "GIGDEX_MIRROR_KEY"}
"""Variables of ours that are for a fault, for our own child processes, or for `gigdex mirror`."""
KEYS = "GIGDEX_KEY_"
"""Begins variables with keys of boards (crawlers/keys.py)."""
FOR_TESTS = "GIGDEX_TEST_"
"""Begins variables that only our tests read."""


def _blank_is_unset(value: object) -> object:
    return None if value == "" else value


Days = Annotated[Annotated[int, Field(ge=1, le=36_500)] | None, BeforeValidator(_blank_is_unset)]
OptionalUrl = Annotated[HttpUrl | None, BeforeValidator(_blank_is_unset)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="GIGDEX_", frozen=True)

    data: Annotated[Path, BeforeValidator(lambda value: value or user_data_path("gigdex"))] = Field(
        default_factory=lambda: user_data_path("gigdex"), description="folder of all data"
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 picks a free one")
    processes: int = Field(
        1, ge=0, le=64, description="processes of `gigdex serve`, each with its own quotas; 0: one for each processor"
    )
    public_url: OptionalUrl = Field(
        None, description="address under which the world reaches this instance; unset means private"
    )
    database_url: Annotated[str | None, BeforeValidator(_blank_is_unset)] = Field(
        None, description="SQLAlchemy URL of the store; unset means SQLite in the data folder"
    )
    database_connections: int = Field(
        20, ge=2, le=1_000, description="connections of one process to a database server, for the store, at most"
    )
    elasticsearch_url: Annotated[str | None, BeforeValidator(_blank_is_unset)] = Field(
        None,
        description="addresses of Elasticsearch nodes, parted by commas, such as https://es1:9200,https://es2:9200; "
        "unset means the search index in the data folder",
    )
    elasticsearch_api_key: Annotated[SecretStr | None, BeforeValidator(_blank_is_unset)] = Field(
        None, description="API key for Elasticsearch, in its encoded form"
    )
    elasticsearch_ca_file: Annotated[Path | None, BeforeValidator(_blank_is_unset)] = Field(
        None, description="file of the certificates by which Elasticsearch is known; unset means the system's"
    )
    elasticsearch_index: str = Field(
        "gigdex", description="name of the search index in Elasticsearch (an alias); one for each store"
    )
    elasticsearch_shards: int = Field(
        1, ge=1, le=64, description="primary shards of a search index; a change takes a `gigdex rebuild`"
    )
    contact: str = Field("", description="mail address or page of the operator; goes into the crawler's user agent")
    alarm_webhook: OptionalUrl = Field(
        None, description="address that is told by POST with JSON when a board's state changes"
    )
    alarm_mail: Annotated[str | None, BeforeValidator(_blank_is_unset)] = Field(
        None, description="mail address that is told when a board's state changes; needs GIGDEX_SMTP_URL"
    )
    smtp_url: Annotated[SecretStr | None, BeforeValidator(_blank_is_unset)] = Field(
        None,
        description="mail server: smtp://USER:PASSWORD@HOST:587 (TLS where it offers it, always before a password) or "
        "smtps://USER:PASSWORD@HOST:465",
    )
    mail_from: Annotated[str | None, BeforeValidator(_blank_is_unset)] = Field(
        None, description="sender of mails; unset means the receiver's own address"
    )
    webhook_allow: str = Field(
        "",
        description="receivers of alerts inside your own network, HOST:PORT parted by commas; all others must be https "
        "on the public internet",
    )
    rate_limit: int = Field(
        300, ge=0, description="requests a minute that one client of a public instance may make; 0: any number"
    )
    admin_key: Annotated[SecretStr | None, BeforeValidator(_blank_is_unset)] = Field(
        None,
        min_length=16,
        description="operator's key, at least 16 characters: header `Authorization: Bearer KEY` shows what the boards' "
        "terms keep back",
    )

    keep_closed_days: Days = Field(
        180, description="days after which closed gigs and their postings are deleted; empty keeps them for ever"
    )
    keep_raw_days: Days = Field(
        90, description="days after which closed postings lose their text; empty keeps it as long as the gig"
    )
    log_format: Literal["text", "json"] = Field("text", description="form of the log lines on stderr: text or json")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="what is logged")

    @field_validator("elasticsearch_url")
    @classmethod
    def _nodes(cls, value: str | None) -> str | None:
        for part in nodes(value):
            url = urlsplit(part)
            try:
                sound = url.scheme in ("http", "https") and url.hostname and (url.port or 1)
            except ValueError:
                sound = False
            if not sound or url.query or url.fragment:
                raise ValueError("each address is https://HOST:PORT or http://HOST:PORT")
        if len({urlsplit(part).scheme for part in nodes(value)}) > 1:
            raise ValueError("either all addresses are https, or none is")
        return value if nodes(value) else None

    @field_validator("elasticsearch_api_key")
    @classmethod
    def _key(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None:
            _needs_url(info)
            if not re.fullmatch(r"[A-Za-z0-9+/_=-]{8,}", value.get_secret_value()):
                raise ValueError("it is not an encoded API key: letters, digits and + / _ - = only")
        return value

    @field_validator("elasticsearch_ca_file")
    @classmethod
    def _certificates(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None:
            _needs_url(info)
            if not str(info.data.get("elasticsearch_url")).startswith("https"):
                raise ValueError("certificates need an address that begins with https")
            try:
                ssl.create_default_context(cafile=str(value))
            except OSError as error:  # ssl.SSLError is one
                raise ValueError(f"there are no certificates in {value} ({error.strerror or error})") from None
        return value

    @field_validator("elasticsearch_index")
    @classmethod
    def _alias(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,99}", value) or re.search(r"-v[0-9]", value):
            raise ValueError("small letters, digits, - _ and . only, and no -v1 or the like")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            url = urlsplit(value.get_secret_value())
            try:
                sound = url.scheme in ("smtp", "smtps") and url.hostname and (url.port or 1) and url.path in ("", "/")
            except ValueError:
                sound = False
            if not sound:
                raise ValueError("it is smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT")
        return value

    @field_validator("webhook_allow")
    @classmethod
    def _receivers(cls, value: str) -> str:
        for part in filter(None, map(str.strip, value.split(","))):
            if not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^\s:/@\[\]]+):[0-9]{1,5}", part):
                raise ValueError(f"{part[:60]!r} is not HOST:PORT, such as 127.0.0.1:9000 or [::1]:9000")
        return value

    @field_validator("alarm_mail", "mail_from")
    @classmethod
    def _mailbox(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", value):
            raise ValueError("it is no mail address such as me@example.org")
        return value

    @model_validator(mode="after")
    def _mails_need_a_server(self) -> "Settings":
        if self.alarm_mail is not None and self.smtp_url is None:
            raise ValueError("GIGDEX_ALARM_MAIL: it needs GIGDEX_SMTP_URL, too")
        return self

    @cached_property
    def allowed_receivers(self) -> frozenset[tuple[str, int]]:
        """Of GIGDEX_WEBHOOK_ALLOW: hosts in small letters, without brackets, and ports."""
        parts = (part.strip().rpartition(":") for part in self.webhook_allow.split(",") if part.strip())
        return frozenset((host.strip("[]").lower(), int(port)) for host, _, port in parts)

    @cached_property
    def sends_mail(self) -> bool:
        """Whether alerts may go by mail: there is a server and, where strangers sign up, a sender."""
        return self.smtp_url is not None and (self.mail_from is not None or self.private)

    @property
    def home(self) -> str:
        """Address of this instance in links, without a slash at the end."""
        if self.public_url is not None:
            return str(self.public_url).rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @cached_property
    def private(self) -> bool:
        """Bound to loopback and without a public address: only the operator sees it, so no terms apply."""
        if self.public_url is not None:
            return False
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def for_sample(self) -> "Settings":
        """The same settings on the sample boards' own folder, so that made-up and real gigs never mix."""
        return self.model_copy(update={"data": self.data / "sample", "database_url": None, "elasticsearch_url": None})


def nodes(urls: str | None) -> list[str]:
    """The addresses of GIGDEX_ELASTICSEARCH_URL."""
    return [part.strip() for part in (urls or "").split(",") if part.strip()]


def _needs_url(info: ValidationInfo) -> None:
    if "elasticsearch_url" in info.data and not info.data["elasticsearch_url"]:
        raise ValueError("it needs GIGDEX_ELASTICSEARCH_URL, too")


def load_settings() -> Settings:
    """Settings from the environment. Raises BadSettings naming the variable that can't work, or that is unknown."""
    known = {f"GIGDEX_{name}".upper() for name in Settings.model_fields} | NO_SETTINGS
    for name in os.environ:
        if name.startswith("GIGDEX_") and not name.startswith((FOR_TESTS, KEYS)) and name not in known:
            raise BadSettings(f"{name}: there is no such setting; docs/configuration.md lists them")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "GIGDEX_" + "_".join(str(part) for part in first["loc"]).upper() + ": " if first["loc"] else ""
        raise BadSettings(f"{name}{first['msg'].removeprefix('Value error, ')}") from None
