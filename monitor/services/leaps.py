"""Time that the scale has left out: nobody was watched in it, so it is nobody's silence (decision 17)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.core.interval import Interval
from monitor.services import alerts, cameras, events
from monitor.store import events as event_queries

DIFFERS, AGREES, LEAPT = "clock.differs", "clock.agrees", "clock.leapt"


def record(session: Session, estate_id: str, leap: Interval) -> None:
    """Blind time for every camera, and patience for who has taken an alert. Doing it twice changes nothing."""
    if event_queries.happened(session, estate_id, LEAPT, leap.end):
        return
    cameras.leave_out(session, estate_id, leap)
    alerts.put_off_lapses(session, estate_id, leap.length)
    events.append(session, estate_id, LEAPT, leap.end, by_s=round(leap.length.total_seconds(), 1))


def tell(session: Session, estate_id: str, ahead: timedelta | None, now: datetime) -> None:
    """The machine's clock is not what the service counts by, or is again: desks look at the status. Said once."""
    said = event_queries.last(session, estate_id, (DIFFERS, AGREES, LEAPT))
    differed = said is not None and said.kind == DIFFERS
    if ahead is None:
        if differed:
            events.append(session, estate_id, AGREES, now)
        return
    facts = {"by_s": round(ahead.total_seconds(), 1)}
    if said is None or not differed or said.facts != facts:
        events.append(session, estate_id, DIFFERS, now, **facts)
