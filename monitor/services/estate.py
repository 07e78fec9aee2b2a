"""Bringing the estate and its cameras from cameras.yaml into the database, at a start and while it runs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import BlindTimeRow, CameraRow, EstateRow
from monitor.config.cameras import CameraConfig, EstateConfig
from monitor.core.alert import AlertKind, AlertState, Outcome
from monitor.core.camera import REMOVED, CameraState
from monitor.errors import NotFound
from monitor.services import alerts, events
from monitor.store import alerts as alert_queries
from monitor.store import cameras as queries

# A camera that comes new identified nobody before; nobody's silence is judged by a longer time.
NOT_THERE_FOR = timedelta(days=31)


@dataclass(frozen=True)
class Estate:
    id: str
    name: str
    time_zone: str
    gallery_version: int


def register(
    session: Session, config: EstateConfig, now: datetime, readdressed: Collection[str] = ()
) -> None:
    """Make the rows as the file says; a camera that left the file is disabled, its history stays.

    Every difference is an event, but those of the very first time. `readdressed`: cameras whose address or password
    is another one, which no row shows. Doing it twice changes nothing.
    """
    estate = session.get(EstateRow, config.id)
    first = estate is None
    if estate is None:
        session.add(EstateRow(id=config.id, name=config.name, time_zone=config.time_zone))
        session.flush()
    else:
        estate.name, estate.time_zone = config.name, config.time_zone
    rows = {row.slug: row for row in queries.of_estate(session, config.id)}
    for camera in config.cameras:
        row = rows.pop(camera.id, None)
        if row is not None:
            _update(session, row, camera, camera.id in readdressed, now)
            continue
        row = _new(camera, config.id, now)
        session.add(row)
        if not first:
            session.flush()
            _was_blind(session, row, now - NOT_THERE_FOR, now)
            events.append(session, config.id, "camera.added", now, camera=camera.id)
    for gone in rows.values():
        if gone.state_reason != REMOVED:
            _stop(session, gone, REMOVED, now)
            events.append(session, config.id, "camera.removed", now, camera=gone.slug)


def refuse_file(session: Session, estate_id: str, keys: Collection[str], now: datetime) -> None:
    """Tell that the camera file has mistakes and what runs goes on. `keys`: where they are."""
    events.append(session, estate_id, "cameras.file_refused", now, keys=sorted(keys))


def get(session: Session, estate_id: str) -> Estate:
    row = session.get(EstateRow, estate_id)
    if row is None:
        raise NotFound(what="estate", key=estate_id)
    return Estate(row.id, row.name, row.time_zone, row.gallery_version)


def _new(camera: CameraConfig, estate_id: str, now: datetime) -> CameraRow:
    state = CameraState.STARTING if camera.enabled else CameraState.DISABLED
    return CameraRow(estate_id=estate_id, slug=camera.id, state=state, state_since=now, **_facts(camera))


def _update(session: Session, row: CameraRow, camera: CameraConfig, readdressed: bool, now: datetime) -> None:
    back = row.state_reason == REMOVED
    changed = {name: value for name, value in _facts(camera).items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if not camera.enabled and (back or row.state is not CameraState.DISABLED):
        _stop(session, row, "", now)
    elif camera.enabled and row.state is CameraState.DISABLED:
        since, row.last_frame_at = row.state_since, None
        _switch(session, row, CameraState.STARTING, "", now)
        _was_blind(session, row, since, now)
    elif "identifies" in changed and row.identifies:
        _was_blind(session, row, now - NOT_THERE_FOR, now)
    if back:
        events.append(session, row.estate_id, "camera.added", now, camera=row.slug)
    elif changed or readdressed:
        what = [*sorted(changed), *(["address"] if readdressed else [])]
        events.append(session, row.estate_id, "camera.changed", now, camera=row.slug, what=what)


def _stop(session: Session, row: CameraRow, reason: str, now: datetime) -> None:
    """Nobody waits for this camera any more: its blind time ends, and what was told of it is over."""
    row.enabled = False
    blind = queries.open_blind_times_of(session, [row.id]).get(row.id)
    if blind is not None:
        blind.ended_at = max(now, blind.started_at)
    told = alert_queries.unresolved(session, row.estate_id, AlertKind.CAMERA_OFFLINE, f"camera:{row.id}")
    if told is not None and told.state is not AlertState.RESOLVED:
        alerts.resolve(session, row.estate_id, told.id, Outcome.RECOVERED, "", alerts.SYSTEM, now)
    _switch(session, row, CameraState.DISABLED, reason, now)


def _was_blind(session: Session, row: CameraRow, since: datetime, now: datetime) -> None:
    """It could not have identified anybody before, and cannot before its first picture."""
    session.add(
        BlindTimeRow(
            estate_id=row.estate_id, camera_id=row.id, started_at=since, ended_at=now, reason="not_in_use"
        )
    )
    if row.state is CameraState.STARTING and not queries.open_blind_times_of(session, [row.id]):
        session.add(
            BlindTimeRow(estate_id=row.estate_id, camera_id=row.id, started_at=now, reason="connecting")
        )


def _switch(session: Session, row: CameraRow, state: CameraState, reason: str, now: datetime) -> None:
    if row.state is not state:
        row.state_since = now
        events.append(
            session, row.estate_id, "camera.state", now, camera=row.slug, state=state.value, reason=reason
        )
    row.state, row.state_reason = state, reason
    row.frame_age_s = row.frames_per_s = None


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
