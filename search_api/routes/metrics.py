"""/metrics: numbers for monitoring."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from index.metrics import Metric
from search_api.deps import ServicesDep, no_parameters, operator_only
from search_api.limits import Gate
from search_api.problems import responses
from search_api.telemetry import MEDIA_TYPE, Telemetry, exposition, resident_bytes

router = APIRouter(tags=["health"], dependencies=[Depends(operator_only), Depends(no_parameters)])


@router.get(
    "/metrics",
    summary="Numbers for monitoring",
    response_class=PlainTextResponse,
    responses={200: {"description": "Prometheus text format 0.0.4"}, **responses(401, 422)},
)
def metrics(request: Request, services: ServicesDep) -> Response:
    """Of the store, the boards and the index, and of this process. For the operator."""
    telemetry: Telemetry = request.app.state.telemetry
    gate: Gate = request.app.state.gate
    lines = [*exposition([*services.metrics(), *_of_process(gate)]), *telemetry.lines()]
    return Response("\n".join(lines) + "\n", media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _of_process(gate: Gate) -> list[Metric]:
    memory = resident_bytes()
    return [
        Metric("gigdex_http_working", "Answers that are being worked on.", "gauge", [({}, gate.working)]),
        Metric("gigdex_http_waiting", "Requests that wait for a place.", "gauge", [({}, gate.waiting)]),
        Metric("gigdex_http_turned_away_total", "Requests that waited in vain.", "counter", [({}, gate.turned_away)]),
        Metric("process_resident_memory_bytes", "Memory of this process.", "gauge", [({}, memory)] if memory else []),
    ]
