"""Where one resident stands, kept in step with what is on record. The tick (services.tick) finds who is overdue.

The row follows from stored facts alone, so it comes out the same in whatever order they arrive.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import AlertRow, CameraRow, PresenceRow, SightingRow
from monitor.core.agreement import Agreement, Cause, Step, hours
from monitor.core.alert import Outcome
from monitor.core.evidence import Evidence
from monitor.core.presence import Assessment, PresenceState, Watched, assess
from monitor.core.sighting import Direction
from monitor.core.wellness import EVIDENCE_OF_LIFE
from monitor.errors import NotFound
from monitor.services import absences, agreements, events
from monitor.services.absences import NewAbsence
from monitor.services.proofs import Proof, Proofs
from monitor.services.watched import gather
from monitor.store import alerts as alert_queries
from monitor.store import cameras as camera_queries


def watch(
    session: Session, estate_id: str, resident_id: int, agreed: Agreement, by: str, now: datetime
) -> None:
    """Start watching; nothing is alarmed before the first evidence of life."""
    row = session.get(PresenceRow, resident_id)
    if row is None:
        row = PresenceRow(resident_id=resident_id, estate_id=estate_id, state=PresenceState.NOT_STARTED)
        session.add(row)
        session.flush()
    if row.agreement_id is None:
        agreements.write(session, row, agreed, agreements.ESTATE_DEFAULT, by, now)
        refresh(session, row, now)
        events.append(session, estate_id, "presence.changed", now, resident_id=resident_id)


def notice(
    session: Session, resident_id: int, found: Evidence, by: str, camera: CameraRow | None, now: datetime
) -> None:
    """There is evidence of life; late and repeated evidence is fine.

    It closes no alert: it is noted there, and staff confirm (W14). Doubtful evidence moves the clock in part.
    """
    row = locked(session, resident_id)
    if row is None or row.state is PresenceState.WITHDRAWN:
        return
    if camera is not None and (row.last_seen_at is None or found.at > row.last_seen_at):
        row.last_seen_at, row.last_camera_id = found.at, camera.id
    returned = absences.mind(session, row.resident_id, found, now)
    newer = _accept(row, found)
    if newer:
        _propose(session, row, Proof(found.at, by), now)
    if newer or returned or not found.accepted:
        refresh(session, row, now)


def agree(
    session: Session,
    estate_id: str,
    resident_id: int,
    agreed: Agreement,
    reason: str,
    by: str,
    now: datetime,
) -> int:
    """Other hours from now on; returns the number of the version. Raises NotFound, InvalidInput."""
    row = _watched(session, estate_id, resident_id)
    version = agreements.write(session, row, agreed, reason, by, now).version
    refresh(session, row, now)
    return version


def leave(
    session: Session,
    estate_id: str,
    resident_id: int,
    new: NewAbsence,
    longest: timedelta,
    by: str,
    now: datetime,
) -> int:
    """A planned absence; returns its id. Raises NotFound, InvalidInput, Conflict."""
    row = _watched(session, estate_id, resident_id)
    absence = absences.enter(session, estate_id, resident_id, new, longest, by, now)
    refresh(session, row, now)
    return absence.id


def come_back(session: Session, estate_id: str, absence_id: int, by: str, now: datetime) -> None:
    """Staff end an absence. Raises NotFound, Conflict."""
    absence = absences.end(session, estate_id, absence_id, by, now)
    refresh(session, _watched(session, estate_id, absence.resident_id), now)


def settle(session: Session, resident_id: int, outcome: Outcome, now: datetime) -> None:
    """What the outcome of a wellness check, closed just now, means for the clock."""
    row = locked(session, resident_id)
    if row is None:
        return
    if outcome in EVIDENCE_OF_LIFE:
        row.last_evidence_at, row.last_direction = now, Direction.BOTH
    refresh(session, row, now)


def take_back(session: Session, rejected: SightingRow, now: datetime) -> None:
    """Put the resident where they would be if this sighting had never been, from the proofs of life that remain.

    Who is overdue without it is due at once: the next tick tells. A closed alert stays closed.
    """
    row = locked(session, rejected.resident_id)
    if row is None:
        return
    remaining = Proofs.of(session, row.resident_id)
    last, seen = remaining.last, remaining.last_seen
    row.last_seen_at, row.last_camera_id = (seen.at, seen.camera_id) if seen else (None, None)
    row.last_evidence_at, row.last_direction = (last.at, last.direction) if last else (None, None)
    absences.take_back(session, rejected, remaining)
    alerts = alert_queries.unresolved_about(session, row.resident_id)
    for running in alerts:
        _put_right(session, running, rejected, remaining, now)
    watched, found = refresh(session, row, now)
    for running in alerts:
        if running.cause is found.cause and found.step is not None and running.since == found.since:
            running.why = {**running.why, **why(watched, found, now)}


def refresh(session: Session, row: PresenceRow, now: datetime) -> tuple[Watched, Assessment]:
    """Make the row what the facts on record say. Alerts are the tick's: who needs one is due at once."""
    session.flush()
    watched = gather(session, row.estate_id, [row], now)[0][row.resident_id]
    found = assess(watched, camera_queries.zone(session, row.estate_id), now)
    if apply(row, found):
        events.append(session, row.estate_id, "presence.changed", now, resident_id=row.resident_id)
    if needs_alert(watched, found) or found.state is PresenceState.WITHDRAWN:
        row.due_at = now
    return watched, found


