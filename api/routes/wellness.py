"""Wellness checks: whom staff look after, and what they found."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.alert import Resolution
from api.schemas.fields import Id, Limit
from api.schemas.wellness import WellnessCheckOut
from monitor.core.access import Action
from monitor.services import wellness
from monitor.services.accounts import Principal

router = APIRouter(prefix="/wellness-checks", tags=["wellness checks"])
Staff = Annotated[Principal, Depends(allowed(Action.RECORD_CHECKS))]


@router.get("", response_model=list[WellnessCheckOut], summary="Wellness checks, the open ones first")
def listing(
    staff: Staff,
    session: Reader,
    open_only: Annotated[bool, Query(description="Only those that wait.")] = False,
    limit: Limit = 100,
) -> list[wellness.WellnessCheck]:
    return wellness.listing(session, staff.estate_id, open_only=open_only, limit=limit)


@router.get("/{check_id}", response_model=WellnessCheckOut, summary="One wellness check")
def get(check_id: Id, staff: Staff, session: Reader) -> wellness.WellnessCheck:
    return wellness.get(session, staff.estate_id, check_id)


@router.post(
    "/{check_id}/outcome",
    response_model=WellnessCheckOut,
    summary="Record what was found",
    description="Closes the check and its alert. When somebody knows where the resident is, the clock starts again.",
)
def record(
    check_id: Id, found: Resolution, staff: Staff, runtime: InRuntime, now: Now
) -> wellness.WellnessCheck:
    steps = runtime.settings.steps()
    with runtime.database.writer() as session:
        return wellness.record(
            session, staff.estate_id, check_id, found.outcome, found.note, staff.name, steps, now
        )
