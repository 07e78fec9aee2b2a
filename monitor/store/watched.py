"""What is on record about residents who are watched, for many at once: one query a noun, not one a resident."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from models import (
    AbsenceRow,
    AgreementRow,
    AlertRow,
    ConsentRow,
    EvidenceRow,
    PresenceRow,
    UsualWayRow,
    WellnessCheckRow,
)
from monitor.core.absence import Absence
from monitor.core.agreement import Agreement, Cause, Step
from monitor.core.consent import Purpose
from monitor.core.evidence import FULL
from monitor.core.presence import PresenceState
from monitor.core.schedule import DailyWindow
from monitor.core.silence import Doubt
from monitor.core.wellness import EVIDENCE_OF_LIFE
from monitor.store import cameras
from monitor.store.among import among
from monitor.store.residents import in_force


class Presence(Protocol):
    """What the rule needs of a presence row."""

    resident_id: Any
    agreement_id: Any
    last_evidence_at: Any
    last_direction: Any


def due(session: Session, estate_id: str, now: datetime, at_most: int) -> Sequence[Row[Any]]:
    """Whose time is up, the longest overdue first: columns of PresenceRow. Locked until what is found is written."""
    found = session.execute(
        select(
            PresenceRow.resident_id,
            PresenceRow.agreement_id,
            PresenceRow.state,
            PresenceRow.last_camera_id,
            PresenceRow.last_evidence_at,
            PresenceRow.last_direction,
        )
        .where(PresenceRow.estate_id == estate_id, PresenceRow.due_at <= now)
        .order_by(PresenceRow.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return cast(Sequence[Row[Any]], found.all())


def of_estate(session: Session, estate_id: str) -> Sequence[PresenceRow]:
    return session.scalars(
        select(PresenceRow).where(PresenceRow.estate_id == estate_id).order_by(PresenceRow.resident_id)
    ).all()


def agreements(session: Session, ids: Iterable[int]) -> dict[int, Agreement]:
    rows = session.execute(select(AgreementRow.__table__).where(among(session, AgreementRow.id, set(ids))))
    return {row.id: agreement(row) for row in rows}


def agreement(row: Any) -> Agreement:
    """Of a row of AgreementRow, or its columns."""
    quiet = DailyWindow(row.quiet_from, row.quiet_until) if row.quiet_from and row.quiet_until else None
    return Agreement(
        phone=timedelta(hours=row.phone_hours),
        visit=timedelta(hours=row.visit_hours),
        urgent=timedelta(hours=row.urgent_hours),
        not_back=timedelta(hours=row.not_back_hours),
        quiet=quiet,
    )


def consent_ends(session: Session, residents: Sequence[int], now: datetime) -> dict[int, datetime]:
    """Until when each of them agreed to be watched; who is missing did not, or no longer."""
    rows = session.execute(
        select(ConsentRow.resident_id, func.max(ConsentRow.until))
        .where(
            among(session, ConsentRow.resident_id, residents),
            ConsentRow.purpose == Purpose.WELLNESS,
            *in_force(now),
        )
        .group_by(ConsentRow.resident_id)
    )
    return {resident_id: until for resident_id, until in rows}


def absences(session: Session, residents: Sequence[int]) -> dict[int, list[Absence]]:
    found: dict[int, list[Absence]] = defaultdict(list)
    for row in session.scalars(select(AbsenceRow).where(among(session, AbsenceRow.resident_id, residents))):
        found[row.resident_id].append(Absence(row.starts_at, row.ends_at, row.ended_at))
    return found


def doubts(session: Session, residents: Sequence[int]) -> dict[int, list[Doubt]]:
    """Doubtful evidence since the last that was accepted."""
    found: dict[int, list[Doubt]] = defaultdict(list)
    rows = session.execute(
        select(EvidenceRow.resident_id, EvidenceRow.at, EvidenceRow.weight)
        .join(PresenceRow, PresenceRow.resident_id == EvidenceRow.resident_id)
        .where(
            among(session, EvidenceRow.resident_id, residents),
            EvidenceRow.weight < FULL,
            EvidenceRow.at > PresenceRow.last_evidence_at,
        )
    )
    for resident_id, at, weight in rows:
        found[resident_id].append(Doubt(at, weight))
    return found


def open_checks(
    session: Session, residents: Sequence[int]
) -> dict[int, list[tuple[Cause, Step, int | None, int]]]:
    """Cause, step, agreement and id of the alert of every open check."""
    found: dict[int, list[tuple[Cause, Step, int | None, int]]] = defaultdict(list)
    rows = session.execute(
        select(
            WellnessCheckRow.resident_id,
            WellnessCheckRow.cause,
            AlertRow.step,
            AlertRow.agreement_id,
            AlertRow.id,
        )
        .join(AlertRow, AlertRow.id == WellnessCheckRow.alert_id)
        .where(among(session, WellnessCheckRow.resident_id, residents), WellnessCheckRow.closed_at.is_(None))
    )
    for resident_id, cause, step, agreement_id, alert_id in rows:
        found[resident_id].append((cause, step or Step.PHONE, agreement_id, alert_id))
    return found


def nobody_found_at(session: Session, residents: Sequence[int]) -> dict[int, datetime]:
    """When the last check was closed that found out nothing."""
    rows = session.execute(
        select(WellnessCheckRow.resident_id, func.max(WellnessCheckRow.closed_at))
        .where(
            among(session, WellnessCheckRow.resident_id, residents),
            WellnessCheckRow.outcome.not_in(EVIDENCE_OF_LIFE),
        )
        .group_by(WellnessCheckRow.resident_id)
    )
    return {resident_id: at for resident_id, at in rows if at is not None}


def usual_ways(session: Session, residents: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(UsualWayRow.resident_id, UsualWayRow.camera_id).where(
            among(session, UsualWayRow.resident_id, residents)
        )
    )
    for resident_id, camera_id in rows:
        found[resident_id].add(camera_id)
    return {resident_id: frozenset(cameras) for resident_id, cameras in found.items()}


def blind_residents(session: Session, estate_id: str, dark: Collection[int]) -> list[int]:
    """Whose usual ways all lead past these cameras only. Whose ways are not known may pass any that identifies."""
    usable = cameras.identifying(session, estate_id)
    watched = select(PresenceRow.resident_id).where(
        PresenceRow.estate_id == estate_id, PresenceRow.state.in_(_CAN_BE_BLIND)
    )
    ways = (
        select(UsualWayRow.resident_id)
        .where(UsualWayRow.estate_id == estate_id, UsualWayRow.camera_id.in_(usable))
        .group_by(UsualWayRow.resident_id)
    )
    seen_elsewhere = ways.where(UsualWayRow.camera_id.not_in(dark))
    found = watched.where(PresenceRow.resident_id.not_in(seen_elsewhere))
    if not usable <= set(dark):
        found = found.where(PresenceRow.resident_id.in_(ways))
    return list(session.scalars(found.order_by(PresenceRow.resident_id)))


def look_at(session: Session, residents: Collection[int], now: datetime) -> None:
    """These are due now, in as far as nobody has noted yet that they are blind."""
    session.execute(
        update(PresenceRow)
        .where(
            among(session, PresenceRow.resident_id, residents),
            PresenceRow.state.in_((PresenceState.SEEN, PresenceState.LATE)),
            PresenceRow.due_at > now,
        )
        .values(due_at=now)
    )


_CAN_BE_BLIND = (PresenceState.SEEN, PresenceState.LATE, PresenceState.BLIND)
