"""Silence is a due time in a row: it is found once, on time, and never while nobody could have been seen."""

from datetime import datetime, timedelta

import people
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import PresenceRow
from monitor.bootstrap import Runtime
from monitor.core.access import Role
from monitor.core.agreement import Step
from monitor.core.alert import AlertKind, AlertState, Outcome, Severity
from monitor.core.camera import CameraState
from monitor.core.presence import PresenceState
from monitor.core.wellness import LOOK_AGAIN
from monitor.services import alerts, cameras, residents, standing, wellness
from monitor.services import tick as ticks
from monitor.services.alerts import Alert
from monitor.services.cameras import Report
from monitor.services.wellness import Found

STEPS = people.AGREED
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def live(session: Session, runtime: Runtime, at: datetime, *slugs: str) -> None:
    """These cameras begin to deliver."""
    cameras.report(session, runtime.estate.id, [report(slug, CameraState.LIVE, at) for slug in slugs], at)


def dark(session: Session, runtime: Runtime, at: datetime, *slugs: str) -> None:
    cameras.report(
        session,
        runtime.estate.id,
        [report(slug, CameraState.UNREACHABLE, at, "no_answer") for slug in slugs],
        at,
    )


def report(slug: str, state: CameraState, at: datetime, reason: str = "") -> Report:
    frame_at = at if state is CameraState.LIVE else None
    return Report(slug, state, reason, frame_at, frame_at, 0.1, 5.0, None)


def tick(runtime: Runtime, at: datetime) -> list[Alert]:
    """One tick; returns the unresolved alerts after it."""
    with runtime.database.writer() as session:
        ticks.tick(session, runtime.estate.id, ["desk"], at)
    with runtime.database.reader() as session:
        return alerts.listing(session, runtime.estate.id)


@pytest.fixture
def ada(runtime: Runtime, now: datetime) -> int:
    """Ada, seen just now, with both identifying cameras live."""
    with runtime.database.writer() as session:
        live(session, runtime, now, "gate-1", "lift-1")
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
        people.seen(session, runtime.estate.id, ada, now)
    return ada


@pytest.mark.parametrize(("beside", "alarmed"), [(-SECOND, False), (timedelta(0), True), (SECOND, True)])
def test_the_phone_step_falls_due_to_the_second(
    runtime: Runtime, ada: int, now: datetime, beside: timedelta, alarmed: bool
) -> None:
    found = tick(runtime, now + STEPS.phone + beside)
    assert bool(found) is alarmed


