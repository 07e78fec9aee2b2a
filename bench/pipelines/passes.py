"""Who passes which camera when: the truth that the pipelines are held against.

A clip is one scene's loop with some passes in it. Many cameras show the same clip, each from a moment of its own; the
time in the loop is the machine's monotonic clock plus the camera's offset, as the RTSP server keeps it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.simulate.people import residents
from monitor.simulate.scene import Scene
from monitor.simulate.site import SPOTS, Spot
from monitor.simulate.view import WIDTH
from monitor.simulate.walker import Stance, Walker

CLEAR_PX = 64.0  # a face from this width on is clear
FAR_PX = 20.0
NEAR_PX = (120.0, 145.0)
LOOP_S = 120.0
IDLE_LOOP_S = 30.0  # where nobody passes a short loop is enough
PASS_S = 9.0  # with two passes a loop, a camera is active for 15 % of the time
ARRIVE = 0.86  # the part of a pass in which somebody comes closer; then they leave at the side
STARTS_S = (18.0, 81.0)  # of the two passes; further apart than what counts as one pass of one person
LATE_S = 5.0  # an event still belongs to a pass so long after it
SEED = 4
# Two gates by day, one at night under infrared light, two halls and a lift.
CAMERAS = ("gate-east-1", "gate-north-2", "gate-east-2", "hall-1-1", "hall-3-1", "lift-2")
WALKERS = tuple(person.key for person in residents()[2:10])


class Passer(Walker):
    """Walks towards the camera at an even pace, does not stop, and leaves at its side."""

    def stance(self, scene: Scene, at_s: float) -> Stance | None:
        if not self.start_s <= at_s < self.end_s:
            return None
        part = (at_s - self.start_s) / (self.end_s - self.start_s)
        far, near = scene.view.distance_m(self.far_face_px), scene.view.distance_m(self.near_face_px)
        way = min(part / ARRIVE, 1.0)
        z = far + (near - far) * way
        if part < ARRIVE:
            return Stance(self.lane_m * (0.4 + 0.6 * way), z, True, True)
        aside = (part - ARRIVE) / (1 - ARRIVE)
        edge = (1 if self.lane_m >= 0 else -1) * (WIDTH / 2 / scene.view.focal_px * z + 0.5)
        return Stance(self.lane_m + (edge - self.lane_m) * aside, z * (1 - 0.05 * aside), True, True)

    def visible_px(self, scene: Scene, at_s: float) -> float:
        """Width of the face, 0 when it is not wholly in the picture."""
        stance, width = self.stance(scene, at_s), self.face_px(scene, at_s)
        if stance is None:
            return 0.0
        middle = WIDTH / 2 + stance.x * scene.view.focal_px / stance.z
        return width if width / 2 <= middle <= WIDTH - width / 2 else 0.0


@dataclass(frozen=True)
class Pass:
    """One person in one clip, in seconds of the loop."""

    key: str  # of the portrait
    start_s: float
    end_s: float
    lane_m: float
    near_px: float
    seed: int

    def walker(self) -> Passer:
        return Passer(self.key, self.start_s, self.end_s, FAR_PX, self.near_px, self.lane_m, self.seed)

    def clear(self, scene: Scene, fps: float) -> tuple[float, float]:
        """The times of the first and the last frame that shows a clear face."""
        walker = self.walker()
        frames = range(int(self.start_s * fps), int(self.end_s * fps) + 1)
        times = [n / fps for n in frames if walker.visible_px(scene, n / fps) >= CLEAR_PX]
        return times[0], times[-1]


@dataclass(frozen=True)
class Clip:
    """One scene's loop."""

    name: str
    spot: Spot
    passes: tuple[Pass, ...]
    loop_s: float


@dataclass(frozen=True)
class Camera:
    """A camera of the measured estate: a clip, shown from a moment of its own."""

    id: str
    clip: Clip
    offset_s: float


@dataclass(frozen=True)
class Shown:
    """A pass as a camera showed it. Times are monotonic seconds."""

    camera: str
    key: str
    start_s: float
    clear_s: float
    unclear_s: float  # the last frame with a clear face
    end_s: float


def clips(idle: bool = False) -> tuple[Clip, ...]:
    """Six scenes; the same people on the same ways every time. Idle: nobody."""
    spots = {spot.camera_id: spot for spot in SPOTS}
    rng, made = np.random.default_rng(SEED), []
    for number, name in enumerate(CAMERAS):
        told = []
        for turn, start_s in enumerate(STARTS_S):
            lasts_s = PASS_S + float(rng.uniform(-0.8, 0.8)) * (1 if turn else -1)
            lane_m = float(rng.uniform(0.1, 0.4)) * (1 if rng.random() < 0.5 else -1)
            at_s = start_s + float(rng.uniform(-8, 8))
            key = WALKERS[(2 * number + turn) % len(WALKERS)]
            near, seed = float(rng.uniform(*NEAR_PX)), int(rng.integers(1, 2**31))
            told.append(Pass(key, at_s, at_s + lasts_s, lane_m, near, seed))
        empty = Clip(name, spots[name], (), IDLE_LOOP_S)
        made.append(empty if idle else Clip(name, spots[name], tuple(told), LOOP_S))
    return tuple(made)


def cameras(count: int, of: Sequence[Clip]) -> tuple[Camera, ...]:
    """So many cameras in turn on the clips, spread evenly over the loop."""
    return tuple(
        Camera(f"{of[n % len(of)].name}-{n + 1:02d}", of[n % len(of)], round(n * of[0].loop_s / count, 3))
        for n in range(count)
    )


def shown(
    estate: Sequence[Camera], clear: dict[str, list[tuple[float, float]]], from_s: float, to_s: float
) -> list[Shown]:
    """The passes whose face became clear between two moments; `clear` has the clear times of each clip's passes."""
    return [one for camera in estate for one in _of(camera, clear[camera.clip.name], from_s, to_s)]


def _of(camera: Camera, clear: Sequence[tuple[float, float]], from_s: float, to_s: float) -> Iterator[Shown]:
    loop_s = camera.clip.loop_s
    for one, (first_s, last_s) in zip(camera.clip.passes, clear, strict=True):
        # The first moment from from_s on at which the loop stands at first_s.
        clear_s = from_s + (first_s - from_s - camera.offset_s) % loop_s
        while clear_s < to_s:
            began_s = clear_s - first_s  # of this round of the loop
            yield Shown(
                camera.id, one.key, began_s + one.start_s, clear_s, began_s + last_s, began_s + one.end_s
            )
            clear_s += loop_s
