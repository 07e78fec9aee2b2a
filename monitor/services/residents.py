"""Residents: the list with last seen, one resident's timeline, erasure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from models import (
    AlertRow,
    ConsentRow,
    EvidenceRow,
    PresenceRow,
    ResidentRow,
    SightingRow,
    SnapshotRow,
    UnclearFaceRow,
)
from monitor.core.access import Action, Role, may
from monitor.core.alert import AlertKind, AlertState
from monitor.core.consent import Purpose
from monitor.core.presence import PresenceState
from monitor.errors import NotAllowed, NotFound
from monitor.services import enrolment, events, sightings, standing
from monitor.store import cameras as camera_queries
from monitor.store import residents as queries
from monitor.store import sightings as sighting_queries
from monitor.store.among import among


@dataclass(frozen=True)
class Resident:
    """`last_seen_at` and what hangs on it are empty for who may not see sightings."""

    id: int
    name: str
    flat: str | None
    watched: bool
    state: PresenceState | None
    last_seen_at: datetime | None
    last_seen_place: str | None
    due_at: datetime | None
    consent_until: datetime | None
    templates: int  # photos that are enrolled
    needs_photos: bool  # agreed, but the engine in force has no template of them: not recognised


class EntryKind(StrEnum):
    SIGHTING = "sighting"
    EVIDENCE = "evidence"  # of life, by staff
    ALERT = "alert"
    CONSENT = "consent"


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a resident's history."""

    kind: EntryKind
    at: datetime
    until: datetime | None
    camera_name: str | None
    text: str  # text key of what happened
    person: str | None
    snapshot_id: str | None
    score: float | None
    sighting_id: int | None = None
    rejected_at: datetime | None = None  # staff said: this is not them
    rejected_by: str | None = None


def listing(
    session: Session,
    estate_id: str,
    role: Role,
    person: str,
    now: datetime,
    *,
    watched_only: bool = False,
    engine: str | None = None,
) -> list[Resident]:
    """Everybody, by name. `engine` is the one in force; without it nobody is said to need photos."""
    blind = standing.blind_now(session, estate_id, now)
    photos = _photos(session, estate_id, engine, now)
    mine = _handled_by(session, estate_id, person)
    names = {row.id: row.name for row in camera_queries.of_estate(session, estate_id)}
    found = []
    for row, presence in queries.with_presence(session, estate_id):
        if watched_only and presence is None:
            continue
        open_to = may(role, Action.SEE_SIGHTINGS) or row.id in mine
        found.append(_view(session, row, presence, names, photos, blind, open_to, now))
    return found


def get(
    session: Session,
    estate_id: str,
    resident_id: int,
    role: Role,
    person: str,
    now: datetime,
    *,
    engine: str | None = None,
) -> Resident:
    row = _load(session, estate_id, resident_id)
    presence = session.get(PresenceRow, resident_id)
    names = {camera.id: camera.name for camera in camera_queries.of_estate(session, estate_id)}
    open_to = may(role, Action.SEE_SIGHTINGS) or resident_id in _handled_by(session, estate_id, person)
    blind = standing.blind_now(session, estate_id, now)
    photos = _photos(session, estate_id, engine, now)
    return _view(session, row, presence, names, photos, blind, open_to, now)


def name_of(session: Session, estate_id: str, resident_id: int) -> str:
    return _load(session, estate_id, resident_id).name


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """By number."""
    rows = session.execute(
        select(ResidentRow.id, ResidentRow.name).where(among(session, ResidentRow.id, ids))
    )
    return {id: name for id, name in rows}


