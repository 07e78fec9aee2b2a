"""The points of a face are found again around the face itself."""

import faces
import numpy as np
import pytest

from monitor.core.ports import Image
from monitor.vision.jpeg import shrink
from monitor.vision.landmarks import STREAM_FACE_WIDTHS_PX, FineLandmarks


def portrait() -> Image:
    return shrink(faces.portrait(faces.ADA), 400)


def rough(image: Image) -> np.ndarray:
    return faces.detector().detect(image).landmarks_xy[0]


def eyes_px(points_xy: np.ndarray) -> float:
    return float(np.hypot(*(points_xy[1] - points_xy[0])))


@pytest.mark.parametrize("widths", [STREAM_FACE_WIDTHS_PX, (112, 140, 170, 200)])
def test_points_that_are_off_are_put_right(widths: tuple[int, ...]) -> None:
    image = portrait()
    true, landmarks = rough(image), FineLandmarks(faces.detector(), widths)
    best = landmarks.find(image, true)
    off = true + np.float32(0.08 * eyes_px(true)) * np.array([1, -1], np.float32)
    again = landmarks.find(image, off)
    assert best is not None and again is not None
    assert np.abs(again - best).mean() < 0.25 * np.abs(off - best).mean()


def test_they_are_in_pixels_of_the_whole_picture() -> None:
    image = portrait()
    moved = np.zeros((image.shape[0] + 300, image.shape[1] + 500, 3), np.uint8)
    moved[300:, 500:] = image
    landmarks = FineLandmarks(faces.detector())
    here, there = landmarks.find(image, rough(image)), landmarks.find(moved, rough(moved))
    assert here is not None and there is not None
    assert np.allclose(there - here, [500, 300], atol=3.0)


def test_where_there_is_no_face_nothing_is_found() -> None:
    empty, points = np.full((400, 400, 3), 128, np.uint8), rough(portrait())
    assert FineLandmarks(faces.detector()).find(empty, points) is None
    assert FineLandmarks(faces.detector()).find(empty, np.zeros((5, 2), np.float32)) is None


def test_the_face_beside_it_is_not_taken_for_it() -> None:
    image = portrait()
    beside = rough(image) + np.array([0.9 * eyes_px(rough(image)), 0], np.float32)
    assert FineLandmarks(faces.detector()).find(image, beside) is None
