"""Keys of boards: environment variables GIGDEX_KEY_..., which never reach a message, a page or the store."""

import os
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from crawlers.row import BadPage
from index.settings import KEYS as PREFIX


class NoKey(BadPage):
    """A board's key is not set, so its pages can't be asked; the message names the variable."""


def variable(name: str) -> str:
    """The environment variable of a key: adzuna_app_id -> GIGDEX_KEY_ADZUNA_APP_ID."""
    return PREFIX + name.upper()


def key(name: str) -> str:
    """A key's value. Raises NoKey."""
    value = os.environ.get(variable(name), "").strip()
    if not value:
        raise NoKey(f"{variable(name)} is not set")
    return value


def missing(names: Iterable[str]) -> list[str]:
    """The variables that are not set."""
    return [variable(name) for name in names if not os.environ.get(variable(name), "").strip()]


def unclaimed(claimed: Iterable[str]) -> list[str]:
    """Variables that are set and that no board asks for: most likely misspelt."""
    known = {variable(name) for name in claimed}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def without_keys(text: str, names: Iterable[str]) -> str:
    """The text with keys masked, as they are and as addresses write them."""
    for name in names:
        value = os.environ.get(variable(name), "").strip()
        for written in {value, quote(value, safe=""), quote_plus(value)} - {""}:
            text = text.replace(written, "KEY")
    return text
