"""People who pass an ingest worker that has no cameras: their tracks are put where those of a camera would be."""

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import people

from monitor.bootstrap import Runtime
from monitor.clock import monotonic_s, utc_now
from monitor.core.embedding import Embedding
from monitor.core.identification import Evidence, IdentificationPolicy, Shot
from monitor.core.track import Track
from monitor.workers import black_box, visit_book
from monitor.workers.black_box import BlackBox
from monitor.workers.ingest import Ingest, IngestPolicy
from monitor.workers.recogniser import BestPicture, Person
from monitor.workers.visit_book import VisitBookClient


class FakeEmbedder:
    name = "fake"


def ingest(runtime: Runtime) -> Ingest:
    """A worker without cameras that has read the gallery and looked for the book of visits."""
    policy = IngestPolicy(
        runtime.settings.identification(),
        runtime.visit_policy,
        snapshot_days=30,
        recognition=people.RECOGNITION,
    )
    book = VisitBookClient(visit_book.address(runtime.settings.data_dir), policy.visits.gap)
    nothing = cast(Any, None)
    worker = Ingest(
        runtime.estate.id,
        [],
        runtime.database,
        runtime.files,
        nothing,
        cast(Any, FakeEmbedder()),
        policy,
        book,
        BlackBox(black_box.path(runtime.settings.data_dir, 1), utc_now()),
    )
    worker.report()
    return worker


@dataclass
class Passer:
    """Somebody who stands before a camera of the worker."""

    worker: Ingest
    camera: str = "gate-1"
    person: Person = field(init=False)

    def __post_init__(self) -> None:
        now_s = monotonic_s()
        track = Track(1, np.zeros(4, np.float32), np.zeros((5, 2), np.float32), now_s, now_s)
        self.person = Person(track, Evidence(IdentificationPolicy()))
        self.person.best = BestPicture(0.5, b"face", b"scene")
        self.worker.findings.see(self.camera, [self.person])

    def shows(self, face: Embedding) -> "Passer":
        """As many clear pictures as a track keeps; then the worker writes."""
        self.person.track.last_s += 5
        self.person.evidence.shots.clear()
        for number in range(IdentificationPolicy().max_shots):
            self.person.evidence.add(Shot(face, 0.8, self.person.track.last_s + number))
        self.person.decide(self.worker._gallery)
        self.worker.findings.write_all()
        return self
