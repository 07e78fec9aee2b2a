"""A walk past a camera: which pictures of one person make a good set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_PICTURES = 5
APART_S = 0.5  # pictures closer together say little new
LEAST_QUALITY = 0.3
GOOD = 0.8  # with a full set of such pictures the walk may end early
OTHER_POSE = 0.5  # how much a picture gains when the head is turned otherwise than in those taken already

REASONS = {
    "walk_nobody": "nobody was seen. Walk towards the camera, nearer and slower, and look into it.",
    "walk_two_people": "more than one person was seen. Let this person walk alone.",
    "walk_poor": "the face was too small, blurred, dark or turned away all the time. Go nearer and look into the camera.",
}


@dataclass(frozen=True)
class Glimpse:
    """One usable picture of the person."""

    at_s: float
    quality: float  # 0..1
    turn: (
        float  # where the nose stands between the eyes: -0.5 at the right one, 0 midway, 0.5 at the left one
    )


def turn_of(landmarks_xy: NDArray[np.float32]) -> float:
    """How far the head is turned, from five points (5, 2)."""
    right_eye, left_eye, nose = landmarks_xy[0], landmarks_xy[1], landmarks_xy[2]
    across = left_eye - right_eye
    width = max(float(across @ across), 1e-6)
    return float(np.clip(float((nose - right_eye) @ across) / width - 0.5, -0.5, 0.5))


def choose(glimpses: Sequence[Glimpse]) -> list[int]:
    """The best pictures, apart in time and of different poses where there are some; indexes in order of time."""
    chosen: list[int] = []
    while len(chosen) < MOST_PICTURES:
        free = [n for n, glimpse in enumerate(glimpses) if _apart(glimpse, [glimpses[c] for c in chosen])]
        if not free:
            break
        chosen.append(max(free, key=lambda n: _worth(glimpses[n], [glimpses[c] for c in chosen])))
    return sorted(chosen, key=lambda n: glimpses[n].at_s)


def is_full(glimpses: Sequence[Glimpse]) -> bool:
    """Whether more walking would not make the set much better."""
    chosen = choose(glimpses)
    return len(chosen) == MOST_PICTURES and all(glimpses[n].quality >= GOOD for n in chosen)


def _apart(glimpse: Glimpse, chosen: Sequence[Glimpse]) -> bool:
    return all(abs(glimpse.at_s - other.at_s) >= APART_S for other in chosen)


def _worth(glimpse: Glimpse, chosen: Sequence[Glimpse]) -> float:
    other_pose = min((abs(glimpse.turn - other.turn) for other in chosen), default=0.0)
    return glimpse.quality * (1.0 + OTHER_POSE * other_pose)
