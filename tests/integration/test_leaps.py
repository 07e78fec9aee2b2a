"""Time that the scale leaves out is nobody's silence and no camera's fault, and is on record before anybody is judged."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import people
import pytest
from machine import SimulatedMachine, installed
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from models import AlertRow, BlindTimeRow, CameraRow, EventRow, PresenceRow
from monitor import bootstrap
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.core.alert import AlertKind
from monitor.core.camera import CameraState
from monitor.core.evidence import EvidenceSource
from monitor.core.interval import Interval
from monitor.errors import InvalidInput
from monitor.services import alerts, cameras, evidence, leaps, sensors, status, tick
from monitor.services.cameras import Report
from monitor.services.evidence import Said
from monitor.services.sensors import NewSensor
from monitor.store import cameras as camera_queries
from monitor.workers import clock_keeper
from monitor.workers.clock_keeper import ClockKeeper

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def report(
    runtime: Runtime, at: datetime, state: CameraState = CameraState.LIVE, since: datetime | None = None
) -> None:
    live = state is CameraState.LIVE
    reports = [
        Report(c.id, state, "", at if live else None, (since or at) if live else None, 0.1, 5.0, None)
        for c in runtime.estate.cameras
    ]
    with runtime.database.writer() as session:
        cameras.report(session, runtime.estate.id, reports, at)


def record(runtime: Runtime, leap: Interval) -> None:
    with runtime.database.writer() as session:
        leaps.record(session, runtime.estate.id, leap)


def blind(runtime: Runtime) -> list[tuple[datetime, datetime | None]]:
    """Of the gate."""
    with runtime.database.reader() as session:
        rows = session.execute(
            select(BlindTimeRow.started_at, BlindTimeRow.ended_at)
            .join(CameraRow, CameraRow.id == BlindTimeRow.camera_id)
            .where(CameraRow.slug == "gate-1", BlindTimeRow.started_at != BlindTimeRow.ended_at)
            .order_by(BlindTimeRow.started_at)
        )
        return [(start, end) for start, end in rows]


def clock_events(runtime: Runtime) -> list[str]:
    with runtime.database.reader() as session:
        kinds = select(EventRow.kind).where(EventRow.kind.startswith("clock.")).order_by(EventRow.id)
        return list(session.scalars(kinds))


def offline(runtime: Runtime) -> int:
    with runtime.database.reader() as session:
        return len(alerts.listing(session, runtime.estate.id))


@pytest.fixture
def live(runtime: Runtime, now: datetime) -> Runtime:
    report(runtime, now)
    with runtime.database.writer() as session:
        session.query(BlindTimeRow).delete()  # from before the first picture
    return runtime


def test_a_leap_is_blind_time_of_every_camera_once(live: Runtime, now: datetime) -> None:
    for _ in range(2):
        record(live, Interval(now, now + HOUR))
    assert blind(live) == [(now, now + HOUR)]
    with live.database.reader() as session:
        assert len(session.scalars(select(BlindTimeRow)).all()) == len(live.estate.cameras)
    assert clock_events(live) == ["clock.leapt"]


def test_a_camera_that_is_dark_over_a_leap_is_dark_once(live: Runtime, now: datetime) -> None:
    report(live, now, CameraState.UNREACHABLE)
    record(live, Interval(now + MINUTE, now + HOUR))
    report(live, now + 2 * HOUR)
    assert blind(live) == [(now, now + 2 * HOUR)]


def test_a_worker_that_reported_until_the_leap_is_not_thought_silent(live: Runtime, now: datetime) -> None:
    record(live, Interval(now, now + HOUR))
    with live.database.writer() as session:
        assert cameras.miss_silent_workers(session, live.estate.id, now + HOUR) == 0
        assert cameras.miss_silent_workers(session, live.estate.id, now + HOUR + MINUTE) == 3


def test_a_leap_that_a_worker_reported_first_is_blind_all_the_same(live: Runtime, now: datetime) -> None:
    report(live, now + 3 * HOUR + MINUTE, since=now + 3 * HOUR)  # its scale leapt before the database knew
    record(live, Interval(now, now + 3 * HOUR + MINUTE))
    assert blind(live) == [(now, now + 3 * HOUR), (now + 3 * HOUR, now + 3 * HOUR + MINUTE)]


def test_a_leap_is_no_fault_of_a_camera(live: Runtime, now: datetime) -> None:
    record(live, Interval(now, now + 5 * HOUR))
    with live.database.reader() as session:
        assert camera_queries.faults(session, live.estate.id, now, now + 6 * HOUR) == {}


def test_who_has_taken_an_alert_gets_the_leap_on_top_of_their_hour(live: Runtime, now: datetime) -> None:
    with live.database.writer() as session:
        ada = people.enrol(session, live.estate.id, people.ADA, now - 30 * HOUR)
        people.seen(session, live.estate.id, ada, now - 25 * HOUR)
        tick.tick(session, live.estate.id, ["desk"], now)
        (alert,) = alerts.listing(session, live.estate.id)
        alerts.acknowledge(session, live.estate.id, alert.id, people.OLGA, now)
    record(live, Interval(now + MINUTE, now + MINUTE + 24 * HOUR))
    with live.database.writer() as session:
        assert alerts.lapse(session, live.estate.id, [], now + 25 * HOUR - MINUTE) == 0
        assert alerts.lapse(session, live.estate.id, [], now + 25 * HOUR) == 1


def test_what_differs_is_told_once_and_so_is_its_end(runtime: Runtime, now: datetime) -> None:
    for ahead in (None, HOUR, HOUR, -HOUR, None, None):
        with runtime.database.writer() as session:
            leaps.tell(session, runtime.estate.id, ahead, now)
    assert clock_events(runtime) == ["clock.differs", "clock.differs", "clock.agrees"]


def test_after_a_leap_nobody_is_told_that_the_clocks_agree(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        leaps.tell(session, runtime.estate.id, HOUR, now)
    record(runtime, Interval(now, now + HOUR))
    with runtime.database.writer() as session:
        leaps.tell(session, runtime.estate.id, None, now)
    assert clock_events(runtime) == ["clock.differs", "clock.leapt"]


@pytest.fixture
def machine(live: Runtime, now: datetime) -> Iterator[SimulatedMachine]:
    with installed(SimulatedMachine(now), clock_keeper.path(live.settings.data_dir)) as machine:
        yield machine


def leap(live: Runtime, machine: SimulatedMachine, by: timedelta) -> ClockKeeper:
    """The machine's clock is set and believed; nothing is on record yet."""
    keeper = ClockKeeper(clock_keeper.path(live.settings.data_dir))
    keeper.keep()
    machine.ahead = by
    for _ in range(11):
        keeper.keep()
        machine.go_on(MINUTE)
    keeper.keep()
    assert keeper.leap is not None
    return keeper


