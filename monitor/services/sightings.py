"""A resident was seen: the sighting, and what it means for presence."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import CameraRow, ResidentRow, SightingRow
from monitor.core.consent import Purpose
from monitor.core.evidence import Evidence, EvidenceSource
from monitor.core.sighting import NO_EVIDENCE, Direction, same_pass
from monitor.errors import NotFound
from monitor.services import events, identifiability, presence, snapshots
from monitor.services.seen import Seen
from monitor.store import cameras as camera_queries
from monitor.store import corrections as correction_queries
from monitor.store import residents as resident_queries
from monitor.store import sightings as queries


@dataclass(frozen=True)
class Sighting:
    id: int
    resident_id: int
    resident_name: str
    camera: str
    camera_name: str
    place: str
    started_at: datetime
    ended_at: datetime
    direction: Direction
    why: dict[str, Any]
    snapshot_id: str | None
    rejected_at: datetime | None  # staff said: this is not them
    rejected_by: str | None


def record(
    session: Session,
    estate_id: str,
    resident_id: int,
    seen: Seen,
    snapshot_days: int,
    now: datetime,
) -> int | None:
    """Begin a sighting or go on with the one of the same pass; returns its id.

    On a camera that cannot identify it is kept, says so, and is no evidence of life. None, and nothing is kept, when
    the resident's consent has ended meanwhile, and while it is still the pass that staff have rejected.
    """
    if resident_queries.consent_in_force(session, resident_id, Purpose.RECOGNITION, now) is None:
        return None
    where = _camera(session, estate_id, seen.camera)
    reason = identifiability.no_evidence(session, where, seen.end)
    row = queries.latest(session, resident_id, where.id)
    if _rejected(session, resident_id, where.id, seen):
        return None
    if row is not None and same_pass(row.started_at, row.ended_at, seen.start, seen.end):
        row.started_at, row.ended_at = min(row.started_at, seen.start), max(row.ended_at, seen.end)
    else:
        why = seen.why if reason is None else {**seen.why, NO_EVIDENCE: reason}
        row = _begin(session, resident_id, where, replace(seen, why=why), now)
    if row.snapshot_id is None and seen.snapshot is not None:
        row.snapshot_id = snapshots.keep(
            session, estate_id, seen.snapshot, of_resident=True, days=snapshot_days
        )
    if reason is None:
        row.why = {key: value for key, value in row.why.items() if key != NO_EVIDENCE}
        found = Evidence(seen.end, EvidenceSource.CAMERA, direction=where.direction)
        presence.notice(session, resident_id, found, where.name, where, now)
    return row.id


def _begin(session: Session, resident_id: int, where: CameraRow, seen: Seen, now: datetime) -> SightingRow:
    row = SightingRow(
        estate_id=where.estate_id,
        resident_id=resident_id,
        camera_id=where.id,
        started_at=seen.start,
        ended_at=seen.end,
        direction=where.direction,
        why=seen.why,
    )
    session.add(row)
    session.flush()
    facts = {"sighting_id": row.id, "resident_id": resident_id, "camera": where.slug}
    events.append(session, where.estate_id, "sighting.started", now, **facts)
    return row


def _rejected(session: Session, resident_id: int, camera_id: int, seen: Seen) -> bool:
    rows = correction_queries.rejected_on(session, resident_id, camera_id)
    return any(same_pass(row.started_at, row.ended_at, seen.start, seen.end) for row in rows)


def listing(
    session: Session,
    estate_id: str,
    resident_id: int | None = None,
    before: datetime | None = None,
    limit: int = 100,
    *,
    with_rejected: bool = False,
) -> list[Sighting]:
    """The newest first; those that staff rejected only when they are asked for."""
    rows = queries.page(session, estate_id, resident_id, before, limit, with_rejected=with_rejected)
    by = correction_queries.rejected_by(session, [row.id for row, _, _ in rows if row.rejected_at])
    return [_view(row, resident, camera, by.get(row.id)) for row, resident, camera in rows]


def get(session: Session, estate_id: str, sighting_id: int) -> Sighting:
    row = session.get(SightingRow, sighting_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="sighting", key=sighting_id)
    resident, camera = (
        session.get_one(ResidentRow, row.resident_id),
        session.get_one(CameraRow, row.camera_id),
    )
    by = correction_queries.rejected_by(session, [row.id])
    return _view(row, resident, camera, by.get(row.id))


def _view(row: SightingRow, resident: ResidentRow, camera: CameraRow, rejected_by: str | None) -> Sighting:
    return Sighting(
        id=row.id,
        resident_id=resident.id,
        resident_name=resident.name,
        camera=camera.slug,
        camera_name=camera.name,
        place=camera.place,
        started_at=row.started_at,
        ended_at=row.ended_at,
        direction=row.direction,
        why=row.why,
        snapshot_id=row.snapshot_id,
        rejected_at=row.rejected_at,
        rejected_by=rejected_by,
    )


def _camera(session: Session, estate_id: str, slug: str) -> CameraRow:
    row = camera_queries.by_slug(session, estate_id, slug)
    if row is None:
        raise NotFound(what="camera", key=slug)
    return row
