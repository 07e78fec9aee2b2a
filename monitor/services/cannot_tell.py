"""Residents of whom nobody could say whether they passed: one alert with every name, so that a pause is never silence.

It is raised when all usual ways of somebody have been blind for a while, and when several fall overdue after one camera
was blind for part of the time (W15). Once somebody's clock has stood for too long, staff are asked to phone, with a check
for each (W4). It cannot be closed before they have.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import AlertRow
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, AlertState, Outcome, Severity
from monitor.core.presence import Assessment, Watched
from monitor.services import alerts, chain, events
from monitor.store import alerts as alert_queries
from monitor.store import cameras as camera_queries
from monitor.store import watched as queries

SUBJECT = "estate"
ENOUGH_FOR_A_GROUP = 3
BLIND_ENOUGH = timedelta(hours=1)  # of a usual way, before it is suspected of having missed somebody
SAME_FAULT_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Overdue:
    """Somebody whose silence asks for an alert."""

    row: Any  # of PresenceRow
    watched: Watched
    found: Assessment
    suspects: set[str] = field(
        default_factory=set, compare=False
    )  # usual cameras that were blind for a part of it

    @property
    def step(self) -> Step:
        assert self.found.step is not None
        return self.found.step


def tell(
    session: Session, estate_id: str, hold_off: timedelta, channels: Sequence[str], now: datetime
) -> None:
    """Raise it, keep its names up, and end it when everybody can be seen again and no check is open."""
    dark = camera_queries.dark_since(session, estate_id, now - hold_off)
    blind = queries.blind_residents(session, estate_id, dark) if dark else []
    queries.look_at(session, blind, now)
    running = _running(session, estate_id)
    if blind:
        slugs = camera_queries.slugs(session, dark)
        if running is not None:
            _add(session, running, blind, slugs, channels, now)
        else:
            began = min(dark.values())
            _raise(session, estate_id, f"blind:{began.isoformat()}", began, blind, slugs, channels, now)
    elif running is not None and not _open_checks(session, running):
        alerts.resolve(session, estate_id, running.id, Outcome.RECOVERED, "", alerts.SYSTEM, now)


def phone(
    session: Session, estate_id: str, residents: Sequence[int], channels: Sequence[str], now: datetime
) -> None:
    """Nobody could have seen these for so long that somebody should phone: a check for each, and it rises."""
    if not residents:
        return
    running = _running(session, estate_id)
    if running is None:
        episode = f"phone:{now.isoformat()}"
        running = _raise(session, estate_id, episode, now, residents, set(), channels, now)
        assert running is not None
    else:
        _add(session, running, residents, set(), channels, now)
    checks = [
        {"alert_id": running.id, "resident_id": id, "cause": Cause.CANNOT_TELL, **_taken(running)}
        for id in residents
    ]
    alerts.open_checks(session, estate_id, checks, now)
    if running.step is None:
        alerts.rise(session, [(running, Step.PHONE, Severity.CRITICAL)], channels, now)


def group(
    session: Session, estate_id: str, overdue: Sequence[Overdue], channels: Sequence[str], now: datetime
) -> frozenset[int]:
    """Who falls overdue with others after one camera was blind: one alert lists them instead of one for each (W15).

    Only of the first step: who is unseen for longer gets an alert of their own whatever the cameras did.
    """
    first = [each for each in overdue if each.step is Step.PHONE and not each.watched.alarms]
    if not first:
        return frozenset()
    _suspect(session, estate_id, first, now)
    known = alert_queries.suspected(session, estate_id, now - SAME_FAULT_WITHIN)
    grouped = set()
    for camera in sorted({camera for each in first for camera in each.suspects}):
        together = [each.row.resident_id for each in first if camera in each.suspects]
        if len(together) + sum(camera in suspects for suspects in known) >= ENOUGH_FOR_A_GROUP:
            grouped.update(together)
    phone(session, estate_id, sorted(grouped), channels, now)
    return frozenset(grouped)


def _suspect(session: Session, estate_id: str, first: Sequence[Overdue], now: datetime) -> None:
    """Note which usual cameras were blind for a good part of each silence."""
    since = min(each.found.since or now for each in first)
    faults = camera_queries.faults(session, estate_id, since, now)
    if not faults:
        return
    ways = queries.usual_ways(session, [each.row.resident_id for each in first])
    for each in first:
        begin = each.found.since or now
        for camera in ways.get(each.row.resident_id, ()):
            slug, spans = faults.get(camera, ("", []))
            blind = sum((max(end - max(start, begin), timedelta(0)) for start, end in spans), timedelta(0))
            if blind >= BLIND_ENOUGH:
                each.suspects.add(slug)


def _raise(
    session: Session,
    estate_id: str,
    episode: str,
    since: datetime,
    residents: Collection[int],
    cameras: set[str],
    channels: Sequence[str],
    now: datetime,
) -> AlertRow | None:
    """None when people have closed the alert about this blind time already."""
    new = alerts.NewAlert(
        kind=AlertKind.CANNOT_TELL,
        severity=Severity.WARNING,
        subject=SUBJECT,
        episode=episode,
        since=since,
        why=_names(residents, cameras),
        cause=Cause.CANNOT_TELL,
    )
    id = alerts.raise_alert(session, estate_id, new, channels, now)
    return None if id is None else session.get_one(AlertRow, id)


def _add(
    session: Session,
    running: AlertRow,
    residents: Collection[int],
    cameras: set[str],
    channels: Sequence[str],
    now: datetime,
) -> None:
    """Names are only added while it is open; each time everybody is told."""
    why = _names({*running.why["residents"], *residents}, {*running.why["cameras"], *cameras})
    more = len(why["residents"]) > len(running.why["residents"])
    if running.why != why:
        running.why = why
    if more:
        events.append(session, running.estate_id, "alert.names", now, alert_id=running.id)
        round_ = f"names{len(why['residents'])}"
        chain.tell_again(session, running.estate_id, [(running, round_)], channels, now)


def _names(residents: Collection[int], cameras: Collection[str]) -> dict[str, Any]:
    return {"residents": sorted(residents), "cameras": sorted(cameras)}


def _taken(running: AlertRow) -> dict[str, Any]:
    return {"taken_by": running.acknowledged_by, "taken_at": running.acknowledged_at}


def _running(session: Session, estate_id: str) -> AlertRow | None:
    row = alert_queries.unresolved(session, estate_id, AlertKind.CANNOT_TELL, SUBJECT)
    return row if row is not None and row.state is not AlertState.RESOLVED else None


def _open_checks(session: Session, running: AlertRow) -> bool:
    return any(check.closed_at is None for check in alert_queries.checks_of(session, running.id))
