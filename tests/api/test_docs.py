"""docs/api.md names every route and every filter."""

import pkgutil
from importlib import import_module
from pathlib import Path

from fastapi.routing import APIRoute

import search_api.routes
from index.query import SearchQuery
from tests.api.conftest import Client

DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_route_is_documented(client: Client) -> None:
    modules = [
        import_module(f"search_api.routes.{module.name}") for module in pkgutil.iter_modules(search_api.routes.__path__)
    ]
    paths = {route.path for module in modules for route in module.router.routes if isinstance(route, APIRoute)}
    assert paths >= set(client.get("/openapi.json").json()["paths"]) | {"/", "/gig/{gig_id}", "/boards.html"}
    assert [path for path in sorted({*paths, "/openapi.json"}) if f"`{path}`" not in DOCS] == []


def test_every_filter_is_documented() -> None:
    assert [name for name in SearchQuery.model_fields if f"`{name}`" not in DOCS] == []
