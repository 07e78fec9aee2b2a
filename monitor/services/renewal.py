"""Templates of a new engine, made from the pictures that residents let us keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import PhotoRow
from monitor.core.consent import Purpose
from monitor.core.ports import PhotoFace, PhotoReader
from monitor.errors import PhotoRefused
from monitor.services import enrolment
from monitor.store import residents as queries


@dataclass(frozen=True)
class Renewed:
    """What this engine made of one kept picture; None: it found no good face in it."""

    photo_id: int
    face: PhotoFace | None


@dataclass(frozen=True)
class Lacking:
    """A resident who agreed and whom the engine in force does not know: new photos are needed."""

    resident_id: int
    name: str
    flat: str | None


def pending(session: Session, estate_id: str, engine: str, now: datetime) -> list[int]:
    """The photos whose kept picture waits for a template of this engine."""
    return list(queries.pictures_to_renew(session, estate_id, engine, now))


def pictures(session: Session, photo_ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """The kept pictures (JPEG) of these photos."""
    rows = [session.get(PhotoRow, photo_id) for photo_id in photo_ids]
    return [(row.id, row.crop_jpeg) for row in rows if row is not None and row.crop_jpeg is not None]


def read(reader: PhotoReader, kept: Sequence[tuple[int, bytes]]) -> list[Renewed]:
    """Slow: call it outside a transaction."""
    found = []
    for photo_id, crop_jpeg in kept:
        try:
            found.append(Renewed(photo_id, reader.read(crop_jpeg)))
        except PhotoRefused:
            found.append(Renewed(photo_id, None))
    return found


def write(session: Session, estate_id: str, found: Sequence[Renewed], engine: str, now: datetime) -> int:
    """The templates; returns how many. Who withdrew or was erased in the meantime is left out."""
    wanted = set(pending(session, estate_id, engine, now))
    made = 0
    for renewed in found:
        photo = session.get(PhotoRow, renewed.photo_id) if renewed.photo_id in wanted else None
        if photo is not None and renewed.face is not None:
            session.add(enrolment.template(photo, renewed.face, engine, now))
            made += 1
    if made:
        enrolment.gallery_changed(session, estate_id)
    return made


def lacking(session: Session, estate_id: str, engine: str, now: datetime) -> list[Lacking]:
    """Who agreed to recognition and cannot be recognised by this engine."""
    known = queries.recognised_by(session, estate_id, engine, now)
    return [
        Lacking(row.id, row.name, row.flat)
        for row, _ in queries.with_presence(session, estate_id)
        if row.id not in known
        and queries.consent_in_force(session, row.id, Purpose.RECOGNITION, now) is not None
    ]
