"""Bringing the estate and its cameras from cameras.yaml into the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import CameraRow, EstateRow
from monitor.config.cameras import CameraConfig, EstateConfig
from monitor.core.camera import CameraState
from monitor.errors import NotFound
from monitor.store import cameras as queries


@dataclass(frozen=True)
class Estate:
    id: str
    name: str
    time_zone: str
    gallery_version: int


def register(session: Session, config: EstateConfig, now: datetime) -> None:
    """Make the rows as the file says; a camera that left the file is disabled, its history stays."""
    estate = session.get(EstateRow, config.id)
    if estate is None:
        session.add(EstateRow(id=config.id, name=config.name, time_zone=config.time_zone))
        session.flush()
    else:
        estate.name, estate.time_zone = config.name, config.time_zone
    rows = {row.slug: row for row in queries.of_estate(session, config.id)}
    for camera in config.cameras:
        row = rows.pop(camera.id, None)
        facts = _facts(camera)
        if row is None:
            state = CameraState.STARTING if camera.enabled else CameraState.DISABLED
            session.add(CameraRow(estate_id=config.id, slug=camera.id, state=state, state_since=now, **facts))
            continue
        for name, value in facts.items():
            setattr(row, name, value)
        if not camera.enabled:
            row.state = CameraState.DISABLED
        elif row.state is CameraState.DISABLED:
            row.state, row.state_since = CameraState.STARTING, now
    for gone in rows.values():
        gone.enabled, gone.state = False, CameraState.DISABLED


def get(session: Session, estate_id: str) -> Estate:
    row = session.get(EstateRow, estate_id)
    if row is None:
        raise NotFound(what="estate", key=estate_id)
    return Estate(row.id, row.name, row.time_zone, row.gallery_version)


def _facts(camera: CameraConfig) -> dict[str, Any]:
    return {
        "name": camera.name,
        "place": camera.place,
        "direction": camera.direction,
        "identifies": camera.identifies,
        "enabled": camera.enabled,
        "x_m": camera.position[0],
        "y_m": camera.position[1],
        "heading_deg": camera.heading_deg,
        "field_of_view_deg": camera.field_of_view_deg,
        "range_m": camera.range_m,
    }
