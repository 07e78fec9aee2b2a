"""The cameras and the newest picture of each."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.auth import allowed
from api.deps import InRuntime, Reader
from api.schemas.camera import CameraOut
from api.schemas.fields import Slug
from monitor.core.access import Action
from monitor.errors import NotFound
from monitor.services import cameras
from monitor.services.accounts import Principal

router = APIRouter(prefix="/cameras", tags=["cameras"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_CAMERAS))]


@router.get("", response_model=list[CameraOut], summary="All cameras and how they are")
def listing(viewer: Viewer, session: Reader) -> list[cameras.Camera]:
    return cameras.listing(session, viewer.estate_id)


@router.get("/{slug}", response_model=CameraOut, summary="One camera")
def get(slug: Slug, viewer: Viewer, session: Reader) -> cameras.Camera:
    return cameras.get(session, viewer.estate_id, slug)


@router.get(
    "/{slug}/picture",
    summary="The newest picture",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "A JPEG file; `picture_at` says how old."}
    },
)
def picture(slug: Slug, viewer: Viewer, session: Reader, runtime: InRuntime) -> Response:
    cameras.get(session, viewer.estate_id, slug)
    jpeg = runtime.files.load_newest(slug)
    if jpeg is None:
        raise NotFound(what="picture of camera", key=slug)
    return Response(jpeg, media_type="image/jpeg")
