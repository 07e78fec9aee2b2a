"""Can this camera identify?"""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import allowed
from api.deps import Now, Reader
from api.schemas.fields import Slug
from api.schemas.identifiability import IdentifiabilityOut
from monitor.core.access import Action
from monitor.services import identifiability
from monitor.services.accounts import Principal
from monitor.services.identifiability import Identifiability

router = APIRouter(prefix="/cameras", tags=["cameras"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_CAMERAS))]


@router.get("/{slug}/identifiability", response_model=IdentifiabilityOut, summary="Can this camera identify?")
def get(slug: Slug, viewer: Viewer, session: Reader, now: Now) -> Identifiability:
    return identifiability.get(session, viewer.estate_id, slug, now)
