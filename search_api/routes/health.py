"""/health: for load balancers and people."""

from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.responses import Response

from search_api.deps import ServicesDep, no_parameters
from search_api.problems import Problem, responses

router = APIRouter(tags=["health"], dependencies=[Depends(no_parameters)])


class Health(BaseModel):
    """How the process is."""

    status: Literal["live", "ready"] = Field(description="the answer, where it is yes")


@router.get("/health/live", summary="Is the process alive?", response_model=Health, responses=responses(422))
async def live(response: Response) -> Health:
    """Answers as long as the process does."""
    response.headers["Cache-Control"] = "no-store"
    return Health(status="live")


@router.get("/health/ready", summary="Can it answer searches?", response_model=Health, responses=responses(422, 503))
def ready(services: ServicesDep, response: Response) -> Health:
    """503 with the reason while it can't."""
    # In a thread: an engine elsewhere may be slow to answer.
    response.headers["Cache-Control"] = "no-store"
    if reason := services.ready():
        raise Problem(503, reason, headers={"Retry-After": "5"})
    return Health(status="ready")
