"""The morning digest: once a day, everybody who is watched, counted once (W18). Owed to every channel like an alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import DigestRow, OutboxRow
from monitor.core.access import Role
from monitor.core.accounting import ACCOUNTED_FOR, Count
from monitor.core.presence import PresenceState
from monitor.core.schedule import last_at
from monitor.errors import NotFound
from monitor.services import alerts, events, standing
from monitor.store import cameras as camera_queries

KEPT_SHOWN = 60


@dataclass(frozen=True)
class Digest:
    """`residents`: the ids of who was neither seen nor away, by where they stood."""

    id: int
    day: date
    made_at: datetime
    count: Count
    cameras_in_use: int
    cameras_live: int
    residents: dict[PresenceState, tuple[int, ...]]
    poorly: tuple[int, ...]
    consent_ends_soon: tuple[int, ...]


def is_due(session: Session, estate_id: str, at: time, now: datetime) -> bool:
    """Whether today's hour has come, and there is none yet."""
    day = _day(session, estate_id, at, now)
    return _of(session, estate_id, day) is None


def make(
    session: Session,
    estate_id: str,
    at: time,
    channels: Sequence[str],
    engine: str,
    cameras: tuple[int, int],
    now: datetime,
) -> int | None:
    """Today's, once its hour has come, also when the service comes late to it. None when it is there already.

    `cameras`: how many are live, and how many are in use.
    """
    day = _day(session, estate_id, at, now)
    if _of(session, estate_id, day) is not None:
        return None
    people = standing.everybody(session, estate_id, Role.ADMIN, alerts.SYSTEM, engine, now)
    facts = _facts(people, cameras)
    row = DigestRow(estate_id=estate_id, day=day, made_at=now, facts=facts)
    session.add(row)
    session.flush()
    owed = [
        {
            "estate_id": estate_id,
            "digest_id": row.id,
            "channel": channel,
            "key": f"digest-{row.id}-{channel}",
            "created_at": now,
            "next_try_at": now,
        }
        for channel in channels
    ]
    if owed:
        session.execute(insert(OutboxRow), owed)
    events.append(session, estate_id, "digest.made", now, digest_id=row.id)
    return row.id


def listing(session: Session, estate_id: str, limit: int = KEPT_SHOWN) -> list[Digest]:
    """The newest first."""
    rows = session.scalars(
        select(DigestRow).where(DigestRow.estate_id == estate_id).order_by(DigestRow.day.desc()).limit(limit)
    )
    return [view(row) for row in rows]


def get(session: Session, estate_id: str, day: date) -> Digest:
    row = _of(session, estate_id, day)
    if row is None:
        raise NotFound(what="digest of", key=day)
    return view(row)


def view(row: DigestRow) -> Digest:
    facts = row.facts
    states = {PresenceState(state): tuple(ids) for state, ids in facts["residents"].items()}
    counted = Count.of(PresenceState(state) for state, n in facts["count"].items() for _ in range(n))
    return Digest(
        row.id,
        row.day,
        row.made_at,
        counted,
        facts["cameras_in_use"],
        facts["cameras_live"],
        states,
        tuple(facts["poorly"]),
        tuple(facts["consent_ends_soon"]),
    )


def _facts(people: Sequence[standing.Standing], cameras: tuple[int, int]) -> dict[str, Any]:
    """Ids and numbers, no names: who is erased is gone from it."""
    count = Count.of(each.state for each in people)
    return {
        "count": {state.value: n for state, n in count.parts.items()},
        "cameras_live": cameras[0],
        "cameras_in_use": cameras[1],
        "residents": {
            state.value: [each.resident_id for each in people if each.state is state]
            for state in count.parts
            if state not in ACCOUNTED_FOR
        },
        "poorly": [each.resident_id for each in people if each.poorly],
        "consent_ends_soon": [each.resident_id for each in people if each.consent_ends_soon],
    }


def _of(session: Session, estate_id: str, day: date) -> DigestRow | None:
    return session.scalars(
        select(DigestRow).where(DigestRow.estate_id == estate_id, DigestRow.day == day)
    ).one_or_none()


def _day(session: Session, estate_id: str, at: time, now: datetime) -> date:
    zone = camera_queries.zone(session, estate_id)
    return last_at(at, now, zone).astimezone(zone).date()
