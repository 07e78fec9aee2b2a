"""Enrolling a resident who agreed, and the gallery that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from models import ConsentRow, EstateRow, PhotoRow, ResidentRow, TemplateRow
from monitor.core import enrolment as rules
from monitor.core import walk
from monitor.core.agreement import DEFAULT, Agreement
from monitor.core.consent import Purpose
from monitor.core.correction import PhotoSource
from monitor.core.embedding import Embedding, from_bytes, to_bytes
from monitor.core.enrolment import Refusal, SetFlaw
from monitor.core.gallery import Gallery
from monitor.core.ports import PhotoFace, PhotoReader
from monitor.core.subject import Subject, SubjectKind
from monitor.errors import AlreadyEnrolled, Conflict, InvalidInput, NotFound, PhotoRefused, WalkRefused
from monitor.services import events, presence
from monitor.store import expected_visitors as visitor_queries
from monitor.store import residents as queries

CONSENT_TEXT = "2026-11"
NAME_LIMIT, FLAT_LIMIT, PHOTO_LIMIT = rules.NAME_LIMIT, rules.FLAT_LIMIT, rules.PHOTO_LIMIT
REASONS = {
    Refusal.NOT_SAME_PERSON: "it does not show the same person as the other photos. Take it out.",
    Refusal.PHOTOS_DISAGREE: "the photos do not show one and the same person. Take the wrong one out, or add a third.",
}


@dataclass(frozen=True)
class Photo:
    """What became of one photo: kept with its face, or refused with the reason."""

    name: str
    face: PhotoFace | None
    refused: PhotoRefused | None
    source: PhotoSource = PhotoSource.PHOTO

    @property
    def picture_jpeg(self) -> bytes | None:
        """What was found in it; None when nothing was."""
        found = self.face.picture_jpeg if self.face is not None else None
        return found or (self.refused.picture_jpeg if self.refused is not None else None)


@dataclass(frozen=True)
class Defaults:
    """What holds for a new resident with whom nothing else is agreed."""

    consent_days: int
    agreed: Agreement = DEFAULT


@dataclass(frozen=True)
class NewResident:
    name: str
    flat: str | None
    watched: bool
    consent_days: int
    recorded_by: str
    keep_photos: bool = False
    consent_given_at: datetime | None = None  # None: now
    consent_until: datetime | None = None  # None: `consent_days` after it was given
    agreed: Agreement = DEFAULT  # with whom is watched


@dataclass(frozen=True)
class PhotoSet:
    """All photos of one person after they were compared with each other."""

    photos: tuple[Photo, ...]
    flaws: tuple[SetFlaw, ...]

    @property
    def faces(self) -> list[PhotoFace]:
        return [photo.face for photo in self.photos if photo.face is not None]


@dataclass(frozen=True)
class Enrolled:
    resident_id: int
    templates: int  # made now
    looks_like: tuple[int, float] | None  # an enrolled resident who is very close, and the score
    photos: tuple[Photo, ...]
    flaws: tuple[SetFlaw, ...]


def read_photos(
    reader: PhotoReader, photos: Sequence[tuple[str, bytes]], source: PhotoSource = PhotoSource.PHOTO
) -> list[Photo]:
    """Judge every photo. Slow: call it outside a transaction."""
    verdicts = []
    for name, content in photos:
        try:
            verdicts.append(Photo(name, reader.read(content), None, source))
        except PhotoRefused as refused:
            verdicts.append(Photo(name, None, refused, source))
    return verdicts


def read_walk(reader: PhotoReader, name: str, tracks: Sequence[Sequence[bytes]]) -> list[Photo]:
    """Judge the pictures of a walk. Slow. Raises WalkRefused when its tracks show more than one person."""
    named = [(f"{name} {number}", picture) for number, picture in enumerate(tracks[0], start=1)]
    photos = read_photos(reader, named, PhotoSource.WALK)
    own = _embeddings(photos)
    others = _embeddings(read_photos(reader, [(name, picture) for track in tracks[1:] for picture in track]))
    if own and others and any(rules.advise(np.stack(others), np.stack(own)).refusals):
        raise WalkRefused(reason=walk.REASONS["walk_two_people"], key="walk_two_people")
    return photos


def _embeddings(photos: Sequence[Photo]) -> list[Embedding]:
    return [photo.face.embedding for photo in photos if photo.face is not None]


def compare(photos: Sequence[Photo], enrolled: Sequence[Embedding] = ()) -> PhotoSet:
    """Judge the photos as a set; `enrolled` are the person's own templates. One of somebody else is refused."""
    kept = [n for n, photo in enumerate(photos) if photo.face is not None]
    if not kept:
        return PhotoSet(tuple(photos), ())
    advice = rules.advise(
        np.stack(_embeddings(photos)),
        np.stack(enrolled) if enrolled else None,
    )
    refusals = dict(zip(kept, advice.refusals, strict=True))
    return PhotoSet(
        tuple(_refuse(photo, refusals.get(n)) for n, photo in enumerate(photos)),
        advice.flaws,
    )


