"""Queries about sightings and visits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CameraRow, ResidentRow, SightingRow, VisitRow


def latest(session: Session, resident_id: int, camera_id: int) -> SightingRow | None:
    """Locked, so that it cannot be rejected while it is extended."""
    return session.scalars(
        select(SightingRow)
        .where(
            SightingRow.resident_id == resident_id,
            SightingRow.camera_id == camera_id,
            SightingRow.rejected_at.is_(None),
        )
        .order_by(SightingRow.ended_at.desc())
        .limit(1)
        .with_for_update()
    ).first()


def page(
    session: Session,
    estate_id: str,
    resident_id: int | None,
    before: datetime | None,
    limit: int,
    *,
    with_rejected: bool = False,
) -> Sequence[tuple[SightingRow, ResidentRow, CameraRow]]:
    query = (
        select(SightingRow, ResidentRow, CameraRow)
        .join(ResidentRow, ResidentRow.id == SightingRow.resident_id)
        .join(CameraRow, CameraRow.id == SightingRow.camera_id)
        .where(SightingRow.estate_id == estate_id)
        .order_by(SightingRow.started_at.desc(), SightingRow.id.desc())
        .limit(limit)
    )
    if not with_rejected:
        query = query.where(SightingRow.rejected_at.is_(None))
    if resident_id is not None:
        query = query.where(SightingRow.resident_id == resident_id)
    if before is not None:
        query = query.where(SightingRow.started_at < before)
    return [(sighting, resident, camera) for sighting, resident, camera in session.execute(query)]


def visit_page(session: Session, estate_id: str, before: datetime | None, limit: int) -> Sequence[VisitRow]:
    query = (
        select(VisitRow)
        .where(VisitRow.estate_id == estate_id)
        .order_by(VisitRow.started_at.desc(), VisitRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(VisitRow.started_at < before)
    return session.scalars(query).all()


def visit_of_key(session: Session, estate_id: str, key: str) -> VisitRow | None:
    """Locked, so that two workers who extend the same visit do not undo each other."""
    return session.scalars(
        select(VisitRow).where(VisitRow.estate_id == estate_id, VisitRow.key == key).with_for_update()
    ).one_or_none()


def running_visit_of(session: Session, visitor_id: int, since: datetime) -> VisitRow | None:
    """The visit of an expected visitor who was seen since then."""
    return session.scalars(
        select(VisitRow)
        .where(VisitRow.visitor_id == visitor_id, VisitRow.ended_at >= since)
        .order_by(VisitRow.ended_at.desc())
        .limit(1)
    ).first()


def expected_visits(session: Session, estate_id: str, since: datetime) -> Sequence[VisitRow]:
    """The visits of expected visitors who were seen since then, the newest first."""
    return session.scalars(
        select(VisitRow)
        .where(VisitRow.estate_id == estate_id, VisitRow.visitor_id.is_not(None), VisitRow.ended_at >= since)
        .order_by(VisitRow.started_at.desc(), VisitRow.id.desc())
    ).all()


def visits_running_on(session: Session, camera_ids: Sequence[int], since: datetime) -> Sequence[VisitRow]:
    """The visits of strangers last seen on these cameras since then, the newest first."""
    return session.scalars(
        select(VisitRow)
        .where(
            VisitRow.last_camera_id.in_(camera_ids),
            VisitRow.ended_at >= since,
            VisitRow.visitor_id.is_(None),
        )
        .order_by(VisitRow.ended_at.desc())
    ).all()
