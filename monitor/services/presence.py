"""Who has been seen when, and the tick that finds who has not (wellness.md, reliability.md section 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import AlertRow, CameraRow, PresenceRow, SightingRow
from monitor.core.alert import EVIDENCE_OF_LIFE, AlertKind, Outcome, Severity
from monitor.core.interval import Interval, all_at_once
from monitor.core.presence import Assessment, PresenceState, Step, Steps, assess
from monitor.services import alerts, events
from monitor.services.proofs import Proof, Proofs, nobody_found_at
from monitor.store import alerts as alert_queries
from monitor.store import cameras as camera_queries
from monitor.store import residents as queries

AT_MOST_A_TICK = 1000
LOOK_AGAIN_AFTER_NO_ANSWER = timedelta(hours=4)
SEVERITY = {Step.PHONE: Severity.WARNING, Step.VISIT: Severity.CRITICAL, Step.URGENT: Severity.CRITICAL}


@dataclass(frozen=True)
class Ticked:
    """What one tick did."""

    looked_at: int
    opened: int
    risen: int
    blind: int


def subject(resident_id: int) -> str:
    return f"resident:{resident_id}"


def watch(session: Session, estate_id: str, resident_id: int, now: datetime) -> None:
    """Start watching; nothing is alarmed before the first sighting."""
    if session.get(PresenceRow, resident_id) is None:
        session.add(
            PresenceRow(resident_id=resident_id, estate_id=estate_id, state=PresenceState.NOT_STARTED)
        )
        events.append(session, estate_id, "presence.changed", now, resident_id=resident_id)


def evidence(
    session: Session, resident_id: int, at: datetime, camera: CameraRow | None, steps: Steps, now: datetime
) -> None:
    """Somebody or something has seen the resident alive at `at`; late and repeated evidence is fine.

    An open alert is not closed by it: it is noted there, and staff confirm (W14).
    """
    row = session.get(PresenceRow, resident_id, with_for_update=True)
    if row is None or row.state is PresenceState.WITHDRAWN:
        return
    if camera is not None and (row.last_seen_at is None or at > row.last_seen_at):
        row.last_seen_at, row.last_camera_id = at, camera.id
    if row.last_evidence_at is not None and at <= row.last_evidence_at:
        return
    before, row.last_evidence_at = row.state, at
    open_alert = _open_alert(session, row)
    _wait(row, nobody_found_at(session, resident_id), steps, alarmed=open_alert is not None)
    if open_alert is not None:
        if open_alert.since < at and "seen_again_at" not in open_alert.why:
            open_alert.why = {**open_alert.why, **_note(Proof(at, camera))}
            events.append(session, row.estate_id, "alert.seen_again", now, alert_id=open_alert.id)
    if row.state is not before:
        events.append(session, row.estate_id, "presence.changed", now, resident_id=resident_id)


def settle(session: Session, resident_id: int, outcome: Outcome, steps: Steps, now: datetime) -> None:
    """What the outcome of a wellness check, closed just now, means for the clock."""
    row = session.get(PresenceRow, resident_id, with_for_update=True)
    if row is None:
        return
    if outcome is Outcome.DECEASED:
        row.state, row.step, row.due_at = PresenceState.WITHDRAWN, None, None
    elif outcome in EVIDENCE_OF_LIFE:
        row.last_evidence_at = now
        _wait(row, None, steps, alarmed=False)
    else:
        _wait(row, now, steps, alarmed=False)
    events.append(session, row.estate_id, "presence.changed", now, resident_id=resident_id)


def take_back(session: Session, rejected: SightingRow, steps: Steps, now: datetime) -> None:
    """Put the resident where they would be if this sighting had never been, from the proofs of life that remain.

    Who is overdue without it is due at once: the next tick tells. A closed alert stays closed.
    """
    row = session.get(PresenceRow, rejected.resident_id, with_for_update=True)
    if row is None:
        return
    before, remaining = row.state, Proofs.of(session, row.resident_id)
    last, seen = remaining.last, remaining.last_seen
    row.last_seen_at, row.last_camera_id = (seen.at, seen.camera_id) if seen else (None, None)
    row.last_evidence_at = last.at if last else None
    if row.state is PresenceState.WITHDRAWN:
        return
    running = _open_alert(session, row)
    if running is not None:
        _put_right(session, running, rejected, remaining, now)
    _wait(row, nobody_found_at(session, row.resident_id), steps, alarmed=running is not None)
    if row.last_evidence_at is not None and row.due_at is not None and row.due_at <= now:
        _judge_overdue(session, row, row.last_evidence_at, running, steps, now)
    if row.state is not before:
        events.append(session, row.estate_id, "presence.changed", now, resident_id=row.resident_id)


def tick(session: Session, estate_id: str, steps: Steps, channels: Sequence[str], now: datetime) -> Ticked:
    """Look at everybody whose time is up, from stored facts alone. Doing it twice changes nothing."""
    rows = queries.due(session, estate_id, now, AT_MOST_A_TICK)
    if not rows:
        return Ticked(0, 0, 0, 0)
    earliest = min(row.last_evidence_at or now for row in rows)
    blind = camera_queries.blind_intervals(session, estate_id, earliest, now)
    opened = risen = blinded = 0
    for row in rows:
        if row.last_evidence_at is None:
            row.due_at = None
            continue
        found = judge(row.last_evidence_at, blind, steps, now)
        _apply(session, row, found, now)
        if found.state is PresenceState.BLIND:
            blinded += 1
        if found.step is None:
            continue
        if _raise_or_rise(session, row, found, channels, now):
            opened += 1
        else:
            risen += 1
    return Ticked(len(rows), opened, risen, blinded)


def judge(
    last_evidence_at: datetime, blind: dict[int, list[Interval]], steps: Steps, now: datetime
) -> Assessment:
    """Put a resident's silence beside the time in which no identifying camera worked."""
    span = Interval(last_evidence_at, now)
    blind_now = all(any(i.end >= now for i in intervals) for intervals in blind.values())
    return assess(last_evidence_at, now, all_at_once(blind.values(), span), blind_now, steps)


