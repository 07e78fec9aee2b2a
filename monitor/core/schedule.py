"""Hours of the day in the estate's time zone."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class DailyWindow:
    """From one time of day to another; past midnight when the end is not after the start. Equal ends: all day."""

    start: time
    end: time

    @property
    def length(self) -> timedelta:
        """By the clock; zero when the ends are equal."""
        return (_of_day(self.end) - _of_day(self.start)) % DAY

    def holds(self, now: datetime, zone: ZoneInfo) -> bool:
        local = now.astimezone(zone).time()
        if self.start == self.end:
            return True
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def end_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The end of the window that holds this moment; the moment itself when none does. The ends must differ."""
        if not self.holds(moment, zone):
            return moment
        return next_at(self.end, moment, zone)


def next_at(clock: time, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `after` at which the clocks of the zone show this time."""
    local = after.astimezone(zone)
    found = datetime.combine(local.date(), clock, zone)
    if found <= local:
        found = datetime.combine(local.date() + DAY, clock, zone)
    return found.astimezone(after.tzinfo)


def last_at(clock: time, until: datetime, zone: ZoneInfo) -> datetime:
    """The last moment until `until` at which the clocks of the zone showed this time."""
    local = until.astimezone(zone)
    found = datetime.combine(local.date(), clock, zone)
    if found > local:
        found = datetime.combine(local.date() - DAY, clock, zone)
    return found.astimezone(until.tzinfo)


def _of_day(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
