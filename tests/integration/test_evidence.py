"""Staff and sensors say that somebody was alive: each is believed by its own weight, and nothing closes by itself."""

from datetime import datetime, timedelta

import people
import pytest
import watching
from sqlalchemy import select
from watching import HOUR

from models import EvidenceRow
from monitor.bootstrap import Runtime
from monitor.core.alert import AlertState
from monitor.core.evidence import DOUBTFUL_WEIGHT, SENSOR_WEIGHT, EvidenceSource
from monitor.core.presence import PresenceState
from monitor.errors import Conflict, InvalidInput, NotFound
from monitor.services import evidence, sensors, unclear_faces
from monitor.services.evidence import Recorded, Said
from monitor.services.seen import Seen
from monitor.services.sensors import NewSensor
from monitor.services.unclear_faces import Naming

DOOR, BUTTON = "door-3-502", "button-3-502"


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, seen just now; her door and her call button are sensors."""
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        people.seen(session, runtime.estate.id, ada, now)
        for slug, kind in ((DOOR, EvidenceSource.DOOR_CONTACT), (BUTTON, EvidenceSource.CALL_BUTTON)):
            sensors.add(session, runtime.estate.id, NewSensor(slug, kind, ada), people.ANNA, now)
    return ada


def record(runtime: Runtime, said: Said, at: datetime) -> Recorded:
    with runtime.database.writer() as session:
        return evidence.record(session, runtime.estate.id, said, people.SAM, at)


@pytest.mark.parametrize("source", [EvidenceSource.SEEN, EvidenceSource.PHONED, EvidenceSource.VISITED])
def test_what_staff_say_starts_the_clock_anew(
    runtime: Runtime, ada: int, now: datetime, source: EvidenceSource
) -> None:
    record(runtime, Said(now + 5 * HOUR, ada, source), now + 6 * HOUR)
    assert watching.row(runtime, ada).due_at == now + 29 * HOUR
    assert watching.row(runtime, ada).last_seen_at == now  # by a camera


def test_a_sensor_of_full_weight_starts_it_anew_and_a_lesser_one_moves_it_in_part(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    assert record(runtime, Said(now + 10 * HOUR, sensor=DOOR), now + 10 * HOUR).weight == 0.7
    assert watching.row(runtime, ada).due_at == now + 31 * HOUR  # 24 + 0.7 * 10
    record(runtime, Said(now + 12 * HOUR, sensor=BUTTON), now + 12 * HOUR)
    assert watching.row(runtime, ada).due_at == now + 36 * HOUR


def test_a_door_that_rattles_for_ever_loses_no_alert(runtime: Runtime, ada: int, now: datetime) -> None:
    for hour in range(1, 36):
        record(runtime, Said(now + hour * HOUR, sensor=DOOR), now + hour * HOUR)
    assert watching.tick(runtime, now + 36 * HOUR - watching.SECOND) == []
    (alert,) = watching.tick(runtime, now + 36 * HOUR)
    assert alert.why["unseen_hours"] == 36.0 and alert.why["doubtful"] == 35


def test_evidence_under_an_open_alert_proposes_and_closes_nothing(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    watching.tick(runtime, now + 25 * HOUR)
    record(runtime, Said(now + 26 * HOUR, sensor=DOOR), now + 26 * HOUR)
    (alert,) = watching.tick(runtime, now + 26 * HOUR)
    assert "seen_again_at" not in alert.why
    record(runtime, Said(now + 27 * HOUR, ada, EvidenceSource.PHONED), now + 27 * HOUR)
    (alert,) = watching.tick(runtime, now + 27 * HOUR)
    assert alert.state is AlertState.OPEN and alert.why["seen_again_by"] == "staff"
    assert watching.state(runtime, ada) is PresenceState.UNSEEN


def test_evidence_that_comes_late_counts_at_its_own_time(runtime: Runtime, ada: int, now: datetime) -> None:
    (alert,) = watching.tick(runtime, now + 25 * HOUR)
    record(runtime, Said(now - HOUR, ada, EvidenceSource.PHONED), now + 26 * HOUR)
    (alert,) = watching.tick(runtime, now + 26 * HOUR)
    assert "seen_again_at" not in alert.why
    assert watching.row(runtime, ada).last_evidence_at == now


def test_the_same_key_is_taken_once(runtime: Runtime, ada: int, now: datetime) -> None:
    said = Said(now + 5 * HOUR, sensor=BUTTON, key="118")
    first = record(runtime, said, now + 5 * HOUR)
    again = record(runtime, said, now + 9 * HOUR)
    assert (first.repeated, again.repeated, again.id) == (False, True, first.id)
    with runtime.database.reader() as session:
        assert len(session.scalars(select(EvidenceRow.id)).all()) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"source": EvidenceSource.CAMERA},
        {"source": EvidenceSource.NAMED},
        {"source": EvidenceSource.DOOR_CONTACT},
        {"source": None},
        {"source": EvidenceSource.PHONED, "sensor": DOOR},
        {"source": EvidenceSource.PHONED, "note": "x" * 501},
        {"source": EvidenceSource.PHONED, "key": ""},
        {"source": EvidenceSource.PHONED, "at_h": 1},
    ],
)
def test_what_makes_no_sense_is_refused(
    runtime: Runtime, ada: int, now: datetime, said: dict[str, object]
) -> None:
    said, at = dict(said), now
    at += timedelta(hours=float(str(said.pop("at_h", 0))))
    with pytest.raises(InvalidInput):
        record(runtime, Said(at, ada, **said), now)  # type: ignore[arg-type]


def test_who_did_not_agree_to_be_watched_leaves_no_evidence(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        people.withdraw(session, ada, now)
    with pytest.raises(InvalidInput, match="not watched"):
        record(runtime, Said(now, ada, EvidenceSource.PHONED), now)
    with pytest.raises(InvalidInput, match="not watched"):
        record(runtime, Said(now, sensor=DOOR), now)


def test_an_unknown_sensor_and_an_unknown_resident_are_not_found(runtime: Runtime, now: datetime) -> None:
    with pytest.raises(NotFound, match="sensor"):
        record(runtime, Said(now, sensor="attic"), now)
    with pytest.raises(NotFound, match="resident"):
        record(runtime, Said(now, 99, EvidenceSource.PHONED), now)


def test_a_sensor_has_the_weight_of_its_kind_or_its_own(runtime: Runtime, ada: int, now: datetime) -> None:
    with runtime.database.writer() as session:
        meter = NewSensor("water-1", EvidenceSource.WATER_METER, ada)
        assert (
            sensors.add(session, runtime.estate.id, meter, people.ANNA, now).weight
            == SENSOR_WEIGHT[meter.kind]
        )
        own = NewSensor("water-2", EvidenceSource.WATER_METER, ada, weight=0.25)
        assert sensors.add(session, runtime.estate.id, own, people.ANNA, now).weight == 0.25
        with pytest.raises(Conflict):
            sensors.add(session, runtime.estate.id, own, people.ANNA, now)
        for wrong in (
            NewSensor("Water 3", EvidenceSource.WATER_METER, ada),
            NewSensor("water-3", EvidenceSource.CAMERA, ada),
            NewSensor("water-3", EvidenceSource.WATER_METER, ada, weight=1.5),
        ):
            with pytest.raises(InvalidInput):
                sensors.add(session, runtime.estate.id, wrong, people.ANNA, now)


def test_what_a_removed_sensor_noticed_stays(runtime: Runtime, ada: int, now: datetime) -> None:
    record(runtime, Said(now + HOUR, sensor=DOOR), now + HOUR)
    with runtime.database.writer() as session:
        sensors.remove(session, runtime.estate.id, DOOR, now + 2 * HOUR)
        kept = session.scalars(select(EvidenceRow)).one()
        assert (kept.sensor_id, kept.source) == (None, EvidenceSource.DOOR_CONTACT)
        with pytest.raises(NotFound):
            sensors.remove(session, runtime.estate.id, DOOR, now)


# Doubtful faces


def nearly(runtime: Runtime, ada: int, at: datetime, camera: str = "gate-1") -> int:
    """A face that was nearly enough like Ada."""
    why = {"verdict": "undecided", "reason": "between_thresholds", "score": 0.47, "engine": people.ENGINE}
    seen = Seen(camera, at - timedelta(seconds=4), at, why)
    with runtime.database.writer() as session:
        return unclear_faces.record(session, runtime.estate.id, seen, 7, at, nearly=ada)


def test_a_face_that_is_nearly_hers_moves_the_clock_in_part(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    nearly(runtime, ada, now + 10 * HOUR)
    assert watching.row(runtime, ada).due_at == now + 24 * HOUR + DOUBTFUL_WEIGHT * 10 * HOUR
    assert watching.row(runtime, ada).last_seen_at == now


def test_on_a_camera_that_cannot_identify_it_moves_nothing(runtime: Runtime, ada: int, now: datetime) -> None:
    nearly(runtime, ada, now + 10 * HOUR, camera="yard-1")
    assert watching.row(runtime, ada).due_at == now + 24 * HOUR


def test_once_staff_say_who_it_was_there_is_no_doubt(runtime: Runtime, ada: int, now: datetime) -> None:
    with runtime.database.writer() as session:
        ben = people.enrol(session, runtime.estate.id, people.BEN, now)
    face = nearly(runtime, ada, now + 10 * HOUR)
    with runtime.database.writer() as session:
        unclear_faces.name(session, runtime.estate.id, face, Naming(ben, "", people.SAM), now + 11 * HOUR)
    assert watching.row(runtime, ada).due_at == now + 24 * HOUR
    assert watching.row(runtime, ben).due_at == now + 34 * HOUR


def test_a_doubt_about_who_is_not_watched_is_not_kept(runtime: Runtime, ada: int, now: datetime) -> None:
    with runtime.database.writer() as session:
        people.withdraw(session, ada, now)
    nearly(runtime, ada, now + HOUR)
    with runtime.database.reader() as session:
        assert session.scalars(select(EvidenceRow)).all() == []
