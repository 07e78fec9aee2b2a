"""Queries about corrections, and about the facts that presence rests on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import (
    AlertRow,
    CameraRow,
    CorrectionRow,
    EvidenceRow,
    ResidentRow,
    SightingRow,
    UnclearFaceRow,
    WellnessCheckRow,
)
from monitor.core.alert import AlertKind, Outcome
from monitor.core.correction import Correction
from monitor.core.evidence import FULL
from monitor.core.sighting import NO_EVIDENCE


def reject(session: Session, sighting_id: int, now: datetime) -> bool:
    """Compare-and-set: only a sighting that nobody has rejected yet."""
    changed = session.execute(
        update(SightingRow)
        .where(SightingRow.id == sighting_id, SightingRow.rejected_at.is_(None))
        .values(rejected_at=now)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def name(session: Session, face_id: int, resident_id: int, person: str, now: datetime) -> bool:
    """Compare-and-set: only an unclear face that nobody has named yet."""
    changed = session.execute(
        update(UnclearFaceRow)
        .where(UnclearFaceRow.id == face_id, UnclearFaceRow.named_at.is_(None))
        .values(resident_id=resident_id, named_at=now, named_by=person)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def rejected_on(session: Session, resident_id: int, camera_id: int) -> Sequence[SightingRow]:
    return session.scalars(
        select(SightingRow).where(
            SightingRow.resident_id == resident_id,
            SightingRow.camera_id == camera_id,
            SightingRow.rejected_at.is_not(None),
        )
    ).all()


def rejected_by(session: Session, sighting_ids: Sequence[int]) -> dict[int, str]:
    """Who rejected which of these sightings."""
    rows = session.execute(
        select(CorrectionRow.sighting_id, CorrectionRow.by).where(
            CorrectionRow.sighting_id.in_(sighting_ids), CorrectionRow.kind == Correction.NOT_THEM
        )
    )
    return {sighting_id: by for sighting_id, by in rows if sighting_id is not None}


def highest_rejected(session: Session, estate_id: str, engine: str) -> dict[int, float]:
    """The highest score of this engine that staff said was not them, by resident."""
    rows = session.execute(
        select(CorrectionRow.resident_id, func.max(CorrectionRow.score))
        .where(
            CorrectionRow.estate_id == estate_id,
            CorrectionRow.kind == Correction.NOT_THEM,
            CorrectionRow.engine == engine,
            CorrectionRow.score.is_not(None),
        )
        .group_by(CorrectionRow.resident_id)
    )
    return {resident_id: score for resident_id, score in rows if score is not None}


def sightings_that_count(session: Session, resident_id: int) -> Sequence[tuple[datetime, CameraRow]]:
    """When and where identifying cameras have seen the resident, the newest first."""
    rows = session.execute(
        select(SightingRow.ended_at, CameraRow)
        .join(CameraRow, CameraRow.id == SightingRow.camera_id)
        .where(
            SightingRow.resident_id == resident_id,
            SightingRow.rejected_at.is_(None),
            SightingRow.why[NO_EVIDENCE].as_string().is_(None),
            CameraRow.identifies,
        )
        .order_by(SightingRow.ended_at.desc(), SightingRow.id)
    )
    return [(at, camera) for at, camera in rows]


def accepted_evidence(session: Session, resident_id: int) -> Sequence[EvidenceRow]:
    """By staff and by sensors that are believed in full."""
    return session.scalars(
        select(EvidenceRow)
        .where(EvidenceRow.resident_id == resident_id, EvidenceRow.weight >= FULL)
        .order_by(EvidenceRow.at.desc())
    ).all()


def closings(session: Session, resident_id: int) -> list[tuple[datetime, Outcome]]:
    """When wellness checks were closed, and with what."""
    rows = session.execute(
        select(WellnessCheckRow.closed_at, WellnessCheckRow.outcome).where(
            WellnessCheckRow.resident_id == resident_id, WellnessCheckRow.closed_at.is_not(None)
        )
    )
    return [(at, outcome) for at, outcome in rows if at is not None and outcome is not None]


def silence_before_rejections(session: Session, resident_id: int) -> datetime | None:
    """Since when the last wellness alert before the first rejected sighting says that the resident was unseen."""
    first = (
        select(func.min(SightingRow.started_at))
        .where(SightingRow.resident_id == resident_id, SightingRow.rejected_at.is_not(None))
        .scalar_subquery()
    )
    return session.scalar(
        select(func.max(AlertRow.since)).where(
            AlertRow.resident_id == resident_id,
            AlertRow.kind == AlertKind.WELLNESS,
            AlertRow.opened_at <= first,
        )
    )


def unclear_page(
    session: Session, estate_id: str, before: datetime | None, limit: int
) -> Sequence[tuple[UnclearFaceRow, CameraRow, ResidentRow | None]]:
    query = (
        select(UnclearFaceRow, CameraRow, ResidentRow)
        .join(CameraRow, CameraRow.id == UnclearFaceRow.camera_id)
        .outerjoin(ResidentRow, ResidentRow.id == UnclearFaceRow.resident_id)
        .where(UnclearFaceRow.estate_id == estate_id)
        .order_by(UnclearFaceRow.started_at.desc(), UnclearFaceRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(UnclearFaceRow.started_at < before)
    return [(face, camera, resident) for face, camera, resident in session.execute(query)]
