"""A small estate with its desk: the real server in a process of its own, and this process acting as its workers."""

import importlib.util
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import cv2
import httpx
import numpy as np
import people
import rtsp
from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import GapRow
from monitor.bootstrap import Runtime
from monitor.clock import utc_now
from monitor.config.cameras import load_estate
from monitor.config.settings import Settings
from monitor.core.camera import CameraState
from monitor.core.schedule import DailyWindow
from monitor.core.subject import SubjectKind
from monitor.core.visit import VisitRule
from monitor.services import (
    alerts,
    cameras,
    enrolment,
    expected_visitors,
    sensor_broker,
    snapshots,
    visits,
)
from monitor.services import estate as estates
from monitor.services import tick as ticks
from monitor.services.enrolment import NewResident, Photo
from monitor.services.expected_visitors import NewPass
from monitor.services.seen import Seen
from monitor.services.sensor_broker import News
from monitor.services.visits import VisitPolicy
from monitor.simulate import lives
from monitor.simulate.lives import Life
from monitor.store.database import Database
from monitor.store.migration import migrate
from monitor.store.snapshot_files import SnapshotFiles

T = TypeVar("T")
ZONE = ZoneInfo("Asia/Shanghai")
NAMES = {
    "gate-1": "东门入口", "gate-2": "东门出口", "gate-3": "西门", "lift-1": "1号楼电梯厅", "lift-2": "2号楼电梯厅",
    "lift-3": "3号楼电梯厅", "yard-1": "中心花园", "park-1": "地下车库",
}  # fmt: skip
DARK = "gate-3"
WHY = {
    "verdict": "stranger", "score": 0.21, "margin": 0.04, "shots": 9, "agreement": 0.9, "reason": "below",
    "stranger_below": 0.46,
}  # fmt: skip
ALL_DAY = DailyWindow(datetime.min.time(), datetime.min.time())


def portrait(name: str) -> bytes:
    """A photograph of one person, as JPEG."""
    spec = importlib.util.find_spec("admin_tabler")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "static/static/avatars" / name).read_bytes()


def plain(colour: tuple[int, int, int]) -> bytes:
    """A picture of nothing, brighter towards the top."""
    shade = np.linspace(1.0, 0.45, 360)[:, None, None]
    image = (np.asarray(colour, np.float64) * shade * np.ones((360, 640, 1))).astype(np.uint8)
    return _jpeg(image)


