"""The story that the sample estate begins with: who lives there, who agreed to what, and who was seen when."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import GapRow
from monitor.config.cameras import CameraConfig, EstateConfig
from monitor.core import passes
from monitor.core.absence import LONGEST
from monitor.core.access import Role
from monitor.core.evidence import EvidenceSource
from monitor.core.ports import PhotoReader
from monitor.core.roster import Link
from monitor.core.sighting import Direction
from monitor.core.ways import ONE_PASS
from monitor.services import (
    accounts,
    contacts,
    enrolment,
    evidence,
    presence,
    roster,
    routines,
    sensors,
    sightings,
)
from monitor.services.absences import NewAbsence
from monitor.services.contacts import Contact
from monitor.services.enrolment import Defaults
from monitor.services.evidence import Said
from monitor.services.roster import NewReceiver, NewShift
from monitor.services.seen import Seen
from monitor.services.sensors import NewSensor
from monitor.services.telling import DESK
from monitor.simulate import lives
from monitor.simulate.people import AWAY, UNSEEN, Person, residents
from monitor.store.database import Database

MOVED_IN = timedelta(days=60)
SNAPSHOT_DAYS = 30
TOLD = timedelta(days=10)  # sightings; of what was before, only the gaps
NOT_SEEN_FOR = timedelta(hours=49)
WENT_AWAY = timedelta(hours=52)
ACCOUNTS = {"duty": Role.DUTY, "staff": Role.STAFF, "admin": Role.ADMIN}
EARLIER, METERED = "055m", "024m"  # who asked to be phoned sooner; who has a water meter that reports
WATER = timedelta(hours=3)


@dataclass(frozen=True)
class _Pass:
    at: datetime
    person: Person
    camera: CameraConfig


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
        ids = {
            person.key: _enrol(session, estate.id, person, read[person.key], photos.engine, defaults, now)
            for person in residents()
        }
        _live(session, estate, ids, chance, now)
        _agree(session, estate.id, ids, defaults, now)
        _duty(session, estate.id, now)


def _enrol(
    session: Session,
    estate_id: str,
    person: Person,
    photos: Sequence[enrolment.Photo],
    engine: str,
    defaults: Defaults,
    now: datetime,
) -> int:
    new = enrolment.NewResident(
        person.name,
        person.flat,
        person.watched,
        defaults.consent_days,
        recorded_by="admin",
        agreed=defaults.agreed,
    )
    return enrolment.enrol(session, estate_id, new, photos, engine, now - MOVED_IN).resident_id


def _live(
    session: Session, estate: EstateConfig, ids: dict[str, int], chance: random.Random, now: datetime
) -> None:
    """Everybody's passes, in order: weeks of the watched, some days of the others."""
    passed: list[_Pass] = []
    for number, person in enumerate(residents()):
        if not person.watched:
            passed += _days(estate, person, chance, now)
            continue
        life = _life(number, person, _last(person, chance, now), ZoneInfo(estate.time_zone))
        kept = [one for one in life if one.at > now - TOLD]
        _gaps(session, estate.id, ids[person.key], life[: len(life) - len(kept) + 1])
        for one in kept:
            passed += _way(estate, person, one, chance)
    for each in sorted(passed, key=lambda each: each.at):
        why = {"verdict": "resident", "score": round(chance.uniform(0.66, 0.88), 3), "reason": "clear_match"}
        began = each.at - timedelta(seconds=chance.uniform(4, 12))
        seen = Seen(each.camera.id, began, each.at, why)
        sightings.record(session, estate.id, ids[each.person.key], seen, SNAPSHOT_DAYS, each.at)
    routines.learn(session, estate.id, now)


def _agree(session: Session, estate_id: str, ids: dict[str, int], defaults: Defaults, now: datetime) -> None:
    """What staff have entered: whom to call, other hours, a trip, a sensor."""
    daughter = Contact("林小梅", "女儿", "000 0000 0001", has_key=True)
    neighbour = Contact("冯雅文", "邻居", "000 0000 0002")
    contacts.replace(session, estate_id, ids[UNSEEN], [daughter, neighbour], now)
    sooner = replace(defaults.agreed, phone=timedelta(hours=18))
    presence.agree(session, estate_id, ids[EARLIER], sooner, "本人希望早些联系", "staff", now)
    trip = NewAbsence(now - WENT_AWAY, now + timedelta(days=5), "本人", "儿子 000 0000 0003")
    presence.leave(session, estate_id, ids[AWAY], trip, LONGEST, "staff", now - WENT_AWAY)
    meter = NewSensor("water-6-2-402", EvidenceSource.WATER_METER, ids[METERED])
    sensors.add(session, estate_id, meter, "admin", now - MOVED_IN)
    evidence.record(session, estate_id, Said(now - WATER, sensor=meter.slug), meter.slug, now)


