"""A level pinhole camera: where a point of the scene falls in the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1920, 1080
FACE_WIDTH_M = 0.155  # what YuNet's box covers


@dataclass(frozen=True)
class View:
    """World axes in metres: x to the right, y up from the ground, z away from the camera.

    The lens looks level and the picture is its lower part (a shifted lens), so upright things stay upright.
    """

    focal_px: float
    horizon_px: float  # row of the horizon
    height_m: float  # of the camera above the ground

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float32]:
        """(N, 3) metres, z > 0 -> (N, 2) pixels."""
        scale = self.focal_px / points[:, 2]
        x = WIDTH / 2 + points[:, 0] * scale
        y = self.horizon_px + (self.height_m - points[:, 1]) * scale
        return np.stack([x, y], axis=1).astype(np.float32)

    def distance_m(self, face_px: float) -> float:
        """How far somebody stands whose face is this wide in the picture."""
        return self.focal_px * FACE_WIDTH_M / face_px
