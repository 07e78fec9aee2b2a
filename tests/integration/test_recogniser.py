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
from monitor.workers.recogniser import DISBELIEF_S, LOOK_AGAIN_S, PATIENCE_S, Person, Recogniser, Worth

ADA = Subject.resident(1)
GALLERY = Gallery.of([(ADA, people.face(people.ADA)), (Subject.resident(2), people.face(people.BEN))])
SIDE_PX, SUB_PX = 640, 320
SCALE = SIDE_PX / SUB_PX


class Passage:
    """A detector that finds one face in the middle, and an embedder that sees whoever stands there."""

    name = people.ENGINE

    def __init__(self) -> None:
        self.shows: Embedding = people.face(people.ADA)
        self.face_px = 150.0

    def detect(self, image_bgr: Image) -> Detections:
        middle = len(image_bgr) / 2
        shown = {SIDE_PX: self.face_px, SUB_PX: self.face_px / SCALE}
        face_px = shown.get(len(image_bgr), middle / 0.95)
        if not face_px:
            return Detections.none()
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

    def glimpse(self, step_s: float = 0.5) -> Worth:
        """The next picture of the sub stream."""
        self.at_s += step_s
        image = self._noise.integers(60, 200, (SUB_PX, SUB_PX, 3)).astype(np.uint8)
        return self.recogniser.glimpse(image, np.array([SCALE, SCALE], np.float32), self.at_s)

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


def test_a_new_face_on_the_sub_stream_is_worth_a_closer_look_and_is_not_noted_yet(camera: Camera) -> None:
    assert camera.glimpse() is Worth.CLOSELY
    assert camera.recogniser.persons == {}


def test_a_face_too_small_to_identify_is_followed_and_not_looked_at(camera: Camera) -> None:
    camera.passage.face_px = 24.0
    assert camera.glimpse() is Worth.NOTHING
    (person,) = camera.recogniser.persons.values()
    assert person.track.width_px == pytest.approx(24.0)


def test_who_was_named_is_followed_on_the_sub_stream(camera: Camera) -> None:
    named = camera.frames(3)
    for _ in range(6):
        assert camera.glimpse(0.3) is not Worth.CLOSELY
    assert camera.recogniser.left(camera.at_s) == []
    assert named.track.last_s == camera.at_s


def test_who_was_named_is_worth_a_key_frame_now_and_then(camera: Camera) -> None:
    camera.frames(4)
    worth = [camera.glimpse(LOOK_AGAIN_S / 5) for _ in range(7)]
    assert worth[0] is Worth.NOTHING
    assert worth[-1] is Worth.A_PEEK


def test_what_is_no_face_on_the_main_stream_is_no_news_for_a_while(camera: Camera) -> None:
    assert camera.glimpse() is Worth.CLOSELY
    camera.passage.face_px = 0.0
    camera.recogniser.look(np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8), camera.at_s, GALLERY)
    camera.passage.face_px = 150.0
    assert camera.glimpse(DISBELIEF_S / 2) is Worth.A_PEEK
    assert camera.glimpse(DISBELIEF_S) is Worth.CLOSELY


def test_who_gives_no_clear_picture_is_not_looked_at_for_ever(camera: Camera) -> None:
    camera.passage.face_px = 30.0  # nearly large enough
    worth = [camera.glimpse(0.5)]
    (person,) = camera.recogniser._follow(
        camera.passage.detect(np.zeros((SIDE_PX, 1, 3), np.uint8)), camera.at_s
    )
    worth += [person.worth(person.track.first_s + seconds) for seconds in (0.1, 0.3)]
    assert worth == [Worth.CLOSELY] * 3
    person.track.last_s = person.track.first_s + PATIENCE_S
    assert person.worth(person.track.last_s) is Worth.A_PEEK


def test_another_scene_on_either_stream_ends_every_track(camera: Camera) -> None:
    for stream in ("main", "sub"):
        camera.recogniser.enter(1, "main")
        camera.recogniser.enter(2, "sub")
        named = camera.frames(3)
        camera.recogniser.enter(9, stream)
        assert camera.recogniser.left(camera.at_s) == [named]
