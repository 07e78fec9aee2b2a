"""Where every watched resident stands, and why: so that everybody is accounted for in words (W18)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AlertRow, PresenceRow, ResidentRow
from monitor.core.access import Action, Role, may
from monitor.core.accounting import Count
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, AlertState
from monitor.core.presence import PresenceState, assess
from monitor.errors import NotFound
from monitor.services import enrolled_well, watched
from monitor.services.enrolled_well import Poorly
from monitor.store import cameras as camera_queries
from monitor.store import watched as queries

# A due time that nobody has looked at for so long: the watch does not run.
NOT_LOOKED_AT_FOR = timedelta(minutes=2)
CONSENT_ENDS_SOON = timedelta(days=14)


@dataclass(frozen=True)
class Standing:
    """One watched resident. What says where and when they were seen is empty for who may not see sightings."""

    resident_id: int
    name: str
    flat: str | None
    state: PresenceState
    cause: Cause
    step: Step | None
    since: datetime | None  # from when the clock counts
    unseen_for: timedelta
    blind_for: timedelta
    doubtful: int  # faces since then that were nearly recognised
    last_seen_at: datetime | None
    last_seen_place: str | None
    next_look_at: datetime | None  # when a step will be due, as far as is known now
    waits_until: datetime | None  # a held step goes out then; an absence ends then
    alert_id: int | None
    taken_by: str | None
    blind_ways: tuple[str, ...]  # cameras of their usual ways that are blind now
    poorly: tuple[Poorly, ...]  # why their recognition should be looked at
    consent_until: datetime | None
    consent_ends_soon: bool


def count(session: Session, estate_id: str, now: datetime) -> Count:
    """How many stand where. Cheap: for the head line of every desk."""
    rows = session.execute(
        select(PresenceRow.state, func.count())
        .where(PresenceRow.estate_id == estate_id)
        .group_by(PresenceRow.state)
    )
    numbers = Counter({state: number for state, number in rows})
    blind = blind_now(session, estate_id, now)
    if blind:
        seen = session.scalar(
            select(func.count()).where(
                PresenceRow.resident_id.in_(blind), PresenceRow.state == PresenceState.SEEN
            )
        )
        numbers[PresenceState.SEEN] -= seen or 0
        numbers[PresenceState.BLIND] += seen or 0
    return Count.of(numbers.elements())


def blind_now(session: Session, estate_id: str, now: datetime) -> frozenset[int]:
    """Of whom nobody could say right now whether they pass."""
    dark = {
        *camera_queries.dark_since(session, estate_id, now),
        *camera_queries.unable_now(session, estate_id, now),
    }
    if not dark and camera_queries.identifying(session, estate_id):
        return frozenset()
    return frozenset(queries.blind_residents(session, estate_id, dark))


def watch_is_behind(session: Session, estate_id: str, now: datetime) -> bool:
    """Whether somebody's time is up and nobody looks: the watch does not run."""
    return (
        session.scalar(
            select(PresenceRow.resident_id)
            .where(PresenceRow.estate_id == estate_id, PresenceRow.due_at < now - NOT_LOOKED_AT_FOR)
            .limit(1)
        )
        is not None
    )


def of(
    session: Session, estate_id: str, resident_id: int, role: Role, person: str, engine: str, now: datetime
) -> Standing:
    """Raises NotFound for who is not watched."""
    row = session.get(PresenceRow, resident_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="watched resident", key=resident_id)
    return _stand(session, estate_id, [row], role, person, engine, now)[0]


def everybody(
    session: Session, estate_id: str, role: Role, person: str, engine: str, now: datetime
) -> list[Standing]:
    """Whom staff have to think of first. Who has withdrawn is not listed."""
    rows = queries.of_estate(session, estate_id)
    found = _stand(session, estate_id, rows, role, person, engine, now)
    return sorted(
        (each for each in found if each.state is not PresenceState.WITHDRAWN),
        key=lambda each: (_ORDER.index(each.state), -(each.step or 0), each.name, each.resident_id),
    )


_ORDER = (
    PresenceState.UNSEEN,
    PresenceState.BLIND,
    PresenceState.LATE,
    PresenceState.NOT_STARTED,
    PresenceState.SEEN,
    PresenceState.PAUSED,
    PresenceState.WITHDRAWN,
)


def _stand(
    session: Session,
    estate_id: str,
    rows: Sequence[PresenceRow],
    role: Role,
    person: str,
    engine: str,
    now: datetime,
) -> list[Standing]:
    on_record, alert_ids = watched.gather(session, estate_id, rows, now)
    zone = camera_queries.zone(session, estate_id)
    ids = [row.resident_id for row in rows]
    people = {
        resident.id: resident
        for resident in session.scalars(select(ResidentRow).where(ResidentRow.id.in_(ids)))
    }
    cameras = {camera.id: camera.name for camera in camera_queries.of_estate(session, estate_id)}
    dark = {*camera_queries.dark_since(session, estate_id, now)}
    ways = queries.usual_ways(session, ids)
    taken = _taken(session, estate_id)
    poorly = enrolled_well.poorly(session, estate_id, ids, engine, now)
    found = []
    for row in rows:
        id, known = row.resident_id, on_record[row.resident_id]
        said, silence = assess(known, zone, now), known.silence(now)
        alert = next(iter(alert_ids.get(id, {}).values()), None)
        open_to = may(role, Action.SEE_SIGHTINGS) or (alert is not None and taken.get(alert) == person)
        found.append(
            Standing(
                resident_id=id,
                name=people[id].name,
                flat=people[id].flat,
                state=said.state,
                cause=said.cause,
                step=said.step,
                since=said.since,
                unseen_for=said.unseen_for,
                blind_for=said.blind_for,
                doubtful=len(silence.doubts) if silence and open_to else 0,
                last_seen_at=row.last_seen_at if open_to else None,
                last_seen_place=cameras.get(row.last_camera_id or 0) if open_to else None,
                next_look_at=said.due_at,
                waits_until=said.waits_until,
                alert_id=alert,
                taken_by=taken.get(alert) if alert is not None else None,
                blind_ways=tuple(sorted(cameras[way] for way in ways.get(id, ()) if way in dark))
                if open_to
                else (),
                poorly=poorly.get(id, ()),
                consent_until=known.consent_until,
                consent_ends_soon=known.consent_until is not None
                and known.consent_until - now <= CONSENT_ENDS_SOON,
            )
        )
    return found


def _taken(session: Session, estate_id: str) -> dict[int, str]:
    rows = session.execute(
        select(AlertRow.id, AlertRow.acknowledged_by).where(
            AlertRow.estate_id == estate_id,
            AlertRow.kind.in_((AlertKind.WELLNESS, AlertKind.CANNOT_TELL)),
            AlertRow.state == AlertState.ACKNOWLEDGED,
        )
    )
    return {id: by for id, by in rows if by is not None}
