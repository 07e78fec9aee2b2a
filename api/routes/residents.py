"""Residents: the list, one history, enrolment, erasure."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from api.auth import allowed
from api.deps import InRuntime, Now, Reader, ThePhotos
from api.errors import problem
from api.photos import Photos
from api.schemas.fields import Id, Limit, Line
from api.schemas.resident import EnrolledOut, LooksLike, PhotoVerdict, ResidentOut, TimelineEntryOut
from monitor.bootstrap import Runtime
from monitor.core.access import Action
from monitor.errors import AlreadyEnrolled, InvalidInput
from monitor.services import enrolment, residents
from monitor.services.accounts import Principal
from monitor.services.enrolment import FLAT_LIMIT, NAME_LIMIT, PHOTO_LIMIT, Enrolled, NewResident, Photo

router = APIRouter(prefix="/residents", tags=["residents"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_RESIDENTS))]
Enroller = Annotated[Principal, Depends(allowed(Action.ENROL))]
FILE_NAME_LIMIT = 100
PhotoFiles = Annotated[list[UploadFile], File(description="Photos of this person alone.")]
AllowDuplicate = Annotated[
    bool, Form(description="Somebody has looked: it is another person than the one who is enrolled.")
]
WithPictures = Annotated[bool, Query(description="Whether to send what was found in each photo back.")]


@router.get("", response_model=list[ResidentOut], summary="All residents, with last seen for who may know")
def listing(
    viewer: Viewer,
    session: Reader,
    runtime: InRuntime,
    now: Now,
    watched: Annotated[bool, Query(description="Only those who are watched.")] = False,
) -> list[residents.Resident]:
    return residents.listing(
        session,
        viewer.estate_id,
        viewer.role,
        viewer.name,
        now,
        watched_only=watched,
        engine=runtime.engine,
    )


@router.get("/{resident_id}", response_model=ResidentOut, summary="One resident")
def get(resident_id: Id, viewer: Viewer, session: Reader, runtime: InRuntime, now: Now) -> residents.Resident:
    return residents.get(
        session, viewer.estate_id, resident_id, viewer.role, viewer.name, now, engine=runtime.engine
    )


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
    description=f"1 to {PHOTO_LIMIT} photos, JPEG, PNG or WebP, 10 MiB each; three to five are asked for. Every photo "
    "is kept or refused by itself and with the others; when none can be used nothing is stored, and the problem lists "
    "`photos` with the reasons. A face that is enrolled already is refused with 409 and its `resident_id`.",
)
def enrol(
    enroller: Enroller,
    runtime: InRuntime,
    reader: ThePhotos,
    now: Now,
    name: Annotated[Line, Form(min_length=1, max_length=NAME_LIMIT, description="Full name.")],
    photos: PhotoFiles,
    flat: Annotated[Line | None, Form(max_length=FLAT_LIMIT, description="Such as 3-502.")] = None,
    watched: Annotated[bool, Form(description="Whether to alarm somebody when they are not seen.")] = False,
    keep_photos: Annotated[bool, Form(description="Whether they agreed to keep the face pictures.")] = False,
    allow_duplicate: AllowDuplicate = False,
    pictures: WithPictures = False,
) -> EnrolledOut | JSONResponse:
    judged, engine = _judge(reader, photos)
    new = NewResident(
        name,
        flat,
        watched,
        runtime.settings.consent_days,
        recorded_by=enroller.name,
        keep_photos=keep_photos,
        agreed=runtime.settings.agreement(),
    )
    compared = enrolment.compare(judged)
    if not compared.faces:
        return _refused(compared.photos, pictures)

    def write(session: Session) -> Enrolled:
        return enrolment.enrol(
            session, enroller.estate_id, new, judged, engine, now, allow_duplicate=allow_duplicate
        )

    return _answer(runtime, enroller, write, pictures)


@router.post(
    "/{resident_id}/photos",
    status_code=201,
    response_model=EnrolledOut,
    summary="Add photos to a resident who is enrolled",
    description="Under the consent that is in force; without one the answer is 409. Photos that do not show this "
    "resident are refused.",
)
def add_photos(
    resident_id: Id,
    enroller: Enroller,
    runtime: InRuntime,
    reader: ThePhotos,
    now: Now,
    photos: PhotoFiles,
    allow_duplicate: AllowDuplicate = False,
    pictures: WithPictures = False,
) -> EnrolledOut | JSONResponse:
    judged, engine = _judge(reader, photos)
    with runtime.database.reader() as session:
        residents.name_of(session, enroller.estate_id, resident_id)
        own = enrolment.own_templates(session, resident_id, engine)
    compared = enrolment.compare(judged, own)
    if not compared.faces:
        return _refused(compared.photos, pictures)

    def write(session: Session) -> Enrolled:
        return enrolment.add_photos(
            session, enroller.estate_id, resident_id, judged, engine, now, allow_duplicate=allow_duplicate
        )

    return _answer(runtime, enroller, write, pictures)


@router.delete("/{resident_id}", status_code=204, summary="Erase a resident and everything about them")
def erase(resident_id: Id, enroller: Enroller, runtime: InRuntime, now: Now) -> None:
    with runtime.database.writer() as session:
        residents.erase(session, enroller.estate_id, resident_id, now)


def _judge(reader: Photos, photos: list[UploadFile]) -> tuple[list[Photo], str]:
    """Slow. Raises InvalidInput for too many at once."""
    if len(photos) > PHOTO_LIMIT:
        raise InvalidInput(field="photos", reason=f"at most {PHOTO_LIMIT} at once")
    return reader.judge([(_name(photo), photo.file.read()) for photo in photos])


def _answer(
    runtime: Runtime, enroller: Principal, write: Callable[[Session], Enrolled], pictures: bool
) -> EnrolledOut | JSONResponse:
    try:
        with runtime.database.writer() as session:
            done = write(session)
            return EnrolledOut(
                resident_id=done.resident_id,
                templates=done.templates,
                photos=_verdicts(done.photos, pictures),
                looks_like=named_look_alike(session, enroller.estate_id, done.looks_like),
                advice=list(done.flaws),
            )
    except AlreadyEnrolled as found:
        return problem(409, str(found), "already-enrolled", **found.facts)


def _verdicts(photos: Sequence[Photo], pictures: bool) -> list[PhotoVerdict]:
    return [PhotoVerdict.of(photo, with_picture=pictures) for photo in photos]


def _refused(photos: Sequence[Photo], pictures: bool) -> JSONResponse:
    reasons = [verdict.model_dump() for verdict in _verdicts(photos, pictures)]
    return problem(422, "None of the photos can be used; nothing was kept.", "photos-refused", photos=reasons)


def _name(photo: UploadFile) -> str:
    return (photo.filename or "photo")[:FILE_NAME_LIMIT]


def named_look_alike(session: Session, estate_id: str, found: tuple[int, float] | None) -> LooksLike | None:
    """The warning with the resident's name."""
    if found is None:
        return None
    resident_id, score = found
    name = residents.name_of(session, estate_id, resident_id)
    return LooksLike(resident_id=resident_id, name=name, score=round(score, 3))
