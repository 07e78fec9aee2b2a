"""Reads a group of cameras, recognises who passes, and writes sightings and visits. Several of these run side by side.

Writing is level-triggered: what a person's track says is compared with what was written, so that a database that is
locked for a while loses nothing and doubles nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Condition, Event

from sqlalchemy.exc import OperationalError

from monitor.clock import monotonic_s, utc_now
from monitor.config.cameras import CameraConfig
from monitor.core.gallery import Gallery
from monitor.core.identification import IdentificationPolicy, Verdict
from monitor.core.ports import Detector, Embedder
from monitor.core.presence import Steps
from monitor.core.visit import VisitBook
from monitor.heartbeat import Heartbeat
from monitor.services import cameras, enrolment, estate, sightings, snapshots, visits
from monitor.services.cameras import Report
from monitor.services.seen import Seen
from monitor.services.snapshots import Snapshot
from monitor.services.visits import VisitPolicy
from monitor.store.database import Database
from monitor.store.snapshot_files import SnapshotFiles
from monitor.workers.camera_reader import CameraReader
from monitor.workers.recogniser import Person, Recogniser

REPORT_EVERY_S = 2.0
WRITE_EVERY_S = 4.0  # how often a running sighting or visit is extended
IDLE_S = 0.1
# After a restart: how long ago a visit may have been seen, and how long it waits for its stranger.
INTERRUPTED_WITHIN, RESUME_WITHIN_S = timedelta(minutes=2), 60.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class IngestPolicy:
    """What a group of cameras is read with."""

    identification: IdentificationPolicy
    steps: Steps
    visits: VisitPolicy
    snapshot_days: int


@dataclass
class Written:
    """What the database has of a person."""

    camera: str
    row_id: int | None = None
    verdict: Verdict = Verdict.UNDECIDED
    until_s: float = -1.0
    snapshot: Snapshot | None = None
    quality: float = 0.0  # of the picture that was saved


class Ingest:
    """One group of cameras in one process: reader threads, and this one thread that looks at their frames."""

    def __init__(
        self,
        estate_id: str,
        group: Sequence[CameraConfig],
        database: Database,
        files: SnapshotFiles,
        detector: Detector,
        embedder: Embedder,
        policy: IngestPolicy,
    ) -> None:
        self._estate_id, self._database, self._files, self._policy = estate_id, database, files, policy
        self._engine = embedder.name
        self._new_frame = Condition()
        self._cameras = [
            _Watched(
                camera.id,
                CameraReader(camera, self._new_frame, files.save_newest),
                Recogniser(detector, embedder, policy.identification),
            )
            for camera in group
        ]
        self._gallery, self._gallery_version = Gallery.empty(), -1
        self._book = VisitBook(policy.visits.gap)
        self._written: dict[int, Written] = {}
        self._persons: dict[int, Person] = {}  # everybody who is in view or not fully written
        self._gone: set[int] = set()
        self._interrupted: dict[str, int] = {}
        self._resume_until_s = 0.0

    def run(self, stop: Event, heartbeat: Heartbeat) -> None:
        self._resume()
        for camera in self._cameras:
            camera.reader.start()
        next_report_s = 0.0
        while not stop.is_set():
            heartbeat.beat()
            looked = [self._look(camera) for camera in self._cameras]
            self._write_all()
            if monotonic_s() >= next_report_s:
                next_report_s = monotonic_s() + REPORT_EVERY_S
                self._report()
            if not any(looked):
                with self._new_frame:
                    self._new_frame.wait(IDLE_S)
        for camera in self._cameras:
            camera.reader.stop()
        self._gone.update(self._persons)
        self._write_all()

    def _resume(self) -> None:
        slugs = [camera.slug for camera in self._cameras]
        with self._database.reader() as session:
            self._interrupted = visits.interrupted(
                session, self._estate_id, slugs, INTERRUPTED_WITHIN, utc_now()
            )
        self._resume_until_s = monotonic_s() + RESUME_WITHIN_S

    def _look(self, camera: "_Watched") -> bool:
        """Look at the camera's newest frame, if there is one."""
        frame = camera.reader.take()
        now_s = monotonic_s()
        if frame is not None and camera.recogniser.wants(frame.arrived_s):
            for person in camera.recogniser.look(frame.bgr(), frame.arrived_s, self._gallery):
                camera.reader.keep_looking()
                if id(person) not in self._persons:
                    self._persons[id(person)] = person
                    self._written[id(person)] = Written(camera.slug)
            camera.looked_at(frame.arrived_s, monotonic_s())
        self._gone.update(id(person) for person in camera.recogniser.left(now_s))
        return frame is not None

    def _write_all(self) -> None:
        for key, person in list(self._persons.items()):
            try:
                self._write(person, self._written[key], gone=key in self._gone)
            except (OperationalError, OSError) as error:
                logger.warning("a finding cannot be written yet: %s", getattr(error, "orig", error))
                return
            if key in self._gone:
                del self._persons[key], self._written[key]
                self._gone.discard(key)

    def _write(self, person: Person, written: Written, *, gone: bool) -> None:
        found = person.identification
        if found is None or found.verdict is Verdict.UNDECIDED:
            if gone and found is not None and found.shots >= self._policy.identification.min_shots:
                with self._database.writer() as session:
                    sightings.undecided(
                        session,
                        self._estate_id,
                        written.camera,
                        found.explain(self._policy.identification),
                        utc_now(),
                    )
            return
        if written.verdict is not found.verdict:
            written.row_id, written.snapshot, written.until_s = None, None, -1.0
            written.verdict = found.verdict
        last_s = person.track.last_s
        if last_s <= written.until_s or (last_s - written.until_s < WRITE_EVERY_S and not gone):
            return
        self._save_picture(person, written)
        if found.verdict is Verdict.RESIDENT:
            self._write_sighting(person, written)
        else:
            self._write_visit(person, written)
        written.until_s = last_s

    def _write_sighting(self, person: Person, written: Written) -> None:
        found, now = person.identification, utc_now()
        assert found is not None and found.resident_id is not None
        with self._database.writer() as session:
            written.row_id = sightings.record(
                session,
                self._estate_id,
                found.resident_id,
                self._seen(person, written),
                self._policy.snapshot_days,
                self._policy.steps,
                now,
            )

    def _write_visit(self, person: Person, written: Written) -> None:
        now, probe = utc_now(), person.probe()
        if written.row_id is None:
            written.row_id = self._book.find(probe, written.camera, now) or self._taken_up(written.camera)
        with self._database.writer() as session:
            written.row_id = visits.record(
                session,
                self._estate_id,
                written.row_id,
                self._seen(person, written),
                self._policy.visits,
                now,
            )
        self._book.remember(written.row_id, probe, written.camera, now)

    def _seen(self, person: Person, written: Written) -> Seen:
        assert person.identification is not None
        return Seen(
            written.camera,
            _wall(person.track.first_s),
            _wall(person.track.last_s),
            person.identification.explain(self._policy.identification),
            written.snapshot,
        )

    def _taken_up(self, camera: str) -> int | None:
        """The visit that was running here when the process before this one ended."""
        if monotonic_s() > self._resume_until_s:
            return None
        return self._interrupted.pop(camera, None)

    def _save_picture(self, person: Person, written: Written) -> None:
        """The files go before the row; a clearer picture takes the place of the first."""
        best = person.best
        if best is None or best.quality <= written.quality:
            return
        if written.snapshot is None:
            written.snapshot = snapshots.save(self._files, best.face_jpeg, best.scene_jpeg, utc_now())
        else:
            self._files.save(written.snapshot.id, best.face_jpeg, best.scene_jpeg)
        written.quality = best.quality

    def _report(self) -> None:
        try:
            with self._database.writer() as session:
                cameras.report(session, self._estate_id, [c.report() for c in self._cameras], utc_now())
            self._load_gallery()
        except OperationalError as error:
            logger.warning("the database does not take the cameras' reports yet: %s", error.orig)

    def _load_gallery(self) -> None:
        with self._database.reader() as session:
            version = estate.get(session, self._estate_id).gallery_version
            if version != self._gallery_version:
                self._gallery = enrolment.gallery(session, self._estate_id, self._engine, utc_now())
                self._gallery_version = version


