"""Planned absences."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.absence import AbsenceIn, AbsenceOut
from api.schemas.fields import Id
from monitor.core.access import Action
from monitor.services import absences, presence
from monitor.services.accounts import Principal

router = APIRouter(prefix="/absences", tags=["absences"])
Staff = Annotated[Principal, Depends(allowed(Action.AGREE))]


@router.get("", response_model=list[AbsenceOut], summary="Who is away, and who will be")
def listing(
    staff: Staff,
    session: Reader,
    now: Now,
    resident_id: Annotated[Id | None, Query(description="Only of this resident.")] = None,
    ended: Annotated[bool, Query(description="Also those that are over.")] = False,
) -> list[absences.PlannedAbsence]:
    return absences.listing(session, staff.estate_id, resident_id, None if ended else now)


@router.post(
    "",
    status_code=201,
    response_model=AbsenceOut,
    summary="Enter a planned absence",
    description="It ends at its end, or by itself when the resident is seen coming in. 409 when one is entered for that time.",
)
def enter(said: AbsenceIn, staff: Staff, runtime: InRuntime, now: Now) -> absences.PlannedAbsence:
    with runtime.database.writer() as session:
        id = presence.leave(
            session,
            staff.estate_id,
            said.resident_id,
            said.new(now),
            runtime.settings.longest_absence(),
            staff.name,
            now,
        )
        return absences.get(session, staff.estate_id, id)


@router.post("/{absence_id}/end", response_model=AbsenceOut, summary="They are back")
def end(absence_id: Id, staff: Staff, runtime: InRuntime, now: Now) -> absences.PlannedAbsence:
    with runtime.database.writer() as session:
        presence.come_back(session, staff.estate_id, absence_id, staff.name, now)
        return absences.get(session, staff.estate_id, absence_id)


@router.post(
    "/{absence_id}/keep",
    response_model=AbsenceOut,
    summary="They are still away",
    description="The answer to `perhaps_back_at`, after somebody has asked.",
)
def keep(absence_id: Id, staff: Staff, runtime: InRuntime, now: Now) -> absences.PlannedAbsence:
    with runtime.database.writer() as session:
        absences.keep(session, staff.estate_id, absence_id, now)
        return absences.get(session, staff.estate_id, absence_id)
