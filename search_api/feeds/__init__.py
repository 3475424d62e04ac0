"""Feeds: a search in the formats of other programs. One file a format; its DIALECT is found by itself."""

import pkgutil
from functools import cache
from importlib import import_module

from search_api.feeds.base import Dialect


@cache
def dialects() -> dict[str, Dialect]:
    """All formats by name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    found = [module.DIALECT for module in modules if hasattr(module, "DIALECT")]
    return {dialect.name: dialect for dialect in sorted(found, key=lambda one: one.name)}
