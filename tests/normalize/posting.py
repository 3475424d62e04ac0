"""A made-up posting to start from."""

from datetime import UTC, datetime
from typing import Any

from index.posting import Posting


def posting(title: str = "Help wanted", description: str | None = None, **fields: Any) -> Posting:
    facts: dict[str, Any] = {
        "board": "example",
        "external_id": "1",
        "url": "https://jobs.example/1",
        "posted_at": datetime(2024, 5, 3, tzinfo=UTC),
    }
    return Posting.model_validate({**facts, "title": title, "description": description, **fields})
