"""Queries about planned absences."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AbsenceRow, ResidentRow


def of(session: Session, resident_id: int) -> Sequence[AbsenceRow]:
    return session.scalars(
        select(AbsenceRow).where(AbsenceRow.resident_id == resident_id).order_by(AbsenceRow.starts_at)
    ).all()


def around(session: Session, resident_id: int, moment: datetime) -> Sequence[AbsenceRow]:
    """Those that were planned for this moment, ended sooner or not. What was before one was entered is no return from it."""
    return session.scalars(
        select(AbsenceRow).where(
            AbsenceRow.resident_id == resident_id,
            AbsenceRow.starts_at <= moment,
            AbsenceRow.ends_at > moment,
            AbsenceRow.recorded_at < moment,
        )
    ).all()


def over(session: Session, estate_id: str, now: datetime) -> Sequence[AbsenceRow]:
    """Whose planned end has come, and that is not noted yet."""
    return session.scalars(
        select(AbsenceRow).where(
            AbsenceRow.estate_id == estate_id, AbsenceRow.ends_at <= now, AbsenceRow.ended_at.is_(None)
        )
    ).all()


def page(
    session: Session, estate_id: str, resident_id: int | None
) -> Sequence[tuple[AbsenceRow, ResidentRow]]:
    query = (
        select(AbsenceRow, ResidentRow)
        .join(ResidentRow, ResidentRow.id == AbsenceRow.resident_id)
        .where(AbsenceRow.estate_id == estate_id)
        .order_by(AbsenceRow.ends_at, AbsenceRow.id)
    )
    if resident_id is not None:
        query = query.where(AbsenceRow.resident_id == resident_id)
    return [(absence, resident) for absence, resident in session.execute(query)]
