"""Whether every part of the service works, told by what each part leaves in the database: for /readyz."""

from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from monitor.core.camera import SEEING, CameraState
from monitor.errors import DatabaseBehind
from monitor.services import cameras, standing
from monitor.store.database import Database
from monitor.store.migration import require_newest

# `watch` looks every few seconds; a camera that it has not touched for this long it does not look at.
WATCH_LATE = timedelta(minutes=2)


def reasons(database: Database, estate_id: str, offline_after: timedelta, now: datetime) -> list[str]:
    """Why the service is not ready; empty when it is. Says nothing about persons."""
    try:
        require_newest(database)
        with database.reader() as session:
            return [*_ingest(session, estate_id, offline_after, now), *_watch(session, estate_id, now)]
    except DatabaseBehind as behind:
        return [str(behind)]
    except OperationalError:
        return ["The database cannot be reached."]


def _ingest(session: Session, estate_id: str, offline_after: timedelta, now: datetime) -> list[str]:
    in_use = [c for c in cameras.listing(session, estate_id) if c.state is not CameraState.DISABLED]
    newest = max((c.last_frame_at for c in in_use if c.last_frame_at is not None), default=None)
    if in_use and (newest is None or now - newest > offline_after):
        return ["No camera has sent a picture lately: look at the `ingest` processes and the network."]
    return []


def _watch(session: Session, estate_id: str, now: datetime) -> list[str]:
    forgotten = any(
        camera.state in SEEING
        and camera.last_frame_at is not None
        and now - camera.last_frame_at > WATCH_LATE
        for camera in cameras.listing(session, estate_id)
    )
    if forgotten or standing.watch_is_behind(session, estate_id, now):
        return ["Nobody has looked at what is due: look at the `watch` process."]
    return []
