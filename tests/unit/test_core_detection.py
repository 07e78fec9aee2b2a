"""Faces of one frame."""

import numpy as np

from monitor.core.detection import Detections


def test_nothing_found_has_the_right_shapes() -> None:
    nothing = Detections.none()
    assert len(nothing) == 0
    assert (nothing.boxes_xyxy.shape, nothing.landmarks_xy.shape, nothing.scores.shape) == (
        (0, 4),
        (0, 5, 2),
        (0,),
    )
    assert nothing.boxes_xyxy.dtype == nothing.landmarks_xy.dtype == nothing.scores.dtype == np.float32


def test_the_length_is_the_number_of_faces() -> None:
    assert (
        len(Detections(np.zeros((3, 4), np.float32), np.zeros((3, 5, 2), np.float32), np.ones(3, np.float32)))
        == 3
    )


def test_some_of_the_faces_keep_what_belongs_to_them() -> None:
    scores = np.array([0.9, 0.8, 0.7], np.float32)
    boxes_xyxy = np.repeat(scores[:, None], 4, axis=1)
    found = Detections(boxes_xyxy, np.zeros((3, 5, 2), np.float32), scores).only([2, 0])
    assert found.scores.tolist() == found.boxes_xyxy[:, 1].tolist() == scores[[2, 0]].tolist()
    assert len(found.only([])) == 0


def test_faces_of_a_small_picture_are_told_in_pixels_of_the_large_one() -> None:
    box = np.array([[10, 20, 30, 60]], np.float32)
    points = np.ones((1, 5, 2), np.float32)
    large = Detections(box, points, np.ones(1, np.float32)).scaled(np.array([3, 2], np.float32))
    assert large.boxes_xyxy.tolist() == [[30, 40, 90, 120]]
    assert large.landmarks_xy[0, 0].tolist() == [3, 2]