def scene(face: bytes) -> bytes:
    """The person of a portrait, somewhere in a picture."""
    image = cv2.imdecode(np.frombuffer(plain((150, 140, 120)), np.uint8), cv2.IMREAD_COLOR)
    person = cv2.imdecode(np.frombuffer(face, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None and person is not None
    image[120:330, 300:510] = cv2.resize(person, (210, 210))
    return _jpeg(np.asarray(image, np.uint8))


def _jpeg(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


class Site:
    """Use with `with`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "cameras.yaml"
        self.rtsp_port = rtsp.free_port()  # nobody listens there until a test serves a clip
        self._file.write_text(_camera_file(self.rtsp_port), encoding="utf-8")
        settings = Settings(data_dir=folder / "data", cameras_file=self._file)
        database = Database(settings.database())
        estate = load_estate(self._file, {})
        files = SnapshotFiles(settings.data_dir / "pictures")
        self.runtime = Runtime(settings, estate, database, files, adapters=())
        self.estate_id = estate.id
        self._stop = threading.Event()
        self._reporter = threading.Thread(target=self._work)
        self._log = (folder / "server.log").open("wb")
        migrate(database)
        self.write(self._furnish)

    def __enter__(self) -> "Site":
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port, number = listening.getsockname()[1], listening.fileno()
            self._server = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--fd", str(number)],
                pass_fds=[number],
                env={
                    **{name: value for name, value in os.environ.items() if not name.startswith("SHOUWANG_")},
                    "SHOUWANG_DATA_DIR": str(self.runtime.settings.data_dir),
                    "SHOUWANG_CAMERAS_FILE": str(self._file),
                },
                stdout=self._log,
                stderr=self._log,
            )
        self.address = f"http://127.0.0.1:{port}"
        self._reporter.start()
        # The socket listens already: the answer comes as soon as the service is up.
        httpx.get(self.address + "/sign-in", timeout=30).raise_for_status()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._reporter.join()
        self._server.terminate()
        self._server.wait(20)
        self._log.close()
        self.runtime.database.dispose()

    def write(self, command: Callable[[Session], T]) -> T:
        with self.runtime.database.writer() as session:
            return command(session)

    def read(self, query: Callable[[Session], T]) -> T:
        with self.runtime.database.reader() as session:
            return query(session)

    def alert(self, alert_id: int) -> alerts.Alert:
        return self.read(lambda session: alerts.get(session, self.estate_id, alert_id))

    def enrol(self, name: str, flat: str, *, watched: bool = True, days_ago: float = 40) -> int:
        new = NewResident(
            name, flat, watched, consent_days=365, recorded_by=people.ANNA, agreed=people.AGREED
        )
        photo = Photo("1.jpg", people.photo_face(name), None)
        now = utc_now() - timedelta(days=days_ago)
        return self.write(
            lambda session: enrolment.enrol(
                session, self.estate_id, new, [photo], people.ENGINE, now, allow_duplicate=True
            )
        ).resident_id

    def seen(
        self, resident_id: int, hours_ago: float, camera: str = "gate-1", face: str | None = None
    ) -> None:
        at = utc_now() - timedelta(hours=hours_ago)
        snapshot = self._snapshot(face, at) if face else None
        self.write(
            lambda session: people.seen(
                session, self.estate_id, resident_id, at, camera=camera, snapshot=snapshot
            )
        )

    def passed(self, resident_id: int, life: Life, days: int) -> None:
        """So many days of a life, as the gaps between its passes; the last one an hour ago."""
        passes = lives.passes(life, days, 1, ZONE)
        later = utc_now() - timedelta(hours=1) - passes[-1].at
        gaps = [
            {
                "estate_id": self.estate_id,
                "resident_id": resident_id,
                "at": after.at + later,
                "length_s": (after.at - before.at).total_seconds(),
                "direction": after.direction,
            }
            for before, after in pairwise(passes)
        ]
        self.write(lambda session: session.execute(insert(GapRow), gaps))

    def unclear(
        self, face: str, hours_ago: float = 0.5, camera: str = "gate-1", reason: str = "between_thresholds"
    ) -> int:
        """A face that gave no answer; returns its id."""
        at = utc_now() - timedelta(hours=hours_ago)
        snapshot = self._snapshot(face, at)
        return self.write(
            lambda session: people.unclear(
                session, self.estate_id, at, camera=camera, snapshot=snapshot, reason=reason
            )
        )

    def wellness_alert(self, name: str, flat: str = "3-502", hours: float = 26) -> int:
        """A resident who was last seen that long ago; the tick finds it."""
        resident_id = self.enrol(name, flat)
        self.seen(resident_id, hours)
        now = utc_now()
        self.write(lambda session: ticks.tick(session, self.estate_id, self.runtime.channels, now))
        return next(
            alert.id
            for alert in self.read(lambda session: alerts.listing(session, self.estate_id))
            if alert.resident_id == resident_id
        )

    def visitor_alert(self, face: str = "005m.jpg", camera: str = "gate-1") -> int:
        """A stranger at the gate; returns the alert."""
        now = utc_now()
        snapshot = self._snapshot(face, now)
        rule = VisitRule("夜间访客", frozenset(), ALL_DAY)
        policy = VisitPolicy(timedelta(minutes=30), (rule,), 7, self.runtime.channels)
        begin = now - timedelta(seconds=9)
        visit_id = self.write(
            lambda session: visits.record(
                session, self.estate_id, uuid4().hex, Seen(camera, begin, now, WHY, snapshot), policy, now
            )
        )
        return next(
            alert.id
            for alert in self.read(lambda session: alerts.listing(session, self.estate_id))
            if alert.visit_id == visit_id
        )

    def expect(self, name: str, reason: str = "护理员", *, starts_h: float = -1, ends_h: float = 48) -> int:
        """A pass from and until so many hours from now; returns its id."""
        now = utc_now()
        starts, ends = (now + timedelta(hours=hours) for hours in (starts_h, ends_h))
        new = NewPass(name, reason, starts, ends, consent=True, recorded_by=people.ANNA)
        photo = Photo("1.jpg", people.photo_face(name), None)
        return self.write(
            lambda session: expected_visitors.create(
                session, self.estate_id, new, [photo], people.ENGINE, now
            )
        ).visitor_id

    def arrive(self, visitor_id: int, camera: str = "gate-1") -> None:
        """An expected visitor passes a camera."""
        now = utc_now()
        seen = Seen(camera, now - timedelta(seconds=4), now, WHY)
        policy = self.runtime.visit_policy
        self.write(
            lambda session: visits.record_expected(session, self.estate_id, visitor_id, seen, policy, now)
        )

    def turn_out(self, alert_id: int, who: SubjectKind = SubjectKind.RESIDENT) -> None:
        """The stranger of this alert is recognised."""
        self.write(
            lambda session: alerts.turned_out(
                session, alerts.load(session, self.estate_id, alert_id), who, utc_now()
            )
        )

    def camera_alert(self) -> int:
        """The alert about the camera that is dark."""
        now = utc_now()
        self.write(
            lambda session: cameras.raise_offline_alerts(
                session, self.estate_id, timedelta(minutes=1), self.runtime.channels, now
            )
        )
        return next(
            alert.id
            for alert in self.read(lambda session: alerts.listing(session, self.estate_id))
            if alert.camera == DARK
        )

    def broker_says(self, news: News) -> None:
        """What the watch tells about the sensors' broker."""
        now = utc_now()
        self.write(lambda session: sensor_broker.tell(session, self.estate_id, news, now))

    def no_broker(self) -> None:
        self.write(lambda session: sensor_broker.forget(session, self.estate_id))

    def _snapshot(self, face: str, at: datetime) -> snapshots.Snapshot:
        return snapshots.save(self.runtime.files, portrait(face), scene(portrait(face)), at)

    def _furnish(self, session: Session) -> None:
        now = utc_now()
        estates.register(session, self.runtime.estate, now)
        for name, role in people.ROLES.items():
            people.account(session, self.estate_id, name, role, now)
        for number, slug in enumerate(NAMES):
            self.runtime.files.save_newest(slug, plain((70 + 20 * number, 110, 190 - 15 * number)))
        gone = now - timedelta(hours=3)
        cameras.report(session, self.estate_id, [_report(DARK, CameraState.LIVE, "", gone, gone)], gone)
        cameras.report(
            session, self.estate_id, [_report(DARK, CameraState.UNREACHABLE, "no_answer", gone, gone)], now
        )

    def _work(self) -> None:
        """What the workers do: say every two seconds that the cameras are live."""
        while True:
            self.write(self._all_but_one_live)
            if self._stop.wait(2):
                return

    def _all_but_one_live(self, session: Session) -> None:
        now = utc_now()
        reports = [_report(slug, CameraState.LIVE, "", now, now) for slug in NAMES if slug != DARK]
        cameras.report(session, self.estate_id, reports, now)


def _report(
    slug: str, state: CameraState, reason: str, frame_at: datetime, picture_at: datetime
) -> cameras.Report:
    return cameras.Report(slug, state, reason, frame_at, frame_at, 0.4, 5.0, picture_at)


def _camera_file(port: int) -> str:
    lines = ["estate: {id: heping-li, name: 和平里小区, time_zone: Asia/Shanghai}", "cameras:"]
    lines += [
        f'  - {{id: {slug}, name: "{name}", place: {slug.split("-")[0]}, direction: both,'
        f" main: 'rtsp://127.0.0.1:{port}/{slug}.mp4/play_count_0', position: [0, 0], heading_deg: 0, field_of_view_deg: 80, range_m: 10}}"
        for slug, name in NAMES.items()
    ]
    return "\n".join(lines)
