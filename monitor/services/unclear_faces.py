"""Faces that gave no answer, neither resident nor stranger, and staff who say: "this is her"."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import (
    CameraRow,
    CorrectionRow,
    EvidenceRow,
    ResidentRow,
    UnclearFaceRow,
)
from monitor.core.consent import Purpose
from monitor.core.correction import Correction, PhotoSource
from monitor.core.evidence import FULL, Evidence, EvidenceSource
from monitor.core.sighting import Direction
from monitor.core.subject import Subject
from monitor.errors import Conflict, InvalidInput, NotFound, PhotoRefused
from monitor.services import enrolment, events, evidence, identifiability, presence, snapshots
from monitor.services.corrections import engine_of, require_note
from monitor.services.enrolment import Photo
from monitor.services.proofs import STAFF
from monitor.services.seen import Seen
from monitor.store import cameras as camera_queries
from monitor.store import corrections as queries
from monitor.store import residents as resident_queries
from monitor.store.snapshot_files import Picture, SnapshotFiles

PICTURE_NAME = "face"
REASONS = {
    "no_consent": "there is no consent to recognition in force. Ask for it first.",
    "no_picture": "its picture is gone. Choose a newer face.",
    "another_resident": "it is more like another resident. Look again who it is.",
}


@dataclass(frozen=True)
class UnclearFace:
    id: int
    camera: str
    camera_name: str
    place: str
    started_at: datetime
    ended_at: datetime
    why: dict[str, Any]
    snapshot_id: str | None
    resident_id: int | None  # who it was, once staff have said so
    resident_name: str | None
    named_at: datetime | None
    named_by: str | None


@dataclass(frozen=True)
class Naming:
    """What staff say. With `photo`, the judged picture is added to the resident's templates if it can be."""

    resident_id: int
    note: str
    person: str
    photo: Photo | None = None
    engine: str = ""


@dataclass(frozen=True)
class Named:
    face: UnclearFace
    photo: Photo | None  # what became of the picture; None when it was not to be added


def record(
    session: Session,
    estate_id: str,
    seen: Seen,
    snapshot_days: int,
    now: datetime,
    nearly: int | None = None,
) -> int:
    """A track that ended without an answer; returns the row's id. `nearly`: the resident whom it was nearly enough like.

    On a camera that can identify that is doubtful evidence of life.
    """
    where = camera_queries.by_slug(session, estate_id, seen.camera)
    if where is None:
        raise NotFound(what="camera", key=seen.camera)
    row = UnclearFaceRow(
        estate_id=estate_id,
        camera_id=where.id,
        started_at=seen.start,
        ended_at=seen.end,
        why=seen.why,
    )
    if seen.snapshot is not None:
        # It may be a resident's face: only who may see sightings sees it.
        row.snapshot_id = snapshots.keep(
            session, estate_id, seen.snapshot, of_resident=True, days=snapshot_days
        )
    session.add(row)
    session.flush()
    events.append(session, estate_id, "face.unclear", now, unclear_face_id=row.id, camera=where.slug)
    if nearly is not None and identifiability.no_evidence(session, where, seen.end) is None:
        evidence.doubt(session, nearly, where, row, now)
    return row.id


def listing(
    session: Session, estate_id: str, before: datetime | None = None, limit: int = 100
) -> list[UnclearFace]:
    """The newest first."""
    return [
        _view(row, camera, resident)
        for row, camera, resident in queries.unclear_page(session, estate_id, before, limit)
    ]


def get(session: Session, estate_id: str, face_id: int) -> UnclearFace:
    row = _load(session, estate_id, face_id)
    resident = session.get(ResidentRow, row.resident_id) if row.resident_id is not None else None
    return _view(row, session.get_one(CameraRow, row.camera_id), resident)


def picture(session: Session, files: SnapshotFiles, estate_id: str, face_id: int) -> bytes | None:
    """The face's picture, for the photo reader. Raises NotFound for an unknown face."""
    row = _load(session, estate_id, face_id)
    return files.load(row.snapshot_id, Picture.FACE) if row.snapshot_id is not None else None


def refused(key: str) -> Photo:
    """A picture that is not even read; `key` is one of REASONS."""
    return Photo(PICTURE_NAME, None, PhotoRefused(reason=REASONS[key], key=key))


