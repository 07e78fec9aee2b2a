"""Raising, taking and closing alerts. State, event and outbox row always go in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import AlertRow, CameraRow, OutboxRow, ResidentRow, WellnessCheckRow
from monitor.core import alert as rules
from monitor.core.access import Action, Role, may
from monitor.core.alert import AlertKind, AlertState, Outcome, Severity
from monitor.core.presence import Step
from monitor.core.subject import SubjectKind
from monitor.errors import Conflict, NotFound
from monitor.services import events
from monitor.store import alerts as queries

SYSTEM = "system"


@dataclass(frozen=True)
class Alert:
    """An alert as people see it."""

    id: int
    kind: AlertKind
    severity: Severity
    state: AlertState
    since: datetime
    opened_at: datetime
    resident_id: int | None
    resident_name: str | None
    flat: str | None
    visit_id: int | None
    camera: str | None
    camera_name: str | None
    place: str | None
    step: Step | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    outcome: Outcome | None
    note: str
    why: dict[str, Any]
    snapshot_id: str | None


@dataclass(frozen=True)
class NewAlert:
    """What an alert is raised with. `episode` never comes twice; `subject` has one unresolved alert at most."""

    kind: AlertKind
    severity: Severity
    subject: str
    episode: str
    since: datetime
    why: dict[str, Any]
    resident_id: int | None = None
    visit_id: int | None = None
    camera_id: int | None = None
    step: Step | None = None
    snapshot_id: str | None = None


def raise_alert(
    session: Session, estate_id: str, new: NewAlert, channels: Sequence[str], now: datetime
) -> int | None:
    """Open an alert unless this episode already has one; returns its id or None."""
    if queries.episode_exists(session, estate_id, new.kind, new.episode):
        return None
    if queries.unresolved(session, estate_id, new.kind, new.subject) is not None:
        return None
    row = AlertRow(
        estate_id=estate_id, state=AlertState.OPEN, opened_at=now, **{f: getattr(new, f) for f in _FIELDS}
    )
    session.add(row)
    session.flush()
    if new.kind is AlertKind.WELLNESS and new.resident_id is not None:
        session.add(
            WellnessCheckRow(estate_id=estate_id, alert_id=row.id, resident_id=new.resident_id, opened_at=now)
        )
    events.append(session, estate_id, "alert.opened", now, alert_id=row.id, alert_kind=new.kind.value)
    _owe(session, row, channels, "opened", now)
    return row.id


_FIELDS = tuple(NewAlert.__dataclass_fields__)


def rise(
    session: Session, row: AlertRow, step: Step, severity: Severity, channels: Sequence[str], now: datetime
) -> None:
    """A wellness alert goes up a step: everybody is told again."""
    row.step, row.severity = step, severity
    events.append(session, row.estate_id, "alert.risen", now, alert_id=row.id, step=step.name.lower())
    _owe(session, row, channels, f"step{int(step)}", now)


def acknowledge(session: Session, estate_id: str, alert_id: int, person: str, now: datetime) -> Alert:
    """A named person takes the alert. Raises NotFound, Conflict when somebody else has it."""
    row = load(session, estate_id, alert_id)
    if rules.acknowledge(row.state, row.acknowledged_by, person).repeated:
        return view(session, row)
    changed = queries.move(
        session,
        row.id,
        AlertState.OPEN,
        {"state": AlertState.ACKNOWLEDGED, "acknowledged_at": now, "acknowledged_by": person},
    )
    if not changed:
        raise Conflict(what="alert", state="taken by somebody else")
    check = queries.check_of(session, row.id)
    if check is not None:
        check.taken_by, check.taken_at = person, now
    events.append(session, estate_id, "alert.acknowledged", now, alert_id=row.id)
    session.refresh(row)
    return view(session, row)


def resolve(
    session: Session, estate_id: str, alert_id: int, outcome: Outcome, note: str, person: str, now: datetime
) -> Alert:
    """Close an alert with an outcome. Wellness alerts are closed through `wellness.record`."""
    row = load(session, estate_id, alert_id)
    rules.resolve(row.kind, row.state, outcome, note)
    changed = queries.move(
        session,
        row.id,
        row.state,
        {
            "state": AlertState.RESOLVED,
            "resolved_at": now,
            "resolved_by": person,
            "outcome": outcome,
            "note": note,
        },
    )
    if not changed:
        raise Conflict(what="alert", state="changed by somebody else")
    events.append(session, estate_id, "alert.resolved", now, alert_id=row.id, outcome=outcome.value)
    session.refresh(row)
    return view(session, row)


def turned_out(session: Session, row: AlertRow, who: SubjectKind, now: datetime) -> None:
    """The stranger of a visitor alert is none. Untaken it is closed by the system; who has taken it is told and closes.

    The reason is kept in `why`, so that an officer who saw the alert finds out what became of it.
    """
    session.refresh(row, with_for_update=True)
    row.why = {**row.why, "turned_out": who.value}
    session.flush()
    events.append(session, row.estate_id, "alert.turned_out", now, alert_id=row.id)
    if row.state is AlertState.OPEN:
        outcome = Outcome.KNOWN_VISITOR if who is SubjectKind.EXPECTED else Outcome.WRONG_ALARM
        resolve(session, row.estate_id, row.id, outcome, "", SYSTEM, now)


def listing(
    session: Session,
    estate_id: str,
    states: Sequence[AlertState] = (AlertState.OPEN, AlertState.ACKNOWLEDGED),
    before_id: int | None = None,
    limit: int = 100,
) -> list[Alert]:
    """Unresolved alerts by urgency; resolved ones by age, page by page with `before_id`."""
    rows = queries.page(session, estate_id, states, before_id, limit)
    return [view(session, row) for row in rows]


def get(session: Session, estate_id: str, alert_id: int) -> Alert:
    return view(session, load(session, estate_id, alert_id))


def shown_to(alert: Alert, role: Role, person: str) -> Alert:
    """Where a resident was last seen is for staff, and for who has taken the alert (users.md section 1)."""
    mine = alert.state is AlertState.ACKNOWLEDGED and alert.acknowledged_by == person
    if alert.kind is not AlertKind.WELLNESS or mine or may(role, Action.SEE_SIGHTINGS):
        return alert
    why = {key: value for key, value in alert.why.items() if key != "seen_again_by"}
    return replace(alert, camera=None, camera_name=None, place=None, snapshot_id=None, why=why)


def load(session: Session, estate_id: str, alert_id: int) -> AlertRow:
    """The row, if it belongs to this estate. Raises NotFound."""
    row = session.get(AlertRow, alert_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="alert", key=alert_id)
    return row


def view(session: Session, row: AlertRow) -> Alert:
    resident = session.get(ResidentRow, row.resident_id) if row.resident_id else None
    camera = session.get(CameraRow, row.camera_id) if row.camera_id else None
    return Alert(
        id=row.id,
        kind=row.kind,
        severity=row.severity,
        state=row.state,
        since=row.since,
        opened_at=row.opened_at,
        resident_id=row.resident_id,
        resident_name=resident.name if resident else None,
        flat=resident.flat if resident else None,
        visit_id=row.visit_id,
        camera=camera.slug if camera else None,
        camera_name=camera.name if camera else None,
        place=camera.place if camera else None,
        step=row.step,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        outcome=row.outcome,
        note=row.note,
        why=row.why,
        snapshot_id=row.snapshot_id,
    )


def _owe(session: Session, row: AlertRow, channels: Sequence[str], round_: str, now: datetime) -> None:
    for channel in channels:
        session.add(
            OutboxRow(
                estate_id=row.estate_id,
                alert_id=row.id,
                channel=channel,
                key=f"alert-{row.id}-{round_}-{channel}",
                created_at=now,
                next_try_at=now,
            )
        )
