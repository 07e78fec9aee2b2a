"""A camera of a worker: its reader, its recogniser, and what is looked at when."""

from dataclasses import replace
from datetime import datetime

from monitor.clock import monotonic_s
from monitor.config.cameras import CameraConfig
from monitor.core.budget import Budget
from monitor.core.camera import CameraState
from monitor.core.damage import Condition
from monitor.core.gallery import Gallery
from monitor.services.cameras import Report
from monitor.vision.decoder import Frame
from monitor.workers.camera_reader import CameraHealth, CameraReader, Watched
from monitor.workers.findings import Findings
from monitor.workers.recogniser import Recogniser, Worth

MOST_BEHIND_S = 1.2  # an older picture of who stands there is not worth a look
CRASHES_READER = "crashes_reader"


class WatchedCamera:
    def __init__(self, reader: CameraReader, recogniser: Recogniser) -> None:
        self.reader, self.recogniser = reader, recogniser
        self.left_alone_until: datetime | None = None  # it is not read, because that has ended the worker
        self._oldest_s = 0.0  # the greatest age of a frame since the last report
        self._pictures = self._left_out = 0
        self._counted_at_s = monotonic_s()

    @property
    def config(self) -> CameraConfig:
        return self.reader.camera

    def follow(self, wanted: CameraConfig | None) -> bool:
        """Whether it can go on as it is: another name or place on the plan does not concern who reads it."""
        mine = self.config
        if wanted is None or (mine.id, mine.main, mine.sub, mine.direction) != (
            wanted.id,
            wanted.main,
            wanted.sub,
            wanted.direction,
        ):
            return False
        self.reader.camera = wanted
        return True

    def start(self, left_alone_until: datetime | None) -> None:
        """Read it, unless it is to be left alone; then call this again when that is over."""
        self.left_alone_until = left_alone_until
        if left_alone_until is None:
            self.reader.start()

    def health(self) -> CameraHealth:
        health = self.reader.health()
        if self.left_alone_until is None:
            return health
        return replace(health, state=CameraState.STALLED, reason=CRASHES_READER)

    def look(self, budget: Budget, gallery: Gallery, findings: Findings) -> None:
        """Watch the sub stream, and look at the main stream as far as that is worth it."""
        reader, recogniser = self.reader, self.recogniser
        recogniser.stretch = budget.pause_s(1.0, reader.priority)
        watched = reader.watch(budget)
        if watched is not None and not reader.looking and watched.frame.condition is Condition.WHOLE:
            self._glimpse(watched)
            findings.see(self.config.id, recogniser.persons.values())
        for frame in reader.frames(budget):
            self._look_closely(frame, gallery)
            findings.see(self.config.id, recogniser.persons.values())
        findings.lose(recogniser.left(monotonic_s()))

    def close(self, findings: Findings) -> None:
        """It is read no more."""
        self.reader.stop()
        findings.lose(self.recogniser.close())

    def _glimpse(self, watched: Watched) -> None:
        reader, recogniser, frame = self.reader, self.recogniser, watched.frame
        recogniser.enter(frame.scene, "sub")
        if not watched.moving and not recogniser.persons:
            return
        worth = recogniser.glimpse(frame.bgr(), reader.scale_xy(frame), frame.arrived_s)
        if worth is Worth.CLOSELY:
            reader.look_closely()
        elif worth is Worth.A_PEEK or watched.moving:
            reader.peek()

    def _look_closely(self, frame: Frame, gallery: Gallery) -> None:
        reader, recogniser = self.reader, self.recogniser
        recogniser.enter(frame.scene)
        behind_s = monotonic_s() - frame.arrived_s
        if behind_s > MOST_BEHIND_S or not recogniser.wants(frame.arrived_s):
            return
        seen = recogniser.look(frame.bgr(), frame.arrived_s, gallery)
        if recogniser.worth(frame.arrived_s) is Worth.CLOSELY or (seen and reader.alone):
            reader.look_closely()
        self._oldest_s = max(self._oldest_s, monotonic_s() - frame.arrived_s)

    def report(self) -> Report:
        health, now_s = self.health(), monotonic_s()
        elapsed_s = max(now_s - self._counted_at_s, 1e-3)
        report = Report(
            slug=self.config.id,
            state=health.state,
            reason=health.reason,
            last_frame_at=health.last_frame_at,
            live_since=health.live_since,
            blind_since=health.blind_since,
            frame_age_s=round(self._oldest_s + health.lag_s, 3),
            frames_per_s=round((health.pictures - self._pictures) / elapsed_s, 1),
            left_out_per_s=round((health.left_out - self._left_out) / elapsed_s, 1),
            picture_at=health.wall_picture_at,
        )
        self._oldest_s, self._counted_at_s = 0.0, now_s
        self._pictures, self._left_out = health.pictures, health.left_out
        return report
