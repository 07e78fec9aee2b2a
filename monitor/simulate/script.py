"""The story of the sample estate: who passes which camera when. Also the ground truth for tests and measurements.

Every camera shows a loop of LOOP_S seconds, and all loops keep the same time, so that somebody who leaves a hall comes
to the path and then to the gate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.simulate.people import AWAY, UNSEEN, residents
from monitor.simulate.site import SPOTS, Kind, Spot
from monitor.simulate.walker import Walker

LOOP_S = 72.0
SEED = 7
# Strangers who walk in: at night at two gates and the pump house, by day in a hall.
NIGHT_STRANGERS = {"gate-east-2": "026m", "gate-north-1": "070m", "pump-house": "066m"}
DAY_STRANGERS = {"hall-3-1": "052m", "gate-west-1": "069f"}
MOST_AT_ONCE = 3
# So many residents are out in one loop, the watched ones among them: about one camera in ten has somebody in view.
WALKING = 20
_LANES_M = (-0.42, 0.42, 0.0)
_LANES_LIFT_M = (-0.38, 0.4, 0.05)


@dataclass(frozen=True)
class Pass:
    """One person in front of one camera, in seconds of the loop."""

    camera_id: str
    person_key: str
    start_s: float
    end_s: float
    lane: int = 0


@dataclass(frozen=True)
class Story:
    passes: tuple[Pass, ...]
    loop_s: float

    def on(self, camera_id: str) -> tuple[Pass, ...]:
        return tuple(p for p in self.passes if p.camera_id == camera_id)


def story(seed: int = SEED, loop_s: float = LOOP_S) -> Story:
    """The same story for the same seed. UNSEEN and AWAY are in none of it."""
    rng = np.random.default_rng(seed)
    passes: list[Pass] = []
    for camera_id, key in (NIGHT_STRANGERS | DAY_STRANGERS).items():
        start_s = float(rng.uniform(8, loop_s - 24))
        passes.append(Pass(camera_id, key, start_s, start_s + 12))
    out_and_about = [person for person in residents() if person.key not in (UNSEEN, AWAY)][:WALKING]
    for person in out_and_about:
        _walk(person.key, person.flat, rng, loop_s, passes)
    return Story(tuple(sorted(passes, key=lambda p: (p.start_s, p.camera_id))), loop_s)


def walkers(spot: Spot, passes: Sequence[Pass]) -> list[Walker]:
    """The passes of one camera as figures in its scene."""
    lanes = _LANES_LIFT_M if spot.kind is Kind.LIFT else _LANES_M
    drawn = []
    for number, p in enumerate(passes):
        seed = int(np.random.default_rng([SEED, number, *p.camera_id.encode()]).integers(1, 2**31))
        rng = np.random.default_rng(seed)
        far, near = (40.0, rng.uniform(105, 150)) if spot.identifies else (22.0, rng.uniform(36, 48))
        if spot.kind is Kind.LIFT:
            far, near = 50.0, rng.uniform(105, 140)
        # Two abreast keep to the same distance, or the nearer one hides the other.
        if p.lane == 2:
            near *= 0.72
        drawn.append(Walker(p.person_key, p.start_s, p.end_s, far, near, lanes[p.lane], seed))
    return drawn


def _walk(key: str, flat: str, rng: np.random.Generator, loop_s: float, passes: list[Pass]) -> None:
    """One resident's way, camera after camera, with a few seconds between two."""
    for _ in range(40):
        way = _way(flat, rng)
        at_s = float(rng.uniform(0.5, loop_s - 13 * len(way)))
        walk = []
        for camera_id in way:
            lasts_s = float(rng.uniform(7.5, 11))
            lane = _free_lane(camera_id, at_s, at_s + lasts_s, passes)
            if lane is None:
                break
            walk.append(Pass(camera_id, key, at_s, at_s + lasts_s, lane))
            at_s += lasts_s + float(rng.uniform(1, 2))
        if len(walk) == len(way):
            passes.extend(walk)
            return


def _way(flat: str, rng: np.random.Generator) -> list[str]:
    """Cameras from the flat outwards: lift or hall, sometimes a path or the yard, sometimes a gate."""
    building = flat.split("-")[0]
    start = f"lift-{building}" if rng.random() < 0.45 else f"hall-{building}-1"
    between = [spot.camera_id for spot in SPOTS if not spot.identifies]
    gates = [s.camera_id for s in SPOTS if s.kind is Kind.GATE and s.identifies]
    rooms = ["parcels", "activity-room", *(f"hall-{number}-2" for number in range(1, 5))]
    way = [start]
    if rng.random() < 0.3:
        way.append(str(rng.choice(between)))
    if rng.random() < 0.45:
        way.append(str(rng.choice(gates if rng.random() < 0.75 else rooms)))
    return way if rng.random() < 0.6 else way[::-1]


def _free_lane(camera_id: str, start_s: float, end_s: float, passes: Sequence[Pass]) -> int | None:
    """A lane nobody uses at that time; the strangers of the night have their camera to themselves."""
    busy = [p for p in passes if p.camera_id == camera_id and p.start_s < end_s + 1 and start_s < p.end_s + 1]
    if any(p.person_key in NIGHT_STRANGERS.values() for p in busy):
        return None
    free = [lane for lane in range(MOST_AT_ONCE) if lane not in {p.lane for p in busy}]
    return free[0] if free else None
