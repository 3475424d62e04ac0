"""/suggest: what the search field offers while one types. The page works without it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from index.suggest import complete
from search_api.deps import PageChannel, ServicesDep
from search_api.problems import Problem

router = APIRouter(include_in_schema=False)


class SuggestionItem(BaseModel):
    """One completion of what was typed."""

    q: str = Field(description="what to search for")
    gigs: int = Field(description="open gigs that it finds")


class Suggestions(BaseModel):
    suggestions: list[SuggestionItem]


@router.get("/suggest")
def suggest(
    request: Request, services: ServicesDep, channel: PageChannel, q: Annotated[str, Query(max_length=200)] = ""
) -> Suggestions:
    """At most 8 completions of the last word of `q`, most gigs first."""
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if name != "q":
            raise Problem(422, "unknown parameter; known is q", parameter=name[:80])
    if len(names) > 1:
        raise Problem(422, "given twice", parameter="q")
    found = complete(services.search, q, channel, services.clock())
    return Suggestions(suggestions=[SuggestionItem(q=item.q, gigs=item.gigs) for item in found])
