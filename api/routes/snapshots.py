"""The pictures of sightings, visits and alerts, by a random id."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.auth import allowed
from api.deps import InRuntime, Reader
from monitor.core.access import Action
from monitor.services import snapshots
from monitor.services.accounts import Principal
from monitor.services.snapshots import Picture

router = APIRouter(prefix="/snapshots", tags=["snapshots"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_VISITS))]


@router.get(
    "/{snapshot_id}/{picture}",
    summary="The face, or the scene around it",
    description="Pictures of residents are for who may see sightings.",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "A JPEG file."}},
)
def get(
    snapshot_id: Annotated[
        str, Path(pattern=r"^[0-9a-f]{32}$", examples=["0f8fad5bd9cb469fa16570867728950e"])
    ],
    picture: Picture,
    viewer: Viewer,
    session: Reader,
    runtime: InRuntime,
) -> Response:
    jpeg = snapshots.picture(session, runtime.files, viewer.estate_id, snapshot_id, picture, viewer.role)
    return Response(jpeg, media_type="image/jpeg")