def _apply(session: Session, row: PresenceRow, found: Assessment, now: datetime) -> None:
    if row.state is not found.state:
        row.state = found.state
        events.append(session, row.estate_id, "presence.changed", now, resident_id=row.resident_id)
    row.step, row.due_at = found.step, found.due_at


def _raise_or_rise(
    session: Session,
    row: PresenceRow,
    found: Assessment,
    channels: Sequence[str],
    now: datetime,
) -> bool:
    """True when an alert was opened, False when a running one was kept or went up a step."""
    assert found.step is not None and row.last_evidence_at is not None
    running, why = _open_alert(session, row), _why(row.last_evidence_at, found, now)
    if running is not None:
        if running.step is None or found.step > running.step:
            running.why = {**running.why, **why}
            alerts.rise(session, running, found.step, SEVERITY[found.step], channels, now)
        return False
    new = alerts.NewAlert(
        kind=AlertKind.WELLNESS,
        severity=SEVERITY[found.step],
        subject=subject(row.resident_id),
        episode=f"{subject(row.resident_id)}:{now.isoformat()}",
        since=row.last_evidence_at,
        why=why,
        resident_id=row.resident_id,
        camera_id=row.last_camera_id,
        step=found.step,
    )
    return alerts.raise_alert(session, row.estate_id, new, channels, now) is not None


def _wait(row: PresenceRow, nobody_found_at: datetime | None, steps: Steps, *, alarmed: bool) -> None:
    """Where a resident stands until the next tick: seen, or unseen as long as that is being looked into."""
    row.step = None
    if row.last_evidence_at is None:
        row.state, row.due_at = PresenceState.NOT_STARTED, None
        return
    row.state = PresenceState.UNSEEN if alarmed else PresenceState.SEEN
    row.due_at = row.last_evidence_at + steps.phone
    if nobody_found_at is not None and nobody_found_at > row.last_evidence_at:
        row.state, row.due_at = PresenceState.UNSEEN, nobody_found_at + LOOK_AGAIN_AFTER_NO_ANSWER


def _judge_overdue(
    session: Session,
    row: PresenceRow,
    last_evidence_at: datetime,
    running: AlertRow | None,
    steps: Steps,
    now: datetime,
) -> None:
    """Say at once what the tick will find; it stays due for the tick, which tells people."""
    blind = camera_queries.blind_intervals(session, row.estate_id, last_evidence_at, now)
    found = judge(last_evidence_at, blind, steps, now)
    row.state, row.step = found.state, found.step
    if found.step is not None and running is not None and running.since == last_evidence_at:
        running.why = {**running.why, **_why(last_evidence_at, found, now)}


def _put_right(
    session: Session, running: AlertRow, rejected: SightingRow, remaining: Proofs, now: datetime
) -> None:
    """Take the rejected sighting out of what the open alert says."""
    why, since = running.why, running.since
    before = remaining.until(since)
    if before.last is not None and _within(since, rejected):
        seen = before.last_seen
        running.since, running.camera_id = before.last.at, seen.camera_id if seen else None
    noted = why.get("seen_again_at")
    if noted is not None and _within(datetime.fromisoformat(noted), rejected):
        again = remaining.first_after(running.since)
        kept = {key: value for key, value in why.items() if key not in ("seen_again_at", "seen_again_by")}
        running.why = {**kept, **(_note(again) if again else {})}
    if running.since != since or running.why is not why:
        events.append(session, running.estate_id, "alert.corrected", now, alert_id=running.id)


def _within(at: datetime, rejected: SightingRow) -> bool:
    return rejected.started_at <= at <= rejected.ended_at


def _note(again: Proof) -> dict[str, str]:
    """What an open alert says of evidence that came after it: staff confirm."""
    return {"seen_again_at": again.at.isoformat(), "seen_again_by": again.by}


def _why(last_evidence_at: datetime, found: Assessment, now: datetime) -> dict[str, Any]:
    assert found.step is not None
    return {
        "unseen_hours": round(found.unseen_for / timedelta(hours=1), 1),
        "blind_hours": round((now - last_evidence_at - found.unseen_for) / timedelta(hours=1), 1),
        "step": found.step.name.lower(),
    }


def _open_alert(session: Session, row: PresenceRow) -> AlertRow | None:
    return alert_queries.unresolved(session, row.estate_id, AlertKind.WELLNESS, subject(row.resident_id))
