"""Expected visitors: a named pass with an end, for somebody who agreed to be recognised as long as it lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from models import ExpectedVisitorRow, VisitorTemplateRow
from monitor.core.access import Action, Role, may
from monitor.core.embedding import to_bytes
from monitor.core.expected_visitor import PassState, check_pass, pass_state
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import enrolment, events
from monitor.services.enrolment import Photo
from monitor.store import expected_visitors as queries

CONSENT_TEXT = "2026-11-visitor"
NAME_LIMIT, REASON_LIMIT = 100, 200
_ORDER = (PassState.RUNNING, PassState.COMING, PassState.ENDED)


@dataclass(frozen=True)
class ExpectedVisitor:
    id: int
    name: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    state: PassState
    recorded_by: str


@dataclass(frozen=True)
class Expected:
    visitor_id: int
    looks_like: tuple[int, float] | None  # an enrolled resident who is very close, and the score


@dataclass(frozen=True)
class NewPass:
    name: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    consent: bool  # the visitor has agreed, in writing
    recorded_by: str


def check(new: NewPass, now: datetime) -> None:
    """Raises InvalidInput for a pass that cannot be given whatever the photos are like."""
    if not new.consent:
        raise InvalidInput(field="consent", reason="without the visitor's own consent nobody is recognised")
    for field, typed, limit in (("name", new.name, NAME_LIMIT), ("reason", new.reason, REASON_LIMIT)):
        if not 1 <= len(typed.strip()) <= limit:
            raise InvalidInput(field=field, reason=f"needs 1 to {limit} characters")
    check_pass(new.starts_at, new.ends_at, now)


def create(
    session: Session, estate_id: str, new: NewPass, photos: Sequence[Photo], engine: str, now: datetime
) -> Expected:
    """The pass and its templates in one go. Raises InvalidInput, and then keeps nothing."""
    check(new, now)
    faces = [photo.face for photo in photos if photo.face is not None]
    if not faces:
        raise InvalidInput(field="photos", reason="none of the photos can be used; nothing was kept")
    close = enrolment.resembles(session, estate_id, photos, engine, now)
    row = ExpectedVisitorRow(
        estate_id=estate_id,
        name=new.name.strip(),
        reason=new.reason.strip(),
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        consent_text=CONSENT_TEXT,
        consent_given_at=now,
        recorded_by=new.recorded_by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    for face in faces:
        session.add(
            VisitorTemplateRow(
                estate_id=estate_id,
                visitor_id=row.id,
                engine=engine,
                embedding=to_bytes(face.embedding),
                quality=face.quality,
            )
        )
    enrolment.gallery_changed(session, estate_id)
    events.append(session, estate_id, "visitor.expected", now, visitor_id=row.id)
    return Expected(row.id, close)


def listing(session: Session, estate_id: str, role: Role, now: datetime) -> list[ExpectedVisitor]:
    """The running passes; for who enrols also those to come and the ended ones, in this order; the next end first."""
    shown = _ORDER if may(role, Action.ENROL) else (PassState.RUNNING,)
    found = [_view(row, now) for row in queries.of_estate(session, estate_id)]
    kept = [visitor for visitor in found if visitor.state in shown]
    return sorted(kept, key=lambda visitor: _ORDER.index(visitor.state))


def end(session: Session, estate_id: str, visitor_id: int, now: datetime) -> None:
    """End a pass now: its templates go at once. One that never began goes as a whole. Raises NotFound, Conflict."""
    row = session.get(ExpectedVisitorRow, visitor_id, with_for_update=True)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="expected visitor", key=visitor_id)
    state = pass_state(row.starts_at, row.ends_at, now)
    if state is PassState.ENDED:
        raise Conflict(what="pass", state="ended")
    queries.delete_templates(session, visitor_id)
    if state is PassState.COMING:
        session.delete(row)
    else:
        row.ends_at = now
    enrolment.gallery_changed(session, estate_id)
    events.append(session, estate_id, "visitor.ended", now, visitor_id=visitor_id)


def purge(session: Session, estate_id: str, kept: timedelta, now: datetime) -> int:
    """Templates go when their pass has ended, the pass itself with the term of visits; returns how many passes went."""
    ended = select(ExpectedVisitorRow.id).where(
        ExpectedVisitorRow.estate_id == estate_id, ExpectedVisitorRow.ends_at <= now
    )
    session.execute(delete(VisitorTemplateRow).where(VisitorTemplateRow.visitor_id.in_(ended)))
    gone = session.execute(
        delete(ExpectedVisitorRow).where(
            ExpectedVisitorRow.estate_id == estate_id, ExpectedVisitorRow.ends_at <= now - kept
        )
    )
    assert isinstance(gone, CursorResult)
    return gone.rowcount


def _view(row: ExpectedVisitorRow, now: datetime) -> ExpectedVisitor:
    return ExpectedVisitor(
        row.id,
        row.name,
        row.reason,
        row.starts_at,
        row.ends_at,
        pass_state(row.starts_at, row.ends_at, now),
        row.recorded_by,
    )
