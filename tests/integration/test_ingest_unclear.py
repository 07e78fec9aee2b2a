"""What the worker writes of a track that gave no answer, and of one whose sighting staff have rejected."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import people
import pytest
from fakes import ENGINE
from sqlalchemy import select

from models import SightingRow, UnclearFaceRow, VisitRow
from monitor.bootstrap import Runtime
from monitor.clock import monotonic_s, utc_now
from monitor.core.detection import Detections
from monitor.core.embedding import Embeddings
from monitor.core.gallery import Gallery
from monitor.core.identification import Evidence, IdentificationPolicy, Shot
from monitor.core.ports import Image
from monitor.core.subject import Subject
from monitor.core.track import Track
from monitor.services import corrections, unclear_faces
from monitor.workers import black_box, visit_book
from monitor.workers.black_box import BlackBox
from monitor.workers.ingest import Ingest, IngestPolicy
from monitor.workers.recogniser import BestPicture, Person
from monitor.workers.visit_book import VisitBookClient

POLICY = IdentificationPolicy()


class Blindfold:
    """No frame reaches detector and embedder here."""

    name = ENGINE

    def detect(self, image_bgr: Image) -> Detections:
        raise NotImplementedError

    def embed(self, image_bgr: Image, landmarks_xy: np.ndarray) -> Embeddings:
        raise NotImplementedError

    def glance(self, image_bgr: Image, landmarks_xy: np.ndarray, mirrored: Sequence[bool]) -> Embeddings:
        raise NotImplementedError

    def template(self, image_bgr: Image, landmarks_xy: np.ndarray) -> Embeddings:
        raise NotImplementedError


class Worker:
    """An ingest worker into whose view somebody is put."""

    def __init__(self, runtime: Runtime) -> None:
        policy = IngestPolicy(POLICY, runtime.visit_policy, 30, people.RECOGNITION)
        book = VisitBookClient(visit_book.address(runtime.settings.data_dir), policy.visits.gap)
        box = BlackBox(black_box.path(runtime.settings.data_dir, 1), utc_now())
        self.ingest = Ingest(
            runtime.estate.id,
            [],
            runtime.database,
            runtime.files,
            Blindfold(),
            Blindfold(),
            policy,
            book,
            box,
        )

    def see(self, person: Person) -> None:
        self.ingest.findings.see("gate-1", [person])
        self.ingest.findings.write_all()

    def leave(self, person: Person) -> None:
        self.ingest.findings.lose([person])
        self.ingest.findings.write_all()


@pytest.fixture
def worker(runtime: Runtime) -> Worker:
    return Worker(runtime)


def somebody(gallery: Gallery, name: str, shots: int = 4, likeness: float = 1.0) -> Person:
    """A track of `shots` pictures of this person, `likeness` to the enrolled face."""
    box, points = np.array([0, 0, 50, 50], np.float32), np.zeros((5, 2), np.float32)
    begin_s = monotonic_s() - 5
    aside = people.face("nobody")
    aside -= (aside @ people.face(name)) * people.face(name)
    aside /= np.linalg.norm(aside)
    mixed = likeness * people.face(name) + np.sqrt(1 - likeness**2) * aside
    evidence = Evidence(POLICY)
    for number in range(shots):
        evidence.add(Shot(mixed.astype(np.float32), 0.8, begin_s + number))
    track = Track(1, box, points, begin_s, begin_s + shots)
    best = BestPicture(0.8, b"face", b"scene")
    return Person(track, evidence, evidence.decide(gallery), best)


def gallery_of(resident_id: int) -> Gallery:
    return Gallery.of([(Subject.resident(resident_id), people.face(people.ADA))])


def test_a_track_that_stays_undecided_becomes_an_unclear_face_when_it_ends(
    runtime: Runtime, worker: Worker, now: datetime
) -> None:
    person = somebody(gallery_of(1), people.ADA, likeness=0.48)
    worker.see(person)
    with runtime.database.reader() as session:
        assert session.scalars(select(UnclearFaceRow)).all() == []
    worker.leave(person)
    with runtime.database.reader() as session:
        (face,) = unclear_faces.listing(session, runtime.estate.id)
        picture = unclear_faces.picture(session, runtime.files, runtime.estate.id, face.id)
        assert session.scalars(select(SightingRow)).all() == []
        assert session.scalars(select(VisitRow)).all() == []
    assert (face.camera, face.why["reason"], face.why["engine"]) == ("gate-1", "between_thresholds", ENGINE)
    assert picture == b"face"


def test_a_track_with_too_few_pictures_is_nothing(runtime: Runtime, worker: Worker) -> None:
    person = somebody(gallery_of(1), people.ADA, shots=2)
    worker.see(person)
    worker.leave(person)
    with runtime.database.reader() as session:
        assert unclear_faces.listing(session, runtime.estate.id) == []


def test_the_track_of_a_rejected_sighting_writes_no_more(
    runtime: Runtime, worker: Worker, now: datetime
) -> None:
    with runtime.database.writer() as session:
        ada = people.enrol(session, runtime.estate.id, people.ADA, now)
    person = somebody(gallery_of(ada), people.ADA)
    worker.see(person)
    with runtime.database.reader() as session:
        (row,) = session.scalars(select(SightingRow)).all()
        assert row.why["engine"] == ENGINE
    with runtime.database.writer() as session:
        corrections.reject(session, runtime.estate.id, row.id, "", people.SAM, 7, now)
    person.track.last_s += 60
    worker.see(person)
    person.track.last_s += 60
    worker.leave(person)
    with runtime.database.reader() as session:
        (after,) = session.scalars(select(SightingRow)).all()
    assert (after.id, after.ended_at) == (row.id, row.ended_at)
    assert after.rejected_at == now
