"""The proofs of life that are on record for a resident: sightings that count, staff, and wellness checks.

The presence row is what follows from them; with these it can be made again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import CameraRow
from monitor.core.alert import EVIDENCE_OF_LIFE, Outcome
from monitor.store import corrections as queries

STAFF = "staff"


@dataclass(frozen=True)
class Proof:
    at: datetime
    camera: CameraRow | None  # None: staff

    @property
    def camera_id(self) -> int | None:
        return self.camera.id if self.camera else None

    @property
    def by(self) -> str:
        return self.camera.name if self.camera else STAFF


@dataclass(frozen=True)
class Proofs:
    """All of one resident, in order of time."""

    of_life: tuple[Proof, ...]

    @staticmethod
    def of(session: Session, resident_id: int) -> "Proofs":
        closings = queries.closings(session, resident_id)
        # Whoever is known to have died is not watched any more: what came later does not count.
        end = min((at for at, outcome in closings if outcome is Outcome.DECEASED), default=None)
        found = [Proof(at, camera) for at, camera in queries.sightings_that_count(session, resident_id)]
        found += [Proof(said.at, None) for said in queries.staff_evidence(session, resident_id)]
        found += [Proof(at, None) for at, outcome in closings if outcome in EVIDENCE_OF_LIFE]
        # Sightings are deleted after their term; an alert about an older silence still knows when that began.
        older = queries.silence_before_rejections(session, resident_id) if not found else None
        if older is not None:
            found = [Proof(older, None)]
        return Proofs(
            tuple(sorted((p for p in found if end is None or p.at <= end), key=lambda proof: proof.at))
        )

    @property
    def last(self) -> Proof | None:
        return self.of_life[-1] if self.of_life else None

    @property
    def last_seen(self) -> Proof | None:
        return max((p for p in self.of_life if p.camera), key=lambda proof: proof.at, default=None)

    def until(self, moment: datetime) -> "Proofs":
        """What was known before a moment."""
        return Proofs(tuple(proof for proof in self.of_life if proof.at < moment))

    def first_after(self, moment: datetime) -> Proof | None:
        return next((proof for proof in self.of_life if proof.at > moment), None)


def nobody_found_at(session: Session, resident_id: int) -> datetime | None:
    """When staff last looked and could not find out anything."""
    return queries.nobody_found_at(session, resident_id)
