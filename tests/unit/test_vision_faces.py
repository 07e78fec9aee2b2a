"""A face picture is judged fairly at every size."""

import cv2
import faces
import numpy as np
import pytest

from monitor.core.ports import Image
from monitor.core.quality import Flaw, Quality
from monitor.vision.embedder import align
from monitor.vision.faces import measure, quality_of
from monitor.vision.jpeg import encode, face_crop, shrink


def judged(image: Image) -> Quality:
    found = faces.detector().detect(image)
    points = found.landmarks_xy[0]
    return quality_of(found.boxes_xyxy[0], points, align(image, points[None])[0])


def at_width(face_px: float) -> Image:
    image = faces.portrait(faces.ADA)
    box = faces.detector().detect(image).boxes_xyxy[0]
    scale = face_px / (box[2] - box[0])
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("face_px", [50, 60, 70])
def test_a_sharp_face_as_small_as_on_a_camera_is_usable_and_not_called_blurred(face_px: int) -> None:
    quality = judged(at_width(face_px))
    assert quality.score >= 0.3
    assert Flaw.BLURRED not in quality.flaws


def test_a_blurred_small_face_is_called_blurred() -> None:
    assert Flaw.BLURRED in judged(cv2.GaussianBlur(at_width(60), (0, 0), 3)).flaws


def test_brightness_is_the_mean_luma() -> None:
    assert measure(np.full((112, 112, 3), 77, np.uint8)) == (0.0, 77.0)


def test_a_crop_has_a_margin_stays_inside_and_is_bounded() -> None:
    image = np.zeros((400, 600, 3), np.uint8)
    assert face_crop(image, np.array([200, 100, 260, 180], np.float32)).shape == (160, 120, 3)
    assert face_crop(image, np.array([0, 0, 300, 380], np.float32)).shape[:2] <= (256, 256)
    with pytest.raises(ValueError, match="outside"):
        face_crop(image, np.array([900, 900, 950, 950], np.float32))


def test_pictures_are_made_smaller_but_never_larger() -> None:
    assert shrink(np.zeros((100, 400, 3), np.uint8), 200).shape == (50, 200, 3)
    assert shrink(np.zeros((100, 400, 3), np.uint8), 800).shape == (100, 400, 3)
    assert encode(np.zeros((10, 10, 3), np.uint8)).startswith(b"\xff\xd8")
