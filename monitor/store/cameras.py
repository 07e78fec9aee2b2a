"""Queries about cameras and the time they were blind."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models import BlindTimeRow, CameraRow, EstateRow
from monitor.core.identifiability import CameraVerdict, identifies_at, unable
from monitor.core.interval import Interval

LEFT_OUT = "clock"  # why nobody could be seen: the time was left out by the clock


def of_estate(session: Session, estate_id: str) -> Sequence[CameraRow]:
    return session.scalars(
        select(CameraRow).where(CameraRow.estate_id == estate_id).order_by(CameraRow.id)
    ).all()


def zone(session: Session, estate_id: str) -> ZoneInfo:
    return ZoneInfo(session.get_one(EstateRow, estate_id).time_zone)


def by_slug(session: Session, estate_id: str, slug: str) -> CameraRow | None:
    return session.scalars(
        select(CameraRow).where(CameraRow.estate_id == estate_id, CameraRow.slug == slug)
    ).one_or_none()


def named(session: Session, estate_id: str, slugs: Sequence[str]) -> Sequence[CameraRow]:
    return session.scalars(
        select(CameraRow).where(CameraRow.estate_id == estate_id, CameraRow.slug.in_(slugs))
    ).all()


def open_blind_times_of(session: Session, camera_ids: Sequence[int]) -> dict[int, BlindTimeRow]:
    rows = session.scalars(
        select(BlindTimeRow).where(BlindTimeRow.camera_id.in_(camera_ids), BlindTimeRow.ended_at.is_(None))
    )
    return {row.camera_id: row for row in rows}


def last_blind_end(session: Session, camera_id: int) -> datetime | None:
    """When the camera's last blind time that is over ended."""
    return session.scalar(select(func.max(BlindTimeRow.ended_at)).where(BlindTimeRow.camera_id == camera_id))


def all_open_blind_times(session: Session, estate_id: str) -> Sequence[tuple[BlindTimeRow, CameraRow]]:
    return [
        (blind, camera)
        for blind, camera in session.execute(
            select(BlindTimeRow, CameraRow)
            .join(CameraRow, CameraRow.id == BlindTimeRow.camera_id)
            .where(BlindTimeRow.estate_id == estate_id, BlindTimeRow.ended_at.is_(None))
        )
    ]


def _identifying(estate_id: str) -> list[ColumnElement[bool]]:
    """Cameras whose word would count."""
    return [
        CameraRow.estate_id == estate_id,
        CameraRow.identifies.is_(True),
        CameraRow.verdict != CameraVerdict.CANNOT,
    ]


def identifying(session: Session, estate_id: str) -> frozenset[int]:
    return frozenset(session.scalars(select(CameraRow.id).where(*_identifying(estate_id))))


def blind_intervals(
    session: Session, estate_id: str, since: datetime, until: datetime
) -> dict[int, list[Interval]]:
    """For every camera that can identify, when it was blind in that time; an empty list if never.

    One that was measured and cannot is left out; the hours in which one cannot are blind. One that is out of use is
    blind since then, and not left out: what it saw before still counts. What is said of a camera now is said of the
    whole time.
    """
    cameras = session.execute(
        select(CameraRow.id, CameraRow.verdict, CameraRow.enabled, CameraRow.state_since).where(
            *_identifying(estate_id)
        )
    )
    at = zone(session, estate_id)
    found = {
        camera_id: [
            *unable(verdict, at, since, until),
            *([] if enabled else [Interval(min(state_since, until), until)]),
        ]
        for camera_id, verdict, enabled, state_since in cameras
    }
    for blind in session.scalars(
        select(BlindTimeRow).where(
            BlindTimeRow.camera_id.in_(found),
            BlindTimeRow.started_at < until,
            or_(BlindTimeRow.ended_at.is_(None), BlindTimeRow.ended_at > since),
        )
    ):
        found[blind.camera_id].append(Interval(blind.started_at, blind.ended_at or until))
    return found


def dark_since(session: Session, estate_id: str, before: datetime) -> dict[int, datetime]:
    """The cameras that should identify and have been blind, or out of use, since before this moment; since when."""
    rows = session.execute(
        select(CameraRow.id, CameraRow.enabled, CameraRow.state_since, BlindTimeRow.started_at)
        .outerjoin(BlindTimeRow, (BlindTimeRow.camera_id == CameraRow.id) & BlindTimeRow.ended_at.is_(None))
        .where(*_identifying(estate_id))
    )
    since = {id: blind if enabled else out_of_use for id, enabled, out_of_use, blind in rows}
    return {id: at for id, at in since.items() if at is not None and at <= before}


def unable_now(session: Session, estate_id: str, now: datetime) -> set[int]:
    """The cameras that can identify in one light only, and not in that of now."""
    hour = now.astimezone(zone(session, estate_id)).hour
    rows = session.execute(select(CameraRow.id, CameraRow.verdict).where(*_identifying(estate_id)))
    return {id for id, verdict in rows if not identifies_at(verdict, hour)}


def slugs(session: Session, ids: Collection[int]) -> set[str]:
    return set(session.scalars(select(CameraRow.slug).where(CameraRow.id.in_(ids))))


def faults(
    session: Session, estate_id: str, since: datetime, until: datetime
) -> dict[int, tuple[str, list[tuple[datetime, datetime]]]]:
    """By camera that was: its slug, and when it was blind in that time by a fault of its own."""
    found: dict[int, tuple[str, list[tuple[datetime, datetime]]]] = {}
    rows = session.execute(
        select(CameraRow.id, CameraRow.slug, BlindTimeRow.started_at, BlindTimeRow.ended_at)
        .join(BlindTimeRow, BlindTimeRow.camera_id == CameraRow.id)
        .where(
            CameraRow.estate_id == estate_id,
            BlindTimeRow.reason != LEFT_OUT,
            BlindTimeRow.started_at < until,
            or_(BlindTimeRow.ended_at.is_(None), BlindTimeRow.ended_at > since),
        )
    )
    for id, slug, started_at, ended_at in rows:
        found.setdefault(id, (slug, []))[1].append((started_at, ended_at or until))
    return found
