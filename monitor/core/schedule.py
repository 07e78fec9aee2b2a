"""Hours of the day in the estate's time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


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
    """The first moment after `after` at which the clocks of the zone come to this time."""
    today = after.astimezone(zone).date()
    shown = [at for day in (today, today + DAY) for at in _shown(clock, day, zone)]
    return min(at for at in shown if at > after).astimezone(after.tzinfo)


def last_at(clock: time, until: datetime, zone: ZoneInfo) -> datetime:
    """The last moment until `until` at which the clocks of the zone came to this time."""
    today = until.astimezone(zone).date()
    shown = [at for day in (today - DAY, today) for at in _shown(clock, day, zone)]
    return max(at for at in shown if at <= until).astimezone(until.tzinfo)


def _shown(clock: time, day: date, zone: ZoneInfo) -> list[datetime]:
    """When the clocks come to this time on this day: where they are put back twice, where they leap over it as they leap."""
    local = datetime.combine(day, clock, zone)
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if second >= first:
        return [first, second]
    before, leaps = second.astimezone(zone).utcoffset(), second.replace(second=0, microsecond=0)
    while leaps.astimezone(zone).utcoffset() == before:
        leaps += MINUTE
    return [leaps]


def _of_day(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
