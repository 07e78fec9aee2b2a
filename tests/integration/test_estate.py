"""The camera file changes while the service runs: rows, events, blind time and alerts follow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import people
import pytest
from sqlalchemy import select

from models import BlindTimeRow
from monitor.bootstrap import Runtime, camera_file, watch
from monitor.config.cameras import CameraConfig, EstateConfig
from monitor.core.alert import AlertKind, AlertState, Outcome
from monitor.core.camera import CameraState
from monitor.core.presence import PresenceState
from monitor.errors import NotFound
from monitor.services import alerts, cameras, events, residents
from monitor.services import estate as estates
from monitor.services import tick as ticks
from monitor.services.cameras import Camera, Report

HOUR = timedelta(hours=1)
STEPS = people.AGREED
Change = Callable[[EstateConfig], EstateConfig]


def without(slug: str) -> Change:
    return lambda estate: _with(estate, [c for c in estate.cameras if c.id != slug])


def with_fields(slug: str, **fields: object) -> Change:
    return lambda estate: _with(
        estate, [c.model_copy(update=fields) if c.id == slug else c for c in estate.cameras]
    )


def with_another(slug: str, like: str = "gate-1") -> Change:
    def change(estate: EstateConfig) -> EstateConfig:
        (one,) = (camera for camera in estate.cameras if camera.id == like)
        return _with(estate, [*estate.cameras, one.model_copy(update={"id": slug, "name": "New"})])

    return change


def _with(estate: EstateConfig, wanted: list[CameraConfig]) -> EstateConfig:
    return estate.model_copy(update={"cameras": tuple(wanted)})


class Site:
    def __init__(self, runtime: Runtime, now: datetime) -> None:
        self.runtime, self.now, self.id = runtime, now, runtime.estate.id

    def register(
        self, *changes: Change, at: datetime | None = None, readdressed: tuple[str, ...] = ()
    ) -> None:
        estate = self.runtime.estate
        for change in changes:
            estate = change(estate)
        with self.runtime.database.writer() as session:
            estates.register(session, estate, at or self.now, readdressed)

    def say(self, slug: str, state: CameraState, at: datetime) -> None:
        seeing = at if state is CameraState.LIVE else None
        report = Report(slug, state, "", seeing, seeing, 0.1, 5.0, None)
        with self.runtime.database.writer() as session:
            cameras.report(session, self.id, [report], at)

    def cameras(self) -> dict[str, Camera]:
        with self.runtime.database.reader() as session:
            return {camera.slug: camera for camera in cameras.listing(session, self.id)}

    def told(self) -> list[tuple[str, str]]:
        with self.runtime.database.reader() as session:
            return [(e.kind, e.facts.get("camera", "")) for e in events.after(session, self.id, 0)]

    def offline_alerts(self, at: datetime) -> list[alerts.Alert]:
        with self.runtime.database.writer() as session:
            cameras.raise_offline_alerts(session, self.id, timedelta(minutes=1), ["desk"], at)
            found = alerts.listing(session, self.id, tuple(AlertState))
        return [alert for alert in found if alert.kind is AlertKind.CAMERA_OFFLINE]

    def open_blind_times(self) -> int:
        with self.runtime.database.reader() as session:
            rows = session.scalars(select(BlindTimeRow).where(BlindTimeRow.ended_at.is_(None)))
            return len(rows.all())


@pytest.fixture
def site(runtime: Runtime, now: datetime) -> Site:
    return Site(runtime, now)


def test_the_first_start_and_every_later_one_are_no_news(site: Site) -> None:
    site.register()
    assert site.told() == []


def test_a_camera_that_comes_is_listed_and_told_and_waited_for(site: Site) -> None:
    site.register(with_another("gate-2"))
    site.register(with_another("gate-2"))
    assert site.told() == [("camera.added", "gate-2")]
    assert site.cameras()["gate-2"].state is CameraState.STARTING
    assert site.offline_alerts(site.now + timedelta(seconds=59)) == []
    (alert,) = site.offline_alerts(site.now + timedelta(seconds=61))
    assert alert.camera_name == "New"


def test_a_changed_camera_says_what_changed(site: Site) -> None:
    site.register(with_fields("gate-1", name="West", range_m=9.0), readdressed=("gate-1",))
    assert site.told() == [("camera.changed", "gate-1")]
    with site.runtime.database.reader() as session:
        (event,) = events.after(session, site.id, 0)
    assert event.facts["what"] == ["name", "range_m", "address"]
    assert site.cameras()["gate-1"].name == "West"


@pytest.mark.parametrize("change", [without("gate-1"), with_fields("gate-1", enabled=False)])
def test_nobody_waits_any_more_for_a_camera_that_is_out_of_use(site: Site, change: Change) -> None:
    site.say("gate-1", CameraState.UNREACHABLE, site.now)
    (alert,) = site.offline_alerts(site.now + HOUR)
    site.register(change, at=site.now + HOUR)
    assert site.open_blind_times() == 0
    (closed,) = site.offline_alerts(site.now + 2 * HOUR)
    assert (closed.id, closed.state, closed.outcome) == (alert.id, AlertState.RESOLVED, Outcome.RECOVERED)


def test_a_camera_that_left_the_file_is_no_longer_listed_and_comes_back_with_its_history(site: Site) -> None:
    site.register(without("lift-1"))
    site.register(without("lift-1"))
    assert "lift-1" not in site.cameras()
    with site.runtime.database.reader() as session, pytest.raises(NotFound):
        cameras.get(session, site.id, "lift-1")
    site.register()
    assert site.cameras()["lift-1"].state is CameraState.STARTING
    assert [kind for kind, slug in site.told() if slug == "lift-1" and kind != "camera.state"] == [
        "camera.removed",
        "camera.added",
    ]


def test_a_disabled_camera_stays_listed_and_starts_again_without_an_alarm(site: Site) -> None:
    site.say("gate-1", CameraState.LIVE, site.now)
    site.register(with_fields("gate-1", enabled=False), at=site.now + HOUR)
    shown = site.cameras()["gate-1"]
    assert (shown.state, shown.state_since) == (CameraState.DISABLED, site.now + HOUR)
    later = site.now + 5 * HOUR
    site.register(at=later)
    site.say("gate-1", CameraState.STARTING, later)
    shown = site.cameras()["gate-1"]
    assert (shown.state, shown.state_since) == (CameraState.STARTING, later)
    assert site.offline_alerts(later + timedelta(seconds=10)) == []


def test_a_report_that_comes_too_late_or_too_soon_changes_nothing(site: Site) -> None:
    site.register(with_fields("gate-1", enabled=False))
    for slug in ("gate-1", "not-yet-registered"):
        site.say(slug, CameraState.LIVE, site.now)
    assert site.cameras()["gate-1"].state is CameraState.DISABLED
    assert site.open_blind_times() == 0


def _state_after(site: Site, ada: int, at: datetime) -> PresenceState:
    with site.runtime.database.writer() as session:
        ticks.tick(session, site.id, ["desk"], at)
        return residents.get(session, site.id, ada, people.ROLES[people.SAM], people.SAM, at).state


def test_a_new_camera_saw_nobody_before_it_came(site: Site) -> None:
    """All others were dark: the silence of these hours says nothing, also when a new camera is live now."""
    with site.runtime.database.writer() as session:
        ada = people.enrol(session, site.id, people.ADA, site.now)
        people.seen(session, site.id, ada, site.now)
    for slug in ("gate-1", "lift-1"):
        site.say(slug, CameraState.LIVE, site.now)
        site.say(slug, CameraState.UNREACHABLE, site.now + timedelta(seconds=1))
    came = site.now + 20 * HOUR
    site.register(with_another("gate-2"), at=came)
    site.say("gate-2", CameraState.LIVE, came)
    assert _state_after(site, ada, site.now + 25 * HOUR) is PresenceState.SEEN
    assert _state_after(site, ada, site.now + 45 * HOUR) is PresenceState.UNSEEN


def test_what_a_camera_saw_before_it_was_removed_still_counts(site: Site) -> None:
    """The gate looked and did not see her, while the lift was dark: that silence stays known."""
    with site.runtime.database.writer() as session:
        ada = people.enrol(session, site.id, people.ADA, site.now)
        people.seen(session, site.id, ada, site.now)
    site.say("gate-1", CameraState.LIVE, site.now)
    site.say("lift-1", CameraState.UNREACHABLE, site.now)
    gone = site.now + 23 * HOUR
    site.register(without("gate-1"), at=gone)
    site.say("lift-1", CameraState.LIVE, gone)
    assert _state_after(site, ada, site.now + 25 * HOUR) is PresenceState.UNSEEN


def put(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_watch_brings_a_changed_file_into_the_database(site: Site, cameras_file: Path) -> None:
    watching = watch(site.runtime)
    put(cameras_file, "name: Gate,", "name: West,")
    for _ in range(4):
        watching.follow_camera_file()
    assert site.cameras()["gate-1"].name == "West"
    assert site.told() == [("camera.changed", "gate-1")]
    camera_file(site.runtime.settings).remove("lift-1")
    for _ in range(4):
        watching.follow_camera_file()
    assert set(site.cameras()) == {"gate-1", "yard-1"}


def test_the_watch_tells_once_that_a_file_is_refused(site: Site, cameras_file: Path) -> None:
    watching = watch(site.runtime)
    put(cameras_file, "name: Gate,", "name: '',")
    for _ in range(4):
        watching.follow_camera_file()
    assert site.told() == [("cameras.file_refused", "")]
    assert site.cameras()["gate-1"].name == "Gate"
