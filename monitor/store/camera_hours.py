"""Queries about what cameras counted of the people who passed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import CameraHourRow, CameraRow


def lock_cameras(session: Session, estate_id: str, slugs: Sequence[str]) -> dict[str, CameraRow]:
    """The cameras, held until the end of the transaction: one writer at a time counts for a camera."""
    rows = session.scalars(
        select(CameraRow)
        .where(CameraRow.estate_id == estate_id, CameraRow.slug.in_(slugs))
        .order_by(CameraRow.id)
        .with_for_update()
    )
    return {row.slug: row for row in rows}


def at(session: Session, camera_id: int, hour: datetime) -> CameraHourRow | None:
    return session.scalars(
        select(CameraHourRow).where(CameraHourRow.camera_id == camera_id, CameraHourRow.hour == hour)
    ).one_or_none()


def since(session: Session, camera_id: int, begin: datetime) -> Sequence[CameraHourRow]:
    return session.scalars(
        select(CameraHourRow)
        .where(CameraHourRow.camera_id == camera_id, CameraHourRow.hour >= begin)
        .order_by(CameraHourRow.hour)
    ).all()


def forget(session: Session, estate_id: str, before: datetime) -> None:
    session.execute(
        delete(CameraHourRow).where(CameraHourRow.estate_id == estate_id, CameraHourRow.hour < before)
    )
