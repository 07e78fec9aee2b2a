"""What was seen of a resident over time, as arrays on the ticks of a replay: what learnt rules learn from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from monitor.core.passes import Record
from monitor.core.replay import HOUR, SimulatedClock

Array = np.ndarray[Any, np.dtype[Any]]
AHEAD = timedelta(days=14)  # of the last pass, so that silences after it can be looked at
SLOTS = 48  # half hours of a day


@dataclass(frozen=True)
class History:
    """Hours count from the clock's first tick. `seeable_h` leaves out the time in which nobody could be seen."""

    ticks_h: Array  # (k,) float64
    seeable_h: Array  # (k,) float64: seeable time until each tick
    slots: Array  # (k,) int64: half hour of the local day, 0..47
    days: Array  # (k,) int64: local date, as its ordinal
    passes_h: Array  # (n,) float64: accepted passes
    first: datetime
    tick: timedelta

    @classmethod
    def of(cls, record: Record, clock: SimulatedClock, zone: ZoneInfo) -> "History":
        count = (clock.last + AHEAD - clock.first) // clock.tick
        moments = [clock.first + k * clock.tick for k in range(count)]
        local = [moment.astimezone(zone) for moment in moments]
        ticks_h = np.arange(count) * (clock.tick / HOUR)
        seeable_h = ticks_h.copy()
        for blind in record.blind:
            start, end = ((at - clock.first) / HOUR for at in (blind.start, blind.end))
            seeable_h -= np.clip(ticks_h, start, end) - start
        return cls(
            ticks_h,
            seeable_h - seeable_h[0],
            np.array([2 * at.hour + at.minute // 30 for at in local]),
            np.array([at.toordinal() for at in local]),
            np.array([(one.at - clock.first) / HOUR for one in record.accepted]),
            clock.first,
            clock.tick,
        )

    def hours(self, moment: datetime) -> float:
        return (moment - self.first) / HOUR

    def seeable(self, at_h: Array) -> Array:
        return np.interp(at_h, self.ticks_h, self.seeable_h)

    def learnt(self, since: datetime, window: timedelta) -> tuple[Array, slice]:
        """What lies in the window that ends with a silence's beginning: accepted passes (hours) and ticks."""
        end_h = self.hours(since)
        start_h = end_h - window / HOUR
        first, last = np.searchsorted(self.passes_h, [start_h, end_h], side="right")
        ticks = np.searchsorted(self.ticks_h, [start_h, end_h], side="right")
        return self.passes_h[first:last], slice(int(ticks[0]), int(ticks[1]))
