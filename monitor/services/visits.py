"""A stranger or an expected visitor was seen: the visit, and whether this hour and place make it an alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import CameraRow, EstateRow, ExpectedVisitorRow, SnapshotRow, VisitRow
from monitor.core.alert import AlertKind, Severity
from monitor.core.subject import SubjectKind
from monitor.core.visit import VisitRule
from monitor.errors import NotFound
from monitor.services import alerts, events, snapshots
from monitor.services.seen import Seen
from monitor.store import alerts as alert_queries
from monitor.store import cameras as camera_queries
from monitor.store import expected_visitors as visitor_queries
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
    visitor_name: str | None  # of an expected visitor; a stranger has none
    visitor_reason: str | None


@dataclass(frozen=True)
class VisitPolicy:
    """When visits end and when they become alerts."""

    gap: timedelta
    rules: tuple[VisitRule, ...]
    snapshot_days: int
    channels: tuple[str, ...]


def record(session: Session, estate_id: str, key: str, seen: Seen, policy: VisitPolicy, now: datetime) -> int:
    """Begin the stranger's visit of this key or go on with it; raises the alert that a rule asks for.

    Two workers who begin it at the same moment: PostgreSQL refuses the later one with IntegrityError, and when that
    one comes again the visit is there. SQLite lets them in one after the other.
    """
    where = _camera(session, estate_id, seen.camera)
    row = queries.visit_of_key(session, estate_id, key)
    if row is None:
        row = _begin(session, key, where, seen)
        events.append(session, estate_id, "visit.started", now, visit_id=row.id, camera=seen.camera)
    _extend(session, row, where, seen, policy)
    _alert(session, row, where, policy, seen.end, now)
    return row.id


def record_expected(
    session: Session, estate_id: str, visitor_id: int, seen: Seen, policy: VisitPolicy, now: datetime
) -> int | None:
    """The same for somebody with a pass: no alert, the desk greets. None when the pass does not hold any more."""
    visitor = visitor_queries.running(session, estate_id, visitor_id, now, lock=True)
    if visitor is None:
        return None
    where = _camera(session, estate_id, seen.camera)
    row = queries.running_visit_of(session, visitor_id, seen.start - policy.gap)
    if row is None:
        row = _begin(session, uuid4().hex, where, seen, visitor_id)
        facts = {"visit_id": row.id, "visitor_id": visitor_id, "camera": seen.camera}
        events.append(session, estate_id, "visit.expected", now, **facts)
    _extend(session, row, where, seen, policy)
    return row.id


def withdraw(session: Session, estate_id: str, key: str, seen: Seen, who: SubjectKind, now: datetime) -> bool:
    """The person whom the visit was begun for is no stranger: it goes, with its pictures, and its alert says why.

    Only when the visit holds what was `seen` of this person and nothing else; False when it is left as it is.
    """
    row = queries.visit_of_key(session, estate_id, key)
    if row is None or (row.started_at, row.ended_at) != (seen.start, seen.end):
        return False
    where = _camera(session, estate_id, seen.camera)
    if not row.first_camera_id == row.last_camera_id == where.id:
        return False
    alert = alert_queries.unresolved(session, estate_id, AlertKind.VISITOR, _subject(row))
    if alert is not None:
        alerts.turned_out(session, alert, who, now)
    if row.snapshot_id is not None:
        session.delete(session.get_one(SnapshotRow, row.snapshot_id))
    session.delete(row)
    events.append(session, estate_id, "visit.withdrawn", now, visit_id=row.id)
    return True


def interrupted(
    session: Session, estate_id: str, cameras: Sequence[str], gap: timedelta, now: datetime
) -> dict[str, str]:
    """For every camera, the key of the stranger's visit that was running there a moment ago.

    When the faces are lost with the processes that knew them, the next stranger on the same camera goes on with this
    visit, so that nobody is alarmed about twice.
    """
    slugs = {row.id: row.slug for row in camera_queries.of_estate(session, estate_id) if row.slug in cameras}
    found: dict[str, str] = {}
    for row in queries.visits_running_on(session, list(slugs), now - gap):
        found.setdefault(slugs[row.last_camera_id], row.key)
    return found


def listing(
    session: Session,
    estate_id: str,
    gap: timedelta,
    now: datetime,
    before: datetime | None = None,
    limit: int = 100,
) -> list[Visit]:
    return _views(session, estate_id, queries.visit_page(session, estate_id, before, limit), gap, now)


def expected_running(session: Session, estate_id: str, gap: timedelta, now: datetime) -> list[Visit]:
    """The expected visitors who are there now, the newest first."""
    return _views(session, estate_id, queries.expected_visits(session, estate_id, now - gap), gap, now)


def get(session: Session, estate_id: str, visit_id: int, gap: timedelta, now: datetime) -> Visit:
    row = session.get(VisitRow, visit_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="visit", key=visit_id)
    return _views(session, estate_id, [row], gap, now)[0]


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
        subject=_subject(row),
        episode=_subject(row),
        since=row.started_at,
        why={"rule": rule.name, **row.why},
        visit_id=row.id,
        camera_id=where.id,
        snapshot_id=row.snapshot_id,
    )
    alerts.raise_alert(session, row.estate_id, new, policy.channels, now)


def _camera(session: Session, estate_id: str, slug: str) -> CameraRow:
    row = camera_queries.by_slug(session, estate_id, slug)
    if row is None:
        raise NotFound(what="camera", key=slug)
    return row


def _begin(
    session: Session, key: str, where: CameraRow, seen: Seen, visitor_id: int | None = None
) -> VisitRow:
    row = VisitRow(
        estate_id=where.estate_id,
        key=key,
        started_at=seen.start,
        ended_at=seen.end,
        first_camera_id=where.id,
        last_camera_id=where.id,
        why=seen.why,
        visitor_id=visitor_id,
    )
    session.add(row)
    session.flush()
    return row


def _extend(session: Session, row: VisitRow, where: CameraRow, seen: Seen, policy: VisitPolicy) -> None:
    row.ended_at, row.last_camera_id = max(row.ended_at, seen.end), where.id
    if row.snapshot_id is None and seen.snapshot is not None:
        row.snapshot_id = snapshots.keep(
            session, row.estate_id, seen.snapshot, of_resident=False, days=policy.snapshot_days
        )


def _subject(row: VisitRow) -> str:
    """By key and start: the id of a deleted visit may be given again, and so may the key of one that was withdrawn."""
    return f"visit:{row.key}:{row.started_at:%Y%m%dT%H%M%S.%f}"


def _views(
    session: Session, estate_id: str, rows: Sequence[VisitRow], gap: timedelta, now: datetime
) -> list[Visit]:
    cameras = {row.id: row for row in camera_queries.of_estate(session, estate_id)}
    visitors = {row.id: row for row in visitor_queries.of_estate(session, estate_id)}
    return [_view(row, cameras, visitors.get(row.visitor_id or 0), gap, now) for row in rows]


def _view(
    row: VisitRow,
    cameras: dict[int, CameraRow],
    visitor: ExpectedVisitorRow | None,
    gap: timedelta,
    now: datetime,
) -> Visit:
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
        visitor_name=visitor.name if visitor else None,
        visitor_reason=visitor.reason if visitor else None,
    )
