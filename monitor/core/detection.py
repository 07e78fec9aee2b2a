"""Faces found in one frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Detections:
    """N faces of one frame, in pixels of that frame."""

    boxes_xyxy: NDArray[np.float32]  # (N, 4) left, top, right, bottom
    landmarks_xy: NDArray[np.float32]  # (N, 5, 2) right eye, left eye, nose, right and left mouth corner
    scores: NDArray[np.float32]  # (N,) 0..1

    def __len__(self) -> int:
        return len(self.scores)

    @staticmethod
    def none() -> "Detections":
        return Detections(
            np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32)
        )

    def only(self, which: Sequence[int]) -> "Detections":
        """Those with these indices, in this order."""
        kept = np.array(which, np.intp)
        return Detections(self.boxes_xyxy[kept], self.landmarks_xy[kept], self.scores[kept])

    def scaled(self, by_xy: NDArray[np.float32]) -> "Detections":
        """The same faces in pixels of a picture that is so many times (2,) as wide and as high."""
        return Detections(self.boxes_xyxy * np.tile(by_xy, 2), self.landmarks_xy * by_xy, self.scores)
