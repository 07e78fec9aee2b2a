"""Strangers and expected visitors who were there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.fields import Id, Limit, Moment
from api.schemas.visit import VisitOut
from monitor.core.access import Action
from monitor.services import visits
from monitor.services.accounts import Principal

router = APIRouter(prefix="/visits", tags=["visits"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_VISITS))]


@router.get("", response_model=list[VisitOut], summary="Visits, the newest first")
def listing(
    viewer: Viewer,
    session: Reader,
    runtime: InRuntime,
    now: Now,
    before: Annotated[Moment | None, Query(description="Only what began before; for the next page.")] = None,
    limit: Limit = 100,
) -> list[visits.Visit]:
    return visits.listing(session, viewer.estate_id, runtime.visit_policy.gap, now, before, limit)


@router.get("/{visit_id}", response_model=VisitOut, summary="One visit")
def get(visit_id: Id, viewer: Viewer, session: Reader, runtime: InRuntime, now: Now) -> visits.Visit:
    return visits.get(session, viewer.estate_id, visit_id, runtime.visit_policy.gap, now)
