"""Enrolling a resident who agreed, and the gallery that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import ConsentRow, EstateRow, ResidentRow, TemplateRow
from monitor.core.consent import Purpose
from monitor.core.embedding import from_bytes, to_bytes
from monitor.core.gallery import Gallery
from monitor.core.ports import PhotoFace, PhotoReader
from monitor.errors import InvalidInput, PhotoRefused
from monitor.services import events, presence
from monitor.store import residents as queries

CONSENT_TEXT = "2026-11"
NAME_LIMIT, FLAT_LIMIT, PHOTO_LIMIT = 100, 60, 10


@dataclass(frozen=True)
class Photo:
    """What became of one photo: kept with its face, or refused with the reason."""

    name: str
    face: PhotoFace | None
    refused: PhotoRefused | None


@dataclass(frozen=True)
class NewResident:
    name: str
    flat: str | None
    watched: bool
    consent_days: int
    recorded_by: str


@dataclass(frozen=True)
class Enrolled:
    resident_id: int
    templates: int
    looks_like: tuple[int, float] | None  # an enrolled resident who is very close, and the score


LOOKS_LIKE_AT = 0.45


def read_photos(reader: PhotoReader, photos: Sequence[tuple[str, bytes]]) -> list[Photo]:
    """Judge every photo. Slow: call it outside a transaction."""
    verdicts = []
    for name, content in photos:
        try:
            verdicts.append(Photo(name, reader.read(content), None))
        except PhotoRefused as refused:
            verdicts.append(Photo(name, None, refused))
    return verdicts


def enrol(
    session: Session,
    estate_id: str,
    new: NewResident,
    photos: Sequence[Photo],
    engine: str,
    now: datetime,
) -> Enrolled:
    """Resident, consents, templates and watch in one go. Raises InvalidInput when nothing usable was given."""
    name, flat = new.name.strip(), (new.flat or "").strip() or None
    if not name or len(name) > NAME_LIMIT:
        raise InvalidInput(field="name", reason=f"needs 1 to {NAME_LIMIT} characters")
    if flat is not None and len(flat) > FLAT_LIMIT:
        raise InvalidInput(field="flat", reason=f"at most {FLAT_LIMIT} characters")
    faces = [photo.face for photo in photos if photo.face is not None]
    if not faces:
        raise InvalidInput(field="photos", reason="none of the photos can be used; nothing was kept")
    before = gallery(session, estate_id, engine, now)
    resident = ResidentRow(estate_id=estate_id, name=name, flat=flat, created_at=now)
    session.add(resident)
    session.flush()
    purposes = [Purpose.RECOGNITION, *([Purpose.WELLNESS] if new.watched else [])]
    consents = [_consent(estate_id, resident.id, purpose, new, now) for purpose in purposes]
    session.add_all(consents)
    session.flush()
    for face in faces:
        session.add(
            TemplateRow(
                estate_id=estate_id,
                resident_id=resident.id,
                consent_id=consents[0].id,
                engine=engine,
                embedding=to_bytes(face.embedding),
                quality=face.quality,
                created_at=now,
            )
        )
    if new.watched:
        presence.watch(session, estate_id, resident.id, now)
    gallery_changed(session, estate_id)
    events.append(session, estate_id, "resident.enrolled", now, resident_id=resident.id)
    match = max((before.search(face.embedding) for face in faces), key=lambda m: m.score)
    close = match.resident_id is not None and match.score >= LOOKS_LIKE_AT
    return Enrolled(
        resident.id, len(faces), (match.resident_id, match.score) if close and match.resident_id else None
    )


def gallery(session: Session, estate_id: str, engine: str, now: datetime) -> Gallery:
    """The templates of everybody whose consent is in force."""
    rows = queries.templates_in_force(session, estate_id, engine, now)
    return Gallery.of([(row.resident_id, from_bytes(row.embedding)) for row in rows])


def gallery_changed(session: Session, estate_id: str) -> None:
    """Tell the workers to load the gallery again."""
    session.get_one(EstateRow, estate_id, with_for_update=True).gallery_version += 1


def _consent(
    estate_id: str, resident_id: int, purpose: Purpose, new: NewResident, now: datetime
) -> ConsentRow:
    return ConsentRow(
        estate_id=estate_id,
        resident_id=resident_id,
        purpose=purpose,
        text_version=CONSENT_TEXT,
        given_at=now,
        until=now + timedelta(days=new.consent_days),
        recorded_by=new.recorded_by,
    )
