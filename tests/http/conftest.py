"""One of everything in an estate, so that every route has something to answer with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import fakes
import people
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from monitor.bootstrap import Runtime
from monitor.core.alert import AlertKind
from monitor.core.camera import CameraState
from monitor.core.evidence import EvidenceSource
from monitor.core.roster import Link
from monitor.services import (
    alerts,
    cameras,
    digests,
    presence,
    roster,
    sensors,
    sightings,
    snapshots,
    wellness,
)
from monitor.services import estate as estates
from monitor.services.absences import NewAbsence
from monitor.services.cameras import Report
from monitor.services.roster import NewReceiver, NewShift
from monitor.services.sensors import NewSensor


@dataclass(frozen=True)
class Scene:
    """The ids of what is there. Ada was last seen 25 hours ago; Cleo is at the gate, Li is expected."""

    ada: int
    visit: int
    visitor: int
    wellness_alert: int
    visitor_alert: int
    check: int
    ada_picture: str
    cleo_picture: str
    sighting: int
    unclear_face: int
    absence: int  # Ada's, in ten days
    receiver: int  # Olga, on duty
    shift: int


def make_scene(session: Session, runtime: Runtime, estate_id: str, now: datetime) -> Scene:
    begin = now - timedelta(hours=25)
    ada = people.enrol(session, estate_id, people.ADA, begin)
    ada_picture = snapshots.save(runtime.files, b"Ada's face", b"Ada's scene", begin)
    people.seen(session, estate_id, ada, begin, snapshot=ada_picture)
    people.unseen(session, estate_id, now)
    hour = timedelta(hours=1)
    visitor = people.expect(session, estate_id, "Li", now, starts_at=now - hour, ends_at=now + hour)
    cleo_picture = snapshots.save(runtime.files, b"Cleo's face", b"Cleo's scene", now)
    (sighting,) = sightings.listing(session, estate_id)
    face = snapshots.save(runtime.files, b"face of Ada", b"an unclear scene", now)
    unclear_face = people.unclear(session, estate_id, now - timedelta(hours=2), snapshot=face)
    visit = people.stranger(session, estate_id, now, snapshot=cleo_picture)
    live = CameraState.LIVE
    reports = [Report(c.id, live, "", now, now, 0.1, 12.0, now) for c in runtime.estate.cameras]
    cameras.report(session, estate_id, reports, now)
    ids = {alert.kind: alert.id for alert in alerts.listing(session, estate_id)}
    (check,) = wellness.of_alert(session, estate_id, ids[AlertKind.WELLNESS])
    day = timedelta(days=1)
    trip = NewAbsence(now + 10 * day, now + 12 * day, "her daughter", "her daughter")
    absence = presence.leave(session, estate_id, ada, trip, 30 * day, people.SAM, now)
    door = NewSensor("door-3-502", EvidenceSource.DOOR_CONTACT, ada)
    sensors.add(session, estate_id, door, people.ANNA, now)
    digests.make(session, estate_id, datetime.min.time(), [], people.ENGINE, (3, 3), now)
    olga = NewReceiver("Olga", Link.DUTY, ("desk",))
    receiver = roster.enter_receiver(session, estate_id, olga, ["desk"], now)
    on_duty = NewShift(receiver, now - hour, now + 3 * hour)
    shift = roster.enter_shift(session, estate_id, on_duty, people.SAM, now)
    return Scene(
        ada,
        visit,
        visitor,
        ids[AlertKind.WELLNESS],
        ids[AlertKind.VISITOR],
        check.id,
        ada_picture.id,
        cleo_picture.id,
        sighting.id,
        unclear_face,
        absence,
        receiver,
        shift,
    )


@pytest.fixture
def scene(runtime: Runtime, now: datetime) -> Scene:
    runtime.files.save_newest("gate-1", b"the gate")
    with runtime.database.writer() as session:
        return make_scene(session, runtime, runtime.estate.id, now)


@pytest.fixture
def elsewhere(runtime: Runtime, now: datetime) -> Scene:
    """The same in another estate of the same database."""
    other = runtime.estate.model_copy(update={"id": "elsewhere"})
    with runtime.database.writer() as session:
        estates.register(session, other, now)
        return make_scene(session, runtime, other.id, now)


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """The service behind a real socket."""
    with fakes.served(app) as address:
        yield address
