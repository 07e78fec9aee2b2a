"""Wellness checks: what staff did about a resident who was not seen, and what they found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ResidentRow, WellnessCheckRow
from monitor.core.alert import Outcome
from monitor.core.presence import Steps
from monitor.errors import NotFound
from monitor.services import alerts, presence


@dataclass(frozen=True)
class WellnessCheck:
    id: int
    alert_id: int
    resident_id: int
    resident_name: str
    flat: str | None
    opened_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    outcome: Outcome | None
    note: str
    closed_at: datetime | None
    closed_by: str | None


def listing(session: Session, estate_id: str, *, open_only: bool, limit: int = 100) -> list[WellnessCheck]:
    query = (
        select(WellnessCheckRow, ResidentRow)
        .join(ResidentRow, ResidentRow.id == WellnessCheckRow.resident_id)
        .where(WellnessCheckRow.estate_id == estate_id)
        .order_by(WellnessCheckRow.closed_at.is_(None).desc(), WellnessCheckRow.opened_at.desc())
        .limit(limit)
    )
    if open_only:
        query = query.where(WellnessCheckRow.closed_at.is_(None))
    return [_view(check, resident) for check, resident in session.execute(query)]


def get(session: Session, estate_id: str, check_id: int) -> WellnessCheck:
    check, resident = _load(session, estate_id, check_id)
    return _view(check, resident)


def of_alert(session: Session, estate_id: str, alert_id: int) -> WellnessCheck:
    row = session.scalars(
        select(WellnessCheckRow).where(
            WellnessCheckRow.estate_id == estate_id, WellnessCheckRow.alert_id == alert_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound(what="wellness check of alert", key=alert_id)
    return _view(row, session.get_one(ResidentRow, row.resident_id))


def record(
    session: Session,
    estate_id: str,
    check_id: int,
    outcome: Outcome,
    note: str,
    person: str,
    steps: Steps,
    now: datetime,
) -> WellnessCheck:
    """Close the check and its alert with what was found; the clock follows. Raises NotFound, Conflict."""
    check, resident = _load(session, estate_id, check_id)
    alerts.resolve(session, estate_id, check.alert_id, outcome, note, person, now)
    check.outcome, check.note, check.closed_at, check.closed_by = outcome, note, now, person
    check.taken_by, check.taken_at = check.taken_by or person, check.taken_at or now
    presence.settle(session, check.resident_id, outcome, steps, now)
    return _view(check, resident)


def _load(session: Session, estate_id: str, check_id: int) -> tuple[WellnessCheckRow, ResidentRow]:
    check = session.get(WellnessCheckRow, check_id)
    if check is None or check.estate_id != estate_id:
        raise NotFound(what="wellness check", key=check_id)
    return check, session.get_one(ResidentRow, check.resident_id)


def _view(check: WellnessCheckRow, resident: ResidentRow) -> WellnessCheck:
    return WellnessCheck(
        id=check.id,
        alert_id=check.alert_id,
        resident_id=check.resident_id,
        resident_name=resident.name,
        flat=resident.flat,
        opened_at=check.opened_at,
        taken_by=check.taken_by,
        taken_at=check.taken_at,
        outcome=check.outcome,
        note=check.note,
        closed_at=check.closed_at,
        closed_by=check.closed_by,
    )
