"""A resident's days as tests tell them: what cameras do, what is seen, and the tick that looks at it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CameraRow, PresenceRow, UsualWayRow
from monitor.bootstrap import Runtime
from monitor.core.camera import CameraState
from monitor.core.presence import PresenceState
from monitor.services import alerts, cameras, cannot_tell
from monitor.services import tick as ticks
from monitor.services.alerts import Alert
from monitor.services.cameras import Report

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
HOLD_OFF = timedelta(seconds=60)


def live(session: Session, estate_id: str, at: datetime, *slugs: str) -> None:
    """These cameras deliver from now on."""
    cameras.report(
        session, estate_id, [Report(s, CameraState.LIVE, "", at, at, 0.1, 5.0, None) for s in slugs], at
    )


def dark(session: Session, estate_id: str, at: datetime, *slugs: str) -> None:
    """These cameras have been blind since their last picture."""
    reports = [Report(s, CameraState.UNREACHABLE, "no_answer", None, None, None, None, None) for s in slugs]
    cameras.report(session, estate_id, reports, at)


def last_picture(session: Session, estate_id: str, at: datetime, *slugs: str) -> None:
    """They were live all the time until now, and are dark from here on."""
    for row in session.scalars(select(CameraRow).where(CameraRow.slug.in_(slugs))):
        row.last_frame_at = at
    dark(session, estate_id, at, *slugs)


def tick(runtime: Runtime, at: datetime) -> list[Alert]:
    """All that a tick does about residents; returns the unresolved alerts after it."""
    with runtime.database.writer() as session:
        alerts.lapse(session, runtime.estate.id, ["desk"], at)
        cannot_tell.tell(session, runtime.estate.id, HOLD_OFF, ["desk"], at)
    with runtime.database.writer() as session:
        ticks.tick(session, runtime.estate.id, ["desk"], at)
    with runtime.database.reader() as session:
        return alerts.listing(session, runtime.estate.id)


def row(runtime: Runtime, resident_id: int) -> PresenceRow:
    with runtime.database.reader() as session:
        return session.get_one(PresenceRow, resident_id)


def state(runtime: Runtime, resident_id: int) -> PresenceState:
    return row(runtime, resident_id).state


def usual_ways(session: Session, estate_id: str, resident_id: int, *slugs: str) -> None:
    for camera in session.scalars(select(CameraRow).where(CameraRow.slug.in_(slugs))):
        session.add(UsualWayRow(estate_id=estate_id, resident_id=resident_id, camera_id=camera.id))
