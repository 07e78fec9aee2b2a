"""The cast, and the few things that happen to them.

Ada consented and is watched. Ben withdrew his consent. Cleo never enrolled: she is a stranger to the cameras.
Olga is on duty, Sam is staff, Anna is the admin, Max has no rights. All functions take a session and never commit.
"""

import zlib
from datetime import datetime, timedelta
from uuid import uuid4

import numpy as np
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import ConsentRow
from monitor.core.access import Role
from monitor.core.agreement import Agreement
from monitor.core.calibration import General, Tail
from monitor.core.embedding import Embedding, unit
from monitor.core.ports import PhotoFace
from monitor.core.schedule import DailyWindow
from monitor.core.visit import VisitRule
from monitor.services import (
    accounts,
    enrolment,
    expected_visitors,
    sightings,
    tick,
    unclear_faces,
    visits,
)
from monitor.services.calibration import Recognition
from monitor.services.enrolment import NewResident, Photo
from monitor.services.expected_visitors import NewPass
from monitor.services.seen import Seen
from monitor.services.snapshots import Snapshot
from monitor.services.visits import VisitPolicy

ADA, BEN, CLEO = "Ada", "Ben", "Cleo"
OLGA, SAM, ANNA, MAX = "Olga", "Sam", "Anna", "Max"
ROLES = {OLGA: Role.DUTY, SAM: Role.STAFF, ANNA: Role.ADMIN}
# Steps go out at any hour, so that tests can be run at any hour.
AGREED = Agreement(quiet=None)
PASSWORD = "a pass phrase for tests"
ENGINE = "fake"
WHY = {"verdict": "resident", "score": 0.7, "engine": ENGINE}


RECOGNITION = Recognition(
    General(ENGINE, np.zeros(128, np.float32), Tail(start=0.2, share=0.02, scale=0.04, pairs=10_000), 0.6),
    0.003,
)


def face(name: str) -> Embedding:
    """(128,) float32 unit length: the same for the same name, far from everybody else's."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    return unit(random.standard_normal(128))


def photo_face(name: str, advice: tuple[str, ...] = ()) -> PhotoFace:
    return PhotoFace(face(name), quality=0.8, crop_jpeg=b"crop", advice=advice, picture_jpeg=b"picture")


def alike(name: str, likeness: float) -> Embedding:
    """Somebody who is that much like a person of the cast (cosine)."""
    other = face(f"not {name}")
    across = unit(other - (other @ face(name)) * face(name))
    return unit(likeness * face(name) + np.sqrt(1 - likeness**2) * across)


def enrol(
    session: Session,
    estate_id: str,
    name: str,
    now: datetime,
    *,
    flat: str = "3-502",
    watched: bool = True,
    agreed: Agreement = AGREED,
) -> int:
    """A resident with one template and consent for a year; returns the id."""
    new = NewResident(name, flat, watched, consent_days=365, recorded_by=ANNA, agreed=agreed)
    photo = Photo(f"{name}.jpg", photo_face(name), None)
    done = enrolment.enrol(session, estate_id, new, [photo], ENGINE, now, allow_duplicate=True)
    return done.resident_id


def withdraw(session: Session, resident_id: int, now: datetime) -> None:
    """The resident's consents end now."""
    session.execute(update(ConsentRow).where(ConsentRow.resident_id == resident_id).values(withdrawn_at=now))


def seen(
    session: Session,
    estate_id: str,
    resident_id: int,
    at: datetime,
    *,
    camera: str = "gate-1",
    snapshot: Snapshot | None = None,
) -> None:
    """A sighting of five seconds that ends at `at`."""
    begin = at - timedelta(seconds=5)
    spotted = Seen(camera, begin, at, WHY, snapshot)
    sightings.record(session, estate_id, resident_id, spotted, 30, at)


def unclear(
    session: Session,
    estate_id: str,
    at: datetime,
    *,
    camera: str = "gate-1",
    snapshot: Snapshot | None = None,
    reason: str = "between_thresholds",
) -> int:
    """Somebody whose face gave no answer stands before a camera for four seconds; returns the unclear face's id."""
    why = {"verdict": "undecided", "score": 0.45, "reason": reason, "engine": ENGINE}
    spotted = Seen(camera, at - timedelta(seconds=4), at, why, snapshot)
    return unclear_faces.record(session, estate_id, spotted, 7, at)


def unseen(session: Session, estate_id: str, now: datetime) -> None:
    """The tick that finds who has not been seen for too long."""
    tick.tick(session, estate_id, ["desk"], now)


def stranger(
    session: Session,
    estate_id: str,
    now: datetime,
    *,
    camera: str = "gate-1",
    alarm: bool = True,
    snapshot: Snapshot | None = None,
) -> int:
    """Cleo stands before a camera for eight seconds; returns the visit's id."""
    all_day = DailyWindow(datetime.min.time(), datetime.min.time())
    policy = VisitPolicy(
        gap=timedelta(minutes=30),
        rules=(VisitRule("always", frozenset(), all_day),) if alarm else (),
        snapshot_days=7,
        channels=("desk",),
    )
    begin = now - timedelta(seconds=8)
    why = {"verdict": "stranger", "score": 0.2}
    seen = Seen(camera, begin, now, why, snapshot)
    return visits.record(session, estate_id, uuid4().hex, seen, policy, now)


def expect(
    session: Session, estate_id: str, name: str, now: datetime, *, starts_at: datetime, ends_at: datetime
) -> int:
    """An expected visitor with one template who agreed; returns the id of the pass."""
    new = NewPass(name, "nurse", starts_at, ends_at, consent=True, recorded_by=ANNA)
    photo = Photo(f"{name}.jpg", photo_face(name), None)
    return expected_visitors.create(session, estate_id, new, [photo], ENGINE, now).visitor_id


def account(session: Session, estate_id: str, name: str, role: Role, now: datetime) -> None:
    """Somebody who signs in with PASSWORD."""
    accounts.create_account(session, estate_id, name, PASSWORD, role, now)


def token(session: Session, estate_id: str, name: str, now: datetime) -> str:
    """A bearer token of Olga, Sam or Anna."""
    return accounts.create_token(session, estate_id, name, ROLES[name], now)
