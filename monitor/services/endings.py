"""The end of the watch over one resident: consent withdrawn or run out (W21)."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import (
    AbsenceRow,
    AgreementRow,
    AlertRow,
    ConsentRow,
    ContactRow,
    EvidenceRow,
    GapRow,
    PresenceRow,
    SensorRow,
    UsualWayRow,
    WellnessCheckRow,
)
from monitor.core.alert import AlertKind, Outcome
from monitor.core.consent import Purpose
from monitor.core.presence import PresenceState
from monitor.errors import Conflict, NotFound
from monitor.services import enrolment, events, presence

_HANGS_ON_IT = (AbsenceRow, ContactRow, EvidenceRow, GapRow, SensorRow, UsualWayRow)


def withdraw(
    session: Session, estate_id: str, resident_id: int, by: str, now: datetime, *, by_resident: bool
) -> None:
    """The resident's agreement to be watched ends now; what was kept for it goes at once.

    Who says so in person is evidently alive. When somebody else says so while an alert is open, a person first records
    how the resident was found. Raises NotFound, Conflict.
    """
    row = session.get(PresenceRow, resident_id, with_for_update=True)
    if row is None or row.estate_id != estate_id or row.state is PresenceState.WITHDRAWN:
        raise NotFound(what="watched resident", key=resident_id)
    if not by_resident and _open_check(session, resident_id):
        raise Conflict(what="check", state="open: record how they were found first")
    session.execute(
        update(ConsentRow)
        .where(ConsentRow.resident_id == resident_id, ConsentRow.purpose == Purpose.WELLNESS)
        .values(withdrawn_at=now)
    )
    events.append(session, estate_id, "consent.withdrawn", now, resident_id=resident_id, by=by)
    _close_alerts(session, resident_id)
    presence.refresh(session, row, now)
    forget(session, row, now)


def died(session: Session, estate_id: str, resident_id: int, by: str, now: datetime) -> None:
    """Nobody is watched or recognised any more; near relatives may ask for what is kept (PIPL 49)."""
    session.execute(
        update(ConsentRow)
        .where(ConsentRow.resident_id == resident_id, ConsentRow.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    enrolment.gallery_changed(session, estate_id)
    events.append(session, estate_id, "consent.withdrawn", now, resident_id=resident_id, by=by)


def forget(session: Session, row: PresenceRow, now: datetime) -> None:
    """Delete what hangs on the watch. Of somebody who has died nothing is deleted here: relatives may ask (PIPL 49)."""
    row.due_at = None
    if _deceased(session, row.resident_id):
        return
    for table in _HANGS_ON_IT:
        session.execute(delete(table).where(table.resident_id == row.resident_id))
    _close_alerts(session, row.resident_id)
    row.agreement_id = row.last_evidence_at = row.last_direction = row.last_seen_at = row.last_camera_id = (
        None
    )
    session.flush()
    session.execute(delete(AgreementRow).where(AgreementRow.resident_id == row.resident_id))
    events.append(session, row.estate_id, "watch.ended", now, resident_id=row.resident_id)


def _close_alerts(session: Session, resident_id: int) -> None:
    """Open and closed ones: what they say was said under the consent that is gone."""
    session.execute(delete(WellnessCheckRow).where(WellnessCheckRow.resident_id == resident_id))
    session.execute(
        delete(AlertRow).where(AlertRow.resident_id == resident_id, AlertRow.kind == AlertKind.WELLNESS)
    )


def _open_check(session: Session, resident_id: int) -> bool:
    return (
        session.scalar(
            select(WellnessCheckRow.id).where(
                WellnessCheckRow.resident_id == resident_id, WellnessCheckRow.closed_at.is_(None)
            )
        )
        is not None
    )


def _deceased(session: Session, resident_id: int) -> bool:
    return (
        session.scalar(
            select(WellnessCheckRow.id).where(
                WellnessCheckRow.resident_id == resident_id, WellnessCheckRow.outcome == Outcome.DECEASED
            )
        )
        is not None
    )
