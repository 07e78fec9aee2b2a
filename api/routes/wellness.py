"""Wellness checks: whom staff look after, what they tried, and what they found."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.agreement import ContactBody
from api.schemas.alert import Resolution
from api.schemas.fields import Id, Limit
from api.schemas.wellness import AttemptIn, WellnessCheckOut
from monitor.core.access import Action
from monitor.services import contacts, wellness
from monitor.services.accounts import Principal

router = APIRouter(prefix="/wellness-checks", tags=["wellness checks"])
Staff = Annotated[Principal, Depends(allowed(Action.RECORD_CHECKS))]


@router.get("", response_model=list[WellnessCheckOut], summary="Wellness checks, the open ones first")
def listing(
    staff: Staff,
    session: Reader,
    open_only: Annotated[bool, Query(description="Only those that wait.")] = False,
    resident_id: Annotated[Id | None, Query(description="Only of this resident.")] = None,
    limit: Limit = 100,
) -> list[wellness.WellnessCheck]:
    return wellness.listing(
        session, staff.estate_id, open_only=open_only, resident_id=resident_id, limit=limit
    )


@router.get("/{check_id}", response_model=WellnessCheckOut, summary="One wellness check")
def get(check_id: Id, staff: Staff, session: Reader) -> wellness.WellnessCheck:
    return wellness.get(session, staff.estate_id, check_id)


@router.post(
    "/{check_id}/take",
    response_model=WellnessCheckOut,
    summary="Take the check, and with it its alert",
    description="It lapses after an hour without an attempt or an outcome. 409 when somebody else has it.",
)
def take(check_id: Id, staff: Staff, runtime: InRuntime, now: Now) -> wellness.WellnessCheck:
    with runtime.database.writer() as session:
        return wellness.take(session, staff.estate_id, check_id, staff.name, now)


@router.get(
    "/{check_id}/contacts",
    response_model=list[ContactBody],
    summary="Whom to call, and who has a key: for who has taken the check",
)
def whom_to_call(check_id: Id, staff: Staff, session: Reader) -> list[contacts.Contact]:
    return wellness.whom_to_call(session, staff.estate_id, check_id, staff.role, staff.name)


@router.post(
    "/{check_id}/attempts",
    response_model=WellnessCheckOut,
    summary="Note a call or a visit",
    description="Takes the check where nobody has, and keeps it for another hour.",
)
def attempt(
    check_id: Id, tried: AttemptIn, staff: Staff, runtime: InRuntime, now: Now
) -> wellness.WellnessCheck:
    with runtime.database.writer() as session:
        return wellness.try_reaching(
            session, staff.estate_id, check_id, tried.kind, tried.result, tried.note, staff.name, now
        )


@router.post(
    "/{check_id}/outcome",
    response_model=WellnessCheckOut,
    summary="Record what was found",
    description="Closes the check and its alert. When somebody knows where the resident is, the clock starts again; with "
    "`away_until` a planned absence begins.",
)
def record(
    check_id: Id, found: Resolution, staff: Staff, runtime: InRuntime, now: Now
) -> wellness.WellnessCheck:
    with runtime.database.writer() as session:
        return wellness.record(session, staff.estate_id, check_id, found.result(), staff.name, now)
