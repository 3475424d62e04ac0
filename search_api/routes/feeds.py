"""/feeds/{format}: a search in the formats of other programs."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from index.query import SearchQuery
from search_api.deps import Base, FeedChannel, ServicesDep
from search_api.export import Feed, dialect_of
from search_api.feeds import dialects
from search_api.partners import permitted
from search_api.problems import Problem, responses
from search_api.routes.gigs import query_parameters
from search_api.streaming import send

router = APIRouter(tags=["feeds"])

CONTENT = {
    dialect.media_type: {"schema": {"type": "object" if dialect.media_type.endswith("+json") else "string"}}
    for dialect in dialects().values()
}


@router.get(
    "/feeds/{format}",
    summary="A search as a feed",
    response_class=Response,
    responses={
        200: {"description": "The feed", "content": CONTENT},
        501: {"description": "A package for this format isn't installed here"},
        **responses(404, 422, 503),
    },
    openapi_extra={"parameters": query_parameters(*SearchQuery.model_fields)},
)
def get_feed(
    format: Annotated[str, Path(description=", ".join(dialects()), json_schema_extra={"enum": [*dialects()]})],
    request: Request,
    services: ServicesDep,
    channel: FeedChannel,
    base: Base,
) -> Response:
    """All gigs that fit the filters, in one of these formats. `xml`, `ndjson`, `csv` and `parquet` are complete, and
    refuse `limit` and `cursor`; `rss`, `atom` and `jsonfeed` link to their next page."""
    if format not in dialects():
        raise Problem(404, f"there is no feed of this format; there are: {', '.join(dialects())}")
    dialect = dialect_of(format)
    if dialect.missing:
        raise Problem(501, dialect.missing)
    query = permitted(request, SearchQuery.from_params(request.query_params.multi_items()))
    feed = Feed(dialect, query, channel, base, services.clock(), services.search, services.stream)
    name = None if dialect.paged else f"gigs.{format}"
    return send(request, feed.pieces, dialect.media_type, feed.validators(feed.state()), name)
