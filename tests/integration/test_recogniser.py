"""What becomes of a name once it was given."""

from collections.abc import Sequence

import numpy as np
import people
import pytest

from monitor.core.detection import Detections
from monitor.core.embedding import Embedding, unit
from monitor.core.gallery import Gallery
from monitor.core.identification import IdentificationPolicy, Verdict
from monitor.core.ports import Image
from monitor.core.subject import Subject
from monitor.workers.recogniser import LOOK_AGAIN_S, Person, Recogniser

ADA = Subject.resident(1)
GALLERY = Gallery.of([(ADA, people.face(people.ADA)), (Subject.resident(2), people.face(people.BEN))])
SIDE_PX = 640


class Passage:
    """A detector that finds one face in the middle, and an embedder that sees whoever stands there."""

    name = people.ENGINE

    def __init__(self) -> None:
        self.shows: Embedding = people.face(people.ADA)
        self.face_px = 150.0

    def detect(self, image_bgr: Image) -> Detections:
        middle = len(image_bgr) / 2
        face_px = self.face_px if len(image_bgr) == SIDE_PX else middle / 0.95
        points_xy = middle + face_px * np.array(
            [[-0.22, -0.25], [0.22, -0.25], [0, 0], [-0.2, 0.25], [0.2, 0.25]]
        )
        box_xyxy = [[middle - face_px / 2, middle - face_px / 2, middle + face_px / 2, middle + face_px / 2]]
        return Detections(
            np.array(box_xyxy, np.float32), points_xy[None].astype(np.float32), np.ones(1, np.float32)
        )

    def embed(self, image_bgr: Image, landmarks_xy: np.ndarray) -> np.ndarray:
        return np.tile(self.shows, (len(landmarks_xy), 1))

    template = embed

    def glance(self, image_bgr: Image, landmarks_xy: np.ndarray, mirrored: Sequence[bool]) -> np.ndarray:
        return self.embed(image_bgr, landmarks_xy)


class Camera:
    """Frames of a camera, a second apart, each with its own noise."""

    def __init__(self) -> None:
        self.passage, self.at_s = Passage(), 100.0
        self.recogniser = Recogniser(self.passage, self.passage, IdentificationPolicy())
        self._noise = np.random.default_rng(1)

    def frames(self, count: int, step_s: float = 0.5) -> Person:
        for _ in range(count):
            self.at_s += step_s
            image = self._noise.integers(60, 200, (SIDE_PX, SIDE_PX, 3)).astype(np.uint8)
            (person,) = self.recogniser.look(image, self.at_s, GALLERY)
        return person


@pytest.fixture
def camera() -> Camera:
    return Camera()


def test_a_name_stays_while_the_pictures_may_be_of_the_same_person(camera: Camera) -> None:
    named = camera.frames(3)
    assert named.identification is not None and named.identification.subject == ADA
    camera.passage.shows = unit(0.5 * people.face(people.ADA) + people.face("turned away"))
    assert camera.frames(4, LOOK_AGAIN_S) is named
    assert camera.recogniser.left(camera.at_s) == []


def test_somebody_else_on_the_same_track_does_not_keep_the_name(camera: Camera) -> None:
    named = camera.frames(3)
    camera.passage.shows = people.face(people.CLEO)
    camera.frames(1, LOOK_AGAIN_S)
    camera.frames(1, LOOK_AGAIN_S)
    assert camera.recogniser.left(camera.at_s) == [named]
    other = camera.frames(3)
    assert other is not named
    assert other.verdict is Verdict.STRANGER


def test_one_odd_picture_does_not_end_a_name(camera: Camera) -> None:
    named = camera.frames(3)
    for face in (people.face("odd"), people.face(people.ADA), people.face("odd")):
        camera.passage.shows = face
        assert camera.frames(1, LOOK_AGAIN_S) is named
    assert camera.recogniser.left(camera.at_s) == []