def test_nobody_is_judged_before_a_leap_is_on_record(
    live: Runtime, now: datetime, machine: SimulatedMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live.database.writer() as session:
        ada = people.enrol(session, live.estate.id, people.ADA, now)
        people.seen(session, live.estate.id, ada, now)
    watching, keeper = bootstrap.watch(live), leap(live, machine, 30 * HOUR)

    def locked(*_: object) -> None:
        raise OperationalError("", None, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(leaps, "record", locked)
        for _ in range(2):
            with pytest.raises(OperationalError):
                watching.tick()
    assert keeper.leap is not None
    watching.tick()
    assert keeper.leap is None
    with live.database.reader() as session:
        assert list(session.scalars(select(AlertRow).where(AlertRow.kind == AlertKind.WELLNESS))) == []


def test_after_a_pause_camera_alarms_wait_as_after_a_start(live: Runtime, machine: SimulatedMachine) -> None:
    watching = bootstrap.watch(live)
    machine.go_on(2 * MINUTE)
    report(live, machine.true)
    watching.tick()
    machine.go_on(10 * MINUTE)  # asleep; no camera is connected again yet
    for _ in range(4):
        watching.tick()
        assert offline(live) == 0
        machine.go_on(15 * timedelta(seconds=1))
    machine.go_on(15 * timedelta(seconds=1))
    watching.tick()
    assert offline(live) == len(live.estate.cameras)


def test_the_status_says_how_far_the_machines_clock_is(live: Runtime, machine: SimulatedMachine) -> None:
    keeper = ClockKeeper(clock_keeper.path(live.settings.data_dir))
    keeper.keep()
    machine.ahead = -8 * HOUR
    keeper.keep()
    with live.database.reader() as session:
        said = status.get(session, live.estate.id, machine.true).clock
    assert said is not None and said.by == -8 * HOUR


def test_a_sensor_by_the_machines_clock_is_heard_while_that_is_not_believed_yet(
    live: Runtime, machine: SimulatedMachine
) -> None:
    keeper = ClockKeeper(clock_keeper.path(live.settings.data_dir))
    keeper.keep()
    machine.go_on(MINUTE)
    machine.freeze(HOUR)
    keeper.keep()
    machine.ahead = timedelta(0)  # NTP has set it right
    keeper.keep()
    with live.database.writer() as session:
        ada = people.enrol(session, live.estate.id, people.ADA, utc_now())
        button = NewSensor("button", EvidenceSource.CALL_BUTTON, ada)
        sensors.add(session, live.estate.id, button, people.ANNA, utc_now())
        evidence.record(session, live.estate.id, Said(machine.true, sensor="button"), people.SAM, utc_now())
        assert session.get_one(PresenceRow, ada).last_evidence_at == machine.true - HOUR
        for wrong in (2 * HOUR, -2 * HOUR):
            machine.ahead = wrong
            keeper.keep()
            later = Said(machine.true + 3 * HOUR, sensor="button")
            with pytest.raises(InvalidInput):
                evidence.record(session, live.estate.id, later, people.SAM, utc_now())
