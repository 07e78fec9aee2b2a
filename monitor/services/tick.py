"""The tick: everybody whose time is up is looked at, from stored facts alone. Doing it twice changes nothing.

It costs what is due, not what is watched: the rows that are due are read with what is on record about them, one query a noun,
and what follows is written in as few statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import PresenceRow
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, Severity
from monitor.core.presence import Assessment, PresenceState, assess
from monitor.services import alerts, cannot_tell, endings, events, presence
from monitor.services.cannot_tell import Overdue
from monitor.services.watched import gather
from monitor.store import alerts as alert_queries
from monitor.store import cameras as camera_queries
from monitor.store import watched as queries
from monitor.store.bulk import update_rows

AT_MOST = 1000  # in one transaction; the next takes the others
SEVERITY = {Step.PHONE: Severity.WARNING, Step.VISIT: Severity.CRITICAL, Step.URGENT: Severity.CRITICAL}


@dataclass(frozen=True)
class Ticked:
    """What one tick did."""

    looked_at: int = 0
    opened: int = 0
    risen: int = 0
    grouped: int = 0  # residents whose alert is one with others'
    ended: int = 0  # whose consent has ended


def subject(resident_id: int, cause: Cause) -> str:
    return f"resident:{resident_id}:{cause.value}"


def tick(session: Session, estate_id: str, channels: Sequence[str], now: datetime) -> Ticked:
    rows = queries.due(session, estate_id, now, AT_MOST)
    if not rows:
        return Ticked()
    zone = camera_queries.zone(session, estate_id)
    watched, alert_ids = gather(session, estate_id, rows, now)
    found = {row.resident_id: assess(watched[row.resident_id], zone, now) for row in rows}
    update_rows(session, PresenceRow, [_written(row.resident_id, found[row.resident_id]) for row in rows])
    changed = [row.resident_id for row in rows if row.state is not found[row.resident_id].state]
    events.append_all(session, estate_id, "presence.changed", now, [{"resident_id": id} for id in changed])
    overdue = [
        Overdue(row, watched[row.resident_id], found[row.resident_id])
        for row in rows
        if presence.needs_alert(watched[row.resident_id], found[row.resident_id])
    ]
    grouped = cannot_tell.group(session, estate_id, overdue, channels, now)
    alone = [each for each in overdue if each.row.resident_id not in grouped]
    new = [_alert(each, now) for each in alone if each.found.cause not in each.watched.alarms]
    higher = [each for each in alone if each.found.cause in each.watched.alarms]
    raised = alerts.raise_all(session, estate_id, new, channels, now)
    risen = _rise(session, higher, alert_ids, channels, now)
    to_phone = [
        row
        for row in rows
        if found[row.resident_id].phone_blind and Cause.CANNOT_TELL not in watched[row.resident_id].alarms
    ]
    cannot_tell.phone(session, estate_id, [row.resident_id for row in to_phone], channels, now)
    ended = [row for row in rows if found[row.resident_id].state is PresenceState.WITHDRAWN]
    for row in ended:
        endings.forget(session, session.get_one(PresenceRow, row.resident_id), now)
    return Ticked(len(rows), len(raised), risen, len(grouped), len(ended))


def _written(resident_id: int, found: Assessment) -> dict[str, Any]:
    return {"resident_id": resident_id, "state": found.state, "step": found.step, "due_at": found.due_at}


def _rise(
    session: Session,
    overdue: Sequence[Overdue],
    alert_ids: dict[int, dict[Cause, int]],
    channels: Sequence[str],
    now: datetime,
) -> int:
    ids = {each.row.resident_id: alert_ids[each.row.resident_id][each.found.cause] for each in overdue}
    running = alert_queries.about(session, list(ids.values()))
    risen = [(running[ids[each.row.resident_id]], each.step, SEVERITY[each.step]) for each in overdue]
    for each, (row, _, _) in zip(overdue, risen, strict=True):
        row.why = {**row.why, **presence.why(each.watched, each.found, now)}
    alerts.rise(session, risen, channels, now)
    return len(risen)


def _alert(each: Overdue, now: datetime) -> alerts.NewAlert:
    row, found = each.row, each.found
    assert found.since is not None
    about = subject(row.resident_id, found.cause)
    return alerts.NewAlert(
        kind=AlertKind.WELLNESS,
        severity=SEVERITY[each.step],
        subject=about,
        episode=f"{about}:{now.isoformat()}",
        since=found.since,
        why=presence.why(each.watched, found, now) | {"suspects": sorted(each.suspects)},
        resident_id=row.resident_id,
        camera_id=row.last_camera_id,
        cause=found.cause,
        step=each.step,
        agreement_id=row.agreement_id,
    )