def test_an_alert_rises_through_the_steps_and_is_never_doubled(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    heights = []
    for hours in (24, 25, 48, 49, 72, 100):
        (alert,) = tick(runtime, now + hours * HOUR)
        heights.append((alert.step, alert.severity))
    phone, visit, urgent = (
        (Step.PHONE, Severity.WARNING),
        (Step.VISIT, Severity.CRITICAL),
        (Step.URGENT, Severity.CRITICAL),
    )
    assert heights == [phone, phone, visit, visit, urgent, urgent]


def test_who_was_never_seen_is_listed_and_not_alarmed(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
    assert tick(runtime, now + 1000 * HOUR) == []
    with runtime.database.reader() as session:
        row = session.get_one(PresenceRow, ada)
        assert row.state is PresenceState.NOT_STARTED


def test_time_in_which_every_camera_was_blind_does_not_count(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        dark(session, runtime, now + 2 * HOUR, "gate-1", "lift-1")
    with runtime.database.writer() as session:
        live(session, runtime, now + 7 * HOUR, "gate-1", "lift-1")
    # The blind time began with the last picture, at `now`.
    assert tick(runtime, now + 31 * HOUR - SECOND) == []
    (alert,) = tick(runtime, now + 31 * HOUR)
    assert alert.why["blind_hours"] == 7.0


def test_one_blind_gate_does_not_stop_the_clock(runtime: Runtime, ada: int, now: datetime) -> None:
    with runtime.database.writer() as session:
        dark(session, runtime, now + HOUR, "gate-1")
    assert len(tick(runtime, now + STEPS.phone)) == 1


def test_a_camera_that_cannot_identify_is_no_evidence(runtime: Runtime, ada: int, now: datetime) -> None:
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, now + 20 * HOUR, camera="yard-1")
    assert len(tick(runtime, now + STEPS.phone)) == 1


def test_with_every_camera_dead_it_says_that_it_cannot_tell(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        dark(session, runtime, now, "gate-1", "lift-1")
    assert tick(runtime, now + 12 * HOUR - SECOND) == []
    (alert,) = tick(runtime, now + 30 * HOUR)
    assert (alert.kind, alert.names, alert.step) == (AlertKind.CANNOT_TELL, (people.ADA,), Step.PHONE)
    with runtime.database.reader() as session:
        counted = standing.count(session, runtime.estate.id, now + 30 * HOUR)
    assert counted.watched == counted.parts[PresenceState.BLIND] == 1


def test_a_sighting_proposes_closing_and_closes_nothing(runtime: Runtime, ada: int, now: datetime) -> None:
    (alert,) = tick(runtime, now + 25 * HOUR)
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, now + 26 * HOUR)
    (alert,) = tick(runtime, now + 27 * HOUR)
    assert alert.state is AlertState.OPEN
    assert alert.why["seen_again_by"] == "Gate"


def test_a_late_report_of_an_old_sighting_does_not_move_the_clock_back(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    with runtime.database.writer() as session:
        people.seen(session, runtime.estate.id, ada, now - 5 * HOUR)
        assert session.get_one(PresenceRow, ada).last_seen_at == now


@pytest.mark.parametrize(
    ("outcome", "next_alert_after"),
    [
        (Outcome.WELL_AT_HOME, STEPS.phone),
        (Outcome.OUT_WITH_FAMILY, STEPS.phone),
        (Outcome.NEEDED_HELP, STEPS.phone),
        (Outcome.COULD_NOT_ENTER, LOOK_AGAIN),
        (Outcome.TECHNICAL, LOOK_AGAIN),
        (Outcome.DECEASED, None),
    ],
)
def test_the_outcome_says_when_silence_alarms_again(
    runtime: Runtime, ada: int, now: datetime, outcome: Outcome, next_alert_after: timedelta | None
) -> None:
    closed_at = now + 26 * HOUR
    (alert,) = tick(runtime, now + 25 * HOUR)
    with runtime.database.writer() as session:
        (check,) = wellness.of_alert(session, runtime.estate.id, alert.id)
        wellness.record(
            session,
            runtime.estate.id,
            check.id,
            Found(outcome, help_given="doctor called at 9:10"),
            people.SAM,
            closed_at,
        )
    if next_alert_after is None:
        assert tick(runtime, closed_at + 1000 * HOUR) == []
        return
    assert tick(runtime, closed_at + next_alert_after - SECOND) == []
    assert len(tick(runtime, closed_at + next_alert_after)) == 1


def test_the_duty_officer_sees_last_seen_only_while_handling_the_case(
    runtime: Runtime, ada: int, now: datetime
) -> None:
    (alert,) = tick(runtime, now + 25 * HOUR)

    def last_seen(role: Role, person: str) -> datetime | None:
        with runtime.database.reader() as session:
            return residents.get(session, runtime.estate.id, ada, role, person, now).last_seen_at

    assert last_seen(Role.STAFF, people.SAM) is not None
    assert last_seen(Role.DUTY, people.OLGA) is None
    with runtime.database.writer() as session:
        alerts.acknowledge(session, runtime.estate.id, alert.id, people.OLGA, now + 25 * HOUR)
    assert last_seen(Role.DUTY, people.OLGA) is not None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations([-40.0, -26.0, -25.9, -3.0, -0.5]), doubled=st.booleans())
def test_every_order_of_arrival_ends_in_the_same_state(
    runtime: Runtime, now: datetime, order: list[float], doubled: bool
) -> None:
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now - 50 * HOUR)
        for hours in order * (2 if doubled else 1):
            people.seen(session, runtime.estate.id, ada, now + hours * HOUR)
        row = session.get_one(PresenceRow, ada)
        assert (row.state, row.last_seen_at, row.due_at) == (
            PresenceState.SEEN,
            now - 0.5 * HOUR,
            now - 0.5 * HOUR + STEPS.phone,
        )
