"""Staff put an identification right: "this is not her"."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import CorrectionRow, SightingRow, SnapshotRow
from monitor.core.correction import Correction
from monitor.errors import Conflict, InvalidInput
from monitor.services import enrolment, events, presence, sightings
from monitor.services.sightings import Sighting
from monitor.store import corrections as queries

NOTE_LIMIT = 500


def reject(
    session: Session,
    estate_id: str,
    sighting_id: int,
    note: str,
    person: str,
    stranger_days: int,
    now: datetime,
) -> Sighting:
    """ "This is not them": the sighting no longer counts for anything. It cannot be undone.

    Of that face only the score stays, as a counter-example; its pictures are from now on kept like a stranger's.
    Raises NotFound, Conflict when somebody has rejected it already, InvalidInput.
    """
    require_note(note)
    sightings.get(session, estate_id, sighting_id)
    if not queries.reject(session, sighting_id, now):
        raise Conflict(what="sighting", state="rejected")
    row = session.get_one(SightingRow, sighting_id, populate_existing=True)
    events.append(
        session,
        estate_id,
        "sighting.rejected",
        now,
        sighting_id=row.id,
        resident_id=row.resident_id,
    )
    session.add(
        CorrectionRow(
            estate_id=estate_id,
            kind=Correction.NOT_THEM,
            resident_id=row.resident_id,
            sighting_id=row.id,
            engine=engine_of(row.why),
            score=row.why.get("score"),
            at=now,
            by=person,
            note=note,
        )
    )
    if row.snapshot_id is not None and (picture := session.get(SnapshotRow, row.snapshot_id)) is not None:
        picture.delete_after = min(picture.delete_after, picture.taken_at + timedelta(days=stranger_days))
    presence.take_back(session, row, now)
    enrolment.gallery_changed(session, estate_id)
    session.flush()
    return sightings.get(session, estate_id, sighting_id)


def counter_examples(session: Session, estate_id: str, engine: str) -> dict[int, float]:
    """How like a resident somebody else has been: resident id -> highest rejected score of this engine."""
    return queries.highest_rejected(session, estate_id, engine)


def engine_of(why: dict[str, object]) -> str:
    """Which engine gave the score; empty for what was stored before that was written down."""
    return str(why.get("engine", ""))


def require_note(note: str) -> None:
    if len(note) > NOTE_LIMIT:
        raise InvalidInput(field="note", reason=f"at most {NOTE_LIMIT} characters")
