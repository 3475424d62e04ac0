"""/boards: where gigs come from."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from index.store.boards import BoardState
from index.terms import BoardTerms
from search_api.deps import ServicesDep, no_parameters
from search_api.problems import responses

router = APIRouter(tags=["boards"])


class RunItem(BaseModel):
    """The last crawl of a board."""

    started_at: datetime = Field(description="ISO 8601, UTC")
    finished_at: datetime | None = Field(description="ISO 8601, UTC; null while it runs")
    complete: bool = Field(description="every page was fetched and read")
    outcome: str = Field(description="one word: finished, failed, cancelled, lost")
    counts: dict[str, int] = Field(description="what it met, by kind")


class BoardItem(BaseModel):
    """A board with its terms and health."""

    id: str = Field(description="what the filter `board` takes")
    name: str = Field(description="for people")
    homepage: str = Field(description="the board's own address")
    shape: str = Field(description="how it is read: json_api, feed, sitemap_jobposting, forum_thread...")
    country: str | None = Field(description="ISO 3166-1 alpha-2 of a one-country board")
    sample: bool = Field(description="a made-up board")
    enabled: bool = Field(description="whether it is crawled here")
    off_reason: str | None = Field(description="why it is off")
    open_gigs: int = Field(description="open gigs with a posting on this board")
    healthy: bool | None = Field(description="whether its crawls go well; null before the first")
    state: Literal["off", "new", "healthy", "degraded", "failing"] = Field(
        description="how reading it goes: degraded when a field fell or a page was missed, failing when nothing came "
        "or much less than usual; new before the first crawl"
    )
    fresh: bool = Field(description="false while nothing of it is shown, for it was read less often than its terms ask")
    since: datetime | None = Field(description="since when it is healthy, degraded or failing, ISO 8601, UTC")
    why: str | None = Field(description="what is wrong, in words: why it is off, what fails or fell")
    last_run: RunItem | None = Field(description="the last crawl; null before the first")
    terms: BoardTerms = Field(description="what its owner permits, with the evidence")


class BoardList(BaseModel):
    """All boards."""

    items: list[BoardItem] = Field(description="by id")


def board_item(state: BoardState, public: bool = False) -> BoardItem:
    """`public`: without what is only for the operator."""
    run = state.last_run
    return BoardItem(
        **state.info.model_dump(include={"id", "name", "homepage", "shape", "country", "sample"}),
        enabled=state.enabled,
        off_reason=state.off_reason,
        open_gigs=state.open_gigs,
        healthy=state.healthy,
        state=state.state,
        fresh=state.fresh,
        since=state.reading.since if state.enabled else None,
        why=state.why(public),
        last_run=run
        and RunItem(
            started_at=run.started_at,
            finished_at=run.finished_at,
            complete=run.complete,
            outcome=run.outcome,
            counts=run.counts,
        ),
        terms=state.info.terms,
    )


@router.get(
    "/boards",
    summary="Boards",
    response_model=BoardList,
    responses=responses(422),
    dependencies=[Depends(no_parameters)],
)
def list_boards(request: Request, services: ServicesDep) -> BoardList:
    """All boards that are declared, on or off, with terms and health."""
    public = not request.state.operator
    return BoardList(items=[board_item(state, public) for state in services.store.boards()])
