"""Examples of answers for the API's description: made-up, and made of the same models as the answers."""

import json
from datetime import UTC, date, datetime
from typing import Any

from index.gig import Evidence, Gig, Pay, Source, Terms, gig_id
from index.query import SearchQuery
from index.search import Results
from index.store.boards import BoardState
from index.store.boards import Health as Reading
from index.store.runs import Run
from index.store.stream import Row
from index.stream import Change, ChangePage, Owner
from index.terms import BoardInfo, BoardTerms, ChannelLevels, TermsEvidence
from search_api.feeds import dialects
from search_api.feeds.base import Head
from search_api.present import FacetCounts, GigItem, PayStates, Shown, page_json
from search_api.routes.boards import BoardList, board_item
from search_api.routes.categories import list_categories
from search_api.routes.health import Health
from search_api.routes.saved_searches import ChannelIn, SavedSearchItem, SavedSearchList

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
PAY = Pay(
    status="stated", unit="hour", min=18, max=22, currency="EUR", usd_min=21.06, usd_max=25.74,
    rate_date=date(2026, 5, 1), usd_per_hour_min=21.06, usd_per_hour_max=25.74, basis="stated", media=["bank_transfer"],
)  # fmt: skip
GIG = Gig(
    id=gig_id("tasks", "4711"),
    seq=812,
    revision=1_733,
    title="Transcribe short interviews",
    description="Type out interviews of 30 minutes. Pay is 18 to 22 euros an hour. You need headphones.",
    description_html="<p>Type out interviews of 30 minutes. Pay is 18 to 22 euros an hour. You need headphones.</p>",
    language="en",
    organization="Papertrail Studio",
    category="transcription",
    categories=["transcription", "data_entry"],
    work_mode="online",
    pay=PAY,
    terms=Terms(equipment="own", duration_minutes=90),
    evidence={"pay": [Evidence(source="description", text="18 to 22 euros an hour", start=42, end=64)]},
    sources=[
        Source(
            board="tasks", external_id="4711", url="https://tasks.example/gigs/4711", organization="Papertrail Studio",
            pay=PAY, posted_at=NOW, first_seen=NOW, last_seen=NOW, attribution="Gigs by Tidy Tasks",
        )
    ],
    posted_at=NOW,
    first_seen=NOW,
    last_seen=NOW,
)  # fmt: skip
RESULTS = Results(
    order="relevance",
    total=1,
    facets={"category": {"transcription": 1}, "mode": {"online": 1}, "posted": {"24h": 1, "7d": 1, "30d": 1}},
    pay_states={"match": 1, "unknown": 0, "outside": 0},
    items=[GIG],
    next=None,
    limited=False,
)
BOARD = BoardState(
    BoardInfo(
        id="tasks",
        name="Tidy Tasks",
        homepage="https://tasks.example/",
        shape="json_api",
        terms=BoardTerms(
            attribution="Gigs by Tidy Tasks",
            min_interval_s=21_600,
            channels=ChannelLevels(page="full", api="full", feed="full"),
            duties=("follow_link",),
            evidence=(
                TermsEvidence(what="https://tasks.example/api", read=date(2026, 5, 1), says="free to list with a link"),
            ),
        ),
    ),
    enabled=True,
    off_reason=None,
    last_run=Run("r1", "tasks", NOW, NOW, True, "finished", {"postings": 120}, None),
    open_gigs=120,
    reading=Reading("healthy", NOW),
)
ROW = Row(
    812, GIG.id, 1_733, "open", NOW, None, None,
    GIG.model_dump_json(exclude_none=True, exclude={"seq": True, "revision": True, "last_seen": True}),
)  # fmt: skip
CURSOR = "q83vEjRWeJq83vEjAAAAAAAABsUAAAAAAAAAAA"
CHANGES = ChangePage(
    items=[
        Change(
            id=GIG.id, seq=812, revision=1_740, removed=True, removed_at=NOW, reason="filled", category="transcription",
            mode="online", countries=[],
        )
    ],
    next=CURSOR,
    more=False,
)  # fmt: skip
SNAPSHOT = "\n".join(
    (
        '{"snapshot":{"schema_version":1,"revision":1733,"cursor":"' + CURSOR + '","boards":[],"query":{}}}',
        ROW.json,
        '{"end":{"gigs":1}}',
        "",
    )
)
METRICS = """\
# HELP gigdex_gigs Gigs in the store that were not merged into others.
# TYPE gigdex_gigs gauge
gigdex_gigs{status="open"} 120
"""


SAVED = SavedSearchItem(
    id="9f2c51d0a7e84b36",
    query={"q": "transcribe", "mode": ["online"]},
    channel=ChannelIn(kind="webhook", url="https://receiver.example/gigs"),
    rhythm="instant",
    hour=8,
    zone="Europe/Berlin",
    state="active",
    created_at=NOW,
    last_week=12,
)


def item() -> GigItem:
    """A gig as /gigs/{gig_id} answers."""
    return Shown(GIG, "USD", NOW, {}).item()


def answers() -> dict[str, Any]:
    """An answer of status 200 for each path."""
    counts = FacetCounts(total=1, facets=RESULTS.facets, pay_states=PayStates(**RESULTS.pay_states))
    found = {
        "/gigs": page_json(RESULTS, SearchQuery(q="transcribe"), NOW),
        "/gigs/facets": counts,
        "/gigs/{gig_id}": item(),
        "/changes": CHANGES,
        "/categories": list_categories(),
        "/boards": BoardList(items=[board_item(BOARD)]),
        "/health/live": Health(status="live"),
        "/health/ready": Health(status="ready"),
        "/saved-searches": SavedSearchList(items=[SAVED]),
        "/saved-searches/{search_id}": SAVED,
    }
    return {path: model.model_dump(mode="json") for path, model in found.items()} | {
        "/metrics": METRICS,
        "/snapshot": SNAPSHOT,
    }


def feeds() -> dict[str, Any]:
    """A feed of one gig in each format, by media type. What isn't text is left to be downloaded."""
    owner = Owner(id="tasks", name="Tidy Tasks", homepage="https://tasks.example/", attribution="Gigs by Tidy Tasks")
    head = Head(
        title="Gigs: “transcribe” – Gigdex",
        base="https://gigdex.example",
        itself="https://gigdex.example/feeds/rss?q=transcribe",
        first="https://gigdex.example/feeds/rss?q=transcribe",
        search="https://gigdex.example/?q=transcribe",
        updated=NOW,
        owners=[owner],
    )
    found: dict[str, Any] = {}
    for dialect in dialects().values():
        if dialect.needs:
            found[dialect.media_type] = "PAR1..."
        else:
            text = b"".join(dialect.write(head, [ROW])).decode()
            found[dialect.media_type] = json.loads(text) if dialect.media_type.endswith("+json") else text
    return found


def describe(schema: dict[str, Any]) -> None:
    """Add the examples to an OpenAPI schema."""
    for path, example in answers().items():
        for media in schema["paths"][path]["get"]["responses"]["200"]["content"].values():
            media["example"] = example
    for media_type, example in feeds().items():
        schema["paths"]["/feeds/{format}"]["get"]["responses"]["200"]["content"][media_type]["example"] = example
