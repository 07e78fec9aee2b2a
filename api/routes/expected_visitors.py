"""Expected visitors: who has a pass, a new pass, and ending one."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import JSONResponse

from api.auth import allowed
from api.deps import InRuntime, Now, Reader, ThePhotos
from api.errors import problem
from api.routes.residents import FILE_NAME_LIMIT, named_look_alike
from api.schemas.expected_visitor import ExpectedOut, ExpectedVisitorOut
from api.schemas.fields import Id, Line, Moment
from api.schemas.resident import PhotoVerdict
from monitor.core.access import Action
from monitor.core.expected_visitor import LONGEST_PASS
from monitor.errors import InvalidInput
from monitor.services import expected_visitors
from monitor.services.accounts import Principal
from monitor.services.enrolment import PHOTO_LIMIT
from monitor.services.expected_visitors import NAME_LIMIT, REASON_LIMIT, ExpectedVisitor, NewPass

router = APIRouter(prefix="/expected-visitors", tags=["expected visitors"])
Viewer = Annotated[Principal, Depends(allowed(Action.SEE_VISITS))]
Enroller = Annotated[Principal, Depends(allowed(Action.ENROL))]


@router.get(
    "",
    response_model=list[ExpectedVisitorOut],
    summary="Who is expected now; for who enrols also who will be and who was",
)
def listing(viewer: Viewer, session: Reader, now: Now) -> list[ExpectedVisitor]:
    return expected_visitors.listing(session, viewer.estate_id, viewer.role, now)


@router.post(
    "",
    status_code=201,
    response_model=ExpectedOut,
    summary="Give a pass to a visitor who has signed the consent",
    description=f"1 to {PHOTO_LIMIT} photos of the visitor. The pass ends at most {LONGEST_PASS.days} days from now. "
    "When no photo can be used nothing is stored, and the problem lists `photos` with the reasons.",
)
def create(
    enroller: Enroller,
    runtime: InRuntime,
    reader: ThePhotos,
    now: Now,
    name: Annotated[Line, Form(min_length=1, max_length=NAME_LIMIT, description="Full name.")],
    reason: Annotated[Line, Form(min_length=1, max_length=REASON_LIMIT, description="Such as: nurse.")],
    ends_at: Annotated[Moment, Form(description="Until when the visitor is expected.")],
    consent: Annotated[bool, Form(description="The visitor has agreed in writing.")],
    photos: Annotated[list[UploadFile], File(description="Photos of this person alone.")],
    starts_at: Annotated[Moment | None, Form(description="From when; not given: from now.")] = None,
) -> ExpectedOut | JSONResponse:
    if len(photos) > PHOTO_LIMIT:
        raise InvalidInput(field="photos", reason=f"at most {PHOTO_LIMIT} at once")
    new = NewPass(name, reason, starts_at or now, ends_at, consent, recorded_by=enroller.name)
    expected_visitors.check(new, now)  # before anything is looked at that nobody agreed to
    judged, engine = reader.judge(
        [((photo.filename or "photo")[:FILE_NAME_LIMIT], photo.file.read()) for photo in photos]
    )
    verdicts = [PhotoVerdict.of(photo) for photo in judged]
    if not any(photo.face for photo in judged):
        reasons = [verdict.model_dump() for verdict in verdicts]
        return problem(
            422, "None of the photos can be used; nothing was kept.", "photos-refused", photos=reasons
        )
    with runtime.database.writer() as session:
        done = expected_visitors.create(session, enroller.estate_id, new, judged, engine, now)
        twin = named_look_alike(session, enroller.estate_id, done.looks_like)
    return ExpectedOut(visitor_id=done.visitor_id, photos=verdicts, looks_like=twin)


@router.delete("/{visitor_id}", status_code=204, summary="End a pass now; its templates go at once")
def end(visitor_id: Id, enroller: Enroller, runtime: InRuntime, now: Now) -> None:
    with runtime.database.writer() as session:
        expected_visitors.end(session, enroller.estate_id, visitor_id, now)
