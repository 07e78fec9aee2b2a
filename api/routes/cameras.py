"""The cameras and the newest picture of each; admins add, change and remove them while the service runs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.auth import allowed
from api.deps import InRuntime, Reader, TheCameraEdits
from api.schemas.camera import CameraChange, CameraIn, CameraOut
from api.schemas.fields import Slug
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.core.access import Action
from monitor.errors import NotFound
from monitor.services import cameras
from monitor.services.accounts import Principal

router = APIRouter(prefix="/cameras", tags=["cameras"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_CAMERAS))]
Manager = Annotated[Principal, Depends(allowed(Action.MANAGE_CAMERAS))]


@router.get("", response_model=list[CameraOut], summary="All cameras and how they are")
def listing(viewer: Viewer, session: Reader) -> list[cameras.Camera]:
    return cameras.listing(session, viewer.estate_id)


@router.post(
    "",
    status_code=201,
    response_model=CameraOut,
    summary="Add a camera",
    description="Written into the camera file; it is read from within seconds. 409 for an id that is in use and for a "
    "camera file that cannot be written or has mistakes.",
)
def add(camera: CameraIn, manager: Manager, runtime: InRuntime, edits: TheCameraEdits) -> cameras.Camera:
    edits.add(camera.fields())
    return _now(runtime, manager, camera.id)


@router.patch("/{slug}", response_model=CameraOut, summary="Change a camera; only what is sent changes")
def change(
    slug: Slug, changes: CameraChange, manager: Manager, runtime: InRuntime, edits: TheCameraEdits
) -> cameras.Camera:
    edits.change(slug, changes.fields())
    return _now(runtime, manager, slug)


@router.post(
    "/{slug}/view",
    status_code=204,
    summary="What the camera shows now is what it should show: it was turned on purpose",
)
def accept_view(slug: Slug, manager: Manager, runtime: InRuntime) -> None:
    with runtime.database.writer() as session:
        cameras.accept_view(session, manager.estate_id, slug, manager.name, utc_now())
    runtime.files.forget_view(slug)


@router.delete("/{slug}", status_code=204, summary="Remove a camera; what it saw stays")
def remove(slug: Slug, manager: Manager, edits: TheCameraEdits) -> None:
    edits.remove(slug)


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


def _now(runtime: Runtime, manager: Principal, slug: str) -> cameras.Camera:
    with runtime.database.reader() as session:
        return cameras.get(session, manager.estate_id, slug)
