"""The proofs of life that are on record for a resident: sightings that count, staff, sensors, and wellness checks.

The presence row is what follows from them; with these it can be made again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import CameraRow
from monitor.core.alert import Outcome
from monitor.core.evidence import BY_STAFF, EvidenceSource
from monitor.core.sighting import Direction
from monitor.core.wellness import EVIDENCE_OF_LIFE
from monitor.store import corrections as queries

STAFF = "staff"


@dataclass(frozen=True)
class Proof:
    at: datetime
    by: str  # the camera's name, STAFF, or the kind of sensor
    camera_id: int | None = None
    direction: Direction = Direction.BOTH

    @staticmethod
    def by_camera(at: datetime, camera: CameraRow) -> "Proof":
        return Proof(at, camera.name, camera.id, camera.direction)


@dataclass(frozen=True)
class Proofs:
    """All of one resident, in order of time."""

    of_life: tuple[Proof, ...]

    @staticmethod
    def of(session: Session, resident_id: int) -> "Proofs":
        closings = queries.closings(session, resident_id)
        # Whoever is known to have died is not watched any more: what came later does not count.
        end = min((at for at, outcome in closings if outcome is Outcome.DECEASED), default=None)
        found = [
            Proof.by_camera(at, camera) for at, camera in queries.sightings_that_count(session, resident_id)
        ]
        found += [
            Proof(said.at, by(said.source), direction=said.direction)
            for said in queries.accepted_evidence(session, resident_id)
        ]
        found += [Proof(at, STAFF) for at, outcome in closings if outcome in EVIDENCE_OF_LIFE]
        # Sightings are deleted after their term; an alert about an older silence still knows when that began.
        older = queries.silence_before_rejections(session, resident_id) if not found else None
        if older is not None:
            found = [Proof(older, STAFF)]
        return Proofs(
            tuple(sorted((p for p in found if end is None or p.at <= end), key=lambda proof: proof.at))
        )

    @property
    def last(self) -> Proof | None:
        return self.of_life[-1] if self.of_life else None

    @property
    def last_seen(self) -> Proof | None:
        return max(
            (p for p in self.of_life if p.camera_id is not None), key=lambda proof: proof.at, default=None
        )

    def until(self, moment: datetime) -> "Proofs":
        """What was known before a moment."""
        return Proofs(tuple(proof for proof in self.of_life if proof.at < moment))

    def first_after(self, moment: datetime) -> Proof | None:
        return next((proof for proof in self.of_life if proof.at > moment), None)


def by(source: EvidenceSource) -> str:
    return STAFF if source in BY_STAFF else source.value
