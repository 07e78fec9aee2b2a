"""From the frames of one camera to who was there: detect, track, embed, decide."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitor.core.detection import Detections
from monitor.core.embedding import Embedding
from monitor.core.gallery import Gallery
from monitor.core.geometry import iou
from monitor.core.identification import Evidence, Identification, IdentificationPolicy, Shot, Verdict
from monitor.core.ports import Detector, Embedder, Image
from monitor.core.quality import SMALL_PX
from monitor.core.track import Track, Tracker
from monitor.vision.embedder import align
from monitor.vision.faces import quality_of
from monitor.vision.jpeg import encode, face_crop, shrink

CALM_LOOK_EVERY_S = 0.35  # how often a camera is looked at where nobody is or everybody has been decided
SHOT_EVERY_S = 0.4  # pictures closer together than this say little new
AROUND = 0.6  # how much of the face's size is added on each side to find its points again
LOOK_AGAIN_S = (
    2.0  # how often somebody decided is looked at again: a better picture, or a stranger who is none
)
BETTER_BY = 0.08  # how much better a picture must be to replace the one that is kept
SCENE_PX = 960
SAME_FACE_IOU = 0.3


@dataclass(frozen=True)
class BestPicture:
    """The clearest picture of a track."""

    quality: float
    face_jpeg: bytes
    scene_jpeg: bytes


@dataclass
class Person:
    """A track and what is known of who it is. Times are monotonic seconds."""

    track: Track
    evidence: Evidence
    identification: Identification | None = None
    best: BestPicture | None = None
    next_shot_s: float = 0.0

    @property
    def verdict(self) -> Verdict:
        return self.identification.verdict if self.identification else Verdict.UNDECIDED

    def probe(self) -> Embedding:
        return self.evidence.probe()


@dataclass
class Recogniser:
    """One camera's persons. Every face of a frame is looked at, not the largest one."""

    detector: Detector
    embedder: Embedder
    policy: IdentificationPolicy
    tracker: Tracker = field(default_factory=Tracker)
    persons: dict[int, Person] = field(default_factory=dict)
    next_look_s: float = 0.0

    def wants(self, at_s: float) -> bool:
        """Whether a frame of this moment should be looked at."""
        undecided = any(person.verdict is Verdict.UNDECIDED for person in self.persons.values())
        return undecided or at_s >= self.next_look_s

    def look(self, image_bgr: Image, at_s: float, gallery: Gallery) -> list[Person]:
        """Take a frame; returns the persons seen in it."""
        self.next_look_s = at_s + CALM_LOOK_EVERY_S
        found = self.detector.detect(image_bgr)
        seen = [self._person(track) for track in self.tracker.update(found, at_s)]
        self._take_shots(image_bgr, found, seen, at_s, gallery)
        return seen

    def left(self, at_s: float) -> list[Person]:
        """The persons who are gone, once each."""
        return [self.persons.pop(track.number) for track in self.tracker.ended(at_s)]

    def _person(self, track: Track) -> Person:
        return self.persons.setdefault(track.number, Person(track, Evidence(self.policy)))

    def _take_shots(
        self, image_bgr: Image, found: Detections, seen: list[Person], at_s: float, gallery: Gallery
    ) -> None:
        due = [
            n
            for n, person in enumerate(seen)
            if person.track.width_px >= SMALL_PX and at_s >= person.next_shot_s
        ]
        fine = [(n, self._fine_landmarks(image_bgr, found.boxes_xyxy[n])) for n in due]
        confirmed = {n: points_xy for n, points_xy in fine if points_xy is not None}
        if not confirmed:
            return
        wanted, landmarks = list(confirmed), np.stack(list(confirmed.values()))
        qualities = [
            quality_of(found.boxes_xyxy[n], points_xy, aligned).score
            for n, points_xy, aligned in zip(wanted, landmarks, align(image_bgr, landmarks), strict=True)
        ]
        good = [i for i, quality in enumerate(qualities) if quality >= self.policy.min_quality]
        for i in good:
            person = seen[wanted[i]]
            _keep_best(person, image_bgr, found.boxes_xyxy[wanted[i]], qualities[i])
            person.next_shot_s = at_s + (
                SHOT_EVERY_S if person.verdict is Verdict.UNDECIDED else LOOK_AGAIN_S
            )
        # A name, once given in a pass, stays: there is nothing to embed for.
        open_ = [i for i in good if seen[wanted[i]].verdict is not Verdict.RESIDENT]
        if not open_:
            return
        for i, embedding in zip(open_, self.embedder.embed(image_bgr, landmarks[open_]), strict=True):
            person = seen[wanted[i]]
            person.evidence.add(Shot(embedding, qualities[i], at_s))
            _decide(person, gallery)

    def _fine_landmarks(self, image_bgr: Image, box_xyxy: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """The five points (5, 2) found again at full size, or None when there is no face at a second look.

        Faces are searched in a picture made small. Aligned by points from there, the likeness of a 50 px face is 0.04
        lower in the median than by points found around the face itself (sample estate, 33 faces); and a second look
        confirms every face and none of the backs of heads that the first takes for one (406 and 8).
        """
        border = AROUND * (box_xyxy[2:] - box_xyxy[:2])
        left, top = box_xyxy[:2] - border
        right, bottom = box_xyxy[2:] + border
        found = self.detector.detect_in(image_bgr, (left, top, right, bottom))
        if not len(found):
            return None
        overlap = iou(box_xyxy[None], found.boxes_xyxy)[0]
        best = int(np.argmax(overlap))
        return found.landmarks_xy[best] if overlap[best] >= SAME_FACE_IOU else None


def _decide(person: Person, gallery: Gallery) -> None:
    """A stranger may still turn out to be a resident who came closer; never the other way round."""
    found = person.evidence.decide(gallery)
    if person.verdict is Verdict.UNDECIDED or found.verdict is Verdict.RESIDENT:
        person.identification = found


def _keep_best(person: Person, image_bgr: Image, box_xyxy: NDArray[np.float32], quality: float) -> None:
    if person.best is None or quality >= person.best.quality + BETTER_BY:
        person.best = BestPicture(
            quality, encode(face_crop(image_bgr, box_xyxy)), encode(shrink(image_bgr, SCENE_PX), quality=80)
        )