def enrol(
    session: Session,
    estate_id: str,
    new: NewResident,
    photos: Sequence[Photo],
    engine: str,
    now: datetime,
    *,
    allow_duplicate: bool = False,
) -> Enrolled:
    """Resident, consents, templates and watch in one go.

    Raises InvalidInput when nothing usable was given, AlreadyEnrolled (before anything is written) when the face is
    that of an enrolled resident and nobody has confirmed that it is another person.
    """
    name, flat = new.name.strip(), (new.flat or "").strip() or None
    if not name or len(name) > NAME_LIMIT:
        raise InvalidInput(field="name", reason=f"needs 1 to {NAME_LIMIT} characters")
    if flat is not None and len(flat) > FLAT_LIMIT:
        raise InvalidInput(field="flat", reason=f"at most {FLAT_LIMIT} characters")
    given_at = new.consent_given_at or now
    until = new.consent_until or given_at + timedelta(days=new.consent_days)
    if not given_at <= now < until:
        raise InvalidInput(field="consent", reason="it is not in force today")
    compared = compare(photos)
    if not compared.faces:
        raise InvalidInput(field="photos", reason="none of the photos can be used; nothing was kept")
    close = resembles(session, estate_id, compared.photos, engine, now)
    if close is not None and rules.is_same(close[1], engine) and not allow_duplicate:
        raise AlreadyEnrolled(resident_id=close[0], score=close[1])
    resident = ResidentRow(estate_id=estate_id, name=name, flat=flat, created_at=now)
    session.add(resident)
    session.flush()
    wanted = {
        Purpose.RECOGNITION: True,
        Purpose.WELLNESS: new.watched,
        Purpose.KEEP_PHOTO: new.keep_photos,
    }
    consents = [
        ConsentRow(
            estate_id=estate_id,
            resident_id=resident.id,
            purpose=purpose,
            text_version=CONSENT_TEXT,
            given_at=given_at,
            until=until,
            recorded_by=new.recorded_by,
        )
        for purpose, agreed in wanted.items()
        if agreed
    ]
    session.add_all(consents)
    session.flush()
    keep(session, consents[0], compared.photos, engine, now, with_picture=new.keep_photos)
    if new.watched:
        presence.watch(session, estate_id, resident.id, new.agreed, new.recorded_by, now)
    gallery_changed(session, estate_id)
    events.append(session, estate_id, "resident.enrolled", now, resident_id=resident.id)
    return Enrolled(resident.id, len(compared.faces), close, compared.photos, compared.flaws)


def add_photos(
    session: Session,
    estate_id: str,
    resident_id: int,
    photos: Sequence[Photo],
    engine: str,
    now: datetime,
    *,
    allow_duplicate: bool = False,
) -> Enrolled:
    """More photos of somebody enrolled, under the consent that is in force.

    Raises NotFound; Conflict when no consent is in force; InvalidInput when no photo can be used; AlreadyEnrolled when
    they show another resident.
    """
    row = session.get(ResidentRow, resident_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="resident", key=resident_id)
    consent = queries.consent_in_force(session, resident_id, Purpose.RECOGNITION, now)
    if consent is None:
        raise Conflict(what="consent", state="over")
    compared = compare(photos, own_templates(session, resident_id, engine))
    if not compared.faces:
        raise InvalidInput(field="photos", reason="none of the photos can be used; nothing was kept")
    close = resembles(session, estate_id, compared.photos, engine, now, besides=resident_id)
    if close is not None and rules.is_same(close[1], engine) and not allow_duplicate:
        raise AlreadyEnrolled(resident_id=close[0], score=close[1])
    with_picture = queries.consent_in_force(session, resident_id, Purpose.KEEP_PHOTO, now) is not None
    keep(session, consent, compared.photos, engine, now, with_picture=with_picture)
    gallery_changed(session, estate_id)
    events.append(session, estate_id, "resident.photos_added", now, resident_id=resident_id)
    return Enrolled(resident_id, len(compared.faces), close, compared.photos, compared.flaws)


