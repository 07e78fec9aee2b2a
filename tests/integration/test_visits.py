"""A stranger's stay is one visit, and an alert where and when a rule says so."""

from datetime import UTC, datetime, time, timedelta

import people
import pytest
from sqlalchemy.orm import Session

from monitor.bootstrap import Runtime
from monitor.core.schedule import DailyWindow
from monitor.core.visit import VisitRule
from monitor.services import alerts, visits
from monitor.services.seen import Seen
from monitor.services.visits import VisitPolicy

NIGHT = VisitRule("night", frozenset({"gate"}), DailyWindow(time(22), time(6)))
POLICY = VisitPolicy(timedelta(minutes=30), (NIGHT,), snapshot_days=7, channels=("desk",))
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # in Shanghai
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def come(
    session: Session, runtime: Runtime, at: datetime, camera: str = "gate-1", visit: int | None = None
) -> int:
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
            assert come(session, runtime, MIDNIGHT + timedelta(minutes=minutes), visit=visit) == visit
        (alert,) = alerts.listing(session, runtime.estate.id)
        assert alert.why["rule"] == "night"
        (row,) = visits.listing(session, runtime.estate.id, POLICY.gap, MIDNIGHT + timedelta(hours=1))
        assert row.ended_at - row.started_at == timedelta(minutes=59)


def test_a_visitor_who_stays_into_the_night_becomes_an_alert(runtime: Runtime) -> None:
    evening = datetime(2026, 3, 1, 13, 59, tzinfo=UTC)
    with runtime.database.writer() as session:
        visit = come(session, runtime, evening)
        assert alerts.listing(session, runtime.estate.id) == []
        come(session, runtime, evening + timedelta(minutes=1), visit=visit)
        assert len(alerts.listing(session, runtime.estate.id)) == 1


def test_a_closed_visit_alert_does_not_open_again(runtime: Runtime) -> None:
    with runtime.database.writer() as session:
        visit = come(session, runtime, MIDNIGHT)
        (alert,) = alerts.listing(session, runtime.estate.id)
        from monitor.core.alert import Outcome

        alerts.resolve(session, runtime.estate.id, alert.id, Outcome.SENT_AWAY, "", people.OLGA, MIDNIGHT)
        come(session, runtime, MIDNIGHT + timedelta(minutes=5), visit=visit)
        assert alerts.listing(session, runtime.estate.id) == []


def test_after_a_crash_the_running_visit_of_a_camera_is_found(runtime: Runtime) -> None:
    with runtime.database.writer() as session:
        come(session, runtime, MIDNIGHT - timedelta(hours=1))
        running = come(session, runtime, MIDNIGHT)
        found = visits.interrupted(
            session,
            runtime.estate.id,
            ["gate-1", "lift-1"],
            timedelta(minutes=2),
            MIDNIGHT + timedelta(minutes=1),
        )
    assert found == {"gate-1": running}
