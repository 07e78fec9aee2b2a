"""What was found in a photo, drawn into it."""

from collections.abc import Sequence

import cv2

from monitor.core.detection import Detections
from monitor.core.ports import Image
from monitor.vision.jpeg import encode, shrink

PICTURE_PX = 320
GOOD_COLOUR, BAD_COLOUR = (96, 180, 32), (48, 48, 224)  # BGR: green, red
_EDGE_COLOUR = (255, 255, 255)


def drawn(
    image_bgr: Image, found: Detections, faces: Sequence[int], colour_bgr: tuple[int, int, int]
) -> bytes:
    """The picture as a small JPEG with the boxes and five points of these faces, in any light to be seen."""
    small = shrink(image_bgr, PICTURE_PX).copy()
    scale, line_px = max(small.shape) / max(image_bgr.shape), 2 if max(small.shape) > 200 else 1
    for face in faces:
        left, top, right, bottom = (round(float(x)) for x in found.boxes_xyxy[face] * scale)
        cv2.rectangle(small, (left, top), (right, bottom), _EDGE_COLOUR, line_px + 2, cv2.LINE_AA)
        cv2.rectangle(small, (left, top), (right, bottom), colour_bgr, line_px, cv2.LINE_AA)
        radius = max(line_px, (right - left) // 40)
        for x, y in found.landmarks_xy[face] * scale:
            cv2.circle(small, (round(float(x)), round(float(y))), radius + 1, _EDGE_COLOUR, -1, cv2.LINE_AA)
            cv2.circle(small, (round(float(x)), round(float(y))), radius, colour_bgr, -1, cv2.LINE_AA)
    return encode(small)
