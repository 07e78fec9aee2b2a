"""Hours of the day in the estate's time zone."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class DailyWindow:
    """From one time of day to another; past midnight when the end is not after the start. Equal ends: all day."""

    start: time
    end: time

    def holds(self, now: datetime, zone: ZoneInfo) -> bool:
        local = now.astimezone(zone).time()
        if self.start == self.end:
            return True
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end
