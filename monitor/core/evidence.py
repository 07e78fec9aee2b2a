"""Evidence of life: what says that a resident was alive at a moment, and how much it is believed (W2, W10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.sighting import Direction
from monitor.errors import InvalidInput


class EvidenceSource(StrEnum):
    CAMERA = "camera"  # a firm match on a camera that can identify
    DOUBTFUL = "doubtful"  # a face between the thresholds
    NAMED = "named"  # staff named an unclear face
    SEEN = "seen"  # seen by staff
    PHONED = "phoned"
    VISITED = "visited"
    DOOR_CONTACT = "door_contact"
    WATER_METER = "water_meter"
    GATE_CARD = "gate_card"
    CALL_BUTTON = "call_button"
    OTHER_SENSOR = "other_sensor"


BY_STAFF = frozenset(
    {EvidenceSource.NAMED, EvidenceSource.SEEN, EvidenceSource.PHONED, EvidenceSource.VISITED}
)
# Whoever has a key may open a door and whoever carries the card passes the gate; a tap may drip. Our judgement, not
# measured: staff set each sensor's own weight.
SENSOR_WEIGHT = {
    EvidenceSource.DOOR_CONTACT: 0.7,
    EvidenceSource.WATER_METER: 0.8,
    EvidenceSource.GATE_CARD: 0.6,
    EvidenceSource.CALL_BUTTON: 1.0,
    EvidenceSource.OTHER_SENSOR: 0.5,
}
DOUBTFUL_WEIGHT = 0.3  # the example of formula 6
FULL = 1.0
SAME_DOUBT = timedelta(minutes=10)
FROM_THE_FUTURE = timedelta(minutes=2)  # clocks of sensors differ by a little


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence. Below full weight it moves the clock in part, and never closes anything."""

    at: datetime
    source: EvidenceSource
    weight: float = FULL
    direction: Direction = Direction.BOTH

    @property
    def accepted(self) -> bool:
        return self.weight >= FULL


def require_weight(weight: float) -> float:
    if not 0 < weight <= FULL:
        raise InvalidInput(field="weight", reason="must be more than 0 and at most 1")
    return weight


def require_past(at: datetime, now: datetime, machine_ahead: timedelta = timedelta(0)) -> datetime:
    """Evidence of the future is a clock that is wrong. A moment ahead counts as now.

    By `machine_ahead` the machine's clock is ahead of the scale and not believed yet: senders may go by the same time.
    """
    if at > now + max(machine_ahead, timedelta(0)) + FROM_THE_FUTURE:
        raise InvalidInput(field="at", reason=f"{at.isoformat()} is in the future; set the sender's clock")
    return min(at, now)
