"""Faces that gave no answer, and naming them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import naming
from api.auth import allowed
from api.deps import InRuntime, Now, Reader, ThePhotos
from api.schemas.fields import Id, Limit, Moment
from api.schemas.resident import PhotoVerdict
from api.schemas.unclear_face import NamedOut, NamingIn, UnclearFaceOut
from monitor.core.access import Action
from monitor.services import unclear_faces
from monitor.services.accounts import Principal
from monitor.services.unclear_faces import Naming

router = APIRouter(prefix="/unclear-faces", tags=["unclear faces"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_SIGHTINGS))]
Staff = Annotated[Principal, Depends(allowed(Action.CORRECT))]


@router.get("", response_model=list[UnclearFaceOut], summary="Faces not clear, the newest first")
def listing(
    viewer: Viewer,
    session: Reader,
    before: Annotated[Moment | None, Query(description="Only what began before; for the next page.")] = None,
    limit: Limit = 100,
) -> list[unclear_faces.UnclearFace]:
    return unclear_faces.listing(session, viewer.estate_id, before, limit)


@router.post(
    "/{face_id}/name",
    response_model=NamedOut,
    summary="Say who it was",
    description="Counts as evidence of life by staff, at the time the face was seen; an open alert stays open. "
    "`add_template` needs the resident's consent to recognition; a picture that cannot be used is refused with the "
    "reason in `photo`, and the naming holds all the same. A face is named once.",
)
def name(
    face_id: Id, said: NamingIn, staff: Staff, runtime: InRuntime, photos: ThePhotos, now: Now
) -> NamedOut:
    photo, engine = None, ""
    if said.add_template:
        photo, engine = naming.judge(runtime, photos, staff.estate_id, face_id, said.resident_id, now)
    word = Naming(said.resident_id, said.note, staff.name, photo, engine)
    with runtime.database.writer() as session:
        done = unclear_faces.name(session, staff.estate_id, face_id, word, now)
    verdict = PhotoVerdict.of(done.photo) if done.photo is not None else None
    return NamedOut(face=UnclearFaceOut.model_validate(done.face), photo=verdict)
