"""From the frames of one camera to who was there: detect, track, embed, decide."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from monitor.core.detection import Detections
from monitor.core.embedding import Embedding
from monitor.core.gallery import Gallery
from monitor.core.identifiability import Look, PassLook
from monitor.core.identification import (
    AWAITED,
    NAMED,
    Evidence,
    Identification,
    IdentificationPolicy,
    Shot,
    Verdict,
)
from monitor.core.ports import Detector, Embedder, Image
from monitor.core.quality import SMALL_PX
from monitor.core.track import Track, Tracker
from monitor.vision.damage import FaceCheck
from monitor.vision.dlib_embedder import face_pictures
from monitor.vision.embedder import align
from monitor.vision.faces import quality_of
from monitor.vision.jpeg import encode, face_crop, shrink
from monitor.vision.landmarks import STREAM_FACE_WIDTHS_PX, FineLandmarks
from monitor.workers.second_opinion import Question, SecondOpinion

LOOK_EVERY_S = 0.15  # how often the main stream is looked at while somebody is undecided
CALM_LOOK_EVERY_S = 0.35  # how often a camera is looked at where nobody is or everybody has been decided
# Faces on the sub stream are rough: from this share of the least width on they are worth a closer look.
ABOUT_SMALL_PX = 0.85 * SMALL_PX
DISBELIEF_S = (
    3.0  # what looks like a face on the sub stream and is none on the main one is no news for this long
)
PATIENCE_S = 8.0  # somebody of whom no good picture comes for this long is looked at now and then only
SHOT_EVERY_S = 0.4  # pictures closer together than this say little new
LOOK_AGAIN_S = (
    2.0  # how often somebody decided is looked at again: a better picture, or a stranger who is none
)
BETTER_BY = 0.08  # how much better a picture must be to replace the one that is kept
SCENE_PX = 960
MOST_AT_ONCE = 4  # faces that are embedded of one frame; the others have their turn with the next


class Worth(IntEnum):
    """What the main stream is worth now."""

    NOTHING = 0
    A_PEEK = 1  # a key frame
    CLOSELY = 2


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
    shot_s: float = float("-inf")  # when the last good picture was taken
    question: Question | None = None  # that the second engine has not answered yet
    doubts: int = 0  # good pictures in a row, since a name was given, that show somebody else
    look: Look = field(
        default_factory=Look
    )  # how well the camera saw them, also when too small for a picture

    @property
    def verdict(self) -> Verdict:
        return self.identification.verdict if self.identification else Verdict.UNDECIDED

    @property
    def named(self) -> bool:
        return self.identification is not None and self.identification.named

    def worth(self, at_s: float) -> Worth:
        """What a closer look is worth now, in which they are in view."""
        if self.track.width_px < ABOUT_SMALL_PX:
            return Worth.NOTHING
        waits = self.verdict is Verdict.UNDECIDED and at_s - max(self.track.first_s, self.shot_s) < PATIENCE_S
        if waits:
            return Worth.CLOSELY
        return Worth.A_PEEK if at_s >= self.next_shot_s else Worth.NOTHING

    def probe(self) -> Embedding:
        return self.evidence.probe()

    def pass_look(self, camera: str, ended_at: datetime) -> PassLook | None:
        """What the camera's verdict counts of this person, once they are gone."""
        return self.look.ended(camera, ended_at, decided=self.verdict is not Verdict.UNDECIDED)

    def decide(self, gallery: Gallery) -> None:
        """A stranger may still turn out to be a resident who came closer; never the other way round."""
        found = self.evidence.decide(gallery)
        if self.verdict is Verdict.UNDECIDED or found.verdict in NAMED:
            self.identification = found

    def is_still(self, shot: Shot, gallery: Gallery) -> bool:
        """Whether a later picture may show whom was named: two people who cross may swap their tracks."""
        policy, found = self.evidence.policy, self.identification
        assert found is not None and found.subject is not None
        if shot.quality < policy.good_quality:
            return True
        limit = found.stranger_below - policy.somebody_else_below
        self.doubts = self.doubts + 1 if gallery.likeness(shot.embedding, found.subject) < limit else 0
        return self.doubts < policy.most_doubts

    def consult(self, second: SecondOpinion, gallery: Gallery) -> None:
        """Ask the second engine when the decision waits for it, and decide once it has answered."""
        if self.question is not None and self.question.heard(self.evidence):
            self.question = None
            self.decide(gallery)
        if self.question is None and self.identification and self.identification.reason == AWAITED:
            if shots := self.evidence.to_ask():
                self.question = second.ask(shots, [s.picture for s in shots if s.picture is not None])


