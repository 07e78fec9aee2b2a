"""When nobody could say whether somebody passed, the clock stands, every name is told, and a pause is never silence."""

from datetime import datetime, timedelta

import people
import pytest
import watching
from sqlalchemy import select
from watching import DAY, HOUR, SECOND

from models import AlertRow, OutboxRow, WellnessCheckRow
from monitor.bootstrap import Runtime
from monitor.core.agreement import Cause, Step
from monitor.core.alert import AlertKind, AlertState, Outcome, Severity
from monitor.core.presence import PHONE_WHEN_BLIND_FOR, PresenceState
from monitor.errors import Conflict
from monitor.services import alerts, cameras, messages, presence, wellness
from monitor.services.absences import NewAbsence
from monitor.services.wellness import Found

MINUTE = timedelta(minutes=1)


@pytest.fixture
def two(runtime: Runtime, now: datetime) -> tuple[int, int]:
    """Ada passes the gate only, Dan the lift only; both seen just now."""
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1", "yard-1")
        found = []
        for name, camera in ((people.ADA, "gate-1"), ("Dan", "lift-1")):
            id = people.enrol(session, runtime.estate.id, name, now, flat="3-502")
            people.seen(session, runtime.estate.id, id, now, camera=camera)
            watching.usual_ways(session, runtime.estate.id, id, camera)
            found.append(id)
    return found[0], found[1]


def go_dark(runtime: Runtime, at: datetime, *slugs: str) -> None:
    with runtime.database.writer() as session:
        watching.last_picture(session, runtime.estate.id, at, *slugs)


def come_back(runtime: Runtime, at: datetime, *slugs: str) -> None:
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, at, *slugs)


def about_blind(found: list[alerts.Alert]) -> list[alerts.Alert]:
    return [alert for alert in found if alert.kind is AlertKind.CANNOT_TELL]


