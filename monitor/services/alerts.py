"""Raising, taking and closing alerts. State, event and outbox row always go in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import AlertRow, CameraRow, ResidentRow, WellnessCheckRow
from monitor.core import alert as rules
from monitor.core.access import Action, Role, may
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, AlertState, Outcome, Severity
from monitor.core.escalation import POLICIES
from monitor.core.subject import SubjectKind
from monitor.errors import Conflict, NotFound
from monitor.services import chain, events
from monitor.services.telling import Present, Telling
from monitor.store import alerts as queries
from monitor.store.bulk import insert_rows

SYSTEM = "system"
# Taken, and nothing came of it for so long: it is everybody's again (W13).
LAPSES_AFTER = timedelta(minutes=60)
LAPSING = frozenset({AlertKind.WELLNESS, AlertKind.CANNOT_TELL})


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
    cause: Cause | None
    step: Step | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    lapses_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    outcome: Outcome | None
    note: str
    why: dict[str, Any]
    snapshot_id: str | None
    names: tuple[str, ...] = ()  # of the residents whom an alert about several lists
    dark_cameras: tuple[str, ...] = ()  # the names of the cameras on their ways that were blind


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
    cause: Cause | None = None
    step: Step | None = None
    agreement_id: int | None = None
    snapshot_id: str | None = None


def raise_alert(
    session: Session, estate_id: str, new: NewAlert, channels: Sequence[str], now: datetime
) -> int | None:
    """Open an alert unless this episode already has one; returns its id or None."""
    if queries.episode_exists(session, estate_id, new.kind, new.episode):
        return None
    if queries.unresolved(session, estate_id, new.kind, new.subject) is not None:
        return None
    return raise_all(session, estate_id, [new], channels, now)[0]


def raise_all(
    session: Session, estate_id: str, new: Sequence[NewAlert], channels: Sequence[str], now: datetime
) -> list[int]:
    """Open many at once, none of which is there yet: the table's unique rules refuse a second one. Ids in order."""
    if not new:
        return []
    present = Present(session, estate_id, channels, now)
    buildings = queries.buildings(session, [each.resident_id for each in new]) if present.entered else {}
    rungs = [present.enter(POLICIES[each.kind], each.step, buildings.get(each.resident_id)) for each in new]
    policies = {kind: POLICIES[kind].export() for kind in {each.kind for each in new}}
    shared = {"estate_id": estate_id, "state": AlertState.OPEN, "opened_at": now}
    rows = [
        {
            **{name: getattr(each, name) for name in _FIELDS},
            **shared,
            **chain.standing(rung, now),
            "policy": policies[each.kind],
        }
        for each, rung in zip(new, rungs, strict=True)
    ]
    found = {
        (kind, subject): id for id, kind, subject in insert_rows(session, AlertRow, rows, returning=_KEY)
    }
    ids = [found[each.kind, each.subject] for each in new]
    checks = [
        {"alert_id": id, "resident_id": each.resident_id, "cause": each.cause}
        for id, each in zip(ids, new, strict=True)
        if each.kind is AlertKind.WELLNESS
    ]
    open_checks(session, estate_id, checks, now)
    opened = [{"alert_id": id, "alert_kind": each.kind.value} for id, each in zip(ids, new, strict=True)]
    events.append_all(session, estate_id, "alert.opened", now, opened)
    present.tell(
        [
            Telling(id, "opened", rung.told, buildings.get(each.resident_id))
            for id, each, rung in zip(ids, new, rungs, strict=True)
        ]
    )
    return ids


def open_checks(session: Session, estate_id: str, checks: Sequence[dict[str, Any]], now: datetime) -> None:
    """`checks`: alert_id, resident_id and cause of each."""
    insert_rows(
        session, WellnessCheckRow, [{"estate_id": estate_id, "opened_at": now, **each} for each in checks]
    )


_KEY = (AlertRow.id, AlertRow.kind, AlertRow.subject)
_FIELDS = tuple(NewAlert.__dataclass_fields__)


def rise(
    session: Session,
    rows: Sequence[tuple[AlertRow, Step, Severity]],
    channels: Sequence[str],
    now: datetime,
) -> None:
    """These go up a step: everybody whom the new step reaches is told, also those who were told before."""
    if not rows:
        return
    estate_id = rows[0][0].estate_id
    for row, step, severity in rows:
        row.step, row.severity = step, severity
    facts = [{"alert_id": row.id, "step": step.name.lower()} for row, step, _ in rows]
    events.append_all(session, estate_id, "alert.risen", now, facts)
    chain.tell_again(session, estate_id, [(row, f"step{int(step)}") for row, step, _ in rows], channels, now)


def lapse(session: Session, estate_id: str, channels: Sequence[str], now: datetime) -> int:
    """Whoever took one of these has not come back with a result: it is open again, and its chain begins anew (W16)."""
    rows = queries.lapsed(session, estate_id, now)
    for row in rows:
        row.state, row.acknowledged_at, row.acknowledged_by, row.lapses_at = AlertState.OPEN, None, None, None
        row.lapses += 1
        for check in queries.checks_of(session, row.id):
            check.taken_by, check.taken_at = None, None
        row.link = None
        events.append(session, estate_id, "alert.lapsed", now, alert_id=row.id)
    chain.tell_again(session, estate_id, [(row, f"lapsed{row.lapses}") for row in rows], channels, now)
    return len(rows)


def put_off_lapses(session: Session, estate_id: str, by: timedelta) -> None:
    """Whoever has taken one of these gets so much more time for a result."""
    for row in queries.lapsing(session, estate_id):
        assert row.lapses_at is not None
        row.lapses_at += by


def acknowledge(session: Session, estate_id: str, alert_id: int, person: str, now: datetime) -> Alert:
    """A named person takes the alert. Raises NotFound, Conflict when somebody else has it."""
    row = load(session, estate_id, alert_id)
    if rules.acknowledge(row.state, row.acknowledged_by, person).repeated:
        return view(session, row)
    changed = queries.move(
        session,
        row.id,
        AlertState.OPEN,
        {
            "state": AlertState.ACKNOWLEDGED,
            "acknowledged_at": now,
            "acknowledged_by": person,
            "lapses_at": now + LAPSES_AFTER if row.kind in LAPSING else None,
            "escalates_at": None,
        },
    )
    if not changed:
        raise Conflict(what="alert", state="taken by somebody else")
    for check in queries.checks_of(session, row.id):
        if check.closed_at is None:
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
    if row.kind is AlertKind.CANNOT_TELL and any(
        c.closed_at is None for c in queries.checks_of(session, row.id)
    ):
        raise Conflict(what="alert", state="waiting for calls: record first how everybody on it was reached")
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
            "lapses_at": None,
            "escalates_at": None,
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
        cause=row.cause,
        step=row.step,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        lapses_at=row.lapses_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        outcome=row.outcome,
        note=row.note,
        why=row.why,
        snapshot_id=row.snapshot_id,
        names=queries.names(session, row.why.get("residents", ())),
        dark_cameras=queries.camera_names(session, row.estate_id, row.why.get("cameras", ())),
    )
