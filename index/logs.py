"""Logs: lines on stderr, for people or (GIGDEX_LOG_FORMAT=json) one JSON object a line, never with a secret in them.

Secrets are masked in the finished line, tracebacks included, so that no caller has to think of it: values of settings
that are secret, whatever their form, and what looks like one: a password in an address, a `key=...` in a query, an
Authorization header.
"""

import json
import logging
import os
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from index.settings import Settings

CHATTY = ("alembic", "scrapy", "twisted", "uvicorn", "httpx", "httpcore", "filelock")
"""Other people's loggers that tell what they do; their warnings are kept."""
SILENT = ("elastic_transport", "elasticsearch")
"""They warn once a second while a node is away; we say so ourselves."""
MASK = "***"
SHORTEST = 6
"""Characters of a secret that is masked wherever it stands; a shorter one would take half the words with it."""

_NAMES = r"[\w-]*(?:key|token|secret|passw(?:or)?d|pwd|signature|credential|session)[\w-]*|auth|sig|sid"
_PATTERNS = (
    # https://user:password@host
    (re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    # Authorization: Bearer x, Basic x
    (re.compile(r"\b(Bearer|Basic|ApiKey|Token)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    # ?key=x, &api_key=x; "password": "x"; token: x
    (re.compile(rf"(?<![\w-])({_NAMES})(=|\"?'?\s*[:=]\s*[\"'])(?!{re.escape(MASK)})[^\s&\"',;#)]+", re.IGNORECASE),
     rf"\1\2{MASK}"),
    # webhook secrets (Standard Webhooks)
    (re.compile(r"\bwhsec_[\w+/=-]+"), f"whsec_{MASK}"),
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class Masker:
    """Replaces secrets in text."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        long = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, long))) if long else None

    def __call__(self, text: str) -> str:
        if self._known:
            text = self._known.sub(MASK, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text


class TextFormatter(logging.Formatter):
    """One line for people (more with a traceback)."""

    def __init__(self, mask: Masker) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._mask = mask

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's own name
        """On one line: what a board says must not look like a line of ours."""
        return _CONTROL.sub(lambda match: repr(match.group())[1:-1], super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        return self._mask(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, what the caller gave as `extra`, exception."""

    def __init__(self, mask: Masker) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._mask(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD and not name.startswith("_"):
                line[name] = value if isinstance(value, int | float | bool | None) else self._mask(str(value))
        if record.exc_info:
            line["exception"] = self._mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def configure(settings: Settings | None = None, stream: TextIO | None = None) -> None:
    """Send the logs of this process to `stream`, stderr by default, in the form that the settings ask for. Without
    settings (they can't be read) the defaults count. Calling it again replaces what was configured before."""
    mask = Masker(secrets_of(settings))
    wanted_json = settings is not None and settings.log_format == "json"
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(mask) if wanted_json else TextFormatter(mask))
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, "gigdex", False)]:
        root.removeHandler(old)
    handler.gigdex = True  # type: ignore[attr-defined]  # marks ours among handlers of others, such as pytest's
    root.addHandler(handler)
    root.setLevel((settings.log_level if settings else "info").upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def secrets_of(settings: Settings | None) -> tuple[str, ...]:
    """The secret values of the settings, and of the environment's GIGDEX_ variables that are named like secrets."""
    found = [
        value
        for name, value in os.environ.items()
        if name.startswith("GIGDEX_") and re.fullmatch(_NAMES, name, re.IGNORECASE)
    ]
    if settings is not None:
        for name in type(settings).model_fields:
            value = getattr(settings, name)
            if isinstance(value, SecretStr):
                found.append(value.get_secret_value())
        if settings.database_url:
            with suppress(ArgumentError):
                found.append(make_url(settings.database_url).password or "")
    return tuple(found)
