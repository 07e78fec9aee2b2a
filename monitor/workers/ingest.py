"""Reads a group of cameras and recognises who passes. Several of these run side by side."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event

from sqlalchemy.exc import OperationalError

from monitor.clock import monotonic_s, utc_now
from monitor.config.cameras import CameraConfig
from monitor.core.budget import Budget
from monitor.core.camera import CameraState
from monitor.core.gallery import Gallery
from monitor.core.ports import Detector, Embedder
from monitor.core.quarantine import quarantined
from monitor.heartbeat import Heartbeat
from monitor.services import calibration as calibrations
from monitor.services import cameras, enrolment, estate
from monitor.services.visits import VisitPolicy
from monitor.store.database import Database
from monitor.store.snapshot_files import SnapshotFiles
from monitor.workers.black_box import BlackBox
from monitor.workers.camera_reader import CameraReader
from monitor.workers.connections import Connections
from monitor.workers.findings import Findings, IngestPolicy
from monitor.workers.recogniser import Recogniser
from monitor.workers.second_opinion import SecondOpinion
from monitor.workers.visit_book import VisitBookClient
from monitor.workers.watched_camera import WatchedCamera

TICK_S = 0.04
BUDGET_EVERY_S = 0.5
CHECK_EVERY_S = 0.25  # how soon a change of a camera's state is told
REPORT_EVERY_S = 2.0
FOLLOW_EVERY_S = 1.0  # how often the camera file is looked at

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Group:
    """What the camera file says for one worker."""

    cameras: tuple[CameraConfig, ...]
    visits: VisitPolicy


class Ingest:
    """One group of cameras in one process: a thread that reads them, and this one that looks at what they show."""

    def __init__(
        self,
        estate_id: str,
        group: Sequence[CameraConfig],
        database: Database,
        files: SnapshotFiles,
        detector: Detector,
        embedder: Embedder,
        policy: IngestPolicy,
        book: VisitBookClient,
        box: BlackBox,
        second: SecondOpinion | None = None,
        changed: Callable[[], Group | None] = lambda: None,
    ) -> None:
        """`changed` gives the group once the camera file says another one."""
        self._estate_id, self._database, self._files = estate_id, database, files
        self._book, self._box = book, box
        self._recognition, self._identification = policy.recognition, policy.identification
        self._detector, self._embedder, self._second = detector, embedder, second
        self.findings = Findings(estate_id, database, files, policy, book)
        self._connections, self._budget = Connections(), Budget()
        self._cameras = [self._watched(camera) for camera in group]
        self._changed, self._coming = changed, None
        self._gallery, self._gallery_version = Gallery.empty(), -1
        self._gallery_until: datetime | None = None
        self._next_budget_s = self._next_check_s = self._next_report_s = self._next_follow_s = 0.0
        self._round_s = 0.0  # how long the last look at all cameras took
        self._reported: list[tuple[CameraState, str]] = []
        self._views_accepted: dict[str, datetime] | None = None

    _coming: Group | None

    def run(self, stop: Event, heartbeat: Heartbeat) -> None:
        self.findings.resume([camera.config.id for camera in self._cameras])
        self._connections.start()
        self._start_cameras(self._cameras)
        while not stop.is_set():
            began_s = monotonic_s()
            heartbeat.beat()
            self._connections.check()
            self._book.keep_in_step(utc_now())
            for camera in self._cameras:
                if camera.left_alone_until is None:
                    self._box.working_on(camera.config.id)
                    camera.look(self._budget, self._gallery, self.findings)
            self._box.between_cameras()
            self.findings.write_all()
            self._now_and_then(began_s)
            self._round_s = monotonic_s() - began_s
            stop.wait(max(0.001, TICK_S - self._round_s))
        self._box.close()
        self._connections.stop()
        if self._second is not None:
            self._second.close()
        self.findings.lose_all()
        self.findings.write_all()
        self._book.close()

    def _now_and_then(self, now_s: float) -> None:
        if now_s >= self._next_budget_s:
            self._next_budget_s = now_s + BUDGET_EVERY_S
            waited_s = [camera.reader.waited_s for camera in self._cameras]
            self._budget.heed(max([*waited_s, self._round_s]))
        if now_s >= self._next_follow_s:
            self._next_follow_s = now_s + FOLLOW_EVERY_S
            self._follow()
            self._try_again()
        if now_s >= self._next_check_s:
            self._next_check_s = now_s + CHECK_EVERY_S
            health = [camera.health() for camera in self._cameras]
            states = [(each.state, each.reason) for each in health]
            if now_s >= self._next_report_s or states != self._reported:
                self._reported, self._next_report_s = states, now_s + REPORT_EVERY_S
                self.report()

    def _watched(self, camera: CameraConfig) -> WatchedCamera:
        return WatchedCamera(
            CameraReader(camera, self._connections, self._files),
            Recogniser(self._detector, self._embedder, self._identification, self._second),
        )

    def _start_cameras(self, some: Sequence[WatchedCamera]) -> None:
        """Read these, but for those that have ended this worker again and again."""
        left_alone = quarantined(self._box.crashes, [camera.config.id for camera in self._cameras], utc_now())
        for camera in some:
            until = left_alone.get(camera.config.id)
            if until is not None and until != camera.left_alone_until:
                logger.error("camera %s crashes its reader; left alone until %s", camera.config.id, until)
            camera.start(until)

    def _try_again(self) -> None:
        """Read the cameras that have been left alone for long enough."""
        now = utc_now()
        due = [c for c in self._cameras if c.left_alone_until is not None and c.left_alone_until <= now]
        if due:
            self._start_cameras(due)

    def _follow(self) -> None:
        """Take over what the camera file says, once the database knows the cameras too."""
        self._coming = self._changed() or self._coming
        if self._coming is None:
            return
        try:
            with self._database.reader() as session:
                known = {camera.slug for camera in cameras.listing(session, self._estate_id)}
        except OperationalError as error:
            logger.warning("the cameras cannot be compared with the database yet: %s", error.orig)
            return
        if known.issuperset(camera.id for camera in self._coming.cameras):
            self._take_over(self._coming)
            self._coming = None

    def _take_over(self, group: Group) -> None:
        """Cameras that are read from the same streams as before are not touched."""
        self.findings.policy = replace(self.findings.policy, visits=group.visits)
        wanted = {camera.id: camera for camera in group.cameras}
        kept = [camera for camera in self._cameras if camera.follow(wanted.get(camera.config.id))]
        for camera in self._cameras:
            if camera not in kept:
                camera.close(self.findings)
        staying = {camera.config.id for camera in kept}
        new = [self._watched(camera) for camera in group.cameras if camera.id not in staying]
        self._box.forgive(camera.config.id for camera in self._cameras if camera not in kept)
        self._cameras = [*kept, *new]
        self._start_cameras([*new, *(camera for camera in kept if camera.left_alone_until is not None)])
        logger.info("cameras: %d kept, %d begun", len(kept), len(new))

    def report(self) -> None:
        """Tell how the cameras are, and learn what has changed: the gallery, and views that staff have accepted."""
        try:
            with self._database.writer() as session:
                reports = [camera.report() for camera in self._cameras]
                cameras.report(session, self._estate_id, reports, utc_now())
                accepted = cameras.views_accepted(session, self._estate_id)
            self._accept_views(accepted)
            self._load_gallery()
        except OperationalError as error:
            logger.warning("the database does not take the cameras' reports yet: %s", error.orig)

    def _accept_views(self, accepted: dict[str, datetime]) -> None:
        before, self._views_accepted = self._views_accepted, accepted
        for camera in self._cameras:
            slug = camera.config.id
            if before is not None and accepted.get(slug) != before.get(slug):
                camera.reader.accept_view()

    def _load_gallery(self) -> None:
        now = utc_now()
        with self._database.reader() as session:
            version = estate.get(session, self._estate_id).gallery_version
            outdated = self._gallery_until is not None and now >= self._gallery_until
            if version != self._gallery_version or outdated:
                self._gallery, calibration = calibrations.gallery(
                    session, self._estate_id, self._recognition, now
                )
                self._gallery_until = enrolment.gallery_changes_at(session, self._estate_id, now)
                self._gallery_version = version
                logger.info("gallery: %s", calibration)
