"""A stranger's stay is one visit, and an alert where and when a rule says so."""

import threading
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import people
import pytest
from locks import until_somebody_waits
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import AlertRow, EventRow, SnapshotRow, VisitRow
from monitor.bootstrap import Runtime
from monitor.core.alert import AlertState, Outcome
from monitor.core.schedule import DailyWindow
from monitor.core.subject import SubjectKind
from monitor.core.visit import VisitRule
from monitor.services import alerts, housekeeping, snapshots, visits
from monitor.services.seen import Seen
from monitor.services.visits import VisitPolicy

NIGHT = VisitRule("night", frozenset({"gate"}), DailyWindow(time(22), time(6)))
POLICY = VisitPolicy(timedelta(minutes=30), (NIGHT,), snapshot_days=7, channels=("desk",))
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # in Shanghai
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
CLEO, DAN = uuid4().hex, uuid4().hex  # the keys of their visits


def come(session: Session, runtime: Runtime, at: datetime, camera: str = "gate-1", visit: str = CLEO) -> int:
    return visits.record(session, runtime.estate.id, visit, Seen(camera, at, at, {"score": 0.2}), POLICY, at)


@pytest.mark.parametrize(
    ("at", "camera", "alarmed"),
    [(MIDNIGHT, "gate-1", True), (NOON, "gate-1", False), (MIDNIGHT, "lift-1", False)],
)
def test_hour_and_place_decide(runtime: Runtime, at: datetime, camera: str, alarmed: bool) -> None:
    with runtime.database.writer() as session:
        come(session, runtime, at, camera)
        assert bool(alerts.listing(session, runtime.estate.id)) is alarmed


def test_a_visit_alarms_once_however_long_it_lasts(runtime: Runtime) -> None:
    with runtime.database.writer() as session:
        visit = come(session, runtime, MIDNIGHT)
        for minutes in range(1, 60):
            assert come(session, runtime, MIDNIGHT + timedelta(minutes=minutes)) == visit
        (alert,) = alerts.listing(session, runtime.estate.id)
        assert alert.why["rule"] == "night"
        (row,) = visits.listing(session, runtime.estate.id, POLICY.gap, MIDNIGHT + timedelta(hours=1))
        assert row.ended_at - row.started_at == timedelta(minutes=59)


def test_a_visitor_who_stays_into_the_night_becomes_an_alert(runtime: Runtime) -> None:
    evening = datetime(2026, 3, 1, 13, 59, tzinfo=UTC)
    with runtime.database.writer() as session:
        come(session, runtime, evening)
        assert alerts.listing(session, runtime.estate.id) == []
        come(session, runtime, evening + timedelta(minutes=1))
        assert len(alerts.listing(session, runtime.estate.id)) == 1


def test_a_closed_visit_alert_does_not_open_again(runtime: Runtime) -> None:
    with runtime.database.writer() as session:
        come(session, runtime, MIDNIGHT)
        (alert,) = alerts.listing(session, runtime.estate.id)
        alerts.resolve(session, runtime.estate.id, alert.id, Outcome.SENT_AWAY, "", people.OLGA, MIDNIGHT)
        come(session, runtime, MIDNIGHT + timedelta(minutes=5))
        assert alerts.listing(session, runtime.estate.id) == []


def test_after_a_crash_the_running_visit_of_a_camera_is_found(runtime: Runtime) -> None:
    with runtime.database.writer() as session:
        come(session, runtime, MIDNIGHT - timedelta(hours=1), visit=DAN)
        come(session, runtime, MIDNIGHT)
        found = visits.interrupted(
            session, runtime.estate.id, ["gate-1", "lift-1"], timedelta(minutes=2), MIDNIGHT + MINUTE
        )
    assert found == {"gate-1": CLEO}


def test_two_workers_who_begin_the_same_visit_at_once_write_one_row_and_one_alert(runtime: Runtime) -> None:
    """The slower one does what the worker does: it comes again."""
    came, refused = threading.Event(), []

    def slower() -> None:
        came.set()
        for _ in range(2):
            try:
                with runtime.database.writer() as session:
                    come(session, runtime, MIDNIGHT + SECOND)
                return
            except IntegrityError as error:
                refused.append(error)

    other = threading.Thread(target=slower)
    with runtime.database.writer() as session:
        come(session, runtime, MIDNIGHT)
        other.start()
        assert came.wait(5)
        until_somebody_waits(runtime.database)
    other.join(10)
    with runtime.database.reader() as session:
        (row,) = session.scalars(select(VisitRow)).all()
        assert (row.started_at, row.ended_at) == (MIDNIGHT, MIDNIGHT + SECOND)
        assert len(session.scalars(select(AlertRow)).all()) == 1
        started = select(EventRow).where(EventRow.kind == "visit.started")
        assert len(session.scalars(started).all()) == 1
    assert len(refused) == (runtime.database.engine.dialect.name == "postgresql")


