"""A stranger was seen: the visit, and whether this hour and place make it an alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import CameraRow, EstateRow, VisitRow
from monitor.core.alert import AlertKind, Severity
from monitor.core.visit import VisitRule
from monitor.errors import NotFound
from monitor.services import alerts, events, snapshots
from monitor.services.seen import Seen
from monitor.store import cameras as camera_queries
from monitor.store import sightings as queries


@dataclass(frozen=True)
class Visit:
    id: int
    started_at: datetime
    ended_at: datetime
    first_camera_name: str
    last_camera: str
    last_camera_name: str
    place: str
    running: bool
    why: dict[str, Any]
    snapshot_id: str | None


@dataclass(frozen=True)
class VisitPolicy:
    """When visits end and when they become alerts."""

    gap: timedelta
    rules: tuple[VisitRule, ...]
    snapshot_days: int
    channels: tuple[str, ...]


def record(
    session: Session,
    estate_id: str,
    visit_id: int | None,
    seen: Seen,
    policy: VisitPolicy,
    now: datetime,
) -> int:
    """Begin a visit (`visit_id` None) or go on with one; raises the alert that a rule asks for."""
    where = camera_queries.by_slug(session, estate_id, seen.camera)
    if where is None:
        raise NotFound(what="camera", key=seen.camera)
    row = session.get(VisitRow, visit_id) if visit_id is not None else None
    if row is None:
        row = VisitRow(
            estate_id=estate_id,
            started_at=seen.start,
            ended_at=seen.end,
            first_camera_id=where.id,
            last_camera_id=where.id,
            why=seen.why,
        )
        session.add(row)
        session.flush()
        events.append(session, estate_id, "visit.started", now, visit_id=row.id, camera=seen.camera)
    row.ended_at, row.last_camera_id = max(row.ended_at, seen.end), where.id
    if row.snapshot_id is None and seen.snapshot is not None:
        row.snapshot_id = snapshots.keep(
            session, estate_id, seen.snapshot, of_resident=False, days=policy.snapshot_days
        )
    _alert(session, row, where, policy, seen.end, now)
    return row.id


def interrupted(
    session: Session, estate_id: str, cameras: Sequence[str], gap: timedelta, now: datetime
) -> dict[str, int]:
    """For every camera, the visit that was running there a moment ago.

    A worker that was killed has lost the faces it knew; the next stranger on the same camera goes on with this visit,
    so that nobody is alarmed about twice.
    """
    slugs = {row.id: row.slug for row in camera_queries.of_estate(session, estate_id) if row.slug in cameras}
    found: dict[str, int] = {}
    for row in queries.visits_running_on(session, list(slugs), now - gap):
        found.setdefault(slugs[row.last_camera_id], row.id)
    return found


def listing(
    session: Session,
    estate_id: str,
    gap: timedelta,
    now: datetime,
    before: datetime | None = None,
    limit: int = 100,
) -> list[Visit]:
    cameras = {row.id: row for row in camera_queries.of_estate(session, estate_id)}
    return [_view(row, cameras, gap, now) for row in queries.visit_page(session, estate_id, before, limit)]


def get(session: Session, estate_id: str, visit_id: int, gap: timedelta, now: datetime) -> Visit:
    row = session.get(VisitRow, visit_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="visit", key=visit_id)
    cameras = {camera.id: camera for camera in camera_queries.of_estate(session, estate_id)}
    return _view(row, cameras, gap, now)


def _alert(
    session: Session, row: VisitRow, where: CameraRow, policy: VisitPolicy, at: datetime, now: datetime
) -> None:
    zone = ZoneInfo(session.get_one(EstateRow, row.estate_id).time_zone)
    rule = next((r for r in policy.rules if r.covers(where.place) and r.window.holds(at, zone)), None)
    if rule is None:
        return
    new = alerts.NewAlert(
        kind=AlertKind.VISITOR,
        severity=Severity.WARNING,
        subject=f"visit:{row.id}",
        episode=f"visit:{row.id}",
        since=row.started_at,
        why={"rule": rule.name, **row.why},
        visit_id=row.id,
        camera_id=where.id,
        snapshot_id=row.snapshot_id,
    )
    alerts.raise_alert(session, row.estate_id, new, policy.channels, now)


def _view(row: VisitRow, cameras: dict[int, CameraRow], gap: timedelta, now: datetime) -> Visit:
    first, last = cameras[row.first_camera_id], cameras[row.last_camera_id]
    return Visit(
        id=row.id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        first_camera_name=first.name,
        last_camera=last.slug,
        last_camera_name=last.name,
        place=last.place,
        running=now - row.ended_at <= gap,
        why=row.why,
        snapshot_id=row.snapshot_id,
    )
