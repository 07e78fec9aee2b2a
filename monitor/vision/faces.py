"""What a face picture is worth: measured here, judged by monitor.core.quality."""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.core.geometry import ALIGNED_SIZE_PX, alignment
from monitor.core.ports import Image
from monitor.core.quality import Quality, assess

_LUMA_BGR = np.array([0.114, 0.587, 0.299], np.float32)


def measure(aligned_bgr: Image, enlarged: float = 1.0) -> tuple[float, float]:
    """(sharpness, brightness) of one aligned face (112, 112, 3).

    Sharpness is the variance of the Laplacian of the luma; brightness its mean, 0..255. A face that alignment has
    `enlarged` (1 = as it was, 2 = twice as wide) is first brought back to its own size: enlarging smooths, and a small
    sharp face would be taken for a blurred one. Smallness is judged apart.
    """
    luma = np.rint(aligned_bgr.astype(np.float32) @ _LUMA_BGR).astype(np.uint8)
    brightness = float(luma.mean())
    if enlarged > 1.0:
        size_px = max(8, round(ALIGNED_SIZE_PX / enlarged))
        luma = np.asarray(cv2.resize(luma, (size_px, size_px), interpolation=cv2.INTER_AREA), np.uint8)
    return float(cv2.Laplacian(luma, cv2.CV_32F).var()), brightness


def quality_of(
    box_xyxy: NDArray[np.float32], landmarks_xy: NDArray[np.float32], aligned_bgr: Image
) -> Quality:
    """Judge one face from its box (4,), its points (5, 2) and its aligned picture (112, 112, 3)."""
    enlarged = float(np.hypot(*alignment(landmarks_xy)[0, :2]))
    sharpness, brightness = measure(aligned_bgr, enlarged)
    return assess(float(box_xyxy[2] - box_xyxy[0]), landmarks_xy, sharpness, brightness)
