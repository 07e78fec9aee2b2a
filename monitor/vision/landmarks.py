"""The five points of a face, found again around the face itself.

Where the points stand decides how the face is aligned, and alignment is what most wrong likenesses come from. Faces are
first searched in a whole picture made small; here the face alone is looked at in several sizes, at which the detector
errs differently, and the points are averaged. docs/recognition.md says what that gives.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.core.geometry import span_px
from monitor.core.ports import Detector, Image

FACE_WIDTHS_PX = (112, 140, 170, 200)  # for photos: the finest
STREAM_FACE_WIDTHS_PX = (112, 170)  # for frames
_SPANS = 2.2  # how wide a face is
_AROUND = 0.95  # half of the region's side, in face widths
_SAME_FACE = 0.3  # points further than so many spans from the rough ones are another face's


class FineLandmarks:
    def __init__(self, detector: Detector, face_widths_px: tuple[int, ...] = FACE_WIDTHS_PX) -> None:
        self._detector, self._face_widths_px = detector, face_widths_px

    def find(self, image_bgr: Image, rough_xy: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Points (5, 2) near `rough_xy` (5, 2), in pixels of the picture; None when there is no face after all."""
        found = [self._at(image_bgr, rough_xy, width_px) for width_px in self._face_widths_px]
        points = [points_xy for points_xy in found if points_xy is not None]
        return np.asarray(np.mean(points, axis=0), np.float32) if points else None

    def _at(
        self, image_bgr: Image, rough_xy: NDArray[np.float32], width_px: int
    ) -> NDArray[np.float32] | None:
        span = span_px(rough_xy)
        face_px = _SPANS * span
        if face_px < 1.0:
            return None
        corner_xy = rough_xy.mean(axis=0) - _AROUND * face_px
        scale, side_px = width_px / face_px, round(2 * _AROUND * width_px)
        move = np.array([[scale, 0, -corner_xy[0] * scale], [0, scale, -corner_xy[1] * scale]])
        finer = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        region = np.asarray(cv2.warpAffine(image_bgr, move, (side_px, side_px), flags=finer), np.uint8)
        found = self._detector.detect(region)
        if not len(found):
            return None
        points_xy = found.landmarks_xy / np.float32(scale) + corner_xy
        away_px = np.hypot(*np.moveaxis(points_xy - rough_xy, 2, 0)).mean(axis=1)
        nearest = int(np.argmin(away_px))
        return points_xy[nearest] if away_px[nearest] < _SAME_FACE * span else None