class _Watched:
    """A camera, its reader and its recogniser."""

    def __init__(self, slug: str, reader: CameraReader, recogniser: Recogniser) -> None:
        self.slug, self.reader, self.recogniser = slug, reader, recogniser
        self._oldest_s = 0.0  # the greatest age of a frame since the last report
        self._counted, self._counted_at_s = 0, monotonic_s()

    def looked_at(self, arrived_s: float, done_s: float) -> None:
        self._oldest_s = max(self._oldest_s, done_s - arrived_s)

    def report(self) -> Report:
        health, now_s = self.reader.health(), monotonic_s()
        rate = (health.pictures - self._counted) / max(now_s - self._counted_at_s, 1e-3)
        age_s = self._oldest_s + health.lag_s
        self._oldest_s, self._counted, self._counted_at_s = 0.0, health.pictures, now_s
        return Report(
            slug=self.slug,
            state=health.state,
            reason=health.reason,
            last_frame_at=health.last_frame_at,
            live_since=health.live_since,
            frame_age_s=round(age_s, 3),
            frames_per_s=round(rate, 1),
            picture_at=health.wall_picture_at,
        )


def _wall(monotonic: float) -> datetime:
    """The wall time of a monotonic moment of a little while ago."""
    return utc_now() - timedelta(seconds=monotonic_s() - monotonic)
