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