def test_a_visit_alarms_even_when_an_older_one_had_its_number(runtime: Runtime) -> None:
    with runtime.database.writer() as session:
        come(session, runtime, MIDNIGHT)
        (alert,) = alerts.listing(session, runtime.estate.id)
        alerts.resolve(session, runtime.estate.id, alert.id, Outcome.SENT_AWAY, "", people.OLGA, MIDNIGHT)
        housekeeping.purge(session, runtime.estate.id, runtime.terms, MIDNIGHT + 8 * DAY)
    with runtime.database.writer() as session:
        come(session, runtime, MIDNIGHT + 8 * DAY, visit=DAN)
        assert len(alerts.listing(session, runtime.estate.id)) == 1


class Turned:
    """Ada was taken for a stranger at the gate, alarmed about, and recognised a moment later."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.estate_id = runtime, runtime.estate.id
        picture = snapshots.save(runtime.files, b"face", b"scene", MIDNIGHT)
        self.seen = Seen("gate-1", MIDNIGHT, MIDNIGHT + SECOND, {"score": 0.3}, picture)
        with runtime.database.writer() as session:
            visits.record(session, self.estate_id, CLEO, self.seen, POLICY, MIDNIGHT)
            (self.alert,) = alerts.listing(session, self.estate_id)

    def withdraw(self, who: SubjectKind = SubjectKind.RESIDENT) -> bool:
        with self.runtime.database.writer() as session:
            return visits.withdraw(session, self.estate_id, CLEO, self.seen, who, MIDNIGHT + MINUTE)

    def alert_now(self) -> alerts.Alert:
        with self.runtime.database.reader() as session:
            return alerts.get(session, self.estate_id, self.alert.id)


@pytest.mark.parametrize(
    ("who", "outcome"),
    [(SubjectKind.RESIDENT, Outcome.WRONG_ALARM), (SubjectKind.EXPECTED, Outcome.KNOWN_VISITOR)],
)
def test_a_stranger_who_turns_out_to_be_none_leaves_no_visit_and_a_closed_alert_that_says_so(
    runtime: Runtime, who: SubjectKind, outcome: Outcome
) -> None:
    turned = Turned(runtime)
    assert turned.withdraw(who)
    with runtime.database.reader() as session:
        assert session.scalars(select(VisitRow)).all() == []
        assert session.scalars(select(SnapshotRow)).all() == []
    alert = turned.alert_now()
    assert (alert.state, alert.resolved_by, alert.outcome) == (AlertState.RESOLVED, alerts.SYSTEM, outcome)
    assert alert.why["turned_out"] == who.value
    assert (alert.visit_id, alert.snapshot_id) == (None, None)


def test_an_alert_that_an_officer_has_taken_stays_theirs_and_says_who_it_was(runtime: Runtime) -> None:
    turned = Turned(runtime)
    with runtime.database.writer() as session:
        alerts.acknowledge(session, runtime.estate.id, turned.alert.id, people.OLGA, MIDNIGHT)
    assert turned.withdraw()
    alert = turned.alert_now()
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, people.OLGA)
    assert alert.why["turned_out"] == "resident"


@pytest.mark.parametrize(
    ("camera", "later"), [("lift-1", 2 * SECOND), ("gate-1", 2 * SECOND), ("lift-1", timedelta(0))]
)
def test_a_visit_that_somebody_else_was_seen_in_stays(
    runtime: Runtime, camera: str, later: timedelta
) -> None:
    turned = Turned(runtime)
    with runtime.database.writer() as session:
        come(session, runtime, MIDNIGHT + later, camera)
    assert not turned.withdraw()
    assert turned.alert_now().state is AlertState.OPEN


def test_a_visit_that_is_gone_already_cannot_be_withdrawn(runtime: Runtime) -> None:
    turned = Turned(runtime)
    assert turned.withdraw() and not turned.withdraw()


def test_whoever_comes_under_the_key_of_a_withdrawn_visit_is_alarmed_about(runtime: Runtime) -> None:
    turned = Turned(runtime)
    turned.withdraw()
    with runtime.database.writer() as session:
        come(session, runtime, MIDNIGHT + MINUTE)
        (alert,) = alerts.listing(session, runtime.estate.id)
    assert alert.id != turned.alert.id
