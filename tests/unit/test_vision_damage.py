"""Traces of damage are found in the picture, and not in clean ones."""

import cv2
import numpy as np
import pytest
from faces import ADA, portrait

from monitor.core.damage import is_damaged
from monitor.core.ports import Image
from monitor.vision.damage import FaceCheck, marks_of, scene

BOX = np.array([140, 100, 340, 390], np.float32)


def face() -> Image:
    return portrait(ADA).copy()


def shifted_blocks(image: Image) -> Image:
    """Every third square shows what belongs elsewhere, as after lost motion vectors."""
    broken = image.copy()
    height, width = (size // 16 * 16 for size in image.shape[:2])
    for number, top in enumerate(range(0, height, 16)):
        for left in range(16 * (number % 3), width, 48):
            broken[top : top + 16, left : left + 16] = image[
                (top + 96) % height : (top + 96) % height + 16,
                (left + 144) % width : (left + 144) % width + 16,
            ]
    return broken


def test_a_clean_portrait_is_whole() -> None:
    assert not is_damaged(marks_of(face(), BOX))


@pytest.mark.parametrize("quality", [15, 40, 90])
def test_a_poorly_compressed_one_is_whole(quality: int) -> None:
    coded = cv2.imencode(".jpg", face(), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    assert marks_of(decoded, BOX).filled == 0.0


def test_shifted_blocks_are_damage() -> None:
    marks = marks_of(shifted_blocks(face()), BOX)
    assert is_damaged(marks) and marks.torn > marks.filled


@pytest.mark.parametrize("colour", [(130, 130, 130), (128, 128, 128), (0, 135, 0)])
def test_what_a_decoder_fills_in_is_damage(colour: tuple[int, int, int]) -> None:
    image = face()
    image[208:288, 160:256] = colour
    assert marks_of(image, BOX).filled > 0.06 and is_damaged(marks_of(image, BOX))


def test_a_box_at_the_border_or_smaller_than_blocks_is_measured_all_the_same() -> None:
    for box in ([-20, -20, 40, 40], [2, 2, 9, 9], [480, 480, 520, 520], [0, 0, 500, 20]):
        marks = marks_of(face(), np.array(box, np.float32))
        assert 0.0 <= marks.torn <= 1.0 and 0.0 <= marks.filled <= 1.0


def test_a_face_that_stays_the_same_to_the_bit_is_not_fresh() -> None:
    check, image, boxes_xyxy = FaceCheck(), face(), np.stack([BOX, BOX - 60])
    assert check.fresh(image, boxes_xyxy) == [0, 1]
    assert check.fresh(image.copy(), boxes_xyxy) == []
    image[380, 330] += 1  # within the first box alone
    assert check.fresh(image, boxes_xyxy + 1) == [0]
    assert check.fresh(image, boxes_xyxy[:0]) == []


def test_a_scene_is_the_same_size_for_every_stream() -> None:
    for size in ((1080, 1920), (360, 640), (96, 128)):
        assert scene(np.zeros(size, np.uint8)).shape == (45, 80)
