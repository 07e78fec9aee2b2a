"""Wellness checks: what staff did about a resident who was not seen, and what they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AlertRow, AttemptRow, ResidentRow, WellnessCheckRow
from monitor.core.absence import LONGEST
from monitor.core.access import Action, Role, may
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, AlertState, Outcome, require_note
from monitor.core.alert import require_outcome as require_kind
from monitor.core.wellness import (
    AttemptKind,
    AttemptResult,
    lapses_at,
    require_attempt,
    require_outcome,
)
from monitor.errors import Conflict, NotAllowed, NotFound
from monitor.services import alerts, contacts, endings, events, presence
from monitor.services.absences import NewAbsence
from monitor.services.contacts import Contact
from monitor.store import alerts as alert_queries


@dataclass(frozen=True)
class Attempt:
    kind: AttemptKind
    result: AttemptResult
    at: datetime
    by: str
    note: str


@dataclass(frozen=True)
class WellnessCheck:
    id: int
    alert_id: int
    resident_id: int
    resident_name: str
    flat: str | None
    cause: Cause
    step: Step | None
    since: datetime
    opened_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    lapses_at: datetime | None
    why: dict[str, Any]
    attempts: tuple[Attempt, ...]
    outcome: Outcome | None
    help_given: str
    note: str
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True)
class Found:
    """What staff found. `away_until`: they will not be seen before then."""

    outcome: Outcome
    note: str = ""
    help_given: str = ""
    away_until: datetime | None = None


def listing(
    session: Session,
    estate_id: str,
    *,
    open_only: bool = False,
    resident_id: int | None = None,
    limit: int = 100,
) -> list[WellnessCheck]:
    """The open ones first, the most urgent of them first."""
    query = (
        select(WellnessCheckRow, AlertRow, ResidentRow)
        .join(ResidentRow, ResidentRow.id == WellnessCheckRow.resident_id)
        .join(AlertRow, AlertRow.id == WellnessCheckRow.alert_id)
        .where(WellnessCheckRow.estate_id == estate_id)
        .order_by(
            WellnessCheckRow.closed_at.is_(None).desc(),
            WellnessCheckRow.closed_at.desc(),
            AlertRow.step.desc(),
            WellnessCheckRow.opened_at,
        )
        .limit(limit)
    )
    if open_only:
        query = query.where(WellnessCheckRow.closed_at.is_(None))
    if resident_id is not None:
        query = query.where(WellnessCheckRow.resident_id == resident_id)
    found = [(check, alert, resident) for check, alert, resident in session.execute(query)]
    tried = _attempts(session, [check.id for check, _, _ in found])
    return [_view(check, alert, resident, tried) for check, alert, resident in found]


def get(session: Session, estate_id: str, check_id: int) -> WellnessCheck:
    check = _load(session, estate_id, check_id)
    return _view(
        check,
        session.get_one(AlertRow, check.alert_id),
        session.get_one(ResidentRow, check.resident_id),
        _attempts(session, [check.id]),
    )


def of_alert(session: Session, estate_id: str, alert_id: int) -> list[WellnessCheck]:
    """The checks that an alert asks for: one, or one for every name. Raises NotFound when it asks for none."""
    alert = alerts.load(session, estate_id, alert_id)
    checks = alert_queries.checks_of(session, alert_id)
    if not checks and alert.kind is AlertKind.WELLNESS:
        raise NotFound(what="wellness check of alert", key=alert_id)
    return [get(session, estate_id, check.id) for check in checks]


def whom_to_call(session: Session, estate_id: str, check_id: int, role: Role, person: str) -> list[Contact]:
    """Contacts and key holders: for who has taken the check. Raises NotAllowed."""
    check = _load(session, estate_id, check_id)
    if not may(role, Action.RECORD_CHECKS) or check.taken_by != person or check.closed_at is not None:
        raise NotAllowed(action="see whom to call before you have taken this check")
    return contacts.of(session, check.resident_id)


def handles(session: Session, resident_id: int, person: str) -> bool:
    """Whether this person has taken a check of theirs that is open."""
    return (
        session.scalar(
            select(WellnessCheckRow.id).where(
                WellnessCheckRow.resident_id == resident_id,
                WellnessCheckRow.closed_at.is_(None),
                WellnessCheckRow.taken_by == person,
            )
        )
        is not None
    )


def take(session: Session, estate_id: str, check_id: int, person: str, now: datetime) -> WellnessCheck:
    """Take the check, and with it its alert. Raises NotFound, Conflict."""
    check = _load(session, estate_id, check_id)
    alerts.acknowledge(session, estate_id, check.alert_id, person, now)
    return get(session, estate_id, check_id)


def try_reaching(
    session: Session,
    estate_id: str,
    check_id: int,
    kind: AttemptKind,
    result: AttemptResult,
    note: str,
    person: str,
    now: datetime,
) -> WellnessCheck:
    """Note a call or a visit. Whoever tries has the check, for longer. Raises NotFound, Conflict, InvalidInput."""
    require_attempt(kind, result)
    require_note(note)
    check = _open(session, estate_id, check_id)
    alert = alerts.load(session, estate_id, check.alert_id)
    if alert.state is AlertState.OPEN:
        alerts.acknowledge(session, estate_id, alert.id, person, now)
    session.add(
        AttemptRow(
            estate_id=estate_id, check_id=check.id, kind=kind, result=result, at=now, by=person, note=note
        )
    )
    if alert.acknowledged_by == person and alert.acknowledged_at is not None:
        alert.lapses_at = lapses_at(alert.acknowledged_at, now, alerts.LAPSES_AFTER)
    events.append(session, estate_id, "check.tried", now, check_id=check.id, alert_id=alert.id)
    session.flush()
    return get(session, estate_id, check_id)


def record(
    session: Session, estate_id: str, check_id: int, found: Found, person: str, now: datetime
) -> WellnessCheck:
    """Close the check with what was found, and its alert when it is the only one; the clock follows.

    Raises NotFound, Conflict, InvalidInput.
    """
    require_outcome(found.outcome, found.help_given, found.away_until, now)
    check = _open(session, estate_id, check_id)
    alert = alerts.load(session, estate_id, check.alert_id)
    if alert.kind is AlertKind.WELLNESS:
        alerts.resolve(session, estate_id, alert.id, found.outcome, found.note, person, now)
    else:
        require_kind(AlertKind.WELLNESS, found.outcome, found.note)
    check.outcome, check.note, check.help_given = found.outcome, found.note, found.help_given.strip()
    check.closed_at, check.closed_by = now, person
    check.taken_by, check.taken_at = check.taken_by or person, check.taken_at or now
    facts = {"check_id": check.id, "alert_id": alert.id}
    events.append(session, estate_id, "check.closed", now, **facts)
    session.flush()
    if found.outcome is Outcome.DECEASED:
        endings.died(session, estate_id, check.resident_id, person, now)
    presence.settle(session, check.resident_id, found.outcome, now)
    if found.away_until is not None:
        new = NewAbsence(now, found.away_until, told_by=person, call=person)
        presence.leave(session, estate_id, check.resident_id, new, LONGEST, person, now)
    return get(session, estate_id, check_id)


def _load(session: Session, estate_id: str, check_id: int) -> WellnessCheckRow:
    check = session.get(WellnessCheckRow, check_id)
    if check is None or check.estate_id != estate_id:
        raise NotFound(what="wellness check", key=check_id)
    return check


def _open(session: Session, estate_id: str, check_id: int) -> WellnessCheckRow:
    """Locked, so that two people at once do not both close it."""
    check = _load(session, estate_id, check_id)
    session.refresh(check, with_for_update=True)
    if check.closed_at is not None:
        raise Conflict(what="wellness check", state="closed")
    return check


def _attempts(session: Session, check_ids: Sequence[int]) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = {}
    rows = session.scalars(
        select(AttemptRow).where(AttemptRow.check_id.in_(check_ids)).order_by(AttemptRow.at, AttemptRow.id)
    )
    for row in rows:
        found.setdefault(row.check_id, []).append(Attempt(row.kind, row.result, row.at, row.by, row.note))
    return found


def _view(
    check: WellnessCheckRow, alert: AlertRow, resident: ResidentRow, tried: dict[int, list[Attempt]]
) -> WellnessCheck:
    return WellnessCheck(
        id=check.id,
        alert_id=check.alert_id,
        resident_id=check.resident_id,
        resident_name=resident.name,
        flat=resident.flat,
        cause=check.cause,
        step=alert.step,
        since=alert.since,
        opened_at=check.opened_at,
        taken_by=check.taken_by,
        taken_at=check.taken_at,
        lapses_at=alert.lapses_at if check.closed_at is None else None,
        why=alert.why,
        attempts=tuple(tried.get(check.id, ())),
        outcome=check.outcome,
        help_given=check.help_given,
        note=check.note,
        closed_at=check.closed_at,
        closed_by=check.closed_by,
    )
