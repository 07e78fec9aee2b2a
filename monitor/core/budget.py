"""What is left out when the machine cannot keep up: looks are made further apart, so that none is ever late."""

from dataclasses import dataclass
from enum import IntEnum

LATE_S = 0.5  # pictures that wait longer than this say that there is too much to do
EASY_S = 0.2
MOST_STRETCH = 8.0
KEYS_ONLY_FROM = 3.0
_UP, _DOWN = 1.25, 0.95


class Priority(IntEnum):
    """Who keeps the rate longest."""

    GATE = 1  # people come in and go out here
    PLACE = 2


@dataclass
class Budget:
    """One worker's. `stretch` 1 leaves nothing out; at 2 a place is looked at half as often, a gate 0.7 times."""

    stretch: float = 1.0

    def heed(self, lag_s: float) -> None:
        """Take how long the picture that waited longest has waited; call it at an even pace."""
        if lag_s > LATE_S:
            self.stretch = min(MOST_STRETCH, self.stretch * _UP)
        elif lag_s < EASY_S:
            self.stretch = max(1.0, self.stretch * _DOWN)

    def pause_s(self, pause_s: float, priority: Priority) -> float:
        """How long to wait between two looks that would be `pause_s` apart with time enough."""
        return float(pause_s * self.stretch ** (0.5 if priority is Priority.GATE else 1.0))

    def keys_only(self, priority: Priority) -> bool:
        """Whether even watching is done by key frames."""
        return self.pause_s(1.0, priority) >= KEYS_ONLY_FROM
