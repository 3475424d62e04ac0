"""/gigs: searching, counting, and one gig by id."""

from datetime import UTC, datetime
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from index.gig import Medium, PayUnit, RiskLevel, Status, WorkMode
from index.normalize.currency import known_currencies, usd_rate
from index.query import BadQuery, SearchQuery
from search_api.address import Address
from search_api.deps import ApiChannel, ServicesDep
from search_api.partners import is_barred, permitted
from search_api.present import FacetCounts, GigItem, GigPage, PayStates, Shown, page_json
from search_api.problems import Problem, responses

router = APIRouter(tags=["gigs"])

NOT_FOR_COUNTS = ("sort", "limit", "cursor")


def _one_of(*values: str) -> dict[str, Any]:
    return {"enum": [*values, *(f"!{value}" for value in values)]}


ID = {"pattern": "^!?[a-z0-9][a-z0-9_.-]{0,63}$"}
VALUES: dict[str, dict[str, Any]] = {
    "category": ID,
    "board": ID,
    "mode": _one_of(*get_args(WorkMode)),
    "country": {"pattern": "^!?[A-Za-z]{2}$"},
    "pay_unit": _one_of(*get_args(PayUnit)),
    "media": _one_of(*get_args(Medium)),
    "risk": _one_of("hide_high", "all", *get_args(RiskLevel)),
    "language": {"pattern": "^!?[a-z]{2,3}$"},
    "status": _one_of(*get_args(Status)),
}
"""What each value of a repeatable parameter may be: more than the model's own schema says."""
EXAMPLES: dict[str, Any] = {
    "q": 'transcription OR "data entry" -survey',
    "category": ["transcription"],
    "mode": ["online", "either"],
    "near": "52.52,13.40",
    "radius_km": 25,
    "country": ["DE"],
    "pay_min": 15,
    "pay_max": 500,
    "pay_unit": ["hour"],
    "hourly_min": 15,
    "currency": "EUR",
    "pay_unknown": "include",
    "media": ["paypal"],
    "minimum_payout_max": 10,
    "board": ["!hackernews"],
    "risk": ["hide_high"],
    "language": ["en"],
    "posted_within": "7d",
    "status": ["open"],
    "sort": "newest",
    "limit": 20,
}


def convertible() -> list[str]:
    """Currencies that have a rate today."""
    today = datetime.now(UTC).date()
    return [code for code in sorted(known_currencies()) if usd_rate(code, today) is not None]


def query_parameters(*names: str) -> list[dict[str, Any]]:
    """OpenAPI parameter objects of the search's fields, straight from the model."""
    parameters = []
    for name, schema in SearchQuery.model_json_schema()["properties"].items():
        if name not in names:
            continue
        # An absent parameter is what null is in the model.
        kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
        schema = {**schema, **(kinds[0] if kinds else {})}
        description = schema.pop("description")
        schema.pop("title")
        if schema.get("default", ...) is None:
            del schema["default"]
        if name in VALUES:
            schema["items"] = schema["items"] | VALUES[name]
            del schema["maxItems"]  # the model counts different values
        if "pattern" in schema:  # an empty value means that the filter isn't set
            schema["pattern"] = f"^({schema['pattern'].removeprefix('^').removesuffix('$')})?$"
        if name == "currency":
            schema |= {"enum": convertible()} if "q" in names else {"pattern": "^([A-Za-z]{3})?$"}  # bounds need a rate
        parameter = {"name": name, "in": "query", "description": description, "schema": schema}
        parameters.append(parameter | ({"example": EXAMPLES[name]} if name in EXAMPLES else {}))
    return parameters


FILTERS = tuple(name for name in SearchQuery.model_fields if name not in NOT_FOR_COUNTS)


@router.get(
    "/gigs",
    summary="Search gigs",
    response_model=GigPage,
    responses=responses(422, 503),
    openapi_extra={"parameters": query_parameters(*SearchQuery.model_fields)},
)
def search_gigs(request: Request, services: ServicesDep, channel: ApiChannel) -> Response:
    """Gigs that fit all filters. Repeating a name means OR; a leading `!` excludes a value. Follow `next` by passing
    it as `cursor` with the same filters."""
    query = permitted(request, SearchQuery.from_params(request.query_params.multi_items()))
    now = services.clock()
    results = services.search.search(query, channel, now)
    headers = {}
    if results.next:
        headers["Link"] = f'<{Address.of(query).next_page(results.next).replace("/", "/gigs", 1)}>; rel="next"'
    return Response(page_json(results, query, now).model_dump_json(), media_type="application/json", headers=headers)


@router.get(
    "/gigs/facets",
    summary="Count gigs",
    response_model=FacetCounts,
    responses=responses(422, 503),
    openapi_extra={"parameters": query_parameters(*FILTERS)},
)
def count_gigs(request: Request, services: ServicesDep, channel: ApiChannel) -> FacetCounts:
    """The counts of a search without its gigs: takes the same filters."""
    pairs = request.query_params.multi_items()
    for name, _ in pairs:
        if name in NOT_FOR_COUNTS:
            raise BadQuery(name, "has no meaning for counts")
    counts = services.search.facets(permitted(request, SearchQuery.from_params(pairs)), channel, services.clock())
    return FacetCounts(total=counts.total, facets=counts.facets, pay_states=PayStates(**counts.pay_states))


@router.get(
    "/gigs/{gig_id}",
    summary="One gig",
    response_model=GigItem,
    responses={308: {"description": "It was merged into the gig at `Location`"}, **responses(404, 410, 422)},
    openapi_extra={"parameters": query_parameters("currency")},
)
def get_gig(
    gig_id: Annotated[str, Path(description="a gig's `id`")],
    request: Request,
    services: ServicesDep,
    channel: ApiChannel,
) -> Response:
    """A gig by id, open or closed."""
    for name in request.query_params:
        if name != "currency":
            raise Problem(422, "unknown parameter; known is currency", parameter=name[:80])
    query = SearchQuery.from_params(request.query_params.multi_items())
    found = services.store.find(gig_id, channel)
    if found is None:
        raise Problem(404, "there is no gig of this id")
    if found.moved_to is not None:
        suffix = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/gigs/{found.moved_to}{suffix}", status_code=308)
    if found.gig is None and found.closed:
        raise Problem(410, "this gig is closed")
    if found.gig is None or is_barred(request, found.gig):
        raise Problem(404, "the boards of this gig don't permit showing it here")
    shown = Shown(found.gig, query.currency, services.clock(), {})
    return Response(shown.item().model_dump_json(), media_type="application/json")