def own_templates(session: Session, resident_id: int, engine: str) -> list[Embedding]:
    """What a resident's new photos are compared with."""
    return [from_bytes(row.embedding) for row in queries.templates_of(session, resident_id, engine)]


def resembles(
    session: Session,
    estate_id: str,
    photos: Sequence[Photo],
    engine: str,
    now: datetime,
    *,
    besides: int | None = None,
) -> tuple[int, float] | None:
    """The enrolled resident whom these photos come closest to, and the likeness; None when nobody is close."""
    enrolled = gallery(session, estate_id, engine, now)
    others = [
        place
        for place, subject in enumerate(enrolled.people)
        if subject.kind is SubjectKind.RESIDENT and subject.id != besides
    ]
    faces = _embeddings(photos)
    if not others or not faces:
        return None
    scores = enrolled.scores(np.stack(faces))[:, others].max(axis=0)
    best = int(np.argmax(scores))
    score = float(scores[best])
    return (enrolled.people[others[best]].id, score) if rules.is_close(score, engine) else None


def gallery(session: Session, estate_id: str, engine: str, now: datetime) -> Gallery:
    """The templates of everybody whose consent is in force, and of expected visitors while their pass holds."""
    residents = queries.templates_in_force(session, estate_id, engine, now)
    visitors = visitor_queries.templates_in_force(session, estate_id, engine, now)
    return Gallery.of(
        [(Subject.resident(row.resident_id), from_bytes(row.embedding)) for row in residents]
        + [(Subject.expected(row.visitor_id), from_bytes(row.embedding)) for row in visitors]
    )


def gallery_changes_at(session: Session, estate_id: str, now: datetime) -> datetime | None:
    """When the gallery next changes although nobody touches it: a consent ends, a pass begins or ends."""
    moments = (
        queries.next_end_of_consent(session, estate_id, now),
        visitor_queries.next_change(session, estate_id, now),
    )
    return min((moment for moment in moments if moment is not None), default=None)


def gallery_changed(session: Session, estate_id: str) -> None:
    """Tell the workers to load the gallery again."""
    session.get_one(EstateRow, estate_id, with_for_update=True).gallery_version += 1


def _refuse(photo: Photo, refusal: Refusal | None) -> Photo:
    if refusal is None or photo.face is None:
        return photo
    picture = photo.face.picture_jpeg or None
    refused = PhotoRefused(reason=REASONS[refusal], key=refusal.value, picture_jpeg=picture)
    return replace(photo, face=None, refused=refused)


def keep(
    session: Session,
    consent: ConsentRow,
    photos: Sequence[Photo],
    engine: str,
    now: datetime,
    *,
    with_picture: bool,
) -> None:
    """A photo and its template for every usable face; its picture only where the resident agreed to that."""
    for photo in photos:
        if photo.face is None:
            continue
        row = PhotoRow(
            estate_id=consent.estate_id,
            resident_id=consent.resident_id,
            consent_id=consent.id,
            source=photo.source,
            quality=photo.face.quality,
            crop_jpeg=photo.face.crop_jpeg if with_picture else None,
            created_at=now,
        )
        session.add(row)
        session.flush()
        session.add(template(row, photo.face, engine, now))


def template(photo: PhotoRow, face: PhotoFace, engine: str, now: datetime) -> TemplateRow:
    """What one engine made of a photo; it hangs on the photo's consent."""
    return TemplateRow(
        estate_id=photo.estate_id,
        resident_id=photo.resident_id,
        consent_id=photo.consent_id,
        photo_id=photo.id,
        engine=engine,
        embedding=to_bytes(face.embedding),
        quality=face.quality,
        created_at=now,
    )
