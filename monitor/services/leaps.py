"""Time that the scale has left out: nobody was watched in it, so it is nobody's silence (decision 17)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.core.interval import Interval
from monitor.services import alerts, cameras, events
from monitor.store import events as event_queries

LEAPT = "clock.leapt"


def record(session: Session, estate_id: str, leap: Interval) -> None:
    """Blind time for every camera, and patience for who has taken an alert. Doing it twice changes nothing."""
    if event_queries.happened(session, estate_id, LEAPT, leap.end):
        return
    cameras.leave_out(session, estate_id, leap)
    alerts.put_off_lapses(session, estate_id, leap.length)
    events.append(session, estate_id, LEAPT, leap.end, by_s=round(leap.length.total_seconds(), 1))


def tell(session: Session, estate_id: str, ahead: timedelta | None, now: datetime) -> None:
    """The machine's clock is not what the service counts by, or is again: desks look at the status."""
    if ahead is None:
        events.append(session, estate_id, "clock.agrees", now)
    else:
        events.append(session, estate_id, "clock.differs", now, by_s=round(ahead.total_seconds(), 1))
