"""Queries about the event log."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models import EventRow


def lock_order(session: Session) -> None:
    """Make ids appear in the order they were given: PostgreSQL commits concurrently, SQLite has one writer."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(54)"))


def after(session: Session, estate_id: str, event_id: int, limit: int) -> Sequence[EventRow]:
    return session.scalars(
        select(EventRow)
        .where(EventRow.estate_id == estate_id, EventRow.id > event_id)
        .order_by(EventRow.id)
        .limit(limit)
    ).all()


def happened(session: Session, estate_id: str, kind: str, at: datetime) -> bool:
    """Whether there is an event of this kind at this very moment."""
    query = select(EventRow.id).where(
        EventRow.estate_id == estate_id, EventRow.kind == kind, EventRow.at == at
    )
    return session.scalar(query.limit(1)) is not None


def last(session: Session, estate_id: str, kinds: Sequence[str]) -> EventRow | None:
    """Looks through the whole log: not for every day."""
    query = select(EventRow).where(EventRow.estate_id == estate_id, EventRow.kind.in_(kinds))
    return session.scalars(query.order_by(EventRow.id.desc()).limit(1)).one_or_none()


def newest_id(session: Session, estate_id: str) -> int:
    return session.scalar(select(func.max(EventRow.id)).where(EventRow.estate_id == estate_id)) or 0


def of_alert(session: Session, estate_id: str, alert_id: int, since: datetime) -> Sequence[EventRow]:
    return session.scalars(
        select(EventRow)
        .where(
            EventRow.estate_id == estate_id,
            EventRow.at >= since,
            EventRow.kind.startswith("alert."),
            EventRow.facts["alert_id"].as_integer() == alert_id,
        )
        .order_by(EventRow.id)
    ).all()