def _duty(session: Session, estate_id: str, now: datetime) -> None:
    """Half a day and a night with a duty officer, and then a gap. The desk is the one channel that this estate has."""
    on_duty = {
        NewReceiver("王芳", Link.DUTY, (DESK,)): (-2, 10),
        NewReceiver("李静", Link.DUTY, (DESK,)): (10, 22),
        NewReceiver("赵敏", Link.STAFF, (DESK,), frozenset("1234")): (-2, 10),
        NewReceiver("社区负责人", Link.LEAD, (DESK,)): (-8, 28),
    }
    fallback = NewReceiver("街道值班室", Link.FALLBACK, (DESK,))
    roster.enter_receiver(session, estate_id, fallback, (DESK,), now)
    for receiver, (start, end) in on_duty.items():
        id = roster.enter_receiver(session, estate_id, receiver, (DESK,), now)
        shift = NewShift(id, now + timedelta(hours=start), now + timedelta(hours=end))
        roster.enter_shift(session, estate_id, shift, "staff", now)


def _last(person: Person, chance: random.Random, now: datetime) -> datetime:
    """This morning or tonight, for everybody who is neither missed nor away."""
    if person.key == UNSEEN:
        return now - NOT_SEEN_FOR
    if person.key == AWAY:
        return now - WENT_AWAY - timedelta(minutes=30)
    return now - timedelta(hours=chance.uniform(0.5, 9))


def _life(number: int, person: Person, last: datetime, zone: ZoneInfo) -> list[passes.Pass]:
    """A drawn life, moved by whole days so that it ends with the last pass: home again, but for who went away."""
    drawn = lives.passes(lives.LIVES[number % len(lives.LIVES)], MOVED_IN.days, number, zone)
    moved = timedelta(days=(last - drawn[-1].at).days)
    before = (passes.Pass(one.at + moved, one.direction) for one in drawn)
    way = Direction.OUT if person.key == AWAY else Direction.IN
    return [*(one for one in before if one.at < last - ONE_PASS), passes.Pass(last, way)]


def _gaps(session: Session, estate_id: str, resident_id: int, life: Sequence[passes.Pass]) -> None:
    rows = [
        {
            "estate_id": estate_id,
            "resident_id": resident_id,
            "at": one.at,
            "length_s": (one.at - before.at).total_seconds(),
            "direction": one.direction,
        }
        for before, one in pairwise(life)
    ]
    session.execute(insert(GapRow), rows)


def _way(estate: EstateConfig, person: Person, passed: passes.Pass, chance: random.Random) -> Iterator[_Pass]:
    """Through the gate, and a minute or two before or after it past the cameras of their own building."""
    usual = _usual(estate.cameras, person)
    gates = [camera for camera in usual if camera.id.startswith("gate-")]
    gate = chance.choice([camera for camera in gates if camera.direction is passed.direction])
    ways = (passed.direction, Direction.BOTH)
    own = chance.choice([each for each in usual if each not in gates and each.direction in ways])
    walks = timedelta(minutes=chance.uniform(1, 3))
    yield _Pass(passed.at, person, gate)
    yield _Pass(passed.at + (walks if passed.direction is Direction.IN else -walks), person, own)


def _days(estate: EstateConfig, person: Person, chance: random.Random, now: datetime) -> Iterator[_Pass]:
    """Some days of passes of somebody who is not watched."""
    last = timedelta(hours=chance.uniform(0.5, 9))
    for age in (last, *(last + timedelta(hours=chance.uniform(3, 60)) for _ in range(5))):
        yield _Pass(now - age, person, chance.choice(_usual(estate.cameras, person)))


def _usual(cameras: Sequence[CameraConfig], person: Person) -> list[CameraConfig]:
    """The resident's own hall and lift, and the gates."""
    building = person.flat.split("-")[0]
    own = (f"hall-{building}-", f"lift-{building}", "gate-")
    return [camera for camera in cameras if camera.identifies and camera.id.startswith(own)]
