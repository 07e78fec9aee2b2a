"""Open-set identification: a track's evidence is put to the gallery.

A frame alone never gives a name. Pictures are weighted by quality and averaged, the best resident must be above
the threshold, ahead of the runner-up, and named by most of the single pictures; "unknown" pictures count against.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from monitor.core.embedding import Embedding, Embeddings, joined, unit
from monitor.core.gallery import Gallery, Match
from monitor.core.ports import Image
from monitor.core.subject import Subject, SubjectKind

TOO_FEW, AWAITED, NEARLY = "too_few_pictures", "second_opinion_awaited", "between_thresholds"


class Verdict(StrEnum):
    RESIDENT = "resident"
    EXPECTED = "expected"  # an expected visitor
    STRANGER = "stranger"
    UNDECIDED = "undecided"


NAMED = frozenset({Verdict.RESIDENT, Verdict.EXPECTED})


@dataclass(frozen=True)
class IdentificationPolicy:
    """What it takes to say something. Scores are cosines; the threshold itself comes with the gallery."""

    margin: float = 0.06
    undecided_below: float = 0.04  # this far below the threshold a face is no stranger yet
    # Strangers' small and blurred faces reach higher, and residents' lower: more is asked of pictures that are poor on
    # average, up to `poor_costs` (docs/recognition.md).
    poor_costs: float = 0.12
    good_on_average: float = 0.5
    min_quality: float = 0.15
    min_shots: int = 3
    min_span_s: float = 0.6
    min_agreement: float = 0.6  # share of the pictures that must name the same resident
    max_shots: int = 12
    doubt: float = 0.10  # this near to the threshold a second engine is asked, where there is one
    second_shots: int = 3  # how many pictures it is asked about
    somebody_else_below: float = (
        0.20  # this far below the stranger's limit a good picture is not of whom was named
    )
    good_quality: float = 0.4
    most_doubts: int = 2  # so many of those in a row end the name


@dataclass(frozen=True, eq=False)  # compared by identity: arrays have no single truth value
class Shot:
    """One usable picture of a face."""

    embedding: Embedding
    quality: float  # 0..1
    at_s: float  # monotonic
    second: Embedding | None = None  # what the second engine made of it, once it was asked
    picture: Image | None = None  # what it would be asked about; only where there is a second engine


@dataclass(frozen=True)
class Identification:
    verdict: Verdict
    subject: Subject | None  # the best candidate; a name only when the verdict is RESIDENT or EXPECTED
    score: float
    margin: float
    shots: int
    agreement: float  # share of the pictures that name the candidate
    reason: str  # text key: what decided
    resident_at: float  # the thresholds that were in force for the candidate
    stranger_below: float

    @property
    def named(self) -> bool:
        return self.verdict in NAMED

    def explain(self) -> dict[str, float | int | str]:
        """What is stored beside a sighting or visit, so that it can say why, with the threshold in force."""
        return {
            "verdict": self.verdict.value,
            "score": round(self.score, 3),
            "margin": round(self.margin, 3),
            "shots": self.shots,
            "agreement": round(self.agreement, 2),
            "reason": self.reason,
            "resident_at": round(self.resident_at, 3),
            "stranger_below": round(self.stranger_below, 3),
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
        """What the pictures so far say. In doubt nothing is said until the second engine has been heard."""
        if not self.shots:
            needed = gallery.thresholds.resident_at
            below = needed - self.policy.undecided_below
            return Identification(
                Verdict.UNDECIDED, None, -1.0, 0.0, 0, 0.0, "no_clear_picture", needed, below
            )
        found = self._put(self.probe(), gallery, gallery)
        doubtful = abs(found.score - found.resident_at) <= self.policy.doubt
        if gallery.in_doubt is None or found.reason == TOO_FEW or not doubtful:
            return found
        seconds = [s.second for s in self.shots if s.second is not None]
        if not seconds:
            return replace(found, verdict=Verdict.UNDECIDED, reason=AWAITED)
        both = joined(self.probe(), unit(np.sum(seconds, axis=0)))
        return self._put(both, gallery.in_doubt, gallery)

    def to_ask(self) -> list[Shot]:
        """The pictures that the second engine should see: the best ones, if none has been seen."""
        if any(s.second is not None for s in self.shots):
            return []
        return sorted(
            [s for s in self.shots if s.picture is not None], key=lambda s: s.quality, reverse=True
        )[: self.policy.second_shots]

    def hear(self, asked: Sequence[Shot], opinions: Embeddings) -> None:
        """Take the second engine's embeddings (N, E) of pictures it was asked about."""
        heard = {id(shot): opinion for shot, opinion in zip(asked, opinions, strict=True)}
        self.shots = [
            replace(s, second=heard[id(s)], picture=None) if id(s) in heard else s for s in self.shots
        ]

    def _put(self, probe: Embedding, gallery: Gallery, singles_to: Gallery) -> Identification:
        """Put a probe to a gallery; the single pictures are put to the first engine's."""
        match = gallery.search(probe)
        threshold = gallery.thresholds.of(match.subject)
        needed, below = threshold + self._poorness(), threshold - self.policy.undecided_below
        at_least = singles_to.thresholds.of(match.subject) - self.policy.undecided_below
        singles = singles_to.nearest(np.stack([s.embedding for s in self.shots]))
        agreeing = sum(subject == match.subject and score >= at_least for subject, score in singles)
        agreement = agreeing / len(self.shots)
        verdict, reason = self._judge(match, needed, below, agreement)
        return Identification(
            verdict,
            match.subject,
            match.score,
            match.margin,
            len(self.shots),
            agreement,
            reason,
            needed,
            below,
        )

    def _poorness(self) -> float:
        """How much more likeness the pictures' quality asks for."""
        mean = float(np.mean([s.quality for s in self.shots]))
        return self.policy.poor_costs * max(0.0, 1.0 - mean / self.policy.good_on_average)

    def _judge(self, match: Match, needed: float, below: float, agreement: float) -> tuple[Verdict, str]:
        policy = self.policy
        times = [s.at_s for s in self.shots]
        if len(times) < policy.min_shots or max(times) - min(times) < policy.min_span_s:
            return Verdict.UNDECIDED, TOO_FEW
        if match.subject is None or match.score < below:
            return Verdict.STRANGER, "like_nobody_enrolled"
        if match.score < needed:
            return Verdict.UNDECIDED, NEARLY
        if match.margin < policy.margin:
            return Verdict.UNDECIDED, "two_people_alike"
        if agreement < policy.min_agreement:
            return Verdict.UNDECIDED, "pictures_disagree"
        return _VERDICT_OF[match.subject.kind], "clear_match"


_VERDICT_OF = {SubjectKind.RESIDENT: Verdict.RESIDENT, SubjectKind.EXPECTED: Verdict.EXPECTED}
