"""Who was seen where, and who was not."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import allowed
from api.deps import InRuntime, Now, Reader
from api.schemas.fields import Id, Limit, Moment
from api.schemas.sighting import RejectionIn, SightingOut
from monitor.core.access import Action
from monitor.services import corrections, sightings
from monitor.services.accounts import Principal

router = APIRouter(prefix="/sightings", tags=["sightings"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_SIGHTINGS))]
NO_NOTE = RejectionIn()
Staff = Annotated[Principal, Depends(allowed(Action.CORRECT))]


@router.get("", response_model=list[SightingOut], summary="Sightings, the newest first")
def listing(
    viewer: Viewer,
    session: Reader,
    resident_id: Annotated[Id | None, Query(description="Only of this resident.")] = None,
    before: Annotated[Moment | None, Query(description="Only what began before; for the next page.")] = None,
    rejected: Annotated[bool, Query(description="Also those that staff have rejected.")] = False,
    limit: Limit = 100,
) -> list[sightings.Sighting]:
    return sightings.listing(session, viewer.estate_id, resident_id, before, limit, with_rejected=rejected)


@router.post(
    "/{sighting_id}/rejection",
    response_model=SightingOut,
    summary="Say that it was not them",
    description="The sighting no longer counts: last seen, due time and state become what they would be without it. "
    "An alert that was closed meanwhile stays closed; who is overdue is alarmed about again. There is no way back.",
)
def reject(
    sighting_id: Id, staff: Staff, runtime: InRuntime, now: Now, said: RejectionIn = NO_NOTE
) -> sightings.Sighting:
    settings = runtime.settings
    with runtime.database.writer() as session:
        return corrections.reject(
            session,
            staff.estate_id,
            sighting_id,
            said.note,
            staff.name,
            settings.stranger_days,
            now,
        )
