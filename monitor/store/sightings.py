"""Queries about sightings and visits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CameraRow, ResidentRow, SightingRow, VisitRow


def latest(session: Session, resident_id: int, camera_id: int) -> SightingRow | None:
    return session.scalars(
        select(SightingRow)
        .where(SightingRow.resident_id == resident_id, SightingRow.camera_id == camera_id)
        .order_by(SightingRow.ended_at.desc())
        .limit(1)
    ).first()


def page(
    session: Session, estate_id: str, resident_id: int | None, before: datetime | None, limit: int
) -> Sequence[tuple[SightingRow, ResidentRow, CameraRow]]:
    query = (
        select(SightingRow, ResidentRow, CameraRow)
        .join(ResidentRow, ResidentRow.id == SightingRow.resident_id)
        .join(CameraRow, CameraRow.id == SightingRow.camera_id)
        .where(SightingRow.estate_id == estate_id)
        .order_by(SightingRow.started_at.desc(), SightingRow.id.desc())
        .limit(limit)
    )
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


def visits_running_on(session: Session, camera_ids: Sequence[int], since: datetime) -> Sequence[VisitRow]:
    """The visits last seen on these cameras since then, the newest first."""
    return session.scalars(
        select(VisitRow)
        .where(VisitRow.last_camera_id.in_(camera_ids), VisitRow.ended_at >= since)
        .order_by(VisitRow.ended_at.desc())
    ).all()
