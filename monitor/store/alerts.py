"""Queries about alerts, wellness checks and the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from models import AlertRow, CameraRow, OutboxRow, ResidentRow, WellnessCheckRow
from monitor.core.agreement import Step
from monitor.core.alert import AlertKind, AlertState, Severity
from monitor.core.roster import building
from monitor.store.among import among

_URGENCY = case(
    {Severity.CRITICAL.value: 0, Severity.WARNING.value: 1, Severity.INFO.value: 2}, value=AlertRow.severity
)


def unresolved(session: Session, estate_id: str, kind: AlertKind, subject: str) -> AlertRow | None:
    return session.scalars(
        select(AlertRow).where(
            AlertRow.estate_id == estate_id,
            AlertRow.kind == kind,
            AlertRow.subject == subject,
            AlertRow.state != AlertState.RESOLVED,
        )
    ).one_or_none()


def episode_exists(session: Session, estate_id: str, kind: AlertKind, episode: str) -> bool:
    return (
        session.scalar(
            select(AlertRow.id).where(
                AlertRow.estate_id == estate_id, AlertRow.kind == kind, AlertRow.episode == episode
            )
        )
        is not None
    )


def page(
    session: Session, estate_id: str, states: Sequence[AlertState], before_id: int | None, limit: int
) -> Sequence[AlertRow]:
    """Unresolved alerts by urgency and age; with only resolved ones asked for, the newest first."""
    query = select(AlertRow).where(AlertRow.estate_id == estate_id, AlertRow.state.in_(states)).limit(limit)
    if before_id is not None:
        query = query.where(AlertRow.id < before_id)
    if list(states) == [AlertState.RESOLVED]:
        return session.scalars(query.order_by(AlertRow.id.desc())).all()
    return session.scalars(query.order_by(_URGENCY, AlertRow.opened_at.desc(), AlertRow.id.desc())).all()


def move(session: Session, alert_id: int, from_state: AlertState, values: dict[str, object]) -> bool:
    """Compare-and-set: change the alert only if it is still in the state that was read."""
    changed = session.execute(
        update(AlertRow).where(AlertRow.id == alert_id, AlertRow.state == from_state).values(values)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def count(session: Session, estate_id: str) -> dict[tuple[AlertKind, AlertState], int]:
    rows = session.execute(
        select(AlertRow.kind, AlertRow.state, func.count())
        .where(AlertRow.estate_id == estate_id)
        .group_by(AlertRow.kind, AlertRow.state)
    )
    return {(kind, state): number for kind, state, number in rows}


def unresolved_about(session: Session, resident_id: int) -> Sequence[AlertRow]:
    """The wellness alerts about a resident that are not closed."""
    return session.scalars(
        select(AlertRow).where(
            AlertRow.resident_id == resident_id,
            AlertRow.kind == AlertKind.WELLNESS,
            AlertRow.state != AlertState.RESOLVED,
        )
    ).all()


def checks_of(session: Session, alert_id: int) -> Sequence[WellnessCheckRow]:
    return session.scalars(
        select(WellnessCheckRow).where(WellnessCheckRow.alert_id == alert_id).order_by(WellnessCheckRow.id)
    ).all()


def lapsed(session: Session, estate_id: str, now: datetime) -> Sequence[AlertRow]:
    """Taken alerts whose time for a result has run out."""
    return session.scalars(
        select(AlertRow)
        .where(
            AlertRow.estate_id == estate_id,
            AlertRow.lapses_at <= now,
            AlertRow.state == AlertState.ACKNOWLEDGED,
        )
        .with_for_update()
    ).all()


def lapsing(session: Session, estate_id: str) -> Sequence[AlertRow]:
    """Taken alerts that wait for a result."""
    return session.scalars(
        select(AlertRow)
        .where(
            AlertRow.estate_id == estate_id,
            AlertRow.lapses_at.is_not(None),
            AlertRow.state == AlertState.ACKNOWLEDGED,
        )
        .with_for_update()
    ).all()


def unanswered(session: Session, estate_id: str, now: datetime, limit: int) -> Sequence[AlertRow]:
    """Open alerts that nobody has taken in time."""
    return session.scalars(
        select(AlertRow)
        .where(
            AlertRow.estate_id == estate_id,
            AlertRow.escalates_at <= now,
            AlertRow.state == AlertState.OPEN,
        )
        .order_by(AlertRow.escalates_at)
        .limit(limit)
        .with_for_update()
    ).all()


def buildings(session: Session, residents: Sequence[int | None]) -> dict[int | None, str | None]:
    """Where residents live; who has no flat on record is in none."""
    ids = [id for id in residents if id is not None]
    if not ids:
        return {}
    rows = session.execute(
        select(ResidentRow.id, ResidentRow.flat).where(among(session, ResidentRow.id, ids))
    )
    return {id: building(flat) for id, flat in rows}


def suspected(session: Session, estate_id: str, since: datetime) -> list[set[str]]:
    """The cameras that may have missed the residents of open alerts of the first step, an alert each."""
    rows = session.scalars(
        select(AlertRow.why).where(
            AlertRow.estate_id == estate_id,
            AlertRow.kind == AlertKind.WELLNESS,
            AlertRow.step == Step.PHONE,
            AlertRow.state != AlertState.RESOLVED,
            AlertRow.opened_at >= since,
        )
    )
    return [set(why.get("suspects", ())) for why in rows]


def names(session: Session, residents: Sequence[int]) -> tuple[str, ...]:
    if not residents:
        return ()
    return tuple(
        session.scalars(
            select(ResidentRow.name)
            .where(among(session, ResidentRow.id, residents))
            .order_by(ResidentRow.name, ResidentRow.id)
        )
    )


def camera_names(session: Session, estate_id: str, slugs: Sequence[str]) -> tuple[str, ...]:
    if not slugs:
        return ()
    return tuple(
        session.scalars(
            select(CameraRow.name)
            .where(CameraRow.estate_id == estate_id, CameraRow.slug.in_(slugs))
            .order_by(CameraRow.id)
        )
    )


def about(session: Session, alert_ids: Sequence[int]) -> dict[int, AlertRow]:
    return {
        row.id: row
        for row in session.scalars(
            select(AlertRow).where(among(session, AlertRow.id, alert_ids)).with_for_update()
        )
    }


def claimable(session: Session, channels: Sequence[str], now: datetime) -> OutboxRow | None:
    """The oldest message that is due and that no other sender holds."""
    return session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.channel.in_(channels),
            OutboxRow.sent_at.is_(None),
            OutboxRow.next_try_at <= now,
            or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now),
        )
        .order_by(OutboxRow.next_try_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def unsent(session: Session, estate_id: str) -> dict[str, int]:
    """How many messages each channel still owes; those of second channels from the first try on."""
    rows = session.execute(
        select(OutboxRow.channel, func.count())
        .where(
            OutboxRow.estate_id == estate_id,
            OutboxRow.sent_at.is_(None),
            or_(OutboxRow.rank == 0, OutboxRow.attempts > 0),
        )
        .group_by(OutboxRow.channel)
    )
    return {channel: number for channel, number in rows}