def test_only_the_clock_of_whose_usual_ways_are_all_blind_stands(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    ada, dan = two
    go_dark(runtime, now + 2 * HOUR, "gate-1")
    come_back(runtime, now + 10 * HOUR, "gate-1")
    (alert,) = watching.tick(runtime, now + 24 * HOUR)
    assert alert.resident_id == dan
    assert len(watching.tick(runtime, now + 32 * HOUR - SECOND)) == 1
    (_, second) = sorted(watching.tick(runtime, now + 32 * HOUR), key=lambda found: found.id)
    assert (second.resident_id, second.why["blind_hours"]) == (ada, 8.0)


def test_every_name_is_told_after_a_minute_and_it_ends_by_itself(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    _ = two
    go_dark(runtime, now + HOUR, "gate-1")
    assert watching.tick(runtime, now + HOUR + MINUTE - SECOND) == []
    (alert,) = watching.tick(runtime, now + HOUR + MINUTE)
    assert (alert.kind, alert.severity, alert.step) == (AlertKind.CANNOT_TELL, Severity.WARNING, None)
    assert (alert.names, alert.since, alert.why["cameras"]) == ((people.ADA,), now + HOUR, ["gate-1"])
    with runtime.database.reader() as session:
        owed = session.scalars(select(OutboxRow).where(OutboxRow.alert_id == alert.id)).one()
        assert "Ada 3 号楼" in messages.compose(session, owed, "http://desk").body
    come_back(runtime, now + 3 * HOUR, "gate-1")
    assert watching.tick(runtime, now + 3 * HOUR) == []
    with runtime.database.reader() as session:
        assert session.get_one(AlertRow, alert.id).outcome is Outcome.RECOVERED


def test_who_becomes_blind_later_is_added_and_everybody_is_told_again(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    go_dark(runtime, now + HOUR, "gate-1")
    watching.tick(runtime, now + 2 * HOUR)
    go_dark(runtime, now + 3 * HOUR, "lift-1")
    (alert,) = watching.tick(runtime, now + 4 * HOUR)
    assert alert.names == (people.ADA, "Dan")
    with runtime.database.reader() as session:
        keys = session.scalars(select(OutboxRow.key).where(OutboxRow.alert_id == alert.id)).all()
    assert keys == [f"alert-{alert.id}-opened-desk", f"alert-{alert.id}-names2-desk"]
    (again,) = watching.tick(runtime, now + 4 * HOUR)
    assert again.id == alert.id


def test_after_twelve_blind_hours_staff_phone_each_of_them(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    ada, dan = two
    go_dark(runtime, now, "gate-1", "lift-1")
    (alert,) = watching.tick(runtime, now + PHONE_WHEN_BLIND_FOR - SECOND)
    assert alert.step is None
    (alert,) = watching.tick(runtime, now + PHONE_WHEN_BLIND_FOR + HOUR)
    assert (alert.step, alert.severity) == (Step.PHONE, Severity.CRITICAL)
    with runtime.database.reader() as session:
        checks = wellness.of_alert(session, runtime.estate.id, alert.id)
    assert [(check.resident_id, check.cause) for check in checks] == [
        (ada, Cause.CANNOT_TELL),
        (dan, Cause.CANNOT_TELL),
    ]
    assert {watching.state(runtime, id) for id in two} == {PresenceState.BLIND}


def test_it_is_not_over_before_everybody_was_reached(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    go_dark(runtime, now, "gate-1", "lift-1")
    (alert,) = watching.tick(runtime, now + 13 * HOUR)
    come_back(runtime, now + 14 * HOUR, "gate-1", "lift-1")
    (still,) = watching.tick(runtime, now + 14 * HOUR)
    assert still.id == alert.id
    with runtime.database.writer() as session, pytest.raises(Conflict, match="how everybody"):
        alerts.resolve(
            session, runtime.estate.id, alert.id, Outcome.REPAIRED, "", people.SAM, now + 15 * HOUR
        )
    with runtime.database.reader() as session:
        checks = wellness.of_alert(session, runtime.estate.id, alert.id)
    for check in checks:
        with runtime.database.writer() as session:
            found = Found(Outcome.WELL_AT_HOME)
            wellness.record(session, runtime.estate.id, check.id, found, people.SAM, now + 15 * HOUR)
    assert watching.tick(runtime, now + 15 * HOUR) == []
    assert {watching.row(runtime, id).due_at for id in two} == {now + 39 * HOUR}


def test_who_stays_blind_after_a_call_is_called_again_twelve_hours_later(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    ada, _ = two
    go_dark(runtime, now, "gate-1")
    watching.tick(runtime, now + 13 * HOUR)
    with runtime.database.writer() as session:
        (check,) = wellness.listing(session, runtime.estate.id, open_only=True, resident_id=ada)
        wellness.record(
            session, runtime.estate.id, check.id, Found(Outcome.WELL_AT_HOME), people.SAM, now + 14 * HOUR
        )
    watching.tick(runtime, now + 26 * HOUR - SECOND)

    def open_checks() -> int:
        with runtime.database.reader() as session:
            rows = select(WellnessCheckRow).where(
                WellnessCheckRow.resident_id == ada, WellnessCheckRow.closed_at.is_(None)
            )
            return len(session.scalars(rows).all())

    assert open_checks() == 0
    watching.tick(runtime, now + 26 * HOUR + 6 * MINUTE)
    assert open_checks() == 1


def test_an_open_alert_about_somebody_goes_on_while_cameras_are_down(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    ada, _ = two
    watching.tick(runtime, now + 25 * HOUR)
    go_dark(runtime, now + 26 * HOUR, "gate-1")
    found = watching.tick(runtime, now + 30 * HOUR)
    assert ada in {alert.resident_id for alert in found}
    assert about_blind(found) == []  # her own alert is open: she is looked for
    assert watching.state(runtime, ada) is PresenceState.UNSEEN


def test_who_is_away_is_not_named(runtime: Runtime, two: tuple[int, int], now: datetime) -> None:
    ada, _ = two
    trip = NewAbsence(now, now + 5 * DAY, "herself", "her son")
    with runtime.database.writer() as session:
        presence.leave(session, runtime.estate.id, ada, trip, 30 * DAY, people.SAM, now)
    go_dark(runtime, now + HOUR, "gate-1")
    assert watching.tick(runtime, now + 40 * HOUR)[0].kind is AlertKind.WELLNESS  # Dan's own


def test_a_camera_that_does_not_identify_blinds_nobody(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    go_dark(runtime, now + HOUR, "yard-1")
    assert watching.tick(runtime, now + 3 * HOUR) == []


def test_whose_ways_are_not_known_is_blind_when_every_camera_is(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    with runtime.database.writer() as session:
        eva = people.enrol(session, runtime.estate.id, "Eva", now)
        people.seen(session, runtime.estate.id, eva, now)
    go_dark(runtime, now + HOUR, "gate-1")
    (alert,) = watching.tick(runtime, now + 2 * HOUR)
    assert alert.names == (people.ADA,)
    go_dark(runtime, now + 2 * HOUR, "lift-1")
    (alert,) = watching.tick(runtime, now + 3 * HOUR)
    assert alert.names == (people.ADA, "Dan", "Eva")


def test_staff_who_say_that_it_is_repaired_hear_no_more_of_the_same_fault(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    go_dark(runtime, now + HOUR, "gate-1")
    (alert,) = watching.tick(runtime, now + 2 * HOUR)
    with runtime.database.writer() as session:
        alerts.resolve(session, runtime.estate.id, alert.id, Outcome.REPAIRED, "", people.SAM, now + 3 * HOUR)
    assert watching.tick(runtime, now + 4 * HOUR) == []
    (again,) = watching.tick(runtime, now + 14 * HOUR)  # but of the calls they do
    assert (again.step, again.names) == (Step.PHONE, (people.ADA,))


# Several overdue after one fault


@pytest.fixture
def five(runtime: Runtime, now: datetime) -> list[int]:
    """Five who pass gate and lift; the gate was blind for three hours, so the clock ran."""
    with runtime.database.writer() as session:
        watching.live(session, runtime.estate.id, now, "gate-1", "lift-1", "yard-1")
        found = []
        for n in range(5):
            id = people.enrol(session, runtime.estate.id, f"Resident {n}", now)
            people.seen(session, runtime.estate.id, id, now + n * MINUTE)
            watching.usual_ways(session, runtime.estate.id, id, "gate-1", "lift-1")
            found.append(id)
    go_dark(runtime, now + 2 * HOUR, "gate-1")
    come_back(runtime, now + 5 * HOUR, "gate-1")
    return found


def test_several_who_fall_overdue_after_one_fault_are_one_alert_with_every_name(
    runtime: Runtime, five: list[int], now: datetime
) -> None:
    (alert,) = watching.tick(runtime, now + 24 * HOUR + 5 * MINUTE)
    assert alert.kind is AlertKind.CANNOT_TELL
    assert alert.names == tuple(f"Resident {n}" for n in range(5))
    assert {watching.state(runtime, id) for id in five} == {PresenceState.UNSEEN}
    (again,) = watching.tick(runtime, now + 25 * HOUR)
    assert again.id == alert.id


def test_the_first_two_are_told_by_themselves_and_the_third_makes_a_group(
    runtime: Runtime, five: list[int], now: datetime
) -> None:
    for n in range(2):
        found = watching.tick(runtime, now + 24 * HOUR + n * MINUTE)
        assert {alert.kind for alert in found} == {AlertKind.WELLNESS} and len(found) == n + 1
    (group,) = about_blind(watching.tick(runtime, now + 24 * HOUR + 2 * MINUTE))
    assert group.names == ("Resident 2",)
    assert watching.tick(runtime, now + 24 * HOUR + 4 * MINUTE).__len__() == 3


def test_who_is_unseen_for_longer_has_an_alert_of_their_own_whatever_the_cameras_did(
    runtime: Runtime, five: list[int], now: datetime
) -> None:
    watching.tick(runtime, now + 25 * HOUR)
    found = watching.tick(runtime, now + 49 * HOUR)
    own = [alert for alert in found if alert.kind is AlertKind.WELLNESS]
    assert {alert.resident_id for alert in own} == set(five) and {alert.step for alert in own} == {Step.VISIT}


def test_without_a_fault_everybody_has_an_alert_of_their_own(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    with runtime.database.writer() as session:
        for n in range(3):
            id = people.enrol(session, runtime.estate.id, f"Resident {n}", now)
            people.seen(session, runtime.estate.id, id, now)
            watching.usual_ways(session, runtime.estate.id, id, "gate-1", "lift-1")
    found = watching.tick(runtime, now + 24 * HOUR)
    assert {alert.kind for alert in found} == {AlertKind.WELLNESS} and len(found) == 5


def test_an_alert_that_was_taken_keeps_its_taker_for_the_names_that_come_later(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    go_dark(runtime, now, "gate-1")
    (alert,) = watching.tick(runtime, now + 12 * HOUR - 10 * MINUTE)
    with runtime.database.writer() as session:
        alerts.acknowledge(session, runtime.estate.id, alert.id, people.SAM, now + 12 * HOUR - 9 * MINUTE)
    watching.tick(runtime, now + 12 * HOUR + MINUTE)
    with runtime.database.reader() as session:
        (check,) = wellness.of_alert(session, runtime.estate.id, alert.id)
        assert check.taken_by == people.SAM
        assert session.get_one(AlertRow, alert.id).state is AlertState.ACKNOWLEDGED


def test_a_camera_taken_out_of_use_blinds_whose_only_way_it_was(
    runtime: Runtime, two: tuple[int, int], now: datetime
) -> None:
    from monitor.services import estate

    with runtime.database.writer() as session:
        gone = [camera for camera in runtime.estate.cameras if camera.id != "gate-1"]
        estate.register(session, runtime.estate.model_copy(update={"cameras": tuple(gone)}), now + HOUR)
    (alert,) = watching.tick(runtime, now + 2 * HOUR)
    assert alert.names == (people.ADA,)
    assert [camera.slug for camera in _listing(runtime)] == ["lift-1", "yard-1"]


def _listing(runtime: Runtime) -> list[cameras.Camera]:
    with runtime.database.reader() as session:
        return cameras.listing(session, runtime.estate.id)
