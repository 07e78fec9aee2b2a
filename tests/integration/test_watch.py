"""The watch as a process runs it: its first tick after a long stop alarms nobody about cameras that are connecting."""

from datetime import datetime, timedelta
from threading import Event, Thread

import people
import pytest

from monitor.bootstrap import Runtime, watch
from monitor.core.camera import CameraState
from monitor.heartbeat import Heartbeat
from monitor.services import alerts, cameras
from monitor.services.cameras import Report
from monitor.workers import visit_book
from monitor.workers import watch as watch_worker
from monitor.workers.scheduler import Housekeeping
from monitor.workers.visit_book import VisitBookClient


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


def test_the_watch_keeps_the_book_of_visits_as_long_as_it_runs(
    runtime: Runtime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Housekeeping, "purge", lambda _: None)  # nobody waits for its end
    monkeypatch.setattr(visit_book, "PATIENCE_S", 0.9)
    monkeypatch.setattr(visit_book, "full_jitter_s", lambda *_: 0.01)
    stop, pause = Event(), Event()
    running = Thread(target=watch(runtime).run, args=(stop, Heartbeat()))
    running.start()
    client = VisitBookClient(visit_book.address(runtime.settings.data_dir), runtime.visit_policy.gap)
    for _ in range(500):
        client.keep_in_step(now)
        if client.shared:
            break
        pause.wait(0.01)
    key = client.meet(people.face(people.CLEO), "gate-1", now)
    assert client.shared and client.meet(people.face(people.CLEO), "lift-1", now) == key
    stop.set()
    running.join(10)
    assert not running.is_alive()
    assert client.meet(people.face(people.CLEO), "gate-1", now) == key and not client.shared
