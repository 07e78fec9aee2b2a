"""What a sensor reports through a broker, which may bring it late, twice, or from long ago."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from monitor.core.sighting import Direction

KEY_LIMIT = 36  # with the sensor's id in front it is the key of evidence
QUIET_S = 5.0


class Refusal(StrEnum):
    """Why a report can never be taken."""

    UNKNOWN_SENSOR = "unknown_sensor"
    NOT_UNDERSTOOD = "not_understood"
    RETAINED = "retained"
    NO_TIME = "no_time"
    FUTURE = "future"
    NOT_WATCHED = "not_watched"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class SensorReport:
    """A sensor noticed its resident."""

    sensor: str
    at: datetime | None = None
    direction: Direction = Direction.BOTH
    note: str = ""
    key: str | None = None

    def happened_at(self, arrived_at: datetime, *, fresh: bool) -> datetime | None:
        """None: nobody knows. A report that may have waited somewhere says nothing about now."""
        if self.at is not None:
            return self.at
        return arrived_at if fresh else None

    def own_key(self) -> str | None:
        """The same for every delivery of one report; None: only its first delivery may be taken."""
        if self.key is not None:
            return f"{self.sensor}/{self.key}"
        if self.at is not None:
            return f"{self.sensor}/{self.at.astimezone(UTC).isoformat()}/{self.direction}"
        return None


class CatchingUp:
    """Whether what a broker brings now may have waited there. Times are monotonic seconds.

    It may from when the broker could hold something back until nothing has come for QUIET_S.
    """

    def __init__(self) -> None:
        self._until_s = float("-inf")

    def begin(self, now_s: float) -> None:
        self._until_s = now_s + QUIET_S

    def may_have_waited(self, now_s: float) -> bool:
        """Of a message that arrives now."""
        if now_s >= self._until_s:
            return False
        self._until_s = now_s + QUIET_S
        return True
