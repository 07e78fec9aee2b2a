"""A camera that shows nothing is blind, says since when, and somebody is told."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BlindTimeRow
from monitor.bootstrap import Runtime
from monitor.core.alert import AlertKind, AlertState, Outcome
from monitor.core.camera import CameraState
from monitor.services import alerts, cameras, events
from monitor.services.cameras import Report

SECOND = timedelta(seconds=1)
HOLD_OFF = timedelta(seconds=60)


def say(
    session: Session, runtime: Runtime, state: CameraState, at: datetime, frame_at: datetime | None = None
) -> None:
    """The worker's report of gate-1."""
    since = frame_at if state is CameraState.LIVE else None
    cameras.report(
        session, runtime.estate.id, [Report("gate-1", state, "", frame_at, since, 0.1, 5.0, None)], at
    )


def blind_times(session: Session) -> list[tuple[datetime, datetime | None]]:
    rows = session.scalars(select(BlindTimeRow).order_by(BlindTimeRow.id))
    return [(row.started_at, row.ended_at) for row in rows]


def test_blind_time_begins_with_the_last_picture_and_ends_with_the_next(
    runtime: Runtime, now: datetime
) -> None:
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.LIVE, now, now)
        say(session, runtime, CameraState.STALLED, now + 9 * SECOND)
        say(session, runtime, CameraState.STALLED, now + 11 * SECOND)
        say(session, runtime, CameraState.LIVE, now + 20 * SECOND, now + 19 * SECOND)
        assert blind_times(session) == [(now, now + 19 * SECOND)]


def test_time_in_which_the_whole_service_was_off_is_blind_time(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.LIVE, now, now)
    later = now + timedelta(hours=5)
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.STARTING, later)
        say(session, runtime, CameraState.LIVE, later + SECOND, later + SECOND)
        assert blind_times(session) == [(now, later + SECOND)]


def test_cameras_of_a_silent_worker_are_not_called_live(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.LIVE, now, now)
        assert cameras.miss_silent_workers(session, runtime.estate.id, now + cameras.SILENT_AFTER) == 0
        assert (
            cameras.miss_silent_workers(session, runtime.estate.id, now + cameras.SILENT_AFTER + SECOND) == 1
        )
        assert cameras.get(session, runtime.estate.id, "gate-1").state is CameraState.UNREACHABLE


@pytest.mark.parametrize(("after", "alarmed"), [(-SECOND, 0), (0 * SECOND, 1)])
def test_a_short_gap_alarms_nobody(runtime: Runtime, now: datetime, after: timedelta, alarmed: int) -> None:
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.LIVE, now, now)
        say(session, runtime, CameraState.UNREACHABLE, now + 5 * SECOND)
        told = cameras.raise_offline_alerts(
            session, runtime.estate.id, HOLD_OFF, ["desk"], now + HOLD_OFF + after
        )
    assert told == alarmed


def test_one_outage_is_one_alert_that_ends_when_the_camera_is_back(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.UNREACHABLE, now)
        for minutes in (1, 2, 3):
            at = now + timedelta(minutes=minutes)
            cameras.raise_offline_alerts(session, runtime.estate.id, HOLD_OFF, ["desk"], at)
        (alert,) = alerts.listing(session, runtime.estate.id)
        assert (alert.kind, alert.camera_name) == (AlertKind.CAMERA_OFFLINE, "Gate")
        say(session, runtime, CameraState.LIVE, now + timedelta(minutes=4), now + timedelta(minutes=4))
        closed = alerts.get(session, runtime.estate.id, alert.id)
    assert (closed.state, closed.outcome) == (AlertState.RESOLVED, Outcome.RECOVERED)


def test_every_change_of_state_is_an_event(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        for state in (CameraState.LIVE, CameraState.LIVE, CameraState.REFUSED):
            say(session, runtime, state, now, now)
        told = events.after(session, runtime.estate.id, 0)
    assert [event.facts["state"] for event in told if event.kind == "camera.state"] == ["live", "refused"]
