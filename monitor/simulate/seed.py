"""The story that the sample estate begins with: who lives there, who agreed, and who was seen when."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.config.cameras import CameraConfig, EstateConfig
from monitor.core.access import Role
from monitor.core.ports import PhotoReader
from monitor.services import accounts, enrolment, sightings
from monitor.services.enrolment import Defaults
from monitor.services.seen import Seen
from monitor.simulate.people import UNSEEN, Person, residents
from monitor.store.database import Database

MOVED_IN = timedelta(days=60)
SNAPSHOT_DAYS = 30
NOT_SEEN_FOR = timedelta(hours=49)
ACCOUNTS = {"duty": Role.DUTY, "staff": Role.STAFF, "admin": Role.ADMIN}


def seed(
    database: Database,
    estate: EstateConfig,
    photos: PhotoReader,
    passwords: dict[str, str],
    defaults: Defaults,
    now: datetime,
) -> None:
    """Fill an empty database. Photos are read before the write unit begins."""
    read = {
        person.key: enrolment.read_photos(photos, [(person.photo.name, person.photo.read_bytes())])
        for person in residents()
    }
    chance = random.Random(54)
    with database.writer() as session:
        for name, role in ACCOUNTS.items():
            accounts.create_account(session, estate.id, name, passwords[name], role, now)
        for person in residents():
            new = enrolment.NewResident(
                person.name,
                person.flat,
                person.watched,
                defaults.consent_days,
                recorded_by="admin",
                agreed=defaults.agreed,
            )
            enrolled = enrolment.enrol(
                session, estate.id, new, read[person.key], photos.engine, now - MOVED_IN
            )
            _live(session, estate, person, enrolled.resident_id, chance, now)


def _live(
    session: Session,
    estate: EstateConfig,
    person: Person,
    resident_id: int,
    chance: random.Random,
    now: datetime,
) -> None:
    """Some days of passes; they end this morning for everybody but the one who has not been seen."""
    last = NOT_SEEN_FOR if person.key == UNSEEN else timedelta(hours=chance.uniform(0.5, 9))
    ages = sorted((last + timedelta(hours=chance.uniform(3, 60)) for _ in range(5)), reverse=True)
    for age in [*ages, last]:
        camera = chance.choice(_usual(estate.cameras, person))
        began = now - age
        why = {"verdict": "resident", "score": round(chance.uniform(0.66, 0.88), 3), "reason": "clear_match"}
        seen = Seen(camera.id, began - timedelta(seconds=chance.uniform(4, 12)), began, why)
        sightings.record(session, estate.id, resident_id, seen, SNAPSHOT_DAYS, now)


def _usual(cameras: Sequence[CameraConfig], person: Person) -> list[CameraConfig]:
    """The resident's own hall and lift, and the gates."""
    building = person.flat.split("-")[0]
    own = (f"hall-{building}-", f"lift-{building}", "gate-")
    return [camera for camera in cameras if camera.identifies and camera.id.startswith(own)]
