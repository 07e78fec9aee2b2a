"""A camera that shows nothing is blind, says since when, and somebody is told."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BlindTimeRow
from monitor.bootstrap import Runtime
from monitor.core.alert import AlertKind, AlertState, Outcome
from monitor.core.camera import CameraState
from monitor.errors import NotFound
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


def test_a_worker_that_was_away_and_says_live_at_once_leaves_blind_time(
    runtime: Runtime, now: datetime
) -> None:
    later = now + timedelta(hours=5)
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.LIVE, now, now)
        say(session, runtime, CameraState.LIVE, later, later)
        say(session, runtime, CameraState.LIVE, later + 2 * SECOND, later)
        assert blind_times(session) == [(now, later)]


def without_view(at: datetime, since: datetime, reason: str = "turned") -> Report:
    return Report("gate-1", CameraState.NO_VIEW, reason, at, None, 0.1, 5.0, None, blind_since=since)


def test_a_useless_view_is_blind_from_when_it_began_and_not_from_when_it_was_noticed(
    runtime: Runtime, now: datetime
) -> None:
    noticed = now + timedelta(seconds=60)
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.LIVE, now, now)
        cameras.report(session, runtime.estate.id, [without_view(noticed, now + SECOND)], noticed)
        seen = cameras.get(session, runtime.estate.id, "gate-1")
        assert (seen.state, seen.state_since) == (CameraState.NO_VIEW, now + SECOND)
        say(session, runtime, CameraState.LIVE, noticed + 9 * SECOND, noticed + 8 * SECOND)
        assert blind_times(session) == [(now + SECOND, noticed + 8 * SECOND)]


def test_the_same_time_is_not_blind_twice(runtime: Runtime, now: datetime) -> None:
    """A view that was bad before the connection broke, told after it came back."""
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.LIVE, now, now)
        say(session, runtime, CameraState.STALLED, now + 10 * SECOND)
        say(session, runtime, CameraState.LIVE, now + 20 * SECOND, now + 20 * SECOND)
        report = without_view(now + 70 * SECOND, now + 5 * SECOND)
        cameras.report(session, runtime.estate.id, [report], now + 70 * SECOND)
        assert blind_times(session) == [(now, now + 20 * SECOND), (now + 20 * SECOND, None)]


def test_a_poor_picture_still_sees(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        say(session, runtime, CameraState.LIVE, now, now)
        report = Report("gate-1", CameraState.DEGRADED, "slow", now + SECOND, now, 0.1, 2.0, None)
        cameras.report(session, runtime.estate.id, [report], now + SECOND)
        assert blind_times(session) == []
        told = events.after(session, runtime.estate.id, 0)[-1]
        assert (told.kind, told.facts["state"], told.facts["reason"]) == ("camera.state", "degraded", "slow")


def test_another_reason_is_told_too(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        for reason in ("black", "covered", "covered"):
            cameras.report(session, runtime.estate.id, [without_view(now, now, reason)], now)
        told = [event.facts["reason"] for event in events.after(session, runtime.estate.id, 0)]
    assert told[-2:] == ["black", "covered"]


def test_staff_accept_a_view(runtime: Runtime, now: datetime) -> None:
    with runtime.database.writer() as session:
        assert cameras.views_accepted(session, runtime.estate.id) == {}
        cameras.accept_view(session, runtime.estate.id, "gate-1", "anna", now)
        assert cameras.views_accepted(session, runtime.estate.id) == {"gate-1": now}
        with pytest.raises(NotFound):
            cameras.accept_view(session, runtime.estate.id, "gate-99", "anna", now)


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
