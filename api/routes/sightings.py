"""Who was seen where."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import allowed
from api.deps import Reader
from api.schemas.fields import Id, Limit, Moment
from api.schemas.sighting import SightingOut
from monitor.core.access import Action
from monitor.services import sightings
from monitor.services.accounts import Principal

router = APIRouter(prefix="/sightings", tags=["sightings"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_SIGHTINGS))]


@router.get("", response_model=list[SightingOut], summary="Sightings, the newest first")
def listing(
    viewer: Viewer,
    session: Reader,
    resident_id: Annotated[Id | None, Query(description="Only of this resident.")] = None,
    before: Annotated[Moment | None, Query(description="Only what began before; for the next page.")] = None,
    limit: Limit = 100,
) -> list[sightings.Sighting]:
    return sightings.listing(session, viewer.estate_id, resident_id, before, limit)
