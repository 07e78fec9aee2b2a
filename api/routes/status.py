"""The head line: are all cameras live, is everybody accounted for?"""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import allowed
from api.deps import Now, Reader
from api.schemas.status import StatusOut
from monitor.core.access import Action
from monitor.services import status
from monitor.services.accounts import Principal

router = APIRouter(prefix="/status", tags=["status"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_CAMERAS))]


@router.get("", summary="How the whole service is")
def get(viewer: Viewer, session: Reader, now: Now) -> StatusOut:
    return StatusOut.of(status.get(session, viewer.estate_id, now))
