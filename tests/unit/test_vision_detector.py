"""Faces are found where OpenCV's own YuNet finds them."""

import cv2
import faces
import numpy as np

from monitor.core.detection import Detections
from monitor.core.ports import Image


def opencv_finds(image: Image) -> np.ndarray:
    reference = cv2.FaceDetectorYN.create(
        faces.shipped("face_detection_yunet_2023mar_int8bq.onnx"), "", image.shape[1::-1], 0.7, 0.3
    )
    return reference.detect(image)[1]


def scene() -> Image:
    """960x540 with two people: Ada at (40, 60) 250 px wide, Ben at (600, 200) 120 px wide."""
    image = np.full((540, 960, 3), 90, np.uint8)
    image[60:310, 40:290] = cv2.resize(faces.portrait(faces.ADA), (250, 250), interpolation=cv2.INTER_AREA)
    image[200:320, 600:720] = cv2.resize(faces.portrait(faces.BEN), (120, 120), interpolation=cv2.INTER_AREA)
    return image


def by_column(found: Detections) -> Detections:
    order = np.argsort(found.boxes_xyxy[:, 0])
    return Detections(found.boxes_xyxy[order], found.landmarks_xy[order], found.scores[order])


def test_boxes_points_and_scores_are_those_of_opencv() -> None:
    expected = sorted(opencv_finds(scene()).tolist())
    found = by_column(faces.detector().detect(scene()))
    assert len(found) == len(expected) == 2
    for box, points, score, row in zip(
        found.boxes_xyxy, found.landmarks_xy, found.scores, expected, strict=True
    ):
        assert np.allclose(box, [row[0], row[1], row[0] + row[2], row[1] + row[3]], atol=0.5)
        assert np.allclose(points.ravel(), row[4:14], atol=0.5)
        assert abs(score - row[14]) < 0.01


def test_a_large_picture_gives_boxes_in_its_own_pixels() -> None:
    large = cv2.resize(scene(), (2880, 1620))
    small, found = by_column(faces.detector().detect(scene())), by_column(faces.detector().detect(large))
    assert np.allclose(found.boxes_xyxy / 3, small.boxes_xyxy, atol=2.0)


def test_odd_tiny_and_empty_pictures_have_no_face() -> None:
    for shape in [(1, 1, 3), (7, 33, 3), (0, 0, 3), (301, 517, 3)]:
        found = faces.detector().detect(np.zeros(shape, np.uint8))
        assert (found.boxes_xyxy.shape, found.landmarks_xy.shape) == ((0, 4), (0, 5, 2))
