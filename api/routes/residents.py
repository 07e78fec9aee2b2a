"""Residents: the list, one history, enrolment, erasure."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from api.auth import allowed
from api.deps import InRuntime, Now, Reader, ThePhotos
from api.errors import problem
from api.schemas.fields import Id, Limit, Line
from api.schemas.resident import EnrolledOut, LooksLike, PhotoVerdict, ResidentOut, TimelineEntryOut
from monitor.core.access import Action
from monitor.errors import InvalidInput
from monitor.services import enrolment, residents
from monitor.services.accounts import Principal
from monitor.services.enrolment import FLAT_LIMIT, NAME_LIMIT, PHOTO_LIMIT, Enrolled, NewResident

router = APIRouter(prefix="/residents", tags=["residents"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_RESIDENTS))]
Enroller = Annotated[Principal, Depends(allowed(Action.ENROL))]
FILE_NAME_LIMIT = 100


@router.get("", response_model=list[ResidentOut], summary="All residents, with last seen for who may know")
def listing(
    viewer: Viewer,
    session: Reader,
    now: Now,
    watched: Annotated[bool, Query(description="Only those who are watched.")] = False,
) -> list[residents.Resident]:
    return residents.listing(session, viewer.estate_id, viewer.role, viewer.name, now, watched_only=watched)


@router.get("/{resident_id}", response_model=ResidentOut, summary="One resident")
def get(resident_id: Id, viewer: Viewer, session: Reader, now: Now) -> residents.Resident:
    return residents.get(session, viewer.estate_id, resident_id, viewer.role, viewer.name, now)


@router.get(
    "/{resident_id}/timeline",
    response_model=list[TimelineEntryOut],
    summary="Sightings, alerts and consents, the newest first",
    description="For staff, and for the duty officer who has taken this resident's alert.",
)
def timeline(
    resident_id: Id, viewer: Viewer, session: Reader, limit: Limit = 100
) -> list[residents.TimelineEntry]:
    return residents.timeline(session, viewer.estate_id, resident_id, viewer.role, viewer.name, limit)


@router.post(
    "",
    status_code=201,
    response_model=EnrolledOut,
    summary="Enrol a resident who has signed the consent",
    description=f"1 to {PHOTO_LIMIT} photos, JPEG, PNG or WebP, 10 MiB each. Every photo is kept or refused by "
    "itself; when none can be used nothing is stored, and the problem lists `photos` with the reasons.",
)
def enrol(
    enroller: Enroller,
    runtime: InRuntime,
    reader: ThePhotos,
    now: Now,
    name: Annotated[Line, Form(min_length=1, max_length=NAME_LIMIT, description="Full name.")],
    photos: Annotated[list[UploadFile], File(description="Photos of this person alone.")],
    flat: Annotated[Line | None, Form(max_length=FLAT_LIMIT, description="Such as 3-502.")] = None,
    watched: Annotated[bool, Form(description="Whether to alarm somebody when they are not seen.")] = False,
) -> EnrolledOut | JSONResponse:
    if len(photos) > PHOTO_LIMIT:
        raise InvalidInput(field="photos", reason=f"at most {PHOTO_LIMIT} at once")
    judged, engine = reader.judge([(_name(photo), photo.file.read()) for photo in photos])
    verdicts = [PhotoVerdict.of(photo) for photo in judged]
    if not any(photo.face for photo in judged):
        reasons = [verdict.model_dump() for verdict in verdicts]
        return problem(
            422, "None of the photos can be used; nothing was kept.", "photos-refused", photos=reasons
        )
    new = NewResident(name, flat, watched, runtime.settings.consent_days, recorded_by=enroller.name)
    with runtime.database.writer() as session:
        done = enrolment.enrol(session, enroller.estate_id, new, judged, engine, now)
        return EnrolledOut(
            resident_id=done.resident_id,
            templates=done.templates,
            photos=verdicts,
            looks_like=_looks_like(session, enroller, done),
        )


@router.delete("/{resident_id}", status_code=204, summary="Erase a resident and everything about them")
def erase(resident_id: Id, enroller: Enroller, runtime: InRuntime, now: Now) -> None:
    with runtime.database.writer() as session:
        residents.erase(session, enroller.estate_id, resident_id, now)


def _name(photo: UploadFile) -> str:
    return (photo.filename or "photo")[:FILE_NAME_LIMIT]


def _looks_like(session: Session, enroller: Principal, done: Enrolled) -> LooksLike | None:
    if done.looks_like is None:
        return None
    resident_id, score = done.looks_like
    name = residents.name_of(session, enroller.estate_id, resident_id)
    return LooksLike(resident_id=resident_id, name=name, score=round(score, 3))