@dataclass
class Recogniser:
    """One camera's persons. Every face of a frame is looked at, not the largest one.

    They are followed on both streams, in pixels of the main one; only the main stream tells who they are.
    """

    detector: Detector
    embedder: Embedder
    policy: IdentificationPolicy
    second: SecondOpinion | None = None
    tracker: Tracker = field(default_factory=Tracker)
    persons: dict[int, Person] = field(default_factory=dict)
    stretch: float = 1.0  # how many times further apart looks are, while the machine cannot keep up
    check: FaceCheck = field(default_factory=FaceCheck)
    glimpse_check: FaceCheck = field(default_factory=FaceCheck)
    scenes: dict[str, int] = field(default_factory=dict)  # by stream
    seen_s: float = float("-inf")  # the time of the last frame
    believed_from_s: float = float("-inf")  # from when a new face on the sub stream is worth a closer look
    cut: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.landmarks = FineLandmarks(self.detector, STREAM_FACE_WIDTHS_PX)

    def enter(self, scene: int, stream: str = "main") -> None:
        """The next frame of the stream is of this scene; nobody is followed from one scene into another."""
        if self.scenes.get(stream, scene) != scene:
            self._end_all()
        self.scenes[stream] = scene

    def _end_all(self) -> None:
        self.cut += [self.persons.pop(track.number) for track in self.tracker.cut()]

    def close(self) -> list[Person]:
        """Everybody has left."""
        self._end_all()
        cut, self.cut = self.cut, []
        return cut

    def wants(self, at_s: float) -> bool:
        """Whether a frame of this moment should be looked at."""
        undecided = any(person.verdict is Verdict.UNDECIDED for person in self.persons.values())
        pause_s = LOOK_EVERY_S if undecided else CALM_LOOK_EVERY_S
        return at_s - self.seen_s >= pause_s * self.stretch

    def glimpse(self, small_bgr: Image, scale_xy: NDArray[np.float32], at_s: float) -> Worth:
        """Follow whom the sub stream shows; returns what the main stream is worth now.

        Where a closer look follows, nothing is noted: the main stream's frames of the time before show more.
        """
        found = self.detector.detect(small_bgr)
        if self.glimpse_check.damaged(small_bgr, found.boxes_xyxy):
            self._end_all()
            return Worth.NOTHING
        found = found.only(self.glimpse_check.fresh(small_bgr, found.boxes_xyxy)).scaled(scale_xy)
        known = self.tracker.matched(found, at_s)
        widths_px = found.boxes_xyxy[:, 2] - found.boxes_xyxy[:, 0]
        near = [n for n in range(len(found)) if widths_px[n] >= ABOUT_SMALL_PX]
        persons = [self.persons[known[n].number] if n in known else None for n in near]
        new = Worth.CLOSELY if at_s >= self.believed_from_s else Worth.A_PEEK
        worth = max((person.worth(at_s) if person else new for person in persons), default=Worth.NOTHING)
        if worth is not Worth.CLOSELY:
            self._follow(found, at_s)
        return worth

    def look(self, image_bgr: Image, at_s: float, gallery: Gallery) -> list[Person]:
        """Take a frame of the main stream; returns the persons seen in it."""
        found = self.detector.detect(image_bgr)
        if self.check.damaged(image_bgr, found.boxes_xyxy):
            # Damage that the decoder did not notice: what follows may be drawn onto another picture.
            self._end_all()
            self.seen_s = at_s
            return []
        found = found.only(self.check.fresh(image_bgr, found.boxes_xyxy))
        seen = self._follow(found, at_s)
        self.believed_from_s = at_s if seen else at_s + DISBELIEF_S
        self._take_shots(image_bgr, found, seen, at_s, gallery)
        if self.second is not None:
            for person in self.persons.values():
                person.consult(self.second, gallery)
        return seen

    def worth(self, at_s: float) -> Worth:
        """What the main stream is worth for those whom the last frame showed."""
        in_view = (person for person in self.persons.values() if person.track.last_s >= self.seen_s)
        return max((person.worth(at_s) for person in in_view), default=Worth.NOTHING)

    def _follow(self, found: Detections, at_s: float) -> list[Person]:
        self.seen_s = at_s
        seen = [self._person(track) for track in self.tracker.update(found, at_s)]
        for person in seen:
            person.look.see(person.track.width_px)
        return seen

    def left(self, at_s: float) -> list[Person]:
        """The persons who are gone, once each."""
        cut, self.cut = self.cut, []
        return cut + [self.persons.pop(track.number) for track in self.tracker.ended(at_s)]

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
        due = sorted(due, key=lambda n: len(seen[n].evidence.shots))[:MOST_AT_ONCE]
        fine = [(n, self.landmarks.find(image_bgr, found.landmarks_xy[n])) for n in due]
        confirmed = {n: points_xy for n, points_xy in fine if points_xy is not None}
        if not confirmed:
            return
        wanted, landmarks = list(confirmed), np.stack(list(confirmed.values()))
        measured = [
            quality_of(found.boxes_xyxy[n], points_xy, aligned)
            for n, points_xy, aligned in zip(wanted, landmarks, align(image_bgr, landmarks), strict=True)
        ]
        for n, quality in zip(wanted, measured, strict=True):
            seen[n].look.measure(quality)
        qualities = [quality.score for quality in measured]
        good = [i for i, score in enumerate(qualities) if score >= self.policy.min_quality]
        for i in good:
            person = seen[wanted[i]]
            _keep_best(person, image_bgr, found.boxes_xyxy[wanted[i]], qualities[i])
            person.shot_s = at_s
            person.next_shot_s = at_s + (
                SHOT_EVERY_S if person.verdict is Verdict.UNDECIDED else LOOK_AGAIN_S
            )
        if not good:
            return
        # The mean of a track is over pictures and mirror images in turn, at the price of one look a picture.
        mirrored = [len(seen[wanted[i]].evidence.shots) % 2 == 1 for i in good]
        embeddings = self.embedder.glance(image_bgr, landmarks[good], mirrored)
        for i, embedding in zip(good, embeddings, strict=True):
            person = seen[wanted[i]]
            picture = face_pictures(image_bgr, landmarks[i : i + 1])[0] if self.second else None
            shot = Shot(embedding, qualities[i], at_s, picture=picture)
            if not person.named:
                person.evidence.add(shot)
                person.decide(gallery)
            elif not person.is_still(shot, gallery):
                self._begin_anew(person)

    def _begin_anew(self, person: Person) -> None:
        """Somebody else goes on under this track: who was named has left, and nothing is known of the other one."""
        self.cut.append(person)
        self.persons[person.track.number] = Person(person.track, Evidence(self.policy))


def _keep_best(person: Person, image_bgr: Image, box_xyxy: NDArray[np.float32], quality: float) -> None:
    if person.best is None or quality >= person.best.quality + BETTER_BY:
        person.best = BestPicture(
            quality, encode(face_crop(image_bgr, box_xyxy)), encode(shrink(image_bgr, SCENE_PX), quality=80)
        )
