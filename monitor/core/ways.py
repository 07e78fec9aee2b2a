"""A resident's usual ways: the cameras without which nobody could say whether they passed (W4)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ONE_PASS = timedelta(minutes=15)  # from the flat to the gate
LOOKED_BACK = timedelta(days=30)
USUAL_FROM = 0.2  # share of the passes that a usual camera sees at least
PASSES_NEEDED = 5


@dataclass(frozen=True, order=True)
class Seen:
    """One sighting that counts."""

    at: datetime
    camera_id: int


def passes(seen: Sequence[Seen]) -> list[frozenset[int]]:
    """Sightings shortly after one another are one pass: the cameras that saw it, in order of time."""
    found: list[set[int]] = []
    last: datetime | None = None
    for one in sorted(seen):
        if last is None or one.at - last > ONE_PASS:
            found.append(set())
        found[-1].add(one.camera_id)
        last = one.at
    return [frozenset(cameras) for cameras in found]


def usual_ways(seen: Sequence[Seen]) -> frozenset[int] | None:
    """The cameras that see at least one in five of their passes; None when there were too few passes to say."""
    made = passes(seen)
    if len(made) < PASSES_NEEDED:
        return None
    times = Counter(camera for cameras in made for camera in cameras)
    return frozenset(camera for camera, n in times.items() if n >= USUAL_FROM * len(made)) or None
