"""Traces of damage in the picture itself, where the decoder saw nothing wrong. Judged by monitor.core.damage."""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.core.damage import Marks, is_damaged
from monitor.core.ports import Image

_BLOCK_PX = 16  # H.264 codes and loses pictures in squares of this size
_HALF_PX = 8
_STEP = 18.0  # how much lighter or darker the other side of a torn edge is, at least
_SHARPER = 3.0  # ... and how much steeper the step is than the picture on both sides of it
_OFF_GRID_PX = 4  # where no block ends: what is found there is the picture's own
_CHANCE_PIECES = 2.0
_AROUND = 0.15  # of the face's size on each side
# BGR of what decoders put where nothing came: luma and chroma at their middle, or at zero.
_FILLINGS_BGR = np.array([(130, 130, 130), (128, 128, 128), (0, 135, 0), (0, 154, 0)], np.float64)
_FILLING_WITHIN = 2
_SAME_PLACE_PX = 3
_SCENE_WH = (80, 45)


def marks_of(image_bgr: Image, box_xyxy: NDArray[np.float32]) -> Marks:
    """Measure the surroundings of a face; the box (4,) is in pixels of the whole, undistorted frame."""
    region = _on_grid(image_bgr, box_xyxy)
    if min(region.shape[:2]) < 2 * _BLOCK_PX:
        return Marks(0.0, 0.0)
    luma = np.asarray(cv2.cvtColor(region, cv2.COLOR_BGR2GRAY), np.uint8)
    torn = [_torn(side) for side in (luma, np.ascontiguousarray(luma.T))]
    return Marks(max(torn), _filled(region))


def _on_grid(image_bgr: Image, box_xyxy: NDArray[np.float32]) -> Image:
    """The part around the face, cut where blocks begin."""
    height, width = image_bgr.shape[:2]
    border = _AROUND * (box_xyxy[2:] - box_xyxy[:2])
    left, top = (max(0, int(v) // _BLOCK_PX * _BLOCK_PX) for v in box_xyxy[:2] - border)
    right = min(width, -(-int(box_xyxy[2] + border[0]) // _BLOCK_PX) * _BLOCK_PX)
    bottom = min(height, -(-int(box_xyxy[3] + border[1]) // _BLOCK_PX) * _BLOCK_PX)
    return image_bgr[top:bottom, left:right]


def _torn(luma: NDArray[np.uint8]) -> float:
    """Share of the upright block edges, in pieces of 8 px, that are steps in a smooth picture.

    What is found where no block ends is the picture's own and taken off, and so is what chance makes of few pieces.
    """
    on_grid, off_grid = _steps(luma, 0), _steps(luma, _OFF_GRID_PX)
    surplus = float(on_grid.mean() - off_grid.mean()) if on_grid.size and off_grid.size else 0.0
    return max(0.0, surplus - _CHANCE_PIECES / max(1, on_grid.size))


def _steps(luma: NDArray[np.uint8], offset: int) -> NDArray[np.bool_]:
    """(pieces, edges): which pieces of the edges at `offset` from the grid are torn."""
    begin = _BLOCK_PX + offset - 2
    count = max(0, (luma.shape[1] - begin - 2) // _BLOCK_PX)
    rows = luma.shape[0] // _HALF_PX
    # The two pixels on each side of every edge.
    blocks = luma[: rows * _HALF_PX, begin : begin + count * _BLOCK_PX]
    around = blocks.reshape(rows * _HALF_PX, count, _BLOCK_PX)[..., :4]
    steps = np.abs(np.diff(around.astype(np.int16), axis=2)).reshape(rows, _HALF_PX, count, 3)
    before, step, after = steps.mean(axis=1, dtype=np.float32).transpose(2, 0, 1)
    return np.asarray((step > _STEP) & (step > _SHARPER * np.maximum(before, after)), np.bool_)


def _filled(region_bgr: Image) -> float:
    """Share of the half blocks that have one of the fillings' colours all over."""
    # One pixel of each tells almost always that none is.
    middles = region_bgr[_HALF_PX // 2 :: _HALF_PX, _HALF_PX // 2 :: _HALF_PX]
    share = 0.0
    for filling in _FILLINGS_BGR:
        low, high = filling - _FILLING_WITHIN, filling + _FILLING_WITHIN
        if cv2.countNonZero(cv2.inRange(middles, low, high)):
            alike = cv2.inRange(region_bgr, low, high)
            size_wh = alike.shape[1] // _HALF_PX, alike.shape[0] // _HALF_PX
            blocks = cv2.resize(alike, size_wh, interpolation=cv2.INTER_AREA)
            share = max(share, float((blocks == 255).mean()))
    return share


def scene(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A luma plane (height, width) made so small (45, 80) that only what changes at large is left."""
    step_y, step_x = (
        max(1, size // (2 * small)) for size, small in zip(luma.shape, _SCENE_WH[::-1], strict=True)
    )
    small = cv2.resize(
        np.ascontiguousarray(luma[::step_y, ::step_x]), _SCENE_WH, interpolation=cv2.INTER_AREA
    )
    return np.asarray(small, np.uint8)


class FaceCheck:
    """What of one camera's frames may be looked at. Keeps the faces of the last frame, in memory only."""

    def __init__(self) -> None:
        self._last: list[_Patch] = []

    def damaged(self, image_bgr: Image, boxes_xyxy: NDArray[np.float32]) -> bool:
        """Whether the surroundings of any face (N, 4) bear traces of damage."""
        return any(is_damaged(marks_of(image_bgr, box_xyxy)) for box_xyxy in boxes_xyxy)

    def fresh(self, image_bgr: Image, boxes_xyxy: NDArray[np.float32]) -> list[int]:
        """The faces (indices) that are not, bit for bit, those of the frame before.

        A picture that stands still says nothing new, and a camera that froze with somebody in view must not go on
        saying that they were seen.
        """
        last, self._last = self._last, [_Patch(image_bgr, box_xyxy) for box_xyxy in boxes_xyxy]
        same = [any(before.is_in(image_bgr, now) for before in last) for now in self._last]
        return [n for n, stale in enumerate(same) if not stale]


class _Patch:
    """A copy of one face."""

    def __init__(self, image_bgr: Image, box_xyxy: NDArray[np.float32]) -> None:
        self._place = tuple(max(0, int(v)) for v in box_xyxy)
        self._pixels = self._cut(image_bgr).copy()

    def is_in(self, image_bgr: Image, other: "_Patch") -> bool:
        """Whether the other patch of this image is at the same place and nothing has changed there."""
        moved_px = max(abs(a - b) for a, b in zip(self._place, other._place, strict=True))
        return moved_px <= _SAME_PLACE_PX and np.array_equal(self._cut(image_bgr), self._pixels)

    def _cut(self, image_bgr: Image) -> Image:
        left, top, right, bottom = self._place
        return image_bgr[top:bottom, left:right]