def apply(row: PresenceRow, found: Assessment) -> bool:
    """Whether the state is another one."""
    before, row.state = row.state, found.state
    row.step, row.due_at = found.step, found.due_at
    return row.state is not before


def needs_alert(watched: Watched, found: Assessment) -> bool:
    """Whether a step has gone out that no open alert has reached. A phone call that another alert asks for is one."""
    if found.step is None:
        return False
    running = watched.alarms.get(found.cause)
    if running is None and found.step is Step.PHONE:
        return Cause.CANNOT_TELL not in watched.alarms
    return running is None or found.step > running.step


def why(watched: Watched, found: Assessment, now: datetime) -> dict[str, Any]:
    """What an alert stands on, as it is now."""
    assert found.step is not None
    running, silence = watched.alarms.get(found.cause), watched.silence(now)
    agreed = running.agreed if running else watched.agreed
    return {
        "unseen_hours": _hours(found.unseen_for),
        "blind_hours": _hours(found.blind_for),
        "doubtful": len(silence.doubts) if silence else 0,
        "step": found.step.name.lower(),
        "after_hours": _hours(agreed.until(found.step, found.cause)),
    }


def _hours(length: timedelta) -> float:
    return round(hours(length), 1)


def locked(session: Session, resident_id: int) -> PresenceRow | None:
    return session.get(PresenceRow, resident_id, with_for_update=True)


def _watched(session: Session, estate_id: str, resident_id: int) -> PresenceRow:
    row = locked(session, resident_id)
    if row is None or row.estate_id != estate_id or row.state is PresenceState.WITHDRAWN:
        raise NotFound(what="watched resident", key=resident_id)
    return row


def _accept(row: PresenceRow, found: Evidence) -> bool:
    """Whether it is the newest accepted evidence. Of two at one moment, the one that says most surely "inside"."""
    if not found.accepted:
        return False
    if row.last_evidence_at is not None:
        before = (row.last_evidence_at, _INSIDE.index(row.last_direction or Direction.BOTH))
        if (found.at, _INSIDE.index(found.direction)) <= before:
            return False
    row.last_evidence_at, row.last_direction = found.at, found.direction
    return True


_INSIDE = (Direction.OUT, Direction.BOTH, Direction.IN)


def _propose(session: Session, row: PresenceRow, seen: Proof, now: datetime) -> None:
    """Evidence after an alert's last-seen moment is noted there, once."""
    for running in alert_queries.unresolved_about(session, row.resident_id):
        if running.since < seen.at and "seen_again_at" not in running.why:
            running.why = {**running.why, **_note(seen)}
            events.append(session, row.estate_id, "alert.seen_again", now, alert_id=running.id)


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
