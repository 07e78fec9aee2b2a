"""Enrolling a whole list: what becomes of each of its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from monitor.config.roll import RollEntry
from monitor.core import enrolment as rules
from monitor.core.consent import Purpose
from monitor.core.enrolment import SetFlaw
from monitor.errors import AlreadyEnrolled
from monitor.services import enrolment, residents
from monitor.services.enrolment import Defaults, NewResident, Photo
from monitor.store import residents as queries

RECORDED_BY = "list"


class Outcome(StrEnum):
    ENROLLED = "enrolled"
    WOULD_ENROL = "would enrol"
    ALREADY_ENROLLED = "already enrolled"
    FAILED = "failed"


@dataclass(frozen=True)
class Line:
    """What became of one line of the list."""

    line: int
    name: str
    flat: str | None
    outcome: Outcome
    reason: str = ""
    resident_id: int | None = None
    photos: tuple[Photo, ...] = ()
    flaws: tuple[SetFlaw, ...] = ()
    looks_like: str | None = None  # an enrolled resident who is very close


def failed(entry: RollEntry, reason: str, photos: Sequence[Photo] = ()) -> Line:
    return Line(entry.line, entry.name, entry.flat, Outcome.FAILED, reason, photos=tuple(photos))


def known(session: Session, estate_id: str, entry: RollEntry, now: datetime) -> Line | None:
    """The answer for somebody of this name and flat who is enrolled; None for everybody else."""
    row = queries.of_name(session, estate_id, entry.name, entry.flat)
    if row is None:
        return None
    if queries.consent_in_force(session, row.id, Purpose.RECOGNITION, now) is None:
        reason = f"is resident {row.id}, whose consent is over; erase resident {row.id} and enrol them anew"
        return failed(entry, reason)
    reason = f"is resident {row.id}"
    return Line(entry.line, entry.name, entry.flat, Outcome.ALREADY_ENROLLED, reason, row.id)


def take(
    session: Session,
    estate_id: str,
    entry: RollEntry,
    photos: Sequence[Photo],
    engine: str,
    zone: ZoneInfo,
    defaults: Defaults,
    now: datetime,
    *,
    dry_run: bool,
) -> Line:
    """Enrol one line, or with `dry_run` only say what would become of it."""
    there = known(session, estate_id, entry, now)
    if there is not None:
        return there
    compared = enrolment.compare(photos)
    if not compared.faces:
        return failed(entry, "none of the photos can be used", compared.photos)
    new = _new(entry, zone, defaults)
    if new.consent_until is None or new.consent_until <= now:
        return failed(
            entry, f"a consent lasts {defaults.consent_days} days; this one is over, ask for a new one"
        )
    resident_id = None
    try:
        if dry_run:
            close = enrolment.resembles(session, estate_id, compared.photos, engine, now)
            if close is not None and rules.is_same(close[1], engine):
                raise AlreadyEnrolled(resident_id=close[0], score=close[1])
        else:
            done = enrolment.enrol(session, estate_id, new, photos, engine, now)
            resident_id, close = done.resident_id, done.looks_like
    except AlreadyEnrolled as found:
        return failed(entry, _already(session, estate_id, found), compared.photos)
    return Line(
        entry.line,
        entry.name,
        entry.flat,
        Outcome.WOULD_ENROL if dry_run else Outcome.ENROLLED,
        resident_id=resident_id,
        photos=compared.photos,
        flaws=compared.flaws,
        looks_like=_named(session, estate_id, *close) if close is not None else None,
    )


def _new(entry: RollEntry, zone: ZoneInfo, defaults: Defaults) -> NewResident:
    """The consent holds from the morning of its day to the end of its last."""
    given_at = _midnight(entry.consent_on, zone)
    last = entry.consent_until
    until = (
        _midnight(last + timedelta(days=1), zone)
        if last
        else given_at + timedelta(days=defaults.consent_days)
    )
    return NewResident(
        entry.name,
        entry.flat,
        entry.watched,
        defaults.consent_days,
        RECORDED_BY,
        keep_photos=entry.keep_photos,
        consent_given_at=given_at,
        consent_until=until,
        agreed=defaults.agreed,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _already(session: Session, estate_id: str, found: AlreadyEnrolled) -> str:
    resident_id, score = int(str(found.facts["resident_id"])), float(str(found.facts["score"]))
    who = _named(session, estate_id, resident_id, score)
    return f"this face is enrolled as {who}; correct the list, or enrol them at the desk"


def _named(session: Session, estate_id: str, resident_id: int, score: float) -> str:
    name = residents.name_of(session, estate_id, resident_id)
    return f"{name} (resident {resident_id}, likeness {score:.2f})"
