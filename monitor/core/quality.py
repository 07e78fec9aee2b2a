"""How much one picture of a face may be trusted."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Flaw(StrEnum):
    """Why a face picture is poor; also the key of the advice shown to people."""

    SMALL = "small"
    BLURRED = "blurred"
    TURNED = "turned"
    DARK = "dark"
    BRIGHT = "bright"


@dataclass(frozen=True)
class Quality:
    score: float  # 0 useless .. 1 good
    flaws: tuple[Flaw, ...]


SMALL_PX, GOOD_PX = (
    32.0,
    80.0,
)  # face width; below the first nothing can be said, above the second size is no limit
NEEDED_PX = 60.0  # what a camera should show: with this width light and sharpness may be middling (docs/recognition.md)
BLURRED, SHARP = 12.0, 90.0  # variance of the Laplacian on the aligned face; measured on the sample estate
DARK, BRIGHT = 35.0, 225.0  # mean luma of the aligned face


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def frontality(landmarks_xy: NDArray[np.float32]) -> float:
    """1 when the nose stands midway between the eyes, 0 when it is level with one of them; from points (5, 2)."""
    right_eye, left_eye, nose = landmarks_xy[0], landmarks_xy[1], landmarks_xy[2]
    across = left_eye - right_eye
    width = float(across @ across)
    if width < 1e-6:
        return 0.0
    position = float((nose - right_eye) @ across) / width
    return max(0.0, 1.0 - 2.0 * abs(position - 0.5))


def assess(
    width_px: float, landmarks_xy: NDArray[np.float32], sharpness: float, brightness: float
) -> Quality:
    """Judge one face: `sharpness` and `brightness` are measured on its aligned 112x112 luma picture."""
    front = frontality(landmarks_xy)
    parts = {
        Flaw.SMALL: _ramp(width_px, SMALL_PX, GOOD_PX),
        Flaw.BLURRED: _ramp(sharpness, BLURRED, SHARP),
        Flaw.TURNED: _ramp(front, 0.2, 0.7),
        Flaw.DARK: _ramp(brightness, DARK - 20, DARK + 20),
        Flaw.BRIGHT: _ramp(-brightness, -BRIGHT - 20, -BRIGHT + 20),
    }
    score = float(np.prod([0.25 + 0.75 * part for part in parts.values()]))
    if min(parts.values()) <= 0.0:
        score = 0.0
    return Quality(score, tuple(flaw for flaw, part in parts.items() if part < 0.5))
