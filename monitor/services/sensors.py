"""Sensors other than cameras: each notices one resident, and is believed by its own weight."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ResidentRow, SensorRow
from monitor.core.evidence import SENSOR_WEIGHT, EvidenceSource, require_weight
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import events

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True)
class Sensor:
    slug: str
    kind: EvidenceSource
    resident_id: int
    resident_name: str
    weight: float
    added_at: datetime
    added_by: str


@dataclass(frozen=True)
class NewSensor:
    slug: str
    kind: EvidenceSource
    resident_id: int
    weight: float | None = None  # None: what its kind is believed by


def add(session: Session, estate_id: str, new: NewSensor, by: str, now: datetime) -> Sensor:
    """Raises InvalidInput, NotFound for an unknown resident, Conflict for an id that is in use."""
    if not is_slug(new.slug):
        raise InvalidInput(field="id", reason="is 1 to 60 small letters, digits or hyphens")
    if new.kind not in SENSOR_WEIGHT:
        raise InvalidInput(field="kind", reason=f"is one of {', '.join(SENSOR_WEIGHT)}")
    weight = require_weight(SENSOR_WEIGHT[new.kind] if new.weight is None else new.weight)
    resident = session.get(ResidentRow, new.resident_id)
    if resident is None or resident.estate_id != estate_id:
        raise NotFound(what="resident", key=new.resident_id)
    if by_slug(session, estate_id, new.slug) is not None:
        raise Conflict(what="sensor", state="there")
    row = SensorRow(
        estate_id=estate_id,
        slug=new.slug,
        kind=new.kind,
        resident_id=new.resident_id,
        weight=weight,
        added_at=now,
        added_by=by,
    )
    session.add(row)
    session.flush()
    events.append(session, estate_id, "sensor.added", now, sensor=row.slug, resident_id=row.resident_id)
    return _view(row, resident)


def is_slug(text: str) -> bool:
    return _SLUG.fullmatch(text) is not None


def remove(session: Session, estate_id: str, slug: str, now: datetime) -> None:
    """What it has noticed stays. Raises NotFound."""
    row = by_slug(session, estate_id, slug)
    if row is None:
        raise NotFound(what="sensor", key=slug)
    session.delete(row)
    events.append(session, estate_id, "sensor.removed", now, sensor=slug)


def listing(session: Session, estate_id: str, resident_id: int | None = None) -> list[Sensor]:
    query = (
        select(SensorRow, ResidentRow)
        .join(ResidentRow, ResidentRow.id == SensorRow.resident_id)
        .where(SensorRow.estate_id == estate_id)
        .order_by(SensorRow.slug)
    )
    if resident_id is not None:
        query = query.where(SensorRow.resident_id == resident_id)
    return [_view(row, resident) for row, resident in session.execute(query)]


def by_slug(session: Session, estate_id: str, slug: str) -> SensorRow | None:
    return session.scalars(
        select(SensorRow).where(SensorRow.estate_id == estate_id, SensorRow.slug == slug)
    ).one_or_none()


def _view(row: SensorRow, resident: ResidentRow) -> Sensor:
    return Sensor(row.slug, row.kind, row.resident_id, resident.name, row.weight, row.added_at, row.added_by)
