"""Queries about residents, their consent and their templates."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from models import ConsentRow, PhotoRow, PresenceRow, ResidentRow, TemplateRow
from monitor.core.consent import Purpose


def in_force(now: datetime) -> list[ColumnElement[bool]]:
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
        .where(TemplateRow.estate_id == estate_id, TemplateRow.engine == engine, *in_force(now))
        .order_by(TemplateRow.id)
    ).all()


def next_end_of_consent(session: Session, estate_id: str, now: datetime) -> datetime | None:
    return session.scalar(
        select(ConsentRow.until)
        .where(ConsentRow.estate_id == estate_id, ConsentRow.until > now)
        .order_by(ConsentRow.until)
        .limit(1)
    )


def consent_in_force(
    session: Session, resident_id: int, purpose: Purpose, now: datetime
) -> ConsentRow | None:
    return session.scalars(
        select(ConsentRow)
        .where(ConsentRow.resident_id == resident_id, ConsentRow.purpose == purpose, *in_force(now))
        .order_by(ConsentRow.id.desc())
    ).first()


def templates_of(session: Session, resident_id: int, engine: str) -> Sequence[TemplateRow]:
    return session.scalars(
        select(TemplateRow)
        .where(TemplateRow.resident_id == resident_id, TemplateRow.engine == engine)
        .order_by(TemplateRow.id)
    ).all()


def photo_counts(session: Session, estate_id: str) -> dict[int, int]:
    """How many photos are enrolled, by resident."""
    rows = session.execute(
        select(PhotoRow.resident_id, func.count())
        .where(PhotoRow.estate_id == estate_id)
        .group_by(PhotoRow.resident_id)
    )
    return {resident_id: number for resident_id, number in rows}


def recognised_by(session: Session, estate_id: str, engine: str, now: datetime) -> set[int]:
    """The residents of whom this engine has a template under a consent in force."""
    return set(
        session.scalars(
            select(TemplateRow.resident_id)
            .join(ConsentRow, ConsentRow.id == TemplateRow.consent_id)
            .where(TemplateRow.estate_id == estate_id, TemplateRow.engine == engine, *in_force(now))
            .distinct()
        )
    )


def pictures_to_renew(session: Session, estate_id: str, engine: str, now: datetime) -> Sequence[int]:
    """The photos with a kept picture, both consents in force, and no template of this engine yet."""
    keeping = select(ConsentRow.resident_id).where(ConsentRow.purpose == Purpose.KEEP_PHOTO, *in_force(now))
    made = select(TemplateRow.photo_id).where(TemplateRow.engine == engine)
    return session.scalars(
        select(PhotoRow.id)
        .join(ConsentRow, ConsentRow.id == PhotoRow.consent_id)
        .where(
            PhotoRow.estate_id == estate_id,
            PhotoRow.crop_jpeg.is_not(None),
            PhotoRow.resident_id.in_(keeping),
            PhotoRow.id.not_in(made),
            *in_force(now),
        )
        .order_by(PhotoRow.id)
    ).all()


def forget_pictures(session: Session, estate_id: str, now: datetime) -> int:
    """Empty every kept picture without a consent to keep it; returns how many."""
    keeping = select(ConsentRow.resident_id).where(ConsentRow.purpose == Purpose.KEEP_PHOTO, *in_force(now))
    result = session.execute(
        update(PhotoRow)
        .where(
            PhotoRow.estate_id == estate_id,
            PhotoRow.crop_jpeg.is_not(None),
            PhotoRow.resident_id.not_in(keeping),
        )
        .values(crop_jpeg=None)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def of_name(session: Session, estate_id: str, name: str, flat: str | None) -> ResidentRow | None:
    """Somebody with this name in this flat."""
    return session.scalars(
        select(ResidentRow)
        .where(
            ResidentRow.estate_id == estate_id,
            ResidentRow.name == name,
            ResidentRow.flat.is_(None) if flat is None else ResidentRow.flat == flat,
        )
        .order_by(ResidentRow.id)
    ).first()
