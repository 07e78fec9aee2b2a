"""Evidence of life that no camera gave: staff who saw, phoned or visited, and sensors (W10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import CameraRow, EvidenceRow, ResidentRow, UnclearFaceRow
from monitor.clock import deviation
from monitor.core.consent import Purpose
from monitor.core.evidence import (
    BY_STAFF,
    DOUBTFUL_WEIGHT,
    FULL,
    Evidence,
    EvidenceSource,
    require_past,
)
from monitor.core.sighting import Direction
from monitor.errors import InvalidInput, NotFound
from monitor.services import events, presence, sensors
from monitor.services.proofs import by as told_by
from monitor.store import residents as resident_queries

NOTE_LIMIT, KEY_LIMIT = 500, 100


@dataclass(frozen=True)
class Said:
    """What a member of staff says, or a sensor. Exactly one of `resident_id` and `sensor` is given."""

    at: datetime
    resident_id: int | None = None
    source: EvidenceSource | None = None  # with `resident_id`: seen, phoned or visited
    sensor: str | None = None
    direction: Direction = Direction.BOTH
    note: str = ""
    key: str | None = None


@dataclass(frozen=True)
class Recorded:
    id: int
    resident_id: int
    source: EvidenceSource
    weight: float
    at: datetime
    repeated: bool  # the same key came before: nothing was changed


def record(session: Session, estate_id: str, said: Said, by: str, now: datetime) -> Recorded:
    """Raises InvalidInput, NotFound. With the key of an earlier call nothing happens twice."""
    if len(said.note) > NOTE_LIMIT:
        raise InvalidInput(field="note", reason=f"at most {NOTE_LIMIT} characters")
    if said.key is not None and not 0 < len(said.key) <= KEY_LIMIT:
        raise InvalidInput(field="key", reason=f"needs 1 to {KEY_LIMIT} characters")
    before = _with_key(session, estate_id, said.key)
    if before is not None:
        return _recorded(before, repeated=True)
    row = _of_sensor(session, estate_id, said) if said.sensor else _of_staff(session, estate_id, said)
    ahead = deviation()
    row.at = require_past(said.at, now, ahead.by if ahead else timedelta(0))
    row.by, row.created_at = by, now
    if resident_queries.consent_in_force(session, row.resident_id, Purpose.WELLNESS, now) is None:
        raise InvalidInput(field="resident_id", reason="this resident is not watched: no consent in force")
    faster = _add(session, row)
    if faster is not None:
        return _recorded(faster, repeated=True)
    facts = {"resident_id": row.resident_id, "source": row.source.value}
    events.append(session, estate_id, "evidence.recorded", now, **facts)
    found = Evidence(row.at, row.source, row.weight, row.direction)
    presence.notice(session, row.resident_id, found, told_by(row.source), None, now)
    return _recorded(row, repeated=False)


def doubt(session: Session, resident_id: int, camera: CameraRow, face: UnclearFaceRow, now: datetime) -> None:
    """A face that was nearly recognised: it counts in part until staff say who it was."""
    if resident_queries.consent_in_force(session, resident_id, Purpose.WELLNESS, now) is None:
        return
    row = EvidenceRow(
        estate_id=face.estate_id,
        resident_id=resident_id,
        source=EvidenceSource.DOUBTFUL,
        weight=DOUBTFUL_WEIGHT,
        direction=camera.direction,
        at=face.ended_at,
        by=camera.slug,
        unclear_face_id=face.id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    found = Evidence(row.at, row.source, row.weight, row.direction)
    presence.notice(session, resident_id, found, camera.name, None, now)


def undoubt(session: Session, face_id: int, now: datetime) -> None:
    """Staff have said who it was: there is no doubt left."""
    gone = session.scalars(
        delete(EvidenceRow)
        .where(EvidenceRow.unclear_face_id == face_id, EvidenceRow.source == EvidenceSource.DOUBTFUL)
        .returning(EvidenceRow.resident_id)
    ).all()
    for resident_id in gone:
        row = presence.locked(session, resident_id)
        if row is not None:
            presence.refresh(session, row, now)


def _of_staff(session: Session, estate_id: str, said: Said) -> EvidenceRow:
    if said.resident_id is None or said.source not in BY_STAFF - {EvidenceSource.NAMED}:
        raise InvalidInput(
            field="source", reason="is seen, phoned or visited, of a resident; or name a sensor"
        )
    resident = session.get(ResidentRow, said.resident_id)
    if resident is None or resident.estate_id != estate_id:
        raise NotFound(what="resident", key=said.resident_id)
    return _row(estate_id, resident.id, said.source, FULL, said)


def _of_sensor(session: Session, estate_id: str, said: Said) -> EvidenceRow:
    assert said.sensor is not None
    if said.resident_id is not None or said.source is not None:
        raise InvalidInput(field="sensor", reason="says by itself whom it notices; leave the others out")
    sensor = sensors.by_slug(session, estate_id, said.sensor)
    if sensor is None:
        raise NotFound(what="sensor", key=said.sensor)
    row = _row(estate_id, sensor.resident_id, sensor.kind, sensor.weight, said)
    row.sensor_id = sensor.id
    return row


def _row(estate_id: str, resident_id: int, source: EvidenceSource, weight: float, said: Said) -> EvidenceRow:
    return EvidenceRow(
        estate_id=estate_id,
        resident_id=resident_id,
        source=source,
        weight=weight,
        direction=said.direction,
        note=said.note,
        key=said.key,
    )


def _add(session: Session, row: EvidenceRow) -> EvidenceRow | None:
    """The row that somebody else added with the same key at the same moment; None: this one is added."""
    estate_id, key = row.estate_id, row.key
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        faster = _with_key(session, estate_id, key)
        if faster is None:
            raise
        return faster
    return None


def _with_key(session: Session, estate_id: str, key: str | None) -> EvidenceRow | None:
    if key is None:
        return None
    return session.scalars(
        select(EvidenceRow).where(EvidenceRow.estate_id == estate_id, EvidenceRow.key == key)
    ).one_or_none()


def _recorded(row: EvidenceRow, *, repeated: bool) -> Recorded:
    return Recorded(row.id, row.resident_id, row.source, row.weight, row.at, repeated)
