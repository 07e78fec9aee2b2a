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
        self._still = True  # whether _different_for is zero everywhere
        self._last_share = 0.0

    def update(self, gray: Gray) -> Motion:
        """Take the next frame. A first frame, or one of another size, is learned as background."""
        frame = np.asarray(cv2.GaussianBlur(gray, (5, 5), 0), np.uint8)
        if self._background is None or self._background.shape != frame.shape:
            self._learn(frame)
            return Motion(False, 0.0, None)
        lighter = _median(cv2.subtract(frame, self._background, dtype=cv2.CV_32F))
        expected = _lit(self._background, lighter)
        apart = np.asarray(cv2.absdiff(frame.astype(np.float32), expected), np.float32)
        different = self._blobs(apart)
        if different is None:
            return self._at_rest(frame, expected, lighter)
        share = cv2.countNonZero(different) / different.size
        if share - self._last_share > self._relit_share:
            # Nobody covers half of the picture from one frame to the next.
            self._learn(frame)
            return Motion(False, share, None, relit=True)
        self._last_share = share
        self._adapt(frame, expected, different)
        moving = share >= self._min_share
        region = _around(different) if moving else None
        return Motion(moving, share, region, abs(lighter) > self._min_contrast)

    def _learn(self, frame: Gray) -> None:
        self._background = frame.astype(np.float32)
        self._different_for = np.zeros(frame.shape, np.int32)
        self._still, self._last_share = True, 0.0

    def _at_rest(self, frame: Gray, expected: NDArray[np.float32], lighter: float) -> Motion:
        """Almost every frame of almost every camera: nothing differs, so there is little to do."""
        if not self._still:
            self._different_for[:] = 0
            self._still = True
        self._last_share = 0.0
        self._background = _followed(frame, expected)
        return Motion(False, 0.0, None, abs(lighter) > self._min_contrast)

    def _blobs(self, size: NDArray[np.float32]) -> Gray | None:
        """The pixels that differ beyond the sensor's noise, without specks: above zero there. None: there are none."""
        noise = 1.4826 * _median(size)  # the standard deviation, untouched by what moves
        mask = (size > max(self._min_contrast, 4.0 * noise)).view(np.uint8)
        if not cv2.countNonZero(mask):
            return None
        opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _SPECK)
        return np.asarray(opened, np.uint8) if cv2.countNonZero(opened) else None

    def _adapt(self, frame: Gray, expected: NDArray[np.float32], different: Gray) -> None:
        apart = different.view(np.bool_)
        self._different_for = np.where(apart, self._different_for + 1, 0)
        self._still = False
        absorbed = self._different_for >= self._absorb_frames
        followed = np.where(apart, expected, _followed(frame, expected))
        self._background = np.where(absorbed, frame, followed)


_SPECK = np.ones((3, 3), np.uint8)


def _lit(background: NDArray[np.float32], lighter: float) -> NDArray[np.float32]:
    """The background as it would look in the present light."""
    return np.asarray((background + np.float32(lighter)).clip(0, 255), np.float32)


def _followed(frame: Gray, expected: NDArray[np.float32]) -> NDArray[np.float32]:
    """A little nearer to the frame, because daylight changes slowly."""
    followed = expected.copy()
    cv2.accumulateWeighted(frame, followed, 0.05)
    return followed


def _median(values: cv2.typing.MatLike) -> float:
    """Of every third pixel in both directions: as good on a smoothed picture, and nine times cheaper."""
    some = values[::3, ::3].ravel()
    middle = some.size // 2
    return float(np.partition(some, middle)[middle])


def _around(mask: Gray) -> tuple[float, float, float, float]:
    left, top, width, height = cv2.boundingRect(mask)
    rows, columns = mask.shape
    return left / columns, top / rows, (left + width) / columns, (top + height) / rows
