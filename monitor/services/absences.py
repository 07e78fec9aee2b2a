"""Planned absences: entered with an end, ended by coming back, by staff, or by the calendar (W9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import AbsenceRow, ResidentRow, SightingRow
from monitor.core.absence import Absence, AbsenceEnd, Sign, plan, sign
from monitor.core.evidence import Evidence, EvidenceSource
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import events
from monitor.services.proofs import Proofs
from monitor.store import absences as queries

TEXT_LIMIT = 100


@dataclass(frozen=True)
class PlannedAbsence:
    id: int
    resident_id: int
    resident_name: str
    flat: str | None
    starts_at: datetime
    ends_at: datetime
    told_by: str
    call: str
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None
    end: AbsenceEnd | None
    ended_by: str | None
    perhaps_back_at: datetime | None


@dataclass(frozen=True)
class NewAbsence:
    starts_at: datetime
    ends_at: datetime
    told_by: str
    call: str


def enter(
    session: Session,
    estate_id: str,
    resident_id: int,
    new: NewAbsence,
    longest: timedelta,
    by: str,
    now: datetime,
) -> AbsenceRow:
    """Raises InvalidInput, Conflict when one is entered for that time already. The caller refreshes presence."""
    plan(new.starts_at, new.ends_at, now, longest)
    for field, text in (("told_by", new.told_by), ("call", new.call)):
        if not 0 < len(text.strip()) <= TEXT_LIMIT:
            raise InvalidInput(field=field, reason=f"needs 1 to {TEXT_LIMIT} characters")
    if any(
        _absence(row).end > new.starts_at and row.starts_at < new.ends_at
        for row in _rows(session, resident_id)
    ):
        raise Conflict(what="absence", state="entered for that time")
    row = AbsenceRow(
        estate_id=estate_id,
        resident_id=resident_id,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        told_by=new.told_by.strip(),
        call=new.call.strip(),
        recorded_at=now,
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    events.append(session, estate_id, "absence.entered", now, absence_id=row.id, resident_id=resident_id)
    return row


def end(session: Session, estate_id: str, absence_id: int, by: str, now: datetime) -> AbsenceRow:
    """Staff say that it is over. Raises NotFound, Conflict. The caller refreshes presence."""
    row = load(session, estate_id, absence_id)
    if _absence(row).end <= now:
        raise Conflict(what="absence", state="over")
    row.ended_at, row.end, row.ended_by = max(now, row.starts_at), AbsenceEnd.STAFF, by
    events.append(session, estate_id, "absence.ended", now, absence_id=row.id, resident_id=row.resident_id)
    return row


def keep(session: Session, estate_id: str, absence_id: int, now: datetime) -> AbsenceRow:
    """Staff have asked: who was perhaps back is still away."""
    row = load(session, estate_id, absence_id)
    row.perhaps_back_at = None
    events.append(session, estate_id, "absence.kept", now, absence_id=row.id, resident_id=row.resident_id)
    return row


def close_over(session: Session, estate_id: str, now: datetime) -> int:
    """Note the planned end of those whose end has come; presence knows it without."""
    rows = queries.over(session, estate_id, now)
    for row in rows:
        row.ended_at, row.end = row.ends_at, AbsenceEnd.OVER
        facts = {"absence_id": row.id, "resident_id": row.resident_id}
        events.append(session, estate_id, "absence.ended", now, **facts)
    return len(rows)


def mind(session: Session, resident_id: int, found: Evidence, now: datetime) -> bool:
    """Who comes back ends their absence; of who perhaps has, staff are asked. True when one has ended."""
    ended = False
    for row in queries.around(session, resident_id, found.at):
        said = sign(found)
        if said is Sign.BACK and (row.ended_at is None or found.at < row.ended_at):
            row.ended_at, row.end, row.ended_by = found.at, AbsenceEnd.BACK, None
            facts = {"absence_id": row.id, "resident_id": resident_id}
            events.append(session, row.estate_id, "absence.ended", now, **facts)
            ended = True
        elif said is Sign.PERHAPS_BACK and row.ended_at is None and row.perhaps_back_at is None:
            row.perhaps_back_at = found.at
            facts = {"absence_id": row.id, "resident_id": resident_id}
            events.append(session, row.estate_id, "absence.perhaps_back", now, **facts)
    return ended


def take_back(session: Session, rejected: SightingRow, remaining: Proofs) -> None:
    """An absence that a rejected sighting ended goes on, unless other evidence ends it."""
    for row in _rows(session, rejected.resident_id):
        by_it = row.end is AbsenceEnd.BACK and _within(row.ended_at, rejected)
        if _within(row.perhaps_back_at, rejected):
            row.perhaps_back_at = None
        if not by_it:
            continue
        others = (
            proof.at
            for proof in remaining.of_life
            if max(row.starts_at, row.recorded_at) < proof.at < row.ends_at
            and sign(Evidence(proof.at, EvidenceSource.CAMERA, direction=proof.direction)) is Sign.BACK
        )
        row.ended_at = min(others, default=None)
        row.end = AbsenceEnd.BACK if row.ended_at else None


def load(session: Session, estate_id: str, absence_id: int) -> AbsenceRow:
    row = session.get(AbsenceRow, absence_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="absence", key=absence_id)
    return row


def listing(
    session: Session, estate_id: str, resident_id: int | None = None, running_at: datetime | None = None
) -> list[PlannedAbsence]:
    """Of one resident or of all, the one that ends first first; with `running_at` those that hold then or are ahead."""
    return [
        view(row, resident)
        for row, resident in queries.page(session, estate_id, resident_id)
        if running_at is None or _absence(row).end > running_at
    ]


def get(session: Session, estate_id: str, absence_id: int) -> PlannedAbsence:
    row = load(session, estate_id, absence_id)
    return view(row, session.get_one(ResidentRow, row.resident_id))


def view(row: AbsenceRow, resident: ResidentRow) -> PlannedAbsence:
    return PlannedAbsence(
        resident_name=resident.name,
        flat=resident.flat,
        **{name: getattr(row, name) for name in _OWN},
    )


_OWN = [name for name in PlannedAbsence.__dataclass_fields__ if name not in ("resident_name", "flat")]


def _rows(session: Session, resident_id: int) -> list[AbsenceRow]:
    return list(queries.of(session, resident_id))


def _absence(row: AbsenceRow) -> Absence:
    return Absence(row.starts_at, row.ends_at, row.ended_at)


def _within(at: datetime | None, rejected: SightingRow) -> bool:
    return at is not None and rejected.started_at <= at <= rejected.ended_at
