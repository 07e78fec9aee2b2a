"""Reads a group of cameras, recognises who passes, and writes sightings and visits. Several of these run side by side.

Writing is level-triggered: what a person's track says is compared with what was written, so that a database that is
locked for a while loses nothing and doubles nothing.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy.exc import IntegrityError, OperationalError

from monitor.clock import monotonic_s, utc_now
from monitor.config.cameras import CameraConfig
from monitor.core.budget import Budget
from monitor.core.camera import CameraState
from monitor.core.damage import Condition as Picture
from monitor.core.gallery import Gallery
from monitor.core.identification import Identification, IdentificationPolicy, Verdict
from monitor.core.ports import Detector, Embedder
from monitor.core.presence import Steps
from monitor.heartbeat import Heartbeat
from monitor.services import calibration as calibrations
from monitor.services import cameras, enrolment, estate, sightings, snapshots, unclear_faces, visits
from monitor.services.calibration import Recognition
from monitor.services.cameras import Report
from monitor.services.seen import Seen
from monitor.services.snapshots import Snapshot
from monitor.services.visits import VisitPolicy
from monitor.store.database import Database
from monitor.store.snapshot_files import SnapshotFiles
from monitor.vision.decoder import Frame
from monitor.workers.camera_reader import CameraReader, Watched
from monitor.workers.connections import Connections
from monitor.workers.recogniser import Person, Recogniser, Worth
from monitor.workers.second_opinion import SecondOpinion
from monitor.workers.visit_book import VisitBookClient

REPORT_EVERY_S = 2.0
TICK_S = 0.04
BUDGET_EVERY_S = 0.5
CHECK_EVERY_S = 0.25  # how soon a change of a camera's state is told
MOST_BEHIND_S = 1.2  # an older picture of who stands there is not worth a look
WRITE_EVERY_S = 4.0  # how often a running sighting or visit is extended
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
    recognition: Recognition


@dataclass
class Written:
    """What the database has of a person."""

    camera: str
    seen: Seen | None = None  # what was written last
    visit: str | None = None  # the key of a stranger's visit
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
        book: VisitBookClient,
        second: SecondOpinion | None = None,
    ) -> None:
        self._estate_id, self._database, self._files, self._policy = estate_id, database, files, policy
        self._second, self._detector, self._embedder = second, detector, embedder
        self._connections, self._budget = Connections(), Budget()
        self._cameras = [self._watched(camera) for camera in group]
        self._gallery, self._gallery_version = Gallery.empty(), -1
        self._gallery_until: datetime | None = None
        self._book = book
        self._written: dict[int, Written] = {}
        self._persons: dict[int, Person] = {}  # everybody who is in view or not fully written
        self._gone: set[int] = set()
        self._interrupted: dict[str, str] = {}
        self._resume_until_s = self._next_budget_s = self._next_check_s = self._next_report_s = 0.0
        self._reported: list[CameraState] = []

    def run(self, stop: Event, heartbeat: Heartbeat) -> None:
        self._resume()
        self._connections.start()
        for camera in self._cameras:
            camera.reader.start()
        while not stop.is_set():
            began_s = monotonic_s()
            heartbeat.beat()
            self._connections.check()
            self._book.keep_in_step(utc_now())
            self._look_at_all(began_s)
            self._write_all()
            self._report_in_time(began_s)
            stop.wait(max(0.001, TICK_S - (monotonic_s() - began_s)))
        self._connections.stop()
        if self._second is not None:
            self._second.close()
        self._gone.update(self._persons)
        self._write_all()
        self._book.close()

    def _look_at_all(self, now_s: float) -> None:
        for camera in self._cameras:
            self._look(camera)
        if now_s >= self._next_budget_s:
            self._next_budget_s = now_s + BUDGET_EVERY_S
            self._budget.heed(max((camera.reader.waited_s for camera in self._cameras), default=0.0))

    def _watched(self, camera: CameraConfig) -> "_Watched":
        return _Watched(
            camera.id,
            CameraReader(camera, self._connections, self._files),
            Recogniser(self._detector, self._embedder, self._policy.identification, self._second),
        )

    def _resume(self) -> None:
        slugs = [camera.slug for camera in self._cameras]
        with self._database.reader() as session:
            self._interrupted = visits.interrupted(
                session, self._estate_id, slugs, INTERRUPTED_WITHIN, utc_now()
            )
        self._resume_until_s = monotonic_s() + RESUME_WITHIN_S

    def _look(self, camera: "_Watched") -> None:
        """Watch the camera's sub stream, and look at its main stream as far as that is worth it."""
        reader, recogniser = camera.reader, camera.recogniser
        recogniser.stretch = self._budget.pause_s(1.0, reader.priority)
        watched = reader.watch(self._budget)
        if watched is not None and not reader.looking and watched.frame.condition is Picture.WHOLE:
            self._glimpse(camera, watched)
        for frame in reader.frames():
            self._look_closely(camera, frame)
        self._gone.update(id(person) for person in recogniser.left(monotonic_s()))

    def _glimpse(self, camera: "_Watched", watched: Watched) -> None:
        reader, recogniser, frame = camera.reader, camera.recogniser, watched.frame
        recogniser.enter(frame.scene, "sub")
        if not watched.moving and not recogniser.persons:
            return
        worth = recogniser.glimpse(frame.bgr(), reader.scale_xy(frame), frame.arrived_s)
        self._note(camera, recogniser.persons.values())
        if worth is Worth.CLOSELY:
            reader.look_closely()
        elif worth is Worth.A_PEEK or watched.moving:
            reader.peek()

    def _look_closely(self, camera: "_Watched", frame: Frame) -> None:
        reader, recogniser = camera.reader, camera.recogniser
        behind_s = monotonic_s() - frame.arrived_s
        recogniser.enter(frame.scene)
        if behind_s > MOST_BEHIND_S or not recogniser.wants(frame.arrived_s):
            return
        seen = recogniser.look(frame.bgr(), frame.arrived_s, self._gallery)
        self._note(camera, seen)
        if recogniser.worth(frame.arrived_s) is Worth.CLOSELY or (seen and reader.alone):
            reader.look_closely()
        camera.looked_at(frame.arrived_s, monotonic_s())

    def _note(self, camera: "_Watched", persons: Iterable[Person]) -> None:
        for person in persons:
            if id(person) not in self._persons:
                self._persons[id(person)] = person
                self._written[id(person)] = Written(camera.slug)

    def _write_all(self) -> None:
        for key, person in list(self._persons.items()):
            try:
                self._write(person, self._written[key], gone=key in self._gone)
            except IntegrityError as error:
                # Another worker began the same visit at this moment; the next round finds it there.
                logger.info("a finding is written once more: %s", error.orig)
                continue
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
                self._save_picture(person, written)
                self._write_unclear(person, written)
            return
        if written.verdict is not found.verdict:
            self._withdraw(written, found)
            written.seen, written.visit, written.snapshot, written.until_s = None, None, None, -1.0
            written.quality, written.verdict = 0.0, found.verdict
        last_s = person.track.last_s
        if last_s <= written.until_s or (last_s - written.until_s < WRITE_EVERY_S and not gone):
            return
        self._save_picture(person, written)
        if found.verdict is Verdict.RESIDENT:
            self._write_sighting(person, written)
        elif found.verdict is Verdict.EXPECTED:
            self._write_expected(person, written)
        else:
            self._write_visit(person, written)
        written.until_s = last_s

    def _write_sighting(self, person: Person, written: Written) -> None:
        found, now = person.identification, utc_now()
        assert found is not None and found.subject is not None
        seen = self._seen(person, written)
        with self._database.writer() as session:
            sightings.record(
                session,
                self._estate_id,
                found.subject.id,
                seen,
                self._policy.snapshot_days,
                self._policy.steps,
                now,
            )

    def _write_unclear(self, person: Person, written: Written) -> None:
        with self._database.writer() as session:
            unclear_faces.record(
                session,
                self._estate_id,
                self._seen(person, written),
                self._policy.visits.snapshot_days,
                utc_now(),
            )

    def _write_visit(self, person: Person, written: Written) -> None:
        now, seen = utc_now(), self._seen(person, written)
        written.visit = self._book.meet(
            person.probe(), written.camera, now, written.visit, self._interrupted_on(written.camera)
        )
        with self._database.writer() as session:
            visits.record(session, self._estate_id, written.visit, seen, self._policy.visits, now)
        written.seen = seen

    def _write_expected(self, person: Person, written: Written) -> None:
        found, now, seen = person.identification, utc_now(), self._seen(person, written)
        assert found is not None and found.subject is not None
        with self._database.writer() as session:
            held = visits.record_expected(
                session, self._estate_id, found.subject.id, seen, self._policy.visits, now
            )
        if held is None:
            person.identification = None  # the pass has ended meanwhile: who it is is decided anew

    def _withdraw(self, written: Written, found: Identification) -> None:
        """The visit of a stranger who turned out to be somebody enrolled was none."""
        if written.visit is None or written.seen is None or found.subject is None:
            return
        with self._database.writer() as session:
            visits.withdraw(
                session, self._estate_id, written.visit, written.seen, found.subject.kind, utc_now()
            )

    def _seen(self, person: Person, written: Written) -> Seen:
        assert person.identification is not None
        return Seen(
            written.camera,
            written.seen.start if written.seen else _wall(person.track.first_s),
            _wall(person.track.last_s),
            {**person.identification.explain(), "engine": self._policy.recognition.engine},
            written.snapshot,
        )

    def _interrupted_on(self, camera: str) -> str | None:
        """The visit that was running here when the process before this one ended."""
        return self._interrupted.get(camera) if monotonic_s() <= self._resume_until_s else None

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

    def _report_in_time(self, now_s: float) -> None:
        """Every two seconds; a change of state at once."""
        if now_s < self._next_check_s:
            return
        self._next_check_s = now_s + CHECK_EVERY_S
        states = [camera.reader.health().state for camera in self._cameras]
        if now_s >= self._next_report_s or states != self._reported:
            self._reported, self._next_report_s = states, now_s + REPORT_EVERY_S
            self._report()

    def _report(self) -> None:
        try:
            with self._database.writer() as session:
                cameras.report(session, self._estate_id, [c.report() for c in self._cameras], utc_now())
            self._load_gallery()
        except OperationalError as error:
            logger.warning("the database does not take the cameras' reports yet: %s", error.orig)

    def _load_gallery(self) -> None:
        now = utc_now()
        with self._database.reader() as session:
            version = estate.get(session, self._estate_id).gallery_version
            outdated = self._gallery_until is not None and now >= self._gallery_until
            if version != self._gallery_version or outdated:
                self._gallery, calibration = calibrations.gallery(
                    session, self._estate_id, self._policy.recognition, now
                )
                self._gallery_until = enrolment.gallery_changes_at(session, self._estate_id, now)
                self._gallery_version = version
                logger.info("gallery: %s", calibration)


class _Watched:
    """A camera, its reader and its recogniser."""

    def __init__(self, slug: str, reader: CameraReader, recogniser: Recogniser) -> None:
        self.slug, self.reader, self.recogniser = slug, reader, recogniser
        self._oldest_s = 0.0  # the greatest age of a frame since the last report
        self._pictures = self._left_out = 0
        self._counted_at_s = monotonic_s()

    def looked_at(self, arrived_s: float, done_s: float) -> None:
        self._oldest_s = max(self._oldest_s, done_s - arrived_s)

    def report(self) -> Report:
        health, now_s = self.reader.health(), monotonic_s()
        elapsed_s = max(now_s - self._counted_at_s, 1e-3)
        report = Report(
            slug=self.slug,
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


def _wall(monotonic: float) -> datetime:
    """The wall time of a monotonic moment of a little while ago."""
    return utc_now() - timedelta(seconds=monotonic_s() - monotonic)
