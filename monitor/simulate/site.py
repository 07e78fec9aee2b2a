"""The 54 cameras of the sample estate as the renderer sees them. `cameras.yaml` says the rest; a test compares them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a camera looks at."""

    GATE = "gate"
    HALL = "hall"
    LIFT = "lift"
    PATH = "path"
    YARD = "yard"
    GARAGE = "garage"
    PARKING = "parking"
    SHED = "shed"
    PUMP_HOUSE = "pump_house"
    ROOF = "roof"


INDOORS = frozenset({Kind.HALL, Kind.LIFT, Kind.GARAGE})


@dataclass(frozen=True)
class Spot:
    """One simulated camera."""

    camera_id: str
    kind: Kind
    identifies: bool  # people come close enough to be recognised
    night: bool = False  # infrared look: dark, noisy, without colour


def _spots() -> tuple[Spot, ...]:
    gates = ("east-1", "east-2", "east-3", "west-1", "west-2", "west-3", "north-1", "north-2")
    night = {"gate-east-2", "gate-north-1", "path-3", "path-6", "yard-3", "parking-2", "shed-2", "roof-2"}
    halls = tuple(
        f"{building}-{number}" for building in range(1, 9) for number in (1, 2) if number == 1 or building < 5
    )
    rows: list[tuple[str, Kind, bool]] = [
        *((f"gate-{name}", Kind.GATE, True) for name in gates),
        ("gate-east-cars", Kind.GATE, False),
        *((f"hall-{name}", Kind.HALL, True) for name in halls),
        *((f"lift-{building}", Kind.LIFT, True) for building in range(1, 9)),
        ("parcels", Kind.HALL, True),
        ("activity-room", Kind.HALL, True),
        *((f"path-{number}", Kind.PATH, False) for number in range(1, 8)),
        *((f"yard-{number}", Kind.YARD, False) for number in range(1, 5)),
        ("playground", Kind.YARD, False),
        *((f"garage-{number}", Kind.GARAGE, False) for number in range(1, 5)),
        *((f"parking-{number}", Kind.PARKING, False) for number in range(1, 3)),
        *((f"shed-{number}", Kind.SHED, False) for number in range(1, 3)),
        ("pump-house", Kind.PUMP_HOUSE, True),
        *((f"roof-{number}", Kind.ROOF, False) for number in range(1, 3)),
    ]
    night.add("pump-house")
    return tuple(
        Spot(camera_id, kind, identifies, camera_id in night) for camera_id, kind, identifies in rows
    )


SPOTS = _spots()
# Served by a process of its own, so that the sample estate can lose it.
DARK_CAMERA = "hall-8-1"
