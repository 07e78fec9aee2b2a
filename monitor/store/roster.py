"""Queries about receivers and their shifts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ReceiverRow, ShiftRow


def receivers(session: Session, estate_id: str) -> Sequence[ReceiverRow]:
    return session.scalars(
        select(ReceiverRow).where(ReceiverRow.estate_id == estate_id).order_by(ReceiverRow.name)
    ).all()


def shifts(session: Session, estate_id: str, start: datetime, end: datetime) -> Sequence[ShiftRow]:
    """Those that have some of this time; at a moment those that run then."""
    return session.scalars(
        select(ShiftRow)
        .where(ShiftRow.estate_id == estate_id, ShiftRow.ends_at > start, ShiftRow.starts_at <= end)
        .order_by(ShiftRow.starts_at, ShiftRow.id)
    ).all()