def may_be_recognised(session: Session, estate_id: str, resident_id: int, now: datetime) -> bool:
    """Whether a template may be made of this resident at all. Raises NotFound."""
    _resident(session, estate_id, resident_id)
    return resident_queries.consent_in_force(session, resident_id, Purpose.RECOGNITION, now) is not None


def name(session: Session, estate_id: str, face_id: int, said: Naming, now: datetime) -> Named:
    """ "This is her": evidence of life by staff, at the time the face was seen; closes no alert by itself.

    Raises NotFound, Conflict when somebody has named it already, InvalidInput for a resident who agreed to nothing.
    """
    require_note(said.note)
    row, resident = _load(session, estate_id, face_id), _resident(session, estate_id, said.resident_id)
    if not any(
        resident_queries.consent_in_force(session, resident.id, purpose, now)
        for purpose in (Purpose.RECOGNITION, Purpose.WELLNESS)
    ):
        raise InvalidInput(field="resident_id", reason="this resident has no consent in force")
    if not queries.name(session, row.id, resident.id, said.person, now):
        raise Conflict(what="unclear face", state="named")
    session.refresh(row)
    events.append(session, estate_id, "face.named", now, unclear_face_id=row.id, resident_id=resident.id)
    evidence.undoubt(session, row.id, now)
    session.add_all(_records(row, resident, said, now))
    session.flush()
    found = Evidence(row.ended_at, EvidenceSource.NAMED)
    presence.notice(session, resident.id, found, STAFF, None, now)
    photo = _added(session, resident, said, now) if said.photo is not None else None
    return Named(get(session, estate_id, face_id), photo)


def _records(
    row: UnclearFaceRow, resident: ResidentRow, said: Naming, now: datetime
) -> list[CorrectionRow | EvidenceRow]:
    return [
        CorrectionRow(
            estate_id=row.estate_id,
            kind=Correction.IS_THEM,
            resident_id=resident.id,
            unclear_face_id=row.id,
            engine=engine_of(row.why),
            score=row.why.get("score"),
            at=now,
            by=said.person,
            note=said.note,
        ),
        EvidenceRow(
            estate_id=row.estate_id,
            resident_id=resident.id,
            source=EvidenceSource.NAMED,
            weight=FULL,
            direction=Direction.BOTH,
            at=row.ended_at,
            by=said.person,
            note=said.note,
            created_at=now,
        ),
    ]


def _added(session: Session, resident: ResidentRow, said: Naming, now: datetime) -> Photo:
    """Make the judged picture a template, under the consent that covers it."""
    assert said.photo is not None
    face = said.photo.face
    if face is None:
        return said.photo
    consent = resident_queries.consent_in_force(session, resident.id, Purpose.RECOGNITION, now)
    if consent is None:
        return refused("no_consent")
    match = enrolment.gallery(session, resident.estate_id, said.engine, now).search(face.embedding)
    if match.subject not in (None, Subject.resident(resident.id)):
        return refused("another_resident")
    kept = resident_queries.consent_in_force(session, resident.id, Purpose.KEEP_PHOTO, now) is not None
    sighted = replace(said.photo, source=PhotoSource.SIGHTING)
    enrolment.keep(session, consent, [sighted], said.engine, now, with_picture=kept)
    enrolment.gallery_changed(session, resident.estate_id)
    return said.photo


def _load(session: Session, estate_id: str, face_id: int) -> UnclearFaceRow:
    row = session.get(UnclearFaceRow, face_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="unclear face", key=face_id)
    return row


def _resident(session: Session, estate_id: str, resident_id: int) -> ResidentRow:
    row = session.get(ResidentRow, resident_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="resident", key=resident_id)
    return row


def _view(row: UnclearFaceRow, camera: CameraRow, resident: ResidentRow | None) -> UnclearFace:
    return UnclearFace(
        id=row.id,
        camera=camera.slug,
        camera_name=camera.name,
        place=camera.place,
        started_at=row.started_at,
        ended_at=row.ended_at,
        why=row.why,
        snapshot_id=row.snapshot_id,
        resident_id=row.resident_id,
        resident_name=resident.name if resident else None,
        named_at=row.named_at,
        named_by=row.named_by,
    )
