"""The watch as a process runs it: its first tick after a long stop alarms nobody about cameras that are connecting."""

from datetime import datetime, timedelta

import pytest

from monitor.bootstrap import Runtime, watch
from monitor.core.camera import CameraState
from monitor.services import alerts, cameras
from monitor.services.cameras import Report
from monitor.workers import watch as watch_worker


@pytest.fixture
def stopped_yesterday(runtime: Runtime, now: datetime) -> Runtime:
    """Everything was live when the service was stopped, a day ago."""
    then = now - timedelta(days=1)
    reports = [Report(c.id, CameraState.LIVE, "", then, then, 0.1, 4.0, None) for c in runtime.estate.cameras]
    with runtime.database.writer() as session:
        cameras.report(session, runtime.estate.id, reports, then)
    return runtime


def test_a_start_after_a_long_stop_alarms_nobody(stopped_yesterday: Runtime) -> None:
    watch(stopped_yesterday).tick()
    with stopped_yesterday.database.reader() as session:
        assert alerts.listing(session, stopped_yesterday.estate.id) == []
        states = {c.state for c in cameras.listing(session, stopped_yesterday.estate.id)}
    assert states == {CameraState.UNREACHABLE}


def test_cameras_that_stay_away_after_a_start_are_told(
    stopped_yesterday: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = watch(stopped_yesterday)
    started_s = watch_worker.monotonic_s()
    monkeypatch.setattr(watch_worker, "monotonic_s", lambda: started_s + 61)
    watching.tick()
    with stopped_yesterday.database.reader() as session:
        assert len(alerts.listing(session, stopped_yesterday.estate.id)) == len(
            stopped_yesterday.estate.cameras
        )


def test_two_watches_by_mistake_alarm_once(
    stopped_yesterday: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [watch(stopped_yesterday), watch(stopped_yesterday)]
    started_s = watch_worker.monotonic_s()
    monkeypatch.setattr(watch_worker, "monotonic_s", lambda: started_s + 61)
    for watching in both * 2:
        watching.tick()
    with stopped_yesterday.database.reader() as session:
        assert len(alerts.listing(session, stopped_yesterday.estate.id)) == len(
            stopped_yesterday.estate.cameras
        )
