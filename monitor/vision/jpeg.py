"""Pictures made small."""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.core.ports import Image


def encode(image_bgr: Image, quality: int = 85) -> bytes:
    """JPEG bytes without any metadata. Raises ValueError for an empty picture."""
    if not image_bgr.size:
        raise ValueError("an empty picture cannot be encoded")
    _, encoded = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


def shrink(image_bgr: Image, longest_px: int) -> Image:
    """The picture with its longer side at most `longest_px`; never enlarged."""
    height, width = image_bgr.shape[:2]
    scale = longest_px / max(height, width)
    if scale >= 1.0:
        return image_bgr
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image_bgr, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def face_crop(
    image_bgr: Image, box_xyxy: NDArray[np.float32], margin: float = 0.5, longest_px: int = 256
) -> Image:
    """The face with `margin` times its width and height on each side, as far as the picture goes.

    Raises ValueError when the box lies outside the picture.
    """
    height, width = image_bgr.shape[:2]
    border = margin * (box_xyxy[2:] - box_xyxy[:2])
    left, top = np.clip(np.floor(box_xyxy[:2] - border), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(box_xyxy[2:] + border), 0, (width, height)).astype(int)
    if right <= left or bottom <= top:
        raise ValueError("the box lies outside the picture")
    return shrink(image_bgr[top:bottom, left:right], longest_px)
