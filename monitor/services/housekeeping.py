"""Everything personal has a term; this deletes what has passed its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Delete

from models import (
    AbsenceRow,
    AlertRow,
    DigestRow,
    EventRow,
    EvidenceRow,
    SightingRow,
    SignInRow,
    SnapshotRow,
    UnclearFaceRow,
    VisitRow,
)
from monitor.core.alert import AlertState
from monitor.services import expected_visitors, identifiability
from monitor.store import residents


@dataclass(frozen=True)
class Terms:
    """How long things are kept."""

    sightings: timedelta
    visits: timedelta
    events: timedelta


@dataclass(frozen=True)
class Purged:
    snapshots: int
    sightings: int
    visits: int
    passes: int
    events: int
    unclear_faces: int
    evidence: int
    absences: int
    digests: int


def purge(session: Session, estate_id: str, terms: Terms, now: datetime) -> Purged:
    """Delete rows past their term; a visit stays while its alert is unresolved."""

    def run(statement: Delete) -> int:
        result = session.execute(statement)
        assert isinstance(result, CursorResult)
        return result.rowcount

    unresolved = select(AlertRow.visit_id).where(
        AlertRow.state != AlertState.RESOLVED, AlertRow.visit_id.is_not(None)
    )
    newest = select(func.max(EventRow.id)).where(EventRow.estate_id == estate_id).scalar_subquery()
    residents.forget_pictures(session, estate_id, now)
    identifiability.forget(session, estate_id, now)
    run(delete(SignInRow).where(SignInRow.estate_id == estate_id, SignInRow.ends_at <= now))
    return Purged(
        snapshots=run(
            delete(SnapshotRow).where(SnapshotRow.estate_id == estate_id, SnapshotRow.delete_after <= now)
        ),
        sightings=run(
            delete(SightingRow).where(
                SightingRow.estate_id == estate_id, SightingRow.ended_at <= now - terms.sightings
            )
        ),
        visits=run(
            delete(VisitRow).where(
                VisitRow.estate_id == estate_id,
                VisitRow.ended_at <= now - terms.visits,
                VisitRow.id.not_in(unresolved),
            )
        ),
        passes=expected_visitors.purge(session, estate_id, terms.visits, now),
        events=run(
            delete(EventRow).where(
                EventRow.estate_id == estate_id, EventRow.at <= now - terms.events, EventRow.id < newest
            )
        ),
        # An unclear face is most likely a stranger's; what staff said of a resident stays as long as sightings do.
        unclear_faces=run(
            delete(UnclearFaceRow).where(
                UnclearFaceRow.estate_id == estate_id, UnclearFaceRow.ended_at <= now - terms.visits
            )
        ),
        evidence=run(
            delete(EvidenceRow).where(
                EvidenceRow.estate_id == estate_id, EvidenceRow.at <= now - terms.sightings
            )
        ),
        absences=run(
            delete(AbsenceRow).where(
                AbsenceRow.estate_id == estate_id, AbsenceRow.ends_at <= now - terms.sightings
            )
        ),
        digests=run(
            delete(DigestRow).where(DigestRow.estate_id == estate_id, DigestRow.made_at <= now - terms.events)
        ),
    )
