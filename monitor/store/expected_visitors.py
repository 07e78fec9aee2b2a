"""Queries about expected visitors and their templates."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from models import ExpectedVisitorRow, VisitorTemplateRow


def _running(now: datetime) -> list[ColumnElement[bool]]:
    return [ExpectedVisitorRow.starts_at <= now, ExpectedVisitorRow.ends_at > now]


def of_estate(session: Session, estate_id: str) -> Sequence[ExpectedVisitorRow]:
    return session.scalars(
        select(ExpectedVisitorRow)
        .where(ExpectedVisitorRow.estate_id == estate_id)
        .order_by(ExpectedVisitorRow.ends_at, ExpectedVisitorRow.id)
    ).all()


def running(
    session: Session, estate_id: str, visitor_id: int, now: datetime, *, lock: bool = False
) -> ExpectedVisitorRow | None:
    """The visitor whose pass holds now. `lock`: until the transaction ends nobody else has it locked."""
    query = select(ExpectedVisitorRow).where(
        ExpectedVisitorRow.id == visitor_id, ExpectedVisitorRow.estate_id == estate_id, *_running(now)
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def templates_in_force(
    session: Session, estate_id: str, engine: str, now: datetime
) -> Sequence[VisitorTemplateRow]:
    return session.scalars(
        select(VisitorTemplateRow)
        .join(ExpectedVisitorRow, ExpectedVisitorRow.id == VisitorTemplateRow.visitor_id)
        .where(VisitorTemplateRow.estate_id == estate_id, VisitorTemplateRow.engine == engine, *_running(now))
        .order_by(VisitorTemplateRow.id)
    ).all()


def next_change(session: Session, estate_id: str, now: datetime) -> datetime | None:
    """When the next pass begins or ends."""
    moments = [
        session.scalar(
            select(moment)
            .where(ExpectedVisitorRow.estate_id == estate_id, moment > now)
            .order_by(moment)
            .limit(1)
        )
        for moment in (ExpectedVisitorRow.starts_at, ExpectedVisitorRow.ends_at)
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def delete_templates(session: Session, visitor_id: int) -> None:
    session.execute(delete(VisitorTemplateRow).where(VisitorTemplateRow.visitor_id == visitor_id))