def timeline(
    session: Session, estate_id: str, resident_id: int, role: Role, person: str, limit: int = 100
) -> list[TimelineEntry]:
    """Sightings, alerts and consents, the newest first. Raises NotAllowed for who may not see sightings."""
    _load(session, estate_id, resident_id)
    if not may(role, Action.SEE_SIGHTINGS) and resident_id not in _handled_by(session, estate_id, person):
        raise NotAllowed(action="see this resident's history")
    entries = [
        TimelineEntry(
            EntryKind.SIGHTING,
            sighting.started_at,
            sighting.ended_at,
            sighting.camera_name,
            "sighting",
            None,
            sighting.snapshot_id,
            sighting.why.get("score"),
            sighting.id,
            sighting.rejected_at,
            sighting.rejected_by,
        )
        for sighting in sightings.listing(session, estate_id, resident_id, limit=limit, with_rejected=True)
    ]
    entries += [
        TimelineEntry(
            EntryKind.EVIDENCE, said.at, None, None, f"evidence_{said.source.value}", said.by, None, None
        )
        for said in session.scalars(select(EvidenceRow).where(EvidenceRow.resident_id == resident_id))
    ]
    for alert in session.scalars(select(AlertRow).where(AlertRow.resident_id == resident_id)):
        for at, text, who in (
            (alert.opened_at, "alert_opened", None),
            (alert.acknowledged_at, "alert_acknowledged", alert.acknowledged_by),
            (alert.resolved_at, f"outcome_{alert.outcome}" if alert.outcome else "", alert.resolved_by),
        ):
            if at is not None:
                entries.append(TimelineEntry(EntryKind.ALERT, at, None, None, text, who, None, None))
    for consent in session.scalars(select(ConsentRow).where(ConsentRow.resident_id == resident_id)):
        entries.append(
            TimelineEntry(
                EntryKind.CONSENT,
                consent.given_at,
                consent.until,
                None,
                f"consent_{consent.purpose.value}",
                consent.recorded_by,
                None,
                None,
            )
        )
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def erase(session: Session, estate_id: str, resident_id: int, now: datetime) -> None:
    """Delete a resident and everything that hangs on them; pictures follow with the next sweep."""
    row = _load(session, estate_id, resident_id)
    named = select(UnclearFaceRow).where(UnclearFaceRow.resident_id == resident_id)
    pictures = union(
        select(SightingRow.snapshot_id).where(SightingRow.resident_id == resident_id),
        named.with_only_columns(UnclearFaceRow.snapshot_id),
    )
    for snapshot in session.scalars(select(SnapshotRow).where(SnapshotRow.id.in_(pictures))):
        session.delete(snapshot)
    for face in session.scalars(named):
        session.delete(face)
    session.delete(row)
    enrolment.gallery_changed(session, estate_id)
    events.append(session, estate_id, "resident.erased", now, resident_id=resident_id)


@dataclass(frozen=True)
class _Photos:
    """How many photos each resident has, and of whom the engine in force has templates (None: nobody asked)."""

    enrolled: dict[int, int]
    recognised: set[int] | None

    def missing_of(self, resident_id: int) -> bool:
        return self.recognised is not None and resident_id not in self.recognised


def _photos(session: Session, estate_id: str, engine: str | None, now: datetime) -> _Photos:
    recognised = queries.recognised_by(session, estate_id, engine, now) if engine is not None else None
    return _Photos(queries.photo_counts(session, estate_id), recognised)


def _load(session: Session, estate_id: str, resident_id: int) -> ResidentRow:
    row = session.get(ResidentRow, resident_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="resident", key=resident_id)
    return row


def _handled_by(session: Session, estate_id: str, person: str) -> set[int]:
    """The residents whose open wellness alert this person has taken."""
    return {
        resident_id
        for resident_id in session.scalars(
            select(AlertRow.resident_id).where(
                AlertRow.estate_id == estate_id,
                AlertRow.kind == AlertKind.WELLNESS,
                AlertRow.state == AlertState.ACKNOWLEDGED,
                AlertRow.acknowledged_by == person,
            )
        )
        if resident_id is not None
    }


def _shown(presence: PresenceRow, blind: frozenset[int]) -> PresenceState:
    """While nobody can tell, "seen" cannot be claimed to go on; "unseen" stays."""
    seen = presence.state is PresenceState.SEEN
    return PresenceState.BLIND if seen and presence.resident_id in blind else presence.state


# Where the clock runs towards a step.
_RUNS = (PresenceState.SEEN, PresenceState.LATE, PresenceState.UNSEEN)


def _view(
    session: Session,
    row: ResidentRow,
    presence: PresenceRow | None,
    camera_names: dict[int, str],
    photos: _Photos,
    blind: frozenset[int],
    open_to: bool,
    now: datetime,
) -> Resident:
    consent = queries.consent_in_force(session, row.id, Purpose.RECOGNITION, now)
    last = sighting_queries.page(session, row.estate_id, row.id, None, 1) if open_to else []
    seen_at = presence.last_seen_at if presence else None
    place = camera_names.get(presence.last_camera_id or 0) if presence else None
    if last and (seen_at is None or last[0][0].ended_at > seen_at):
        seen_at, place = last[0][0].ended_at, last[0][2].name
    return Resident(
        id=row.id,
        name=row.name,
        flat=row.flat,
        watched=presence is not None,
        state=_shown(presence, blind) if presence else None,
        last_seen_at=seen_at if open_to else None,
        last_seen_place=place if open_to else None,
        due_at=presence.due_at if presence and open_to and presence.state in _RUNS else None,
        consent_until=consent.until if consent else None,
        templates=photos.enrolled.get(row.id, 0),
        needs_photos=consent is not None and photos.missing_of(row.id),
    )
