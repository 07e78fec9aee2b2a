"""For whoever runs the service: is it up, is it ready, what does it measure? Nothing personal."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api import metrics
from api.auth import allowed, public
from api.deps import InRuntime, Now, Reader
from api.errors import problem
from api.schemas.health import Health
from api.schemas.problem import NOT_READY
from monitor.core.access import Action
from monitor.services import readiness, status
from monitor.services.accounts import Principal

router = APIRouter(tags=["health"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_CAMERAS))]


@router.get("/healthz", dependencies=[Depends(public)], summary="The process is up")
async def up() -> Health:
    return Health()


@router.get(
    "/readyz",
    dependencies=[Depends(public)],
    response_model=Health,
    responses=NOT_READY,
    summary="Database, cameras and watch work",
)
def ready(runtime: InRuntime, now: Now) -> Health | JSONResponse:
    offline_after = timedelta(seconds=runtime.settings.camera_offline_after_s)
    reasons = readiness.reasons(runtime.database, runtime.estate.id, offline_after, now)
    return problem(503, " ".join(reasons), "not-ready", reasons=reasons) if reasons else Health()


@router.get(
    "/metrics",
    summary="Measures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Prometheus text format."}},
)
def measures(viewer: Viewer, session: Reader, now: Now) -> Response:
    return Response(
        metrics.text(status.get(session, viewer.estate_id, now), now), media_type=CONTENT_TYPE_LATEST
    )
