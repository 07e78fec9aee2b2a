"""Snapshots: a row that says how long, and two files. The files go after the row is gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import SnapshotRow
from monitor.core.access import Action, Role, may
from monitor.errors import NotAllowed, NotFound
from monitor.store.snapshot_files import Picture as Picture
from monitor.store.snapshot_files import SnapshotFiles

# A picture is written before its row: one this old without a row belongs to nothing.
ORPHAN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Snapshot:
    """Two pictures already on disk, to be given to a sighting or a visit."""

    id: str
    taken_at: datetime


def save(files: SnapshotFiles, face_jpeg: bytes, scene_jpeg: bytes, taken_at: datetime) -> Snapshot:
    """Write the files; do this before the transaction."""
    snapshot = Snapshot(uuid4().hex, taken_at)
    files.save(snapshot.id, face_jpeg, scene_jpeg)
    return snapshot


def keep(session: Session, estate_id: str, snapshot: Snapshot, *, of_resident: bool, days: int) -> str:
    """Give the pictures their row, in the transaction of what they belong to."""
    session.add(
        SnapshotRow(
            id=snapshot.id,
            estate_id=estate_id,
            taken_at=snapshot.taken_at,
            delete_after=snapshot.taken_at + timedelta(days=days),
            of_resident=of_resident,
        )
    )
    session.flush()
    return snapshot.id


def picture(
    session: Session, files: SnapshotFiles, estate_id: str, snapshot_id: str, which: Picture, role: Role
) -> bytes:
    """One picture, for who may see it. Raises NotFound, NotAllowed."""
    row = session.get(SnapshotRow, snapshot_id)
    if row is None or row.estate_id != estate_id:
        raise NotFound(what="snapshot", key=snapshot_id)
    if not may(role, Action.SEE_SIGHTINGS if row.of_resident else Action.SEE_VISITS):
        raise NotAllowed(action="see this picture")
    jpeg = files.load(snapshot_id, which)
    if jpeg is None:
        raise NotFound(what="snapshot", key=snapshot_id)
    return jpeg


def sweep(session: Session, files: SnapshotFiles, estate_id: str, now: datetime) -> int:
    """Delete the files that no row speaks of any more; returns how many snapshots went."""
    known = set(session.scalars(select(SnapshotRow.id).where(SnapshotRow.estate_id == estate_id)))
    orphans = files.ids_before(now - ORPHAN_AFTER) - known
    for snapshot_id in orphans:
        files.delete(snapshot_id)
    return len(orphans)
