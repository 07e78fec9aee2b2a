"""Open-set identification: a track's evidence is put to the gallery.

A frame alone never gives a name. Pictures are weighted by quality and averaged, the best resident must be above
the threshold, ahead of the runner-up, and named by most of the single pictures; "unknown" pictures count against.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from monitor.core.embedding import Embedding, unit
from monitor.core.gallery import Gallery


class Verdict(StrEnum):
    RESIDENT = "resident"
    STRANGER = "stranger"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class IdentificationPolicy:
    """What it takes to say something. Scores are cosines."""

    resident_at: float = 0.50
    margin: float = 0.06
    stranger_below: float = 0.46
    min_quality: float = 0.15
    min_shots: int = 3
    min_span_s: float = 0.6
    min_agreement: float = 0.6  # share of the pictures that must name the same resident
    max_shots: int = 12


@dataclass(frozen=True, eq=False)  # compared by identity: arrays have no single truth value
class Shot:
    """One usable picture of a face."""

    embedding: Embedding
    quality: float  # 0..1
    at_s: float  # monotonic


@dataclass(frozen=True)
class Identification:
    verdict: Verdict
    resident_id: int | None  # the best candidate; a name only when the verdict is RESIDENT
    score: float
    margin: float
    shots: int
    agreement: float  # share of the pictures that name the candidate
    reason: str  # text key: what decided

    def explain(self, policy: IdentificationPolicy) -> dict[str, float | int | str]:
        """What is stored beside a sighting or visit, so that it can say why, with the thresholds in force."""
        return {
            "verdict": self.verdict.value,
            "score": round(self.score, 3),
            "margin": round(self.margin, 3),
            "shots": self.shots,
            "agreement": round(self.agreement, 2),
            "reason": self.reason,
            "resident_at": policy.resident_at,
            "stranger_below": policy.stranger_below,
        }


@dataclass
class Evidence:
    """The best pictures of one track."""

    policy: IdentificationPolicy
    shots: list[Shot] = field(default_factory=list)

    def add(self, shot: Shot) -> None:
        """Poor pictures and embeddings that are not numbers are left out; past `max_shots` the worst one goes."""
        if shot.quality < self.policy.min_quality or not np.isfinite(shot.embedding).all():
            return
        self.shots.append(shot)
        if len(self.shots) > self.policy.max_shots:
            self.shots.remove(min(self.shots, key=lambda s: s.quality))

    def probe(self) -> Embedding:
        """The quality-weighted mean of the pictures, unit length. Raises ValueError without a picture."""
        if not self.shots:
            raise ValueError("a probe needs at least one picture")
        weights = np.array([s.quality for s in self.shots], np.float32)
        return unit(weights @ np.stack([s.embedding for s in self.shots]))

    def decide(self, gallery: Gallery) -> Identification:
        policy = self.policy
        if not self.shots:
            return Identification(Verdict.UNDECIDED, None, -1.0, 0.0, 0, 0.0, "no_clear_picture")
        match = gallery.search(self.probe())
        singles = [gallery.search(s.embedding) for s in self.shots]
        agreeing = sum(
            m.resident_id == match.resident_id and m.score >= policy.stranger_below for m in singles
        )
        agreement = agreeing / len(singles)
        verdict, reason = self._judge(match.score, match.margin, agreement)
        resident_id = match.resident_id
        return Identification(
            verdict, resident_id, match.score, match.margin, len(self.shots), agreement, reason
        )

    def _judge(self, score: float, margin: float, agreement: float) -> tuple[Verdict, str]:
        policy = self.policy
        times = [s.at_s for s in self.shots]
        if len(times) < policy.min_shots or max(times) - min(times) < policy.min_span_s:
            return Verdict.UNDECIDED, "too_few_pictures"
        if score < policy.stranger_below:
            return Verdict.STRANGER, "like_nobody_enrolled"
        if score < policy.resident_at:
            return Verdict.UNDECIDED, "between_thresholds"
        if margin < policy.margin:
            return Verdict.UNDECIDED, "two_residents_alike"
        if agreement < policy.min_agreement:
            return Verdict.UNDECIDED, "pictures_disagree"
        return Verdict.RESIDENT, "clear_match"
