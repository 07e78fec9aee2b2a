"""What a worker has found is written: sightings, visits, unclear faces, and how well its cameras saw.

Writing is level-triggered: what a person's track says is compared with what was written, so that a database that is
locked for a while loses nothing and doubles nothing.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError, OperationalError

from monitor.clock import monotonic_s, utc_now
from monitor.core.identifiability import PassLook
from monitor.core.identification import NEARLY, Identification, IdentificationPolicy, Verdict
from monitor.core.subject import SubjectKind
from monitor.services import identifiability, sightings, snapshots, unclear_faces, visits
from monitor.services.calibration import Recognition
from monitor.services.seen import Seen
from monitor.services.snapshots import Snapshot
from monitor.services.visits import VisitPolicy
from monitor.store.database import Database
from monitor.store.snapshot_files import SnapshotFiles
from monitor.workers.recogniser import Person
from monitor.workers.visit_book import VisitBookClient

WRITE_EVERY_S = 4.0  # how often a running sighting or visit is extended
# After a restart: how long ago a visit may have been seen, and how long it waits for its stranger.
INTERRUPTED_WITHIN, RESUME_WITHIN_S = timedelta(minutes=2), 60.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class IngestPolicy:
    """What a group of cameras is read with."""

    identification: IdentificationPolicy
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


class Findings:
    """Everybody who is in view of a worker's cameras or not fully written."""

    def __init__(
        self,
        estate_id: str,
        database: Database,
        files: SnapshotFiles,
        policy: IngestPolicy,
        book: VisitBookClient,
    ) -> None:
        self.policy = policy
        self._estate_id, self._database, self._files, self._book = estate_id, database, files, book
        self._persons: dict[int, Person] = {}
        self._written: dict[int, Written] = {}
        self._gone: set[int] = set()
        self._looks: list[PassLook] = []  # not counted yet
        self._interrupted: dict[str, str] = {}
        self._resume_until_s = 0.0

    def resume(self, slugs: Sequence[str]) -> None:
        """Take up the visits that were running on these cameras when the process before this one ended."""
        with self._database.reader() as session:
            self._interrupted = visits.interrupted(
                session, self._estate_id, slugs, INTERRUPTED_WITHIN, utc_now()
            )
        self._resume_until_s = monotonic_s() + RESUME_WITHIN_S

    def see(self, camera: str, persons: Iterable[Person]) -> None:
        for person in persons:
            if id(person) not in self._persons:
                self._persons[id(person)] = person
                self._written[id(person)] = Written(camera)

    def lose(self, persons: Iterable[Person]) -> None:
        """They have left; what is missing is still written."""
        self._gone.update(id(person) for person in persons if id(person) in self._persons)

    def lose_all(self) -> None:
        self._gone.update(self._persons)

    def write_all(self) -> None:
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
                self._count(person, self._written[key])
                del self._persons[key], self._written[key]
                self._gone.discard(key)
        self._write_looks()

    def _count(self, person: Person, written: Written) -> None:
        look = person.pass_look(written.camera, _wall(person.track.last_s))
        if look is not None:
            self._looks.append(look)

    def _write_looks(self) -> None:
        """How well the cameras saw those who have left: what their verdicts are made of."""
        if not self._looks:
            return
        try:
            with self._database.writer() as session:
                identifiability.count(session, self._estate_id, self._looks)
        except (OperationalError, IntegrityError) as error:
            logger.warning("how well cameras saw cannot be counted yet: %s", error.orig)
        else:
            self._looks = []

    def _write(self, person: Person, written: Written, *, gone: bool) -> None:
        found = person.identification
        if found is None or found.verdict is Verdict.UNDECIDED:
            if gone and found is not None and found.shots >= self.policy.identification.min_shots:
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
                self.policy.snapshot_days,
                now,
            )

    def _write_unclear(self, person: Person, written: Written) -> None:
        found = person.identification
        assert found is not None
        with self._database.writer() as session:
            unclear_faces.record(
                session,
                self._estate_id,
                self._seen(person, written),
                self.policy.visits.snapshot_days,
                utc_now(),
                nearly=_nearly(found),
            )

    def _write_visit(self, person: Person, written: Written) -> None:
        now, seen = utc_now(), self._seen(person, written)
        written.visit = self._book.meet(
            person.probe(), written.camera, now, written.visit, self._interrupted_on(written.camera)
        )
        with self._database.writer() as session:
            visits.record(session, self._estate_id, written.visit, seen, self.policy.visits, now)
        written.seen = seen

    def _write_expected(self, person: Person, written: Written) -> None:
        found, now, seen = person.identification, utc_now(), self._seen(person, written)
        assert found is not None and found.subject is not None
        with self._database.writer() as session:
            held = visits.record_expected(
                session, self._estate_id, found.subject.id, seen, self.policy.visits, now
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
            {**person.identification.explain(), "engine": self.policy.recognition.engine},
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


def _nearly(found: Identification) -> int | None:
    """The resident whom a face was nearly enough like, and nobody else."""
    if found.reason != NEARLY or found.subject is None or found.subject.kind is not SubjectKind.RESIDENT:
        return None
    return found.subject.id


def _wall(monotonic: float) -> datetime:
    """The wall time of a monotonic moment of a little while ago."""
    return utc_now() - timedelta(seconds=monotonic_s() - monotonic)
