"""Queries about residents, their consent and their templates."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models import ConsentRow, PresenceRow, ResidentRow, TemplateRow
from monitor.core.consent import Purpose


def _in_force(now: datetime) -> list[ColumnElement[bool]]:
    return [
        ConsentRow.given_at <= now,
        ConsentRow.until > now,
        or_(ConsentRow.withdrawn_at.is_(None), ConsentRow.withdrawn_at > now),
    ]


def with_presence(session: Session, estate_id: str) -> Sequence[tuple[ResidentRow, PresenceRow | None]]:
    rows = session.execute(
        select(ResidentRow, PresenceRow)
        .outerjoin(PresenceRow, PresenceRow.resident_id == ResidentRow.id)
        .where(ResidentRow.estate_id == estate_id)
        .order_by(ResidentRow.name, ResidentRow.id)
    )
    return [(resident, presence) for resident, presence in rows]


def templates_in_force(session: Session, estate_id: str, engine: str, now: datetime) -> Sequence[TemplateRow]:
    return session.scalars(
        select(TemplateRow)
        .join(ConsentRow, ConsentRow.id == TemplateRow.consent_id)
        .where(TemplateRow.estate_id == estate_id, TemplateRow.engine == engine, *_in_force(now))
        .order_by(TemplateRow.id)
    ).all()


def consent_in_force(
    session: Session, resident_id: int, purpose: Purpose, now: datetime
) -> ConsentRow | None:
    return session.scalars(
        select(ConsentRow)
        .where(ConsentRow.resident_id == resident_id, ConsentRow.purpose == purpose, *_in_force(now))
        .order_by(ConsentRow.id.desc())
    ).first()


def due(session: Session, estate_id: str, now: datetime, at_most: int) -> Sequence[PresenceRow]:
    """The watched residents whose time is up, the longest overdue first."""
    return session.scalars(
        select(PresenceRow)
        .where(PresenceRow.estate_id == estate_id, PresenceRow.due_at <= now)
        .order_by(PresenceRow.due_at)
        .limit(at_most)
    ).all()
