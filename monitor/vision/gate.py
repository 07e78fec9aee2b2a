"""Does anything move? Decides whether a camera is worth decoding at full size."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]  # (height, width), about 160x90


@dataclass(frozen=True)
class Motion:
    moving: bool
    share: float  # 0..1 of the picture that differs from the background
    region_xyxy: tuple[float, float, float, float] | None  # around all of it, 0..1 of width and height
    relit: bool = False  # the light changed at once: look once, because a person may have switched it on


class MotionGate:
    """Compares small gray frames with a background that it learns.

    A pixel that stays different for `absorb_frames` frames in a row becomes background: a person who stands still
    keeps the gate open that long (25 s at 4.5 frames/s), a parked car closes it after that.
    """

    def __init__(
        self,
        absorb_frames: int = 112,
        min_contrast: float = 14.0,
        min_share: float = 0.002,
        relit_share: float = 0.5,
    ) -> None:
        self._absorb_frames, self._min_contrast = absorb_frames, min_contrast
        self._min_share, self._relit_share = min_share, relit_share
        self._background: NDArray[np.float32] | None = None
        self._different_for = np.zeros((0, 0), np.int32)  # frames in a row, per pixel
        self._last_share = 0.0

    def update(self, gray: Gray) -> Motion:
        """Take the next frame. A first frame, or one of another size, is learned as background."""
        frame = cv2.GaussianBlur(gray, (5, 5), 0).astype(np.float32)
        if self._background is None or self._background.shape != frame.shape:
            self._learn(frame)
            return Motion(False, 0.0, None)
        lighter = _median(frame - self._background)
        expected = np.clip(self._background + lighter, 0, 255)
        different = self._blobs(frame - expected)
        share = float(different.mean())
        if share - self._last_share > self._relit_share:
            # Nobody covers half of the picture from one frame to the next.
            self._learn(frame)
            return Motion(False, share, None, relit=True)
        self._last_share = share
        self._adapt(frame, expected, different)
        moving = share >= self._min_share
        return Motion(
            moving, share, _around(different) if moving else None, abs(lighter) > self._min_contrast
        )

    def _learn(self, frame: NDArray[np.float32]) -> None:
        self._background = frame
        self._different_for = np.zeros(frame.shape, np.int32)
        self._last_share = 0.0

    def _blobs(self, difference: NDArray[np.float32]) -> NDArray[np.bool_]:
        """The pixels that differ beyond the sensor's noise, without specks."""
        size = np.abs(difference)
        noise = 1.4826 * _median(size)  # the standard deviation, untouched by what moves
        mask = (size > max(self._min_contrast, 4.0 * noise)).astype(np.uint8)
        opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        return np.asarray(opened, np.bool_)

    def _adapt(
        self, frame: NDArray[np.float32], expected: NDArray[np.float32], different: NDArray[np.bool_]
    ) -> None:
        self._different_for = np.where(different, self._different_for + 1, 0)
        absorbed = self._different_for >= self._absorb_frames
        followed = expected + 0.05 * (frame - expected)  # daylight changes slowly
        self._background = np.where(absorbed, frame, np.where(different, expected, followed))


def _median(values: NDArray[np.float32]) -> float:
    """Of every third pixel in both directions: as good on a smoothed picture, and nine times cheaper."""
    return float(np.median(values[::3, ::3]))


def _around(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )
